"""The window of a desk with a password is locked when nobody has used it for a while.

What is typed stays where it is: the windows are only out of sight until the password is given.
"""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.session.preferences import LOCK_MINUTES, LOCK_MINUTES_FIRST
from ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    from ui.shell import login
else:
    login = lazy_module("ui.shell.login")

LOOK_INTERVAL = 5_000
"""Milliseconds between two looks at how long nobody was there."""
MINUTE = 60.0
USED = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class IdleLock(QObject):
    """Locks the window of a desk after the minutes that its settings say; 0 for never."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._used = time.monotonic()
        self.asked: login.LoginDialog | None = None
        self._hidden: list[QWidget] = []
        app = QApplication.instance()
        assert isinstance(app, QGuiApplication)
        # It stands before the windows and hears nothing of what happens inside them.
        app.focusWindowChanged.connect(self._watch)
        self._watch(app.focusWindow())
        clock = QTimer(self, interval=LOOK_INTERVAL)
        clock.timeout.connect(self._look)
        clock.start()

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Somebody is there."""
        if event.type() in USED:
            self._used = time.monotonic()
        return False

    def _look(self) -> None:
        if not self._window.isVisible():
            # A window that was closed has no desk any more: looking would open it again.
            return
        preferred = self._window.desk.preferences.preferred(LOCK_MINUTES, LOCK_MINUTES_FIRST)
        minutes = int(preferred)
        if minutes and time.monotonic() - self._used >= minutes * MINUTE:
            self.lock()

    def lock(self) -> None:
        """Put every window out of sight, and ask for the password; what is typed is kept on the
        disk too."""
        if self.asked is not None or not self._window.isVisible():
            return
        self._window.keep_now()
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        # Dialogs are put away with the window they belong to, and come back with it.
        self._hidden = [one for one in shown if one.parentWidget() is None]
        # The dialog is the last window in sight, and its end is not the program's.
        QGuiApplication.setQuitOnLastWindowClosed(False)
        for one in self._hidden:
            one.hide()
        desk = self._window.desk
        self.asked = login.LoginDialog(desk.folder, _("The desk is locked"), desk)
        self.asked.accepted.connect(self._unlock)
        self.asked.rejected.connect(self._leave)
        self.asked.show()
        self.asked.activateWindow()

    def _unlock(self) -> None:
        self._used = time.monotonic()
        opened = self.asked.opened if self.asked is not None else None
        self.asked = None
        hidden, self._hidden = self._hidden, []
        for one in hidden:
            one.show()
        self._window.activateWindow()
        desk = self._window.desk
        nothing = lambda _none: None  # noqa: E731
        if opened is not None:
            self._window.tasks.later(lambda: opened.enter(desk), nothing, nothing, self)
        QGuiApplication.setQuitOnLastWindowClosed(True)

    def _leave(self) -> None:
        """Close the program: what was typed comes back as a draft."""
        self.asked = None
        QGuiApplication.setQuitOnLastWindowClosed(True)
        self._window.close()
        QApplication.quit()
