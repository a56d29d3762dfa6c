"""Background jobs: thread pools for reads and for writes, results by signal."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from PySide6.QtCore import QEventLoop, QObject, Qt, QThreadPool, QTimer, Signal
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from borderdesk.base.errors import OperationStopped
from borderdesk.desk import Desk
from ui.base.garbage_collector import GarbageCollector

T = TypeVar("T")

SLOW_MILLISECONDS = 300
REPORT_SECONDS = 0.05
"""Minimum interval of progress reports in seconds."""
BLOCKED = 200
"""Milliseconds between two looks whether a dialog is still open."""
ANSWERED_JOBS = 64
"""Number of answered jobs kept alive; a worker releases one much sooner."""


def _nothing() -> None:
    """Default of `slow`: nobody to notify."""


class JobList:
    """References to the jobs that run, and for a while to those that have ended; passes on their
    answers, unless `held`.

    The worker holds a job a moment longer than its answer. Were that the last reference, the
    QObject would be destroyed in the worker's thread, which then holds the GIL and waits for one of
    Qt's connection locks, while the window's thread may hold that lock and wait for the GIL: a
    deadlock.
    """

    def __init__(self) -> None:
        self.waiting: set[Job] = set()
        self._answered: deque[Job] = deque(maxlen=ANSWERED_JOBS)
        self.held = False
        self._acts: deque[Callable[[], None]] = deque()

    def call(self, act: Callable[[], None]) -> None:
        """Call it now; while `held`, and behind what was kept, keep it for `call_next`."""
        if self.held or self._acts:
            self._acts.append(act)
        else:
            act()

    def has_kept(self) -> bool:
        """Whether something was kept, and can be called now."""
        return bool(self._acts) and not self.held

    def call_next(self) -> None:
        """Call what was kept first."""
        if self.has_kept():
            self._acts.popleft()()

    def drop_kept(self) -> None:
        """Call nothing of it any more."""
        self._acts.clear()

    def note_answered(self, job: "Job") -> None:
        """Release the oldest answered job instead, in the window's thread."""
        self.waiting.discard(job)
        self._answered.append(job)


class Job(QObject):
    """A background job; `forget` discards its result."""

    ended = Signal(object, object)

    def __init__(
        self,
        owner: QObject,
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        jobs: JobList,
    ) -> None:
        super().__init__()
        self._jobs = jobs
        jobs.waiting.add(self)
        self._owner = owner
        self._on_done = on_done
        self._on_error = on_error
        self.forgotten = False
        self.ended.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def forget(self) -> None:
        """Discard the result."""
        self.forgotten = True

    def is_of_child(self, parent: QObject) -> bool:
        """Whether a child of `parent` waits for the result."""
        return isValid(self._owner) and self._owner.parent() is parent

    def __str__(self) -> str:
        destroyed = "" if isValid(self._owner) else " (gone)"
        state = " forgotten" if self.forgotten else ""
        return f"{self._on_done.__qualname__} of {type(self._owner).__name__}{destroyed}{state}"

    def _answer(self, value: Any, error: Exception | None) -> None:
        self._jobs.call(partial(self._pass_on, value, error))

    def _pass_on(self, value: Any, error: Exception | None) -> None:
        self._jobs.note_answered(self)
        if self.forgotten or not isValid(self._owner):
            return
        if error is None:
            self._on_done(value)
        else:
            self._on_error(error)


class BackgroundWork(QObject):
    """A long job: emits progress(done, whole) and `ended`; `stop` aborts it without effect."""

    progress = Signal(int, int)
    ended = Signal()

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._stopped = False
        self._reported_at = 0.0
        self.going = True
        """Whether it has not ended yet."""
        self.ended.connect(self._note_end)

    def stop(self) -> None:
        """Abort it at its next step."""
        self._stopped = True

    def _note_end(self) -> None:
        self.going = False

    def report(self, done: int, whole: int) -> None:
        """Report progress, from the worker's thread. Raises OperationStopped after `stop`."""
        if self._stopped:
            raise OperationStopped
        now = time.monotonic()
        if now - self._reported_at > REPORT_SECONDS:
            self._reported_at = now
            self.progress.emit(done, whole)


def going_works(*owners: QObject) -> list[BackgroundWork]:
    """The long jobs of these owners and their children that have not ended."""
    works = [work for owner in owners for work in owner.findChildren(BackgroundWork)]
    return [work for work in works if work.going]


