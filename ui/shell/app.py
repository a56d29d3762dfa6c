"""Start of the window: display, window lock, opening of the desk, first paint."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from borderdesk.base.errors import (
    CannotOpen,
    DamagedFile,
    NewerSchema,
    SchemaMismatch,
    UnreadFile,
    UserError,
    reason,
)
from borderdesk.base.i18n import LANGUAGES, _, language, set_language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import RESOURCES, database_file, default_desk, window_lock_file
from borderdesk.base.private_files import clear_previews
from borderdesk.base.program_log import report_text, watch_native, write_report
from borderdesk.desk import Desk
from borderdesk.session.damage import DamagedDesk
from borderdesk.session.last_state import OlderDesk
from borderdesk.session.locked_desk import is_locked
from borderdesk.session.preferences import LANGUAGE, known_language, saved_language
from borderdesk.store.connection.locks import Lock
from ui.base.reopening import REOPENING, RESTART
from ui.base.style import paint
from ui.base.translator import QtWords
from ui.base.window_keys import watch_window_keys
from ui.shell.main_window import MainWindow
from ui.shell.pages import PAGES
from ui.shell.startup import STYLE_ARGUMENTS, keep_out_of_garbage_collection

if TYPE_CHECKING:
    from borderdesk.base import version_state
    from borderdesk.keys import key_ring
    from borderdesk.session import upgrade_undo
    from ui.base import backup_runner, child_process
    from ui.shell import (
        crash_dialog,
        damage_dialog,
        encryption_dialog,
        first_run,
        idle_lock,
        login,
        opened_files,
        refusal_dialog,
        upgrade_progress,
    )
else:
    # Not needed before the first paint.
    version_state = lazy_module("borderdesk.base.version_state")
    upgrade_undo = lazy_module("borderdesk.session.upgrade_undo")
    backup_runner = lazy_module("ui.base.backup_runner")
    child_process = lazy_module("ui.base.child_process")
    crash_dialog = lazy_module("ui.shell.crash_dialog")
    damage_dialog = lazy_module("ui.shell.damage_dialog")
    encryption_dialog = lazy_module("ui.shell.encryption_dialog")
    upgrade_progress = lazy_module("ui.shell.upgrade_progress")
    first_run = lazy_module("ui.shell.first_run")
    idle_lock = lazy_module("ui.shell.idle_lock")
    key_ring = lazy_module("borderdesk.keys.key_ring")
    login = lazy_module("ui.shell.login")
    opened_files = lazy_module("ui.shell.opened_files")
    refusal_dialog = lazy_module("ui.shell.refusal_dialog")

BENCH = "BORDERDESK_BENCH_START"
"""Environment variable with the key of the list page whose first paint is measured."""
ICON = RESOURCES / "icons" / "borderdesk.png"
PASSWORD_TAB = {"ledger": "password"}
START_AGAIN = -1
"""Exit code of the event loop when the window shall be opened again."""
RESUMED = "resumed"
"""The preference with the key of the page that the next start opens."""
PAINTED, STARTED = 50, 1_000
"""Milliseconds after the start by which the window is usually painted, and by which the start is
over."""


def run(folder: Path | None, lang: str | None, file: Path | None = None) -> int:
    """Open the window on a desk; returns the exit status of the program.

    lang: None for the language saved with the desk; file: a file to open in the window; if the desk
    already has a window, that one opens it.

    Status 3: no display, the desk cannot be opened, or it has a window already.
    """
    set_language(lang or LANGUAGES[0])
    if not _has_display():
        print(_("There is no display for the window. Use the commands instead."), file=sys.stderr)
        return CannotOpen.exit_code
    app = application()
    folder = folder or default_desk()
    opened: login.OpenedRing | None = None
    try:
        if not database_file(folder).exists():
            answers = _ask_first(folder, file)
            if answers is None:
                return 0
            folder, opened, file = answers
        lock = Lock(window_lock_file(folder))
        if not _is_only_window(lock, file):
            return 0
        with lock:
            clear_previews(folder)
            try:
                status = _show_desk(app, folder, lang, opened, file)
            finally:
                clear_previews(folder)
        if status == START_AGAIN:
            child_process.start_apart(["--desk", str(folder.resolve())], newest=True)
        return 0 if status == START_AGAIN else status
    except OSError as error:
        return _refuse(
            _("The folder {folder} cannot be written to: {error}").format(
                folder=folder, error=reason(error)
            )
        )
    except (DamagedFile, UnreadFile) as error:
        return _offer_rescue(folder, error)
    except UserError as error:
        return _refuse_to_open(error)
    except Exception as error:
        # No window exists yet that could show it.
        dialog = crash_dialog.CrashDialog(report_text(error), write_report(folder, error))
        dialog.exec()
        return 1


def _is_only_window(lock: Lock, file: Path | None) -> bool:
    """Take the window lock of the desk. False if another window holds it and was sent the file;
    raises CannotOpen if it holds it and there is no file."""
    if lock.take(exclusive=True):
        return True
    if file is None:
        raise CannotOpen(_("This desk has a window open already. Use that one."))
    opened_files.hand_over(lock.path.parent, file)
    return False


def _opened(folder: Path, key: bytes | None, app: QApplication) -> Desk:
    """Open the desk, read-only if it is damaged; the quick check runs later, from the window."""
    progress: list[upgrade_progress.UpgradeProgress] = []

    def upgrading(done: int, total: int) -> None:
        if not progress:
            progress.append(upgrade_progress.UpgradeProgress(app))
        progress[0](done, total)

    try:
        return Desk.open(folder, key, checked=False, on_upgrade=upgrading)
    except NewerSchema:
        if not upgrade_undo.undo_upgrade(folder, key):
            raise
        return Desk.open(folder, key, checked=False)
    except (DamagedDesk, OlderDesk):
        return Desk.open(folder, key, read_only=True)
    finally:
        for dialog in progress:
            dialog.end()


def _show_desk(
    app: QApplication,
    folder: Path,
    lang: str | None,
    opened: "login.OpenedRing | None",
    file: Path | None,
) -> int:
    """Show the desk until its window is closed; reopens it after encryption or a change of key."""
    fresh = opened is not None
    while True:
        if opened is None and is_locked(folder):
            set_language(lang or saved_language(database_file(folder)) or LANGUAGES[0])
            opened = _log_in(folder)
            if opened is None:
                return 0
        key = opened.key if opened else None
        try:
            desk = _opened(folder, key, app)
        except (DamagedFile, UnreadFile) as error:
            return _offer_rescue(folder, error, key)
        with desk:
            if opened is not None:
                opened.enter(desk)
            saved = known_language(desk.preferences.preferred(LANGUAGE))
            set_language(lang or saved or LANGUAGES[0])
            status, account = _show(app, desk, file, fresh=fresh), desk.account.name
        file = None
        request = REOPENING.take()
        if request is None:
            return status
        rekeying = encryption_dialog.EncryptionDialog(folder, request, key)
        rekeying.exec()
        refusal_dialog.show_notice(rekeying.words)
        if rekeying.key is not None:
            fresh = True
            opened = login.OpenedRing(rekeying.key, account)


def _log_in(folder: Path) -> "login.OpenedRing | None":
    """Unlock the desk: with BORDERDESK_PASSWORD if set, else by the login dialog; None if that was
    cancelled."""
    password = os.environ.get("BORDERDESK_PASSWORD")
    if password:
        ring = key_ring.KeyRing(folder)
        account = ring.account(os.environ.get("BORDERDESK_USER"))
        return login.OpenedRing(ring.unlock(account, password), account)
    dialog = login.LoginDialog(folder)
    dialog.exec()
    return dialog.opened


def application() -> QApplication:
    """The QApplication with translator and colours; style sheets come with the first window."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([*sys.argv[:1], *STYLE_ARGUMENTS])
        app.setApplicationName("BorderDesk")
        app.setDesktopFileName("borderdesk")
        app.installTranslator(QtWords(app))
        paint(app)
    watch_window_keys(app)
    return app


