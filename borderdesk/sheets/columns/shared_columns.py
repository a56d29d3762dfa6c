"""Columns that hold more or less than one field: a name or a day in several columns, two places or
two markers in one.

Such a column has a key of its own: `a+` is joined to what `a` holds (`a+month` to a day), `a..b`
is parted into both.
"""

import datetime
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise

from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import cell_text
from borderdesk.entry.day_columns import MONTH, YEAR
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import heading_words, recognised, without_unit
from borderdesk.schema.kinds import HAMLET, MARKER, UNIT, FieldError
from borderdesk.schema.kinds.citizen_id import is_citizen_id
from borderdesk.schema.kinds.marker import MARKER_ALONE
from borderdesk.schema.kinds.sheet_cell import CellReading, digits_of
from borderdesk.sheets.columns.spread_rows import heads_parts
from borderdesk.sheets.sources.cells import SheetRow

JOINED, PARTED = "+", ".."
_MOST_IDS = 0.75
"""This share at least of the cells that are to be put together must give an ID: in some lists the
spreadsheet dropped zeros."""
_DAY_LABELS = {MONTH: N_("{label}: month"), YEAR: N_("{label}: year")}
_FULL_NAME = "Họ và tên"
_FAMILY = frozenset(
    {"ho", "ho dem", "ho va dem", "ho va ten dem", "ho ten dem", "ho lot", "ho va chu lot"}
    | {"ho va chu dem", "ho chu dem", "ho dem chu ho", "ho va ten dem chu ho"}
)
_MIDDLE = frozenset({"dem", "ten dem", "chu dem", "lot", "ten lot", "chu lot", "tu dem"})
_GIVEN = frozenset({"ten", "ten goi", "ten chu ho"})
_ADDRESS = frozenset(
    {"dia chi", "noi o", "noi thuong tru", "ho khau thuong tru", "noi cu tru", "noi dang ky hktt"}
    | {"noi o hien nay", "cho o hien nay", "cho o", "dia chi thuong tru", "thon xa", "dia diem"}
    | {"dia diem xay ra", "noi xay ra", "noi phat hien", "dia diem phat hien", "dia diem thuc hien"}
    | {
        "noi thuc hien",
        "que quan va noi o",
        "thon ban xa",
        "hktt",
        "noi dktt",
        "noi dang ky thuong tru",
        "dia ban",
    }
)
_STRETCH = frozenset(
    {"tu moc den moc", "moc", "doan moc", "moc gioi", "cot moc", "tu moc toi moc", "moc so"}
    | {"doan tu moc den moc", "moc quoc gioi", "khu vuc moc", "doan bien gioi tu moc den moc"}
)
_ROUTES = frozenset({"doan tuan tra", "tuyen tuan tra", "cung tuan tra", "tuyen cung tuan tra"})
_METRES_BEHIND = re.compile(r"(?<=[\d)])\s*\+\s*\d{1,4}(?:\s*(?:m|mét)(?!\w))?(?!\d)")
"""So far from a marker: 1175+200m."""
_SHORT_MARKER = re.compile(
    r"\d\)?\s*(?:[-–→&]|đến|tới|và)\s*(?:(?:cột )?mốc )?\d{1,2}(?![\d/\w]| ?(?:m|km|h)\b)",
    re.IGNORECASE,
)
"""The last marker without what it has in common with the first: 1175-76, 1175/1-2, 1175 đến 76."""
_WHOLE_DAY = re.compile(r"\s*\d{1,2}[/.-]\d{1,2}(?:[/.-]\d|\s*\Z)")
_MARKER = re.compile(r"(?<![\d/])\d{3,4}(?:/\d{1,2}|\(\d{1,2}\))?(?![\d/])")


def parts_of(key: str) -> tuple[str, ...]:
    """The fields that a column of this key gives."""
    first, _sign, second = key.partition(JOINED)[0].partition(PARTED)
    return (first, second) if second else (first,)


def is_shared(key: str) -> bool:
    """Whether a column holds more or less than one field."""
    return JOINED in key or PARTED in key


def is_parted(key: str) -> bool:
    """Whether a column holds two fields."""
    return PARTED in key


def shared_columns(columns: Sequence[GridColumn]) -> Iterator[GridColumn]:
    """The columns that these may share, to be chosen like any other."""
    for column in columns:
        field = column.field
        if field.free_text and without_unit(_FULL_NAME) in _headings(column):
            label = _(N_("{label}: given name")).format(label=column.label)
            yield GridColumn(f"{column.key}{JOINED}", label, field, usual=False)
        elif field.renumbered:
            label = _(N_("{label}: further digits")).format(label=column.label)
            yield GridColumn(f"{column.key}{JOINED}", label, field, usual=False)
        for part, words in _DAY_LABELS.items() if field.is_date else ():
            yield GridColumn(
                f"{column.key}{part}", _(words).format(label=column.label), field, usual=False
            )
    for first, second in pairwise(columns):
        kinds = (first.field.refers_to, second.field.refers_to)
        markers = first.field.refers_to == second.field.refers_to == MARKER
        if kinds == (UNIT, HAMLET) and not first.field.several:
            yield _parted(second, first)
        elif markers:
            yield _parted(first, second)


