"""Backups, restores and checks started from the window, one at a time, in child processes."""

import datetime
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.child_process import ChildProcess, Secrets, secrets_of, start_apart
from ui.base.tasks import Runner

if TYPE_CHECKING:
    from borderdesk.overview import safety
else:
    safety = lazy_module("borderdesk.overview.safety")

DUE_INTERVAL = 60_000
"""Milliseconds between two checks whether a backup is due."""
RETRY_SECONDS = 3_600.0
"""Seconds to wait after a failed backup before the next automatic one."""


class BackupRunner(QObject):
    """Runs the backups of a window's desk; it outlives the window's pages.

    began, ended: of any process; made, restored, verified (with the JSON answer), failed (with the
    error): of those a person asked for.
    """

    began = Signal()
    ended = Signal()
    made = Signal(object)
    restored = Signal(object)
    verified = Signal(object)
    failed = Signal(object)

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(tasks)
        self._desk = desk
        self._tasks = tasks
        self.work: ChildProcess | None = None
        self.words = ""
        self._unfinished: list[str] | None = None
        self._not_before = 0.0
        self._clock = QTimer(self, interval=DUE_INTERVAL)
        self._clock.timeout.connect(self.begin_if_due)

    # --------------------------------------------------------------------- being asked

    def back_up(self, folder: Path | None = None) -> None:
        """Start a backup into a folder; None: the desk's own."""
        arguments = [] if folder is None else ["--", str(folder)]
        self._begin(["backup"], arguments, _("Backing up, then restoring on trial…"))
        assert self.work is not None
        self.work.done.connect(self.made)
        self.work.failed.connect(self.failed)

    def restore(self, file: Path, into: Path, password: str | None = None) -> None:
        """Start to restore a backup into a new folder; the open desk is not changed.

        password: password or recovery code of the backup, if it has one.
        """
        words = _("Restoring and checking every record…")
        self._begin(["restore"], ["--into", str(into), "--", str(file)], words, password)
        assert self.work is not None
        self.work.done.connect(self.restored)
        self.work.failed.connect(self.failed)
        self._unfinished = None

    def verify(self, file: Path | None = None, password: str | None = None) -> None:
        """Start to verify a backup, or the desk itself without one.

        password: as for `restore`.
        """
        arguments = [] if file is None else ["--", str(file)]
        self._begin(["verify"], arguments, _("Checking every record…"), password)
        assert self.work is not None
        self.work.done.connect(self.verified)
        self.work.failed.connect(self.failed)
        self._unfinished = None

    def _secrets(self, password: str | None) -> Secrets | None:
        desk_secrets = secrets_of(self._desk)
        return desk_secrets if password is None else {**(desk_secrets or {}), "password": password}

    def _begin(
        self,
        command: Sequence[str],
        arguments: Sequence[str],
        words: str,
        password: str | None = None,
    ) -> None:
        assert self.work is None
        desk = ["--desk", str(self._desk.folder.resolve())]
        self.words = words
        self._unfinished = [*desk, *command, *arguments]
        self.work = ChildProcess(
            self, [*desk, *command, "--watched", *arguments], self._secrets(password)
        )
        self.work.ended.connect(self._over)
        self.work.failed.connect(self._went_wrong)
        self.began.emit()

    def _over(self) -> None:
        self.work = None
        self._unfinished = None
        self.ended.emit()

    def _went_wrong(self, _error: UserError) -> None:
        self._not_before = time.monotonic() + RETRY_SECONDS

    # ----------------------------------------------------------------------- by itself

    def watch(self) -> None:
        """Start automatic backups from now on."""
        self._clock.start()

    def begin_if_due(self) -> None:
        """Start a backup if one is due and nobody is typing."""
        if self.work is not None or time.monotonic() < self._not_before:
            return
        desk = self._desk

        def work() -> bool:
            now = datetime.datetime.now(datetime.UTC)
            return desk.backups.due(now) and safety.quiet(desk, now)

        self._tasks.run(work, self._begin_if, lambda _error: None, self)

    def _begin_if(self, due: bool) -> None:
        if due and self.work is None:
            self._begin(["backup", "--automatic"], [], _("Backing up, then restoring on trial…"))

    def wind_up(self, *, apart: bool = True) -> None:
        """The window has closed: restart an unfinished or due backup in a detached process.

        apart: False if the desk is reopened at once. A restore is aborted, as nobody would learn
        where it went.
        """
        self._clock.stop()
        unfinished = self._unfinished
        if self.work is not None:
            self.work.end()
        if not apart:
            return
        if unfinished is None and self._is_due():
            desk = str(self._desk.folder.resolve())
            unfinished = ["--desk", desk, "backup", "--automatic"]
        if unfinished is not None:
            start_apart(unfinished, secrets_of(self._desk))

    def _is_due(self) -> bool:
        if time.monotonic() < self._not_before:
            return False
        try:
            return self._desk.backups.due(datetime.datetime.now(datetime.UTC))
        except UserError:
            return False


def backup_runner_of(desk: Desk, tasks: Runner) -> BackupRunner:
    """The backup runner of a window, identified by its task runner."""
    existing: Any = tasks.findChild(BackupRunner)
    return existing if isinstance(existing, BackupRunner) else BackupRunner(desk, tasks)