def main_window(desk: Desk, lang: str, first: str = "home") -> MainWindow:
    """The main window of an open desk at the page `first`, not shown yet."""
    set_language(lang)
    return MainWindow(desk, first)


def _show(app: QApplication, desk: Desk, file: Path | None, *, fresh: bool) -> int:
    measured = os.environ.get(BENCH)
    window = main_window(desk, language(), measured or _first_page(desk))
    if measured:
        watch = FirstPaint(window)
        window.view().installEventFilter(watch)
    if desk.store.key is not None:
        idle_lock.IdleLock(window)
        if fresh:
            # First page: without a recovery sheet a lost password means lost data.
            QTimer.singleShot(0, window, lambda: window.show_page("settings", PASSWORD_TAB))
    sys.excepthook = _catch
    window.fit_screen()
    window.show()
    # Without a window manager nothing activates the window, and it would get no keys and shortcuts.
    window.activateWindow()
    QTimer.singleShot(STARTED, keep_out_of_garbage_collection)
    QTimer.singleShot(PAINTED, window, lambda: app.setWindowIcon(QIcon(str(ICON))))
    if not measured:
        QTimer.singleShot(0, window, lambda: _watch_crashes(window))
        QTimer.singleShot(STARTED, window, lambda: _backups(window).watch())
        QTimer.singleShot(STARTED, window, lambda: version_state.note_opened())
        until = 0 if file else STARTED
        QTimer.singleShot(until, window, lambda: opened_files.OpenedFiles(window, file))
    status = app.exec()
    window.tasks.finish()
    if not measured:
        _backups(window).wind_up(apart=not REOPENING.wanted())
    return START_AGAIN if window.property(RESTART) else status


