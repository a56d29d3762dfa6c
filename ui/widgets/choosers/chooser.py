"""Combo box that ignores the mouse wheel while its list is closed, so that the page scrolls."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

SLIP = 1
"""Pixels by which a text may be wider than its field, as Qt rounds the hint of the size."""


class Chooser(QComboBox):
    """Base of the program's combo boxes.

    QComboBox selects another entry at every notch of the wheel and takes the focus: a person who
    scrolls the page would change, say, the period that is signed, and type into another field.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.taken = False
        """Whether a person selected the entry, as opposed to the initial one."""
        self.activated.connect(self._note_taken)

    def _note_taken(self, _index: int) -> None:
        self.taken = True

    def take(self, data: Any, words: str = "") -> None:
        """Select the entry with this data as if a person had; with `words` the entry is added if
        absent."""
        if words and self.findData(data) < 0:
            self.addItem(words, data)
        index = self.findData(data)
        if index >= 0:
            self.taken = True
            self.setCurrentIndex(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """End a text that is too wide in “…”; Qt would cut it."""
        option, controls = QStyleOptionComboBox(), QStyle.ComplexControl
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        area = self.style().subControlRect(controls.CC_ComboBox, option, field, self)
        metrics, text, width = option.fontMetrics, option.currentText, area.width()
        if metrics.horizontalAdvance(text) <= width + SLIP:
            super().paintEvent(event)
            return
        option.currentText = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter = QStylePainter(self)
        painter.drawComplexControl(controls.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the parent scroll; the open list handles the wheel itself."""
        event.ignore()
