"""Navigation at the left of the window: list of pages, links, language."""

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
"""Least and most vertical padding of a page title, both sides together, in pixels."""
HEADING_HEIGHT = 1.8
"""Height of a group heading, in text heights."""

PageGroup = tuple[str, Sequence[tuple[str, str]]]
"""Heading of a group, "" for none, and its pages as (key, title)."""


class PageList(QListWidget):
    """The list of pages without scroll bar: the rows are lower in a low window."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the row height."""
        super().resizeEvent(event)
        # The application's font: the window learns of a new text size only later.
        height = QFontMetrics(QApplication.font()).height()
        items = [self.item(row) for row in range(self.count())]
        pages = [item for item in items if item.data(KEY)]
        headings = (len(items) - len(pages)) * int(height * HEADING_HEIGHT)
        per_page = (self.viewport().height() - headings) // max(len(pages), 1)
        row_height = min(max(per_page, height + LEAST_PADDING), height + MOST_PADDING)
        if pages and pages[0].sizeHint().height() != row_height:
            for item in pages:
                item.setSizeHint(QSize(0, row_height))


class Navigation(QWidget):
    """List of pages; emits turned(page key) on a change."""

    turned = Signal(str)
    language_chosen = Signal(str)
    commands_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, groups: Sequence[PageGroup]) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.titles: dict[str, str] = {}
        """The title of each page by key, in list order."""
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
        # The application's font: the window learns of a new text size only later.
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
        """Buttons for the command list and the handbook, for people who do not know the
        shortcuts."""
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
        """The key of the current page."""
        key: str = self.list.currentItem().data(KEY)
        return key

    def go_to(self, key: str) -> None:
        """Switch to a page."""
        self.list.setCurrentItem(self.items[key])

    def step(self, by: int) -> None:
        """Switch by so many pages, cyclically."""
        keys = list(self.items)
        self.go_to(keys[(keys.index(self.current()) + by) % len(keys)])
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Focus the list of pages."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mark_unsaved(self, key: str, unsaved: bool) -> None:
        """Mark a page as having unsaved changes, or not."""
        text = self.titles[key] + (UNSAVED if unsaved else "")
        if self.items[key].text() != text:
            self.items[key].setText(text)
            self.items[key].setToolTip(_("Holds unsaved text") if unsaved else "")


def _line(text: str, pages: QListWidget) -> QListWidgetItem:
    """A list item; the text is set afterwards for the same reason as in `bind`."""
    line = QListWidgetItem(pages)
    line.setText(text)
    return line
