"""Prevents Alt shortcuts of one page from typing characters on another."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

_NAME = "alt keys"


class AltKeyFilter(QObject):
    """Event filter that drops printable keys pressed with Alt, which QLineEdit would insert.

    Installed on native windows, which get no internal events of their widgets: typing is not slowed
    down. Shortcuts are handled before.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        app.focusWindowChanged.connect(self._guard)
        if app.focusWindow() is not None:
            self._guard(app.focusWindow())

    def _guard(self, window: QWindow | None) -> None:
        if window is not None:
            # Installing it twice moves it to the front; it is still called once.
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Drop a printable key with Alt; AltGr is Ctrl+Alt, or no Alt at all."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        modifiers = event.modifiers()
        alt_only = modifiers & Qt.KeyboardModifier.AltModifier and not (
            modifiers & Qt.KeyboardModifier.ControlModifier
        )
        return bool(alt_only and event.text() and event.text().isprintable())


def keep_alt_from_typing(app: QApplication) -> None:
    """Install the filter once per application."""
    if app.findChild(AltKeyFilter, _NAME) is None:
        AltKeyFilter(app)
