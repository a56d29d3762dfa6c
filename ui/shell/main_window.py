"""The one window: navigation at the left, a page beside it, who and where below."""

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
    # A start uses no folder; it is looked into once the window stands.
    folder_exchange = lazy_module("ui.base.folder_exchange")

MAINTENANCE_INTERVAL, SETTLED = 20_000, 100
"""Milliseconds between two maintenances of the desk; from the turning to a page to the reading of
the status."""
FULL_SIZE, SMALL_SCREEN = (1366, 768), (1400, 800)
"""The window at first, and the screens that it fills, in pixels."""
TEXT_SIZE, GEOMETRY = "text_size", "window"
"""What is remembered of the window with the desk."""


class WindowState(NamedTuple):
    """Where the person was when the language changed."""

    key: str
    drafts: "dict[str, FormDraft]"
    intents: Mapping[str, Mapping[str, Any]]
    """{page: what was chosen on it}, for its next making."""
    table: bool = False
    """Whether the page showed its table for many records."""


class MainWindow(QMainWindow):
    """Every page of a desk; a page is made when it is first shown and then kept."""

    def __init__(self, desk: Desk, first: str = "home") -> None:
        """first: the key of the page shown at first."""
        # Before there is a window: one that is there is notified of another size only later, in
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
        """Before it is shown first: fill a screen that has no more room than the window needs, and
        never be larger than the screen, whatever size it was left in on another. One that has no
        room for its title besides would stand with its lower end out of sight."""
        room = self.screen().availableGeometry()
        small = room.width() <= SMALL_SCREEN[0] or room.height() <= SMALL_SCREEN[1]
        if not room.contains(self.geometry(), False):
            wide, high = min(self.width(), room.width()), min(self.height(), room.height())
            self.setGeometry(QRect(room.topLeft(), QSize(wide, high)))
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        if (small and not self._kept) or self.height() + title > room.height():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _begin_folder(self) -> None:
        """Use the shared folder, once one is named: most desks have none. A window that was closed
        meanwhile has no desk any more."""
        if self.folder is not None or not self.isVisible():
            return
        if not is_folder(self.desk.book.setting(EXCHANGE_FOLDER, self.desk.today(), "")):
            return
        self.folder = folder_exchange.folder_exchange_of(self.desk, self.tasks)
        self.folder.brought.connect(self._show_brought)
        self.folder.failed.connect(lambda problem: self.warn(UserError(problem)))
        self.folder.begin()

    def _show_brought(self, _turn: object) -> None:
        """Read the page shown and the status again: other machines sent something."""
        double_search_of(self.desk, self.tasks).begin()
        page = self.current()
        page.refresh()
        self.status.refresh()

    def _maintain(self) -> None:
        """Let the desk tidy up in the background, so that no save has to wait for it; and turn to
        the new day where one has begun. A window that was closed has no desk any more."""
        if not self.isVisible():
            return
        if self.bands.refresh():
            here = self.current()
            here.refresh()
            self.status.refresh()
        self.tasks.run(self.desk.maintenance.rest, lambda _none: None, lambda _error: None, self)
        erasure_watch_of(self.desk, self.tasks).look()
        double_search_of(self.desk, self.tasks).begin()
        self._begin_folder()

    # ------------------------------------------------------------------ building

    def _build(self, place: WindowState) -> None:
        title = f"BorderDesk — {self.desk.title()}"
        if self.desk.store.key is None:
            # On every screen: whoever opens the folder reads it.
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
            # Qt would show it in the next turn of the event loop, and a cell's line takes the
            # keyboard only where it is seen.
            middle.show()
        self.nav.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ahead = PagesAhead(self.stack, PAGES, self.page, self.import_ahead.done)
        here = self.current()
        if place.table and isinstance(here, RecordPage):
            here.show_grid()

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
        """The page, made now if it has not been shown yet."""
        if key not in self.pages:
            self.pages[key] = self._make(key)
            self.stack.addWidget(self.pages[key])
            self._mark_unsaved(key)
        return self.pages[key]

    def _make(self, key: str) -> Page:
        page = PAGES[key].make(self.desk, self.tasks)
        page.changed.connect(lambda: self._mark_unsaved(key))
        page.wanted.connect(self.show_page)
        # The page goes with the window it is part of; what was chosen from closes first.
        page.language_wanted.connect(self._speak_soon)
        page.size_wanted.connect(self._size_soon)
        page.rebuild_wanted.connect(
            lambda message: QTimer.singleShot(0, self, lambda: self._rebuild(message))
        )
        if intent := self._intents.pop(key, None):
            page.receive(intent)
        return page

    def show_page(self, key: str, intent: Mapping[str, Any]) -> None:
        """Go to a page and have it do something."""
        self.navigation.go_to(key)
        self.current().receive(intent)

    def show_backups(self) -> None:
        """Go to the backups of the desk."""
        self.show_page("settings", {"ledger": "backups"})

    def _turn_to(self, key: str) -> None:
        there = key in self.pages
        page = self.page(key)
        _show_in(self.stack, page)
        self.bands.refresh()
        for action in self._daily:
            # The first page has them as buttons of its own.
            action.setEnabled(key != "home")
        self._undo.follow()
        self._text.follow(page)
        if there:
            page.refresh()
        # Once the page is on the screen: the first time it brings half the core in. Counted from
        # when the window is there, which a slow machine is longer about.
        QTimer.singleShot(0, self, lambda: QTimer.singleShot(SETTLED, self, self._refresh_status))

    def _refresh_status(self) -> None:
        self.status.refresh()

    def _mark_unsaved(self, key: str) -> None:
        page = self.pages.get(key)
        if page is not None:
            self.navigation.mark_unsaved(key, page.dirty)
            if not page.dirty:
                # It was saved, closed or answered: what the status tells may be another thing now.
                self.status.refresh_soon()

    def current(self) -> Page:
        """The page shown."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def view(self) -> QWidget:
        """What paints the list of the page shown."""
        page = self.current()
        assert isinstance(page, RecordPage)
        return page.view.viewport() if page.table.lines else page.empty

    def warn(self, error: UserError) -> None:
        """Show an error that a person can correct, on the page shown."""
        page = self.current()
        if hasattr(page, "bar"):
            page.bar.warn(error)

    # ---------------------------------------------------------------- language

    def _speak_soon(self, lang: str) -> None:
        if lang != language():
            # The list that was chosen from goes with the old window; let it close first.
            QTimer.singleShot(0, self, lambda: self.speak(lang))

    def speak(self, lang: str) -> None:
        """Rebuild every page in another language; unsaved text moves along."""
        keyboard = KeyboardPlace(self.current())
        place = self._leave()
        set_language(lang)
        self.desk.store.orders.invalidate()
        self.desk.preferences.prefer(LANGUAGE, lang)
        self._build(place)
        if not keyboard.take(self.current()):
            self.language.setFocus(Qt.FocusReason.OtherFocusReason)

    def _size_soon(self, percent: int) -> None:
        QTimer.singleShot(0, self, lambda: self.set_text_size(percent))

    def set_text_size(self, percent: int) -> None:
        """Rebuild every page with larger or smaller text; unsaved text moves along."""
        keyboard = KeyboardPlace(self.current())
        place = self._leave()
        self.desk.preferences.prefer(TEXT_SIZE, percent)
        _take_size(percent)
        self._build(place)
        keyboard.take(self.current())

    def _rebuild(self, message: str) -> None:
        """Rebuild every page: the desk is another one now. Then say so."""
        keyboard = KeyboardPlace(self.current())
        self._build(self._leave())
        here = self.current()
        keyboard.take(here)
        here.bar.notify(message)

    def _leave(self) -> WindowState:
        """Keep what is typed, and where the person is, before every page is rebuilt."""
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
        here = self.current()
        table = isinstance(here, RecordPage) and here.in_table
        return WindowState(self.navigation.current(), drafts, self._chosen(), table)

    def _chosen(self) -> dict[str, Mapping[str, Any]]:
        """What is chosen on every page; on one that was not made since, what was before."""
        chosen = {key: _intent(page) for key, page in self.pages.items()}
        return {**self._intents, **chosen}

    # ----------------------------------------------------------------- closing

    def event(self, event: QEvent) -> bool:
        """Be the active window again once a dialog is closed, where nothing sees to that."""
        if event.type() == QEvent.Type.WindowUnblocked:
            self.activateWindow()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is typed and not saved, and let the work end; nothing is asked."""
        self.keep_now()
        clear_own_clipboard()
        self._remember()
        self.tasks.closing.emit()
        self.tasks.finish()
        event.accept()

    def _remember(self) -> None:
        """Keep where the window stood."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        prefer = self.desk.preferences.prefer
        self.tasks.later(
            lambda: prefer(GEOMETRY, geometry), lambda _none: None, lambda _error: None, self
        )

    def keep_now(self) -> None:
        """Keep what is typed and not saved on every page."""
        for page in self.pages.values():
            page.keep_now()


def _intent(page: Page) -> Mapping[str, Any]:
    """What is chosen on a page; on a list also which record is open, where nothing of it is
    unsaved."""
    if not isinstance(page, RecordPage):
        return page.intent()
    chosen: dict[str, Any] = page.filter.intent() if "filter" in vars(page) else {}
    if "form" in vars(page) and page.form.record and not page.form.dirty:
        chosen["record"] = page.form.record
    return chosen


def _take_size(percent: int) -> None:
    """Write everything in a size."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    set_text_size(app, percent)


def _show_in(stack: QStackedWidget, page: QWidget) -> None:
    """Show a page of the stack. Qt would forbid and permit painting to every widget of all pages
    meanwhile, 2,300 of them: it leaves that where the stack may not be painted already, and nothing
    is painted before the next turn of the event loop anyway."""
    stack.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)
    stack.setCurrentWidget(page)
    stack.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
    stack.update()
