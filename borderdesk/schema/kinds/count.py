"""Whole numbers: counts, turns, money."""

import datetime
import re
from typing import Any

import peewee as pw

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, language
from borderdesk.base.spreadsheets import CellValue
from borderdesk.schema.kinds.context import EntryContext, ReferenceLookup
from borderdesk.schema.kinds.field import CellReader, ColumnField
from borderdesk.schema.kinds.numbers import (
    COUNT_MOST,
    MONEY_MOST,
    figure_alone,
    no_number,
    number_text,
    out_of_range,
    typed_digits,
    without_groups,
)
from borderdesk.schema.kinds.sheet_cell import CellReading, is_none

_PRODUCT = re.compile(r"([0-9]{1,9})\s*[x×*]\s*([0-9]{1,4})$", re.IGNORECASE)
"""18x3: people times days, as clerks reckon turns."""
_SUM = re.compile(r"[0-9]{1,9}(?:\s*\+\s*[0-9]{1,9}){1,9}\Z")
"""6+2: people of two bodies."""


class CountField(ColumnField, pw.BigIntegerField):
    """A whole number from `least` to `most`; money is one of whole đồng."""

    json_type = schema_type = "integer"
    canonical_type = int
    cell_kind = "number"
    order = "number"
    form_width = "narrow"
    register_width = 0.85

    def __init__(
        self,
        label: str,
        *,
        least: int = 0,
        most: int = COUNT_MOST,
        per_day: bool = False,
        part_of: str = "",
        **rest: Any,
    ) -> None:
        """per_day: turns, of which each person makes one a day of the work; part_of: the key of the
        count of everybody, some of whom this one counts."""
        super().__init__(label, **rest)
        self.least = least
        self.most = most
        self.per_day = per_day
        self.part_of = part_of

    def clean(self, raw: Any, entry: EntryContext) -> int:
        if type(raw) is not int:
            raise self.wrong_type()
        if not self.least <= raw <= self.most:
            raise out_of_range(self.least, self.most)
        return raw

    def read(self, text: str, entry: EntryContext) -> int | None:
        text = typed_digits(text)
        if not text:
            return None
        product = _PRODUCT.match(text)
        if product:
            return self.clean(int(product[1]) * int(product[2]), entry)
        if _SUM.match(text):
            return self.clean(sum(map(int, text.split("+"))), entry)
        text = without_groups(text)
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise no_number(text, self.wrong_type())
        return self.clean(int(text), entry)

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        if is_none(cell):
            return ""
        return number_text(figure_alone(cell, reading), self.unit, self.wrong_type())

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else format_number(value, language())

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        return max(self.least, 1)

    def as_typed(self, value: Any, book: ReferenceLookup) -> str:
        # Numbers are typed one way, whatever language the window speaks.
        return "" if value is None else format_number(value)

    def to_editor(self, value: Any, book: ReferenceLookup) -> Any:
        return self.as_typed(value, book)

    def package_reader(self) -> CellReader:
        return self._from_package

    def _from_package(self, cell: str) -> int:
        if not cell.isascii() or not cell.isdigit() or len(cell) > 18:
            raise self.wrong_type()
        return int(cell)

    def schema_constraints(self) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most}


def money(label: str, **rest: Any) -> CountField:
    """Whole đồng up to 10¹²."""
    return CountField(label, most=MONEY_MOST, unit=N_("VND"), **rest)
