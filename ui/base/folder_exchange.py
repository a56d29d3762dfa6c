"""The shared folder at the window: watched in a thread of its own, read and written in turn with
the saves, for as long as the window runs."""

import datetime
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QThread, QTimer, Signal, Slot

from borderdesk.base.errors import user_error
from borderdesk.base.paths import is_folder_there
from borderdesk.desk import Desk
from borderdesk.exchange.receiving.shared_folder import FolderTurn
from ui.base.tasks import Runner

LOOK_INTERVAL = 15_000
"""Milliseconds between two looks: a share on a network tells nobody that a file has come."""
DEBOUNCE, UNFINISHED = 1_500, 3_000
"""Milliseconds after the last change in the folder until it is read; until a file that was not
whole is looked at again."""


class FolderWatcher(QObject):
    """Watches a folder in the thread it lives in: a share that hangs holds nobody else up.

    It is made and destroyed in the window's thread, before it moves and when its thread is over:
    making or connecting objects of Qt holds the interpreter's lock and asks for one of Qt's own,
    which the window's thread may hold while it waits for the interpreter's.
    """

    stirred = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.stirred)

    @Slot(str)
    def watch(self, folder: str) -> None:
        """Watch this folder from now on, in place of the one before; none for ""."""
        watched = self._watcher.directories()
        if folder in watched:
            return
        if watched:
            self._watcher.removePaths(watched)
        if folder and is_folder_there(Path(folder)):
            self._watcher.addPath(folder)


class FolderExchange(QObject):
    """What a window does with the shared folder of its desk.

    brought: files came and changed something (a FolderTurn); failed: the sentence of a problem,
    once for each; turned: after every turn.
    """

    brought = Signal(object)
    failed = Signal(str)
    turned = Signal()
    _watch_wanted = Signal(str)

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(tasks)
        self._desk = desk
        self._tasks = tasks
        self._thread: QThread | None = None
        self._watcher: FolderWatcher | None = None
        self.running = False
        self._again = self._stopped = False
        self.last: FolderTurn | None = None
        self.when: datetime.datetime | None = None
        """When the last turn ended, local time."""
        self._reported = ""
        self._clock = QTimer(self, interval=LOOK_INTERVAL)
        self._clock.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._soon.timeout.connect(self.look)
        tasks.closing.connect(self.stop)

    def begin(self) -> None:
        """Look now, and from time to time."""
        self._clock.start()
        self.look()

    def stop(self) -> None:
        """Watch and look no longer: the window closes."""
        self._stopped = True
        self._clock.stop()
        self._soon.stop()
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait()
            self._thread = self._watcher = None

    def look(self) -> None:
        """Read and write the folder, if one is used; again afterwards if that is going on."""
        if self._stopped:
            # What was on its way when the window closed.
            return
        folder = self._desk.exchange.folder.place()
        if folder is None and self.last is None:
            return
        self._clock.start()
        if self.running:
            self._again = True
            return
        self.running = True
        self._watch(folder)
        self._tasks.later(self._desk.exchange.folder.turn, self._end, self._fail, self)

    def _watch(self, folder: Path | None) -> None:
        if self._thread is None:
            self._thread = QThread(self)
            self._watcher = FolderWatcher()
            self._watcher.moveToThread(self._thread)
            self._watch_wanted.connect(self._watcher.watch, Qt.ConnectionType.QueuedConnection)
            self._watcher.stirred.connect(self._soon.start, Qt.ConnectionType.QueuedConnection)
            self._thread.start()
        self._watch_wanted.emit("" if folder is None else str(folder))

    def _end(self, done: FolderTurn) -> None:
        self.running = False
        self.last, self.when = done, datetime.datetime.now().astimezone()
        if done.problem and done.problem != self._reported:
            self.failed.emit(done.problem)
        self._reported = done.problem
        if done.brought:
            self.brought.emit(done)
        self.turned.emit()
        if done.unfinished or self._again:
            self._again = False
            QTimer.singleShot(UNFINISHED if done.unfinished else 0, self, self.look)

    def _fail(self, error: Exception) -> None:
        """A desk that another program holds for long: the next look tries again."""
        self.running = False
        self._end(FolderTurn([], [], 0, str(user_error(error))))


def folder_exchange_of(desk: Desk, tasks: Runner) -> FolderExchange:
    """What the window that runs these tasks does with the shared folder: one for each window."""
    found = tasks.findChild(FolderExchange)
    return found if isinstance(found, FolderExchange) else FolderExchange(desk, tasks)
