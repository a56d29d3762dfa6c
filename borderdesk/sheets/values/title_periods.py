"""The month and the year that the titles of a list, or the name of its sheet, say."""

import re
from collections.abc import Iterable

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_OF_PAPER = re.compile(
    r"ban hành|kèm theo|mẫu số|thông tư|nghị định|quyết định|hướng dẫn số|công văn", re.IGNORECASE
)
"""The words in a line after which it is about a cited paper, of whatever year."""
_SIGNED = re.compile(
    r"ngày\s+\d{1,2}\s*(?:[/.\-]|tháng)\s*\d{1,2}\s*(?:[/.\-]|năm)\s*20\d\d", re.IGNORECASE
)
"""The date of a signature on a list, often in the year after its own."""
_MONTH = re.compile(r"(?<!\d )\btháng\s+(0?[1-9]|1[0-2])(?!\d)", re.IGNORECASE)
"""The month of a title; that of a date (ngày 5 tháng 6) is the day of a signature."""
_UNTIL = re.compile(r"\b(?:đến|tới)\s+(?:hết\s+|cuối\s+)?tháng\s+\d", re.IGNORECASE)
"""The last month of several: lũy kế đến hết tháng 6."""
_SHEET_MONTH = re.compile(
    r"(?:(?:tháng|thang|thg|t)[\s._-]*(1[0-2]|0?[1-9])|(1[0-2]|0?[1-9])(?=[._-]20\d\d))"
    r"(?:[\s._-]+(?:năm\s*)?20\d\d)?",
    re.IGNORECASE,
)
"""A sheet called by its month: Tháng 3, T03, 3-2023."""


def title_period(texts: Iterable[str]) -> tuple[int | None, int | None]:
    """The month and the year in titles, each if it is the only one and not the last of several;
    years of cited papers count only if the sole other year is in the date of a signature."""
    lines = list(texts)
    title_lines = [_OF_PAPER.split(line, maxsplit=1)[0] for line in lines]
    is_said = any(_YEAR.search(_SIGNED.sub("", text)) for text in title_lines)
    months = set[int]() if any(map(_UNTIL.search, lines)) else _numbers(_MONTH, lines)
    return _only(months), _only(_numbers(_YEAR, title_lines if is_said else lines))


def sheet_period(name: str) -> tuple[int | None, int | None]:
    """The month and the year that a sheet is called by."""
    month, years = _SHEET_MONTH.fullmatch(name.strip()), _YEAR.findall(name)
    return (
        int(month[1] or month[2]) if month else None,
        int(years[0]) if len(years) == 1 else None,
    )


def _numbers(pattern: "re.Pattern[str]", lines: Iterable[str]) -> set[int]:
    return {int(number) for line in lines for number in pattern.findall(line)}


def _only(numbers: set[int]) -> int | None:
    return numbers.pop() if len(numbers) == 1 else None
