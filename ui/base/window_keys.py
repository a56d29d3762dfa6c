"""Keys that mean the same in every window: Enter presses the button it is at, and nothing is typed
while Alt is held: shortcuts of one page pressed on another write no figure."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

_NAME = "window keys"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class WindowKeyFilter(QObject):
    """Filters the key events of a window before its widgets get them.

    Installed on each window that gets the keyboard, not on widgets: no field is slower for it. Qt
    looks up shortcuts earlier.
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
        """Take Enter at a button, and a printable key with Alt."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() in ENTER:
            return _press_button(event)
        return _types_with_alt(event)


def _types_with_alt(event: QKeyEvent) -> bool:
    """Whether a QLineEdit would insert the letter or digit pressed with Alt; AltGr is Ctrl+Alt, or
    has no Alt at all."""
    modifiers = event.modifiers()
    alone = modifiers & Qt.KeyboardModifier.AltModifier and not (
        modifiers & Qt.KeyboardModifier.ControlModifier
    )
    return bool(alone and event.text() and event.text().isprintable())


def _press_button(event: QKeyEvent) -> bool:
    """Press the focused button unless a widget around it, such as a form, handles Enter. Qt does so
    in dialogs alone; elsewhere Enter at a button would do nothing."""
    button = QApplication.focusWidget()
    if not isinstance(button, QPushButton) or isinstance(button.window(), QDialog):
        return False
    if QApplication.activePopupWidget() is not None:
        # The menu gets the key, but not while Enter is still held that opened it; its button would
        # open another menu on top.
        return event.isAutoRepeat()
    key_event = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
    QApplication.sendEvent(button, key_event)
    if not (key_event.isAccepted() or event.isAutoRepeat() or event.modifiers() & COMMANDS):
        button.click()
    return True


def watch_window_keys(app: QApplication) -> None:
    """Install the filter in the application, once."""
    if app.findChild(WindowKeyFilter, _NAME) is None:
        WindowKeyFilter(app)
