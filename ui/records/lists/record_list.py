"""The list of one record type: its rows, its selection, its footer."""

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
"""How high a row is, in heights of its text."""


class RecordList(QWidget):
    """Records a page at a time; `opened` names the one record chosen."""

    opened = Signal(str)
    arrived = Signal()
    failed = Signal(Exception)

    def __init__(self, desk: Desk, type_name: str, tasks: Runner) -> None:
        super().__init__()
        self._all: Filter | None = None
        """The filter whose whole list is chosen, what is not read yet included."""
        self._again: list[str] = []
        self._all_again: Filter | None = None
        self.table = RecordTable(desk, type_name, tasks)
        kept = desk.preferences.preferred(list_key(type_name), {})
        if kept:
            self.table.arrange(kept["columns"], Sort(*kept["sort"]))
        self.view = _view(self.table, _(ALL_TYPES[type_name].title))
        self._widths = ColumnWidths(self, self.view, self.table, kept.get("widths", {}))
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
        """The record whose row was chosen without opening it, until somebody chooses another."""
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
        """Columns nobody has sized share the new room out."""
        super().resizeEvent(event)
        if not self._widths.kept and event.size().width() != event.oldSize().width():
            self._widths.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the columns their widths, now that there is room to share out."""
        super().showEvent(event)
        self._widths.fit_again()

    # ------------------------------------------------------------------- reading

    def start(self, chosen: Filter) -> None:
        """Read the first page at once."""
        self.table.start(chosen)

    def read(self, chosen: Filter) -> None:
        """Read the list of a filter, in the order it has."""
        self.table.ask(chosen, self.table.order)

    def _show_arrived(self) -> None:
        # Before an empty list is hidden: the page moves the keyboard out of it.
        self.arrived.emit()
        there = bool(self.table.lines)
        self.view.setVisible(there)
        self.empty.setVisible(not there)
        if there and not self._widths.kept and not self._widths.fitted:
            self._widths.fit()
        self._choose_again()
        self.footer.count_soon()

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return self.footer.idle() and self.table.idle()

    # ----------------------------------------------------------------- selection

    def mark(self, record: str) -> None:
        """Choose a record's row without opening it; none for one that is not there."""
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
        """Open the one record chosen, by a click or Enter that chooses nothing new."""
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
        """Go to the last row of the list, however many are not read yet."""
        if self.table.more():
            self.table.read_end()
        else:
            self._show_end()

    def go_to_start(self) -> None:
        """Go to the first row of the list."""
        if self.table.above:
            self.table.read_start()
        elif self.table.lines:
            choose_only(self.view, self.table.index(0, 0))

    def _scrolled(self, place: int) -> None:
        """At the top of the records that are here, read those above them."""
        if place == self.view.verticalScrollBar().minimum():
            self.table.fetch_above()

    def _show_end(self) -> None:
        if self.table.lines:
            choose_only(self.view, self.table.index(len(self.table.lines) - 1, 0))
            self.view.scrollToBottom()

    def choose_all(self) -> None:
        """Choose everything the list shows, also what is not read yet."""
        self.view.selectAll()
        self._all = self.table.chosen
        self.footer.show_count(self.how_many())

    def _grown(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Rows that arrive while everything is chosen are chosen too."""
        if self._all is None:
            return
        everything = self._all
        new = QItemSelection(self.table.index(first, 0), self.table.index(last, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(new, flags.Select | flags.Rows)
        self._all = everything

    def copied(self) -> str:
        """The rows chosen as a table: columns parted by tabs, with their names above."""
        header = self.view.horizontalHeader()
        columns = [header.logicalIndex(at) for at in range(header.count())]
        horizontal = Qt.Orientation.Horizontal
        lines = [[str(self.table.headerData(column, horizontal)) for column in columns]]
        chosen = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        lines += [[self.table.lines[row].cells[column] for column in columns] for row in chosen]
        return "\n".join("\t".join(cells) for cells in lines) if chosen else ""

    def _kept_choice(self) -> None:
        """Note what is chosen before the list is read again."""
        rows = self.view.selectionModel().selectedRows()
        self._again = [self.table.lines[row.row()].id for row in rows if len(rows) > 1]
        self._all, self._all_again = None, self._all

    def _choose_again(self) -> None:
        """Choose the rows of several records that were chosen before the list was read; everything
        only where it is the list of the same filter."""
        kept, self._again = set(self._again), []
        if self._all_again == self.table.chosen and len(self.table.lines) > 1:
            self.choose_all()
            return
        rows = [row for row, line in enumerate(self.table.lines) if line.id in kept]
        if len(rows) < 2:
            return
        chosen = QItemSelection()
        for row in rows:
            index = self.table.index(row, 0)
            chosen.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    def how_many(self) -> int:
        """How many records are chosen."""
        if self._all is not None:
            return self.footer.rows
        return len(self.view.selectionModel().selectedRows())

    def wanted(self) -> Filter:
        """What goes to a file or to paper: the rows chosen, or without any all that is shown."""
        return self.chosen() if self.how_many() else self.table.chosen

    def chosen(self) -> Filter:
        """What is chosen, as a filter: all that is shown, or the rows chosen."""
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
