"""Locks the window of an encrypted desk after a period without input, or when its account was
disabled.

Windows are hidden until the password is given, their contents stay. The clipboard is cleared, as it
could be pasted without a password.
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
"""Milliseconds between two checks of the idle time."""
MINUTE = 60.0
USE_EVENTS = PRESENCE_EVENTS | {QEvent.Type.InputMethod}
"""Input methods send their events to the focused widget, past the native window."""
COVER_SIDE = 16_000
"""Pixels: larger than any screen, so that an enlarged dialog stays covered."""


def _clock() -> float:
    """Monotonic seconds that include sleep, for which Linux has a separate clock."""
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)


class _Cover(QWidget):
    """Covers the contents of a dialog and blanks its title."""

    def __init__(self, dialog: QWidget) -> None:
        super().__init__(dialog)
        self.dialog, self._title = dialog, dialog.windowTitle()
        self.setAutoFillBackground(True)
        self.setFixedSize(COVER_SIDE, COVER_SIDE)
        dialog.setWindowTitle("BorderDesk")
        self.raise_()
        self.show()

    def take_away(self) -> None:
        """Uncover the dialog."""
        self.dialog.setWindowTitle(self._title)
        self.hide()
        self.setParent(None)
        self.deleteLater()


class IdleLock(QObject):
    """Locks the window after the minutes set in the preferences; 0 for never."""

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
        # The native window gets input before the widgets do, and none of their internal events.
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
        """Watch the focused widget only: composing in it counts as use."""
        if self._field is not None and isValid(self._field) and not self._field.isWindowType():
            self._field.removeEventFilter(self)
        self._field = field
        if field is not None:
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note use; while locked, also catch dialogs opened by work that ends."""
        if event.type() in USE_EVENTS:
            if self.asked is None and self._window.isVisible() and self._is_due():
                # After sleep the first input arrives before the timer notices the elapsed hours.
                QTimer.singleShot(0, self, self.lock)
                return True
            self._used = _clock()
        elif event.type() == QEvent.Type.Show and self._is_late(watched):
            QTimer.singleShot(0, watched, lambda: self._put_away_late(watched))
        return False

    def _is_late(self, watched: QObject) -> bool:
        """Whether a dialog of the program other than the login appears while locked."""
        if self.asked is None or not isinstance(watched, QDialog):
            return False
        return watched is not self.asked and watched not in [cover.dialog for cover in self._covers]

    def _put_away_late(self, dialog: QObject) -> None:
        if self.asked is None or not isinstance(dialog, QDialog) or not dialog.isVisible():
            return
        if not dialog.isModal():
            self._hidden.insert(0, dialog)
            dialog.hide()
            return
        self._covers.append(_Cover(dialog))
        # Of two application-modal dialogs the one shown last gets the keys.
        self.asked.hide()
        self.asked.show()
        self.asked.activateWindow()

    def _look(self) -> None:
        if not self._window.isVisible():
            # A closed window may have no desk any more; reading preferences would open it again.
            return
        desk, disabled = self._window.desk, False
        # If the desk cannot be read (stick unplugged), the last known setting applies.
        with suppress(Exception):
            self._minutes = int(desk.preferences.preferred(LOCK_MINUTES, LOCK_MINUTES_FIRST))
            disabled = desk.accounts.was_disabled()
        if disabled or self._is_due():
            self.lock()

    def _is_due(self) -> bool:
        return bool(self._minutes) and _clock() - self._used >= self._minutes * MINUTE

    def lock(self) -> None:
        """Hide all windows and ask for the password; drafts are saved to disk too."""
        if self.asked is not None or not self._window.isVisible():
            return
        # The login dialog is the last visible window; closing it must not quit the program.
        QGuiApplication.setQuitOnLastWindowClosed(False)
        self._put_out_of_sight()
        desk = self._window.desk
        self.asked = login.LoginDialog(desk.folder, _("The desk is locked"), desk, self._unfinished)
        self.asked.accepted.connect(self._unlock)
        self.asked.rejected.connect(self._leave)
        # Application-modal, to be above other modal dialogs, which would block its input.
        self.asked.setWindowModality(Qt.WindowModality.ApplicationModal)
        self._app.installEventFilter(self)
        self.asked.show()
        self.asked.activateWindow()
        clear_own_clipboard()
        # Last: if saving drafts fails, the window is hidden already.
        self._window.keep_now()

    def _unfinished(self) -> list[BackgroundWork]:
        return going_works(self._window, self._window.tasks)

    def _put_out_of_sight(self) -> None:
        """Hide all windows, dialogs included, which Qt would leave visible; modal dialogs are
        covered, because hiding would reject them."""
        if QGuiApplication.mouseButtons():
            # During a drag all keys and clicks go to the drag, so no password could be typed.
            QDrag.cancel()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        QToolTip.hideText()
        shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        self._covers = [_Cover(widget) for widget in shown if widget.isModal()]
        # The main window last, hence first when shown again: dialogs stand above it.
        self._hidden = [
            widget for widget in shown if not widget.isModal() and widget is not self._window
        ]
        self._hidden.append(self._window)
        for widget in self._hidden:
            widget.hide()

    def _bring_back(self) -> None:
        hidden, self._hidden = self._hidden, []
        for widget in reversed(hidden):
            # Work that ended meanwhile may have destroyed its dialog.
            if isValid(widget):
                widget.show()
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
        ignore = lambda _none: None  # noqa: E731
        if opened is not None:
            self._window.tasks.later(lambda: opened.enter(desk), ignore, ignore, self)
        QGuiApplication.setQuitOnLastWindowClosed(True)

    def _leave(self) -> None:
        """Close the program; drafts bring back unsaved text."""
        self.asked = None
        self._app.removeEventFilter(self)
        QGuiApplication.setQuitOnLastWindowClosed(True)
        self._window.close()
        QApplication.quit()
