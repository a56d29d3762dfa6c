"""Ctrl+Z on a page that has nothing of its own to take back."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from borderdesk.base.i18n import _
from ui.base.tasks import Runner
from ui.base.undo_steps import undo_steps_of
from ui.widgets.actions import bind
from ui.widgets.page import Page


class SessionUndo:
    """Goes to where the newest step of the window was done and has it taken back there."""

    def __init__(
        self,
        window: QWidget,
        tasks: Runner,
        current: Callable[[], QWidget],
        go_to: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._tasks = tasks
        self._current = current
        self._go_to = go_to
        self.action: QAction = bind(window, "undo_last", self._run)

    def follow(self, page: QWidget) -> None:
        """Leave the key to a page that has a use of its own for it."""
        self.action.setEnabled(not (isinstance(page, Page) and page.own_undo))

    def _run(self) -> None:
        step, page = undo_steps_of(self._tasks).newest(), self._current()
        if step is not None:
            self._go_to(step.page, {**step.intent, "undo": True})
        elif isinstance(page, Page):
            page.bar.notify(_("There is nothing to take back."))
