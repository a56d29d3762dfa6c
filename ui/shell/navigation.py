"""The left side of the window: the pages, and the language below them."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.i18n import N_, _
from ui.base.style import named
from ui.widgets.actions.all_actions import keys_text, tip
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.language_chooser import language_chooser

KEY = Qt.ItemDataRole.UserRole
UNSAVED = " •"
LEAST_PADDING, MOST_PADDING = 5, 16
"""Pixels above and below the title of a page together: as many as the window has room for."""
HEADING_HEIGHT = 1.8
"""Of a heading, in heights of its text."""

PageGroup = tuple[str, Sequence[tuple[str, str]]]
"""A heading in words, "" for none, and the pages under it: (key, title)."""


class PageList(QListWidget):
    """The list of pages, all of them in sight: the lines are closer where the window is low."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the lines the room there is."""
        super().resizeEvent(event)
        # The window itself is notified of another size of text only later.
        height = QFontMetrics(QApplication.font()).height()
        items = [self.item(row) for row in range(self.count())]
        pages = [item for item in items if item.data(KEY)]
        headings = (len(items) - len(pages)) * int(height * HEADING_HEIGHT)
        room = (self.viewport().height() - headings) // max(len(pages), 1)
        high = min(max(room, height + LEAST_PADDING), height + MOST_PADDING)
        if pages and pages[0].sizeHint().height() != high:
            for item in pages:
                item.setSizeHint(QSize(0, high))


class Navigation(QWidget):
    """Pages to turn to; `turned` with the key of the page chosen."""

    turned = Signal(str)
    language_chosen = Signal(str)
    commands_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, groups: Sequence[PageGroup]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.titles: dict[str, str] = {}
        """What each page is called, by its key, in the order of the list."""
        self.items: dict[str, QListWidgetItem] = {}
        self.list = self._list(groups)
        self.language = self._language()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.addWidget(self.list, 1)
        column.addLayout(self._links())
        below = QHBoxLayout()
        below.setContentsMargins(8, 0, 8, 0)
        below.addWidget(self.language)
        column.addLayout(below)
        metrics = self.list.fontMetrics()
        widest = max(metrics.horizontalAdvance(item.text()) for item in self.items.values())
        self.setFixedWidth(widest + 64)

    def _list(self, groups: Sequence[PageGroup]) -> QListWidget:
        pages = named(PageList(), "nav")
        pages.setAccessibleName(_("Pages"))
        pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The window itself is notified of another size of text only later.
        font = QApplication.font()
        height = QFontMetrics(font).height()
        small = QFont(font)
        small.setBold(True)
        small.setPointSizeF(font.pointSizeF() * 0.85)
        for heading, entries in groups:
            if heading:
                item = _line(heading, pages)
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setFont(small)
                item.setSizeHint(QSize(0, int(height * HEADING_HEIGHT)))
            for key, title in entries:
                self.titles[key] = title
                self.items[key] = _line(title, pages)
                self.items[key].setSizeHint(QSize(0, height + MOST_PADDING))
                self.items[key].setData(KEY, key)
        pages.currentItemChanged.connect(self._turn)
        return pages

    def _links(self) -> QVBoxLayout:
        """The ways to everything and to the handbook, for whoever does not know their keys."""
        links = QVBoxLayout()
        links.setContentsMargins(8, 0, 8, 0)
        links.setSpacing(0)
        for signal, key in ((self.commands_wanted, "commands"), (self.help_wanted, "help")):
            words = N_("Find anything") if key == "commands" else N_("Help")
            link = QPushButton(f"{_(words)}   {keys_text(key)}")
            link.setProperty("flat", True)
            link.setAccessibleName(_(words))
            link.setToolTip(tip(key))
            link.clicked.connect(lambda _checked=False, signal=signal: signal.emit())
            links.addWidget(link)
        return links

    def _language(self) -> Chooser:
        chooser = language_chooser()
        chooser.setAccessibleName(_("Language"))
        chooser.setToolTip(_("Language of the window"))
        chooser.activated.connect(lambda index: self.language_chosen.emit(chooser.itemData(index)))
        return chooser

    def _turn(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.turned.emit(item.data(KEY))

    def current(self) -> str:
        """The key of the page chosen."""
        key: str = self.list.currentItem().data(KEY)
        return key

    def go_to(self, key: str) -> None:
        """Choose a page."""
        self.list.setCurrentItem(self.items[key])

    def step(self, by: int) -> None:
        """Choose the page so many places further down, and go on from the last to the first."""
        keys = list(self.items)
        self.go_to(keys[(keys.index(self.current()) + by) % len(keys)])
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Put the keyboard into the list of pages."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mark_unsaved(self, key: str, unsaved: bool) -> None:
        """Show at a page whether it holds what is not saved."""
        text = self.titles[key] + (UNSAVED if unsaved else "")
        if self.items[key].text() != text:
            self.items[key].setText(text)
            self.items[key].setToolTip(_("Holds unsaved text") if unsaved else "")


def _line(text: str, pages: QListWidget) -> QListWidgetItem:
    """A line of the navigation; its text comes after it for the reason `bind` has."""
    line = QListWidgetItem(pages)
    line.setText(text)
    return line
