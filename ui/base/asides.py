"""Background work while no desk is open, such as deriving a key from a password."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThreadPool
from shiboken6 import isValid

from ui.base.tasks import Job, JobList


class AsideWork:
    """Runs one job at a time; calls back in the window's thread unless the owner was destroyed."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._jobs = JobList()

    def busy(self) -> bool:
        """Whether a job is running."""
        return bool(self._jobs.waiting)

    def begin(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Run `work` in a thread pool, then call back in the window's thread."""
        job = Job(self._owner, on_done, on_error, self._jobs)

        def do() -> None:
            try:
                outcome: tuple[Any, Exception | None] = (work(), None)
            except Exception as raised:
                outcome = (None, raised)
            if isValid(job):
                job.ended.emit(*outcome)

        QThreadPool.globalInstance().start(do)
