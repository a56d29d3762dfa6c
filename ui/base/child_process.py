"""A command of the program in a process of its own, with its progress and a way to stop it.

Neither the window's thread nor the interpreter's lock is held meanwhile, however long it takes.
"""

import json
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, Signal

from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.i18n import _, language
from borderdesk.base.paths import program
from ui.base.tasks import Work

STOPPING = 5_000
"""Milliseconds that a command which is to stop has for clearing up before it is killed."""


class ChildProcess(Work):
    """A running command, one that takes --watched; `stop` ends it with nothing done.

    done: with the JSON it answered; failed: with the UserError it ended with.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, owner: QObject, arguments: Sequence[str]) -> None:
        """arguments: the command line, without what names the program and the language."""
        super().__init__(owner)
        self._half, self._words = b"", [""]
        self._process = QProcess(self)
        command = command_line(arguments)
        self._process.readyReadStandardError.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._went_wrong)
        self._process.start(command[0], command[1:])

    def stop(self) -> None:
        """Have it end at its next step: its standard input ends."""
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
        if status == 0 and answer:
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


def start_apart(arguments: Sequence[str]) -> None:
    """Start a command, or a window, that goes on when this program has ended."""
    command = command_line(arguments)
    process = QProcess()
    process.setProgram(command[0])
    process.setArguments(command[1:])
    nowhere = QProcess.nullDevice()
    process.setStandardOutputFile(nowhere)
    process.setStandardErrorFile(nowhere)
    process.setStandardInputFile(nowhere)
    process.startDetached()
