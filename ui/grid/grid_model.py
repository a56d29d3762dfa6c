"""Model of a grid: texts of cells with the problems and doubts of each."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from borderdesk.base.i18n import _
from borderdesk.entry.grid import GridColumn, RowReading
from ui.base.plain_text import plain_tip
from ui.base.style import colour

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Place = tuple[int, str]
"""A cell: row number and column key."""

LEAST_ROWS = 40
SPARE_ROWS = 20


class CellState(Enum):
    """The state of a row, shown as a sign beside its number."""

    BLANK = ""
    UNREAD = "…"
    WRONG = "✗"
    DOUBTFUL = "⚠"
    RIGHT = "✓"


class RowMarks(NamedTuple):
    """Rows with a sign beside their number; words: its tooltip."""

    rows: frozenset[int] = frozenset()
    sign: str = ""
    words: str = ""


class GridModel(QAbstractTableModel):
    """Rows of texts by column key; typed(row numbers): these rows have to be validated again."""

    typed = Signal(set)
    messages_changed = Signal()
    """Problems or doubts of some rows changed."""

    def __init__(self, columns: list[GridColumn], shown: list[str]) -> None:
        """columns: all possible columns; shown: the keys of the visible ones, in order."""
        super().__init__()
        self.every = {column.key: column for column in columns}
        self.columns = [self.every[key] for key in shown if key in self.every]
        self.rows: list[dict[str, str]] = [{} for _row in range(LEAST_ROWS)]
        self.kept: set[int] = set()
        self._read: dict[int, RowReading] = {}
        self._refused: dict[int, dict[str, str]] = {}
        self._asked: dict[int, dict[str, str]] = {}
        self._before: list[dict[Place, str]] = []
        self.signs = frozenset(CellState)
        """The states shown beside row numbers."""
        self.marks = RowMarks()
        self.refusal = ""
        """Why the account must not edit here, "" if it may."""

    # ------------------------------------------------------------------- for the view

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags if self.refusal else flags | Qt.ItemFlag.ItemIsEditable

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole:
                state = self.state(section)
                mark = self.marks.sign if section in self.marks.rows else ""
                return f"{section + 1}{mark} {state.value if state in self.signs else ''}".rstrip()
            if role == Qt.ItemDataRole.ToolTipRole and section in self.marks.rows:
                return plain_tip(self.marks.words)
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.label + (" *" if column.required else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.label
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.rows[row].get(column.key, "")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            message = self.cell_message(row, column.key) or self.refusal
            return plain_tip(message) if role == Qt.ItemDataRole.ToolTipRole else message or None
        if role == Qt.ItemDataRole.TextAlignmentRole and column.numeric:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._back(row, column.key)
        if role == Qt.ItemDataRole.ForegroundRole and self.problem(row, column.key):
            return colour("error")
        return None

    def _back(self, row: int, key: str) -> Any:
        if self.problem(row, key):
            return colour("error_back")
        if self.doubt(row, key):
            return colour("warn_back")
        # The field does not apply to the row's other values.
        return colour("side") if row in self._read and key in self._read[row].inactive else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.write({(index.row(), self.columns[index.column()].key): str(value)})
        return True

    # ------------------------------------------------------------------------ writing

    def write(self, texts: Mapping[Place, str]) -> None:
        """Write cells as one undo step; nothing without permission."""
        if self.refusal:
            return
        changed = {
            place: text
            for place, text in texts.items()
            if place[0] >= len(self.rows) or self.rows[place[0]].get(place[1], "") != text
        }
        if not changed:
            return
        self._grow(max(row for row, _key in changed) + 1)
        self._before.append({(row, key): self.rows[row].get(key, "") for row, key in changed})
        self._put(changed)

    def undo(self) -> bool:
        """Undo the last write; False if there is none."""
        if not self._before:
            return False
        self._put(self._before.pop())
        return True

    def _put(self, texts: Mapping[Place, str]) -> None:
        for (row, key), text in texts.items():
            self._set(row, key, text)
        rows = {row for row, _key in texts}
        for row in rows:
            self._read.pop(row, None)
            self._refused.pop(row, None)
            self._asked.pop(row, None)
            self.kept.discard(row)
        self._repaint(rows)
        self.typed.emit(rows)

    def _set(self, row: int, key: str, text: str) -> None:
        if text:
            self.rows[row][key] = text
        else:
            self.rows[row].pop(key, None)

    def _grow(self, filled_rows: int) -> None:
        more = max(LEAST_ROWS, filled_rows + SPARE_ROWS) - len(self.rows)
        if more > 0:
            self.beginInsertRows(ROOT, len(self.rows), len(self.rows) + more - 1)
            self.rows += [{} for _row in range(more)]
            self.endInsertRows()

    def start(self, rows: list[dict[str, str]], confirmed: Iterable[int] = ()) -> None:
        """Replace all rows and clear the undo history; confirmed: rows whose doubts are
        confirmed."""
        self.beginResetModel()
        self.rows = [dict(cells) for cells in rows]
        self.rows += [{} for _row in range(max(LEAST_ROWS, len(rows) + SPARE_ROWS) - len(rows))]
        self.kept = set(confirmed)
        self._read, self._refused, self._asked, self._before = {}, {}, {}, []
        self.endResetModel()
        self.typed.emit(set(self.filled()))

    def show_columns(self, keys: list[str]) -> None:
        """Show these columns, in the order of the form."""
        self.beginResetModel()
        self.columns = [column for key, column in self.every.items() if key in keys]
        self.endResetModel()

    # ------------------------------------------------------------------------ reading

    def filled(self) -> list[int]:
        """The rows with any text."""
        return [row for row, cells in enumerate(self.rows) if cells]

    def receive(self, row: int, cells: Mapping[str, str], checked: RowReading) -> None:
        """Store the result of validating a row, unless it was edited meanwhile."""
        if row >= len(self.rows) or self.rows[row] != cells:
            return
        self._read[row] = checked
        for key, text in checked.texts.items():
            self._set(row, key, text)
        self._repaint({row})

    def refuse(self, rows: Mapping[int, Mapping[str, str]]) -> None:
        """Show the problems that refused a save: {row: {column key: problem}}."""
        self._refused = {row: dict(cells) for row, cells in rows.items()}
        self._repaint(set(rows))

    def ask(self, rows: Mapping[int, Mapping[str, str]]) -> None:
        """Show the doubts that held up a save: {row: {column key: doubt}}."""
        self._asked = {row: dict(cells) for row, cells in rows.items()}
        self._repaint(set(rows))

    def keep(self, rows: Iterable[int]) -> bool:
        """Confirm the doubts of these rows; False if there were none."""
        doubtful = {row for row in rows if self.state(row) is CellState.DOUBTFUL}
        self.kept |= doubtful
        self._repaint(doubtful)
        return bool(doubtful)

    def problem(self, row: int, key: str) -> str:
        """The problem of a cell, "" for none."""
        return self._problems(row).get(key, "")

    def doubt(self, row: int, key: str) -> str:
        """The unconfirmed doubt of a cell, "" for none."""
        return "" if row in self.kept else self._doubts(row).get(key, "")

    def cell_message(self, row: int, key: str) -> str:
        """The message of a cell: its problem or doubt, "" for neither."""
        doubt = self.doubt(row, key)
        question = _("{doubt} If it is right, press F8 to keep it.").format(doubt=doubt)
        return self.problem(row, key) or (question if doubt else "")

    def _problems(self, row: int) -> Mapping[str, str]:
        read = self._read[row].problems if row in self._read else {}
        return {**self._refused.get(row, {}), **read}

    def _doubts(self, row: int) -> Mapping[str, str]:
        read = self._read[row].doubts if row in self._read else {}
        return {**self._asked.get(row, {}), **read}

    def state(self, row: int) -> CellState:
        """The state of a row."""
        if not self.rows[row]:
            return CellState.BLANK
        if self._problems(row):
            return CellState.WRONG
        if row not in self._read:
            return CellState.UNREAD
        return CellState.DOUBTFUL if self._doubts(row) and row not in self.kept else CellState.RIGHT

    def first_bad(self) -> Place | None:
        """The first cell with a problem, else with a doubt."""
        return next(iter(self._bad()), None)

    def bad_after(self, row: int, key: str) -> Place | None:
        """The next cell with a problem (without any: with a doubt), cyclically."""
        order = list(self.every)
        position = (row, order.index(key) if key in order else -1)
        bad = self._bad()
        return next(
            (p for p in bad if (p[0], order.index(p[1])) > position), bad[0] if bad else None
        )

    def _bad(self) -> list[Place]:
        """All cells with a problem, row by row; if there are none, those with a doubt."""
        for shown in (self._problems, self._doubts):
            places = [
                (row, key)
                for row in self.filled()
                if shown == self._problems or row not in self.kept
                for key in self.every
                if key in shown(row)
            ]
            if places:
                return places
        return []

    def _repaint(self, rows: set[int]) -> None:
        for row in rows:
            self.dataChanged.emit(
                self.index(row, 0), self.index(row, max(len(self.columns) - 1, 0))
            )
        if rows:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, min(rows), max(rows))
            self.messages_changed.emit()
