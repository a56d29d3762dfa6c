"""The rows of headings of a table, and the key of each heading."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.day_columns import MONTH, with_day_columns
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import (
    FEWEST_HEADINGS,
    NUMBERING,
    WITHOUT_FIELD,
    describes_columns,
    forms_of,
    heading_words,
    recognised,
    says_done,
    without_unit,
)
from borderdesk.schema.kinds import is_uuid
from borderdesk.sheets.columns.child_columns import columns_below, is_below
from borderdesk.sheets.columns.month_columns import MONTHS_ACROSS, months_across
from borderdesk.sheets.columns.parted_counts import parted_counts, with_wholes
from borderdesk.sheets.columns.shared_columns import JOINED, is_shared, parts_of, share
from borderdesk.sheets.sources.cells import SheetRow, column_number
from borderdesk.sheets.sources.decoding import lost_letters
from borderdesk.sheets.values.household_parts import HEAD

MOST_HEADINGS = 3
"""The limit of stacked rows of headings."""
IGNORE = "-"
"""The key in `--map` of a column that is not read."""
RECORD_ID = "id"
"""The heading of the column of record ids in lists of the program; an ID in other lists is that of
a person."""
TURNED = N_(
    "The headings stand one below the other, and each record in a column. Turn the list in the"
    " spreadsheet (copy it, then Paste Special, Transpose), and read it again."
)
_FIRST_COLUMNS = 2
"""The number of first columns that must contain a heading in a further row of headings."""
_ENOUGH = 0.6
"""The share of the most headings in a row that makes another row one of headings too."""
_FIGURES = re.compile(r"[\s.,/:-]*\d[\d\s.,/:-]*\Z")
_LETTERS = re.compile(r"[A-Za-z]{1,3}\Z")
_NUMBER = "so"
_VAGUE_BELOW = frozenset(
    {_NUMBER, "ngay", "thang", "nam", "noi", "ngay thang", "ngay thang nam", "no", "day", "date"}
)
"""Headings, folded, that say nothing without the one above them: Số, Ngày below CCCD."""


class HeadingRows(NamedTuple):
    """Candidate rows of headings: the number of columns that name a field of their own and that
    share one, then the same without the person's mapping; the first and last row, the headings, and
    the key of each; the places of those that stand for what no record has."""

    score: tuple[int, ...]
    first: int
    last: int
    headings: list[str]
    keys: list[str | None]
    of_others: frozenset[int] = frozenset()


class HeadingFinder:
    """Finds the headings of one sheet for one record type."""

    def __init__(
        self,
        columns: Sequence[GridColumn],
        mapping: Mapping[str, str],
        merged: Sequence[tuple[int, int, int, int]],
        record_ids: int | None,
    ) -> None:
        """mapping: {heading or letters of a column: key, or IGNORE}; merged: as of a source;
        record_ids: the place of the column of ids of records, which names no field."""
        self._columns = columns
        column_keys = {column.key for column in columns}
        self._days = {
            column.key: column for column in columns if f"{column.key}{MONTH}" in column_keys
        }
        self._mapping = {heading_words(column): key for column, key in mapping.items()}
        self._merged = merged
        self._record_ids = record_ids
        forms = forms_of(columns).values()
        self._words = frozenset(word for form in forms for word in (form.label, *form.others))
        self._first_words = self._words | NUMBERING

    def is_heading(self, row: SheetRow) -> bool:
        """Whether a row among the data rows is one of headings, by the number of heading words."""
        if any(isinstance(cell, float) for cell in row.cells):
            return False
        texts = [cell for cell in row.cells if isinstance(cell, str) and cell]
        if not any(heading_words(text) in self._first_words for text in texts[:2]):
            return False
        return sum(heading_words(text) in self._words for text in texts) > FEWEST_HEADINGS

    def find(
        self, top: Sequence[SheetRow], header: int | None, best: HeadingRows | None
    ) -> HeadingRows:
        """The best row, or rows, of headings; header: its number, None to find it; best: those that
        `best` gives of the same rows. Raises UserError."""
        if (lost := lost_letters(top)) is not None:
            raise UserError(
                _(
                    "The letters of this file were lost when it was saved (“{text}”). Open the list"
                    " it was made from, and save that as .xlsx, or as CSV in UTF-8."
                ).format(text=lost[:60])
            )
        recognised_count = sum(best.score[:2]) if best is not None else 0
        if best is not None and _heads_names(best, is_given=header is not None):
            return best
        if not any(cell != "" for row in top for cell in row.cells):
            raise UserError(_("The sheet is empty."))
        if recognised_count < FEWEST_HEADINGS and self._is_turned(top):
            raise UserError(_(TURNED))
        if best is None or (
            recognised_count < FEWEST_HEADINGS and not (recognised_count and self._mapping)
        ):
            _refuse_months(top)
            raise UserError(
                _(
                    "No row of headings was found. Write the headings of the form above the list,"
                    " or on the command line name them with --header and --map."
                )
            )
        return best

    def _is_turned(self, top: Sequence[SheetRow]) -> bool:
        """Whether headings are in a column, one below the other, and each record in a column of its
        own."""
        plain_headings = [
            column
            for column in self._columns
            if not is_shared(column.key) and not is_below(column.key)
        ]
        return any(
            sum(map(bool, recognised(headings, plain_headings))) > FEWEST_HEADINGS
            for headings in (
                [_heading(row.cells[n]) for row in top if n < len(row.cells)]
                for n in range(_FIRST_COLUMNS)
            )
        )

    def best(self, top: Sequence[SheetRow], header: int | None) -> HeadingRows | None:
        """The row, or rows, that name the most columns, None without rows."""
        at_rows = [at for at, row in enumerate(top) if header in (None, row.number)]
        candidates = [self.headings_at(top[at : at + MOST_HEADINGS]) for at in at_rows]
        best = max(candidates, key=lambda candidate: candidate.score, default=None)
        if best is not None:
            # Of two tables the upper one, though the lower may have more columns: its rows would
            # be taken for titles.
            least = max(best.score[0] * _ENOUGH, FEWEST_HEADINGS + 1)
            best = next(
                (candidate for candidate in candidates if candidate.score[0] >= least), best
            )
        return best

    def headings_at(self, rows: Sequence[SheetRow]) -> HeadingRows:
        """The headings of a row, or of it and the next ones where only together they match more
        columns than each alone: a title above the headings matches none."""
        number = rows[0].number
        single = [_heading(cell) for cell in rows[0].cells]
        score, keys = self._judged(single, single)
        best = HeadingRows(score, number, number, single, keys)
        least = best.score
        for count in range(2, len(rows) + 1 if any(single) else 2):
            stacked = self._stacked_headings(rows[:count])
            if stacked is None:
                break
            headings, longer = stacked
            score, keys = self._judged(headings, longer)
            others = _below_others(headings, longer, self._columns)
            of_others = frozenset(place for place, key in others.items() if key == IGNORE)
            last = number + count - 1
            stacked_rows = HeadingRows(score, number, last, headings, keys, of_others)
            below = [_heading(cell) for cell in rows[count - 1].cells]
            least = max(least, self._judged(below, below)[0])
            # A heading for done (Đã ký) splits the heading above (Số hộ) into parts, as the total
            # (Tổng số) does beside its parts (Nữ).
            apart = any(map(says_done, below)) or any(
                parted_counts(headings, longer, self._columns)
            )
            # A row that is merged down to the last one, or has headings alone, is one of the rows
            # of headings.
            apart = apart or self._reaches(number, last)
            apart = apart or all(heading_words(text) in self._words for text in below if text)
            if stacked_rows.score > least or (stacked_rows.score == least and apart):
                best, least = stacked_rows, stacked_rows.score
        return best

    def _reaches(self, first: int, last: int) -> bool:
        """Whether headings of one row are merged with the cells below them, down to another row."""
        return any(span[0] == first and span[2] == last for span in self._merged)

    def _stacked_headings(self, rows: Sequence[SheetRow]) -> tuple[list[str], list[str]] | None:
        """The headings of stacked rows: the lowest non-blank ones, and all joined; None for rows
        that cannot be headings."""
        last = rows[-1]
        below = [*map(_heading, last.cells)]
        if not any(below) or describes_columns(below):
            return None
        if any(isinstance(cell, float) for cell in last.cells) or any(map(_FIGURES.match, below)):
            # A file of texts has figures and days as such.
            return None
        # A title, or the unit of the figures, is one cell above the headings.
        if sum(isinstance(cell, str) and cell.strip() != "" for cell in rows[0].cells) < 2:
            return None
        width = max(len(row.cells) for row in rows)
        written = [
            [_heading(cell) for cell in row.cells] + [""] * (width - len(row.cells)) for row in rows
        ]
        short, longer = written[-1], written[-1]
        for row, upper in zip(reversed(rows[:-1]), reversed(written[:-1]), strict=True):
            spread = self._spread(row.number, upper, longer)
            heading_pairs = zip(spread, longer, strict=True)
            longer = [f"{high} {low}".strip() if low else high for high, low in heading_pairs]
            short = [low or high for high, low in zip(upper, short, strict=True)]
        return short, longer

    def _spread(self, row: int, upper: Sequence[str], lower: Sequence[str]) -> list[str]:
        """The headings of a row, repeated over all columns of their merged cells."""
        spread = list(upper)
        width = len(spread)
        for first_row, first, _last_row, last in self._merged:
            if first_row == row:
                for place in range(first, min(last, width)):
                    spread[place] = upper[first - 1]
        for place in range(1, width):
            # Formats without merged cells leave the rest of the span blank.
            if not spread[place] and lower[place]:
                spread[place] = spread[place - 1]
        return spread

    def _judged(
        self, headings: Sequence[str], longer: Sequence[str]
    ) -> tuple[tuple[int, ...], list[str | None]]:
        """The score of headings, and the key of each."""
        mapped_keys = self.given_keys(headings)
        keys = self._keys(headings, longer, mapped_keys)
        score: tuple[int, ...] = _score(keys)
        # Letters name a column in any row, and an ignored heading is a heading too.
        score = (*score, *(_score(self._keys(headings, longer, {})) if mapped_keys else score))
        # Of rows that match as many columns the one with a column of row numbers.
        score = (*score, any(heading_words(text) in NUMBERING for text in headings))
        counted = with_wholes(headings, longer, keys, self._columns)
        return score, [keys[n] if n in mapped_keys else key for n, key in enumerate(counted)]

    def _keys(
        self, headings: Sequence[str], longer: Sequence[str], mapped_keys: Mapping[int, str]
    ) -> list[str | None]:
        # A column joined to another one leaves the key of that column free.
        whole = [key for key in mapped_keys.values() if JOINED not in key]
        used = {part for key in whole for part in parts_of(key)}
        open_to = [
            column
            for column in self._columns
            if column.key not in mapped_keys.values()
            and not used.intersection(parts_of(column.key))
        ]
        free = [
            column for column in open_to if not is_shared(column.key) and not is_below(column.key)
        ]
        below = {
            **columns_below(longer, open_to),
            **columns_below(headings, open_to),
            **_below_others(headings, longer, open_to),
            **mapped_keys,
        }
        for column in self._columns:
            # Lists of the program name a household by its id, in a column of this key.
            owner, _dot, part = column.key.partition(".")
            if part == HEAD and owner in headings and column in open_to:
                below.setdefault(headings.index(owner), column.key)
        if self._record_ids is not None and self._record_ids < len(headings):
            below.setdefault(self._record_ids, IGNORE)
        open_headings = ["" if place in below else text for place, text in enumerate(headings)]
        keys = recognised(open_headings, free)
        if longer is not headings:
            remaining = [column for column in free if column.key not in keys]
            longer_keys = recognised(
                [
                    "" if key or heading_words(text) in WITHOUT_FIELD else long
                    for key, text, long in zip(keys, open_headings, longer, strict=True)
                ],
                remaining,
            )
            keys = [key or longer_key for key, longer_key in zip(keys, longer_keys, strict=True)]
        keys = share(open_headings, keys, open_to)
        for place, key in below.items():
            keys[place] = None if key == IGNORE else key
        return with_day_columns(headings, longer, keys, self._days, below)

    def proposed(self, headings: Sequence[str]) -> list[str | None]:
        """The key of each heading in a row, without the person's mapping."""
        return self._keys(headings, headings, {})

    def given_keys(self, headings: Sequence[str]) -> dict[int, str]:
        """{place: key} of the columns that the mapping names by heading, else by letters."""
        mapped_keys: dict[int, str] = {}
        for column, key in self._mapping.items():
            places = [n for n, text in enumerate(headings) if column == heading_words(text)]
            places = places or [
                n for n, text in enumerate(headings) if column == without_unit(text)
            ]
            if not places and _LETTERS.match(column):
                places = [column_number(column) - 1]
            for place in places[:1]:
                if place < len(headings):
                    mapped_keys[place] = key
        return mapped_keys

    def missing_mappings(self, headings: Sequence[str]) -> list[str]:
        """The columns of the mapping that the headings do not have, folded."""
        mapped = set(self.given_keys(headings).values())
        return [column for column, key in self._mapping.items() if key not in mapped]


