"""Background search for possible doubles, in small steps."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from borderdesk.base.errors import UserError
from borderdesk.desk import Desk
from ui.base.tasks import Runner


class DoubleSearch(QObject):
    """Compares records that are new or changed since the last search, alternating with saves.

    ended: all were compared, after at least one step.
    """

    ended = Signal()

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(tasks)
        self._desk = desk
        self._tasks = tasks
        self.running = self._again = False

    def begin(self) -> None:
        """Start the search, if any record was not compared yet."""
        # Records saved during a running search may be too late for it.
        self._again = self.running
        if not self.running:
            self.running = True
            self._ask()

    def _ask(self) -> None:
        self._tasks.run(self._desk.doubles.is_behind, self._begin_step, self._fail, self)

    def _begin_step(self, records_left: bool) -> None:
        if records_left:
            self._step()
        elif self._again:
            self._again = False
            self._ask()
        else:
            self.running = False

    def _step(self) -> None:
        self._tasks.later(self._desk.doubles.look_on, self._go_on, self._fail, self)

    def _go_on(self, more: bool) -> None:
        if more:
            self._step()
            return
        self.running = False
        again, self._again = self._again, False
        self.ended.emit()
        if again:
            self.begin()

    def _fail(self, error: Exception) -> None:
        self.running = False
        # A locked or full desk is reported on the next save; the next search starts again.
        if not isinstance(error, UserError):
            raise error


def double_search_of(desk: Desk, tasks: Runner) -> DoubleSearch:
    """The double search of a window, identified by its task runner."""
    existing: Any = tasks.findChild(DoubleSearch)
    return existing if isinstance(existing, DoubleSearch) else DoubleSearch(desk, tasks)
