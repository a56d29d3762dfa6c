"""Pages of ledgers: regulations and targets, paper figures; the settings and reference data."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.settings.ledger_panel import LedgerPanel
from ui.widgets.tabbed_page import TabbedPage


class LedgerPage(TabbedPage):
    """Ledgers under tabs; each is made when it is first shown."""

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
            self.show_tab(intent["ledger"])

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
