"""Columns of days in which a program set to American forms had a hand: days that have the month
first (04/21/2023), and days that it took for such and turned round. Which day a text is that could
be read both ways nobody can know: it is not guessed."""

import datetime
import re
from collections.abc import Iterable
from enum import StrEnum

from borderdesk.base.spreadsheets import CellValue

FEWEST = 2
"""So many days that only fit with the month first show that a column is written so."""
FEWEST_TURNED = 4
"""So many texts after the 12th, and so many days up to it, are no chance."""
_NUMBERS = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](?:\d{4}|\d{2})\b")
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
    """Whether a day would be another one with day and month the other way round."""
    return isinstance(cell, datetime.date) and cell.month != cell.day <= _MONTHS


def day_order(cells: Iterable[CellValue]) -> DayOrder:
    """How the days of a column are to be taken, by what its first rows hold."""
    late = early = month_first = days = 0
    for cell in cells:
        if isinstance(cell, datetime.date):
            days += 1
            early += cell.day <= _MONTHS
        elif isinstance(cell, str) and (numbers := _NUMBERS.match(cell)):
            first, second = int(numbers[1]), int(numbers[2])
            late += first > _MONTHS
            month_first += second > _MONTHS
            early -= first <= _MONTHS
    if month_first >= FEWEST and not late:
        return DayOrder.MONTH_FIRST
    turned = late >= FEWEST_TURNED and days == early >= FEWEST_TURNED
    return DayOrder.TURNED if turned else DayOrder.AS_WRITTEN
