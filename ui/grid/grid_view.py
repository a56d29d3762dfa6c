"""The table a person types or pastes into: its keys, and what completes in its cells."""

from collections.abc import Callable

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.kinds import HAMLET
from ui.grid.grid_model import GridModel, Place
from ui.widgets.editor import EditorContext
from ui.widgets.options import options_of
from ui.widgets.search_combo import ComboOption, FoldedCompleter, OptionModel, PartCompleter

Index = QModelIndex | QPersistentModelIndex
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ROW_HEIGHT = 1.7


class CellEditor(QStyledItemDelegate):
    """One line of text in a cell; what can be chosen completes on folded text."""

    def __init__(self, view: "GridView", desk: Desk) -> None:
        super().__init__(view)
        self._view = view
        self._desk = desk

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The colour of what is wrong, which a style sheet's cells leave out, then the text."""
        back = index.data(Qt.ItemDataRole.BackgroundRole)
        if back is not None:
            painter.fillRect(option.rect, back)
        super().paint(painter, option, index)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = self._view.cells.columns[index.column()]
        line = QLineEdit(parent)
        line.setObjectName("cell")
        line.setAccessibleName(column.label)
        if column.numeric:
            line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        place = index.row(), column.key
        line.textEdited.connect(lambda text: self._view.note_typing(place, text))
        options = self._options(column, index.row())
        if options:
            model = OptionModel(options, blank=False)
            kind = PartCompleter if column.field.several else FoldedCompleter
            completer = kind(model, line, free=column.field.refers_to == HAMLET)
            model.setParent(completer)
            line.setCompleter(completer)
            # The text of what was chosen is put in after the signal.
            completer.activated.connect(
                lambda _text: QTimer.singleShot(0, line, lambda: self._take(line))
            )
            completer.done.connect(lambda: QTimer.singleShot(0, line, lambda: self._take(line)))
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Put the cell's text into its editor, but never over what is being typed: the row may
        be validated meanwhile."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def _take(self, line: QLineEdit) -> None:
        self.commitData.emit(line)
        self.closeEditor.emit(line, QAbstractItemDelegate.EndEditHint.SubmitModelCache)

    def _options(self, column: GridColumn, row: int) -> list[ComboOption]:
        field, desk = column.field, self._desk
        if field.refers_to == HAMLET:
            commune = self._view.commune_of(row, column)
            return (
                [ComboOption(name, name) for name in desk.households.hamlets(commune)]
                if commune
                else []
            )
        return options_of(field, EditorContext(desk, desk.today)) if field.from_list else []


class GridView(QTableView):
    """The view of a GridModel; `typing` is emitted at every key in a cell that is not left yet."""

    typing = Signal()

    def __init__(self, cells: GridModel, desk: Desk) -> None:
        super().__init__()
        self.cells = cells
        self._desk = desk
        self.unfinished: dict[Place, str] = {}
        """The cell that is being typed in, with its text so far; nothing else."""
        self.setModel(cells)
        self.setItemDelegate(CellEditor(self, desk))
        self.setAccessibleName(_("Enter as a table"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setObjectName("grid")
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked
        )
        self.setWordWrap(False)
        self.setShowGrid(True)
        height = int(self.fontMetrics().height() * ROW_HEIGHT)
        numbers = self.verticalHeader()
        numbers.setDefaultSectionSize(height)
        numbers.setMinimumWidth(self.fontMetrics().horizontalAdvance("0000 ✗ "))
        numbers.setAccessibleName(_("Rows"))
        header = self.horizontalHeader()
        header.setAccessibleName(_("Columns"))
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.size_columns()

    def size_columns(self) -> None:
        """Give every column the width its heading and its kind ask for."""
        digit = self.fontMetrics().horizontalAdvance("0")
        header = self.horizontalHeader()
        for place, column in enumerate(self.cells.columns):
            label = str(self.cells.headerData(place, Qt.Orientation.Horizontal))
            words = header.fontMetrics().horizontalAdvance(label) + digit * 4
            usual = 20 if column.field.cell_kind == "text" else 14
            header.resizeSection(place, min(max(words, usual * digit), digit * 30))

    def fit_columns(self) -> None:
        """Give every column the width of what stands in it and of its heading."""
        metrics, header = self.fontMetrics(), self.horizontalHeader()
        digit = metrics.horizontalAdvance("0")
        for place, column in enumerate(self.cells.columns):
            label = str(self.cells.headerData(place, Qt.Orientation.Horizontal))
            longest = max((row.get(column.key, "") for row in self.cells.rows), key=len)
            words = header.fontMetrics().horizontalAdvance(label)
            needed = max(words, metrics.horizontalAdvance(longest)) + digit * 3
            header.resizeSection(place, min(max(needed, digit * 9), digit * 44))

    # ------------------------------------------------------------------------ places

    def chosen(self) -> list[list[Place]]:
        """The cells chosen, row by row; the current one when none is."""
        selection = self.selectionModel().selection()
        if selection.isEmpty():
            at = self.currentIndex()
            return [[self.place(at)]] if at.isValid() else []
        block = selection.at(0)
        return [
            [
                (row, self.cells.columns[column].key)
                for column in range(block.left(), block.right() + 1)
            ]
            for row in range(block.top(), block.bottom() + 1)
        ]

    def place(self, index: Index) -> Place:
        """The row and the key of a cell."""
        return index.row(), self.cells.columns[index.column()].key

    def go_to(self, place: Place) -> None:
        """Put the keyboard on a cell."""
        row, key = place
        shown = [column.key for column in self.cells.columns]
        index = self.cells.index(row, shown.index(key) if key in shown else 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def commune_of(self, row: int, column: GridColumn) -> str:
        """The code of the commune a row's hamlet lies in, "" for none or for text that is none."""
        owner, dot, _part = column.key.rpartition(".")
        text = self.cells.rows[row].get(f"{owner}{dot}{column.field.within}", "")
        book = self._desk.book
        units = book.communes_on(self._desk.today())
        return next((unit.id for unit in units if book.unit_name(unit.id) == text), "")

    # -------------------------------------------------------------------------- keys

    def note_typing(self, place: Place, text: str) -> None:
        """Record the text of an open editor before it is committed."""
        self.unfinished = {place: text}
        self.typing.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes down, as in a spreadsheet; Tab goes on to the right and the next row."""
        if self.state() == QAbstractItemView.State.EditingState and event.key() in ENTER:
            # The cell's editor has seen it, and closes with a step of its own.
            return
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            up = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._step(-1 if up else 1)
            return
        super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        at = self.currentIndex()
        to = self.cells.index(at.row() + by, at.column())
        if to.isValid():
            self.selectionModel().setCurrentIndex(
                to, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """The text is in the cell, or was discarded: Enter moves down from it."""
        self.unfinished = {}
        super().closeEditor(editor, hint)
        hints = QAbstractItemDelegate.EndEditHint
        if hint in (hints.RevertModelCache, hints.SubmitModelCache):
            # Qt gives the keyboard back only where a list below the cell has not just closed.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._step(1)

    def finish_typing(self, then: Callable[[], None]) -> None:
        """Commit the open editor to its cell, then call `then`."""
        if self.state() == QAbstractItemView.State.EditingState:
            editor = self.indexWidget(self.currentIndex()) or self.focusWidget()
            if isinstance(editor, QLineEdit):
                self.commitData(editor)
                self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        then()
