"""A command of the program in a process of its own, with its progress and a way to stop it.

Neither the window's thread nor the interpreter's lock is held meanwhile, however long it takes.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from borderdesk.base.arguments import NEWEST
from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.i18n import _, language
from borderdesk.base.paths import program
from borderdesk.desk import Desk
from ui.base.tasks import BackgroundWork

SECRETS = "BORDERDESK_SECRETS"
"""The variable that tells a command of what is written to its standard input (cli/unlocking)."""
Secrets = Mapping[str, str]
"""A desk's `key` (hex) and `account`, or the `password` of a backup."""
ANSWERED = {0, 1}
"""The exit statuses of a command that did its work: a check that found faults ends with 1."""
STOPPING = 5_000
"""Milliseconds that a command which is to stop has for clearing up before it is killed."""


class ChildProcess(BackgroundWork):
    """A running command, one that takes --watched; `stop` ends it with nothing done.

    done: with the JSON it answered; failed: with the UserError it ended with.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(
        self, owner: QObject, arguments: Sequence[str], secrets: Secrets | None = None
    ) -> None:
        """arguments: the command line, without what names the program and the language; secrets:
        what the command needs to open a desk, handed over by its standard input."""
        super().__init__(owner)
        self._half, self._words = b"", [""]
        self._process = QProcess(self)
        command = command_line(arguments)
        self._process.readyReadStandardError.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._went_wrong)
        self._process.setProcessEnvironment(_environment(secrets))
        self._process.start(command[0], command[1:])
        if secrets is not None:
            self._process.write(_line(secrets))

    def stop(self) -> None:
        """Ask it to end at its next step, by closing its standard input."""
        super().stop()
        self._process.closeWriteChannel()

    def end(self) -> None:
        """Stop it and wait for that; what does not stop in time is killed."""
        self.stop()
        if not self._process.waitForFinished(STOPPING):
            self._process.kill()
            self._process.waitForFinished(STOPPING)

    def _read(self) -> None:
        *lines, self._half = (self._half + self._process.readAllStandardError().data()).split(b"\n")
        for line in lines:
            if line.startswith(b"["):
                done, whole = json.loads(line)
                self.progress.emit(done, whole)
            else:
                self._words.append(line.decode(errors="replace").strip())

    def _finished(self, status: int) -> None:
        self._read()
        answer = bytes(self._process.readAllStandardOutput().data())
        self.ended.emit()
        if status in ANSWERED and answer:
            self.done.emit(json.loads(answer))
        elif self._stopped:
            self.failed.emit(OperationStopped())
        else:
            words = " ".join(filter(None, self._words))
            self.failed.emit(UserError(words or _("The work ended before it was done.")))

    def _went_wrong(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.ended.emit()
            self.failed.emit(UserError(_("The program cannot be started once more.")))


def command_line(arguments: Sequence[str]) -> list[str]:
    """The whole command line, in the language in use."""
    return [*program(), "--lang", language(), *arguments]


def secrets_of(desk: Desk) -> Secrets | None:
    """What a command needs to open a desk that is open here; None for one without a password."""
    key = desk.store.key
    return None if key is None else {"key": key.hex(), "account": desk.account.name}


def start_apart(
    arguments: Sequence[str], secrets: Secrets | None = None, *, newest: bool = False
) -> None:
    """Start a command, or a window, that goes on when this program has ended; of the newest version
    that there is, where that is wanted."""
    command = command_line(arguments)
    if newest:
        command.insert(len(program()), NEWEST)
    if secrets is not None:
        _start_apart_with(command, secrets)
        return
    process = QProcess()
    process.setProgram(command[0])
    process.setArguments(command[1:])
    process.setProcessEnvironment(_environment(None))
    nowhere = QProcess.nullDevice()
    process.setStandardOutputFile(nowhere)
    process.setStandardErrorFile(nowhere)
    process.setStandardInputFile(nowhere)
    process.startDetached()


def _start_apart_with(command: Sequence[str], secrets: Secrets) -> None:
    """Qt gives a detached process no pipe: the system's own way does."""
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=nowhere,
        stderr=nowhere,
        start_new_session=True,
        env=dict(_variables(_environment(secrets))),
    )
    assert process.stdin is not None
    with suppress(OSError), process.stdin as pipe:
        pipe.write(_line(secrets))
    # Nobody waits for it: it outlives this program.
    process.returncode = 0


def _line(secrets: Secrets) -> bytes:
    return json.dumps(secrets).encode() + b"\n"


def _environment(secrets: Secrets | None) -> QProcessEnvironment:
    """This program's, without the password that it was started with."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.remove("BORDERDESK_PASSWORD")
    environment.remove(SECRETS)
    if secrets is not None:
        environment.insert(SECRETS, "stdin")
    return environment


def _variables(environment: QProcessEnvironment) -> Iterator[tuple[str, str]]:
    return ((name, environment.value(name)) for name in environment.keys())  # noqa: SIM118
