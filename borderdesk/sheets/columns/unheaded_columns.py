"""Columns without a heading beside one with: a day, a name or an address whose heading is above the
first of its columns, as with merged cells in formats that do not store them.

The cells decide. If they are inconclusive, the columns are not read, and a message is shown.
"""

import datetime
import re
from collections.abc import Callable, Container, Iterable, Sequence

from borderdesk.base.names import is_family
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold
from borderdesk.entry.day_columns import MONTH, YEAR, is_day_part, is_month, is_year
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import describes_columns
from borderdesk.sheets.columns.shared_columns import JOINED, PARTED, holds_ids, parts_of
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.values.addresses import begins_with_commune

_MOST = 0.75
"""The least share of rows with matching cells: sums and captions are among them."""
_MIDDLE_NAMES = frozenset({"van", "thi"})
"""Words that cannot end a whole name."""
_SEPARATORS = re.compile(r"[,;\n]|\s[-–]\s")
FEWEST_CELLS = 2
MOST_BEHIND = 2
"""So many columns at most belong to the heading before them."""

Texts = Sequence[str]


def with_room(rows: Sequence[SheetRow]) -> list[SheetRow]:
    """The rows from the top, each with room for columns that have no heading, but cells."""
    widest = max((len(row.cells) for row in rows), default=0)
    wide = []
    for row in rows:
        missing = min(widest - len(row.cells), MOST_BEHIND) if row.cells else 0
        cells: list[CellValue] = [*row.cells, *[""] * missing]
        wide.append(row._replace(cells=cells) if missing > 0 else row)
    return wide


def with_unheaded(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    rows: Sequence[SheetRow],
    given_places: Container[int],
) -> list[str | None]:
    """The keys of columns, those without a heading by the column before them and by what the first
    rows hold; given_places: the places that a person decided."""
    column_keys = {column.key for column in columns}
    of_digits = {column.key for column in columns if column.field.renumbered}
    texts = [
        texts
        for row in rows
        if not describes_columns(texts := [*map(cell_text, row.cells[: len(headings)])])
        and not _is_line(texts)
    ]
    extended = list(keys)
    for place, heading in enumerate(headings):
        key = extended[place]
        behind = _behind(place, headings, extended, given_places)
        if key in of_digits and behind and holds_ids(rows, (place, behind[0])):
            extended[behind[0]] = f"{key}{JOINED}"
        elif heading and key is not None and behind:
            beside = [_cells(texts, at) for at in (place, *behind)]
            for at, part_key in _spread(key, column_keys, beside).items():
                extended[place + at] = part_key
    return extended


def unheaded(
    headings: Sequence[str], keys: Sequence[str | None], rows: Iterable[SheetRow]
) -> list[int]:
    """The places of columns that have no heading, are not read, and hold words or days."""
    open_places = {n for n, heading in enumerate(headings) if not heading and keys[n] is None}
    filled: dict[int, int] = {}
    count = 0
    for row in rows:
        count += not _is_line(row.cells)
        for place in open_places:
            cell = row.cells[place] if place < len(row.cells) else ""
            told = isinstance(cell, str | datetime.date) and cell != ""
            filled[place] = filled.get(place, 0) + told
    return sorted(place for place, number in filled.items() if number * 2 > count)


def _is_line(cells: Sequence[CellValue]) -> bool:
    """Whether a row has one text at most, as a caption, a sum or a signature."""
    return sum(cell != "" for cell in cells) < FEWEST_CELLS


def _behind(
    place: int, headings: Sequence[str], keys: Sequence[str | None], given_places: Container[int]
) -> list[int]:
    """The places of the columns right behind one, without a heading and not read."""
    places: list[int] = []
    for at in range(place + 1, min(place + 1 + MOST_BEHIND, len(headings))):
        if headings[at] or keys[at] is not None or at in given_places:
            break
        places.append(at)
    return places


def _cells(rows: Sequence[Texts], place: int) -> list[str]:
    return [row[place] if place < len(row) else "" for row in rows]


def _spread(key: str, column_keys: Container[str], beside: Sequence[list[str]]) -> dict[int, str]:
    """{place, from that of the heading on: key} of what the columns of one heading are."""
    if f"{key}{MONTH}" in column_keys:
        if len(beside) > MOST_BEHIND and _hold(beside, is_day_part, is_month, is_year):
            return {1: f"{key}{MONTH}", 2: f"{key}{YEAR}"}
        return {1: f"{key}{MONTH}"} if _hold(beside[:2], is_day_part, is_month) else {}
    if f"{key}{JOINED}" in column_keys and _hold(beside[:2], _ends_in_middle, _is_name):
        return {1: f"{key}{JOINED}"}
    if PARTED in key and _hold(beside[:2], _is_place, _is_place):
        hamlet, commune = parts_of(key)
        swapped = _hold(beside[:1], begins_with_commune)
        return {0: commune, 1: hamlet} if swapped else {0: hamlet, 1: commune}
    return {}


def _hold(beside: Sequence[list[str]], *tests: Callable[[str], bool]) -> bool:
    """Whether most non-empty rows have fitting cells in their columns."""
    rows = [cells for cells in zip(*beside, strict=True) if cells[0]]
    fitting = sum(all(test(cell) for test, cell in zip(tests, row, strict=False)) for row in rows)
    return 0 < fitting >= _MOST * len(rows)


def _ends_in_middle(text: str) -> bool:
    """Whether a name lacks its last word: Nông Văn, Lý Thị, Hoàng."""
    words = fold(text).split()
    if len(words) < 2:
        return bool(words) and is_family(words[0])
    return words[-1] in _MIDDLE_NAMES


def _is_name(text: str) -> bool:
    return bool(text) and text.replace(" ", "").isalpha()


def _is_place(text: str) -> bool:
    return bool(text) and not text.isdecimal() and not _SEPARATORS.search(text)
