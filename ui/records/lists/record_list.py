"""The list of one record type: table view, selection, footer."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter, Sort
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.lists.column_widths import ColumnWidths
from ui.records.lists.list_columns import ListColumns, list_key
from ui.records.lists.list_delegate import ListDelegate
from ui.records.lists.list_footer import ListFooter
from ui.widgets.tables.row_choice import choose_only
from ui.widgets.tables.table_model import RecordTable

ROW_HEIGHT = 2.1
"""Height of a row in text heights."""


class RecordList(QWidget):
    """A table of records read in pages; opened(record id): the only selected record changed;
    arrived, failed: of a read."""

    opened = Signal(str)
    arrived = Signal()
    failed = Signal(Exception)

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._all: Filter | None = None
        """The filter whose whole list is selected, including rows not loaded; None otherwise."""
        self._again: list[str] = []
        self._all_again: Filter | None = None
        self.table = RecordTable(desk, type_name, tasks)
        arrangement = desk.preferences.preferred(list_key(type_name), {})
        if arrangement:
            self.table.arrange(arrangement["columns"], Sort(*arrangement["sort"]))
        self.view = _view(self.table, _(ALL_TYPES[type_name].title))
        self._widths = ColumnWidths(self, self.view, self.table, arrangement.get("widths", {}))
        fail = self.failed.emit
        self.columns = ListColumns(desk, tasks, self.view, self._widths, type_name, fail)
        self.footer = ListFooter(desk, tasks, self.table, type_name, fail)
        self.empty = named(PlainLabel(), "muted")
        self._lay_out()
        self.table.modelAboutToBeReset.connect(self._kept_choice)
        self.table.arrived.connect(self._show_arrived)
        self.table.failed.connect(self.failed)
        self.table.rowsInserted.connect(self._grown)
        self.columns.connect_header()
        self.table.ended.connect(self._show_end)
        self.footer.spanned.connect(lambda _span: self.footer.show_count(self.how_many()))
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self._marked = ""
        """The record whose row was selected without opening it, until the selection changes."""
        self.view.clicked.connect(lambda _index: self._open_marked())
        self.view.activated.connect(lambda _index: self._open_marked())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.view, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(self.footer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns again, unless the person set widths."""
        super().resizeEvent(event)
        if not self._widths.kept and event.size().width() != event.oldSize().width():
            self._widths.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the columns, as the width is known now."""
        super().showEvent(event)
        self._widths.fit_again()

    # ------------------------------------------------------------------- reading

    def start(self, list_filter: Filter) -> None:
        """Read the first page synchronously."""
        self.table.start(list_filter)

    def read(self, list_filter: Filter) -> None:
        """Read the list of a filter, keeping the order."""
        self.table.ask(list_filter, self.table.order)

    def _show_arrived(self) -> None:
        # Before hiding the view: the page moves the focus out of it.
        self.arrived.emit()
        has_rows = bool(self.table.lines)
        self.view.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        if has_rows and not self._widths.kept and not self._widths.fitted:
            self._widths.fit()
        self._choose_again()
        self.footer.count_soon()

    def idle(self) -> bool:
        """Whether neither a read nor a count is pending."""
        return self.footer.idle() and self.table.idle()

    # ----------------------------------------------------------------- selection

    def mark(self, record: str) -> None:
        """Select a record's row without opening it; clears the selection if it is not loaded."""
        row = self.table.row_of(record) if record else -1
        self._marked = record
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        if row < 0:
            selection.clear()
        else:
            choose_only(self.view, self.table.index(row, 0))
        selection.blockSignals(False)
        self._all = None
        self.footer.show_count(self.how_many())
        self.view.viewport().update()
        if row >= 0:
            self.view.scrollTo(self.table.index(row, 0))

    def _open_marked(self) -> None:
        """Open the selected but not opened record: a click or Enter does not change the
        selection."""
        rows = self.view.selectionModel().selectedRows()
        if self._marked and [self.table.lines[row.row()].id for row in rows] == [self._marked]:
            self._marked, record = "", self._marked
            self.opened.emit(record)

    def _selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self._all, self._marked = None, ""
        rows = self.view.selectionModel().selectedRows()
        self.footer.show_count(self.how_many())
        if len(rows) == 1:
            self.opened.emit(self.table.lines[rows[0].row()].id)

    def go_to_end(self) -> None:
        """Move to the last row, even if it is not loaded."""
        if self.table.more():
            self.table.read_end()
        else:
            self._show_end()

    def go_to_start(self) -> None:
        """Move to the first row."""
        if self.table.above:
            self.table.read_start()
        elif self.table.lines:
            choose_only(self.view, self.table.index(0, 0))

    def _scrolled(self, place: int) -> None:
        """Load the rows above when scrolled to the top."""
        if place == self.view.verticalScrollBar().minimum():
            self.table.fetch_above()

    def _show_end(self) -> None:
        if self.table.lines:
            choose_only(self.view, self.table.index(len(self.table.lines) - 1, 0))
            self.view.scrollToBottom()

    def choose_all(self) -> None:
        """Select the whole list, including rows not loaded."""
        self.view.selectAll()
        self._all = self.table.chosen
        self.footer.show_count(self.how_many())

    def _grown(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Select newly loaded rows too while everything is selected."""
        if self._all is None:
            return
        everything = self._all
        new = QItemSelection(self.table.index(first, 0), self.table.index(last, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(new, flags.Select | flags.Rows)
        self._all = everything

    def copied(self) -> str:
        """The selected rows as tab-separated text with column names."""
        header = self.view.horizontalHeader()
        columns = [header.logicalIndex(at) for at in range(header.count())]
        horizontal = Qt.Orientation.Horizontal
        lines = [[str(self.table.headerData(column, horizontal)) for column in columns]]
        selected_rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        lines += [
            [self.table.lines[row].cells[column] for column in columns] for row in selected_rows
        ]
        return "\n".join("\t".join(cells) for cells in lines) if selected_rows else ""

    def _kept_choice(self) -> None:
        """Remember the selection before the list is read again."""
        rows = self.view.selectionModel().selectedRows()
        self._again = [self.table.lines[row.row()].id for row in rows if len(rows) > 1]
        self._all, self._all_again = None, self._all

    def _choose_again(self) -> None:
        """Restore a selection of several records; "everything" only for the same filter."""
        selected_ids, self._again = set(self._again), []
        if self._all_again == self.table.chosen and len(self.table.lines) > 1:
            self.choose_all()
            return
        rows = [row for row, line in enumerate(self.table.lines) if line.id in selected_ids]
        if len(rows) < 2:
            return
        row_selection = QItemSelection()
        for row in rows:
            index = self.table.index(row, 0)
            row_selection.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(row_selection, flags.ClearAndSelect | flags.Rows)

    def how_many(self) -> int:
        """The number of selected records."""
        if self._all is not None:
            return self.footer.rows
        return len(self.view.selectionModel().selectedRows())

    def wanted(self) -> Filter:
        """The filter for export: the selected rows, else the whole list."""
        return self.chosen() if self.how_many() else self.table.chosen

    def chosen(self) -> Filter:
        """The selection as filter: the whole list, or the selected rows."""
        if self._all is not None:
            return self._all
        rows = self.view.selectionModel().selectedRows()
        return Filter(ids=frozenset(self.table.lines[row.row()].id for row in rows))


def _view(table: RecordTable, title: str) -> QTableView:
    view = QTableView()
    view.setModel(table)
    view.setItemDelegate(ListDelegate(table, view))
    view.setAccessibleName(_("List: {title}").format(title=title))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(int(view.fontMetrics().height() * ROW_HEIGHT))
    header = view.horizontalHeader()
    header.setAccessibleName(_("Columns"))
    header.setHighlightSections(False)
    header.setSectionsClickable(True)
    header.setSectionsMovable(True)
    header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    return view
