"""A table of plain texts: what was sent, what came, which cards are known."""

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from ui.base.plain_text import plain_tip
from ui.base.style import colour
from ui.widgets.tables.column_room import ColumnTexts, shares
from ui.widgets.tables.row_choice import RowEnds, choose_only
from ui.widgets.tables.row_copy import RowCopy

ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 1.9
MARGIN = 24


SHOWING = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.EditRole,
)


class TableColumn(NamedTuple):
    """A column: its title, its first width in digits, whether it holds numbers, and whether one can
    type in it."""

    title: str
    width: int
    numeric: bool = False
    editable: bool = False


class TextRowsModel(QAbstractTableModel):
    """Rows of texts under titles.

    typed: a person typed in a column that is for it: the row, and the text.
    """

    typed = Signal(int, str)

    def __init__(self, columns: Sequence[TableColumn]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.rows: list[tuple[str, ...]] = []

    def show(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows in place of those before."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in SHOWING:
            text = self.rows[index.row()][index.column()]
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let a person type where the column is for it."""
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].editable:
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Show what a person typed, and emit `typed`."""
        if role != Qt.ItemDataRole.EditRole or not self.columns[index.column()].editable:
            return False
        text, row = str(value).strip(), list(self.rows[index.row()])
        row[index.column()] = text
        self.rows[index.row()] = tuple(row)
        self.dataChanged.emit(index, index)
        self.typed.emit(index.row(), text)
        return True

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        align = Qt.AlignmentFlag
        side = align.AlignRight if self.columns[column].numeric else align.AlignLeft
        return side | align.AlignVCenter


class RowsTable(QTableView):
    """The table on the screen; without rows it shows what to do.

    moved: another row is the current one (-1 for none).
    """

    moved = Signal(int)
    opened = Signal(int)

    def __init__(
        self,
        name: str,
        columns: Sequence[TableColumn],
        empty: str,
        *,
        several: bool = False,
        awaited: bool = False,
    ) -> None:
        """several: whether more than one row can be chosen; awaited: `empty` tells what is true
        only when the rows were read, so that nothing is said before."""
        super().__init__()
        self.texts = TextRowsModel(columns)
        self._keys: Sequence[Hashable] | None = None
        self.empty = empty
        self._awaited = awaited
        self.setModel(self.texts)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(int(self.fontMetrics().height() * ROW_HEIGHT))
        self.setMinimumHeight(int(self.fontMetrics().height() * ROW_HEIGHT * 3.5))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._size()
        self._shared: list[ColumnTexts] = []
        """By what the columns share the room; empty while each has a width of its own."""
        self.selectionModel().currentRowChanged.connect(self._tell_moved)
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        RowCopy(self)
        RowEnds(self)

    def _tell_moved(self, now: QModelIndex) -> None:
        self.moved.emit(now.row())

    def _size(self) -> None:
        header = self.horizontalHeader()
        header.setAccessibleName(self.accessibleName())
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        digit = self.fontMetrics().horizontalAdvance("0")
        header.setMinimumSectionSize(digit * 4)
        for place, column in enumerate(self.texts.columns):
            words = header.fontMetrics().horizontalAdvance(column.title) + digit * 3
            header.resizeSection(place, max(column.width * digit + 16, words))

    def share_room(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Let the columns share the room by what these rows hold, from now on. Not with every
        reading: columns that moved with every search would not be found again by the eye."""
        self._shared = [
            ColumnTexts(column.title, [row[place] for row in rows], column.numeric)
            for place, column in enumerate(self.texts.columns)
        ]
        self._share()

    def _share(self) -> None:
        for place, width in enumerate(shares(self, self._shared)):
            self.horizontalHeader().resizeSection(place, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out again, where the columns do."""
        super().resizeEvent(event)
        if self._shared and event.size().width() != event.oldSize().width():
            self._share()

    def show_rows(
        self,
        rows: Sequence[tuple[str, ...]],
        *,
        keys: Sequence[Hashable] | None = None,
        keep: bool = True,
        go_on: bool = True,
    ) -> None:
        """Show these rows; those that were chosen stay so where they are still there. keys: by what
        each is known again among others that look alike; without, by its texts. go_on: the row
        that follows the current one is chosen where that is gone, not none."""
        place = self.currentIndex().row() if keep else 0
        before: Sequence[Hashable] = self.texts.rows if self._keys is None else self._keys
        chosen = self.chosen_rows() if keep else []
        shown: Sequence[Hashable] = [tuple(row) for row in rows] if keys is None else keys
        meant = before[place] if 0 <= place < len(before) else None
        found = (self._place_of(before[row], row, shown) for row in chosen)
        kept = [row for row in found if row >= 0]
        now = self._place_of(meant, place, shown) if keep and meant is not None else -1
        if now < 0 and kept:
            # What is shown of the current row is of one that is chosen.
            now = min(kept, key=lambda row: abs(row - place))
        if keys is not None:
            staying = {*keys}
            place = sum(key in staying for key in before[: max(place, 0)])
        self._keys = keys
        self._awaited = False
        self.texts.show(rows)
        self.setAccessibleDescription("" if rows else self.empty)
        # Where there is nothing, there is nothing to scroll to.
        policy = Qt.ScrollBarPolicy
        as_needed, never = policy.ScrollBarAsNeeded, policy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(as_needed if rows else never)
        if not rows:
            self.moved.emit(-1)
        elif now >= 0 or go_on or not before:
            self.go_to(now if now >= 0 else min(max(place, 0), len(rows) - 1))
        self._choose(kept)

    @staticmethod
    def _place_of(row: Hashable, place: int, rows: Sequence[Hashable]) -> int:
        """Where a row is among others, nearest to its place; -1 for nowhere."""
        there = [n for n, other in enumerate(rows) if other == row]
        return min(there, key=lambda n: abs(n - place), default=-1)

    def _choose(self, places: Sequence[int]) -> None:
        """Choose these rows, where more than the current one can be."""
        if self.selectionMode() != QAbstractItemView.SelectionMode.ExtendedSelection or not places:
            return
        flags = QItemSelectionModel.SelectionFlag
        self.clearSelection()
        for row in places:
            index = self.texts.index(row, 0)
            self.selectionModel().select(index, flags.Select | flags.Rows)

    def go_to(self, row: int) -> None:
        """Make a row the current one, and the only one chosen."""
        choose_only(self, self.texts.index(row, 0))

    def chosen_rows(self) -> list[int]:
        """The rows that are chosen, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def row(self) -> int:
        """The current row, -1 for none."""
        return self.currentIndex().row() if self.texts.rows else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say in the empty table what would stand there, and what to do for it."""
        super().paintEvent(event)
        if self.texts.rows or self._awaited:
            return
        painter = QPainter(self.viewport())
        painter.setPen(colour("muted"))
        room = self.viewport().rect().adjusted(MARGIN, MARGIN // 3, -MARGIN, -MARGIN // 3)
        centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(centred), self.empty)
