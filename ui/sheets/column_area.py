"""Assignment of a sheet's columns to fields."""

from collections.abc import Container, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.kinds import mask
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.heading_rows import IGNORE
from borderdesk.sheets.columns.shared_columns import is_shared, parts_of
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.mapping_memory import names_of
from borderdesk.sheets.imports.samples import ColumnSample
from borderdesk.sheets.sources.cells import column_letters
from ui.base.plain_text import PlainLabel
from ui.base.style import named, style_anew
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import options_of
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.scrolled import scrolled

LONGEST_SAMPLE = 60
LEAST_HEADING, LEAST_DIGITS = 16, 22
"""Minimum width in digits of a heading and of a combo box."""


class ColumnArea(QWidget):
    """A combo box per column, and an input per field that no column provides.

    edited: a field was chosen or a value typed.
    """

    edited = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._columns: Sequence[GridColumn] = ()
        self._names: list[str] = []
        self._letters: frozenset[str] = frozenset()
        """The names that are column letters, because the column has no heading of its own."""
        self.choosers: dict[str, SearchCombo] = {}
        """By the name of the column in a mapping."""
        self.values: dict[str, SearchCombo | QLineEdit] = {}
        """By field key."""
        self._labels: dict[str, PlainLabel] = {}
        """The labels of `values`, by field key."""
        self._lacking: Container[str] = ()
        """The keys of required fields for which rows read so far have no value."""
        self.edited.connect(self._mark_lacking)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._body = QWidget()
        self._another = QWidget()
        self._column.addWidget(self._body)
        self._column.addWidget(self._another)
        self._column.addStretch(1)
        scrolled(self, self._inside)
        self._inside.installEventFilter(self)

    # ------------------------------------------------------------------- filling it

    def show_table(
        self,
        table: SheetTable,
        columns: Sequence[GridColumn],
        samples: Sequence[ColumnSample],
        fixed: dict[str, str],
    ) -> None:
        """Show the columns of a table; fixed: {field key: value for all rows}."""
        self._columns, self._names = columns, names_of(table)
        named_columns = zip(self._names, table.columns, strict=True)
        self._letters = frozenset(name for name, column in named_columns if name != column.heading)
        self.choosers, self.values, self._labels = {}, {}, {}
        self._lacking = {column.key for column in columns if self._wanted(column)}
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        digit = self.fontMetrics().horizontalAdvance("0")
        grid.setColumnMinimumWidth(0, digit * LEAST_HEADING)
        unknown = set(table.unknown())
        masked = {grid_column.key for grid_column in columns if grid_column.field.masked}
        for row, (column, sample) in enumerate(zip(table.columns, samples, strict=True)):
            if not column.heading and not sample.read:
                continue
            heading = column.heading or column_letters(column.place + 1)
            name = self._names[column.place]
            chooser = self._chooser(heading, column.key, table.uses.get(column.place, ""))
            self.choosers[name] = chooser
            words = QWidget()
            lines = QVBoxLayout(words)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setSpacing(0)
            is_unknown = heading in unknown
            title = named(
                PlainLabel(f"⚠ {heading}" if is_unknown else heading), "doubt" if is_unknown else ""
            )
            shown = _sample_words(sample, masked=column.key in masked)
            for label in (title, named(PlainLabel(shown), "muted")):
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                lines.addWidget(label)
            grid.addWidget(words, row, 0)
            grid.addWidget(chooser, row, 1, Qt.AlignmentFlag.AlignTop)
        self._add_values(grid, table, fixed)
        self._column.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keep the width of the combo boxes plus the scroll bar."""
        if event.type() == QEvent.Type.LayoutRequest:
            digit = self.fontMetrics().horizontalAdvance("0")
            self.setMinimumWidth(self._inside.minimumSizeHint().width() + 2 * digit)
        return False

    def _chooser(self, heading: str, key: str | None, use: str) -> SearchCombo:
        """use: English key of the column's purpose if it fills no field."""
        left_out = _(use) if use else _("(not read)")
        options = [ComboOption(column.key, self._label(column)) for column in self._columns]
        chooser = SearchCombo([ComboOption(IGNORE, left_out), *options], left_out)
        chooser.setAccessibleName(_("Field for “{name}”").format(name=heading))
        chooser.setToolTip(_("The field that this column is read as"))
        chooser.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * LEAST_DIGITS)
        chooser.put(key or IGNORE, chooser.label_of(key or IGNORE))
        chooser.entry_changed.connect(self.edited)
        return chooser

    def _label(self, column: GridColumn) -> str:
        """The label of a field; if two share it, the household's is marked."""
        owner = column.key.partition(".")[0] if "." in column.key else ""
        twins = [candidate for candidate in self._columns if candidate.label == column.label]
        if len(twins) < 2 or not owner:
            return column.label
        return _("{label} (household)").format(label=column.label)

    def _add_values(self, grid: QGridLayout, table: SheetTable, fixed: dict[str, str]) -> None:
        """Add an input for every required field that no column provides."""
        given_keys = {
            part for candidate in table.columns if candidate.key for part in parts_of(candidate.key)
        }
        field_columns = [candidate for candidate in self._columns if not is_shared(candidate.key)]
        others = [candidate for candidate in field_columns if candidate.key not in given_keys]
        grid.addWidget(named(PlainLabel(_("For every row")), "heading"), grid.rowCount(), 0, 1, 2)
        for column in others:
            if self._wanted(column) or column.key in fixed:
                self._add_value(grid, column, fixed.get(column.key, ""))
        options = [ComboOption(candidate.key, self._label(candidate)) for candidate in others]
        another = SearchCombo(options, _("Another field…"))
        another.setAccessibleName(_("Another field for every row"))
        another.setToolTip(_("Give every row a value that the sheet has no column for"))
        by_key = {candidate.key: candidate for candidate in others}

        def add() -> None:
            column = by_key.get(another.known_code())
            if column is not None and column.key not in self.values:
                self._add_value(grid, column, "")
                self.values[column.key].setFocus()

        another.picked.connect(add)
        self._column.insertWidget(1, another)
        self._another.hide()
        self._another.deleteLater()
        self._another = another

    def _wanted(self, column: GridColumn) -> bool:
        """Whether every record needs the field, whatever its other values are."""
        field = column.field
        if is_below(column.key):
            # Only needed by child rows, of which there may be none.
            return False
        has_initial = field.initial is not None
        away = self._desk.identity.role != "post"
        return (field.required and field.when is None and not has_initial) or (
            field.must_be_chosen and away
        )

    def _add_value(self, grid: QGridLayout, column: GridColumn, text: str) -> None:
        editor = self._value_editor(column, text)
        self.values[column.key] = editor
        label = self._labels[column.key] = PlainLabel()
        label.setWordWrap(True)
        self._mark_lacking()
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(editor, row, 1)

    def show_lacking(self, keys: Container[str]) -> None:
        """Mark fields that rows have no value for; known after reading, as the title of a list may
        give the commune of all."""
        self._lacking = keys
        self._mark_lacking()

    def _mark_lacking(self) -> None:
        fixed = self.fixed()
        for column in self._columns:
            label = self._labels.get(column.key)
            if label is not None:
                lacks = column.key in self._lacking and column.key not in fixed
                label.setText(f"⚠ {column.label}" if lacks else column.label)
                style_anew(named(label, "doubt" if lacks else ""))

    def _value_editor(self, column: GridColumn, text: str) -> SearchCombo | QLineEdit:
        context = EditorContext(self._desk, self._desk.today)
        editor: SearchCombo | QLineEdit
        if column.field.from_list:
            editor = SearchCombo(options_of(column.field, context), _("(none)"))
            editor.setEditText(text)
            editor.entry_changed.connect(self.edited)
            editor.line().textEdited.connect(lambda _text: self.edited.emit())
        else:
            editor = TextLine(text)
            editor.textEdited.connect(lambda _text: self.edited.emit())
        editor.setAccessibleName(column.label)
        editor.setToolTip(_("Given to every row that leaves it blank"))
        return editor

    def go_to_missing(self) -> None:
        """Focus the first required field without a value, unless the focus is inside already."""
        required = {candidate.key for candidate in self._columns if self._wanted(candidate)}
        missing = (self.values[key] for key in self.values.keys() & required - self.fixed().keys())
        first = min(missing, key=lambda editor: editor.y(), default=None)
        focus = QApplication.focusWidget()
        is_here = focus is not None and self.isAncestorOf(focus)
        if first is not None and self.isVisible() and not is_here:
            first.setFocus()

    # ------------------------------------------------------------------ what it says

    def settle(self) -> None:
        """Replace partial texts and codes by the entries they mean."""
        for editor in (*self.choosers.values(), *self.values.values()):
            if isinstance(editor, SearchCombo):
                editor.settle()

    def mapping(self) -> dict[str, str]:
        """{heading or letters of a column: field key or IGNORE} for all columns."""
        return {name: chooser.known_code() or IGNORE for name, chooser in self.choosers.items()}

    def unheaded(self) -> frozenset[str]:
        """The names in the mapping that are column letters."""
        return self._letters

    def fixed(self) -> dict[str, str]:
        """{field key: value for all rows}."""
        texts = {
            key: editor.currentText() if isinstance(editor, SearchCombo) else editor.text()
            for key, editor in self.values.items()
        }
        return {key: text.strip() for key, text in texts.items() if text.strip()}


def _sample_words(sample: ColumnSample, *, masked: bool) -> str:
    """The sample cell of a column; text in an old font before and after conversion."""
    read = sample.read[:LONGEST_SAMPLE].replace("\n", " ")
    if not sample.converted:
        return mask(read) if masked else read
    return f"{sample.written[:LONGEST_SAMPLE]} → {read}".replace("\n", " ")
