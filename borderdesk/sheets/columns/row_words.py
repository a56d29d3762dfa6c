"""The words that tell what a row is: a sum, a day of signing, the period of the rows below."""

import re
from collections.abc import Mapping, Sequence

from borderdesk.sheets.values.household_parts import HEAD

TOTAL = re.compile(
    r"(?:tổng|cộng|luỹ kế|lũy kế|total|(?:số )?(?:mang|chuyển) (?:sang|trang)|trang trước)\b"
    r"|(?:tong cong|tong so|cong)[ :.]*\Z"
)
_COUNT = re.compile(r"\d{1,4}(?:[.,]\d{3})?(?: \w+)?")
_COUNT_OF = re.compile(r"\d{1,4}(?:[.,]\d{3})? (?!tháng|năm)[^\W\d]+(?: [^\W\d]+){0,2}")
"""A count with its unit: 12 hộ, 40 lượt người."""
_WRITTEN_DAY = re.compile(
    r"(?:.*\s)?ngày\b.*(?:\btháng\b.*\bnăm\b|\d[/.\-]\d{1,2}[/.\-]\d{4})", re.IGNORECASE
)
_PERIOD = re.compile(r"(?:tháng|quý|tuần|năm|đợt|kỳ)\b")
"""The beginning of a caption above the rows of a period."""
_DIGIT = re.compile(r"\d")


def is_day_of_signing(texts: Sequence[str], filled: Sequence[int], event: str | None) -> bool:
    """Whether the only filled cell of a row is the day on which the list was signed."""
    if event is None or len(filled) != 1:
        return False
    return _WRITTEN_DAY.match(texts[filled[0]]) is not None


def is_dated(text: str) -> bool:
    """Whether a text may be a day: a signature in the column of days has no digit, and a caption or
    a total names a month."""
    if not _DIGIT.search(text):
        return False
    folded = text.casefold()
    return not (TOTAL.match(folded) or _PERIOD.match(folded) or _COUNT_OF.fullmatch(folded))


def is_number(text: str) -> bool:
    """Whether a text numbers a row: 1, 12."""
    return text.rstrip(".").isdecimal()


def may_sum(words: str, number: str, told: Mapping[str, str], event: str | None) -> bool:
    """Whether the words of a sum are those of a row that has a day: the column of days has a count,
    no serial number, or they are in the column of heads, where it is the first that is read, or in
    that of numbers, the others filled down.

    words: casefolded; told: the texts of the columns that are read, by key.
    """
    first = next(iter(told), "")
    if first.rpartition(".")[2] == HEAD and words in (told[first].casefold(), number.casefold()):
        return True
    return event is not None and _COUNT.fullmatch(told.get(event, "")) is not None
