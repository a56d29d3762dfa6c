"""Commands of a grid: paste, copy, fill down, clear, undo."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.entry.clipboard import (
    as_typed,
    copied,
    pasted,
    with_days_asked,
    with_headings,
)
from borderdesk.entry.day_order import MONTH_FIRST
from ui.grid.grid_model import Place
from ui.grid.grid_view import GridView
from ui.grid.paste_mapping import PasteMapping
from ui.widgets.actions.all_actions import bind
from ui.widgets.pages.messages import MessageBar


class GridKeys(QObject):
    """The commands on the selected cells of a view."""

    def __init__(
        self,
        owner: QWidget,
        view: GridView,
        bar: MessageBar,
        show: Callable[[list[str]], None],
        mapping: PasteMapping,
        *,
        before: Callable[[], None] | None = None,
    ) -> None:
        """show: shows further columns, given all keys, when a paste needs hidden ones; mapping:
        remembered meanings of unknown headings; before: undoes the window's newest step when there
        is nothing to undo here."""
        super().__init__(owner)
        self._view = view
        self._cells = view.cells
        self._bar = bar
        self._show = show
        self._mapping = mapping
        self._before = before
        mapping.chosen.connect(self._write_column)
        bind(owner, "grid_paste", self.paste, view)
        bind(owner, "grid_copy", self.copy, view)
        bind(owner, "grid_fill", self.fill_down, view)
        bind(owner, "grid_clear", self.clear, view)
        bind(owner, "grid_undo", self.undo, view)

    def paste(self) -> None:
        """Paste a copied table from the current cell on; a row of headings determines its
        columns."""
        at, data = self._view.currentIndex(), QGuiApplication.clipboard().mimeData()
        try:
            rows = pasted(data.text(), data.html() if data.hasHtml() else "")
        except UserError as error:
            self._bar.warn(error)
            return
        if not rows or not at.isValid():
            self._bar.hint(_("There is no table to paste."))
            return
        table = with_headings(rows, list(self._cells.every.values()), self._mapping.kept())
        if table is None:
            self._paste_by_place(rows, at.row(), at.column())
            return
        shown = [column.key for column in self._cells.columns]
        self._show([*shown, *(key for key in table.keys if key is not None)])
        ambiguous = self._write(table.rows, table.keys, at.row())
        words = self._pasted_words(len(table.rows), ambiguous, table.totals)
        if table.unknown:
            self._mapping.ask(words, table, at.row())
        else:
            self._tell(words, ambiguous)

    def _paste_by_place(self, rows: list[list[str]], row: int, column: int) -> None:
        """Paste without headings: into the columns from the current one on."""
        keys = [candidate.key for candidate in self._cells.columns[column:]]
        too_many = max(map(len, rows)) - len(keys)
        ambiguous = self._write(rows, keys, row)
        words = self._pasted_words(len(rows), ambiguous)
        if too_many > 0:
            missing = ngettext(
                "{count} column to the right did not fit.",
                "{count} columns to the right did not fit.",
                too_many,
            ).format(count=too_many)
            self._bar.caution(f"{words} {missing}")
        else:
            self._tell(words, ambiguous)

    def _tell(self, words: str, ambiguous: Sequence[str]) -> None:
        tell = self._bar.caution if ambiguous else self._bar.notify
        tell(words)

    def _pasted_words(self, count: int, ambiguous: Sequence[str], totals: int = 0) -> str:
        """The message after a paste.

        ambiguous: labels of columns whose dates are ambiguous and have to be typed again; totals:
        number of rows of totals left out.
        """
        words = [
            ngettext("{count} row pasted.", "{count} rows pasted.", count).format(
                count=format_number(count, language())
            )
        ]
        if totals:
            left_out = ngettext(
                "{count} row of totals was left out.",
                "{count} rows of totals were left out.",
                totals,
            )
            words.append(left_out.format(count=format_number(totals, language())))
        return " ".join([*words, *(f"{label}: {_(MONTH_FIRST)}" for label in ambiguous)])

    def _write(self, rows: list[list[str]], keys: Sequence[str | None], first: int) -> list[str]:
        """Write rows into the columns `keys` from row `first` on as one undo step; returns the
        labels of columns whose dates are ambiguous."""
        rows, ambiguous = with_days_asked(self._cells.every, keys, rows)
        texts: dict[Place, str] = {}
        for down, row in enumerate(rows):
            for key, cell in zip(keys, row, strict=False):
                if key is not None:
                    texts[first + down, key] = as_typed(self._cells.every[key], cell)
        self._cells.write(texts)
        return ambiguous

    def _write_column(self, key: str, texts: list[str], first: int) -> None:
        """Write the column of a heading whose meaning was just chosen."""
        self._show([*(column.key for column in self._cells.columns), key])
        ambiguous = self._write([[text] for text in texts], [key], first)
        if ambiguous:
            self._tell(self._pasted_words(len(texts), ambiguous), ambiguous)

    def copy(self) -> None:
        """Copy the selected cells in the format of spreadsheets."""
        cells = [[self._cells.rows[r].get(k, "") for r, k in line] for line in self._view.chosen()]
        if cells:
            QGuiApplication.clipboard().setText(copied(cells))

    def fill_down(self) -> None:
        """Copy the first selected row into the others; a single row is filled from the row
        above."""
        chosen_range = self._view.chosen()
        if not chosen_range:
            return
        source, below = chosen_range[0], chosen_range[1:]
        if not below and source[0][0] > 0:
            source, below = [(row - 1, key) for row, key in source], [source]
        texts = {
            place: self._cells.rows[row].get(key, "")
            for line in below
            for place, (row, key) in zip(line, source, strict=True)
        }
        self._cells.write(texts)

    def clear(self) -> None:
        """Clear the selected cells."""
        self._cells.write({place: "" for line in self._view.chosen() for place in line})

    def undo(self) -> None:
        """Undo the last write; without one, the window's newest step."""
        if self._cells.undo():
            return
        if self._before is not None:
            self._before()
        else:
            self._bar.hint(_("There is nothing to take back."))
