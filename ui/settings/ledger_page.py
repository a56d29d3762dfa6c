"""Pages of ledgers (tables edited as a whole): targets; settings and reference data."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.settings.ledger_panel import LedgerPanel
from ui.widgets.pages.tabbed_page import TabbedPage


class LedgerPage(TabbedPage):
    """Ledgers in tabs; a panel is created when its tab is first shown."""

    tab_word = "ledger"

    def make(self, key: str) -> QWidget:
        """Create the panel of a tab."""
        panel = LedgerPanel(self._desk, key, self._tasks, self.bar)
        panel.changed.connect(self.changed)
        panel.page_wanted.connect(self.wanted)
        return panel

    @property
    def panels(self) -> list[LedgerPanel]:
        """The panels created so far."""
        return [panel for panel in self._made.values() if isinstance(panel, LedgerPanel)]

    def panel(self) -> LedgerPanel:
        """The current panel."""
        panel = self.stack.currentWidget()
        assert isinstance(panel, LedgerPanel)
        return panel

    def refresh(self) -> None:
        """Read the ledgers without unsaved changes again."""
        for panel in self.panels:
            panel.refresh()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Switch to the tab `ledger`; undo: revert its last save."""
        super().receive(intent)
        if intent.get("ledger") in self._keys:
            self.show_tab(intent["ledger"])
        if "undo" in intent:
            self.panel().take_back()

    def keep_now(self) -> None:
        """Save drafts in all panels."""
        for panel in self.panels:
            panel.keep_now()

    def idle(self) -> bool:
        """Whether no panel reads, saves or has an unsaved draft."""
        return all(panel.idle() for panel in self.panels)

    @property
    def dirty(self) -> bool:
        """Whether a ledger has unsaved changes."""
        return any(panel.dirty for panel in self.panels)