def _first_page(desk: Desk) -> str:
    """The initial page: once after a crash, the page of the form in which it happened."""
    page = desk.preferences.preferred(RESUMED)
    if page is None:
        return "home"
    if desk.hindrance() is None:
        desk.preferences.prefer(RESUMED, None)
    return str(page) if page in PAGES else "home"


def _watch_crashes(window: MainWindow) -> None:
    """Write a report on a native crash from now on, and show that of the last run."""
    report = watch_native(window.desk.folder)
    if report is not None:
        crash_dialog.tell_native_crash(report, window)


def _backups(window: MainWindow) -> "backup_runner.BackupRunner":
    """The backup runner of the window; its module is imported after the first paint."""
    return backup_runner.backup_runner_of(window.desk, window.tasks)


def _catch(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    crash_dialog.catch(kind, error, trace)


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _ask_first(
    folder: Path, file: Path | None
) -> "tuple[Path, login.OpenedRing | None, Path | None] | None":
    """Show the first-run dialog and create the desk. Returns (folder, key and account if
    encrypted, file still to be opened: None if it was a set-up file and thus applied), or None
    if cancelled."""
    dialog = first_run.FirstRunDialog(folder)
    if file is not None and dialog.takes(file):
        dialog.read_setup(file)
        file = None
    return (dialog.folder, dialog.opened, file) if dialog.exec() else None


def _offer_rescue(folder: Path, error: CannotOpen, key: bytes | None = None) -> int:
    """Show why a desk does not open, with the ways to rescue it; key: the desk's key, if known."""
    print(error, file=sys.stderr)
    dialog = damage_dialog.DamageDialog(folder.resolve(), str(error), key)
    if isinstance(error, UnreadFile):
        # Reading failed, which does not prove damage.
        dialog.setWindowTitle(_("The desk cannot be read"))
    dialog.exec()
    return error.exit_code


def _refuse_to_open(error: UserError) -> int:
    if isinstance(error, SchemaMismatch):
        # The launcher then starts the version before, if that can open the desk.
        version_state.note_failed(str(error))
    return _refuse(str(error), error.exit_code)


def _refuse(text: str, status: int = CannotOpen.exit_code) -> int:
    print(text, file=sys.stderr)
    if os.environ.get(BENCH):
        return status
    refusal_dialog.show_refusal(text)
    return status


class FirstPaint(QObject):
    """Event filter of the benchmark: prints "painted" after the first paint of the list and closes
    the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._painted = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Print after the paint event has been handled."""
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._print)
        return False

    def _print(self) -> None:
        print("painted", flush=True)
        self._window.close()
