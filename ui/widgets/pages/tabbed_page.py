"""Base class of pages with tabs; the panel of a tab is created when first shown."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from borderdesk.desk import Desk
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.actions.all_actions import bind
from ui.widgets.layout.low_page import is_low, page_margins
from ui.widgets.layout.tab_flow import TabFlow
from ui.widgets.layout.tab_order import go_to_first
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.page import Page

UNDO_KEY = QKeySequence("Ctrl+Z")
SPARE = "spare"
"""Dynamic property of labels that are hidden in a low window."""


class TabbedPage(Page):
    """Panels in tabs that share one message bar."""

    tab_word = "tab"
    """The keyword of `receive` that carries the key of a tab."""

    @property
    def own_undo(self) -> bool:  # type: ignore[override]
        """Whether an action of the current tab, or of its focused table, has the shortcut
        Ctrl+Z."""
        panel, focus = self.stack.currentWidget(), QApplication.focusWidget()
        if panel is None:
            return False
        for action in panel.findChildren(QAction):
            owner = action.parent()
            if isinstance(owner, QWidget) and UNDO_KEY in action.shortcuts():
                narrow = action.shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut
                if not narrow or owner is focus or (focus and owner.isAncestorOf(focus)):
                    return True
        return False

    def __init__(self, desk: Desk, tasks: Runner, title: str, names: Mapping[str, str]) -> None:
        """names: {key of a tab: its title}."""
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self.bar = MessageBar()
        self.tabs = TabFlow()
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}
        self._choices: dict[str, Mapping[str, Any]] = {}
        """Selections to restore in panels that are not created yet, by tab key."""
        self._keys = list(names)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*page_margins(low=False))
        outer.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(named(PlainLabel(title), "title"))
        head.addSpacing(16)
        head.addWidget(self.bar, 1)
        outer.addLayout(head)
        self.tabs.setAccessibleName(title)
        outer.addWidget(self.tabs)
        outer.addWidget(self.stack, 1)
        for words in names.values():
            self.tabs.add_tab(words)
        bind(self, "tab_after", lambda: self.tabs.step(1))
        bind(self, "tab_before", lambda: self.tabs.step(-1))
        bind(self, "refresh", self.refresh)
        self.tabs.currentChanged.connect(self._go)
        self._go(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the tabs in a low window."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        self.tabs.fold(is_low(self))
        self._show_spare(self.stack)

    def _show_spare(self, part: QWidget) -> None:
        low = is_low(self)
        for label in part.findChildren(PlainLabel):
            if label.property(SPARE):
                label.setVisible(not low)

    def _go(self, place: int) -> None:
        self.stack.setCurrentWidget(self.made(self._keys[place]))

    def intent(self) -> Mapping[str, Any]:
        """The current tab, and the selections in the panels."""
        panels = {
            k: panel.choices() for k, panel in self._made.items() if isinstance(panel, DeskPanel)
        }
        tab_choices = {
            key: choices for key, choices in {**self._choices, **panels}.items() if choices
        }
        shown = {self.tab_word: self._keys[self.tabs.currentIndex()]}
        return {**shown, "panels": tab_choices} if tab_choices else shown

    def receive(self, intent: Mapping[str, Any]) -> None:
        """panels: selections to restore, by tab key."""
        self._choices.update(intent.get("panels", {}))
        for key in self._made:
            self._choose_again(key)

    def _choose_again(self, key: str) -> None:
        panel = self._made[key]
        if key in self._choices and isinstance(panel, DeskPanel):
            panel.choose_again(self._choices.pop(key))

    def take_keyboard(self) -> None:
        panel = self.stack.currentWidget()
        if isinstance(panel, DeskPanel):
            panel.take_keyboard()
        elif panel is not None:
            go_to_first(panel)

    def show_tab(self, key: str) -> None:
        """Switch to a tab."""
        self.tabs.setCurrentIndex(self._keys.index(key))

    def made(self, key: str) -> QWidget:
        """The panel of a tab, created at first use."""
        if key not in self._made:
            self._made[key] = self.make(key)
            self.stack.addWidget(self._made[key])
            self._show_spare(self._made[key])
            self._choose_again(key)
        return self._made[key]

    def make(self, key: str) -> QWidget:
        """Create the panel of a tab."""
        raise NotImplementedError
