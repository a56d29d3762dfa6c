"""Form of the desk's settings: values under headings, each with the date it applies from."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QPushButton, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.schema.settings import SETTINGS, SettingRule, entries
from ui.base.plain_text import PlainLabel
from ui.base.rights import forbid
from ui.base.style import named
from ui.grid.grid_model import GridModel
from ui.settings.labelled_text import LabelledText, LongLabelledText
from ui.settings.ledger_form import LedgerForm
from ui.widgets.layout.scrolled import scrolled_column

KEY, FROM, VALUE = COLUMNS = ("key", "valid_from", "value")
DAY_DIGITS, NARROW = 16, 72
"""In digits: width of a date; width of the form below which dates stand below values."""
WAYS = QBoxLayout.Direction
SHORT = 24
"""A hint up to this length is also the placeholder of the empty field."""


class SettingValue(QWidget):
    """A value of a setting and the date it applies from."""

    def __init__(self, cells: GridModel, rule: SettingRule, row: int) -> None:
        """row: its row in the table; -1 if it has none yet."""
        super().__init__()
        self._cells = cells
        self._rule = rule
        self.row = row
        self._judged = False
        label, hint = _(rule.label), _(rule.hint)
        self.value = self._value_field(label, hint)
        self.day = LabelledText(_("From"), _("A value holds from its day on; without one, always."))
        self.day.show_usual(_("always"))
        self.day.input.setAccessibleName(f"{label}: {_('From')}")
        self.day.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * DAY_DIGITS)
        self._line = QBoxLayout(WAYS.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        self._line.addWidget(self.value, 1)
        self._line.addWidget(self.day)
        if rule.lines:
            self._line.setAlignment(self.day, Qt.AlignmentFlag.AlignTop)
        self.put()
        if cells.refusal:
            forbid(self, cells.refusal)
        for field in (self.value, self.day):
            field.typed.connect(lambda _text: self._write())
            field.left.connect(self._left)

    def _value_field(self, label: str, hint: str) -> LabelledText:
        rule = self._rule
        if rule.choices:
            choices = {code: _(words) for code, words in rule.choices.items()}
            choice = LabelledText(label, hint, choices)
            choice.show_usual(choices.get(rule.initial, ""))
            return choice
        labelled = LongLabelledText(label, hint) if rule.lines else LabelledText(label, hint)
        labelled.show_usual(rule.initial or (hint if len(hint) <= SHORT else ""))
        return labelled

    def stand(self, direction: QBoxLayout.Direction) -> None:
        """Lay out value and date beside or below each other."""
        self._line.setDirection(direction)

    def put(self) -> None:
        """Load the row, unless a field is being edited."""
        stored = self._cells.rows[self.row] if self.row >= 0 else {}
        value = stored.get(VALUE, "")
        value = "\n".join(entries(value)) if self._rule.lines else value
        for field, text in ((self.value, value), (self.day, stored.get(FROM, ""))):
            if not field.in_focus() and field.text() != text:
                field.put(text)

    def _typed_value(self) -> str:
        text = self.value.text()
        return "; ".join(entries(text)) if self._rule.lines else text

    def _write(self) -> None:
        """Write value and date to the row; an empty value clears the row."""
        value, day = self._typed_value(), self.day.text()
        if self.row < 0:
            if not value:
                return
            self.row = max(self._cells.filled(), default=-1) + 1
        texts = {KEY: _(self._rule.label), VALUE: value, FROM: day}
        contents = texts if value else dict.fromkeys(texts, "")
        self._cells.write({(self.row, key): text for key, text in contents.items()})

    def _left(self) -> None:
        self._judged = True
        self.put()
        self.show_problems()

    def judge(self) -> None:
        """Show problems even if the fields were not left yet."""
        self._judged = True
        self.show_problems()

    def show_problems(self) -> None:
        """Show the problems, once a field was left."""
        judged = self._judged and self.row >= 0
        wrong = {key: self._cells.problem(self.row, key) if judged else "" for key in COLUMNS}
        self.value.show_problem(wrong[VALUE] or wrong[KEY])
        self.day.show_problem(wrong[FROM])


def _typed_in(setting: SettingValue) -> bool:
    return setting.value.in_focus() or setting.day.in_focus()


class SettingsForm(LedgerForm):
    """All settings with their values; a setting without value has an empty field."""

    def __init__(self, cells: GridModel) -> None:
        super().__init__(cells)
        self._column = scrolled_column(self)
        self._column.addStretch(1)
        self._inside = QWidget()
        self.values: dict[str, list[SettingValue]] = {}
        self._boxes: dict[str, QWidget] = {}
        self._headings: Mapping[str, PlainLabel] = {}
        self._lines: list[QBoxLayout] = []
        cells.modelReset.connect(self._reset)
        cells.messages_changed.connect(self._show_problems)

    def _reset(self) -> None:
        """Rebuild the form from the table; the focus stays on its setting."""
        focused_key = next(
            (
                key
                for key, setting_values in self.values.items()
                if any(map(_typed_in, setting_values))
            ),
            "",
        )
        old, self._inside = self._inside, QWidget()
        self._column.removeWidget(old)
        # Until its deferred deletion it would be painted below the new one.
        old.hide()
        old.deleteLater()
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 12, 8)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        headings = dict.fromkeys(rule.heading for rule in SETTINGS.values())
        self._headings = {heading: named(PlainLabel(_(heading)), "heading") for heading in headings}
        self.values, self._boxes, self._lines = {}, {}, []
        for heading, label in self._headings.items():
            grid.addWidget(label, grid.rowCount(), 0)
            for key, rule in SETTINGS.items():
                if rule.heading == heading:
                    self._add_setting(grid, key, rule)
        self._column.insertWidget(0, self._inside)
        if focused_key:
            self.values[focused_key][0].value.input.setFocus()

    def _add_setting(self, grid: QGridLayout, key: str, rule: SettingRule) -> None:
        label = _(rule.label)
        rows = [row for row in self.cells.filled() if self.cells.rows[row].get(KEY) == label]
        self.values[key] = []
        box = self._boxes[key] = QWidget()
        inside = QGridLayout(box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setColumnStretch(0, 1)
        for row in rows or [-1]:
            self._add_value(key, row)
        more = QPushButton(_("Another from a day on"))
        more.setProperty("flat", True)
        more.setAccessibleName(f"{label}: {_('Another from a day on')}")
        more.clicked.connect(lambda _checked=False: self._begin_value(key))
        if self.cells.refusal:
            forbid(more, self.cells.refusal)
        line = QBoxLayout(self._way())
        line.addWidget(box, 1)
        line.addWidget(more)
        self._lines.append(line)
        grid.addLayout(line, grid.rowCount(), 0)

    def _add_value(self, key: str, row: int) -> SettingValue:
        layout = self._boxes[key].layout()
        assert isinstance(layout, QGridLayout)
        setting = SettingValue(self.cells, SETTINGS[key], row)
        setting.stand(self._way())
        self.values[key].append(setting)
        layout.addWidget(setting, layout.rowCount(), 0)
        return setting

    def _way(self) -> QBoxLayout.Direction:
        """The direction of value and date: side by side if there is room."""
        narrow = self.width() < NARROW * self.fontMetrics().horizontalAdvance("0")
        return WAYS.TopToBottom if narrow else WAYS.LeftToRight

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the direction again."""
        super().resizeEvent(event)
        for line in self._lines:
            line.setDirection(self._way())
        for setting in self._all():
            setting.stand(self._way())

    def _begin_value(self, key: str) -> None:
        """Add an empty value and focus it."""
        setting = self._add_value(key, -1)
        QTimer.singleShot(0, setting, setting.value.input.setFocus)

    def _show_problems(self) -> None:
        for setting in self._all():
            setting.show_problems()
            setting.put()

    def _all(self) -> list[SettingValue]:
        return [setting for values in self.values.values() for setting in values]

    def begin(self) -> None:
        """Focus the first setting."""
        self._all()[0].value.input.setFocus()

    def filter(self, words: str) -> None:
        """Show only settings whose label or values contain every word."""
        typed_words = fold(words).split()
        for key, rule in SETTINGS.items():
            text = fold(
                " ".join([_(rule.label), *(setting.value.text() for setting in self.values[key])])
            )
            self._boxes[key].setVisible(all(word in text for word in typed_words))
        for heading, label in self._headings.items():
            keys = [key for key, rule in SETTINGS.items() if rule.heading == heading]
            label.setVisible(any(not self._boxes[key].isHidden() for key in keys))

    def judge_all(self, row: int) -> None:
        """Show all problems and focus the setting of `row`."""
        for setting in self._all():
            setting.judge()
            if setting.row == row:
                setting.value.input.setFocus()

    def chosen(self) -> list[int]:
        """The row of the focused value."""
        return [setting.row for setting in self._all() if setting.row >= 0 and _typed_in(setting)]
