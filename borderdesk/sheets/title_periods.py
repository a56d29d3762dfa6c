"""The month and the year that the titles of a list, or the name of its sheet, say."""

import re
from collections.abc import Iterable

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_MONTH = re.compile(r"(?<!\d )\btháng\s+(0?[1-9]|1[0-2])(?!\d)", re.IGNORECASE)
"""The month of a title; that of a date (ngày 5 tháng 6) is the day somebody signed."""
_SHEET_MONTH = re.compile(
    r"(?:(?:tháng|thang|thg|t)[\s._-]*(1[0-2]|0?[1-9])|(1[0-2]|0?[1-9])(?=[._-]20\d\d))"
    r"(?:[\s._-]+(?:năm\s*)?20\d\d)?",
    re.IGNORECASE,
)
"""A sheet called by its month: Tháng 3, T03, 3-2023."""


def title_period(texts: Iterable[str]) -> tuple[int | None, int | None]:
    """The month and the year that titles name, each if it is the only one."""
    months: set[int] = set()
    years: set[int] = set()
    for text in texts:
        months.update(map(int, _MONTH.findall(text)))
        years.update(map(int, _YEAR.findall(text)))
    return _only(months), _only(years)


def sheet_period(name: str) -> tuple[int | None, int | None]:
    """The month and the year that a sheet is called by."""
    month, years = _SHEET_MONTH.fullmatch(name.strip()), _YEAR.findall(name)
    return (
        int(month[1] or month[2]) if month else None,
        int(years[0]) if len(years) == 1 else None,
    )


def _only(numbers: set[int]) -> int | None:
    return numbers.pop() if len(numbers) == 1 else None
