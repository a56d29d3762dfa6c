"""Window of a type's deleted records, from which they can be restored."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.entry.deleted import DeletedRecord, gist
from borderdesk.schema.book import ReferenceBook
from ui.widgets.editors.completion import ENTER
from ui.widgets.editors.text_line import TextLine
from ui.widgets.tables.row_choice import FoundRows
from ui.widgets.tables.rows_table import RowsTable, TableColumn

SHARE = 0.7


class DeletedWindow(QDialog):
    """The list of deleted records; restore(record ids)."""

    restore = Signal(list)

    def __init__(
        self,
        owner: QWidget,
        title: str,
        type_name: str,
        records: Sequence[DeletedRecord],
        book: ReferenceBook,
    ) -> None:
        super().__init__(owner)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Deleted: {title}").format(title=title))
        self.resize(owner.window().size() * SHARE)
        self._all = [(record.id, _cells(type_name, record, book)) for record in records]
        self._shown: list[str] = []
        self.search = TextLine()
        self.search.setPlaceholderText(_("Search"))
        self.search.setAccessibleName(_("Search"))
        self.table = RowsTable(
            self.windowTitle(),
            [
                TableColumn(_("Deleted on"), 18),
                TableColumn(_("Deleted by"), 20),
                TableColumn(_("Reason"), 26),
                TableColumn(_("What it was"), 50),
            ],
            _("Nothing of this type was deleted."),
            awaited=True,
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.button = QPushButton(f"{_('Take back what is chosen')}   Enter")
        self.button.setAccessibleName(_("Take back what is chosen"))
        self._lay_out()
        self.search.seen.connect(self._narrow)
        FoundRows(self.search, self.table)
        self.button.clicked.connect(self._restore)
        self._narrow("")
        self.table.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        column.addLayout(row)

    def _narrow(self, text: str) -> None:
        """Show the rows that contain every word."""
        words = fold(text).split()
        matches = [(i, row) for i, row in self._all if all(w in fold(" ".join(row)) for w in words)]
        self._shown = [record for record, _row in matches]
        self.table.show_rows([row for _record, row in matches], keep=False)
        self.button.setEnabled(bool(matches))

    def chosen(self) -> list[str]:
        """The ids of the selected rows."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self._shown[row] for row in rows]

    def _restore(self) -> None:
        records = self.chosen()
        if records:
            self.close()
            self.restore.emit(records)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter restores, Escape closes."""
        if event.key() in ENTER:
            self._restore()
            return
        super().keyPressEvent(event)


def _cells(type_name: str, record: DeletedRecord, book: ReferenceBook) -> tuple[str, ...]:
    when = f"{format_date(record.when.date())} {record.when:%H:%M}"
    return when, record.author, record.reason, gist(type_name, record.values, book)
