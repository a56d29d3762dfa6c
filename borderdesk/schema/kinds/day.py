"""Calendar dates."""

import datetime
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import peewee as pw

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold, without_unseen
from borderdesk.schema.kinds.context import EntryContext, ReferenceLookup
from borderdesk.schema.kinds.doubts import LATE
from borderdesk.schema.kinds.field import ColumnField, FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading, is_dash
from borderdesk.schema.kinds.written_day import LONGEST_DAY, day_of_title, typed_day

_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}|\d{2}))?$")
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})$")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EVENT_HEADINGS = (
    "Ngày; Ngày tháng; Ngày, tháng, năm; Ngày thực hiện; Ngày diễn ra; Thời gian;"
    " Thời gian thực hiện; Ngày giờ; Ngày, giờ; Thứ, ngày; Thứ, ngày, tháng; Ngày, thứ; Date"
)
"""Headings of the event date in lists of any type."""
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]*)?\Z")
"""A spreadsheet's number of days, from the middle of 1927 on."""
OTHER_YEAR = N_("Of another year than the title of the list says: {value}.")
OTHER_MONTH = N_("Of another month than is said above the rows: {value}.")
_NO_END = frozenset(
    {"nay", "den nay", "hien nay", "den hien nay", "khong thoi han", "khong co thoi han"}
    | {"khong xac dinh", "khong xac dinh thoi han", "vo thoi han", "lau dai", "thuong xuyen"}
)
"""Folded texts in lists for a last day that is open."""
_BEGINS_EARLY = 10
"""A month of reports may begin as early as on this day of the month before."""
_SLIP = datetime.timedelta(days=31)
"""So far in the future a day without a year is a slip."""
_LONG_AGO, _LATE = 3_652, 60
"""So many days after the event an entry is doubted."""


_day_of = lru_cache(maxsize=2_048)(datetime.date.fromisoformat)
"""Cached: records by the thousand are of a few hundred days."""


FIRST_DAY_HEADINGS = "Ngày bắt đầu; Bắt đầu; Thời gian bắt đầu; Thời gian từ; Ngày từ"
LAST_DAY_HEADINGS = (
    "Ngày kết thúc; Kết thúc; Thời gian kết thúc; Thời gian đến; Ngày đến; Thời gian hết hạn"
)


