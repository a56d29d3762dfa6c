"""Runs a command of the program in a child process, with progress and cancellation.

Blocks neither the window's thread nor the GIL.
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
"""The environment variable that announces secrets on standard input (cli/unlocking)."""
Secrets = Mapping[str, str]
"""`key` (hex) and `account` of a desk, or the `password` of a backup."""
ANSWERED = {0, 1}
"""Exit statuses with an answer: 1 is a check that found faults."""
STOPPING = 5_000
"""Milliseconds to clean up before a stopping process is killed."""


class ChildProcess(BackgroundWork):
    """A running command that supports --watched; `stop` aborts it without effect.

    done(answer): its JSON; failed(UserError).
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(
        self, owner: QObject, arguments: Sequence[str], secrets: Secrets | None = None
    ) -> None:
        """arguments: without program and language; secrets: written to standard input."""
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
        """Ask the process to stop at its next step by closing its standard input."""
        super().stop()
        self._process.closeWriteChannel()

    def end(self) -> None:
        """Stop the process and wait; kill it after a time-out."""
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
    """The full command line, with the current language."""
    return [*program(), "--lang", language(), *arguments]


def secrets_of(desk: Desk) -> Secrets | None:
    """The secrets a command needs to open the same desk; None if it is not encrypted."""
    key = desk.store.key
    return None if key is None else {"key": key.hex(), "account": desk.account.name}


def start_apart(
    arguments: Sequence[str], secrets: Secrets | None = None, *, newest: bool = False
) -> None:
    """Start a command or window that outlives this program; newest: with the newest installed
    version."""
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
    """Start with secrets: QProcess gives a detached process no pipe, subprocess does."""
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
    # Marks it as waited for, so that no ResourceWarning appears: it outlives this program.
    process.returncode = 0


def _line(secrets: Secrets) -> bytes:
    return json.dumps(secrets).encode() + b"\n"


def _environment(secrets: Secrets | None) -> QProcessEnvironment:
    """The environment without the password that this program was started with."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.remove("BORDERDESK_PASSWORD")
    environment.remove(SECRETS)
    if secrets is not None:
        environment.insert(SECRETS, "stdin")
    return environment


def _variables(environment: QProcessEnvironment) -> Iterator[tuple[str, str]]:
    return ((name, environment.value(name)) for name in environment.keys())  # noqa: SIM118
