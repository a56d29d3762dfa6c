"""The one window: navigation at the left, a page beside it, who and where below."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QFont, QFontMetrics
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _, language, set_language
from borderdesk.desk import Desk
from ui.base.style import named
from ui.base.tasks import Runner
from ui.base.text_size import SIZES, set_text_size, text_size
from ui.base.translator import LANGUAGE_NAMES
from ui.records.record_page import RecordPage
from ui.shell.pages import GROUPS, PAGES, page_title
from ui.shell.status import DeskStatus
from ui.widgets.actions import actions_of, bind, key_entries
from ui.widgets.page import Page

if TYPE_CHECKING:
    from ui.widgets.draft import FormDraft

UNSAVED = " •"
KEY = Qt.ItemDataRole.UserRole


IDLE_MILLISECONDS, QUIET, SETTLED = 20_000, 2_000, 100
AHEAD = ("borderdesk.reports.blocks", "borderdesk.reports.evidence", "borderdesk.reports.deliver")
"""What the report page needs of the core."""
LANGUAGE, TEXT_SIZE, GEOMETRY = "language", "text_size", "window"
"""What is remembered of the window with the desk."""


class Place(NamedTuple):
    """Where the person was when the language changed."""

    key: str
    drafts: "dict[str, FormDraft]"
    table: bool = False
    """Whether the page showed its table for many records."""


class MainWindow(QMainWindow):
    """Every page of a desk; a page is made when it is first shown and then kept."""

    def __init__(self, desk: Desk, first: str = "home") -> None:
        """first: the key of the page shown at first."""
        # Before there is a window: one that is there hears of another size only later, in parts.
        self._take_size(desk.preferences.preferred(TEXT_SIZE, 100))
        super().__init__()
        self.desk = desk
        self.tasks = Runner(desk)
        self.resize(1366, 768)
        kept = desk.preferences.preferred(GEOMETRY)
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode()))
        self._build(Place(first, {}))
        idle = QTimer(self)
        idle.timeout.connect(self._rest)
        idle.start(IDLE_MILLISECONDS)
        QTimer.singleShot(QUIET, self, self._bring_in)

    def _bring_in(self) -> None:
        """Import ahead, off the window's thread, what would make a page slow to turn to."""
        self.tasks.run(
            lambda: [import_module(name) for name in AHEAD],
            lambda _modules: None, lambda _error: None, self,
        )  # fmt: skip

    def _rest(self) -> None:
        """Let the desk tidy up in the background, so that no save has to wait for it."""
        self.tasks.run(self.desk.maintenance.rest, lambda _none: None, lambda _error: None, self)

    # ------------------------------------------------------------------ building

    def _build(self, place: Place) -> None:
        self.setWindowTitle(f"BorderDesk — {self.desk.title()}")
        self.pages: dict[str, QWidget] = {}
        self.items: dict[str, QListWidgetItem] = {}
        self.stack = QStackedWidget()
        self.nav = self._navigation()
        middle = QWidget()
        outer = QVBoxLayout(middle)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        if self.desk.banner():
            outer.addWidget(self._band())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._side())
        row.addWidget(self.stack, 1)
        outer.addLayout(row, 1)
        self.setCentralWidget(middle)
        self.status = DeskStatus(self.desk, self.tasks)
        self.status.backups_wanted.connect(self.show_backups)
        self.setStatusBar(self.status)
        self._bind_keys()
        for key, draft in place.drafts.items():
            page = self.page(key)
            assert isinstance(page, RecordPage)
            page.restore(draft)
        self.nav.setCurrentItem(self.items[place.key])
        self.nav.setFocus(Qt.FocusReason.OtherFocusReason)
        here = self.current()
        if place.table and isinstance(here, RecordPage):
            here.show_grid()

    def _bind_keys(self) -> None:
        for action in self.actions():
            action.deleteLater()
        bind(self, "pages", lambda: self.nav.setFocus(Qt.FocusReason.ShortcutFocusReason))
        bind(self, "page_before", lambda: self._step(-1))
        bind(self, "page_after", lambda: self._step(1))
        bind(self, "commands", self.show_commands)
        bind(self, "key_card", self.save_key_card)
        bind(self, "backups", self.show_backups)
        bind(self, "help", self.show_help)
        bind(self, "larger_text", lambda: self._resize_text(1))
        bind(self, "smaller_text", lambda: self._resize_text(-1))

    def _band(self) -> QLabel:
        practice = self.desk.identity.practice
        band = named(QLabel(self.desk.banner() or ""), "practice" if practice else "demo")
        band.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return band

    def _navigation(self) -> QListWidget:
        nav = named(QListWidget(), "nav")
        nav.setAccessibleName(_("Pages"))
        nav.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The window itself hears of another size of text only later.
        font = QApplication.font()
        height = QFontMetrics(font).height()
        small = QFont(font)
        small.setBold(True)
        small.setPointSizeF(font.pointSizeF() * 0.85)
        for heading, keys in GROUPS:
            if heading:
                item = _line(_(heading), nav)
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setFont(small)
                item.setSizeHint(QSize(0, int(height * 1.8)))
            for key in keys:
                self.items[key] = _line(page_title(key), nav)
                self.items[key].setSizeHint(QSize(0, height + 16))
                self.items[key].setData(KEY, key)
        nav.currentItemChanged.connect(self._go)
        return nav

    def _side(self) -> QWidget:
        side = named(QWidget(), "side")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 8, 0, 8)
        column.addWidget(self.nav, 1)
        self.language = QComboBox()
        for code, name in LANGUAGE_NAMES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.language.setAccessibleName(_("Language"))
        self.language.setToolTip(_("Language of the window"))
        self.language.activated.connect(self._language_chosen)
        below = QHBoxLayout()
        below.setContentsMargins(8, 0, 8, 0)
        below.addWidget(self.language)
        column.addLayout(below)
        widest = max(
            self.nav.fontMetrics().horizontalAdvance(item.text()) for item in self.items.values()
        )
        side.setFixedWidth(widest + 64)
        return side

    # ------------------------------------------------------------------- pages

    def page(self, key: str) -> QWidget:
        """The page, made now if it has not been shown yet."""
        if key not in self.pages:
            self.pages[key] = self._make(key)
            self.stack.addWidget(self.pages[key])
        return self.pages[key]

    def _make(self, key: str) -> QWidget:
        page = PAGES[key].make(self.desk, self.tasks)
        if isinstance(page, Page):
            page.changed.connect(self._mark_unsaved)
            page.wanted.connect(self.show_page)
            # The page goes with the window it is part of; what was chosen from closes first.
            page.language_wanted.connect(self._speak_soon)
            page.size_wanted.connect(self._size_soon)
        return page

    def show_page(self, key: str, intent: Mapping[str, Any]) -> None:
        """Go to a page and have it do something."""
        self.nav.setCurrentItem(self.items[key])
        page = self.current()
        assert isinstance(page, Page)
        page.receive(intent)

    def show_backups(self) -> None:
        """Go to the backups of the desk."""
        self.show_page("settings", {"ledger": "backups"})

    def _step(self, by: int) -> None:
        """Go to the page so many places further down the navigation."""
        keys = list(self.items)
        key = keys[(keys.index(self.nav.currentItem().data(KEY)) + by) % len(keys)]
        self.nav.setCurrentItem(self.items[key])
        self.nav.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is None:
            return
        key = item.data(KEY)
        there = key in self.pages
        page = self.page(key)
        self.stack.setCurrentWidget(page)
        if there and isinstance(page, Page):
            page.refresh()
        # Once the page is on the screen: the first time it brings half the core in. Counted from
        # when the window is there, which a slow machine is longer about.
        QTimer.singleShot(0, self, lambda: QTimer.singleShot(SETTLED, self, self._refresh_status))

    def _refresh_status(self) -> None:
        self.status.refresh()

    def _mark_unsaved(self) -> None:
        for key, page in self.pages.items():
            if isinstance(page, Page):
                text = page_title(key) + (UNSAVED if page.dirty else "")
                if self.items[key].text() != text:
                    self.items[key].setText(text)
                    self.items[key].setToolTip(_("Holds unsaved text") if page.dirty else "")

    def current(self) -> QWidget:
        """The page shown."""
        page = self.stack.currentWidget()
        assert page is not None
        return page

    def view(self) -> QWidget:
        """What paints the list of the page shown."""
        page = self.current()
        assert isinstance(page, RecordPage)
        return page.view.viewport() if page.table.lines else page.empty

    def warn(self, error: UserError) -> None:
        """Tell what a person can mend, on the page shown."""
        page = self.current()
        if hasattr(page, "bar"):
            page.bar.warn(error)

    # ---------------------------------------------------------------- language

    def _language_chosen(self, index: int) -> None:
        self._speak_soon(self.language.itemData(index))

    def _speak_soon(self, lang: str) -> None:
        if lang != language():
            # The list that was chosen from goes with the old window; let it close first.
            QTimer.singleShot(0, self, lambda: self.speak(lang))

    def speak(self, lang: str) -> None:
        """Make every page anew in another language; unsaved text moves along."""
        place = self._leave()
        set_language(lang)
        self.desk.store.invalidate_ranks()
        self.desk.preferences.prefer(LANGUAGE, lang)
        self._build(place)
        self.language.setFocus(Qt.FocusReason.OtherFocusReason)

    def _size_soon(self, percent: int) -> None:
        QTimer.singleShot(0, self, lambda: self.set_text_size(percent))

    def set_text_size(self, percent: int) -> None:
        """Make every page anew with larger or smaller text; unsaved text moves along."""
        place = self._leave()
        self.desk.preferences.prefer(TEXT_SIZE, percent)
        self._take_size(percent)
        self._build(place)

    @staticmethod
    def _take_size(percent: int) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        set_text_size(app, percent)

    def _resize_text(self, by: int) -> None:
        place = SIZES.index(text_size()) + by
        if 0 <= place < len(SIZES):
            self._size_soon(SIZES[place])

    def show_commands(self) -> None:
        """Offer everything that can be done here, to be found by a word of its name."""
        from ui.shell.command_list import CommandList

        pages = {key: page_title(key) for key in self.items}
        here = actions_of(self.current(), shown=True) + self.actions()
        box = CommandList(pages, here, self)
        box.page_chosen.connect(lambda key: self.nav.setCurrentItem(self.items[key]))
        box.open_below(self)

    def show_help(self) -> None:
        """Open the handbook at the page shown."""
        from borderdesk.reports.handbook import topic_of
        from ui.shell.help_window import HelpWindow

        page = self.current()
        topic = page.help_topic if isinstance(page, Page) else ""
        window = HelpWindow(self.tasks, self)
        window.show_page(topic or topic_of(self.nav.currentItem().data(KEY)))
        window.finished.connect(self.activateWindow)
        window.show()
        window.activateWindow()

    def save_key_card(self) -> None:
        """Save the keys of every action as a PDF to print."""
        from ui.widgets.files import ask_where

        ask_where(self, f"{_('Keys of BorderDesk')}.pdf", ".pdf", self._write_key_card)

    def _write_key_card(self, target: Path) -> None:
        from borderdesk.reports.key_card import write_key_card

        entries, lang = key_entries(), language()

        def done(_none: None) -> None:
            self._notify(_("Saved as {file}").format(file=target))

        def failed(error: Exception) -> None:
            if not isinstance(error, UserError):
                raise error
            self.warn(error)

        self.tasks.later(lambda: write_key_card(entries, target, lang), done, failed, self)

    def _notify(self, text: str) -> None:
        page = self.current()
        if isinstance(page, Page):
            page.bar.notify(text)

    def _leave(self) -> Place:
        """Keep what is typed, and where the person is, before every page is made anew."""
        for page in self.pages.values():
            if isinstance(page, RecordPage):
                page.keep_table()
            elif isinstance(page, Page):
                page.keep_now()
        drafts = {
            key: draft
            for key, page in self.pages.items()
            if isinstance(page, RecordPage) and (draft := page.draft()) is not None
        }
        self.tasks.finish()
        here = self.current()
        table = isinstance(here, RecordPage) and here.in_table
        return Place(self.nav.currentItem().data(KEY), drafts, table)

    # ----------------------------------------------------------------- closing

    def event(self, event: QEvent) -> bool:
        """Be the active window again once a dialog is closed, where nothing sees to that."""
        if event.type() == QEvent.Type.WindowUnblocked:
            self.activateWindow()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is typed and not saved, and let the work end; nothing is asked."""
        self.keep_now()
        self._remember()
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
            if isinstance(page, Page):
                page.keep_now()


def _line(text: str, nav: QListWidget) -> QListWidgetItem:
    """A line of the navigation; its text comes after it for the reason `bind` has."""
    line = QListWidgetItem(nav)
    line.setText(text)
    return line
