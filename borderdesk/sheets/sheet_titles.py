"""The year and the month that the lines above the headings of a list name, or its sheet."""

import re
from collections.abc import Iterable

from borderdesk.sheets.cells import SheetRow

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_OF_PAPER = re.compile(
    r"ban hành|kèm theo|mẫu số|thông tư|nghị định|quyết định|hướng dẫn số|công văn", re.IGNORECASE
)
"""What a line has that says from which paper the form of the list is, of whatever year."""
_MONTH = re.compile(r"(?<!\d )\btháng\s+(\d{1,2})(?!\d)", re.IGNORECASE)
"""The month of a title; that of a date (ngày 5 tháng 6) is the day somebody signed."""
_SHEET_MONTH = re.compile(
    r"(?:(?:tháng|thang|thg|t)[\s._-]*(1[0-2]|0?[1-9])|(1[0-2]|0?[1-9])(?=[._-]20\d\d))"
    r"(?:[\s._-]+(?:năm\s*)?20\d\d)?",
    re.IGNORECASE,
)
"""A sheet called by its month: Tháng 3, T03, 3-2023."""


def year_of(above: Iterable[SheetRow], name: str) -> int | None:
    """The only year that the titles name, those of papers aside where there is another; else that
    of the sheet's name."""
    texts = _texts(above)
    years = _numbers(_YEAR, (text for text in texts if not _OF_PAPER.search(text)))
    years = years or _numbers(_YEAR, texts)
    named = _YEAR.findall(name)
    if len(years) == 1:
        return years.pop()
    return int(named[0]) if len(named) == 1 else None


def month_of(above: Iterable[SheetRow], name: str) -> int | None:
    """The only month that the titles name, else that which the sheet is called by."""
    months = _numbers(_MONTH, _texts(above))
    if len(months) == 1:
        return months.pop()
    found = _SHEET_MONTH.fullmatch(name.strip())
    return int(found[1] or found[2]) if found else None


def _texts(rows: Iterable[SheetRow]) -> list[str]:
    return [cell[:2_000] for row in rows for cell in row.cells if isinstance(cell, str)]


def _numbers(pattern: "re.Pattern[str]", texts: Iterable[str]) -> set[int]:
    return {int(number) for text in texts for number in pattern.findall(text)}
