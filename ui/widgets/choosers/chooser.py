"""Combo boxes that ignore the mouse wheel while closed, so that it scrolls the page."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox


class Chooser(QComboBox):
    """A list to choose from. Qt's own takes another entry at every notch of the wheel, so that
    somebody who scrolls a page changes the period that is signed; and takes the keyboard by it, so
    that what is typed next is not where it was."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.taken = False
        """Whether somebody took the entry, rather than the chooser beginning with it."""
        self.activated.connect(self._note_taken)

    def _note_taken(self, _index: int) -> None:
        self.taken = True

    def take(self, data: Any, words: str = "") -> None:
        """Take an entry as a person would, before it is known to be there where it has words."""
        if words and self.findData(data) < 0:
            self.addItem(words, data)
        place = self.findData(data)
        if place >= 0:
            self.taken = True
            self.setCurrentIndex(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what the chooser stands on; its open list scrolls by itself."""
        event.ignore()
