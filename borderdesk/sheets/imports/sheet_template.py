"""An empty list of a type to be filled in: headings that are known again, choices as drop-downs,
three example rows that are not read."""

import datetime
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.entry.field_guide import EntryGuide
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.kinds import UNIT, Field
from borderdesk.schema.record import active
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import SessionPart
from borderdesk.sheets.columns.sheet_columns import field_columns
from borderdesk.sheets.columns.table import EXAMPLE
from borderdesk.sheets.values.household_parts import CITIZEN

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy_module("xlsxwriter")

NUMBER = N_("No.")
LISTS = N_("Choices")
EXAMPLES = 3
ROWS = 2_000
"""So many rows get formats and drop-downs."""
MOST_CHOICES = 1_000
_EXAMPLE_ID = "02018012345"
_WIDTHS = {"date": 13, "number": 12, "text": 22}


class SheetTemplates(SessionPart):
    """Writes templates."""

    def write(self, type_name: str, target: Path) -> list[str]:
        """Write the template of a type as .xlsx; its headings. Raises UserError."""
        out = BytesIO()
        columns = self.columns(type_name)
        record = self.session.part(EntryGuide).example(type_name)
        book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
        page = book.add_worksheet(_(ALL_TYPES[type_name].title)[:31])
        formats = _TemplateFormats(book)
        rows = [self._example(type_name, columns, n) for n in range(EXAMPLES)]
        page.write_string(0, 0, _(NUMBER), formats.heading)
        page.set_column(0, 0, 10)
        for place, column in enumerate(columns, start=1):
            width = max(_WIDTHS[column.field.cell_kind], len(column.label) + 2)
            page.set_column(place, place, width, formats.of(column.field))
            usual = _is_usual(column, record)
            page.write_string(
                0, place, column.label, formats.heading if usual else formats.rare_heading
            )
        for number, row in enumerate(rows, start=1):
            page.write_string(number, 0, f"{_(EXAMPLE)} {number}", formats.example)
            for place, value in enumerate(row, start=1):
                _write(page, number, place, value, formats.like(columns[place - 1].field))
        page.freeze_panes(1, 1)
        self._add_choices(book, page, columns)
        book.close()
        write_atomically(target, out.getvalue())
        return [column.label for column in columns]

    def columns(self, type_name: str) -> list[GridColumn]:
        """The columns of a type's template, every field of it: first those usually filled in, and
        the ID of a household."""
        record = self.session.part(EntryGuide).example(type_name)
        columns = field_columns(self.session, type_name)
        first = [column for column in columns if _is_usual(column, record)]
        return [*first, *(column for column in columns if column not in first)]

    def _add_choices(self, book: Any, page: Any, columns: Sequence[GridColumn]) -> None:
        """Add a drop-down to every column of choices; the choices are on a sheet of their own."""
        lists = book.add_worksheet(_(LISTS))
        column_number = 0
        for place, column in enumerate(columns, start=1):
            labels = self._labels(column.field)[:MOST_CHOICES]
            if not labels:
                continue
            letter = xlsxwriter.utility.xl_col_to_name(column_number)
            lists.write_string(0, column_number, column.label)
            lists.write_column(1, column_number, labels)
            lists.set_column(column_number, column_number, 30)
            source = f"='{_(LISTS)}'!${letter}$2:${letter}${len(labels) + 1}"
            # Only offered: several values, and names of lists of other desks, stay possible.
            rule = {"validate": "list", "source": source, "show_error": False}
            page.data_validation(1, place, ROWS, place, rule)
            column_number += 1
        if not column_number:
            lists.hide()

    def _labels(self, field: Field) -> list[str]:
        if not field.from_list:
            return []
        session = self.session
        choices = field.offered(session.book, session.today(), self.session.identity.post)
        return [label for _code, label in choices]

    def _label(self, field: Field, value: Any) -> str:
        labels = dict(
            field.offered(self.session.book, self.session.today(), self.session.identity.post)
        )
        return labels.get(str(value), str(value))

    # ------------------------------------------------------------------- examples

    def _example(self, type_name: str, columns: Sequence[GridColumn], number: int) -> list[Any]:
        """The cells of one example row."""
        record = self.session.part(EntryGuide).example(type_name)
        return [self._cell(column, record, number) for column in columns]

    def _cell(self, column: GridColumn, record: Mapping[str, Any], number: int) -> Any:
        owner, _dot, part = column.key.partition(".")
        value = record.get(owner)
        if column.field.row_fields():
            return self._rows_below(column.field, number)
        if part and isinstance(value, dict):
            value = f"{_EXAMPLE_ID}{number}" if part == CITIZEN else value.get(part)
        if value is None or value == []:
            return ""
        if isinstance(value, list):
            return "; ".join(self._word(column.field, item, number) for item in value)
        field = column.field
        if field.is_date:
            return datetime.date.fromisoformat(value) - datetime.timedelta(days=number)
        return value if field.cell_kind == "number" else self._word(field, value, number)

    def _rows_below(self, field: Field, number: int) -> str:
        """An example of a row below the record: its values with dots between them."""
        (row,) = field.example(self.session.book, self.session.today(), self.session.identity.post)
        columns = field.row_fields()
        words = (self._word(columns[key], value, number) for key, value in row.items())
        return " · ".join(words)

    def _word(self, field: Field, value: Any, number: int) -> str:
        """One value in the words of a list."""
        if isinstance(value, dict):
            return str(next(iter(value.values())))
        text = str(value)
        if field.refers_to == UNIT:
            unit = self.session.book.commune_on(text, self.session.today())
            return self.session.book.unit_name(unit) if unit else text
        if field.from_list:
            return self._label(field, value)
        if text.endswith(")"):
            return f"{text[:-1]} {number + 1})"
        return f"{text[:-1]}{'ABC'[number]}" if text.endswith(" A") else text


def _is_usual(column: GridColumn, record: Mapping[str, Any]) -> bool:
    """Whether a column is one that nearly every list of the type has."""
    usual = column.usual or column.field.required or column.key.endswith(f".{CITIZEN}")
    field = column.field
    return usual and ("." in column.key or active(field, record))


class _TemplateFormats:
    """The formats of cells: texts as texts, so that no zero in front is lost."""

    def __init__(self, book: Any) -> None:
        self.heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EEF4"}
        )
        self.rare_heading = book.add_format(
            {"text_wrap": True, "valign": "vcenter", "font_color": "#505050"}
        )
        self.example = book.add_format({"italic": True, "font_color": "#707070"})
        looks = {"text": "@", "date": "dd/mm/yyyy", "number": "General"}
        self._plain = {kind: book.add_format({"num_format": look}) for kind, look in looks.items()}
        self._examples = {
            kind: book.add_format({"num_format": look, "italic": True, "font_color": "#707070"})
            for kind, look in looks.items()
        }

    def of(self, field: Field) -> Any:
        """The cell format of a field."""
        return self._plain[field.cell_kind]

    def like(self, field: Field) -> Any:
        """The same of an example."""
        return self._examples[field.cell_kind]


def _write(page: Any, row: int, place: int, value: Any, look: Any) -> None:
    if isinstance(value, datetime.date):
        page.write_datetime(row, place, value, look)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(row, place, value, look)
    elif value != "":
        page.write_string(row, place, str(value), look)
