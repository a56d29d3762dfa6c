"""Editors of one line of text, and of several."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from borderdesk.base.i18n import _
from borderdesk.schema import kinds
from borderdesk.schema.kinds import ColumnField
from ui.widgets.editor import Editor, EditorContext, Raw


class LineEditor(Editor):
    """One line of text: names, numbers, dates, markers."""

    def __init__(self, field: ColumnField, _ground: EditorContext) -> None:
        self.line = QLineEdit()
        super().__init__(self.line)
        if field.numeric:
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if field.placeholder:
            self.line.setPlaceholderText(_(field.placeholder))
        self.line.setMinimumWidth(48)
        self.line.textChanged.connect(self.edited)

    def raw(self) -> str:
        return self.line.text()

    def put(self, raw: Raw) -> None:
        self.line.setText(raw)
        self.line.setCursorPosition(0)


class LongText(QPlainTextEdit):
    """Several lines; Enter is the form's, Shift+Enter begins a new line."""

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


class LongEditor(Editor):
    """Several lines of text; Tab and Enter leave it."""

    USUAL, MOST = 2, 8

    def __init__(self, field: ColumnField, _ground: EditorContext) -> None:
        self.text = LongText()
        self._least = 1 if field.brief else self.USUAL
        self.text.setToolTip(_("Shift+Enter begins a new line"))
        super().__init__(self.text)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(3)
        self.text.textChanged.connect(self._changed)
        self._fit()

    def _changed(self) -> None:
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        # A plain text's document is measured in lines, wrapped ones too.
        lines = int(self.text.document().size().height())
        lines = min(max(lines, self._least), self.MOST)
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + 18)

    def raw(self) -> str:
        return self.text.toPlainText()

    def put(self, raw: Raw) -> None:
        self.text.setPlainText(raw)


def text_editor(field: kinds.TextField, ground: EditorContext) -> Editor:
    """One line, or several where the field is declared so."""
    return LongEditor(field, ground) if field.lines else LineEditor(field, ground)
