"""Reporting periods: months that end on the desk's cut-off day, and periods made of these."""

import datetime
import re
from collections.abc import Callable
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.period_words import plain_period

CutOff = Callable[[datetime.date], int]
"""The cut-off day in force on a date; 0 for calendar months."""

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
FIRST_YEAR, LAST_YEAR = 2000, 2200

_PERIOD = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{2})|Q(?P<quarter>[0-9])|H(?P<half>[0-9])))?\Z",
    re.IGNORECASE,
)
_RANGE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})\Z")


def is_day(text: str) -> bool:
    """Whether the text is a date written like 2023-12-31."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def days_in(year: int, month: int) -> int:
    """How many days a calendar month has."""
    first = datetime.date(year, month, 1)
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (following - first).days


def period_text(kind: str, year: int, number: int) -> str:
    """The `number`-th period of a kind, which is no range, as the command line writes it."""
    return _TEXTS[kind].format(year=year, number=number)


class Period(NamedTuple):
    """A reporting period, both days included.

    kind: month, quarter, half, year, or range; number: which of its kind in `year` (from 1).
    """

    kind: str
    year: int
    number: int
    first: datetime.date
    last: datetime.date

    @property
    def text(self) -> str:
        """The period as the command line writes it."""
        if self.kind == "range":
            return f"{self.first}..{self.last}"
        return period_text(self.kind, self.year, self.number)

    @property
    def short_words(self) -> str:
        """The period as people type it: 12/2023, quý 4 năm 2023, 2023."""
        if self.kind == "month":
            return f"{self.number:02d}/{self.year}"
        return self.text if self.kind == "year" else self.title

    @property
    def title(self) -> str:
        """The period in words: tháng 12 năm 2023."""
        title = _SECOND_HALF if (self.kind, self.number) == ("half", 2) else _TITLES[self.kind]
        return _(title).format(
            number=self.number,
            year=self.year,
            first=f"{self.first:%d/%m/%Y}",
            last=f"{self.last:%d/%m/%Y}",
        )


_TEXTS = {
    "month": "{year}-{number:02d}",
    "quarter": "{year}-Q{number}",
    "half": "{year}-H{number}",
    "year": "{year}",
}
_TITLES = {
    "month": N_("month {number} of {year}"),
    "quarter": N_("quarter {number} of {year}"),
    "half": N_("first half of {year}"),
    "year": N_("year {year}"),
    "range": N_("from {first} to {last}"),
}
_SECOND_HALF = N_("second half of {year}")


class Calendar:
    """The periods of a desk, whose months end on its cut-off day."""

    def __init__(self, cut_off: CutOff = lambda _day: 0) -> None:
        self._cut_off = cut_off

    def month_end(self, year: int, month: int) -> datetime.date:
        """The last day of a month; the cut-off in force on the calendar month's first counts."""
        first = datetime.date(year, month, 1)
        length = days_in(year, month)
        day = self._cut_off(first)
        return first.replace(day=min(day, length) if day else length)

    def month_start(self, year: int, month: int) -> datetime.date:
        """The day after the month before ends."""
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        return self.month_end(year, month) + datetime.timedelta(days=1)

    def period(self, kind: str, year: int, number: int) -> Period:
        """The `number`-th (from 1) period of its kind in `year`."""
        length = MONTHS[kind]
        last_month = number * length
        return Period(
            kind,
            year,
            number,
            self.month_start(year, last_month - length + 1),
            self.month_end(year, last_month),
        )

    def year_of(self, day: datetime.date) -> Period:
        """The year that contains a day."""
        year = self.period("year", day.year, 1)
        if day > year.last:
            return self.period("year", day.year + 1, 1)
        return year

    def month_of(self, day: datetime.date) -> Period:
        """The month that contains a day."""
        if day > self.month_end(day.year, day.month):
            year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
            return self.period("month", year, month)
        return self.period("month", day.year, day.month)

    def months_of(self, first: datetime.date, last: datetime.date) -> list[Period]:
        """The months that the days from `first` to `last` lie in, each whole, in order."""
        months = [self.month_of(first)]
        while months[-1].last < last:
            months.append(self.month_of(months[-1].last + datetime.timedelta(days=1)))
        return months

    def previous(self, period: Period) -> Period:
        """The same period of the year before; several days up to the end of February go up to its
        end then too, so that no day of that year is in no comparison."""
        if period.kind != "range":
            return self.period(period.kind, period.year - 1, period.number)
        first, last = _year_earlier(period.first), _year_earlier(period.last)
        if first < last and period.last.day == days_in(period.last.year, period.last.month):
            last = last.replace(day=days_in(last.year, last.month))
        return Period("range", last.year, 1, first, last)

    def parse(self, text: str) -> Period:
        """The period that 2023-12, 2023-Q4, 2023-H1, 2023, 2023-01-15..2023-02-14 or a single
        day names, or that is written as people do (see `period_words`)."""
        period = self._named(plain_period(text))
        if period is None:
            raise UserError(
                _(
                    "“{period}” is not a period. Write 12/2023 or 2023-12, 2023-Q4, 2023-H1, 2023"
                    " or 2023-01-15..2023-02-14."
                ).format(period=text.strip()[:40])
            )
        return period

    def _named(self, text: str) -> Period | None:
        if is_day(text):
            text = f"{text}..{text}"
        span = _RANGE.match(text)
        if span:
            return _span(span[1], span[2])
        match = _PERIOD.match(text)
        if match is None or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
            return None
        year = int(match["year"])
        for kind in ("month", "quarter", "half"):
            if match[kind] is not None:
                number = int(match[kind])
                possible = 1 <= number <= 12 // MONTHS[kind]
                return self.period(kind, year, number) if possible else None
        return self.period("year", year, 1)


def _span(start: str, end: str) -> Period | None:
    try:
        first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    except ValueError:
        return None
    if last < first or not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        return None
    return Period("range", last.year, 1, first, last)


def _year_earlier(day: datetime.date) -> datetime.date:
    length = days_in(day.year - 1, day.month)
    return day.replace(year=day.year - 1, day=min(day.day, length))
