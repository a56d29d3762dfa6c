"""The choosers of the window: the wheel over one that was not opened scrolls the page."""

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox


class Chooser(QComboBox):
    """A list to choose from. Qt's own takes another entry at every notch of the wheel, so that
    somebody who scrolls a page changes the period that is signed."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what the chooser stands on; its open list scrolls by itself."""
        event.ignore()
