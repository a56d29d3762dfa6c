"""View of a grid: keys, cell editor with completion."""

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
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
from ui.base.composing import take_composed
from ui.grid.cell_line import CellLine
from ui.grid.grid_model import GridModel, Place
from ui.widgets.editors.completion import ENTER, Completion
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.offers import ComboOption, ranked
from ui.widgets.editors.options import options_of
from ui.widgets.editors.text_line import OWED

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 1.7
LEAVING = (*ENTER, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_MOVE = QAbstractItemView.CursorAction
EXTENDING = {
    Qt.Key.Key_Up: _MOVE.MoveUp, Qt.Key.Key_Down: _MOVE.MoveDown,
    Qt.Key.Key_Left: _MOVE.MoveLeft, Qt.Key.Key_Right: _MOVE.MoveRight,
    Qt.Key.Key_PageUp: _MOVE.MovePageUp, Qt.Key.Key_PageDown: _MOVE.MovePageDown,
    Qt.Key.Key_Home: _MOVE.MoveHome, Qt.Key.Key_End: _MOVE.MoveEnd,
}  # fmt: skip
"""The keys that extend the selection together with Shift."""


class CellEditor(QStyledItemDelegate):
    """Delegate with a line edit; completion ignores accents."""

    def __init__(self, view: "GridView", desk: Desk) -> None:
        super().__init__(view)
        self._view = view
        self._desk = desk

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the background of the cell, which style sheets ignore, then the text."""
        back = index.data(Qt.ItemDataRole.BackgroundRole)
        if back is not None:
            painter.fillRect(option.rect, back)
        super().paint(painter, option, index)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        column, row = self._view.cells.columns[index.column()], index.row()
        line = CellLine(parent, self._view.keyPressEvent)
        line.setAccessibleName(column.label)
        if column.numeric:
            line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.textEdited.connect(lambda text: self._view.note_typing((row, column.key), text))
        if column.field.refers_to == HAMLET or column.field.from_list:
            self._complete(line, column, row)
        return line

    def _complete(self, line: CellLine, column: GridColumn, row: int) -> None:
        """Set up completion; the options are read once something is typed."""
        several = column.field.several
        options: list[ComboOption] = []

        def find(text: str) -> list[ComboOption]:
            if not options:
                options.extend(self._options(column, row))
            part = text.rpartition(";")[2] if several else text
            return ranked(part, options) if part.strip() else []

        def take(option: ComboOption) -> None:
            before = line.text().rpartition(";")[0].strip() if several else ""
            line.setText(f"{before}; {option.label}" if before else option.label)
            line.setModified(True)

        free = column.field.refers_to == HAMLET
        line.completion = Completion(line, find, free=free)
        line.completion.taken.connect(take)
        line.completion.done.connect(lambda: self._take(line))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Let the completion list handle keys before the table: Enter takes its entry."""
        if isinstance(event, QKeyEvent) and isinstance(editor, CellLine):
            if event.key() in LEAVING and event.type() == QEvent.Type.KeyPress:
                if not editor.waited and (editor.is_composing() or editor.owed):
                    self._press_later(editor, event)
                    return True
                take_composed()
            if editor.completion is not None and editor.completion.eventFilter(editor, event):
                return True
            if editor.ready and event.key() in (*ENTER, Qt.Key.Key_Escape):
                return False
        return super().eventFilter(editor, event)

    @staticmethod
    def _press_later(line: CellLine, event: QKeyEvent) -> None:
        """Send the key again once the input method has committed its word."""
        line.waited = True
        repeated = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        QTimer.singleShot(OWED, line, lambda: QApplication.sendEvent(line, repeated))

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Load the cell's text, unless it is being edited: the row may be validated meanwhile."""
        if isinstance(editor, CellLine):
            if editor.ready:
                editor.setText(index.data(Qt.ItemDataRole.EditRole))
                editor.selectAll()
            return
        super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Commit the text, unless the editor is only `ready`."""
        if not (isinstance(editor, CellLine) and editor.ready):
            super().setModelData(editor, model, index)

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


def _usual_digits(column: GridColumn) -> int:
    """The usual width of a column's texts in digits."""
    return 20 if column.field.cell_kind == "text" else 14


class GridView(QTableView):
    """The view of a GridModel; `typing` is emitted at each key in the cell editor."""

    typing = Signal()

    def __init__(self, cells: GridModel, desk: Desk) -> None:
        super().__init__()
        self.cells = cells
        self._desk = desk
        self.unfinished: dict[Place, str] = {}
        """The text of the open cell editor, by cell; at most one entry."""
        self.setModel(cells)
        self.setItemDelegate(CellEditor(self, desk))
        self.setAccessibleName(_("Enter as a table"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setObjectName("grid")
        triggers = QAbstractItemView.EditTrigger
        # The cell editor is always open in the current cell, see `CellLine`.
        self.setEditTriggers(triggers.CurrentChanged)
        self._closing = False
        self._fits_when_shown = False
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
        """Set column widths by headings and kinds."""
        digit = self.fontMetrics().horizontalAdvance("0")
        header = self.horizontalHeader()
        for place, column in enumerate(self.cells.columns):
            label = str(self.cells.headerData(place, Qt.Orientation.Horizontal))
            words = header.fontMetrics().horizontalAdvance(label) + digit * 4
            usual = _usual_digits(column) * digit
            header.resizeSection(place, min(max(words, usual), digit * 30))

    def fit_columns(self) -> None:
        """Set column widths by contents and headings; spare room goes to columns narrower than
        usual for their kind."""
        metrics, header = self.fontMetrics(), self.horizontalHeader()
        digit = metrics.horizontalAdvance("0")
        needed = []
        for place, column in enumerate(self.cells.columns):
            label = str(self.cells.headerData(place, Qt.Orientation.Horizontal))
            longest = max((row.get(column.key, "") for row in self.cells.rows), key=len)
            words = header.fontMetrics().horizontalAdvance(label)
            width = max(words, metrics.horizontalAdvance(longest)) + digit * 3
            needed.append(min(max(width, digit * 9), digit * 44))
        self._fits_when_shown = not self.isVisible()
        spare = 0 if self._fits_when_shown else max(0, self.viewport().width() - sum(needed))
        for place, (column, width) in enumerate(zip(self.cells.columns, needed, strict=True)):
            more = max(0, min(_usual_digits(column) * digit - width, spare))
            spare -= more
            header.resizeSection(place, width + more)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the columns once the width is known."""
        super().showEvent(event)
        if self._fits_when_shown:
            self.fit_columns()

    # ------------------------------------------------------------------------ places

    def chosen(self) -> list[list[Place]]:
        """The selected cells, row by row; without a selection the current cell."""
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
        """Row and column key of an index."""
        return index.row(), self.cells.columns[index.column()].key

    def go_to(self, place: Place) -> None:
        """Make a cell current and focus the view."""
        row, key = place
        shown = [column.key for column in self.cells.columns]
        index = self.cells.index(row, shown.index(key) if key in shown else 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to_free(self) -> None:
        """Move to the first empty row."""
        self.go_to((len(self.cells.filled()), self.cells.columns[0].key))

    def commune_of(self, row: int, column: GridColumn) -> str:
        """The unit id of the commune that a row's hamlet belongs to; "" if it names none."""
        owner, dot, _part = column.key.rpartition(".")
        text = self.cells.rows[row].get(f"{owner}{dot}{column.field.within}", "")
        book = self._desk.book
        units = book.communes_on(self._desk.today())
        return next((unit.id for unit in units if book.unit_name(unit.id) == text), "")

    # -------------------------------------------------------------------------- keys

    def note_typing(self, place: Place, text: str) -> None:
        """Remember the text of the open editor before it is committed."""
        self.unfinished = {place: text}
        self.typing.emit()

    def typed_rows(self) -> list[dict[str, str]]:
        """The rows including the open editor's text, without empty ones at the end."""
        rows = [dict(cells) for cells in self.cells.rows]
        for (row, key), text in self.unfinished.items():
            rows[row][key] = text
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def stand_ready(self) -> None:
        """Open the cell editor on the current cell if the view has the focus."""
        at, changed = self.currentIndex(), QAbstractItemView.EditTrigger.CurrentChanged
        if at.isValid() and self.hasFocus() and not self._closing and not self.in_cell():
            self.edit(at, changed, None)  # type: ignore[call-overload]

    def in_cell(self) -> bool:
        """Whether the cell editor has the focus."""
        line = self.line()
        return line is not None and line.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the focus to the cell editor."""
        super().focusInEvent(event)
        self.stand_ready()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the text of the cell."""
        super().mouseDoubleClickEvent(event)
        line = self.line()
        if line is not None:
            line.begin()

    def line(self) -> CellLine | None:
        """The editor of the current cell, None if it is not open."""
        inside = self.indexWidget(self.currentIndex())
        return inside if isinstance(inside, CellLine) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves down, as in a spreadsheet; Shift with arrows extends the selection."""
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            up = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._step(-1 if up else 1)
            return
        if event.key() in EXTENDING and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._extend(EXTENDING[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    def _extend(self, move: QAbstractItemView.CursorAction) -> None:
        """Extend the selection from the corner opposite to the current cell; Qt would start at the
        cell of the last key or click, although the program has moved since."""
        at, cell_selection = self.currentIndex(), self.selectionModel().selection()
        corner = at
        if not cell_selection.isEmpty() and cell_selection.at(0).contains(at):
            block = cell_selection.at(0)
            row = block.top() if at.row() == block.bottom() else block.bottom()
            column = block.left() if at.column() == block.right() else block.right()
            corner = self.cells.index(row, column)
        to = self.moveCursor(move, Qt.KeyboardModifier.NoModifier)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(to, flags.NoUpdate)
        self.selectionModel().select(QItemSelection(corner, to), flags.ClearAndSelect)

    def _step(self, by: int) -> None:
        at = self.currentIndex()
        to = self.cells.index(at.row() + by, at.column())
        if to.isValid():
            self.selectionModel().setCurrentIndex(
                to, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Close the editor; Enter moves down."""
        # Qt closes it with the same hint when another row becomes current.
        is_current = editor is self.line()
        self.unfinished = {}
        self._closing = True
        super().closeEditor(editor, hint)
        self._closing = False
        hints = QAbstractItemDelegate.EndEditHint
        if is_current and hint in (hints.RevertModelCache, hints.SubmitModelCache):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if is_current and hint == hints.SubmitModelCache:
            self._step(1)

    def finish_typing(self, then: Callable[[], None]) -> None:
        """Commit the open editor, then call `then`."""
        line = self.line()
        if line is not None and not line.ready:
            take_composed()
            self.commitData(line)
            self.closeEditor(line, QAbstractItemDelegate.EndEditHint.NoHint)
        then()
