"""Values that span rows: merged cells, a place that is written once for many rows, and records that
continue in the rows below."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Literal

from borderdesk.base.spreadsheets import CellValue
from borderdesk.schema.kinds import Field
from borderdesk.sheets.sources.cells import SheetRow

RowRole = Literal["blank", "total", "note", "example", "record", "below", "lone"]
"""The role of a row; below: it only continues the record above; lone: only a person's name, who is
in the list or signs it."""

MOST_SPANS = 100_000
_ORDINAL = re.compile(r"\A\s*(?:lần|đợt|kỳ|quý|năm)\s*(?:thứ\s*)?\d{1,4}\s*\Z", re.IGNORECASE)
"""A heading that counts the columns of one above it: Lần 1, Lần 2 below Ngày ký."""


class MergedCells:
    """The cells of a table that are merged with those below them, filled as rows go by."""

    def __init__(self, merged: Iterable[tuple[int, int, int, int]], numbering: int | None) -> None:
        """merged: (first row, first column, last row, last column), from 1; numbering: the place of
        the column that numbers the rows, which is not filled."""
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for number, (first, column, last, _column) in enumerate(merged):
            if last > first and column - 1 != numbering and number < MOST_SPANS:
                self._spans.setdefault(first, []).append((last, column - 1))
        self._open: dict[int, tuple[int, CellValue]] = {}
        """By place: the last row of a span that has begun, and its cell."""

    def filled(self, row: SheetRow) -> SheetRow:
        """The row with the cells merged into it; a row without cells of its own stays blank."""
        for last, place in self._spans.get(row.number, ()):
            if place < len(row.cells):
                self._open[place] = (last, row.cells[place])
        if not self._open:
            return row
        self._open = {place: span for place, span in self._open.items() if span[0] >= row.number}
        if all(cell == "" for cell in row.cells):
            return row
        cells = list(row.cells)
        for place, (_last, cell) in self._open.items():
            cells += [""] * (place + 1 - len(cells))
            if cells[place] == "":
                cells[place] = cell
        return row._replace(cells=cells)


def written_once(rows: Iterable[SheetRow], places: Iterable[int]) -> set[int]:
    """The columns whose cells are written only on a change and left blank below: no two
    neighbours are equal, and at least as many are blank as filled.

    One blank cell in a column that repeats every place is a slip, not this style.
    """
    above: dict[int, CellValue] = {}
    counts = {place: [0, 0] for place in places}
    for row in rows:
        for place in list(counts):
            cell = row.cells[place] if place < len(row.cells) else ""
            if cell == "":
                counts[place][0] += 1
            elif above.get(place) == cell:
                del counts[place]
            else:
                counts[place][1] += 1
            above[place] = cell
    return {place for place, (blank, filled) in counts.items() if 0 < filled <= blank}


class PlacesAbove:
    """The places that are written once, in the first of the rows that they hold for."""

    def __init__(self, places: Sequence[int], habit: Callable[[], Set[int]]) -> None:
        """places: the columns of places, the wider first; habit: returns those written only on a
        change, called at the first blank cell."""
        self._places = places
        self._habit = habit
        self._once: Set[int] | None = None
        self._above: dict[int, CellValue] = {}

    def forget(self) -> None:
        """A caption or a sum ends carried values."""
        self._above.clear()

    def filled(self, row: SheetRow) -> SheetRow:
        """The row of a record with the places that a row above it gives."""
        from_above: dict[int, CellValue] = {}
        cells, above = row.cells, self._above
        for order, place in enumerate(self._places):
            cell = cells[place] if place < len(cells) else ""
            if cell == "":
                if place in above and self._is_once(place):
                    from_above[place] = above[place]
            elif above.get(place) != cell:
                # A hamlet does not carry over to another commune.
                for narrower in self._places[order:]:
                    above.pop(narrower, None)
                above[place] = cell
        if not from_above:
            return row
        cells = [*row.cells, *[""] * (max(from_above) + 1 - len(row.cells))]
        for place, cell in from_above.items():
            cells[place] = cell
        return row._replace(cells=cells, taken=tuple(from_above))

    def _is_once(self, place: int) -> bool:
        if self._once is None:
            self._once = self._habit()
        return place in self._once


def heads_parts(texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a row right below the headings has text in columns under shared merged headings only:
    Số, Ngày cấp below CCCD; spans: their first and last positions."""
    below = {place for first, last in spans for place in range(first, last + 1)}
    filled = [place for place, text in enumerate(texts) if text]
    return (
        len(filled) > 1
        and below.issuperset(filled)
        and not any(char.isdigit() for text in texts for char in _ORDINAL.sub("", text))
    )


