"""Where the keyboard stands on a page, to be put there again once the page was made anew."""

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

from ui.grid.cell_line import CellLine
from ui.widgets.editors.text_line import take_composed
from ui.widgets.pages.page import Page


class KeyboardPlace:
    """The way from a page down to the widget with the keyboard, and the place in it."""

    def __init__(self, page: QWidget) -> None:
        """page: the one shown; nothing is kept where the keyboard is elsewhere."""
        take_composed()
        widget = QApplication.focusWidget()
        inside = widget is not None and page.isAncestorOf(widget)
        table = _table_of(widget) if inside else None
        self._cell: tuple[int, int] | None = None
        if table is not None:
            # A cell's line is made anew by its table.
            self._cell = table.currentIndex().row(), table.currentIndex().column()
        kept = table or widget
        self._way = [*_way(page, kept)] if kept is not None and inside else []
        self._typing = isinstance(widget, CellLine) and not widget.ready
        self._at = _cursor(widget)

    def take(self, page: Page) -> bool:
        """Put the keyboard to the same place of a page that was made anew; False where there is
        none yet, or nobody can type there. It is put there once the page is filled, then."""
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
    """The table that a widget is, or is the line of a cell of."""
    while widget is not None and not isinstance(widget, QAbstractItemView):
        widget = widget.parentWidget()
    return widget


def _reached(page: QWidget, way: Sequence[tuple[str, int]]) -> QWidget | None:
    """The widget at the end of a way; None where the page has none there."""
    widget = page
    for kind, number in way:
        if isinstance(widget, QStackedWidget):
            # What else was shown in it is not made again yet.
            widget = widget.currentWidget() or widget
            continue
        same = [child for child in _widgets(widget) if type(child).__name__ == kind]
        if number >= len(same):
            return None
        widget = same[number]
    return widget


def _is_shown(page: QWidget, widget: QWidget) -> bool:
    """Whether it is to be seen on the page, by now: what a layout took in while the page was shown
    Qt shows in the next turn of the event loop."""
    above: QWidget | None = widget
    while above is not None and above is not page:
        QCoreApplication.sendPostedEvents(above, int(QEvent.Type.MetaCall.value))
        above = above.parentWidget()
    return widget.isVisibleTo(page)


def _way(page: QWidget, widget: QWidget) -> Iterator[tuple[str, int]]:
    """From the page to a widget in it: (kind, number among the children of that kind) each."""
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
    """The place of the cursor in the text of a widget, -1 where it has none."""
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
