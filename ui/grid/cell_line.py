"""The line in a cell of a table.

It stands ready over the current cell before anything is typed: an input method composes into
whatever has the keyboard at the first letter, and loses words where that is the table itself and a
line opens only then.
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
    """A line that is `ready` until somebody types: till then its keys are the table's, and the
    first letter replaces what the cell holds."""

    completion: Completion | None = None

    def __init__(self, parent: QWidget, give_back: Callable[[QKeyEvent], None]) -> None:
        """give_back: has the table handle a key."""
        super().__init__()
        self.setParent(parent)
        named(self, "cell")
        self.ready = True
        self.waited = False
        """Whether a key that leaves the cell has waited for the word being composed."""
        self._give_back = give_back
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def begin(self) -> None:
        """Let the person change what the cell holds, the cursor behind it."""
        self._start()
        self.deselect()
        self.end(False)

    def _start(self) -> None:
        self.ready = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)

    def event(self, event: QEvent) -> bool:
        """While it is ready the table's shortcuts work; once something is typed, the line's."""
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
        """Begin at the first letter; give the keys that move to the table."""
        if not self.ready:
            super().keyPressEvent(event)
            if event.key() in ENTER:
                # The delegate writes the cell and steps down; the table must not step too.
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
        """Begin at the first letter that is composed."""
        if self.ready and (event.preeditString() or event.commitString()):
            self._start()
        super().inputMethodEvent(event)


_PLAIN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Delete)
_CONTROL_KEYS = (
    Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_D, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Z,
    Qt.Key.Key_Delete,
)  # fmt: skip
"""Keys of the table that are the line's own while it is typed in."""
