"""Work off the window's thread: one reader of the store at a time, answers by signal."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from shiboken6 import isValid

from borderdesk.desk import Desk


class Job(QObject):
    """One piece of work; `forget` it when nobody wants its answer any more."""

    ended = Signal(object, object)

    def __init__(
        self,
        owner: QObject,
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        running: set["Job"],
    ) -> None:
        super().__init__()
        self._running = running
        running.add(self)
        self._owner = owner
        self._on_done = on_done
        self._on_error = on_error
        self.forgotten = False
        self.ended.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def forget(self) -> None:
        """Drop the answer when it comes."""
        self.forgotten = True

    def _answer(self, value: Any, error: Exception | None) -> None:
        self._running.discard(self)
        if self.forgotten or not isValid(self._owner):
            return
        if error is None:
            self._on_done(value)
        else:
            self._on_error(error)


class Runner(QObject):
    """Runs jobs one after another in one thread, each with its own connection."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._jobs: set[Job] = set()

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        owner: QObject,
    ) -> Job:
        """Do `work` in the thread, then call back in this one unless `owner` is gone."""
        job = Job(owner, on_done, on_error, self._jobs)
        self._pool.start(lambda: self._do(job, work))
        return job

    def _do(self, job: Job, work: Callable[[], Any]) -> None:
        value, error = None, None
        try:
            if not job.forgotten:
                with self._desk.in_thread():
                    value = work()
        except Exception as raised:
            error = raised
        if isValid(job):
            job.ended.emit(value, error)

    def finish(self) -> None:
        """Drop what is waiting and wait for what is being done."""
        for job in self._jobs:
            job.forget()
        self._pool.clear()
        self._pool.waitForDone()
