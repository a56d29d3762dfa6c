"""Table of a record's versions side by side: differences marked, arrow keys choose."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.exchange.decisions.version_comparison import RecordComparison, VersionSide
from ui.base.plain_text import plain_tip
from ui.widgets.tables.row_choice import RowEnds
from ui.widgets.tables.row_copy import RowCopy

ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
CHOSEN, OTHER, DIFFERS = "● ", "○ ", "≠ "
LABEL_DIGITS, LEAST_DIGITS = 24, 18


def side_title(number: int, side: VersionSide) -> str:
    """The header of a version: number, author, desk, time, deletion."""
    when = f"{format_date(side.when.date())} {side.when:%H:%M}"
    deleted = "\n" + _("✗ deleted") if side.deleted else ""
    return f"{number}. {side.author}\n{side.desk}\n{when}{deleted}"


class VersionsModel(QAbstractTableModel):
    """A row per field, a column per version, and the version each field is taken from."""

    def __init__(self, *, two_records: bool = False) -> None:
        """two_records: the columns are two records, neither of which takes precedence."""
        super().__init__()
        self.compared: RecordComparison | None = None
        self._two_records = two_records
        self.chosen: dict[str, int] = {}
        """{differing field: index of the version it is taken from}."""
        self.mixed = False
        """Whether a choice was made yet."""

    def show(self, compared: RecordComparison | None) -> None:
        """Show a record; all fields are taken from the first version, which counts at present."""
        self.beginResetModel()
        self.compared = compared
        lines = compared.lines if compared else []
        self.chosen = {line.key: 0 for line in lines if line.differs}
        self.mixed = False
        self.endResetModel()

    def choose(self, row: int, side: int) -> None:
        """Take a row's field from a version, or all fields if versions cannot be mixed."""
        assert self.compared is not None
        if self.compared.whole_only:
            self.choose_all(side)
            return
        key = self.compared.lines[row].key
        if key in self.chosen:
            self.chosen[key] = side
            self._note_choice()

    def choose_all(self, side: int) -> None:
        """Take all fields from one version."""
        self.chosen = dict.fromkeys(self.chosen, side)
        self._note_choice()

    def _note_choice(self) -> None:
        self.mixed = True
        last = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def choice(self) -> str | Mapping[str, str]:
        """The choice as `Inbox.resolve` takes it: a revision, or {field: revision} for fields not
        taken from the first one. Fields that a version does not contain stay as in the other."""
        assert self.compared is not None
        sides = self.compared.sides
        used_sides = set(self.chosen.values()) or {0}
        if len(used_sides) == 1 and (self.compared.whole_only or sides[min(used_sides)].whole):
            return sides[used_sides.pop()].revision
        return {key: sides[side].revision for key, side in self.chosen.items() if side}

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() or self.compared is None else len(self.compared.lines)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() or self.compared is None else 1 + len(self.compared.sides)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        assert self.compared is not None
        line, column = self.compared.lines[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if column == 0:
                return (DIFFERS if line.differs else "") + line.label
            text = self._mark(line.key, column - 1) + (line.texts[column - 1] or "–")
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        if role == Qt.ItemDataRole.FontRole and line.differs:
            font = QFont()
            counts = self._two_records or self.chosen[line.key] == column - 1
            font.setBold(column == 0 or counts)
            return font
        return None

    def _mark(self, key: str, side: int) -> str:
        if key not in self.chosen or self.compared is None or not self.compared.chosen_here:
            return ""
        if self._two_records and not self.mixed:
            # Before a choice, the record that stays is kept whole.
            return ""
        return CHOSEN if self.chosen[key] == side else OTHER

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self.compared is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            if section == 0:
                return _("Field")
            return side_title(section, self.compared.sides[section - 1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class VersionsView(QTableView):
    """Table view of versions; Left and Right choose for the current field; emits `chosen` after
    each choice."""

    chosen = Signal()

    def __init__(self, *, two_records: bool = False) -> None:
        super().__init__()
        self.versions = VersionsModel(two_records=two_records)
        self.setModel(self.versions)
        self.setAccessibleName(_("Versions side by side"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(int(self.fontMetrics().height() * 1.6))
        self.horizontalHeader().setAccessibleName(_("Versions"))
        self.horizontalHeader().setHighlightSections(False)
        self.clicked.connect(self._click)
        RowCopy(self)
        RowEnds(self)

    def show_record(self, compared: RecordComparison | None) -> None:
        """Show a record; its first difference becomes current."""
        self.versions.show(compared)
        header, digit = self.horizontalHeader(), self.fontMetrics().horizontalAdvance("0")
        header.setMinimumSectionSize(digit * LEAST_DIGITS)
        for place in range(1, self.versions.columnCount()):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        if compared is not None:
            header.resizeSection(0, digit * LABEL_DIGITS)
        self.resizeRowsToContents()
        self.next_difference(-1)

    def next_difference(self, after: int | None = None) -> None:
        """Move to the next differing field after a row, cyclically."""
        compared = self.versions.compared
        places = [n for n, line in enumerate(compared.lines) if line.differs] if compared else []
        if not places:
            return
        row = self.currentIndex().row() if after is None else after
        self.setCurrentIndex(
            self.versions.index(next((n for n in places if n > row), places[0]), 0)
        )

    def choose_all(self, side: int) -> None:
        """Take all fields from one version, if this desk may choose."""
        if self._may_choose() and side < self.versions.columnCount() - 1:
            self.versions.choose_all(side)
            self.chosen.emit()

    def _may_choose(self) -> bool:
        return self.versions.compared is not None and self.versions.compared.chosen_here

    def _choose(self, row: int, side: int) -> None:
        if self._may_choose() and row >= 0:
            self.versions.choose(row, side)
            self.chosen.emit()

    def _click(self, index: QModelIndex) -> None:
        if index.column() > 0:
            self._choose(index.row(), index.column() - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right choose the adjacent version."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        compared, row = self.versions.compared, self.currentIndex().row()
        if step is None or compared is None or row < 0:
            super().keyPressEvent(event)
            return
        side = self.versions.chosen.get(compared.lines[row].key)
        if side is not None:
            self._choose(row, min(max(side + step, 0), len(compared.sides) - 1))
