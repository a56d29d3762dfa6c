"""Pages of ledgers: targets and figures from paper; settings and reference data."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.settings.ledger_panel import LedgerPanel
from ui.widgets.pages.tabbed_page import TabbedPage


class LedgerPage(TabbedPage):
    """Ledgers under tabs; a panel is made when its tab is first shown."""

    tab_word = "ledger"

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        panel = LedgerPanel(self._desk, key, self._tasks, self.bar)
        panel.changed.connect(self.changed)
        panel.page_wanted.connect(self.wanted)
        return panel

    @property
    def panels(self) -> list[LedgerPanel]:
        """The ledgers made so far."""
        return [panel for panel in self._made.values() if isinstance(panel, LedgerPanel)]

    def panel(self) -> LedgerPanel:
        """The panel of the ledger that is shown."""
        panel = self.stack.currentWidget()
        assert isinstance(panel, LedgerPanel)
        return panel

    def refresh(self) -> None:
        """Reload the ledgers without unsaved changes."""
        for panel in self.panels:
            panel.refresh()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Show a ledger (`ledger`); undo: its last saving is taken back."""
        super().receive(intent)
        if intent.get("ledger") in self._keys:
            self.show_tab(intent["ledger"])
        if "undo" in intent:
            self.panel().take_back()

    def keep_now(self) -> None:
        """Save what is typed in every table as drafts."""
        for panel in self.panels:
            panel.keep_now()

    def idle(self) -> bool:
        """Whether every table is loaded and its draft saved."""
        return all(panel.idle() for panel in self.panels)

    @property
    def dirty(self) -> bool:
        """Whether a table has unsaved changes."""
        return any(panel.dirty for panel in self.panels)
