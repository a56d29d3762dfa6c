"""Base class of event filters that handle keys before a widget does."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class KeyFilter(QObject):
    """Event filter for key presses, a child of the widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stop the keys that `takes` handled."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return self.takes(event)

    def takes(self, event: QKeyEvent) -> bool:
        """Handle a key; returns whether it was handled."""
        raise NotImplementedError
