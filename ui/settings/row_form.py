"""Form of a ledger: list of rows and the fields of the current one."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from ui.base.plain_text import PlainLabel
from ui.base.rights import forbid
from ui.base.style import named
from ui.grid.grid_model import GridModel
from ui.settings.labelled_text import field_for
from ui.settings.ledger_form import LedgerForm
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.tables.rows_table import RowsTable, TableColumn


class RowForm(LedgerForm):
    """A list of all rows with the fields of one beside it.

    A field shows its problem once it was left; all fields do after a refused save.
    """

    def __init__(self, cells: GridModel, desk: Desk, empty: str) -> None:
        """empty: hint shown while there are no rows."""
        super().__init__(cells)
        self.row = -1
        self._words = ""
        self._shown: list[int] = []
        self._judged: set[str] = set()
        columns = list(cells.every.values())
        self.table = RowsTable(empty, [TableColumn(c.label, 0, c.numeric) for c in columns], empty)
        self.fields = {column.key: field_for(column, desk) for column in columns}
        if cells.refusal:
            for field in self.fields.values():
                forbid(field, cells.refusal)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.table, 3)
        side = QWidget()
        column = scrolled_column(side)
        self.heading = named(PlainLabel(), "heading")
        column.addWidget(self.heading)
        for field in self.fields.values():
            column.addWidget(field)
        column.addStretch(1)
        row.addWidget(side, 2)

    def _connect(self) -> None:
        for key, field in self.fields.items():
            field.typed.connect(lambda text, key=key: self._write(key, text))
            field.left.connect(lambda key=key: self._judge(key))
        self.table.moved.connect(self._moved)
        self.cells.modelReset.connect(self._reset)
        self.cells.typed.connect(lambda _rows: self._show_rows())
        self.cells.messages_changed.connect(self.show_problems)

    # ------------------------------------------------------------------------- showing

    def _reset(self) -> None:
        self._judged = set()
        self._show_rows()
        self.table.share_room([self._texts(row) for row in self.cells.filled()])
        self.go_to(self.row if self.row in self._shown else next(iter(self._shown), -1))

    def _show_rows(self) -> None:
        """List the non-empty rows that match the search."""
        words = fold(self._words).split()
        rows = self.cells.rows
        self._shown = [
            row
            for row in self.cells.filled()
            if all(word in fold(" ".join(rows[row].values())) for word in words)
        ]
        blocker = QSignalBlocker(self.table)
        self.table.show_rows([self._texts(row) for row in self._shown])
        self._mark()
        blocker.unblock()

    def _texts(self, row: int) -> tuple[str, ...]:
        return tuple(self.cells.rows[row].get(key, "") for key in self.cells.every)

    def _mark(self) -> None:
        if self.row in self._shown:
            self.table.go_to(self._shown.index(self.row))
        else:
            self.table.clearSelection()

    def filter(self, words: str) -> None:
        """Show only the rows that contain every word."""
        self._words = words
        self._show_rows()

    def _moved(self, place: int) -> None:
        if 0 <= place < len(self._shown) and self._shown[place] != self.row:
            self.go_to(self._shown[place])

    def go_to(self, row: int) -> None:
        """Show a row in the fields; -1 begins a new one."""
        self.row = row if row >= 0 else self._new_row()
        self._judged = set()
        stored = self.row in self.cells.filled()
        self.heading.setText(_("This row") if stored else _("New row"))
        self._put()
        self._mark()
        self.show_problems()

    def _new_row(self) -> int:
        return max(self.cells.filled(), default=-1) + 1

    def _put(self) -> None:
        cells = self.cells.rows[self.row] if 0 <= self.row < len(self.cells.rows) else {}
        for key, field in self.fields.items():
            text = cells.get(key, "")
            if field.text() != text and not field.in_focus():
                field.put(text)

    # ------------------------------------------------------------------------- typing

    def begin(self) -> None:
        """Begin a new row and focus its first field."""
        first = next(iter(self.fields.values()))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.go_to(-1)
        first.input.setFocus(Qt.FocusReason.TabFocusReason)

    def show_cell(self, row: int, key: str) -> None:
        """Show a row and focus the field of a column."""
        self.go_to(row)
        self.fields[key].input.setFocus(Qt.FocusReason.TabFocusReason)

    def _write(self, key: str, text: str) -> None:
        self.cells.write({(self.row, key): text.strip()})

    def _judge(self, key: str) -> None:
        self._judged.add(key)
        self._put()
        self.show_problems()

    def judge_all(self, row: int) -> None:
        """Show a row that a save refused, with all its problems."""
        self.go_to(row)
        self._judged = set(self.fields)
        self.show_problems()
        wrong = next((key for key in self.fields if self.cells.problem(self.row, key)), None)
        if wrong is not None:
            self.fields[wrong].input.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problems(self) -> None:
        """Show the problems of fields that were left."""
        for key, field in self.fields.items():
            judged = key in self._judged and 0 <= self.row < len(self.cells.rows)
            field.show_problem(self.cells.problem(self.row, key) if judged else "")
        if not any(field.in_focus() for field in self.fields.values()):
            self._put()

    def chosen(self) -> list[int]:
        """The row shown, unless it is empty."""
        return [self.row] if self.row in self.cells.filled() else []

    def event(self, event: QEvent) -> bool:
        """Select the first row when the form is first shown."""
        if event.type() == QEvent.Type.Show and self.row < 0:
            self.go_to(next(iter(self._shown), -1))
        return super().event(event)
