"""Dates as lists write them in words and signs, turned into what a person would type.

Day and month are never swapped: what would only be a date the other way round stays wrong.
"""

import re

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.schema.kinds.field import FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading

_CLOCK = re.compile(
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?: ?(?:AM|PM|SA|CH|Z))?\Z", re.IGNORECASE
)
_WEEKDAY = r"(?:chu nhat|cn|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t[2-7])"
_PART = r"(?:buoi )?(?:sang|trua|chieu|toi)"
_TIME = r"\d{1,2} ?(?:h|g|gio|:)(?: ?\d{1,2}(?:'|p| phut)?)?(?![\d/])"
_HOURS = rf"(?:luc |hoi |tu )?{_TIME}(?: ?(?:-|–|den) ?{_TIME})?"
_BESIDE = rf"(?:{_WEEKDAY}|{_PART}|{_HOURS})(?:[ ,\-]+(?:{_WEEKDAY}|{_PART}|{_HOURS})){{0,2}}"
_BEFORE = re.compile(
    rf"(?:'|(?:ngay )?\({_WEEKDAY}\)[ ,.\-]*"
    rf"|(?:ngay (?=[a-z]))?(?:{_WEEKDAY}|{_PART})\b[ ,.\-]*"
    rf"|{_HOURS}[ ,.\-]*(?=ngay |\d{{1,2}}[/.\-]\d))+"
)
"""Texts before a date without a meaning: a quotation mark, a day of the week, a time."""
_BEHIND = re.compile(
    rf"(?:[ ,\-]*\({_BESIDE}\)"
    rf"|(?:(?<=[/.\-]\d)|(?<=[/.\-]\d\d)|(?<=\d{{4}}))[ ,\-]+{_BESIDE})\Z"
)
"""The same behind it; behind a day alone T6 may be the month."""
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\Z")
LONGEST_DAY = 100
"""So many characters at most has a date with what stands beside it."""
_NAMES = (
    ("jan", "mot"), ("feb", "hai"), ("mar", "ba"), ("apr", "tu"), ("may", "nam"), ("jun", "sau"),
    ("jul", "bay"), ("aug", "tam"), ("sep", "chin"), ("oct", "muoi"), ("nov", "muoi mot"),
    ("dec", "muoi hai"),
)  # fmt: skip
_MONTHS = {name: str(number) for number, names in enumerate(_NAMES, 1) for name in names}
_WORDS = "|".join(sorted((words for _short, words in _NAMES), key=len, reverse=True))
_SHORT = "|".join(short for short, _words in _NAMES)
_IN_WORDS = re.compile(
    r"(?:ngay )?(?:mung |mong )?(\d{1,2})"
    rf"(?:[,/.\- ]*(?:thang|thg\.?) ?(\d{{1,2}}|{_WORDS})|/({_WORDS}))"
    r"(?:[,/.\- ]* ?nam ?(\d{4})|(?:[,/.\- ]+(?=\d{4})|/)(\d{4}|\d{2}))?\Z"
)
_MONTH_NAMED = re.compile(
    rf"(\d{{1,2}})[/.\- ]+(?:(?:thg|th|t) ?(\d{{1,2}})|({_SHORT})[a-z]*)"
    r"[/.,\- ]+(\d{4}|\d{2})\Z"
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN_MONTHS = {
    # A small x stands for an unknown month.
    **{name.lower(): number for number, name in enumerate(_ROMAN, 1) if name != "X"},
    **{name: number for number, name in enumerate(_ROMAN, 1)},
}
_IN_ROMAN = re.compile(
    rf"(\d\s*[/.\-]\s*|(?i:tháng|thang)\s+)({'|'.join(_ROMAN_MONTHS)})(?![^\W_])"
)
_YEAR_NAMED = re.compile(r"(?<=\d)[/.,\- ]*\bnam (?=(?:\d{4}|\d{2})\Z)")
_MONTHLESS = re.compile(r"(\d{1,2})//(\d{4}|\d{2})\Z")
_DAY_BEFORE = re.compile(r"ngay[ :.]+(\d{1,2} ?[/.\-\\] ?\d.*)\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})\Z")
_RUN_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(\d\d)\Z")
_TYPED = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}\Z|\d{8}\Z")
_YEARLESS = re.compile(r"\d{1,2}[/.\-]\d{1,2}\Z")
_OF_SEVERAL = re.compile(r"\d{1,2}-\d{1,2}[/.]\d{2,4}\Z")
"""Several days of a month, or several months: 3-4/12, 1-3/2023."""
_SHORT_YEAR = re.compile(r"(?<=[/.\-])['’](?=\d\d\Z)")
_SIGNS = {"\\": "/", "–": "-"}
_FIRST_HALF = 6
_DAY_ALONE = re.compile(r"(?:ngay )?(\d{1,2})\Z")


