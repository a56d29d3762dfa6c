"""Work off the window's thread: one reader of the store at a time, answers by signal."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar, cast

from PySide6.QtCore import QEventLoop, QObject, Qt, QThreadPool, QTimer, Signal
from shiboken6 import isValid

from borderdesk.base.errors import OperationStopped
from borderdesk.desk import Desk
from ui.base.garbage_collector import GarbageCollector

T = TypeVar("T")

SLOW_MILLISECONDS = 300
REPORT_SECONDS = 0.05
"""Progress is reported at most so often."""
ANSWERED_JOBS = 64
"""How many jobs are kept after their answers; a worker is done with one within a few."""


def _nothing() -> None:
    """Nobody waits."""


class JobList:
    """The jobs that wait for their answers, and for a while those that had them.

    The worker holds a job a moment longer than its answer takes. Were that the last reference, the
    QObject would be destroyed in the worker's thread, which holds the interpreter's lock then and
    asks for one of Qt's locks on connections, while the window's thread may hold that lock and wait
    for the interpreter's: the window would stand still for ever.
    """

    def __init__(self) -> None:
        self.waiting: set[Job] = set()
        self._answered: deque[Job] = deque(maxlen=ANSWERED_JOBS)

    def note_answered(self, job: "Job") -> None:
        """Let go of the oldest one instead, in the window's thread."""
        self.waiting.discard(job)
        self._answered.append(job)


class Job(QObject):
    """One piece of work; `forget` it when nobody wants its answer any more."""

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
        """Drop the answer when it comes."""
        self.forgotten = True

    def is_of_child(self, parent: QObject) -> bool:
        """Whether a child of `parent` waits for the answer."""
        return isValid(self._owner) and self._owner.parent() is parent

    def __str__(self) -> str:
        gone = "" if isValid(self._owner) else " (gone)"
        state = " forgotten" if self.forgotten else ""
        return f"{self._on_done.__qualname__} of {type(self._owner).__name__}{gone}{state}"

    def _answer(self, value: Any, error: Exception | None) -> None:
        self._jobs.note_answered(self)
        if self.forgotten or not isValid(self._owner):
            return
        if error is None:
            self._on_done(value)
        else:
            self._on_error(error)


class BackgroundWork(QObject):
    """A long piece of work: `progress` reports how far it is, `stop` ends it with nothing done."""

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
        """End it at its next step."""
        self._stopped = True

    def _note_end(self) -> None:
        self.going = False

    def report(self, done: int, whole: int) -> None:
        """Report how far the work is, from its thread. Raises OperationStopped when it was
        stopped."""
        if self._stopped:
            raise OperationStopped
        now = time.monotonic()
        if now - self._reported_at > REPORT_SECONDS:
            self._reported_at = now
            self.progress.emit(done, whole)


def going_works(*owners: QObject) -> list[BackgroundWork]:
    """The long works of these owners, and of what is part of them, that have not ended yet."""
    works = [work for owner in owners for work in owner.findChildren(BackgroundWork)]
    return [work for work in works if work.going]


class Runner(QObject):
    """Runs jobs one after another in one thread, each with its own connection.

    closing: the window that runs these jobs closes.
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
        # Kept as long as the runner: the garbage collector might destroy one of a single call in
        # the other thread.
        self._loop = QEventLoop(self)
        self._garbage_collector = GarbageCollector(self)
        self._moment = QTimer(self, singleShot=True, interval=SLOW_MILLISECONDS)
        self._moment.timeout.connect(self._notify_slow)
        self._slow: Callable[[], None] = _nothing
        self.written.connect(self._loop.quit, Qt.ConnectionType.QueuedConnection)

    def write(self, work: Callable[[], T], slow: Callable[[], None]) -> T:
        """Do a write in a thread of its own and return its answer, or raise its error.

        The window goes on painting meanwhile and takes no typing: another program may hold the
        desk for seconds. `slow` is called once when it takes longer than a moment.
        """
        outcome: list[tuple[T | None, Exception | None]] = []

        def do() -> None:
            outcome.append(self._outcome(work))
            self.written.emit()

        self._slow = slow
        self._moment.start()
        self._begin(self._writing, do)
        self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._moment.stop()
        value, error = outcome[0]
        if error is not None:
            raise error
        return cast(T, value)

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
        """Do `work` in the thread, then call back in this one unless `owner` is gone."""
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
        """Do a small write in turn with the others, while the person goes on typing."""
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
        """Do a long work in turn with the writes; it is given a callback for its progress."""
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
        """What was not answered yet, for somebody who looks for a fault."""
        return sorted(str(job) for job in self._jobs.waiting)

    def release_pages(self) -> None:
        """Drop what the pages wait for, which are rebuilt, and wait for every write. What outlives
        them, a child of this runner, still gets its answers: without one it would wait for ever."""
        for job in self._jobs.waiting:
            if not job.is_of_child(self):
                job.forget()
        self._rest()

    def finish(self) -> None:
        """The window closes: drop what waits to be read, and wait for every write and what is being
        done."""
        for job in self._jobs.waiting:
            job.forget()
        self._pool.clear()
        self._rest()
        self._garbage_collector.give_back()

    def _rest(self) -> None:
        self._pool.waitForDone()
        self._writing.waitForDone()
