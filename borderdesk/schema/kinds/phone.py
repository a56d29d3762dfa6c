"""Telephone numbers."""

import re
from collections.abc import Iterable
from typing import Any

from borderdesk.base.i18n import N_
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.schema.kinds.citizen_id import MASK
from borderdesk.schema.kinds.context import EntryContext
from borderdesk.schema.kinds.field import NAME_LIMIT
from borderdesk.schema.kinds.sheet_cell import PHONE_RENUMBERED, ZERO_RESTORED, CellReading, is_none
from borderdesk.schema.kinds.text import TextField

TELLING_DIGITS = 4
MOST_NUMBERS = 5
_RENUMBERED = {
    **{f"016{n}": f"03{n}" for n in "23456789"},
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}
"""{first digits of an 11-digit number of before 2018: the present ones}."""

_AROUND = re.compile(
    r"\A(?:['’‘`\s]+|(?:số )?(?:sđt|đt|đtdđ|điện thoại|tel)\b[:.\s]*)+|(?:\.0|[.,;\s])+\Z",
    re.IGNORECASE,
)
"""What stands around a number: its word, the mark of a text, a point."""
_BETWEEN = re.compile(r"\s*(?:[;,/\n]|\s[-–]\s|\b(?:và|hoặc)\b)\s*|(?<=[0-9]{9})\s+(?=0[0-9]{9})")


class PhoneField(TextField):
    """A telephone number, or several between semicolons: ten digits from 0, also where +84 was
    typed; its shape is doubted."""

    headings = "Điện thoại; Số điện thoại; Số ĐT; SĐT; ĐT; Di động"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, limit=NAME_LIMIT, **rest)

    def clean(self, raw: Any, entry: EntryContext) -> str | None:
        text = super().clean(raw, entry)
        return text and "; ".join(map(_national, _numbers(text)))

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        if is_none(cell):
            return ""
        text = cell_text(cell)
        if len(text) > NAME_LIMIT:
            return text.replace("\n", " ")
        numbers = _numbers(_AROUND.sub("", text))
        return "; ".join(self._one(number.replace("\n", " "), reading) for number in numbers)

    def _one(self, written: str, reading: CellReading) -> str:
        """One number of a cell, renumbered and with the zero that the spreadsheet dropped."""
        text = _national(_AROUND.sub("", written))
        digits = _digits(text)
        digits_match = re.fullmatch(r"0?([1-9][0-9]{8,9})", digits)
        if digits_match is None:
            return text
        national = digits_match[1]
        renumbered = _RENUMBERED.get(f"0{national[:3]}") if len(national) == 10 else None
        if renumbered is not None:
            national = renumbered[1:] + national[3:]
            reading.doubt(PHONE_RENUMBERED, f"0{national}")
        elif digits == national:
            reading.doubt(ZERO_RESTORED, f"0{national}")
        else:
            return text
        return f"0{national}"

    def telling(self, value: str) -> str:
        return f"{MASK * 3}{value[-TELLING_DIGITS:]}"

    def doubts(self, value: str, entry: EntryContext) -> Iterable[tuple[str, Any]]:
        if not all(map(_is_number, _numbers(value))):
            return [(N_("{value} does not look like a telephone number."), value)]
        return ()


def _numbers(text: str) -> list[str]:
    """The numbers that a text has between marks, if all of them are such; else the text."""
    parts = [part.strip() for part in _BETWEEN.split(text)]
    return parts if 1 < len(parts) <= MOST_NUMBERS and all(map(_is_number, parts)) else [text]


def _is_number(text: str) -> bool:
    return re.fullmatch(r"(?:0|\+?84)[0-9]{9,10}", _digits(text)) is not None


def _digits(text: str) -> str:
    return re.sub(r"[ .\-()]", "", text)


def _national(text: str) -> str:
    """A number with the country code in its national form; any other unchanged."""
    abroad = re.fullmatch(r"(?:\+|00)?840?([1-9][0-9]{8,9})", _digits(text))
    return f"0{abroad[1]}" if abroad else text