class OtherHeadings:
    """A second row of headings further down on the same sheet.

    Rows with the same columns in another order are put into the order of the first; a row of other
    headings is no part of the table.
    """

    def __init__(self, heading_rows: HeadingRows, keys: Sequence[str | None]) -> None:
        """heading_rows: the headings; keys: those of the table's columns."""
        self._number = heading_rows.last
        places = {key: place for place, key in enumerate(heading_rows.keys) if key is not None}
        self._moved = tuple(places.get(key, -1) if key else -1 for key in keys)
        self._fits = places.keys() <= set(keys)

    def moved(self, row: SheetRow) -> SheetRow:
        """A row below these headings as one of the table."""
        if not self._fits:
            return row._replace(headed=self._number)
        cells = [row.cells[n] if 0 <= n < len(row.cells) else "" for n in self._moved]
        return row._replace(cells=cells, moved=self._moved)


def record_ids(top: Sequence[SheetRow]) -> int | None:
    """The place of the column that is headed `id` and has ids of records right below."""
    for row, below in pairwise(top):
        for place, (cell, under) in enumerate(zip(row.cells, below.cells, strict=False)):
            headed = isinstance(cell, str) and cell.strip().casefold() == RECORD_ID
            if headed and isinstance(under, str) and is_uuid(under.strip().lower()):
                return place
    return None


