"""Selects exactly one row of a table, the first and the last one by a key."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView


def choose_only(view: QAbstractItemView, index: QModelIndex) -> None:
    """Make a row the current one and the only one chosen, whatever keys are down: by Ctrl, which
    began this as part of a key or is held for another, Qt would choose it beside the others."""
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


class RowEnds(QObject):
    """Home and End go to the first and the last row of a table whose rows are chosen whole; Qt
    would go along the row, where nobody sees it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take Home and End, without or with Ctrl."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        ends = (Qt.Key.Key_Home, Qt.Key.Key_End)
        if event.key() not in ends or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return False
        last = self._view.model().rowCount() - 1
        if last >= 0:
            row = 0 if event.key() == Qt.Key.Key_Home else last
            choose_only(self._view, self._view.model().index(row, 0))
        return True
