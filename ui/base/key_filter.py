"""The base of what takes keys of a widget before the widget does."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class KeyFilter(QObject):
    """Sees every key pressed in a widget; installed for as long as that lives."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stop the keys that `takes` took."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return self.takes(event)

    def takes(self, event: QKeyEvent) -> bool:
        """Whether the key was meant for this filter, which then has done what it means."""
        raise NotImplementedError
