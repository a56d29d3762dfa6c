"""Command list (Ctrl+K): searches actions, pages, settings and records."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from borderdesk.base.i18n import _
from borderdesk.base.text import accented, fold
from ui.base.plain_text import PlainLabel, plain_tip
from ui.base.style import colour, named
from ui.widgets.actions.all_actions import ACTIONS, keys_of
from ui.widgets.editors.text_line import TextLine

FOUND, KEYS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
DASH = " — "
"""Separator of an action's name and its description."""
_NAME = re.compile(r"^(?:\+ |.* › |[^:]*: )")
"""Prefix of the entries of pages, tabs and settings, and of entries that begin a record."""
PAUSE, FEWEST_LETTERS = 150, 2
"""Debounce of the record search in milliseconds, and the fewest letters it needs."""
WIDTH, BESIDE = 125, 40
"""Width of the list in characters; pixels around an entry's text and shortcut."""
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class PageLink(NamedTuple):
    """An entry that opens a page with an intent; action: the name of the action or setting to focus
    there, "" for none."""

    words: str
    page: str
    intent: Mapping[str, Any]
    action: str = ""


class ActionTarget:
    """An action in the data of an entry. Qt would keep the QAction itself as a pointer, and read it
    after the page and its actions are destroyed: a segmentation fault."""

    def __init__(self, action: QAction) -> None:
        self._action = action

    def trigger(self) -> None:
        """Carry it out, unless its page was rebuilt meanwhile."""
        if isValid(self._action):
            self._action.trigger()


Find = Callable[[str, Callable[[Sequence[PageLink]], None]], None]
"""Searches the records for a text and passes the entries to the callback."""


class CommandList(QDialog):
    """A dialog with a search field over actions, pages, places and records; Enter runs the current
    entry.

    page_chosen(page key); place_chosen(page, intent, action): the fields of a PageLink.
    """

    page_chosen = Signal(str)
    place_chosen = Signal(str, object, str)

    def __init__(
        self,
        pages: Mapping[str, str],
        actions: Iterable[QAction],
        places: Iterable[PageLink],
        find: Find,
        parent: QWidget,
    ) -> None:
        """find: the record search, called after the debounce; its entries come below the others."""
        super().__init__(parent)
        self._find = find
        self.setWindowTitle(_("Everything that can be done"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = TextLine()
        self.search.setPlaceholderText(_("Type a word: an action, a place, a name, a date"))
        self.search.setAccessibleName(_("Search"))
        self.list = named(QListWidget(), "commands")
        self.list.setAccessibleName(_("Everything that can be done"))
        self.list.setItemDelegate(CommandDelegate(self.list))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.hint = named(PlainLabel(), "muted")
        column.addWidget(self.hint)
        self._searched = ""
        """The text whose record search is listed, "" while none is."""
        self._taking = False
        """Whether Enter was pressed before the record search ended."""
        self._entries: list[tuple[str, QAction | str | PageLink]] = [
            *((_line(action), action) for action in actions if action.isEnabled()),
            *((_("Page: {title}").format(title=title), key) for key, title in pages.items()),
            *((place.words, place) for place in places),
        ]
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look_further)
        self.search.seen.connect(self._narrow)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(lambda _item: self.accept())
        self._narrow("")

    def open_below(self, window: QWidget) -> None:
        """Open it in the upper middle of a window."""
        room = window.rect()
        self.resize(
            min(room.width() - 80, WIDTH * self.fontMetrics().averageCharWidth()),
            room.height() * 2 // 3,
        )
        corner = room.center() - self.rect().center()
        self.move(window.mapToGlobal(corner))
        self.open()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _narrow(self, typed: str) -> None:
        words = fold(typed).split()
        self._searched, self._taking = "", False
        self.hint.clear()
        self.list.clear()
        # Without text only actions of the current page are listed: the places are many.
        fitting = [
            entry
            for entry in self._entries
            if all(word in fold(entry[0]) for word in words)
            and not _is_gone(entry[1])
            and (words or not isinstance(entry[1], PageLink))
        ]
        for text, target in sorted(fitting, key=lambda entry: _distance(typed, entry[0])):
            self._add(text, target)
        self.list.setCurrentRow(0)
        self._pause.start()

    def _add(self, text: str, target: QAction | str | PageLink) -> None:
        item = QListWidgetItem(text, self.list)
        item.setData(FOUND, ActionTarget(target) if isinstance(target, QAction) else target)
        item.setToolTip(plain_tip(text))
        if isinstance(target, QAction):
            item.setData(KEYS, keys_of(target))

    def _look_further(self) -> None:
        """Search the records for the text and append the results."""
        typed = self.search.seen_text().strip()
        if len(typed) < FEWEST_LETTERS:
            self._tell_nothing()
            return

        def show(links: Sequence[PageLink]) -> None:
            if self.search.seen_text().strip() != typed:
                return
            for link in links:
                self._add(link.words, link)
            if self.list.currentRow() < 0:
                self.list.setCurrentRow(0)
            self._searched = typed
            self._tell_nothing()
            if self._taking:
                self.accept()

        self._find(typed, show)

    def _tell_nothing(self) -> None:
        self.hint.setText("" if self.list.count() else _("Nothing is found. Try fewer words."))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move the current entry while the focus stays in the search field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in MOVES:
                self.list.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Close and run the current entry; if there is none yet, wait for the record search."""
        item = self.list.currentItem()
        if item is None:
            self._taking = self.search.seen_text().strip() != self._searched
            return
        found_command = item.data(FOUND)
        super().accept()
        if isinstance(found_command, ActionTarget):
            found_command.trigger()
        elif isinstance(found_command, str):
            self.page_chosen.emit(found_command)
        elif isinstance(found_command, PageLink):
            self.place_chosen.emit(found_command.page, found_command.intent, found_command.action)


class CommandDelegate(QStyledItemDelegate):
    """Item delegate that paints the shortcut at the right and elides the text before it."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Elide the text so that the shortcut has room."""
        super().initStyleOption(option, index)
        metrics, whole = option.fontMetrics, option.rect.width()
        room = whole - metrics.horizontalAdvance(index.data(KEYS) or "") - BESIDE
        if whole:
            option.text = metrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the text, then the shortcut."""
        super().paint(painter, option, index)
        keys = index.data(KEYS)
        if not keys:
            return
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setPen(colour("accent" if is_selected else "muted"))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -12, 0), side, keys)
        painter.restore()


def _is_gone(target: QAction | str | PageLink) -> bool:
    """Whether it is an action of a page that was rebuilt meanwhile."""
    return isinstance(target, QAction) and not isValid(target)


def _distance(typed: str, line: str) -> tuple[int, bool]:
    """Sort key of an entry for a search text: 0 its name equals the text, 1 begins with it, 2
    contains all its words, 3 only the description does; then whether it lacks the accents typed."""
    words = " ".join(fold(typed).split())
    whole = fold(line)
    name = fold(_NAME.sub("", line.partition(DASH)[0]))
    if words in (name, whole):
        distance = 0
    elif name.startswith(words) or whole.startswith(words):
        distance = 1
    else:
        distance = 2 if all(word in name for word in words.split()) else 3
    return distance, fold(typed) != accented(typed) and accented(typed) not in accented(line)


def _line(action: QAction) -> str:
    hint = _(ACTIONS[action.objectName()].hint)
    return f"{action.text()}{DASH}{hint[:1].lower()}{hint[1:]}"
