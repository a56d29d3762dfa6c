"""The line above every page while the desk's folder is taken for one from an older copy."""

from PySide6.QtCore import Signal

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from ui.shell.band import Band


class OlderBand(Band):
    """Says what is missing and what to do; hidden while nothing tells of it, and once it was put
    away in this window.

    wanted: the page, and what to show there, where the desk gets a new id.
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
        """Look again: files that came may tell of it, or have brought what was missing."""
        older = self._desk.last.older()
        text = "" if older is None else older.text
        self.text.setText(text)
        self.setVisible(text not in ("", self._away))

    def put_away(self) -> None:
        """Do not show it again in this window."""
        self._away = self.text.text()
        self.hide()

    def _show_cards(self) -> None:
        self.wanted.emit("exchange", {"tab": "cards"})