class Runner(QObject):
    """Runs jobs in two single-thread pools, for reads and for writes, each with its own connection.

    closing: the window is closing.
    """

    written = Signal()
    closing = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._jobs = JobList()
        self._writing = QThreadPool(self)
        self._writing.setMaxThreadCount(1)
        # Kept as long as the runner: the garbage collector might destroy one created per call in
        # the other thread.
        self._loop = QEventLoop(self)
        self._garbage_collector = GarbageCollector(self)
        self._moment = QTimer(self, singleShot=True, interval=SLOW_MILLISECONDS)
        self._moment.timeout.connect(self._notify_slow)
        self._slow: Callable[[], None] = _nothing
        self._finished = False
        self.written.connect(self._loop.quit, Qt.ConnectionType.QueuedConnection)

    def write(self, work: Callable[[], T], slow: Callable[[], None]) -> T:
        """Run a write in its thread and return its result, or raise its error.

        The window repaints but takes no input meanwhile: another program may lock the desk for
        seconds. Answers and what waits by `when_free` come after it: they could destroy the widgets
        that the caller, or Qt in the event it is handling, goes on with. slow: called once after
        SLOW_MILLISECONDS.
        """
        outcome: list[tuple[T | None, Exception | None]] = []

        def do() -> None:
            outcome.append(self._outcome(work))
            self.written.emit()

        self._slow = slow
        self._moment.start()
        self._begin(self._writing, do)
        self._jobs.held = True
        self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._jobs.held = False
        self._moment.stop()
        self._call_kept_soon()
        value, error = outcome[0]
        if error is not None:
            raise error
        return cast(T, value)

    def when_free(self, act: Callable[[], None]) -> None:
        """Call it in the next turn of the event loop, or after the `write` that is running then and
        the dialog that blocks the window: what it destroys, such as the dialog's page, may be in
        the middle of a question of Qt's own."""
        self._call_later(act, 0)

    def _call_later(self, act: Callable[[], None], pause: int) -> None:
        QTimer.singleShot(pause, self, lambda: self._jobs.call(partial(self._call_unblocked, act)))

    def _call_unblocked(self, act: Callable[[], None]) -> None:
        if QApplication.activeModalWidget() is not None:
            self._call_later(act, BLOCKED)
        elif not self._finished:
            act()

    def _call_kept_soon(self) -> None:
        """One a turn: each may begin a write."""
        if self._jobs.has_kept():
            QTimer.singleShot(0, self, self._call_kept)

    def _call_kept(self) -> None:
        try:
            self._jobs.call_next()
        finally:
            self._call_kept_soon()

    def _begin(self, pool: QThreadPool, work: Callable[[], None]) -> None:
        self._garbage_collector.take_over()
        pool.start(work)

    def _notify_slow(self) -> None:
        self._slow()

    def _outcome(self, work: Callable[[], T]) -> tuple[T | None, Exception | None]:
        try:
            with self._desk.in_thread():
                return work(), None
        except Exception as raised:
            return None, raised

    def run(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        owner: QObject,
    ) -> Job:
        """Run a read in the background, then call back here unless `owner` was destroyed."""
        job = Job(owner, on_done, on_error, self._jobs)
        self._begin(self._pool, lambda: self._do(job, work))
        return job

    def later(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        owner: QObject,
    ) -> Job:
        """Run a small write in the background, after those queued before."""
        job = Job(owner, on_done, on_error, self._jobs)
        self._begin(self._writing, lambda: self._deliver(job, *self._outcome(work)))
        return job

    def long(
        self,
        work: Callable[[Callable[[int, int], None]], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
        owner: QObject,
    ) -> BackgroundWork:
        """Run a long job in the write queue; `work` gets a progress callback."""
        whole = BackgroundWork(owner)

        def done(answer: Any) -> None:
            whole.ended.emit()
            on_done(answer)

        def failed(error: Exception) -> None:
            whole.ended.emit()
            on_error(error)

        self.later(lambda: work(whole.report), done, failed, owner)
        return whole

    def _do(self, job: Job, work: Callable[[], Any]) -> None:
        self._deliver(job, *((None, None) if job.forgotten else self._outcome(work)))

    def _deliver(self, job: Job, value: Any, error: Exception | None) -> None:
        if isValid(job):
            job.ended.emit(value, error)

    def unanswered(self) -> list[str]:
        """The jobs without an answer, for debugging."""
        return sorted(str(job) for job in self._jobs.waiting)

    def release_pages(self) -> None:
        """Discard results that pages wait for, as they are rebuilt, and wait for all jobs. Children
        of this runner outlive the pages and still get their results."""
        for job in self._jobs.waiting:
            if not job.is_of_child(self):
                job.forget()
        self._rest()

    def finish(self) -> None:
        """The window closes: discard waiting reads, wait for writes and running jobs."""
        self._finished = True
        for job in self._jobs.waiting:
            job.forget()
        self._jobs.drop_kept()
        self._pool.clear()
        self._rest()
        self._garbage_collector.give_back()

    def _rest(self) -> None:
        self._pool.waitForDone()
        self._writing.waitForDone()
