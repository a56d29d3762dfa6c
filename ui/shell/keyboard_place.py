"""Records the focused widget of a page, to restore the focus after the page is rebuilt."""

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QWidget,
)

from ui.base.composing import take_composed
from ui.grid.cell_line import CellLine
from ui.widgets.pages.page import Page


class KeyboardPlace:
    """Path from a page to its focused widget, and the cursor or cell in it."""

    def __init__(self, page: QWidget) -> None:
        """page: the current page; nothing is recorded if the focus is elsewhere."""
        take_composed()
        widget = QApplication.focusWidget()
        inside = widget is not None and page.isAncestorOf(widget)
        table = _table_of(widget) if inside else None
        self._cell: tuple[int, int] | None = None
        if table is not None:
            # The table recreates the line edit of a cell, so the cell is recorded.
            self._cell = table.currentIndex().row(), table.currentIndex().column()
        target = table or widget
        self._way = [*_way(page, target)] if target is not None and inside else []
        self._typing = isinstance(widget, CellLine) and not widget.ready
        self._at = _cursor(widget)

    def take(self, page: Page) -> bool:
        """Focus the same widget of the rebuilt page. False if it does not exist yet or is disabled;
        then once more when the page is filled."""
        if not self._way:
            return False
        page.prepare_whole()
        if self._put(page):
            return True
        once = Qt.ConnectionType.SingleShotConnection
        page.filled.connect(partial(self._put_late, page), once)
        return False

    def _put_late(self, page: Page) -> None:
        focus = QApplication.focusWidget()
        if page.isVisible() and not (focus is not None and page.isAncestorOf(focus)):
            self._put(page)

    def _put(self, page: Page) -> bool:
        widget = _reached(page, self._way)
        if widget is None or not _is_shown(page, widget) or not widget.isEnabled():
            return False
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(widget, QAbstractItemView):
            self._take_cell(widget)
        else:
            _put_cursor(widget, self._at)
        return True

    def _take_cell(self, table: QAbstractItemView) -> None:
        index = table.model().index(*self._cell) if self._cell is not None else QModelIndex()
        if index.isValid():
            table.setCurrentIndex(index)
        line = table.indexWidget(table.currentIndex())
        if self._typing and isinstance(line, CellLine):
            line.begin()
            line.setCursorPosition(self._at)


def _table_of(widget: QWidget | None) -> QAbstractItemView | None:
    """The table that a widget is or is a cell editor of; None for others."""
    while widget is not None and not isinstance(widget, QAbstractItemView):
        widget = widget.parentWidget()
    return widget


def _reached(page: QWidget, path: Sequence[tuple[str, int]]) -> QWidget | None:
    """The widget at the end of a path; None if the page has none there."""
    widget = page
    for kind, number in path:
        if isinstance(widget, QStackedWidget):
            # The other pages of the stack are not rebuilt yet.
            widget = widget.currentWidget() or widget
            continue
        same = [child for child in _widgets(widget) if type(child).__name__ == kind]
        if number >= len(same):
            return None
        widget = same[number]
    return widget


def _is_shown(page: QWidget, widget: QWidget) -> bool:
    """Whether a widget is visible on the page; first runs pending show requests, as Qt shows what a
    visible layout took in only in the next turn of the event loop."""
    ancestor: QWidget | None = widget
    while ancestor is not None and ancestor is not page:
        QCoreApplication.sendPostedEvents(ancestor, int(QEvent.Type.MetaCall.value))
        ancestor = ancestor.parentWidget()
    return widget.isVisibleTo(page)


def _way(page: QWidget, widget: QWidget) -> Iterator[tuple[str, int]]:
    """The path from the page to a widget: (class name, index among siblings of that class) for each
    level."""
    parent = widget.parentWidget()
    if widget is page or parent is None:
        return
    yield from _way(page, parent)
    kind = type(widget).__name__
    same = [child for child in _widgets(parent) if type(child).__name__ == kind]
    yield kind, same.index(widget)


def _widgets(parent: QObject) -> list[QWidget]:
    return [child for child in parent.children() if isinstance(child, QWidget)]


def _cursor(widget: QWidget | None) -> int:
    """The cursor position in the text of a widget, -1 without text."""
    line = widget.lineEdit() if isinstance(widget, QComboBox) else widget
    if isinstance(line, QLineEdit):
        return line.cursorPosition()
    return widget.textCursor().position() if isinstance(widget, QPlainTextEdit) else -1


def _put_cursor(widget: QWidget, at: int) -> None:
    line = widget.lineEdit() if isinstance(widget, QComboBox) else widget
    if isinstance(line, QLineEdit):
        line.setCursorPosition(at)
    elif isinstance(widget, QPlainTextEdit):
        cursor = widget.textCursor()
        cursor.setPosition(min(at, len(widget.toPlainText())), QTextCursor.MoveMode.MoveAnchor)
        widget.setTextCursor(cursor)
