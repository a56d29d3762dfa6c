"""Qt list model of ComboOptions."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from ui.widgets.editors.offers import ComboOption

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class OptionModel(QAbstractListModel):
    """The entries of a completion list."""

    def __init__(self, options: Sequence[ComboOption]) -> None:
        super().__init__()
        self.options = list(options)

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.options)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        option = self.options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and option.note:
            return f"{option.label}   {option.note}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return option.label
        return None
