"""Notice above all pages while the desk seems to be an older copy of itself."""

from PySide6.QtCore import Signal

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from ui.shell.band import Band


class OlderBand(Band):
    """Says what is missing and what to do; hidden without signs of an older copy, and after being
    closed in this window.

    wanted(page, intent): the page where the desk gets a new id.
    """

    wanted = Signal(str, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._away = ""
        hint = _("Where this desk gets a new id, once what can be got back is here")
        self.cards = self.add_button(_("Cards"), self._show_cards, hint)
        self.close_button = self.add_button(_("Close"), self.put_away)
        self.refresh()

    def refresh(self) -> None:
        """Check again: imported files may reveal it, or have restored what was missing."""
        older = self._desk.last.older()
        text = "" if older is None else older.text
        self.text.setText(text)
        self.setVisible(text not in ("", self._away))

    def put_away(self) -> None:
        """Hide this text in this window."""
        self._away = self.text.text()
        self.hide()

    def _show_cards(self) -> None:
        self.wanted.emit("exchange", {"tab": "cards"})
