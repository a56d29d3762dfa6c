"""Marks rows of a settings table that are not from the province's set-up file."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.ledgers.rows import Row
from ui.base.plain_text import PlainLabel
from ui.grid.grid_model import GridModel, RowMarks
from ui.widgets.pages.desk_panel import DeskPanel

SIGN = "◆"
"""The sign beside the number of such a row."""


class OwnRows:
    """Marks the desk's own rows of a table and explains the sign in the hint."""

    def __init__(self, desk: Desk, name: str, cells: GridModel, hint: PlainLabel) -> None:
        self._desk = desk
        self._name = name
        self._cells = cells
        self._hint = hint
        self._plain = hint.text()

    def read(self, panel: DeskPanel, stored: Sequence[Row]) -> None:
        """Find the desk's own rows in the background."""
        desk = self._desk

        def done(own_rows: list[Row]) -> None:
            self._mark([row for row, cells in enumerate(stored) if cells in own_rows])

        panel.ask(lambda: desk.exchange.setup_rows.own_shown(self._name), done)

    def _mark(self, rows: list[int]) -> None:
        words = own_words()
        self._cells.marks = RowMarks(frozenset(rows), SIGN, words)
        last = self._cells.rowCount() - 1
        self._cells.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last)
        self._hint.setText(f"{self._plain} {SIGN} {words}" if rows else self._plain)


def own_words() -> str:
    """The explanation of the sign."""
    return _("This desk's own: the province's set-up file does not have it.")
