"""Quantities and lengths with one decimal."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar

import peewee as pw

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.spreadsheets import CellValue
from borderdesk.schema.kinds.context import NEUTRAL, EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.doubts import LOW
from borderdesk.schema.kinds.field import ColumnField, FieldError
from borderdesk.schema.kinds.numbers import (
    COUNT_MOST,
    WITHOUT_WORDS,
    figure_alone,
    no_number,
    number_text,
    out_of_range,
    typed_decimal,
    typed_digits,
    words_behind,
)
from borderdesk.schema.kinds.sheet_cell import GROUPED, ROUNDED, CellReading, is_dash

KILOMETRES = N_("km")
"""The unit in which thousands are impossible, so that 41.587 is hardly 41587."""
_TENTH = Decimal("0.1")
LONGEST_STRETCH = 50
"""Kilometres: no post is responsible for more of the province's 231 km of border."""
METRES = N_("m")
LENGTHS = (METRES, KILOMETRES)
POINT_DECIMAL = N_("{value} was read with decimals behind the point. Write thousands without one.")
COMMA_DECIMAL = N_(
    "{value} was read with decimals behind the comma. Write thousands without a mark."
)
POINT_GROUPED = N_("{value} was read with thousands behind the point. Write decimals with a comma.")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}\Z")
_COMMA_BEFORE_THREE = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}\Z")
"""The thousands format of programs set to American formats."""
_DECIMAL = re.compile(r"\d+[.,]\d+\Z")


def _rounded(text: str, reading: CellReading) -> str:
    """A decimal number to one decimal: 16,325 is 16,3; other texts stay."""
    if not _DECIMAL.match(text) or len(text) > 24:
        return text
    exact = Decimal(text.replace(",", "."))
    tenths = exact.quantize(_TENTH, ROUND_HALF_UP)
    shown = str(tenths).replace(".", ",")
    if tenths != exact:
        reading.doubt(ROUNDED, f"{text} → {shown}")
    return shown


class QuantityField(ColumnField, pw.BigIntegerField):
    """A quantity with one decimal up to `most`: a Decimal in Python, an integer of tenths in the
    store."""

    json_type = schema_type = "number"
    stored_as_is = False
    recurs = False
    """12 and 12.0 are equal, and written differently."""
    rounds: ClassVar[bool] = True
    """Whether a typed number with more decimals is rounded, with a doubt, and not refused."""
    cell_kind = "number"
    order = "number"
    form_width = "narrow"
    register_width = 0.85

    def __init__(
        self, label: str, *, most: int = COUNT_MOST, soft_under: int | None = None, **rest: Any
    ) -> None:
        """soft_under: a quantity below it is doubtful, as a length in metres typed in kilometres
        is."""
        if rest.get("unit") == KILOMETRES:
            rest.setdefault("soft_over", LONGEST_STRETCH)
        elif rest.get("unit") == METRES:
            rest.setdefault("soft_over", LONGEST_STRETCH * 1_000)
        super().__init__(label, **rest)
        self.most = most
        self.soft_under = soft_under
        self.doubtful = self.soft_over is not None or soft_under is not None

    def doubts(self, value: Decimal, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        if self.soft_under is not None and 0 < value < self.soft_under:
            return [(LOW, value)]
        return super().doubts(value, entry)

    def clean(self, raw: Any, entry: EntryContext) -> Decimal:
        if type(raw) is Decimal:
            number = raw
        elif type(raw) is int:
            number = Decimal(raw)
        elif type(raw) is float:
            number = Decimal(str(raw))
        else:
            raise self.wrong_type()
        if not number.is_finite():
            raise self.wrong_type()
        if not 0 <= number <= self.most:
            raise out_of_range(0, self.most)
        tenths = number.quantize(_TENTH)
        if tenths != number:
            raise FieldError(_("At most one decimal."))
        return tenths.copy_abs()  # -0.0 is 0.0

    def read(self, text: str, entry: EntryContext) -> Decimal | None:
        if not text.strip():
            return None
        number = self._number(text)
        if number is None:
            raise no_number(text.strip(), self.wrong_type())
        return self.clean(number.quantize(_TENTH, ROUND_HALF_UP) if self.rounds else number, entry)

    def _number(self, text: str) -> Decimal | None:
        """The exact number of a typed text. A length 41.587 is ambiguous and read as a decimal:
        kilometres are not counted in thousands."""
        digits = typed_digits(text)
        if self.unit == KILOMETRES and _AMBIGUOUS.match(digits):
            return Decimal(digits)
        return typed_decimal(digits)

    def typed_doubts(self, text: str, value: Any) -> Iterable[tuple[str, Any]]:
        digits, number = typed_digits(text), self._number(text)
        if number is None:
            return ()
        doubts = []
        if self.unit in LENGTHS and _AMBIGUOUS.match(digits):
            decimals = self.unit == KILOMETRES
            doubts.append((POINT_DECIMAL if decimals else POINT_GROUPED, digits))
        if self._is_american(digits):
            doubts.append((COMMA_DECIMAL, digits))
        if number != value:
            doubts.append((ROUNDED, f"{digits} → {format_number(value)}"))
        return doubts

    def _is_american(self, text: str) -> bool:
        """Whether a text may have a comma between thousands; kilometres come by none."""
        return self.unit != KILOMETRES and _COMMA_BEFORE_THREE.match(text) is not None

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        if is_dash(cell):
            return ""
        cell = figure_alone(cell, reading)
        text = number_text(cell, self.unit, self.wrong_type())
        if not self.unit and (behind := words_behind(text)):
            reading.doubt(WITHOUT_WORDS, text)
            text = text.removesuffix(behind)
        if isinstance(cell, str) and _AMBIGUOUS.match(text):
            if self.unit == KILOMETRES:
                reading.doubt(POINT_DECIMAL, text)
                text = text.replace(".", ",")
            else:
                reading.doubt(GROUPED, text)
                text = text.replace(".", "")
        if isinstance(cell, str) and self._is_american(text):
            reading.doubt(COMMA_DECIMAL, text)
        return _rounded(text, reading)

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else format_number(value, language())

    def to_json(self, value: Any, book: ReferenceLookup) -> Any:
        return json_number(value)

    def as_typed(self, value: Any, book: ReferenceLookup) -> str:
        # Numbers are typed one way, whatever language the window speaks.
        shown = "" if value is None else format_number(value)
        ambiguous = self.unit in LENGTHS and _AMBIGUOUS.match(shown)
        return shown.replace(".", "") if ambiguous else shown

    def to_editor(self, value: Any, book: ReferenceLookup) -> Any:
        return self.as_typed(value, book)

    def to_canonical(self, value: Decimal) -> str:
        return str(value)

    def from_canonical(self, canonical: str) -> Decimal:
        return Decimal(canonical)

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        try:
            number = Decimal(canonical)
        except (InvalidOperation, TypeError):
            return False
        return bool(number.is_finite() and str(self.clean(number, NEUTRAL)) == canonical)

    def db_value(self, value: Any) -> Any:
        return None if value is None else int(value * 10)

    def python_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value).scaleb(-1)


def json_number(figure: int | Decimal | None) -> int | float | None:
    """A figure as the plainest JSON number: 12 rather than 12.0; None for None."""
    if not isinstance(figure, Decimal):
        return figure
    return int(figure) if figure == figure.to_integral_value() else float(figure)
