"""Read-mostly table of plain texts with its model: sent files, received files, known cards."""

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
    """A column: its title, initial width in digits, whether it holds numbers, whether its cells can
    be edited."""

    title: str
    width: int
    numeric: bool = False
    editable: bool = False


class TextRowsModel(QAbstractTableModel):
    """Model of rows of texts.

    typed(row, text): a person edited a cell of an editable column.
    """

    typed = Signal(int, str)

    def __init__(self, columns: Sequence[TableColumn]) -> None:
        super().__init__()
        self.columns = list(columns)
        self.rows: list[tuple[str, ...]] = []

    def show(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Replace all rows."""
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
        """Make the cells of editable columns editable."""
        flags = super().flags(index)
        if index.isValid() and self.columns[index.column()].editable:
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Store an edited text and emit `typed`; False for a column that is not editable."""
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
    """Table view that shows a hint while it is empty.

    moved(row): the current row changed (-1 for none); opened(row): a row was activated.
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
        """name: accessible name; empty: the hint; several: extended selection; awaited: hide the
        hint until rows were read for the first time, because it would be wrong before."""
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
        """Basis for sharing the width; empty while each column has its own width."""
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
        """Fit the column widths to these rows from now on. Not done at every read: columns that
        move with each search are hard to follow."""
        self._shared = [
            ColumnTexts(column.title, [row[place] for row in rows], column.numeric)
            for place, column in enumerate(self.texts.columns)
        ]
        self._share()

    def _share(self) -> None:
        for place, width in enumerate(shares(self, self._shared)):
            self.horizontalHeader().resizeSection(place, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width if they share it."""
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
        """Replace the rows; selected rows stay selected if still present.

        keys: identity of each row where texts may be equal; without, the texts are the identity.
        keep: False drops current row and selection. go_on: if the current row is gone, its
        successor becomes current, else none.
        """
        place = self.currentIndex().row() if keep else 0
        before: Sequence[Hashable] = self.texts.rows if self._keys is None else self._keys
        chosen_rows_before = self.chosen_rows() if keep else []
        shown: Sequence[Hashable] = [tuple(row) for row in rows] if keys is None else keys
        current_key = before[place] if 0 <= place < len(before) else None
        places = (self._place_of(before[row], row, shown) for row in chosen_rows_before)
        selected = [row for row in places if row >= 0]
        current = (
            self._place_of(current_key, place, shown) if keep and current_key is not None else -1
        )
        if current < 0 and selected:
            # The details shown belong to the current row: move to the nearest row that is still
            # selected.
            current = min(selected, key=lambda row: abs(row - place))
        if keys is not None and keep and place >= 0:
            place = self._next_place(before, place, keys)
        self._keys = keys
        self._awaited = False
        self.texts.show(rows)
        self.setAccessibleDescription("" if rows else self.empty)
        # No horizontal scroll bar in an empty table.
        policy = Qt.ScrollBarPolicy
        as_needed, never = policy.ScrollBarAsNeeded, policy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(as_needed if rows else never)
        if not rows:
            self.moved.emit(-1)
        elif current >= 0 or go_on or not before:
            self.go_to(current if current >= 0 else min(max(place, 0), len(rows) - 1))
        self._choose(selected)

    @staticmethod
    def _place_of(row: Hashable, place: int, rows: Sequence[Hashable]) -> int:
        """The index of `row` in `rows` nearest to `place`; -1 if absent."""
        matches = [n for n, other in enumerate(rows) if other == row]
        return min(matches, key=lambda n: abs(n - place), default=-1)

    @staticmethod
    def _next_place(before: Sequence[Hashable], place: int, keys: Sequence[Hashable]) -> int:
        """The index in `keys` of the row that followed `place`, whatever came in front of it; else
        the one behind the row that preceded it."""
        places = {key: number for number, key in enumerate(keys)}
        following = (places[key] for key in before[place + 1 :] if key in places)
        preceding = (places[key] + 1 for key in reversed(before[:place]) if key in places)
        return next(following, next(preceding, 0))

    def _choose(self, places: Sequence[int]) -> None:
        """Select these rows, in a table with extended selection."""
        if self.selectionMode() != QAbstractItemView.SelectionMode.ExtendedSelection or not places:
            return
        flags = QItemSelectionModel.SelectionFlag
        self.clearSelection()
        for row in places:
            index = self.texts.index(row, 0)
            self.selectionModel().select(index, flags.Select | flags.Rows)

    def go_to(self, row: int) -> None:
        """Make a row the current and only selected one."""
        choose_only(self, self.texts.index(row, 0))

    def chosen_rows(self) -> list[int]:
        """The selected rows, in ascending order."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def row(self) -> int:
        """The current row, -1 for none."""
        return self.currentIndex().row() if self.texts.rows else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hint into an empty table."""
        super().paintEvent(event)
        if self.texts.rows or self._awaited:
            return
        painter = QPainter(self.viewport())
        painter.setPen(colour("muted"))
        room = self.viewport().rect().adjusted(MARGIN, MARGIN // 3, -MARGIN, -MARGIN // 3)
        centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(centred), self.empty)
