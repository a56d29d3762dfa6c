"""Ctrl+C in any table or tree: copies the selected rows as a table with column titles."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView

from borderdesk.entry.clipboard import copied
from ui.base.key_filter import KeyFilter

HORIZONTAL, VERTICAL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class RowCopy(KeyFilter):
    """Key filter that copies whole selected rows; Qt would copy only the current cell."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def takes(self, event: QKeyEvent) -> bool:
        """Handle Ctrl+C."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            return False
        rows = [self._texts(index) for index in self._chosen()]
        if rows:
            QGuiApplication.clipboard().setText(copied([self._titles(), *rows]))
        return True

    def _chosen(self) -> list[QModelIndex]:
        """The first cell of each selected row, from top to bottom."""
        cell_indexes = self._view.selectionModel().selectedIndexes() or [self._view.currentIndex()]
        firsts = {
            QPersistentModelIndex(index.siblingAtColumn(0)): index.siblingAtColumn(0)
            for index in cell_indexes
            if index.isValid()
        }
        place = self._view.visualRect
        return sorted(firsts.values(), key=lambda index: (place(index).top(), index.row()))

    def _named_rows(self) -> bool:
        view = self._view
        return isinstance(view, QTableView) and not view.verticalHeader().isHidden()

    def _titles(self) -> list[str]:
        model = self._view.model()
        titles = [str(model.headerData(n, HORIZONTAL) or "") for n in range(model.columnCount())]
        return ["", *titles] if self._named_rows() else titles

    def _texts(self, first: QModelIndex) -> list[str]:
        model = self._view.model()
        texts = [
            str(first.siblingAtColumn(n).data(Qt.ItemDataRole.DisplayRole) or "")
            for n in range(model.columnCount(first.parent()))
        ]
        name = str(model.headerData(first.row(), VERTICAL) or "")
        return [name, *texts] if self._named_rows() else texts
