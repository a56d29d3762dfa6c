"""Nothing is typed while Alt is held: shortcuts of one page pressed on another write no figure."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

_NAME = "alt keys"


class AltKeyFilter(QObject):
    """Takes the letters and digits pressed with Alt out of what goes to a window's fields.

    Qt's lines write them. It stands before the windows that take the keyboard, and gets no events
    from inside them, so that no field is slower for it. Shortcuts are looked up earlier.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        app.focusWindowChanged.connect(self._guard)
        if app.focusWindow() is not None:
            self._guard(app.focusWindow())

    def _guard(self, window: QWindow | None) -> None:
        if window is not None:
            # Installed twice it is moved to the front, and still asked once.
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stop a printable key with Alt; AltGr is Ctrl+Alt, or has no Alt at all."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        held = event.modifiers()
        alone = held & Qt.KeyboardModifier.AltModifier and not (
            held & Qt.KeyboardModifier.ControlModifier
        )
        return bool(alone and event.text() and event.text().isprintable())


def keep_alt_from_typing(app: QApplication) -> None:
    """Install the filter in the application, once."""
    if app.findChild(AltKeyFilter, _NAME) is None:
        AltKeyFilter(app)
