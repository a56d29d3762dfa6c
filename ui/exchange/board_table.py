"""Table of the board: posts × months, a sign and a word in each cell."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _, ngettext
from borderdesk.exchange.tracking.board import (
    AGAIN,
    EMPTY,
    LATE,
    MISSING,
    ON_TIME,
    STATES,
    BoardCell,
    BoardRow,
    YearBoard,
)
from borderdesk.exchange.tracking.statement_check import CAUSES
from borderdesk.exchange.tracking.submissions import counting
from borderdesk.schema.book import ReferenceBook
from ui.base.plain_text import plain_tip
from ui.base.style import colour, named
from ui.widgets.tables.row_copy import RowCopy

ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
SIGNS = {ON_TIME: "✓", LATE: "◷", AGAIN: "↻", MISSING: "–"}
COLOURS = {
    ON_TIME: "bar_good", LATE: "warn", AGAIN: "accent", MISSING: "muted", EMPTY: "muted"
}  # fmt: skip
OVERDUE, DIFFERS, WAITS, BROKEN, LACKING, CORRECTED = "✗", "≠", "◔", "⚠", "…", "✎"
BEHIND = "⇣"
ROW_HEIGHT = 1.8


def cell_words(cell: BoardCell) -> str:
    """The text of a cell: the sign of the most urgent condition, else of the state, and the state's
    name."""
    if cell.state == EMPTY and not cell.broken and not cell.waiting:
        return ""
    sign = OVERDUE if cell.overdue else SIGNS.get(cell.state, "")
    marks = (
        (BROKEN, cell.broken),
        (WAITS, cell.waiting),
        (DIFFERS, cell.differs),
        (CORRECTED, cell.corrected),
    )
    for mark, holds in marks:
        if holds:
            sign = mark
            break
    if cell.lacking:
        return f"{LACKING} {_('Lacks {count}').format(count=cell.lacking)}"
    words = _(STATES[cell.state]) if cell.state in STATES else ""
    return f"{sign} {words}"


def legend() -> str:
    """The explanation of all signs."""
    meanings = (
        (SIGNS[ON_TIME], _("on time")),
        (SIGNS[LATE], _("late")),
        (SIGNS[AGAIN], _("sent again")),
        (OVERDUE, _("overdue")),
        (SIGNS[MISSING], _("not due yet")),
        (DIFFERS, _("figures differ")),
        (WAITS, _("a file waits for a card")),
        (BROKEN, _("a file was refused")),
        (LACKING, _("some of it never came")),
        (CORRECTED, _("corrected since")),
        (BEHIND, _("an older version of the program")),
    )
    return " · ".join(f"{sign} {words}" for sign, words in meanings)


def cell_story(cell: BoardCell) -> str:
    """All facts of a cell in words, for tooltip and screen reader."""
    if cell.state == EMPTY:
        facts = [_("before the post began, or after it ended")]
    else:
        facts = [_(STATES[cell.state]), _("due on {date}").format(date=format_date(cell.due))]
    states = (
        (cell.overdue, _("overdue")),
        (cell.late and cell.state != LATE, _("late")),
        (
            cell.waiting,
            ngettext(
                "{count} file waits for a card", "{count} files wait for a card", cell.waiting
            ).format(count=cell.waiting),
        ),
        (
            cell.broken,
            ngettext(
                "{count} file was refused", "{count} files were refused", len(cell.broken)
            ).format(count=len(cell.broken)),
        ),
        (
            cell.lacking,
            ngettext(
                "{count} entry that it counts is not here",
                "{count} entries that it counts are not here",
                cell.lacking,
            ).format(count=cell.lacking),
        ),
        (cell.differs, _("figures differ")),
        (cell.differs is False, _("figures agree")),
        (cell.cause, _(CAUSES[cell.cause]) if cell.cause else ""),
        (cell.corrected, _("corrected since: {count}").format(count=cell.corrected)),
        (
            len(counting(cell.submissions)) > 1,
            _("several laptops, none of which has what the others have"),
        ),
    )
    return ", ".join([*facts, *(words for holds, words in states if holds)])


class BoardModel(QAbstractTableModel):
    """Model of the cells of a year."""

    def __init__(self) -> None:
        super().__init__()
        self.table = YearBoard((), ())
        self._names: list[str] = []

    def show(self, table: YearBoard, book: ReferenceBook) -> None:
        """Show a year."""
        self.beginResetModel()
        self.table = table
        self._names = [_row_name(row, book) for row in table.rows]
        self.endResetModel()

    def cell(self, index: Index) -> BoardCell:
        """The cell at an index."""
        return self.table.rows[index.row()].cells[index.column()]

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.table.months)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_words(cell)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            tip = f"{self._names[index.row()]}, {index.column() + 1}: {cell_story(cell)}"
            return plain_tip(tip) if role == Qt.ItemDataRole.ToolTipRole else tip
        if role == Qt.ItemDataRole.ForegroundRole:
            bad = cell.overdue or cell.differs or cell.lacking
            grey = bool(cell.corrected) and not cell.broken and not cell.waiting
            return colour("error" if bad else "muted" if grey else COLOURS[cell.state])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._names[section] if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self.table.months[section].number:02d}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def _row_name(row: BoardRow, book: ReferenceBook) -> str:
    name = book.post_short(row.unit)
    if row.behind:
        name = f"{BEHIND} {name}"
    return f"{BROKEN} {name}" if row.gaps or row.clashes else name


LEAST_ROWS, MOST_ROWS, BAR = 5, 24, 18
"""Least and most posts in sight at once; pixels for a horizontal scroll bar."""


class BoardTable(QTableView):
    """Table view with arrow-key navigation; emits `moved` when the current cell changes."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cells = BoardModel()
        self.setModel(self.cells)
        named(self, "board").setAccessibleName(_("Posts and months"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        height = int(self.fontMetrics().height() * ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setAccessibleName(_("Posts"))
        self.horizontalHeader().setAccessibleName(_("Months"))
        self.horizontalHeader().setHighlightSections(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        words = max(self.fontMetrics().horizontalAdvance(f"◷ {_(w)}") for w in STATES.values())
        self._least = words + 8
        self.horizontalHeader().setMinimumSectionSize(self._least)
        self.selectionModel().currentChanged.connect(lambda _now, _old: self.moved.emit())
        RowCopy(self)

    def show_table(self, table: YearBoard, book: ReferenceBook, column: int) -> None:
        """Show a year; the current cell is kept, initially it is in month `column` (from 0)."""
        previous = self.currentIndex()
        row, month = (previous.row(), previous.column()) if previous.isValid() else (0, column)
        self.cells.show(table, book)
        # State names are never elided: one more month to scroll to does less harm.
        widest = max(map(self.sizeHintForColumn, range(self.cells.columnCount())), default=0)
        self.horizontalHeader().setMinimumSectionSize(max(widest, self._least))
        # As high as its rows: the tab scrolls, not the table.
        rows = min(max(len(table.rows), LEAST_ROWS), MOST_ROWS)
        rows_height = rows * self.verticalHeader().defaultSectionSize()
        self.setMinimumHeight(rows_height + self.horizontalHeader().sizeHint().height() + BAR)
        if table.rows:
            place = self.cells.index(min(max(row, 0), len(table.rows) - 1), month)
            self.setCurrentIndex(place)
        self.moved.emit()

    def go_to(self, unit: str, month: str) -> None:
        """Select the cell of a post ("" for the current row) and a month ("2026-10")."""
        table = self.cells.table
        rows = [row.unit for row in table.rows]
        months = [period.text for period in table.months]
        row = rows.index(unit) if unit in rows else max(self.currentIndex().row(), 0)
        if month in months:
            self.setCurrentIndex(self.cells.index(row, months.index(month)))

    def place(self) -> tuple[BoardRow, int] | None:
        """The current row and month index; None without a current cell."""
        index = self.currentIndex()
        if not index.isValid() or index.row() >= len(self.cells.table.rows):
            return None
        return self.cells.table.rows[index.row()], index.column()
