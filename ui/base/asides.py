"""Background work before a desk is open: trying a password takes a moment."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThreadPool
from shiboken6 import isValid

from ui.base.tasks import Job, JobList


class AsideWork:
    """One piece of work at a time, answered in the window's thread unless its owner is gone."""

    def __init__(self, owner: QObject) -> None:
        self._owner = owner
        self._jobs = JobList()

    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._jobs.waiting)

    def begin(
        self,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Do `work` in another thread, then call back in this one."""
        job = Job(self._owner, on_done, on_error, self._jobs)

        def do() -> None:
            try:
                outcome: tuple[Any, Exception | None] = (work(), None)
            except Exception as raised:
                outcome = (None, raised)
            if isValid(job):
                job.ended.emit(*outcome)

        QThreadPool.globalInstance().start(do)
