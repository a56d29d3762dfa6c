"""Assigns the final keys to a table's columns, once its headings are found."""

import re
from collections.abc import Collection, Container, Mapping, Sequence, Set
from typing import NamedTuple

from borderdesk.base.spreadsheets import cell_text
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import recognised, says_done
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.choice_columns import by_cells
from borderdesk.sheets.columns.shared_columns import is_shared, with_numbers_of_before
from borderdesk.sheets.columns.spouse_columns import with_husbands, wives_beside
from borderdesk.sheets.columns.unheaded_columns import unheaded, with_unheaded
from borderdesk.sheets.sources.cells import SheetRow

_FIGURE = re.compile(r"\d")


class ColumnKeys(NamedTuple):
    """The key that each column is read as, None for none; by_cells: the places of those that are
    read as what their cells hold; unheaded: those of columns without a heading that hold words or
    days and are not read; rivals: {place that is read: places that are not, but whose heading names
    the same field}."""

    keys: list[str | None]
    by_cells: list[int]
    unheaded: list[int]
    rivals: dict[int, list[int]]


def column_keys(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    below: Sequence[SheetRow],
    given_places: Collection[int],
    proposed: Sequence[str | None],
    of_others: Set[int],
) -> ColumnKeys:
    """The keys of columns by their headings, then corrected by the first rows below these.

    keys: from the headings and the person's mapping; given_places: the positions in that mapping;
    proposed: from the headings alone; of_others: the positions of what no record has.
    """
    by_headings = with_numbers_of_before(headings, keys, columns, given_places)
    by_headings = with_husbands(headings, by_headings, columns, given_places)
    corrected = by_cells(headings, by_headings, columns, below, given_places)
    corrected = _with_freed(headings, by_headings, corrected, columns, given_places)
    corrected = with_unheaded(headings, corrected, columns, below, given_places)
    key_pairs = enumerate(zip(corrected, by_headings, strict=True))
    changed = [place for place, (key, heading_key) in key_pairs if key != heading_key]
    left_out = {
        place for place in given_places if corrected[place] is None and proposed[place] is not None
    } | of_others
    rivals = _rivals(headings, corrected, columns, left_out)
    numbers = {column.key for column in columns if column.field.cell_kind == "number"}
    open_to = {
        place: [rival for rival in rivals[place] if rival not in given_places]
        for place in rivals
        if place not in given_places
    }
    corrected = _in_figures(corrected, open_to, numbers, below)
    rivals = _rivals(headings, corrected, columns, left_out)
    return ColumnKeys(corrected, changed, unheaded(headings, corrected, below), rivals)


def _with_freed(
    headings: Sequence[str],
    before: Sequence[str | None],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    given_places: Collection[int],
) -> list[str | None]:
    """The keys, those that a column lost by what it holds at another heading of theirs: Phía (TQ)
    beside Đối tác (Công an xã)."""
    freed = set(before).difference(keys)
    open_to = [column for column in columns if column.key in freed]
    if not open_to:
        return list(keys)
    unread = [
        "" if key or place in given_places else heading
        for place, (heading, key) in enumerate(zip(headings, keys, strict=True))
    ]
    again = recognised(unread, open_to)
    return [key or again_key for key, again_key in zip(keys, again, strict=True)]


def _in_figures(
    keys: Sequence[str | None],
    rivals: Mapping[int, Sequence[int]],
    numbers: Container[str | None],
    rows: Sequence[SheetRow],
) -> list[str | None]:
    """The keys, that of a number at the column of figures where another of its headings stands
    above words: Lực lượng (Bộ đội, dân quân) beside Quân số (8)."""
    corrected = list(keys)
    for place, others in rivals.items():
        if keys[place] in numbers and not _has_figures(rows, place):
            better = next((other for other in others if _has_figures(rows, other)), place)
            corrected[place], corrected[better] = corrected[better], corrected[place]
    return corrected


def _has_figures(rows: Sequence[SheetRow], place: int) -> bool:
    cells = (cell_text(row.cells[place]) for row in rows if place < len(row.cells))
    return any(map(_FIGURE.search, cells))


def _rivals(
    headings: Sequence[str],
    keys: Sequence[str | None],
    columns: Sequence[GridColumn],
    left_out: Collection[int],
) -> dict[int, list[int]]:
    """The columns that may be meant beside those read, but for what no record has, and for what
    somebody left out himself: what the program had proposed to read."""
    plain_columns = [
        column for column in columns if not is_shared(column.key) and not is_below(column.key)
    ]
    counts = {column.key for column in plain_columns if column.field.is_count}
    rivals = wives_beside(headings, keys)
    for place, heading in enumerate(headings):
        if not heading or keys[place] is not None or place in left_out:
            continue
        recognised_key = recognised([heading], plain_columns)[0]
        if recognised_key is None and says_done(heading):
            # The total (Số hộ), and beside it the intended part (Đã ký).
            recognised_key = next((key for key in reversed(keys[:place]) if key in counts), None)
        if recognised_key in keys and recognised_key is not None:
            rivals.setdefault(keys.index(recognised_key), []).append(place)
    return rivals