def is_note(field: Field) -> bool:
    """Whether a field is free text that no record needs."""
    return field.free_text and not (field.required or field.refers_to)


class FurtherLines:
    """Rows that only continue the record above them, in the columns of one table."""

    def __init__(
        self,
        fields: Mapping[int, Field],
        several: Set[int],
        places: Set[int],
        numbering: int | None,
    ) -> None:
        """fields: by place; several: the places of values that a record has several of; places:
        those of communes and hamlets."""
        self._several = several
        self._notes = {place for place, field in fields.items() if is_note(field)}
        self._required = {place for place, field in fields.items() if field.required} - places
        self._own = fields.keys() | ({numbering} if numbering is not None else set())

    def continues(self, read: SheetRow, row: SheetRow) -> bool:
        """Whether a row has more of the several values of the record above it alone, or also
        further lines of its notes where the rest of it is merged down; read: the row as it stands,
        row: with the cells merged into it."""
        if _has_only(read.cells, self._several, self._own):
            return True
        is_merged = row is not read and not self._required.isdisjoint(_filled(row.cells))
        return is_merged and _has_only(read.cells, self._several | self._notes, self._own)


def _filled(cells: Sequence[CellValue]) -> set[int]:
    return {place for place, cell in enumerate(cells) if cell != ""}


def _has_only(cells: Sequence[CellValue], repeated: Set[int], own_places: Set[int]) -> bool:
    """Whether a row has cells in the columns `repeated`, and in none other of `own_places`."""
    filled = _filled(cells)
    return not filled.isdisjoint(repeated) and filled.isdisjoint(own_places - repeated)


def among_records(
    rows: Iterable[tuple[SheetRow, RowRole]], *, names_alone: bool
) -> Iterator[tuple[SheetRow, RowRole]]:
    """Rows with their roles; a row with a lone name is a record among records, and a note
    elsewhere, below the list or after another note; names_alone: whether the list has nothing but
    names, so that those up to the first note are its records."""
    waiting: list[tuple[SheetRow, RowRole]] = []
    inside = True
    for row, role in rows:
        if role == "lone" and inside:
            waiting.append((row, role))
            continue
        if role == "blank" and waiting:
            waiting.append((row, role))
            continue
        if waiting:
            is_record = names_alone or role == "record"
            yield from _settled(waiting, "record" if is_record else "note")
            waiting = []
        if role != "blank":
            inside = role in ("record", "below")
        yield row, "note" if role == "lone" else role
    yield from _settled(waiting, "record" if names_alone else "note")


def _settled(
    waiting: Iterable[tuple[SheetRow, RowRole]], as_what: RowRole
) -> Iterator[tuple[SheetRow, RowRole]]:
    for row, role in waiting:
        yield row, as_what if role == "lone" else role


def gathered(
    rows: Iterable[tuple[SheetRow, RowRole]],
) -> Iterator[tuple[SheetRow, RowRole]]:
    """Rows with their roles, with the continuation rows of a record moved into its `below`."""
    record: SheetRow | None = None
    for row, role in rows:
        if role == "below" and record is not None:
            record = record._replace(below=(*record.below, row))
            continue
        if record is not None:
            yield record, "record"
            record = None
        if role in ("record", "below"):
            record = row
        else:
            yield row, role
    if record is not None:
        yield record, "record"
