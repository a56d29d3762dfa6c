"""What everything typed goes into, one line or several: it tells what it shows, a word that is
still being composed included."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


def take_composed() -> None:
    """Have an input method give the word it holds to the field in focus, before that is read or
    left: some pass Tab and Ctrl+S on first, and the word would come into the next field."""
    QGuiApplication.inputMethod().commit()


OWED = 40
"""Milliseconds that Tab waits for a word that is no longer composed and was not given yet: fcitx
passes the key on first, and the word would come into the next field."""


class TextLine(QLineEdit):
    """A line of text. Qt's signals leave out what an input method is still composing, so that a
    list beside the line would lag a word behind the person.

    seen: the text as it stands on the screen, whenever that changes; typed: the text that a person
    has changed; entered: the keyboard came.
    """

    seen = Signal(str)
    entered = Signal()
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._composed = ""
        self.owed = False
        """Whether a word is no longer composed and was not given yet."""
        self.textEdited.connect(self.typed)
        self.textChanged.connect(lambda _text: self.seen.emit(self.seen_text()))

    def seen_text(self) -> str:
        """The text with what is being composed at the cursor."""
        text, place = self.text(), self.cursorPosition()
        return text[:place] + self._composed + text[place:]

    def is_composing(self) -> bool:
        """Whether an input method holds a word that is not given yet."""
        return bool(self._composed)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go on by Tab, after a word that is owed."""
        if not self.owed:
            return super().focusNextPrevChild(forward)
        self.owed = False
        QTimer.singleShot(OWED, self, lambda: self.focusNextPrevChild(forward))
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard came."""
        self.entered.emit()
        super().focusInEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Tell of a word as it grows."""
        before = self.seen_text()
        self.owed = bool(self._composed) and not event.preeditString() and not event.commitString()
        self._composed = event.preeditString()
        super().inputMethodEvent(event)
        if self.seen_text() != before:
            self.seen.emit(self.seen_text())


class LongText(QPlainTextEdit):
    """Several lines; Enter is the form's, Shift+Enter begins a new line. It tells what a
    `TextLine` tells."""

    seen = Signal(str)
    entered = Signal()
    typed = Signal(str)
    owed = False

    def __init__(self) -> None:
        super().__init__()
        self._composed = ""
        self._putting = False
        self.textChanged.connect(self._tell)

    def _tell(self) -> None:
        if not self._putting:
            self.typed.emit(self.toPlainText())
        self.seen.emit(self.seen_text())

    def put(self, text: str) -> None:
        """Show another text, which nobody typed."""
        self._putting = True
        self.setPlainText(text)
        self._putting = False

    def text(self) -> str:
        """What stands here."""
        return self.toPlainText()

    def seen_text(self) -> str:
        """The text with what is being composed at the cursor."""
        text, place = self.toPlainText(), self.textCursor().position()
        return text[:place] + self._composed + text[place:]

    def is_composing(self) -> bool:
        """Whether an input method holds a word that is not given yet."""
        return bool(self._composed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard came."""
        self.entered.emit()
        super().focusInEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Tell of a word as it grows."""
        self._composed = event.preeditString()
        super().inputMethodEvent(event)
        self.seen.emit(self.seen_text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave a plain Enter to the form."""
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            event.ignore()
            return
        super().keyPressEvent(event)
