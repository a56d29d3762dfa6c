"""Text fields of one or several lines that report the text on the screen, including a word that an
input method is still composing."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from ui.base.composing import take_composed
from ui.base.neighbours import focus_proxy
from ui.widgets.choosers.file_drop import dropped_paths

OWED = 40
"""Milliseconds that Tab and Enter wait for a word that is being composed, or whose composition
ended without a commit so far: fcitx passes the key on before the word (digits too), which would
then go to the next field."""
LEAVING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter)


def is_spare_undo(event: QEvent, *, can_undo: bool, can_redo: bool) -> bool:
    """Whether Ctrl+Z has no effect in a field, so that the window's undo shall handle it; Qt's text
    fields would swallow it.

    can_undo, can_redo: whether the field can undo, and redo.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.matches(QKeySequence.StandardKey.Undo) and not (can_undo or can_redo)


def is_spare_end(event: QEvent) -> bool:
    """Whether it is Ctrl+E, by which Qt's lines go to the end where no known desktop manages the
    windows of X: on every other one it is the window's, which writes a list as a workbook."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier


class LeavingKey:
    """Delays a key that leaves a field, once, until the input method has committed its word."""

    def __init__(self, field: QWidget) -> None:
        self._field = field
        self._held = False

    def holds_back(self, event: QEvent, *, composing: bool, owed: bool) -> bool:
        """Whether the key is swallowed now and sent again later."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() not in LEAVING:
            return False
        if self._held or not (composing or owed):
            repeated, self._held = self._held, False
            if repeated and composing:
                take_composed()
            return False
        self._held = True
        later = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        QTimer.singleShot(OWED, self._field, lambda: self._press(later))
        return True

    def _press(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and focus in (self._field, focus_proxy(self._field)):
            QApplication.sendEvent(self._field, event)
        self._held = False


class FilelessLine(QLineEdit):
    """A line edit that lets files dropped on it fall to the page or the window around it; Qt would
    write their addresses into the text."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Refuse files; text may be dropped."""
        if dropped_paths(event):
            event.ignore()
        else:
            super().dragEnterEvent(event)


class FilelessText(QPlainTextEdit):
    """A text field of several lines that takes dropped files as little as `FilelessLine`."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Refuse files; text may be dropped."""
        if dropped_paths(event):
            event.ignore()
        else:
            super().dragEnterEvent(event)


class TextLine(FilelessLine):
    """A line edit; Qt's signals ignore what an input method is composing, so completion would lag
    one word behind.

    seen(text): the text on the screen changed, preedit included; typed(text): edited by a person;
    entered: got the focus.
    """

    seen = Signal(str)
    entered = Signal()
    typed = Signal(str)

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._composed = ""
        self.owed = False
        """Whether a composition ended without a commit so far."""
        self._leaving = LeavingKey(self)
        self._writing = False
        self.textEdited.connect(self._tell_typed)
        self.textChanged.connect(lambda _text: self.seen.emit(self.seen_text()))

    def _tell_typed(self, text: str) -> None:
        if not self._writing:
            self.typed.emit(text)

    def write_over(self, text: str) -> None:
        """Show another text, which nobody typed; Ctrl+Z takes it back, and then what was typed.
        After `setText` nothing can be taken back."""
        self._writing = True
        self.selectAll()
        self.insert(text)
        self._writing = False
        self.setCursorPosition(0)

    def seen_text(self) -> str:
        """The text with the preedit at the cursor."""
        text, place = self.text(), self.cursorPosition()
        return text[:place] + self._composed + text[place:]

    def is_composing(self) -> bool:
        """Whether an input method holds a preedit."""
        return bool(self._composed)

    def event(self, event: QEvent) -> bool:
        """Delay keys that leave the line while a word is composed; pass on Ctrl+Z if there is
        nothing to undo."""
        if not isinstance(event, QKeyEvent):
            return super().event(event)
        can_undo, can_redo = self.isUndoAvailable(), self.isRedoAvailable()
        if is_spare_undo(event, can_undo=can_undo, can_redo=can_redo) or is_spare_end(event):
            return False
        if self._leaving.holds_back(event, composing=self.is_composing(), owed=self.owed):
            self.owed = False
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Emit `entered`."""
        self.entered.emit()
        super().focusInEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Emit `seen` when the preedit changes."""
        before = self.seen_text()
        self.owed = bool(self._composed) and not event.preeditString() and not event.commitString()
        self._composed = event.preeditString()
        super().inputMethodEvent(event)
        if self.seen_text() != before:
            self.seen.emit(self.seen_text())


class LongText(FilelessText):
    """A text field of several lines with the signals of `TextLine`; Enter goes to the form,
    Shift+Enter inserts a line break."""

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
        """Set the text without emitting `typed`."""
        self._putting = True
        self.setPlainText(text)
        self._putting = False

    def event(self, event: QEvent) -> bool:
        """Delay keys that leave the field while a word is composed; pass on Ctrl+Z if there is
        nothing to undo."""
        if not isinstance(event, QKeyEvent):
            return super().event(event)
        document = self.document()
        if is_spare_undo(
            event, can_undo=document.isUndoAvailable(), can_redo=document.isRedoAvailable()
        ):
            return False
        if self._leaving.holds_back(event, composing=self.is_composing(), owed=self.owed):
            self.owed = False
            return True
        return super().event(event)

    def text(self) -> str:
        """The text, as QLineEdit names it."""
        return self.toPlainText()

    def seen_text(self) -> str:
        """The text with the preedit at the cursor."""
        text, place = self.toPlainText(), self.textCursor().position()
        return text[:place] + self._composed + text[place:]

    def is_composing(self) -> bool:
        """Whether an input method holds a preedit."""
        return bool(self._composed)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Emit `entered`."""
        self.entered.emit()
        super().focusInEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Emit `seen` when the preedit changes."""
        self.owed = bool(self._composed) and not event.preeditString() and not event.commitString()
        self._composed = event.preeditString()
        super().inputMethodEvent(event)
        self.seen.emit(self.seen_text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave plain Enter to the form."""
        is_unmodified = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_unmodified:
            event.ignore()
            return
        super().keyPressEvent(event)
