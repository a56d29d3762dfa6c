"""A text under its label, as the forms of settings have it."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.entry.grid import GridColumn
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.editors.editor import EditorContext, paint_wrong
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import options_of
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import LongText, TextLine

LONG = 3_000
"""A text that may be longer than this has several lines, where one is not usual."""
LINES = 3
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LabelledText(QWidget):
    """A text under its label, with what is wrong with it below; `typed` at every change a person
    makes, `left` when the keyboard has gone on."""

    typed = Signal(str)
    left = Signal()

    def __init__(
        self, label: str, hint: str = "", options: Mapping[str, str] | None = None
    ) -> None:
        """options: {code: label} of what can be chosen; any text without them."""
        super().__init__()
        self.words = PlainLabel(label)
        self.words.setWordWrap(True)
        self.problem = named(PlainLabel(), "problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.input = self._input(options)
        self.input.setAccessibleName(label)
        self.input.setToolTip(hint)
        self.words.setBuddy(self.input)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self.words, self.input, self.problem):
            column.addWidget(part)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def _input(self, options: Mapping[str, str] | None) -> QWidget:
        if options is None:
            line = TextLine()
            line.textChanged.connect(self.typed)
            return line
        combo = SearchCombo([ComboOption(code, label) for code, label in options.items()])
        combo.currentTextChanged.connect(self.typed)
        combo.picked.connect(self._go_on)
        return combo

    def _go_on(self) -> None:
        self.focusNextChild()

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._holds(old) and not self._holds(new):
            if isinstance(self.input, SearchCombo):
                self.input.settle()
            self.left.emit()

    def _holds(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self.input or self.input.isAncestorOf(widget))

    def in_focus(self) -> bool:
        """Whether the keyboard is here."""
        return self._holds(QApplication.focusWidget())

    def text(self) -> str:
        """What stands here."""
        if isinstance(self.input, SearchCombo):
            return self.input.code()
        assert isinstance(self.input, TextLine | LongText)
        return self.input.text().strip()

    def put(self, text: str) -> None:
        """Show another text, which nobody typed."""
        blocker = QSignalBlocker(self)
        if isinstance(self.input, SearchCombo):
            self.input.put(text, self.input.label_of(text) or text)
        elif isinstance(self.input, LongText):
            self.input.put(text)
        elif isinstance(self.input, TextLine):
            self.input.setText(text)
            self.input.setCursorPosition(0)
        blocker.unblock()

    def show_usual(self, text: str) -> None:
        """Say in the blank field what holds while nothing is typed."""
        if isinstance(self.input, SearchCombo):
            self.input.line().setPlaceholderText(text)
        elif isinstance(self.input, TextLine | LongText):
            self.input.setPlaceholderText(text)

    def show_problem(self, text: str) -> None:
        """Say what is wrong, "" for nothing."""
        self.problem.setText(f"✗ {text}" if text else "")
        self.problem.setVisible(bool(text))
        self.input.setAccessibleDescription(text)
        paint_wrong(self.input, bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next field."""
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go_on()
            return
        super().keyPressEvent(event)


class LongLabelledText(LabelledText):
    """A text of several lines, such as a list with an entry a line."""

    def _input(self, options: Mapping[str, str] | None) -> QWidget:
        text = LongText()
        text.setTabChangesFocus(True)
        text.setFixedHeight(LINES * text.fontMetrics().lineSpacing() + 18)
        text.typed.connect(self.typed)
        return text


def field_for(column: GridColumn, desk: Desk) -> LabelledText:
    """The field of a column of a ledger."""
    field = column.field
    label = column.label + ("\u00a0*" if column.required else "")
    if field.from_list:
        offered = options_of(field, EditorContext(desk, desk.today))
        return LabelledText(label, options={option.label: option.label for option in offered})
    long = getattr(field, "limit", 0) > LONG and not getattr(field, "brief", False)
    made = LongLabelledText(label) if long else LabelledText(label)
    if field.placeholder:
        made.show_usual(_(field.placeholder))
    return made
