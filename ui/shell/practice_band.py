"""Notice above all pages of a practice desk: the current task, and tasks done."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.tasks import Runner
from ui.records.record_page import RecordPage
from ui.shell.band import Band

if TYPE_CHECKING:
    from borderdesk.overview import practice
else:
    # Only needed on practice desks.
    practice = lazy_module("borderdesk.overview.practice")

LOOKED = 700
"""Milliseconds between two checks of the tasks."""


class PracticeBand(Band):
    """Leads through the tasks in sequence; they may be done in any order.

    wanted(page, intent): opens the page of a task.
    """

    wanted = Signal(str, object)

    def __init__(self, desk: Desk, tasks: Runner, current: Callable[[], QWidget]) -> None:
        """current: returns the current page."""
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._current = current
        self._reading = False
        self.progress: practice.PracticeProgress | None = None
        self.show_me = self.add_button(_("Take me there"), self.go)
        self.later = self.add_button(_("Close"), self.hide)
        clock = QTimer(self)
        clock.timeout.connect(self.look)
        clock.start(LOOKED)
        QTimer.singleShot(0, self, self.look)

    def look(self) -> None:
        """Check in the background which tasks are done."""
        if self._reading or self.isHidden() or not self.window().isVisible():
            return
        self._reading = True
        desk, has_found = self._desk, self._has_found()

        def work() -> "practice.PracticeProgress":
            if has_found and not desk.preferences.preferred(practice.FOUND):
                desk.preferences.prefer(practice.FOUND, True)
            return practice.practice_progress(desk)

        self._tasks.run(work, self._show, self._failed, self)

    def _has_found(self) -> bool:
        """Whether the current list shows results of a search."""
        page = self._current()
        if not isinstance(page, RecordPage):
            return False
        return bool(page.filter.search.text().strip()) and bool(page.table.lines)

    def _failed(self, _error: Exception) -> None:
        self._reading = False

    def _show(self, progress: "practice.PracticeProgress") -> None:
        self._reading = False
        before = self.progress
        if progress == before:
            return
        self.progress = progress
        newly = None
        if before is not None:
            newly = next((task for task in progress.done if task not in before.done), None)
        self.text.setText(practice.task_words(progress, newly))
        self.show_me.setVisible(progress.following is not None)

    def go(self) -> None:
        """Switch to the page of the current task."""
        task = None if self.progress is None else self.progress.following
        if task is not None:
            intent: Mapping[str, Any] = task.intent
            self.wanted.emit(task.page, intent)
