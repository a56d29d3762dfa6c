"""Ctrl+Z of the window, for pages without an undo of their own."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from shiboken6 import isValid

from borderdesk.base.i18n import _
from ui.base.tasks import Runner
from ui.base.undo_steps import undo_steps_of
from ui.widgets.actions.all_actions import bind
from ui.widgets.pages.final_steps import warn_if_final
from ui.widgets.pages.page import Page


class SessionUndo(QObject):
    """Switches to the page where the newest step was done and has it undone there."""

    def __init__(
        self,
        window: QWidget,
        tasks: Runner,
        pages: QStackedWidget,
        go_to: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        """go_to: switches to a page and passes it an intent."""
        action = bind(window, "undo_last", lambda: self._run())
        # Child of its action, which is destroyed when all pages are rebuilt.
        super().__init__(action)
        self._action = action
        self._tasks = tasks
        self._pages = pages
        self._go_to = go_to
        QApplication.instance().focusChanged.connect(self._moved)  # type: ignore[union-attr]

    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        # With None the focus may leave a dialog that is being destroyed; searching its children for
        # actions would crash.
        if now is not None:
            self.follow()

    def follow(self) -> None:
        """Disable the shortcut while the current page, tab or focused table handles it."""
        if not isValid(self._pages):
            # A dialog of a destroyed page is destroyed too and moves the focus on.
            return
        page = self._pages.currentWidget()
        self._action.setEnabled(not (isinstance(page, Page) and page.own_undo))

    def _run(self) -> None:
        steps, page = undo_steps_of(self._tasks), self._pages.currentWidget()
        if isinstance(page, Page) and warn_if_final(steps, page.bar, self._run):
            return
        step = steps.newest()
        if step is not None:
            self._go_to(step.page, {**step.intent, "undo": True})
        elif isinstance(page, Page):
            page.bar.hint(_("There is nothing to take back."))
