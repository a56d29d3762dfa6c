"""Text field with label and problem, used in the settings forms."""

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
"""A text field with a larger limit gets several lines, unless it is declared brief."""
LINES = 3
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LabelledText(QWidget):
    """A text field below its label, with its problem below.

    typed(text): edited; left: lost the focus.
    """

    typed = Signal(str)
    left = Signal()

    def __init__(
        self, label: str, hint: str = "", options: Mapping[str, str] | None = None
    ) -> None:
        """options: {code: label} for a choice; None for free text."""
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
        """Whether the field has the focus."""
        return self._holds(QApplication.focusWidget())

    def text(self) -> str:
        """The text, or the code of the choice."""
        if isinstance(self.input, SearchCombo):
            return self.input.code()
        assert isinstance(self.input, TextLine | LongText)
        return self.input.text().strip()

    def put(self, text: str) -> None:
        """Set the text without emitting `typed`."""
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
        """Show the default value as placeholder."""
        if isinstance(self.input, SearchCombo):
            self.input.line().setPlaceholderText(text)
        elif isinstance(self.input, TextLine | LongText):
            self.input.setPlaceholderText(text)

    def show_problem(self, text: str) -> None:
        """Show a problem, "" to remove it."""
        self.problem.setText(f"✗ {text}" if text else "")
        self.problem.setVisible(bool(text))
        self.input.setAccessibleDescription(text)
        paint_wrong(self.input, bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter moves on to the next field."""
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go_on()
            return
        super().keyPressEvent(event)


class LongLabelledText(LabelledText):
    """A field of several lines, such as a list with one entry per line."""

    def _input(self, options: Mapping[str, str] | None) -> QWidget:
        text = LongText()
        text.setTabChangesFocus(True)
        text.setFixedHeight(LINES * text.fontMetrics().lineSpacing() + 18)
        text.typed.connect(self.typed)
        return text


def field_for(column: GridColumn, desk: Desk) -> LabelledText:
    """The field of a column of a settings table."""
    field = column.field
    label = column.label + ("\u00a0*" if column.required else "")
    if field.from_list:
        offered = options_of(field, EditorContext(desk, desk.today))
        return LabelledText(label, options={option.label: option.label for option in offered})
    long = getattr(field, "limit", 0) > LONG and not getattr(field, "brief", False)
    labelled = LongLabelledText(label) if long else LabelledText(label)
    if field.placeholder:
        labelled.show_usual(_(field.placeholder))
    return labelled