def _headings(column: GridColumn) -> set[str]:
    return set(map(heading_words, column.field.headings.split(";")))


def _parted(first: GridColumn, second: GridColumn) -> GridColumn:
    label = f"{first.label} – {second.label}"
    return GridColumn(f"{first.key}{PARTED}{second.key}", label, first.field, usual=False)


def share(
    headings: Sequence[str], keys: list[str | None], columns: Sequence[GridColumn]
) -> list[str | None]:
    """The keys of columns, those added that share fields."""
    keys = _with_names(headings, keys, columns)
    free = [column for column in columns if PARTED in column.key]
    below = {column.key for column in columns if column.field.row_fields()}
    for place, heading in enumerate(headings):
        markers = _names_stretch(heading)
        words = without_unit(heading)
        if not markers and words not in _ADDRESS and heading_words(heading) not in _ADDRESS:
            continue
        if keys[place] is not None and keys[place] not in below and words in _ADDRESS:
            continue
        used = {part for n, key in enumerate(keys) if key and n != place for part in parts_of(key)}
        fitting = [
            column
            for column in free
            if (column.field.refers_to == MARKER) == markers
            and not used.intersection(parts_of(column.key))
        ]
        if fitting:
            # For a household and for the record itself: a list of people gives their homes.
            released, keys[place] = keys[place], fitting[0].key
            keys = _given_again(released, headings, keys, columns)
        elif keys[place] is None and not markers:
            keys[place] = next(_narrower(free, used), None)
    return keys


def _narrower(parted: Iterable[GridColumn], keys: Container[str]) -> Iterator[str]:
    """The hamlets whose communes have a column of their own: where in it something was."""
    for column in parted:
        hamlet, commune = parts_of(column.key)
        if column.field.refers_to == HAMLET and commune in keys and hamlet not in keys:
            yield hamlet


def _names_stretch(heading: str) -> bool:
    """Whether a heading is that of the first and last marker, or of the way between them."""
    words, whole = without_unit(heading), heading_words(heading)
    if words in _STRETCH or whole in _STRETCH or words in _ROUTES:
        return True
    return any(_STRETCH_NAMED.search(text) for text in (words, whole))


def _given_again(
    freed: str | None,
    headings: Sequence[str],
    keys: list[str | None],
    columns: Sequence[GridColumn],
) -> list[str | None]:
    """The keys, with one that a heading no longer has assigned to another heading that names it."""
    open_to = [column for column in columns if column.key == freed]
    open_headings = ["" if key else heading for heading, key in zip(headings, keys, strict=True)]
    recognised_keys = recognised(open_headings, open_to) if open_to else [None] * len(keys)
    return [
        key or recognised_key for key, recognised_key in zip(keys, recognised_keys, strict=True)
    ]


def with_numbers_of_before(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    given_places: Container[int],
) -> list[str | None]:
    """The keys of columns, extended by those with the same number in its former format (Số CMND, Số
    CCCD); given_places: the positions in the person's mapping."""
    twice = [column for column in columns if column.field.renumbered and not is_shared(column.key)]
    extended = list(keys)
    for place, heading in enumerate(headings):
        if extended[place] is None and heading and place not in given_places:
            key = recognised([heading], twice)[0] if twice else None
            extended[place] = key if key in keys else None
    return extended


_STRETCH_NAMED = re.compile(r"\bdoan\b.*\bmoc\b|\bmoc\b.*\b(?:den|toi)\b.*\bmoc\b")


def _with_names(
    headings: Sequence[str], keys: list[str | None], columns: Sequence[GridColumn]
) -> list[str | None]:
    """The keys of columns, completed where a name has two or three columns: Họ | Tên, or Họ | Đệm |
    Tên."""
    plain_columns = [column for column in columns if not is_shared(column.key)]
    joined = {column.key for column in columns if column.key.endswith(JOINED)}
    words = [*map(heading_words, headings)]
    for place, first in enumerate(words):
        last = place + (2 if _MIDDLE.intersection(words[place + 1 : place + 2]) else 1)
        if first not in _FAMILY or last >= len(words) or words[last] not in _GIVEN:
            continue
        keys_beside = {key for n, key in enumerate(keys) if not place <= n <= last}
        target = recognised(
            [_FULL_NAME], [column for column in plain_columns if column.key not in keys_beside]
        )[0]
        if target is not None and f"{target}{JOINED}" in joined:
            keys[place : last + 1] = [target, *[f"{target}{JOINED}"] * (last - place)]
    return keys


