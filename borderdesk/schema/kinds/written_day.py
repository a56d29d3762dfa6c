"""Dates as lists write them in words and signs, turned into what a person would type.

Day and month are never swapped: what would only be a date the other way round stays wrong.
"""

import re

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.schema.kinds.field import FieldError
from borderdesk.schema.kinds.sheet_cell import MONTH_ADDED, YEAR_ADDED, CellReading

_CLOCK = re.compile(
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?: ?(?:AM|PM|SA|CH|Z))?\Z", re.IGNORECASE
)
_BEFORE = re.compile(
    r"(?:'|(?:chu nhat|cn|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|sang|trua|chieu|toi)\b[ ,.]*"
    r"|(?:luc |hoi )?\d{1,2} ?(?:h|g|gio|:)(?: ?\d{1,2}(?:'|p| phut)?)?(?![\d/])[ ,.\-]*"
    r"(?=ngay |\d{1,2}[/.\-]\d))+"
)
"""What stands before a date and says nothing of it: a quotation mark, a day of the week, a time."""
_BEHIND = re.compile(r"[\s,]*\((?:chu nhat|cn|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7])\)\Z")
_NAMES = (
    ("jan", "mot"), ("feb", "hai"), ("mar", "ba"), ("apr", "tu"), ("may", "nam"), ("jun", "sau"),
    ("jul", "bay"), ("aug", "tam"), ("sep", "chin"), ("oct", "muoi"), ("nov", "muoi mot"),
    ("dec", "muoi hai"),
)  # fmt: skip
_MONTHS = {name: str(number) for number, names in enumerate(_NAMES, 1) for name in names}
_WORDS = "|".join(sorted((words for _short, words in _NAMES), key=len, reverse=True))
_SHORT = "|".join(short for short, _words in _NAMES)
_IN_WORDS = re.compile(
    rf"(?:ngay )?(?:mung |mong )?(\d{{1,2}})[,/.\- ]* (?:thang|thg\.?) ?(\d{{1,2}}|{_WORDS})"
    r"(?:[,/.\- ]* ?nam (\d{4})|[,/.\- ]+(\d{4}))?\Z"
)
_MONTH_NAMED = re.compile(
    rf"(\d{{1,2}})[/.\- ]+(?:(?:thg|th|t) ?(\d{{1,2}})|({_SHORT})[a-z]*)"
    r"[/.,\- ]+(\d{4}|\d{2})\Z"
)
_DAY_BEFORE = re.compile(r"ngay (\d{1,2} ?[/.\-\\] ?\d.*)\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})\Z")
_RUN_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)\Z")
_TYPED = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}\Z|\d{8}\Z")
_YEARLESS = re.compile(r"\d{1,2}[/.\-]\d{1,2}\Z")
_DAY_ALONE = re.compile(r"(?:ngay )?(\d{1,2})\Z")


def typed_day(text: str, reading: CellReading) -> str:
    """A date as it would be typed; a text that is none stays. Raises FieldError without a month
    or year that the list's title does not give."""
    folded = _BEFORE.sub("", fold(_CLOCK.sub("", text)).rstrip("."), count=1).strip()
    folded = _BEHIND.sub("", folded)
    day = _DAY_BEFORE.sub(r"\1", folded)
    named = _IN_WORDS.match(folded) or _IN_WORDS.match(folded.replace("-", " -"))
    short = _MONTH_NAMED.match(folded)
    if named:
        month = _MONTHS.get(named[2], named[2])
        day = "/".join(filter(None, (named[1], month, named[3] or named[4])))
    elif short:
        day = f"{short[1]}/{short[2] or _MONTHS[short[3]]}/{short[4]}"
    day = re.sub(r"\s*([/.\-\\])\s*", lambda sign: sign[1].replace("\\", "/"), day)
    first = _YEAR_FIRST.match(day) or _RUN_YEAR_FIRST.match(day)
    if first:
        return f"{first[1]}-{int(first[2]):02}-{int(first[3]):02}"
    alone = _DAY_ALONE.match(day)
    if alone:
        # Typed into a form it would be one of this month, which an old list knows nothing of.
        return day_of_title(int(alone[1]), reading)
    if _YEARLESS.match(day):
        if reading.year is None:
            raise FieldError(_("The year is missing."))
        day = f"{day}/{reading.year}"
        reading.doubt(YEAR_ADDED, day)
    return day if _TYPED.match(day) else text


def day_of_title(number: int, reading: CellReading) -> str:
    """The day of the month that the title of the list names. Raises FieldError without one."""
    if reading.month is None or reading.year is None:
        raise FieldError(_("The month is missing."))
    day = f"{number}/{reading.month}/{reading.year}"
    reading.doubt(MONTH_ADDED, day)
    return day
