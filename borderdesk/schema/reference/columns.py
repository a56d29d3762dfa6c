"""The columns of tables that a person edits: reference data, settings, targets.

A column is a field of the schema (label, rules, parsing of typed text) that also defines how its
value is written as a cell. Cells are texts, shared by files of reference data, set-up files and the
tables of the window: "" for no value, dates ISO, 0 or 1 for a flag, several values separated by
blanks. `db_value` takes a cell, `python_value` returns the value in the reference book.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import peewee as pw

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Calendar, is_day
from borderdesk.schema.kinds import (
    ChoiceField,
    ColumnField,
    CountField,
    DayField,
    EntryContext,
    FieldError,
    QuantityField,
    SeveralField,
    TextField,
    YesNoField,
    json_number,
)
from borderdesk.schema.unit_history import FOREVER

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook

_CALENDAR = Calendar()
"""Parses the names of periods; the days on which a period ends do not matter for that."""


class EditableColumn(ColumnField):
    """The declarations of a column beyond its field.

    pattern: what a cell of a file must match whole; without one, a required cell must not be blank.
    blank: the cell for a row without a value.
    """

    field_type: ClassVar[str] = "TEXT"
    stores_null: ClassVar[bool] = False
    """Whether a blank cell is stored as NULL."""

    def __init__(
        self, label: str, *options: Any, pattern: str = "", blank: str = "", **rest: Any
    ) -> None:
        super().__init__(label, *options, **rest)
        self.null = self.stores_null
        self.pattern = pattern
        self.blank = blank

    def at(self, book: "ReferenceBook") -> ColumnField:
        """The field that parses and formats values, with its current choices."""
        return self

    def fits(self, cell: str) -> bool:
        """Whether a file of reference data may have this cell."""
        if self.pattern:
            return re.fullmatch(self.pattern, cell) is not None
        return bool(cell or not self.required) and "\n" not in cell

    def to_cell(self, value: Any) -> str:
        """The cell of a value that `at` read; None is nothing."""
        return self.blank if value is None else str(value)

    def from_cell(self, cell: str) -> Any:
        """The value that `at` shows for a cell."""
        return cell or None

    def db_value(self, value: Any) -> Any:
        """The database value of a cell."""
        return value

    def python_value(self, value: Any) -> Any:
        """The value in the reference book for a database value."""
        return value

    @property
    def from_store(self) -> Callable[[Any], Any] | None:
        """`python_value`, or None where it is the identity."""
        same = type(self).python_value is EditableColumn.python_value
        return None if same else self.python_value

    def printed(self, value: Any) -> str:
        """The inverse of `python_value`: its cell."""
        return str(value)

    def to_package(self, cell: str) -> str:
        """The cell as the table of places in a package has it."""
        return cell

    def from_package(self, cell: str) -> str:
        """The inverse of `to_package`: its cell."""
        return cell


class TextColumn(EditableColumn, TextField):
    """A text."""


class PeriodColumn(EditableColumn, TextField):
    """A period, typed and shown as people write it; the cell is as the command line writes it."""

    placeholder = N_("12/2022 or 2022")

    def read(self, text: str, entry: EntryContext) -> str | None:
        if not text.strip():
            return None
        try:
            return _CALENDAR.parse(text).text
        except UserError as error:
            raise FieldError(str(error)) from None

    def as_typed(self, value: str | None, _book: Any = None) -> str:
        if not value:
            return ""
        try:
            return _CALENDAR.parse(value).short_words
        except UserError:
            return value


class YearColumn(EditableColumn, TextField):
    """A year in four digits, shown without marks."""

    field_type: ClassVar[str] = "INT"

    def read(self, text: str, entry: EntryContext) -> str | None:
        text = text.strip()
        if text and not (re.fullmatch("[0-9]{4}", text) and 2000 <= int(text) <= 2200):
            raise FieldError(_("“{value}” is not a year.").format(value=text[:40]))
        return text or None

    def db_value(self, value: Any) -> Any:
        return int(value) if value else value


class ChoiceColumn(EditableColumn, ChoiceField):
    """One of a fixed few."""

    def fits(self, cell: str) -> bool:
        return cell in self.options or not (cell or self.required)


class DayColumn(EditableColumn, DayField):
    """A date."""

    def fits(self, cell: str) -> bool:
        return is_day(cell) if cell else not self.required

    def to_cell(self, value: Any) -> str:
        return self.blank if value is None else str(value.isoformat())

    def from_cell(self, cell: str) -> Any:
        return None if cell in ("", self.blank) else datetime.date.fromisoformat(cell)

    def db_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.date) else value


class LastDayColumn(DayColumn):
    """The last day of something, blank while it has not ended; FOREVER in the reference book."""

    def python_value(self, value: Any) -> Any:
        return value or FOREVER

    def printed(self, value: Any) -> str:
        return "" if value == FOREVER else str(value)


class FlagColumn(EditableColumn, YesNoField):
    """Yes or no, blank for no; stored as 1 or 0."""

    field_type: ClassVar[str] = "INT"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, blank="0", **rest)

    def fits(self, cell: str) -> bool:
        return cell in ("0", "1")

    def to_cell(self, value: Any) -> str:
        return "1" if value else "0"

    def from_cell(self, cell: str) -> Any:
        return cell == "1" if cell else None

    def db_value(self, value: Any) -> Any:
        return int(value)

    def python_value(self, value: Any) -> Any:
        return bool(value)

    @property
    def from_store(self) -> Callable[[Any], Any] | None:
        return bool

    def printed(self, value: Any) -> str:
        return str(int(value))

    def to_package(self, cell: str) -> str:
        return "true" if cell == "1" else "false"

    def from_package(self, cell: str) -> str:
        return str(int(cell == "true"))


class CountColumn(EditableColumn, CountField):
    """A whole number, stored as NULL where it is blank."""

    field_type: ClassVar[str] = "INT"
    stores_null = True

    def fits(self, cell: str) -> bool:
        return not cell or re.fullmatch(r"[0-9]{1,6}", cell) is not None

    def from_cell(self, cell: str) -> Any:
        return int(cell) if cell else None

    def db_value(self, value: Any) -> Any:
        return int(value) if value else None

    def python_value(self, value: Any) -> Any:
        return None if value is None else int(value)

    def printed(self, value: Any) -> str:
        return "" if value is None else str(value)


class AmountColumn(EditableColumn, QuantityField):
    """A decimal, stored as text; "" where it is blank."""

    rounds = False

    def to_cell(self, value: Any) -> str:
        return self.blank if value is None else str(json_number(value))

    def from_cell(self, cell: str) -> Any:
        return Decimal(cell) if cell else None

    def db_value(self, value: Any) -> Any:
        return str(value)

    def python_value(self, value: Any) -> Any:
        return Decimal(value) if value else None


class LinkColumn(EditableColumn, pw.TextField):
    """Names one row of a table, or with `several` any number of them.

    to: the key of that reference type, "" where it is none; by: those of its columns by which a
    row may be named; choices: {cell: label} as they are now, or None where the `kind` of field has
    them itself; field: what reads one of the choices; resolve: (book, cell, cells of the row) to
    the cell that is stored, where a file may name a row otherwise; whole: the reference book holds
    even several as one text.
    """

    def __init__(
        self,
        label: str,
        to: str = "",
        *,
        choices: Callable[["ReferenceBook"], Mapping[str, str]] | None = None,
        kind: type[ColumnField] | None = None,
        field: type[ChoiceField] = ChoiceField,
        by: tuple[str, ...] = (),
        several: bool = False,
        whole: bool = False,
        resolve: Callable[["ReferenceBook", str, Mapping[str, str]], str] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(label, **rest)
        self.to = to
        self.by = by
        self.several = several
        self.whole = whole
        self.resolve = resolve
        self._choices = choices
        self._kind = kind
        self._field = field

    def at(self, book: "ReferenceBook") -> ColumnField:
        if self._kind is not None:
            return self._kind(self.label, required=self.required)
        options = self._choices(book) if self._choices is not None else {}
        field = self._field(self.label, options, required=self.required)
        return SeveralField(field) if self.several else field

    def to_cell(self, value: Any) -> str:
        if self.several and value is not None:
            return " ".join(value)
        return super().to_cell(value)

    def from_cell(self, cell: str) -> Any:
        return cell.split() if self.several and cell else cell or None

    def python_value(self, value: Any) -> Any:
        return tuple(value.split()) if self.several and not self.whole else value

    @property
    def from_store(self) -> Callable[[Any], Any] | None:
        return self.python_value if self.several and not self.whole else None

    def printed(self, value: Any) -> str:
        return value if isinstance(value, str) else " ".join(value)