def join_merged(
    headings: Sequence[str],
    keys: list[str | None],
    columns: Sequence[GridColumn],
    merged: Sequence[tuple[int, int]],
    below: Sequence[SheetRow],
) -> list[str | None]:
    """The keys of columns, completed where a name, a day or the digits of an ID have several
    columns below one heading.

    merged: the first and last place of such headings; below: the first rows below them.
    """
    column_keys = {column.key for column in columns}
    of_digits = {column.key for column in columns if column.field.renumbered}
    first_row = [*map(cell_text, below[0].cells)] if below else []
    parted = heads_parts(first_row, merged)
    for first, last in merged:
        behind = range(first + 1, min(last + 1, len(keys)))
        if first >= len(keys) or any(headings[n] or keys[n] for n in behind):
            continue
        if parted and any(first_row[first : last + 1]):
            # Chồng | Vợ below one heading are no parts of a name.
            continue
        name, day = f"{keys[first]}{JOINED}", [f"{keys[first]}{part}" for part in (MONTH, YEAR)]
        if keys[first] in of_digits and not holds_ids(below, range(first, last + 1)):
            continue
        if name in column_keys:
            for place in behind:
                keys[place] = name
        elif (
            column_keys.issuperset(day)
            and len(behind) <= len(day)
            and not _hold_days(below, behind)
        ):
            for place, key in zip(behind, day, strict=False):
                keys[place] = key
    return keys


def _hold_days(rows: Iterable[SheetRow], places: Sequence[int]) -> bool:
    """Whether columns hold whole days, which are no month or year of another one."""
    cells = (row.cells[n] for row in rows for n in places if n < len(row.cells))
    return any(
        isinstance(cell, datetime.date) or _WHOLE_DAY.match(cell_text(cell)) for cell in cells
    )


def holds_ids(rows: Sequence[SheetRow], places: Sequence[int]) -> bool:
    """Whether columns hold the digits of IDs together, some in the first and more in the next."""
    rows_of_cells = (
        [cell_text(row.cells[n]) for n in places if n < len(row.cells)] for row in rows
    )
    parted = [cells for cells in rows_of_cells if len(list(filter(None, cells))) > 1]
    whole = sum(is_citizen_id("".join(map(digits_of, cells))) for cells in parted)
    return 0 < whole >= _MOST_IDS * len(parted)


def split_markers(key: str, text: str, reading: CellReading) -> dict[str, str]:
    """The texts of both markers that a parted column gives. Raises FieldError."""
    first, second = parts_of(key)
    marker_text = _METRES_BEHIND.sub("", text)
    markers = [marker.replace("(", "/").rstrip(")") for marker in _MARKER.findall(marker_text)]
    if len(markers) not in (1, 2) or _SHORT_MARKER.search(text):
        raise FieldError(_("One marker, or the first and the last one, such as 1146 – 1150/1."))
    if marker_text != text or any(map(str.isdecimal, _MARKER.sub("", text))):
        reading.doubt(MARKER_ALONE, text[:60])
    return {first: markers[0], second: markers[-1]}


_DAYS = re.compile(
    r"(?:từ\s+)?(?:ngày\s+)?(\d{1,2})(?:[/.](\d{1,2}))?(?:[/.](\d{4}|\d{2}))?"
    r"\s*(?:-|–|đến|tới)\s*(?:hết\s+)?(?:ngày\s+)?(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?",
    re.IGNORECASE,
)
_MONTH_IN_WORDS = re.compile(r"(?<=\d)\s*(?:,\s*)?tháng\s+(?=\d)", re.IGNORECASE)
_YEAR_IN_WORDS = re.compile(r"(?<=\d)\s*(?:,\s*)?năm\s+(?=\d{4})", re.IGNORECASE)
_HOUR_BEFORE = re.compile(
    r"(?:lúc\s+)?\d{1,2}\s*(?:h|giờ)\s*(?:\d{2}(?:\s*phút)?)?[\s,]+(?=ngày\s)", re.IGNORECASE
)
"""What a first or last day is written with besides its figures: 7h30 ngày 3 tháng 5."""
_HALF_YEAR = 6
"""The least number of months between days such as 30/12 - 2/1, which are no slip of the months."""


def split_days(text: str) -> tuple[str, str] | None:
    """The first and the last day of work that a cell gives: 5-7/3/2023, từ 28/2 đến 2/3; None for
    one day. Raises FieldError for days around a New Year whose year is not given."""
    for words, sign in ((_HOUR_BEFORE, ""), (_MONTH_IN_WORDS, "/"), (_YEAR_IN_WORDS, "/")):
        text = words.sub(sign, text)
    match = _DAYS.fullmatch(text.strip(" ."))
    if match is None:
        return None
    month = match[2] or match[5]
    turns = int(month) - int(match[5]) > _HALF_YEAR
    if turns and not (match[3] or match[6]):
        raise FieldError(_("These days are of two years: write the year of both."))
    year = match[3] or _year_beside(match[6], -turns)
    last_year = match[6] or _year_beside(match[3], turns)
    days = ((match[1], month, year), (match[4], match[5], last_year))
    first, last = ("/".join(filter(None, day)) for day in days)
    return first, last


def _year_beside(year: str | None, difference: int) -> str:
    """The year of one day by that of the other; "" where that has none."""
    return str(int(year) + difference).zfill(len(year)) if year else ""
