"""Numbers in a cell merged over several records: the share of each record is unknown, and read for
each they would count several times."""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from borderdesk.base.spreadsheets import cell_text
from borderdesk.sheets.sources.cells import SheetRow


class SharedNumber(NamedTuple):
    """The numbers of the first and the last row of a merged number."""

    first: int
    last: int


SharedNumbers = Mapping[tuple[int, int], SharedNumber]
"""By (number of a row, place of its cell)."""


def shared_numbers(
    rows: Iterable[SheetRow],
    merged: Iterable[tuple[int, int, int, int]],
    numbers: Set[int],
    own_places: Set[int],
) -> SharedNumbers:
    """The cells of numbers that are merged over several records.

    merged: as of a source; numbers: the places of columns of numbers; own_places: those of
    columns whose values begin a record.
    """
    spans = [
        (place - 1, SharedNumber(first, last))
        for first, place, last, _place in merged
        if last > first and place - 1 in numbers
    ]
    if not spans:
        return {}
    record_rows = {row.number for row in rows if _has_any(row, own_places)}
    return {
        (number, place): span
        for place, span in spans
        if any(number in record_rows for number in range(span.first + 1, span.last + 1))
        for number in range(span.first, span.last + 1)
    }


def _has_any(row: SheetRow, places: Set[int]) -> bool:
    return any(place < len(row.cells) and row.cells[place] != "" for place in places)


def as_refused(row: SheetRow, shared: SharedNumbers) -> SheetRow:
    """A row for correction, with the rows that its numbers count written behind them: as numbers
    alone they would be read again as its own."""
    places = [place for number, place in shared if number == row.number]
    cells = [*row.cells]
    for place in places:
        if place < len(cells):
            span = shared[row.number, place]
            cells[place] = f"{cell_text(cells[place])} [{span.first}–{span.last}]"
    return row._replace(cells=cells) if places else row
