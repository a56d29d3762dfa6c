"""Exchange by shared folder: watched in a thread of its own, read and written in turn with saves
while the window runs."""

import datetime
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QThread, QTimer, Signal, Slot

from borderdesk.base.errors import user_error
from borderdesk.base.paths import is_folder_there
from borderdesk.desk import Desk
from borderdesk.exchange.receiving.shared_folder import FolderTurn
from ui.base.tasks import Runner

LOOK_INTERVAL = 15_000
"""Polling interval in milliseconds: network shares do not notify of new files."""
DEBOUNCE, UNFINISHED = 1_500, 3_000
"""Milliseconds: debounce after a change in the folder; delay before an incomplete file is read
again."""


class FolderWatcher(QObject):
    """Watches a folder in its own thread, so that a hanging share blocks nothing else.

    It is created, connected and destroyed in the window's thread: these calls hold the GIL and wait
    for a lock of Qt, which the window's thread may hold while it waits for the GIL.
    """

    stirred = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.stirred)

    @Slot(str)
    def watch(self, folder: str) -> None:
        """Watch this folder instead of the previous one; "" for none."""
        watched = self._watcher.directories()
        if folder in watched:
            return
        if watched:
            self._watcher.removePaths(watched)
        if folder and is_folder_there(Path(folder)):
            self._watcher.addPath(folder)


class FolderExchange(QObject):
    """Runs the shared-folder exchange of a window's desk.

    brought(FolderTurn): imported files changed something; failed(text): a problem, reported once;
    turned: after each turn.
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
        """The end of the last turn, local time."""
        self._reported = ""
        self._clock = QTimer(self, interval=LOOK_INTERVAL)
        self._clock.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._soon.timeout.connect(self.look)
        tasks.closing.connect(self.stop)

    def begin(self) -> None:
        """Run a turn now, and periodically."""
        self._clock.start()
        self.look()

    def stop(self) -> None:
        """Stop watching and polling: the window closes."""
        self._stopped = True
        self._clock.stop()
        self._soon.stop()
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait()
            self._thread = self._watcher = None

    def look(self) -> None:
        """Run a turn if a folder is set; if one is running, another follows."""
        if self._stopped:
            # A queued signal from before the window closed.
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

    def _end(self, turn: FolderTurn) -> None:
        self.running = False
        self.last, self.when = turn, datetime.datetime.now().astimezone()
        if turn.problem and turn.problem != self._reported:
            self.failed.emit(turn.problem)
        self._reported = turn.problem
        if turn.brought:
            self.brought.emit(turn)
        self.turned.emit()
        if turn.unfinished or self._again:
            self._again = False
            QTimer.singleShot(UNFINISHED if turn.unfinished else 0, self, self.look)

    def _fail(self, error: Exception) -> None:
        """The desk was locked by another program for long: the next turn tries again."""
        self.running = False
        self._end(FolderTurn([], [], 0, str(user_error(error))))


def folder_exchange_of(desk: Desk, tasks: Runner) -> FolderExchange:
    """The folder exchange of a window, identified by its task runner."""
    existing = tasks.findChild(FolderExchange)
    return existing if isinstance(existing, FolderExchange) else FolderExchange(desk, tasks)
