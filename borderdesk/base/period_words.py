"""Periods as people write them: 12/2023, quý 4 năm 2023, 6 tháng đầu năm 2023, năm 2023."""

import re

from borderdesk.base.text import fold

_OF = r"(?:\s*[/.-]\s*|\s+(?:nam|of)?\s*)"
_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_MONTH = re.compile(rf"(?:(?:thang|month|t)\.?\s*)?(\d{{1,2}}){_OF}(\d{{4}})")
_QUARTER = re.compile(rf"(?:quy|quarter|q)\.?\s*([1-4]|i{{1,3}}|iv){_OF}(\d{{4}})")
_HALF = re.compile(rf"(?:(?:6|sau) thang (dau|cuoi)(?: nam)?|(first|second) half){_OF}(\d{{4}})")
_YEAR = re.compile(r"(?:nam|year)\s+(\d{4})")
_SPAN = re.compile(
    rf"(?:(?:tu|from)\s+)?(?:ngay\s+)?{_DAY}\s*(?:den|to|-|–|\.\.)\s*(?:ngay\s+)?{_DAY}"
)
_ONE_DAY = re.compile(rf"(?:(?:ngay|day)\s+)?{_DAY}")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def plain_period(text: str) -> str:
    """A period in the syntax of the command line; other texts are unchanged."""
    words = " ".join(fold(text).split())
    if match := _MONTH.fullmatch(words):
        return f"{match[2]}-{int(match[1]):02d}"
    if match := _QUARTER.fullmatch(words):
        return f"{match[2]}-Q{_ROMAN.get(match[1], match[1])}"
    if match := _HALF.fullmatch(words):
        return f"{match[3]}-H{2 if match[1] == 'cuoi' or match[2] == 'second' else 1}"
    if match := _YEAR.fullmatch(words):
        return match[1]
    if match := _SPAN.fullmatch(words):
        return f"{_iso(*match.groups()[:3])}..{_iso(*match.groups()[3:])}"
    if match := _ONE_DAY.fullmatch(words):
        return _iso(*match.groups())
    return text.strip()


def _iso(day: str, month: str, year: str) -> str:
    return f"{year}-{int(month):02d}-{int(day):02d}"
