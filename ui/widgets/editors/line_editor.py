"""Editors of free text: one line, or several."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from borderdesk.base.i18n import _
from borderdesk.schema import kinds
from borderdesk.schema.kinds import ColumnField
from ui.widgets.editors.completion import Completion
from ui.widgets.editors.editor import Editor, EditorContext, Raw
from ui.widgets.editors.offers import ComboOption, ranked
from ui.widgets.editors.text_line import LongText, TextLine


class RememberedTexts(Editor):
    """A text editor that offers texts used before."""

    completion: Completion | None = None
    """Created when the field first gets the focus."""
    before: tuple[str, ...] = ()
    """The texts used before, in the order they are offered."""

    def __init__(self, text: TextLine | LongText, *, offers: bool) -> None:
        """offers: whether texts used before are offered."""
        super().__init__(text)
        self._text = text
        if offers:
            text.entered.connect(self._enter)

    def find(self, text: str) -> list[ComboOption]:
        """The texts used before that fit the text."""
        matches = ranked(text, [ComboOption(option, option) for option in self.before])
        # The only match is the text itself: nothing to complete.
        return [] if [option.label for option in matches] == [text] else matches

    def prefer(self, codes: Sequence[str]) -> None:
        self.before = tuple(codes)

    def _enter(self) -> None:
        """The field got the focus: create the completion list."""
        if self.completion is None:
            self.completion = Completion(self._text, self.find, free=True)
            self.completion.taken.connect(lambda option: self.put(option.code))
            self.completion.done.connect(self.done)


class LineEditor(RememberedTexts):
    """One line of text: names, numbers, dates, markers."""

    def __init__(self, field: ColumnField, _ground: EditorContext) -> None:
        self.line = TextLine()
        super().__init__(self.line, offers=field.remembered)
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

    def write_out(self, raw: Raw) -> None:
        if raw != self.raw():
            self.line.write_over(raw)


class LongEditor(RememberedTexts):
    """Several lines of text; Tab and Enter leave it."""

    USUAL, MOST = 2, 8

    def __init__(self, field: ColumnField, _ground: EditorContext) -> None:
        self.text = LongText()
        self._least = 1 if field.brief else self.USUAL
        self.text.setToolTip(_("Shift+Enter begins a new line"))
        super().__init__(self.text, offers=field.remembered)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(3)
        self.text.textChanged.connect(self._changed)
        self._fit()

    def _changed(self) -> None:
        self._fit()
        self.edited.emit()

    def _fit(self) -> None:
        # The document of a QPlainTextEdit measures its height in lines, wrapped lines included.
        lines = int(self.text.document().size().height())
        lines = min(max(lines, self._least), self.MOST)
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + 18)

    def raw(self) -> str:
        return self.text.toPlainText()

    def put(self, raw: Raw) -> None:
        self.text.put(raw)


def text_editor(field: kinds.TextField, ground: EditorContext) -> Editor:
    """An editor for one line, or several if the field is declared so."""
    return LongEditor(field, ground) if field.lines else LineEditor(field, ground)
