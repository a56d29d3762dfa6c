"""Pages of ledgers: regulations and targets, paper figures; the settings and reference data."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from borderdesk.desk import Desk
from ui.actions import bind
from ui.ledger_panel import LedgerPanel
from ui.messages import MessageBar
from ui.pages import Page
from ui.style import named
from ui.tasks import Runner

TARGETS = ("clauses", "regulations", "baselines")
REFERENCE = ("settings", "units", "posts", "markers", "hamlets", "picks")


class LedgerPage(Page):
    """Ledgers under tabs; each is made when it is first shown."""

    def __init__(self, desk: Desk, tasks: Runner, title: str, names: Mapping[str, str]) -> None:
        """names: {key of a tab: its title}."""
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self.bar = MessageBar()
        self.tabs = QTabBar()
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}
        self._keys = list(names)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 8)
        outer.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(named(QLabel(title), "title"))
        head.addStretch(1)
        outer.addLayout(head)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(title)
        outer.addWidget(self.tabs)
        outer.addWidget(self.bar)
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

    def made(self, key: str) -> QWidget:
        """What a tab shows, made now if it has not been shown yet."""
        if key not in self._made:
            self._made[key] = self.make(key)
            self.stack.addWidget(self._made[key])
        return self._made[key]

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        panel = LedgerPanel(self._desk, key, self._tasks, self.bar)
        panel.changed.connect(self.changed)
        return panel

    @property
    def panels(self) -> list[LedgerPanel]:
        """The ledgers made so far."""
        return [panel for panel in self._made.values() if isinstance(panel, LedgerPanel)]

    def panel(self) -> LedgerPanel:
        """The ledger that is shown."""
        panel = self.stack.currentWidget()
        assert isinstance(panel, LedgerPanel)
        return panel

    def refresh(self) -> None:
        """Read anew what has no unsaved changes."""
        for panel in self.panels:
            panel.refresh()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Show the ledger that is asked for (`ledger`)."""
        if intent.get("ledger") in self._keys:
            self.tabs.setCurrentIndex(self._keys.index(intent["ledger"]))

    def keep_now(self) -> None:
        """Keep what is typed in every table."""
        for panel in self.panels:
            panel.keep_now()

    def idle(self) -> bool:
        """Whether every table is there."""
        return all(panel.idle() for panel in self.panels)

    @property
    def dirty(self) -> bool:
        """Whether a table holds what is not saved."""
        return any(panel.dirty for panel in self.panels)
