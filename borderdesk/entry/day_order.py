"""Columns of days altered by a program set to American formats: days with the month first
(04/21/2023), and days that it parsed as such, swapping day and month. A text that can be read both
ways is ambiguous: it is not guessed."""

import datetime
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from borderdesk.base.i18n import N_
from borderdesk.base.spreadsheets import CellValue

MONTH_FIRST = N_(
    "Days of this column have the month first, so which day this is cannot be known. Write the day"
    " first, or save the list as .xlsx."
)
FEWEST = 2
"""So many days that only fit with the month first show that a column is written so."""
FEWEST_TURNED = 2
"""So many texts after the 12th beside so many days up to it are hardly chance: among days that are
mixed for another reason 6 in 100 columns of that length look so."""
_NUMBERS = re.compile(r"\s*([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-](?:[0-9]{4}|[0-9]{2})\b")
_MONTHS = 12


class DayOrder(StrEnum):
    """How the days of a column are to be taken."""

    AS_WRITTEN = "as_written"
    MONTH_FIRST = "month_first"
    """Its texts have the month first."""
    TURNED = "turned"
    """Its texts are those that have no other reading, and all others became days."""


def has_numbers(cell: CellValue) -> bool:
    """Whether a day is written in numbers with the year last."""
    return isinstance(cell, str) and _NUMBERS.match(cell) is not None


def may_be_turned(cell: CellValue) -> bool:
    """Whether swapping day and month would give a different date."""
    return isinstance(cell, datetime.date) and cell.month != cell.day <= _MONTHS


class _DayCounts:
    """How many days of a column, by what they show of its order."""

    def __init__(self) -> None:
        self._late = self._early = self._month_first = self._days = 0

    def add(self, cell: CellValue) -> None:
        if isinstance(cell, datetime.date):
            self._days += 1
            self._early += cell.day <= _MONTHS
        elif isinstance(cell, str) and (numbers := _NUMBERS.match(cell)):
            first, second = int(numbers[1]), int(numbers[2])
            self._late += first > _MONTHS
            self._month_first += second > _MONTHS
            self._early -= first <= _MONTHS

    def order(self) -> DayOrder:
        if self._month_first >= FEWEST and not self._late:
            return DayOrder.MONTH_FIRST
        turned = self._late >= FEWEST_TURNED and self._days == self._early >= FEWEST_TURNED
        return DayOrder.TURNED if turned else DayOrder.AS_WRITTEN


def day_orders(places: Iterable[int], rows: Iterable[Sequence[CellValue]]) -> dict[int, DayOrder]:
    """How the days of each of these columns (places from 0) are to be taken, by all rows: that of
    a long list may show far down. Columns to be taken as written are left out."""
    counts = {place: _DayCounts() for place in places}
    if not counts:
        return {}
    for row in rows:
        for place, count in counts.items():
            if place < len(row):
                count.add(row[place])
    orders = {place: count.order() for place, count in counts.items()}
    return {place: order for place, order in orders.items() if order is not DayOrder.AS_WRITTEN}
