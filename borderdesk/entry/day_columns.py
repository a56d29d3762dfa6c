"""A day in columns of its own for day, month and year: Ngày | Tháng | Năm.

The column of the day has the key of the field; the others have keys of their own, so that a person
can choose them too, and are read with it.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.headings import NamedColumn, recognised, without_unit

MONTH, YEAR = "+month", "+year"
"""Suffixes of the keys of such columns, after the key of the day."""
_DAYS = frozenset({"ngay", "day"})
_MONTHS = frozenset({"thang", "thg", "month"})
_YEARS = frozenset({"nam", "year"})
_WOMEN, _MEN = "nu", "nam"
_NAMED = {MONTH: _MONTHS, YEAR: _YEARS}
_PART = re.compile(r"\s*(?:ngày\s+)?\d{1,2}(?:\s*[-–]\s*\d{1,2})?\s*\.?\s*\Z", re.IGNORECASE)
"""A day of a month, or a range of days."""
_DAY_AND_MONTH = re.compile(r"\d{1,2}[/.](\d{1,2})\Z")
_MONTH_PART = re.compile(
    r"\s*(?:tháng\s+)?(?:0?[1-9]|1[0-2]|[IVX]{1,4}|giêng|chạp)\s*\.?\s*\Z", re.IGNORECASE
)
_YEAR_PART = re.compile(r"\s*(?:năm\s+)?(?:20)?\d\d\s*\Z", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
LAST_DAY = 31
_NO_DIGITS = re.compile(r"\D+")


def with_day_columns(
    headings: Sequence[str],
    longer: Sequence[str],
    keys: Sequence[str | None],
    days: Mapping[str, NamedColumn],
    decided: Collection[int],
) -> list[str | None]:
    """The keys of columns, those of months and years added beside their days.

    longer: the headings with those above them; days: {key: column} of days; decided: the places
    whose keys stay.
    """
    words = dict(enumerate(map(without_unit, headings)))
    # Nam beside Nữ is no year.
    free = {place for place in words if _WOMEN not in (words.get(place - 1), words.get(place + 1))}
    if not all(map(str.isascii, headings)):
        # Where other headings have their accents Nam are men.
        free -= {place for place in free if words[place] == _MEN and headings[place].isascii()}
    beside: dict[int, dict[str, int]] = {}
    for place in words:
        if words[place] in _DAYS or keys[place] in days:
            beside[place] = _beside(place, words, free)
            free -= set(beside[place].values())
    if len(beside) == 1 and not any(beside.values()):
        beside = {place: _apart(words, free) for place in beside}
    parts = {at for parts_of_day in beside.values() for at in parts_of_day.values()}.difference(
        decided
    )
    keys_now = [None if at in parts else key for at, key in enumerate(keys)]
    for place in filter(beside.get, beside):
        above = longer[place].removesuffix(headings[place]).strip()
        if above and place not in decided:
            # Several days of one record are distinguished by the heading above them.
            other_keys = {key for at, key in enumerate(keys_now) if at != place}
            open_to = [column for key, column in days.items() if key not in other_keys]
            keys_now[place] = recognised([above], open_to)[0] or keys_now[place]
        key = keys_now[place]
        if key in days:
            day_keys = {at: f"{key}{part}" for part, at in beside[place].items() if at in parts}
            keys_now = [day_keys.get(at, key) for at, key in enumerate(keys_now)]
    return keys_now


def _beside(place: int, words: Mapping[int, str], free: Collection[int]) -> dict[str, int]:
    """{MONTH or YEAR: its place} of the columns beside that of a day, on one side or around it."""
    for step in (1, -1):
        month = place + step
        if month in free and words[month] in _MONTHS:
            years = (month + step, place - step)
            year = next((at for at in years if at in free and words[at] in _YEARS), None)
            return {MONTH: month} if year is None else {MONTH: month, YEAR: year}
    return {}


def _apart(words: Mapping[int, str], free: Collection[int]) -> dict[str, int]:
    """{MONTH or YEAR: its place} of the columns that stand anywhere for the only day of a list,
    each the only one of its heading."""
    columns = {
        part: [at for at in free if words[at] in part_words] for part, part_words in _NAMED.items()
    }
    return {part: places[0] for part, places in columns.items() if len(places) == 1}


def is_day_part(text: str) -> bool:
    """Whether a cell is the day of a month, or the first and last one, without its month."""
    days = _DIGITS.findall(text) if _PART.match(text) else []
    return bool(days) and all(1 <= int(day) <= LAST_DAY for day in days)


def is_month(text: str) -> bool:
    """Whether a cell is the number of a month."""
    return _MONTH_PART.match(text) is not None


def is_year(text: str) -> bool:
    """Whether a cell is a year, of four digits or of two."""
    return _YEAR_PART.match(text) is not None


def day_places(key: str, places: Mapping[str, int]) -> tuple[int, ...]:
    """The places of day, month and year of the field that a column of this key is of (-1: none);
    () where they are no columns of their own. places: {key of a column: its place}."""
    whole = key.removesuffix(MONTH).removesuffix(YEAR)
    beside = [places.get(f"{whole}{part}", -1) for part in (MONTH, YEAR)]
    return (places.get(whole, -1), *beside) if max(beside) >= 0 else ()


def whole_day(day: CellValue, month: CellValue, year: CellValue) -> CellValue:
    """The cells of one day as a single one; a cell that has the whole date is taken alone."""
    behind = [cell_text(cell) for cell in (month, year)]
    text = cell_text(day)
    dated = _DAY_AND_MONTH.match(text)
    if dated and _NO_DIGITS.sub("", behind[0]).lstrip("0") in ("", dated[1].lstrip("0")):
        return f"{text}/{behind[1]}".rstrip("/")
    if not any(behind) or (text and not dated and not _PART.match(text)):
        return day
    return "/".join([text.rstrip(". "), *behind]).rstrip("/")