def _day_alone(text: str) -> str:
    """A date folded, without the part of the day and the day of the week beside it."""
    day_text = _IN_ROMAN.sub(lambda match: f"{match[1]}{_ROMAN_MONTHS[match[2]]}", text)
    folded = fold(_CLOCK.sub("", day_text)).rstrip(".;, ")
    before = _BEFORE.match(folded)
    folded = _BEHIND.sub("", folded[before.end() if before else 0 :].strip())
    return _IN_BRACKETS.sub(r"\1", folded)


def _in_figures(folded: str) -> str:
    """A folded date with its month in figures and one sign between its parts. Raises FieldError for
    several days or months."""
    day = _DAY_BEFORE.sub(r"\1", folded)
    words_match = _IN_WORDS.match(folded)
    short = _MONTH_NAMED.match(folded)
    if words_match:
        month = words_match[2] or words_match[3]
        year = words_match[4] or words_match[5]
        day = "/".join(filter(None, (words_match[1], _MONTHS.get(month, month), year)))
    elif short:
        day = f"{short[1]}/{short[2] or _MONTHS[short[3]]}/{short[4]}"
    day = re.sub(r"\s*([/.\-–\\])\s*", lambda sign: _SIGNS.get(sign[1], sign[1]), day)
    day = _SHORT_YEAR.sub("", _YEAR_NAMED.sub("/", day))
    if _OF_SEVERAL.match(day):
        raise FieldError(_("Several days or months: a date is written like 31/12/2023."))
    return day


def typed_day(text: str, reading: CellReading) -> str:
    """A date as it would be typed; a text that is none stays. Raises FieldError without a month
    or year that the list's title does not give."""
    day = _in_figures(_day_alone(text))
    first = _YEAR_FIRST.match(day) or _RUN_YEAR_FIRST.match(day)
    if first:
        return f"{first[1]}-{int(first[2]):02}-{int(first[3]):02}"
    alone = _DAY_ALONE.match(day)
    if alone:
        # Typed into a form it would be one of this month, which an old list knows nothing of.
        return day_of_title(int(alone[1]), reading)
    monthless = _MONTHLESS.match(day)
    if monthless:
        if reading.year is not None and reading.year % 100 != int(monthless[2]) % 100:
            raise FieldError(_("The month is missing."))
        return day_of_title(int(monthless[1]), reading)
    if _YEARLESS.match(day):
        if reading.year is None:
            raise FieldError(_("The year is missing."))
        if reading.month == 1 and int(re.split(r"[/.\-]", day)[1]) > _FIRST_HALF:
            # A month that begins in December, as reports reckon it: of this year or of the last.
            raise FieldError(_("The year is missing."))
        day = f"{day}/{reading.year}"
        reading.doubt(reading.year_told, day)
    return day if _TYPED.match(day) else text


def day_of_title(number: int, reading: CellReading) -> str:
    """The day of the month that the title of the list, or a line above the rows, names. Raises
    FieldError without one."""
    if reading.month is None:
        raise FieldError(_("The month is missing."))
    if reading.year is None:
        raise FieldError(_("The year is missing."))
    day = f"{number}/{reading.month}/{reading.year}"
    reading.doubt(reading.month_told, day)
    return day
