"""Editor of a grid cell.

The line edit is open over the current cell before anything is typed: an input method composes into
the widget that has the focus at the first letter, and loses words if that is the table and the
editor opens only then.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.base.style import named
from ui.widgets.editors.completion import ENTER, Completion
from ui.widgets.editors.text_line import TextLine

_NO_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class CellLine(TextLine):
    """A line edit that is `ready` until a person types: until then keys are passed to the table,
    and the first letter replaces the cell's text."""

    completion: Completion | None = None

    def __init__(self, parent: QWidget, give_back: Callable[[QKeyEvent], None]) -> None:
        """give_back: passes a key event to the table."""
        super().__init__()
        self.setParent(parent)
        named(self, "cell")
        self.ready = True
        self.waited = False
        """Whether a key that leaves the cell was delayed for a word being composed."""
        self._give_back = give_back
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def begin(self) -> None:
        """Start editing the cell's text with the cursor at its end."""
        self._start()
        self.deselect()
        self.end(False)

    def _start(self) -> None:
        self.ready = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)

    def event(self, event: QEvent) -> bool:
        """While ready, let shortcuts through to the table; while editing, claim those of a line
        edit."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.ready:
                event.ignore()
                return True
            if event.key() in _PLAIN_KEYS or (
                event.modifiers() == Qt.KeyboardModifier.ControlModifier
                and event.key() in _CONTROL_KEYS
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Start editing at the first letter; while ready, pass other keys to the table."""
        if not self.ready:
            super().keyPressEvent(event)
            if event.key() in ENTER:
                # The delegate commits the cell and moves down; the table must not move as well.
                event.accept()
            return
        types = event.text().isprintable() and event.text() and not event.modifiers() & _NO_TEXT
        if types or event.key() == Qt.Key.Key_Backspace:
            self._start()
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_F2:
            self.begin()
        else:
            self._give_back(event)
            event.accept()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Start editing at the first letter composed."""
        if self.ready and (event.preeditString() or event.commitString()):
            self._start()
        super().inputMethodEvent(event)


_PLAIN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Delete)
_CONTROL_KEYS = (
    Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_D, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Z,
    Qt.Key.Key_Delete,
)  # fmt: skip
"""Shortcuts of the table that the line edit claims while editing."""