class DayField(ColumnField, pw.DateField):
    """A calendar date, never a time.

    past: a date after today is refused; lasting: an ongoing event may have begun long ago without a
    doubt; ends_work: the last day of work that began on the event date; dates_places: in a record
    without an event, its places are validated by this date.
    """

    schema_type = "date"
    stored_as_is = False
    cell_kind = "date"
    order = "text"
    form_width = "date"
    register_width = 0.95
    placeholder = N_("dd/mm/yyyy")

    def __init__(
        self,
        label: str,
        *,
        past: bool = False,
        lasting: bool = False,
        ends_work: bool = False,
        dates_places: bool = False,
        **rest: Any,
    ) -> None:
        # Not copied: the next record is of another day.
        super().__init__(label, copied=False, **rest)
        if self.event:
            self.headings = f"{_EVENT_HEADINGS}; {self.headings}"
        self.past = past or self.event
        self.lasting = lasting
        self.ends_work = ends_work
        self.dates_places = dates_places
        self.doubtful = self.event

    def clean(self, raw: Any, entry: EntryContext) -> datetime.date:
        if type(raw) is not str:
            raise self.wrong_type()
        return self.bounded(_iso_day(raw), entry)

    def bounded(self, day: datetime.date, entry: EntryContext) -> datetime.date:
        """`day`, when it may be entered: not in the future, an event not before 2000."""
        if self.past and day > entry.today:
            raise FieldError(_("This date is in the future."))
        if day.year < (2000 if self.event else 1900):
            raise FieldError(_("This date is too long ago."))
        return day

    def read(self, text: str, entry: EntryContext) -> datetime.date | None:
        text = without_unseen(text).strip()
        if not text:
            return None
        if _ISO.match(text):
            return self.clean(text, entry)
        return self.bounded(read_day(text, entry.today), entry)

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        day = self._written(cell, reading)
        parts = _parts(day) if self.event and not self.lasting else None
        if parts is None:
            return day
        year, month, of_month = parts
        if reading.year not in (None, year):
            reading.doubt(OTHER_YEAR, day)
        elif reading.month not in (None, month, month % 12 + 1 if of_month >= _BEGINS_EARLY else 0):
            reading.doubt(OTHER_MONTH, day)
        return day

    def _written(self, cell: CellValue, reading: CellReading) -> str:
        text = cell_text(cell)
        if is_dash(cell) or (not self.required and fold(text).strip(" .") in _NO_END):
            return ""
        if isinstance(cell, bool | datetime.time | datetime.timedelta):
            raise FieldError(_("A date is written like 31/12/2023."))
        if isinstance(cell, datetime.date) or _ISO.match(text):
            return text
        if isinstance(cell, float) and cell in range(1, 32):
            return day_of_title(int(cell), reading)
        if isinstance(cell, float) or _SERIAL.match(text):
            day = reading.serial_day(float(text.replace(",", ".")))
            if day is None:
                raise FieldError(_("A date is written like 31/12/2023."))
            return day.isoformat()
        return typed_day(text, reading) if len(text) <= LONGEST_DAY else text

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "" if value is None else format_date(value)

    def to_json(self, value: Any, book: ReferenceLookup) -> Any:
        return None if value is None else value.isoformat()

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        return day.isoformat()

    def to_editor(self, value: Any, book: ReferenceLookup) -> Any:
        return self.show(value, book)

    def to_canonical(self, value: datetime.date) -> str:
        return value.isoformat()

    def from_canonical(self, canonical: str) -> datetime.date:
        return _day_of(canonical)

    def db_value(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def python_value(self, value: Any) -> Any:
        return datetime.date.fromisoformat(value) if type(value) is str else value

    def doubts(self, value: datetime.date, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        if not self.event:
            return ()
        late = (entry.today - value).days
        if late > _LONG_AGO and not self.lasting:
            return [(N_("This date is more than ten years ago."), value.isoformat())]
        return [(LATE, late)] if late > _LATE else ()


@lru_cache(maxsize=4_096)
def _iso_day(text: str) -> datetime.date:
    """The date written 2023-12-31: the days of a list are few."""
    if not _ISO.match(text):
        raise FieldError(_("A date is written like 2023-12-31."))
    return _date(int(text[:4]), int(text[5:7]), int(text[8:]))


def read_day(text: str, today: datetime.date) -> datetime.date:
    """The date typed as 4, 4/12, 4/12/2023, 4-12-23, 04122023 or 041223.

    Missing parts are taken from `today`; see `day_in_year`. Raises FieldError.
    """
    run = _RUN.match(text)
    if run:
        return _date(_year(run[3]), int(run[2]), int(run[1]))
    if text.isdecimal() and len(text) <= 2:
        return _date(today.year, today.month, int(text))
    match = _DAY.match(text)
    if match is None:
        raise FieldError(_("A date is written like 31/12/2023."))
    day, month, year = int(match[1]), int(match[2]), match[3]
    if year is None:
        return day_in_year(day, month, today.year, today)
    return _date(_year(year), month, day)


def _parts(day: str) -> tuple[int, int, int] | None:
    """Year, month and day of a whole date as it is typed or stored; None for any other text."""
    if _ISO.match(day):
        return int(day[:4]), int(day[5:7]), int(day[8:])
    match = _RUN.match(day) or _DAY.match(day)
    return (_year(match[3]), int(match[2]), int(match[1])) if match and match[3] else None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def day_in_year(day: int, month: int, year: int, today: datetime.date) -> datetime.date:
    """The day and month in a year; in the year before where that is far in the future: tomorrow is
    a slip to report, next December is the last one. Raises FieldError."""
    guess = _date(year, month, day)
    return guess if guess <= today + _SLIP else _date(year - 1, month, day)


def _date(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise FieldError(_("There is no such date.")) from None
