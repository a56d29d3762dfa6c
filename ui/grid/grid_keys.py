"""The keys of a table that is typed or pasted: paste, copy, fill down, empty, take back."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.entry.grid import copied, headed, pasted
from ui.grid.grid_model import Place
from ui.grid.grid_view import GridView
from ui.widgets.actions import bind
from ui.widgets.messages import MessageBar


class GridKeys(QObject):
    """The commands on the selected cells of a view."""

    def __init__(
        self,
        owner: QWidget,
        view: GridView,
        bar: MessageBar,
        show: Callable[[list[str]], None],
    ) -> None:
        """show: shows the columns of these keys, when a paste needs some that are not shown."""
        super().__init__(owner)
        self._view = view
        self._cells = view.cells
        self._bar = bar
        self._show = show
        bind(owner, "grid_paste", self.paste, view)
        bind(owner, "grid_copy", self.copy, view)
        bind(owner, "grid_fill", self.fill_down, view)
        bind(owner, "grid_clear", self.clear, view)
        bind(owner, "grid_undo", self.undo, view)

    def paste(self) -> None:
        """Put a copied table in from the current cell on; a row of headings says which columns."""
        at = self._view.currentIndex()
        try:
            rows = pasted(QGuiApplication.clipboard().text())
        except UserError as error:
            self._bar.warn(error)
            return
        if not rows or not at.isValid():
            self._bar.notify(_("There is no table to paste."))
            return
        names = headed(rows[0], list(self._cells.every.values()))
        if names is None:
            shown = [column.key for column in self._cells.columns][at.column() :]
            targets: list[str | None] = [*shown]
            unknown = max(map(len, rows)) - len(shown)
            missing = _("{count} columns to the right did not fit.").format(count=unknown)
        else:
            targets, rows, heads = names, rows[1:], rows[0]
            lost = [cell for cell, name in zip(heads, names, strict=True) if cell and name is None]
            unknown, missing = len(lost), _("Not known: {names}").format(names=", ".join(lost))
            shown = [column.key for column in self._cells.columns]
            self._show([*shown, *(name for name in names if name is not None)])
        texts: dict[Place, str] = {}
        for down, row in enumerate(rows):
            for key, cell in zip(targets, row, strict=False):
                if key is not None:
                    texts[at.row() + down, key] = cell
        self._cells.write(texts)
        words = _("{count} rows pasted.").format(count=format_number(len(rows), language()))
        self._bar.notify(f"{words} {missing}" if unknown > 0 else words)

    def copy(self) -> None:
        """Copy the chosen cells as a spreadsheet takes them."""
        cells = [[self._cells.rows[r].get(k, "") for r, k in line] for line in self._view.chosen()]
        if cells:
            QGuiApplication.clipboard().setText(copied(cells))

    def fill_down(self) -> None:
        """Write the first chosen row into the others; one row alone takes what is above it."""
        chosen = self._view.chosen()
        if not chosen:
            return
        source, rest = chosen[0], chosen[1:]
        if not rest and source[0][0] > 0:
            source, rest = [(row - 1, key) for row, key in source], [source]
        texts = {
            place: self._cells.rows[row].get(key, "")
            for line in rest
            for place, (row, key) in zip(line, source, strict=True)
        }
        self._cells.write(texts)

    def clear(self) -> None:
        """Empty the chosen cells."""
        self._cells.write({place: "" for line in self._view.chosen() for place in line})

    def undo(self) -> None:
        """Undo the last write."""
        if not self._cells.undo():
            self._bar.notify(_("There is nothing to take back."))
