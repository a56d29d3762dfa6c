"""Starting the window: the display, the lock, the desk, and the first painting."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.base.errors import CannotOpen, UserError, reason
from borderdesk.base.i18n import LANGUAGES, _, language, set_language
from borderdesk.base.paths import database_file, default_desk
from borderdesk.desk import Desk
from borderdesk.store.locks import Lock
from ui.base.style import ARGUMENTS, dress, paint
from ui.base.translator import QtWords
from ui.shell.main_window import LANGUAGE, MainWindow

if TYPE_CHECKING:
    from ui.base.backup_runner import BackupRunner

BENCH = "BORDERDESK_BENCH_START"
"""The page of a list whose first painting is measured."""
STARTED = 1_000
"""Milliseconds after which the start is over."""


def run(folder: Path | None, lang: str | None) -> int:
    """Open the window on a desk; the exit status of the program.

    lang: None for the language the desk's window was left in.

    3: there is no display, the desk cannot be opened, or another window has it.
    """
    set_language(lang or LANGUAGES[0])
    if not _has_display():
        print(_("There is no display for the window. Use the commands instead."), file=sys.stderr)
        return CannotOpen.exit_code
    app = application()
    folder = folder or default_desk()
    try:
        if not database_file(folder).exists():
            made = _first_run(folder)
            if made is None:
                return 0
            folder = made
        lock = Lock(folder / "window.lock")
        if not lock.take(exclusive=True):
            raise CannotOpen(_("This desk has a window open already. Use that one."))
        with lock, Desk.open(folder) as desk:
            set_language(lang or desk.preferences.preferred(LANGUAGE, LANGUAGES[0]))
            return _show(app, desk)
    except OSError as error:
        return _refuse(
            _("The folder {folder} cannot be written to: {error}").format(
                folder=folder, error=reason(error)
            )
        )
    except UserError as error:
        return _refuse(str(error), error.exit_code)


def application() -> QApplication:
    """The Qt application with its words and colours; its first window brings the rest."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    app = QApplication([*sys.argv[:1], *ARGUMENTS])
    app.setApplicationName("BorderDesk")
    app.installTranslator(QtWords(app))
    paint(app)
    return app


def main_window(desk: Desk, lang: str, first: str = "home") -> MainWindow:
    """The window of an open desk at the page `first`, dressed and not shown yet."""
    set_language(lang)
    window = MainWindow(desk, first)
    dress(application())
    return window


def _show(app: QApplication, desk: Desk) -> int:
    measured = os.environ.get(BENCH)
    window = main_window(desk, language(), measured or "home")
    if measured:
        watch = FirstPaint(window)
        window.view().installEventFilter(watch)
    sys.excepthook = _late_catch
    window.show()
    # Where nothing manages the windows, keys would reach it and its shortcuts would not work.
    window.activateWindow()
    # What the start has made stays: it is never looked through for garbage.
    QTimer.singleShot(STARTED, gc.freeze)
    if not measured:
        QTimer.singleShot(STARTED, window, lambda: _backing(window).watch())
    status = app.exec()
    window.tasks.finish()
    if not measured:
        _backing(window).wind_up()
    return status


def _backing(window: MainWindow) -> "BackupRunner":
    """What the window does for backups, imported once it is on the screen."""
    from ui.base.backup_runner import backup_runner_of

    return backup_runner_of(window.desk, window.tasks)


def _late_catch(kind, error, trace):  # type: ignore[no-untyped-def]
    from ui.shell.crash_dialog import catch

    catch(kind, error, trace)


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _first_run(folder: Path) -> Path | None:
    """Ask what the new desk is and make it; where it is, None when the person would rather not."""
    from ui.shell.first_run import FirstRun

    dress(application())
    asked = FirstRun(folder)
    return asked.folder if asked.exec() else None


def _refuse(text: str, status: int = CannotOpen.exit_code) -> int:
    print(text, file=sys.stderr)
    if os.environ.get(BENCH):
        return status
    from PySide6.QtWidgets import QMessageBox

    dress(application())
    box = QMessageBox(QMessageBox.Icon.Warning, "BorderDesk", text)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.exec()
    return status


class FirstPaint(QObject):
    """Says "painted" once the list's first page is on the screen, and ends the program."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._told = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the painting to be over, then tell."""
        if event.type() == QEvent.Type.Paint and not self._told:
            self._told = True
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        print("painted", flush=True)
        self._window.close()