def _refuse_months(top: Sequence[SheetRow]) -> None:
    """Raise UserError for a list with a column for each month."""
    for row in top:
        months = months_across(cell for cell in row.cells if isinstance(cell, str))
        if months:
            raise UserError(_(MONTHS_ACROSS).format(names=", ".join(months[:3])))


def _heads_names(heading_rows: HeadingRows, *, is_given: bool) -> bool:
    """Whether headings are those of a list of names alone: a column of heads beside the one that
    numbers them, or in a row that a person named."""
    if not any(key is not None and key.rpartition(".")[2] == HEAD for key in heading_rows.keys):
        return False
    return is_given or any(heading_words(text) in NUMBERING for text in heading_rows.headings)


def _score(keys: Sequence[str | None]) -> tuple[int, int]:
    shared = sum(key is not None and is_shared(key) for key in keys)
    return sum(key is not None for key in keys) - shared, shared


def _below_others(
    headings: Sequence[str], longer: Sequence[str], columns: Sequence[GridColumn]
) -> dict[int, str]:
    """{place: key, or IGNORE} of the vague headings below that of a card (CCCD: Số, Ngày) or of
    what records do not have (Ngày sinh: Ngày, Tháng, Năm): not the day of the record."""
    cards = [column for column in columns if column.field.renumbered and not is_shared(column.key)]
    keys_by_place: dict[int, str] = {}
    for place, (short, long) in enumerate(zip(headings, longer, strict=True)):
        if short == long or heading_words(short) not in _VAGUE_BELOW:
            continue
        above = long.removesuffix(short).strip()
        card = recognised([above], cards)[0]
        if card is not None and heading_words(short) == _NUMBER:
            keys_by_place[place] = card
        elif card is not None or without_unit(above) in WITHOUT_FIELD:
            keys_by_place[place] = IGNORE
    return keys_by_place


def _heading(cell: CellValue) -> str:
    """A cell as a heading: one line; "" for numbers and dates, which head nothing."""
    return " ".join(cell_text(cell[:400]).split()) if isinstance(cell, str) else ""
