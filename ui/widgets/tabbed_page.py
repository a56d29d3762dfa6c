"""A page whose contents stand under tabs; what a tab shows is made when it is first shown."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from borderdesk.desk import Desk
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.actions import bind
from ui.widgets.chooser import Tabs
from ui.widgets.messages import MessageBar
from ui.widgets.page import Page


class TabbedPage(Page):
    """Panels under tabs, with one bar for their messages."""

    own_undo = True

    def __init__(self, desk: Desk, tasks: Runner, title: str, names: Mapping[str, str]) -> None:
        """names: {key of a tab: its title}."""
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self.bar = MessageBar()
        self.tabs = Tabs()
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}
        self._keys = list(names)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 8)
        outer.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(named(PlainLabel(title), "title"))
        head.addSpacing(16)
        head.addWidget(self.bar, 1)
        outer.addLayout(head)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(title)
        outer.addWidget(self.tabs)
        outer.addWidget(self.stack, 1)
        for words in names.values():
            self.tabs.addTab(words)
        bind(self, "tab_after", lambda: self._step(1))
        bind(self, "tab_before", lambda: self._step(-1))
        bind(self, "refresh", self.refresh)
        self.tabs.currentChanged.connect(self._go)
        self._go(0)

    def _step(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
        self.tabs.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self, place: int) -> None:
        self.stack.setCurrentWidget(self.made(self._keys[place]))

    def show_tab(self, key: str) -> None:
        """Go to a tab."""
        self.tabs.setCurrentIndex(self._keys.index(key))

    def made(self, key: str) -> QWidget:
        """What a tab shows, made now if it has not been shown yet."""
        if key not in self._made:
            self._made[key] = self.make(key)
            self.stack.addWidget(self._made[key])
        return self._made[key]

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        raise NotImplementedError
