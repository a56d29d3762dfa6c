"""Where the keyboard stands on a page, to be put there again once the page was made anew."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from ui.widgets.editors.text_line import take_composed
from ui.widgets.pages.page import Page


class KeyboardPlace:
    """The way from a page down to the widget with the keyboard, and the place in its text."""

    def __init__(self, page: QWidget) -> None:
        """page: the one shown; nothing is kept where the keyboard is elsewhere."""
        take_composed()
        widget = QApplication.focusWidget()
        inside = widget is not None and page.isAncestorOf(widget)
        self._way = [*_way(page, widget)] if widget is not None and inside else []
        self._at = _cursor(widget)

    def take(self, page: QWidget) -> bool:
        """Put the keyboard to the same place of a page that was made anew; False where there is
        none, or nobody can type there."""
        if not self._way:
            return False
        if isinstance(page, Page):
            page.prepare_whole()
        widget: QWidget = page
        for kind, number in self._way:
            same = [child for child in _widgets(widget) if type(child).__name__ == kind]
            if number >= len(same):
                return False
            widget = same[number]
        if not widget.isVisibleTo(page) or not widget.isEnabled():
            return False
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        _put_cursor(widget, self._at)
        return True


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
