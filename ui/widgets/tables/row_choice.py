"""Selects exactly one row of a table."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import QAbstractItemView


def choose_only(view: QAbstractItemView, index: QModelIndex) -> None:
    """Make a row the current one and the only one chosen, whatever keys are down: by Ctrl, which
    began this as part of a key or is held for another, Qt would choose it beside the others."""
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
