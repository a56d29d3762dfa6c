"""The line above every page while the desk's folder is taken for one from an older copy."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from ui.base.plain_text import PlainLabel
from ui.base.style import named


class OlderBand(QWidget):
    """Says what is missing and what to do; hidden while nothing tells of it, and once it was put
    away in this window.

    wanted: the page, and what to show there, where the desk gets a new id.
    """

    wanted = Signal(str, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._away = ""
        self.text = named(PlainLabel(), "notice")
        self.text.setWordWrap(True)
        self.cards = QPushButton(_("Cards"))
        self.cards.setToolTip(_("Where this desk gets a new id, once what can be got back is here"))
        self.cards.clicked.connect(lambda _checked=False: self._show_cards())
        self.close_button = QPushButton(_("Close"))
        self.close_button.clicked.connect(lambda _checked=False: self.put_away())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(self.text, 1)
        row.addWidget(self.cards)
        row.addWidget(self.close_button)
        self.refresh()

    def refresh(self) -> None:
        """Look again: files that came may tell of it, or have brought what was missing."""
        older = self._desk.last.older()
        text = "" if older is None else older.text
        self.text.setText(text)
        self.setVisible(text not in ("", self._away))

    def put_away(self) -> None:
        """Tell of it no more in this window."""
        self._away = self.text.text()
        self.hide()

    def _show_cards(self) -> None:
        self.wanted.emit("exchange", {"tab": "cards"})
