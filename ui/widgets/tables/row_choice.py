"""Selection of single table rows, and key filters that move to the first, last and search-result
rows."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableView

from ui.base.key_filter import KeyFilter


def choose_only(view: QAbstractItemView, index: QModelIndex) -> None:
    """Make a row the current and only selected one regardless of the keyboard modifiers: with Ctrl
    down, setCurrentIndex alone would extend the selection."""
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


class RowEnds(KeyFilter):
    """Key filter: Home and End move to the first and last row of a table that selects whole rows,
    where Qt would move along the row."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def takes(self, event: QKeyEvent) -> bool:
        """Handle Home and End, with or without Ctrl."""
        ends = (Qt.Key.Key_Home, Qt.Key.Key_End)
        if event.key() not in ends or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        last = self._view.model().rowCount() - 1
        if last >= 0:
            row = 0 if event.key() == Qt.Key.Key_Home else last
            choose_only(self._view, self._view.model().index(row, 0))
        return True


class FoundRows(KeyFilter):
    """Key filter: Down in a search field moves the focus to the results and selects the first row
    if none is selected; Tab would first visit every button between them."""

    def __init__(
        self,
        search: QLineEdit,
        view: QAbstractItemView,
        settled: Callable[[], bool] = lambda: True,
    ) -> None:
        """settled: whether the rows match the search text already; else no row is selected."""
        super().__init__(search)
        self._view = view
        self._settled = settled

    def takes(self, event: QKeyEvent) -> bool:
        """Handle Down."""
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
        """Select the first visible row, unless a visible row is selected."""
        view, model = self._view, self._view.model()
        current = view.currentIndex()
        if view.selectionModel().hasSelection() and not self._hides(current.row()):
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
