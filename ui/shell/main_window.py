"""Main window: navigation at the left, the current page, status bar."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QByteArray, QEvent, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _, language, set_language
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.schema.settings import EXCHANGE_FOLDER, is_folder
from borderdesk.session.preferences import LANGUAGE
from ui.base.double_search import double_search_of
from ui.base.erasure_watch import erasure_watch_of
from ui.base.neighbours import screen_of
from ui.base.own_clipboard import clear_own_clipboard
from ui.base.rights import RIGHTS
from ui.base.style import dress
from ui.base.tasks import Runner
from ui.base.text_size import set_text_size
from ui.base.undo_steps import undo_steps_of
from ui.records.record_page import RecordPage
from ui.shell.import_ahead import QUIET, ImportAhead
from ui.shell.keyboard_place import KeyboardPlace
from ui.shell.navigation import Navigation
from ui.shell.page_bands import PageBands
from ui.shell.pages import PAGES, page_groups
from ui.shell.pages_ahead import PagesAhead
from ui.shell.session_undo import SessionUndo
from ui.shell.sheet_drop import SheetDrop
from ui.shell.status import DeskStatus
from ui.shell.text_keys import TextKeys
from ui.shell.window_help import WindowHelp
from ui.widgets.actions.all_actions import bind
from ui.widgets.actions.home_actions import DAILY, NEW
from ui.widgets.pages.page import Page

if TYPE_CHECKING:
    from ui.base import folder_exchange
    from ui.widgets.editors.draft import FormDraft
else:
    # Not needed by the start; used once the window is shown.
    folder_exchange = lazy_module("ui.base.folder_exchange")

MAINTENANCE_INTERVAL, SETTLED = 20_000, 100
"""Milliseconds between two maintenance runs; milliseconds from a change of page to the reading of
the status."""
FULL_SIZE, SMALL_SCREEN = (1366, 768), (1400, 800)
"""Initial size of the window, and size up to which a screen is filled by it, in pixels."""
TEXT_SIZE, GEOMETRY = "text_size", "window"
"""Preferences of the window stored in the desk."""


class WindowState(NamedTuple):
    """What survives a rebuild of all pages (another language or text size)."""

    key: str
    drafts: "dict[str, FormDraft]"
    intents: Mapping[str, Mapping[str, Any]]
    """{page key: selections on it} for `receive` when the page is created again."""
    table: bool = False
    """Whether the current page showed its grid."""


class MainWindow(QMainWindow):
    """Window with all pages of a desk; a page is created when first shown and then kept."""

    def __init__(self, desk: Desk, first: str = "home") -> None:
        """first: the key of the initial page."""
        # Before the window exists: an existing window learns of a new font size only later, in
        # parts.
        _take_size(desk.preferences.preferred(TEXT_SIZE, 100))
        super().__init__()
        RIGHTS.role = desk.account.role
        self.desk = desk
        self.tasks = Runner(desk)
        self.import_ahead = ImportAhead(self.tasks)
        undo_steps_of(self.tasks).listen(desk)
        self.resize(*FULL_SIZE)
        self._kept = desk.preferences.preferred(GEOMETRY)
        if self._kept:
            self.restoreGeometry(QByteArray.fromBase64(self._kept.encode()))
        self._build(WindowState(first, {}, {}))
        dress(self)
        self.sheet_drop = SheetDrop(self, desk, self.tasks, self.show_page, self.current)
        idle = QTimer(self)
        idle.timeout.connect(self._maintain)
        idle.start(MAINTENANCE_INTERVAL)
        self.folder: folder_exchange.FolderExchange | None = None
        QTimer.singleShot(QUIET, self, self._begin_folder)

    def fit_screen(self) -> None:
        """Before the first show: maximise on a small screen, and never exceed the screen, whatever
        size was saved on another. Without room for the title bar the lower edge would be
        off-screen."""
        available = screen_of(self).availableGeometry()
        small = available.width() <= SMALL_SCREEN[0] or available.height() <= SMALL_SCREEN[1]
        if not available.contains(self.geometry(), False):
            width, height = (
                min(self.width(), available.width()),
                min(self.height(), available.height()),
            )
            self.setGeometry(QRect(available.topLeft(), QSize(width, height)))
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        if (small and not self._kept) or self.height() + title > available.height():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _begin_folder(self) -> None:
        """Start the exchange by shared folder if one is set, which most desks have not; not for a
        closed window, which has no desk any more."""
        if self.folder is not None or not self.isVisible():
            return
        if not is_folder(self.desk.book.setting(EXCHANGE_FOLDER, self.desk.today(), "")):
            return
        self.folder = folder_exchange.folder_exchange_of(self.desk, self.tasks)
        self.folder.brought.connect(self._show_brought)
        self.folder.failed.connect(lambda problem: self.warn(UserError(problem)))
        self.folder.begin()

    def _show_brought(self, _turn: object) -> None:
        """Refresh page and status: files of other machines arrived."""
        double_search_of(self.desk, self.tasks).begin()
        page = self.current()
        page.refresh()
        self.status.refresh()

    def _maintain(self) -> None:
        """Run maintenance in the background, so that no save waits for it, and refresh after
        midnight; not for a closed window, which has no desk any more."""
        if not self.isVisible():
            return
        if self.bands.refresh():
            page = self.current()
            page.refresh()
            self.status.refresh()
        self.tasks.run(self.desk.maintenance.rest, lambda _none: None, lambda _error: None, self)
        erasure_watch_of(self.desk, self.tasks).look()
        double_search_of(self.desk, self.tasks).begin()
        self._begin_folder()

    # ------------------------------------------------------------------ building

    def _build(self, place: WindowState) -> None:
        title = f"BorderDesk — {self.desk.title()}"
        if self.desk.store.key is None:
            # On every screen: anybody with the folder can read it.
            title = f"{title} · " + _("No password")
        self.setWindowTitle(title)
        self.pages: dict[str, Page] = {}
        self._intents = dict(place.intents)
        self.stack = QStackedWidget()
        self.navigation = Navigation(page_groups())
        self.navigation.turned.connect(self._turn_to)
        self.navigation.language_chosen.connect(self._speak_soon)
        self.help = WindowHelp(
            self, self.navigation, self.tasks, self.current, self.desk, self.show_page
        )
        self.navigation.commands_wanted.connect(self.help.show_commands)
        self.navigation.help_wanted.connect(self.help.show_handbook)
        self.nav, self.items = self.navigation.list, self.navigation.items
        self.language = self.navigation.language
        self.bands = PageBands(self.desk, self.tasks, self.current)
        self.bands.wanted.connect(self.show_page)
        self.bands.recovered.connect(self.keep_now)
        self._lay_out()
        self.status = DeskStatus(self.desk, self.tasks)
        self.status.backups_wanted.connect(self.show_backups)
        self.status.light_read.connect(self.bands.failure.show_light)
        self.status.notes_wanted.connect(lambda: self.show_page("exchange", {"tab": "notes"}))
        self.setStatusBar(self.status)
        self._bind_keys()
        for key, draft in place.drafts.items():
            page = self.page(key)
            assert isinstance(page, RecordPage)
            page.drafts.restore(draft)
        self.navigation.go_to(place.key)
        middle = self.stack.parentWidget()
        if middle is not None and self.isVisible():
            # Shown now: Qt would show it in the next turn of the event loop, but a cell editor
            # takes the focus only when visible.
            middle.show()
        self.nav.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ahead = PagesAhead(self.stack, PAGES, self.page, self.import_ahead.done)
        current = self.current()
        if place.table and isinstance(current, RecordPage):
            current.show_grid()

    def _lay_out(self) -> None:
        middle = QWidget()
        outer = QVBoxLayout(middle)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.bands)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(self.stack, 1)
        outer.addLayout(row, 1)
        self.setCentralWidget(middle)

    def _bind_keys(self) -> None:
        for action in self.actions():
            # Until it is destroyed, Qt would call its keys ambiguous and do nothing.
            self.removeAction(action)
            action.deleteLater()
        bind(self, "pages", self.navigation.take_keyboard)
        bind(self, "page_before", lambda: self.navigation.step(-1))
        bind(self, "page_after", lambda: self.navigation.step(1))
        bind(self, "commands", self.help.show_commands)
        bind(self, "key_card", self.help.save_key_card)
        bind(self, "backups", self.show_backups)
        bind(self, "help", self.help.show_handbook)
        self._daily = [
            bind(self, NEW + key, partial(self.show_page, key, {"new": True})) for key in DAILY
        ]
        self._undo = SessionUndo(self, self.tasks, self.stack, self.show_page)
        self._text = TextKeys(self, self._size_soon)

    # ------------------------------------------------------------------- pages

    def page(self, key: str) -> Page:
        """A page, created at first use."""
        if key not in self.pages:
            self.pages[key] = self._make(key)
            self.stack.addWidget(self.pages[key])
            self._mark_unsaved(key)
        return self.pages[key]

    def _make(self, key: str) -> Page:
        page = PAGES[key].make(self.desk, self.tasks)
        page.changed.connect(lambda: self._mark_unsaved(key))
        page.wanted.connect(self.show_page)
        # Queued: the page is destroyed by the rebuild; the popup it came from has to close first.
        page.language_wanted.connect(self._speak_soon)
        page.size_wanted.connect(self._size_soon)
        page.rebuild_wanted.connect(
            lambda message: self.tasks.when_free(lambda: self._rebuild(message))
        )
        if intent := self._intents.pop(key, None):
            page.receive(intent)
        return page

    def show_page(self, key: str, intent: Mapping[str, Any]) -> None:
        """Switch to a page and pass it an intent. If the focus was inside the page left, the
        contents of the new page get it: Qt would focus its first widget."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self.current().isAncestorOf(focus)
        self.navigation.go_to(key)
        self.current().receive(intent)
        if inside:
            self.current().take_keyboard()

    def show_backups(self) -> None:
        """Switch to the backups of the settings page."""
        self.show_page("settings", {"ledger": "backups"})

    def _turn_to(self, key: str) -> None:
        existed = key in self.pages
        page = self.page(key)
        _show_in(self.stack, page)
        self.bands.refresh()
        for action in self._daily:
            # The home page has its own buttons for them.
            action.setEnabled(key != "home")
        self._undo.follow()
        self._text.follow(page)
        if existed:
            page.refresh()
        # After the paint: the first reading imports half the core. Counted from the event loop, as
        # a slow machine takes longer to show the window.
        QTimer.singleShot(0, self, lambda: QTimer.singleShot(SETTLED, self, self._refresh_status))

    def _refresh_status(self) -> None:
        self.status.refresh()

    def _mark_unsaved(self, key: str) -> None:
        page = self.pages.get(key)
        if page is not None:
            self.navigation.mark_unsaved(key, page.dirty)
            if not page.dirty:
                # Saved or discarded, which may change the status.
                self.status.refresh_soon()

    def current(self) -> Page:
        """The current page."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def view(self) -> QWidget:
        """The widget that paints the list of the current page."""
        page = self.current()
        assert isinstance(page, RecordPage)
        return page.view.viewport() if page.table.lines else page.empty

    def warn(self, error: UserError) -> None:
        """Show an error that a person can correct, on the current page."""
        page = self.current()
        if hasattr(page, "bar"):
            page.bar.warn(error)

    # ---------------------------------------------------------------- language

    def _speak_soon(self, lang: str) -> None:
        if lang != language():
            # Queued: the popup of the language chooser is destroyed by the rebuild and has to close
            # first.
            self.tasks.when_free(lambda: self.speak(lang))

    def speak(self, lang: str) -> None:
        """Rebuild all pages in another language; unsaved text is carried over."""
        keyboard = KeyboardPlace(self.current())
        place = self._leave()
        set_language(lang)
        self.desk.store.orders.invalidate()
        self.desk.preferences.prefer(LANGUAGE, lang)
        self._build(place)
        if not keyboard.take(self.current()):
            self.language.setFocus(Qt.FocusReason.OtherFocusReason)

    def _size_soon(self, percent: int) -> None:
        self.tasks.when_free(lambda: self.set_text_size(percent))

    def set_text_size(self, percent: int) -> None:
        """Rebuild all pages in another text size; unsaved text is carried over."""
        keyboard = KeyboardPlace(self.current())
        place = self._leave()
        self.desk.preferences.prefer(TEXT_SIZE, percent)
        _take_size(percent)
        self._build(place)
        keyboard.take(self.current())

    def _rebuild(self, message: str) -> None:
        """Rebuild all pages because another desk is open, then show the message."""
        keyboard = KeyboardPlace(self.current())
        self._build(self._leave())
        current = self.current()
        keyboard.take(current)
        current.bar.notify(message)

    def _leave(self) -> WindowState:
        """Save drafts and collect what survives a rebuild of all pages."""
        for page in self.pages.values():
            if isinstance(page, RecordPage):
                page.keep_table()
            else:
                page.keep_now()
        drafts = {
            key: draft
            for key, page in self.pages.items()
            if isinstance(page, RecordPage) and (draft := page.draft()) is not None
        }
        self.tasks.release_pages()
        current = self.current()
        table = isinstance(current, RecordPage) and current.in_table
        return WindowState(self.navigation.current(), drafts, self._chosen(), table)

    def _chosen(self) -> dict[str, Mapping[str, Any]]:
        """The selections on every page; for pages not created since the last rebuild, those saved
        then."""
        page_intents = {key: _intent(page) for key, page in self.pages.items()}
        return {**self._intents, **page_intents}

    # ----------------------------------------------------------------- closing

    def event(self, event: QEvent) -> bool:
        """Activate the window when a modal dialog closes, where no window manager does so."""
        if event.type() == QEvent.Type.WindowUnblocked:
            self.activateWindow()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save drafts and wait for running work; no question is asked."""
        self.keep_now()
        clear_own_clipboard()
        self._remember()
        self.tasks.closing.emit()
        self.tasks.finish()
        event.accept()

    def _remember(self) -> None:
        """Save the window geometry."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        prefer = self.desk.preferences.prefer
        self.tasks.later(
            lambda: prefer(GEOMETRY, geometry), lambda _none: None, lambda _error: None, self
        )

    def keep_now(self) -> None:
        """Save drafts on all pages."""
        for page in self.pages.values():
            page.keep_now()


def _intent(page: Page) -> Mapping[str, Any]:
    """The selections of a page; for a list of records also the open record, unless it has unsaved
    changes."""
    if not isinstance(page, RecordPage):
        return page.intent()
    page_intent: dict[str, Any] = page.filter.intent() if "filter" in vars(page) else {}
    if "form" in vars(page) and page.form.record and not page.form.dirty:
        page_intent["record"] = page.form.record
    return page_intent


def _take_size(percent: int) -> None:
    """Apply a text size to the application."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    set_text_size(app, percent)


def _show_in(stack: QStackedWidget, page: QWidget) -> None:
    """Show a page of the stack with updates disabled on the stack alone: QStackedWidget would
    disable and enable updates of all 2,300 widgets, but skips that if they are disabled already.
    Nothing is painted before the next turn of the event loop anyway."""
    stack.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)
    stack.setCurrentWidget(page)
    stack.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
    stack.update()
