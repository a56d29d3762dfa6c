"""Columns whose days have the month first (04/21/2023), as programs set to American forms write
them. Which day such a text is that could be read both ways nobody can know: it is not guessed."""

import re
from collections.abc import Iterable

from borderdesk.base.spreadsheets import CellValue

FEWEST = 2
"""So many days that only fit with the month first show that a column is written so."""
_NUMBERS = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](?:\d{4}|\d{2})\b")
_MONTHS = 12


def has_numbers(cell: CellValue) -> bool:
    """Whether a day is written in numbers with the year last."""
    return isinstance(cell, str) and _NUMBERS.match(cell) is not None


def is_month_first(cells: Iterable[CellValue]) -> bool:
    """Whether days of a column only fit with the month first, and none only with the day first."""
    found = 0
    for cell in cells:
        numbers = _NUMBERS.match(cell) if isinstance(cell, str) else None
        if numbers is None:
            continue
        first, second = int(numbers[1]), int(numbers[2])
        if first > _MONTHS:
            return False
        found += second > _MONTHS
    return found >= FEWEST
