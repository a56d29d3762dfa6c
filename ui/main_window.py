"""The one window: navigation at the left, a page beside it, who and where below."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QFont
from PySide6.QtWidgets import (
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

from borderdesk.desk import WORDS, Desk
from borderdesk.errors import UserError
from borderdesk.i18n import _, language, set_language
from ui.actions import bind
from ui.pages import GROUPS, PAGES, Page, page_title
from ui.record_page import RecordPage
from ui.style import named
from ui.tasks import Runner

if TYPE_CHECKING:
    from ui.draft import Draft

LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}
UNSAVED = " •"
KEY = Qt.ItemDataRole.UserRole


IDLE_MILLISECONDS = 20_000


class Place(NamedTuple):
    """Where the person was when the language changed."""

    key: str
    drafts: "dict[str, Draft]"


class MainWindow(QMainWindow):
    """Every page of a desk; a page is made when it is first shown and then kept."""

    def __init__(self, desk: Desk, first: str = "home") -> None:
        """first: the key of the page shown at first."""
        super().__init__()
        self.desk = desk
        self.tasks = Runner(desk)
        self.resize(1366, 768)
        self._build(Place(first, {}))
        idle = QTimer(self)
        idle.timeout.connect(self._rest)
        idle.start(IDLE_MILLISECONDS)

    def _rest(self) -> None:
        """Let the desk tidy up in the background, so that no save has to wait for it."""
        self.tasks.run(self.desk.rest, lambda _none: None, lambda _error: None, self)

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
        if self.desk.identity.demo:
            outer.addWidget(self._demo_band())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._side())
        row.addWidget(self.stack, 1)
        outer.addLayout(row, 1)
        self.setCentralWidget(middle)
        self._fill_status_bar()
        self._bind_keys()
        for key, draft in place.drafts.items():
            page = self.page(key)
            assert isinstance(page, RecordPage)
            page.restore(draft)
        self.nav.setCurrentItem(self.items[place.key])
        self.nav.setFocus(Qt.FocusReason.OtherFocusReason)

    def _bind_keys(self) -> None:
        for action in self.actions():
            action.deleteLater()
        bind(self, "pages", lambda: self.nav.setFocus(Qt.FocusReason.ShortcutFocusReason))
        bind(self, "page_before", lambda: self._step(-1))
        bind(self, "page_after", lambda: self._step(1))

    def _demo_band(self) -> QLabel:
        band = named(QLabel(_("INVENTED FIGURES – demonstration data, not real figures")), "demo")
        band.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return band

    def _navigation(self) -> QListWidget:
        nav = named(QListWidget(), "nav")
        nav.setAccessibleName(_("Pages"))
        nav.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        small = QFont(self.font())
        small.setBold(True)
        small.setPointSizeF(self.font().pointSizeF() * 0.85)
        for heading, keys in GROUPS:
            if heading:
                item = QListWidgetItem(_(heading), nav)
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setFont(small)
                item.setSizeHint(QSize(0, int(self.fontMetrics().height() * 1.8)))
            for key in keys:
                self.items[key] = QListWidgetItem(page_title(key), nav)
                self.items[key].setSizeHint(QSize(0, self.fontMetrics().height() + 16))
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

    def _fill_status_bar(self) -> None:
        identity = self.desk.identity
        self.setStatusBar(None)  # type: ignore[arg-type]
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        who = f"{self.desk.title()} · {_(WORDS[identity.role])} · {identity.user}"
        left = QLabel("  " + _("Not for classified information"))
        bar.addWidget(left)
        bar.addPermanentWidget(QLabel(who + "  "))

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
        return page

    def show_page(self, key: str, intent: Mapping[str, Any]) -> None:
        """Go to a page and have it do something."""
        self.nav.setCurrentItem(self.items[key])
        page = self.current()
        assert isinstance(page, Page)
        page.receive(intent)

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

    def tell(self, error: UserError) -> None:
        """Tell what a person can mend, on the page shown."""
        page = self.current()
        if hasattr(page, "bar"):
            page.bar.warn(error)

    # ---------------------------------------------------------------- language

    def _language_chosen(self, index: int) -> None:
        lang = self.language.itemData(index)
        if lang != language():
            # The list that was chosen from goes with the old window; let it close first.
            QTimer.singleShot(0, lambda: self.speak(lang))

    def speak(self, lang: str) -> None:
        """Make every page anew in another language; unsaved text moves along."""
        drafts = {
            key: draft
            for key, page in self.pages.items()
            if isinstance(page, RecordPage) and (draft := page.draft()) is not None
        }
        place = Place(self.nav.currentItem().data(KEY), drafts)
        self.tasks.finish()
        set_language(lang)
        self.desk.store.forget_ranks()
        self._build(place)
        self.language.setFocus(Qt.FocusReason.OtherFocusReason)

    # ----------------------------------------------------------------- closing

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what is typed and not saved, and let the work end; nothing is asked."""
        self.keep_now()
        self.tasks.finish()
        event.accept()

    def keep_now(self) -> None:
        """Keep what is typed and not saved on every page."""
        for page in self.pages.values():
            if isinstance(page, Page):
                page.keep_now()
