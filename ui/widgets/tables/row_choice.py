"""Selects exactly one row of a table; the first and the last one, and those found, by a key."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableView

from ui.base.key_filter import KeyFilter


def choose_only(view: QAbstractItemView, index: QModelIndex) -> None:
    """Make a row the current one and the only one chosen, whatever keys are down: by Ctrl, which
    began this as part of a key or is held for another, Qt would choose it beside the others."""
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


class RowEnds(KeyFilter):
    """Home and End go to the first and the last row of a table whose rows are chosen whole; Qt
    would go along the row, where nobody sees it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def takes(self, event: QKeyEvent) -> bool:
        """Home and End, without or with Ctrl."""
        ends = (Qt.Key.Key_Home, Qt.Key.Key_End)
        if event.key() not in ends or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        last = self._view.model().rowCount() - 1
        if last >= 0:
            row = 0 if event.key() == Qt.Key.Key_Home else last
            choose_only(self._view, self._view.model().index(row, 0))
        return True


class FoundRows(KeyFilter):
    """Down goes from a search to the rows it found, the first one chosen where none is: by Tab
    every button between them would come first."""

    def __init__(
        self,
        search: QLineEdit,
        view: QAbstractItemView,
        settled: Callable[[], bool] = lambda: True,
    ) -> None:
        """settled: whether the rows are those of what is typed; else none is chosen yet."""
        super().__init__(search)
        self._view = view
        self._settled = settled

    def takes(self, event: QKeyEvent) -> bool:
        """Down."""
        keypad = Qt.KeyboardModifier.KeypadModifier
        if event.key() != Qt.Key.Key_Down or event.modifiers() & ~keypad:
            return False
        if not self._view.isVisible():
            return False
        self._view.setFocus(Qt.FocusReason.TabFocusReason)
        if self._settled():
            self._choose()
        return True

    def _choose(self) -> None:
        """Choose the first row shown, unless one that is shown is chosen."""
        view, model = self._view, self._view.model()
        now = view.currentIndex()
        if view.selectionModel().hasSelection() and not self._hides(now.row()):
            return
        shown = (row for row in range(model.rowCount()) if not self._hides(row))
        first = model.index(next(shown, -1), 0)
        if view.selectionBehavior() == QAbstractItemView.SelectionBehavior.SelectRows:
            choose_only(view, first)
        else:
            view.setCurrentIndex(first)

    def _hides(self, row: int) -> bool:
        view = self._view
        return isinstance(view, QTableView) and view.isRowHidden(row)
