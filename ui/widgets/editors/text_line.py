"""The text fields, of one line or several: they report the text on the screen, a word that is still
being composed included."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget


def take_composed() -> None:
    """Make an input method commit its pending word to the field in focus, before that is read or
    left: some pass Tab and Ctrl+S on first, and the word would come into the next field."""
    QGuiApplication.inputMethod().commit()


OWED = 40
"""Milliseconds that Tab and Enter wait for a word that is still composed, or is no longer and was
not given yet: fcitx passes the key on first, digits are a word to it too, and the word would come
into the next field."""
LEAVING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter)


def is_spare_undo(event: QEvent, *, done: bool, undone: bool) -> bool:
    """Whether Ctrl+Z means nothing to a field, in which nothing was typed: it is the window's then,
    which takes back what was done last. Qt's fields would keep it and do nothing.

    done, undone: whether something typed can be taken back, or was.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.matches(QKeySequence.StandardKey.Undo) and not (done or undone)


class LeavingKey:
    """Holds a key that leaves a field back, once, while the field waits for a word."""

    def __init__(self, field: QWidget) -> None:
        self._field = field
        self._held = False

    def holds_back(self, event: QEvent, *, composing: bool, owed: bool) -> bool:
        """Whether the key comes again later, and is nobody's now."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in LEAVING:
            return False
        if self._held or not (composing or owed):
            again, self._held = self._held, False
            if again and composing:
                take_composed()
            return False
        self._held = True
        later = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        QTimer.singleShot(OWED, self._field, lambda: self._press(later))
        return True

    def _press(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and focus in (self._field, self._field.focusProxy()):
            QApplication.sendEvent(self._field, event)
        self._held = False


class TextLine(QLineEdit):
    """A line of text. Qt's signals leave out what an input method is still composing, so that a
    list beside the line would lag a word behind the person.

    seen: the text as it stands on the screen, whenever that changes; typed: the text that a person
    has changed; entered: the keyboard came.
    """

    seen = Signal(str)
    entered = Signal()
    typed = Signal(str)

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._composed = ""
        self.owed = False
        """Whether a word is no longer composed and was not given yet."""
        self._leaving = LeavingKey(self)
        self.textEdited.connect(self.typed)
        self.textChanged.connect(lambda _text: self.seen.emit(self.seen_text()))

    def seen_text(self) -> str:
        """The text with what is being composed at the cursor."""
        text, place = self.text(), self.cursorPosition()
        return text[:place] + self._composed + text[place:]

    def is_composing(self) -> bool:
        """Whether an input method holds a word that is not given yet."""
        return bool(self._composed)

    def event(self, event: QEvent) -> bool:
        """Let a key that leaves the line wait for the word being composed."""
        if not isinstance(event, QKeyEvent):
            return super().event(event)
        if is_spare_undo(event, done=self.isUndoAvailable(), undone=self.isRedoAvailable()):
            return False
        if self._leaving.holds_back(event, composing=self.is_composing(), owed=self.owed):
            self.owed = False
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Report that the keyboard came."""
        self.entered.emit()
        super().focusInEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Report a word as it grows."""
        before = self.seen_text()
        self.owed = bool(self._composed) and not event.preeditString() and not event.commitString()
        self._composed = event.preeditString()
        super().inputMethodEvent(event)
        if self.seen_text() != before:
            self.seen.emit(self.seen_text())


class LongText(QPlainTextEdit):
    """Several lines; Enter is the form's, Shift+Enter begins a new line. It emits the signals of a
    `TextLine`."""

    seen = Signal(str)
    entered = Signal()
    typed = Signal(str)
    owed = False

    def __init__(self) -> None:
        super().__init__()
        self._composed = ""
        self._leaving = LeavingKey(self)
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

    def event(self, event: QEvent) -> bool:
        """Let a key that leaves the text wait for the word being composed."""
        if not isinstance(event, QKeyEvent):
            return super().event(event)
        written = self.document()
        if is_spare_undo(event, done=written.isUndoAvailable(), undone=written.isRedoAvailable()):
            return False
        if self._leaving.holds_back(event, composing=self.is_composing(), owed=self.owed):
            self.owed = False
            return True
        return super().event(event)

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
        """Report that the keyboard came."""
        self.entered.emit()
        super().focusInEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Report a word as it grows."""
        self.owed = bool(self._composed) and not event.preeditString() and not event.commitString()
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
