"""The window of a desk with a password is locked when nobody has used it for a while, or when
its account was disabled.

What is typed stays where it is: the windows are only out of sight until the password is given. What
was copied does not: it would be pasted without one.
"""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QDrag, QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget
from shiboken6 import isValid

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.session.preferences import LOCK_MINUTES, LOCK_MINUTES_FIRST
from ui.base.own_clipboard import clear_own_clipboard
from ui.base.presence import PRESENCE_EVENTS
from ui.base.tasks import BackgroundWork, going_works
from ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    from ui.shell import login
else:
    login = lazy_module("ui.shell.login")

LOOK_INTERVAL = 5_000
"""Milliseconds between two looks at how long nobody was there."""
MINUTE = 60.0
USE_EVENTS = PRESENCE_EVENTS | {QEvent.Type.InputMethod}
"""What an input method composes goes to the field in focus, and passes the native window by."""
COVER_SIDE = 16_000
"""Pixels: more than any screen has, so that a dialog made larger stays covered."""


def _clock() -> float:
    """Seconds that go on while the computer sleeps: Linux has a clock of its own for that."""
    asleep_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)


class _Cover(QWidget):
    """Lies over everything in a dialog, which has no title meanwhile."""

    def __init__(self, dialog: QWidget) -> None:
        super().__init__(dialog)
        self.dialog, self._title = dialog, dialog.windowTitle()
        self.setAutoFillBackground(True)
        self.setFixedSize(COVER_SIDE, COVER_SIDE)
        dialog.setWindowTitle("BorderDesk")
        self.raise_()
        self.show()

    def take_away(self) -> None:
        """Show the dialog again."""
        self.dialog.setWindowTitle(self._title)
        self.hide()
        self.setParent(None)
        self.deleteLater()


class IdleLock(QObject):
    """Locks the window of a desk after the minutes that its settings say; 0 for never."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._used = _clock()
        self._minutes = LOCK_MINUTES_FIRST
        self.asked: login.LoginDialog | None = None
        self._hidden: list[QWidget] = []
        self._covers: list[_Cover] = []
        app = QApplication.instance()
        assert isinstance(app, QGuiApplication)
        self._app = app
        # It stands before the windows and gets no events from inside them.
        app.focusWindowChanged.connect(self._watch)
        self._watch(app.focusWindow())
        self._field: QObject | None = None
        app.focusObjectChanged.connect(self._watch_field)
        self._watch_field(app.focusObject())
        clock = QTimer(self, interval=LOOK_INTERVAL)
        clock.timeout.connect(self._look)
        clock.start()

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def _watch_field(self, field: QObject | None) -> None:
        """Watch the field in focus, and it alone: what is composed in it is use."""
        if self._field is not None and isValid(self._field) and not self._field.isWindowType():
            self._field.removeEventFilter(self)
        self._field = field
        if field is not None:
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody is there; or, while it is locked, work that ends opens a dialog."""
        if event.type() in USE_EVENTS:
            if self.asked is None and self._window.isVisible() and self._is_due():
                # After sleep the first touch comes before the clock notices the hours.
                QTimer.singleShot(0, self, self.lock)
                return True
            self._used = _clock()
        elif event.type() == QEvent.Type.Show and self._is_late(watched):
            QTimer.singleShot(0, watched, lambda: self._put_away_late(watched))
        return False

    def _is_late(self, watched: QObject) -> bool:
        """Whether a window of the program's shows itself beside the question for the password."""
        if self.asked is None or not isinstance(watched, QDialog):
            return False
        return watched is not self.asked and watched not in [one.dialog for one in self._covers]

    def _put_away_late(self, dialog: QObject) -> None:
        if self.asked is None or not isinstance(dialog, QDialog) or not dialog.isVisible():
            return
        if not dialog.isModal():
            self._hidden.insert(0, dialog)
            dialog.hide()
            return
        self._covers.append(_Cover(dialog))
        # Of two that wait for an answer the one that was shown last takes the keys.
        self.asked.hide()
        self.asked.show()
        self.asked.activateWindow()

    def _look(self) -> None:
        if not self._window.isVisible():
            # A window that was closed has no desk any more: looking would open it again.
            return
        desk, disabled = self._window.desk, False
        # A desk that cannot be read now (its stick was pulled) is locked by what was read last.
        with suppress(Exception):
            self._minutes = int(desk.preferences.preferred(LOCK_MINUTES, LOCK_MINUTES_FIRST))
            disabled = desk.accounts.was_disabled()
        if disabled or self._is_due():
            self.lock()

    def _is_due(self) -> bool:
        return bool(self._minutes) and _clock() - self._used >= self._minutes * MINUTE

    def lock(self) -> None:
        """Put every window out of sight, and ask for the password; what is typed is kept on the
        disk too."""
        if self.asked is not None or not self._window.isVisible():
            return
        # The dialog is the last window in sight, and its end is not the program's.
        QGuiApplication.setQuitOnLastWindowClosed(False)
        self._put_out_of_sight()
        desk = self._window.desk
        self.asked = login.LoginDialog(desk.folder, _("The desk is locked"), desk, self._unfinished)
        self.asked.accepted.connect(self._unlock)
        self.asked.rejected.connect(self._leave)
        # Above a dialog that waits for an answer, which would take no password.
        self.asked.setWindowModality(Qt.WindowModality.ApplicationModal)
        self._app.installEventFilter(self)
        self.asked.show()
        self.asked.activateWindow()
        clear_own_clipboard()
        # Last: whatever becomes of it, the window is out of sight.
        self._window.keep_now()

    def _unfinished(self) -> list[BackgroundWork]:
        return going_works(self._window, self._window.tasks)

    def _put_out_of_sight(self) -> None:
        """Hide every window, the dialogs of others too, which Qt leaves standing; what waits for an
        answer is covered, since to hide it would be an answer."""
        if QGuiApplication.mouseButtons():
            # A drag takes every key and click, so that no password could be given.
            QDrag.cancel()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        QToolTip.hideText()
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        self._covers = [_Cover(one) for one in shown if one.isModal()]
        # The window itself last, and first when they come back: dialogs stand above it.
        self._hidden = [one for one in shown if not one.isModal() and one is not self._window]
        self._hidden.append(self._window)
        for one in self._hidden:
            one.hide()

    def _bring_back(self) -> None:
        hidden, self._hidden = self._hidden, []
        for one in reversed(hidden):
            # Work that ended meanwhile may have taken its own dialog away.
            if isValid(one):
                one.show()
        covers, self._covers = self._covers, []
        for cover in filter(isValid, covers):
            cover.take_away()

    def _unlock(self) -> None:
        self._used = _clock()
        opened = self.asked.opened if self.asked is not None else None
        self.asked = None
        self._app.removeEventFilter(self)
        self._bring_back()
        self._window.activateWindow()
        desk = self._window.desk
        nothing = lambda _none: None  # noqa: E731
        if opened is not None:
            self._window.tasks.later(lambda: opened.enter(desk), nothing, nothing, self)
        QGuiApplication.setQuitOnLastWindowClosed(True)

    def _leave(self) -> None:
        """Close the program: what was typed comes back as a draft."""
        self.asked = None
        self._app.removeEventFilter(self)
        QGuiApplication.setQuitOnLastWindowClosed(True)
        self._window.close()
        QApplication.quit()
