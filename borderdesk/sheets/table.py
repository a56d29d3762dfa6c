"""Finding the table in a sheet: the row of headings under titles, and the rows that are records."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Literal, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, in_every_language
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import (
    FEWEST_HEADINGS,
    NUMBERING,
    WITHOUT_FIELD,
    describes_columns,
    heading_words,
    in_brackets,
    recognised,
    without_unit,
)
from borderdesk.schema.kinds import HAMLET, UNIT, Field
from borderdesk.schema.kinds.unit_scales import scale_of
from borderdesk.sheets.carried_values import is_caption, is_rank
from borderdesk.sheets.cells import SheetRow, column_letters, column_number
from borderdesk.sheets.child_columns import columns_below, is_below
from borderdesk.sheets.decoding import SheetText
from borderdesk.sheets.shared_columns import is_shared, join_merged, parts_of, share

EXAMPLE = N_("Example")
"""What the column that numbers the rows has where a template only shows how to fill it in."""
EXAMPLES = frozenset(map(heading_words, in_every_language(EXAMPLE)))
ROWS_SEARCHED = 60
"""So many rows from the top may stand before or hold the headings."""
IGNORE = "-"
"""What `--map` gives a column that is not to be read."""
_TOTAL = re.compile(r"(?:tổng|cộng|luỹ kế|lũy kế|total)\b|(?:tong cong|tong so|cong)[ :.]*\Z")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_PERIOD = re.compile(r"(?:tháng|quý|tuần|năm|đợt|kỳ)\b")
"""What a caption above the rows of a period begins with."""
LONGEST_TITLE = 400
_UNIT_LINE = re.compile(r"(?:đơn vị tính|đơn vị|đvt)\s*:\s*(.{1,60})", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[A-Za-z]{1,3}\Z")

RowRole = Literal["blank", "total", "note", "example", "record"]


class SheetColumn(NamedTuple):
    """A column of the sheet: its place from 0, its heading, and the key it is read as, if any."""

    place: int
    heading: str
    key: str | None


class _HeadingRows(NamedTuple):
    """One or two rows of headings: how many name a field of their own and how many share some, the
    first and last row, the headings, and the key of each."""

    score: tuple[int, int]
    first: int
    last: int
    headings: list[str]
    keys: list[str | None]


class SheetTable:
    """The table in a sheet: where its headings are, what its columns mean, and its rows.

    first, last: the numbers of the first and last row of headings; year: the one year that the
    rows above name; head_rows: the rows from the top to the headings; recalled: whether columns
    are read as somebody confirmed before and not as their headings alone say.
    """

    def __init__(
        self,
        text: SheetText,
        columns: Sequence[GridColumn],
        *,
        header: int | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        """header: the number of the row of headings, None to find it; mapping: {heading or
        letters of a column: key, or IGNORE}. Raises UserError."""
        self.text = text
        self.recalled = False
        self._mapping = {heading_words(column): key for column, key in (mapping or {}).items()}
        limit = max(ROWS_SEARCHED, header or 0)
        top = list(islice(text.rows(), limit + 1))
        _known, self.first, self.last, headings, keys = self._heading_rows(top, columns, header)
        keys = join_merged(headings, keys, columns, self._merged_headings())
        self.columns = [
            SheetColumn(place, heading, key)
            for place, (heading, key) in enumerate(zip(headings, keys, strict=True))
        ]
        self.head_rows = [row for row in top if row.number <= self.last]
        self.year = _year_of(row for row in top if row.number < self.first)
        self._numbering = next(
            (c.place for c in self.columns if heading_words(c.heading) in NUMBERING), None
        )
        self._headings = [heading_words(heading) for heading in headings]
        self._places: dict[str, int | None] = {}
        of_places = {one.key for one in columns if one.field.refers_to in (UNIT, HAMLET)}
        self._of_places = {column.place for column in self.columns if column.key in of_places}
        self._titles = [
            cell_text(cell[:LONGEST_TITLE])
            for row in top
            if row.number < self.first
            for cell in row.cells
            if isinstance(cell, str) and cell
        ]

    def _merged_headings(self) -> list[tuple[int, int]]:
        """The first and last place of headings that stand above several columns."""
        return [
            (first - 1, last - 1)
            for row, first, _last_row, last in self.text.source.merged
            if self.first <= row <= self.last and last > first
        ]

    def scale(self, column: SheetColumn, field: Field) -> Decimal | None:
        """The factor of a column whose figures are in another unit than the field's: what the
        brackets of its heading say, else the line of units above the headings."""
        if not field.unit:
            return None
        inside = in_brackets(column.heading)
        named = inside or [
            part
            for text in self._titles
            if (found := _UNIT_LINE.search(text))
            for part in found[1].split(",")
        ]
        return next(filter(None, (scale_of(field.unit, text) for text in named)), None)

    def titles(self) -> list[str]:
        """The texts above the headings, and the name of the sheet."""
        return [*self._titles, self.text.source.name]

    # ------------------------------------------------------------------ headings

    def _heading_rows(
        self, top: Sequence[SheetRow], columns: Sequence[GridColumn], header: int | None
    ) -> _HeadingRows:
        """The best row, or two rows, of headings. Raises UserError."""
        best: _HeadingRows | None = None
        for at, row in enumerate(top):
            if header is None or row.number == header:
                found = self._headings_at(top[at : at + 2], columns)
                if best is None or found.score > best.score:
                    best = found
        known = sum(best.score) if best is not None else 0
        if best is None or (known < FEWEST_HEADINGS and not (known and self._mapping)):
            raise UserError(
                _(
                    "No row of headings was found. Name it with --header, and columns with --map,"
                    " or write the headings of the form above the list."
                )
            )
        return best

    def _headings_at(self, rows: Sequence[SheetRow], columns: Sequence[GridColumn]) -> _HeadingRows:
        """The headings of a row, or of it and the next one where only both together say more than
        either: a title above the headings says nothing."""
        number = rows[0].number
        single = [_heading(cell) for cell in rows[0].cells]
        keys = self._keys(single, single, columns)
        alone = _HeadingRows(_score(keys), number, number, single, keys)
        double = self._merged_heading(*rows) if len(rows) > 1 and any(single) else None
        if double is None:
            return alone
        headings, longer = double
        keys = self._keys(headings, longer, columns)
        both = _HeadingRows(_score(keys), number, number + 1, headings, keys)
        below = [_heading(cell) for cell in rows[1].cells]
        least = max(alone.score, _score(self._keys(below, below, columns)))
        return both if both.score > least else alone

    def _merged_heading(self, top: SheetRow, below: SheetRow) -> tuple[list[str], list[str]] | None:
        """The headings of two rows: the lower ones where there are any, and both together."""
        lower = [_heading(cell) for cell in below.cells]
        if any(isinstance(cell, float) for cell in below.cells) or not any(lower):
            return None
        # A title, or the unit of the figures, is one cell above the headings.
        if sum(isinstance(cell, str) and cell.strip() != "" for cell in top.cells) < 2:
            return None
        width = max(len(top.cells), len(lower))
        upper = [_heading(cell) for cell in top.cells] + [""] * (width - len(top.cells))
        lower += [""] * (width - len(lower))
        spread = list(upper)
        for first_row, first, _last_row, last in self.text.source.merged:
            if first_row == top.number:
                for place in range(first, min(last, width)):
                    spread[place] = upper[first - 1]
        for place in range(1, width):
            # Formats without merged cells leave the rest of the span blank.
            if not spread[place] and lower[place]:
                spread[place] = spread[place - 1]
        short = [low or high for high, low in zip(upper, lower, strict=True)]
        both = [
            f"{high} {low}".strip() if low else high
            for high, low in zip(spread, lower, strict=True)
        ]
        return short, both

    def _keys(
        self, headings: Sequence[str], longer: Sequence[str], columns: Sequence[GridColumn]
    ) -> list[str | None]:
        given = self._given_keys(headings)
        taken = {part for key in given.values() for part in parts_of(key)}
        open_to = [column for column in columns if not taken.intersection(parts_of(column.key))]
        free = [one for one in open_to if not is_shared(one.key) and not is_below(one.key)]
        below = {**columns_below(longer, open_to), **columns_below(headings, open_to), **given}
        asked = ["" if place in below else text for place, text in enumerate(headings)]
        found = recognised(asked, free)
        if longer is not headings:
            left = [column for column in free if column.key not in found]
            others = recognised(
                [
                    "" if key or heading_words(text) in WITHOUT_FIELD else long
                    for key, text, long in zip(found, asked, longer, strict=True)
                ],
                left,
            )
            found = [one or other for one, other in zip(found, others, strict=True)]
        found = share(asked, found, open_to)
        for place, key in below.items():
            found[place] = None if key == IGNORE else key
        return found

    def _given_keys(self, headings: Sequence[str]) -> dict[int, str]:
        """{place: key} of the columns that the mapping names by heading, else by letters."""
        given: dict[int, str] = {}
        for column, key in self._mapping.items():
            places = [n for n, text in enumerate(headings) if column == heading_words(text)]
            places = places or [
                n for n, text in enumerate(headings) if column == without_unit(text)
            ]
            if not places and _LETTERS.match(column):
                places = [column_number(column) - 1]
            for place in places[:1]:
                if place < len(headings):
                    given[place] = key
        return given

    def missing_mappings(self) -> list[str]:
        """The columns of the mapping that the headings do not have, folded."""
        given = set(self._given_keys([column.heading for column in self.columns]).values())
        return [column for column, key in self._mapping.items() if key not in given]

    def ignored(self) -> list[str]:
        """The headings of columns that no field was found for, those that number rows aside."""
        return [
            column.heading or column_letters(column.place + 1)
            for column in self.columns
            if column.key is None and column.heading and column.place != self._numbering
        ]

    def unknown(self) -> list[str]:
        """Of the ignored columns those whose heading is not known either."""
        return [text for text in self.ignored() if without_unit(text) not in WITHOUT_FIELD]

    def heading_of(self, key: str) -> str | None:
        """The heading of the column that is read as `key`."""
        named = (one for one in self.columns if one.key and key in (one.key, *parts_of(one.key)))
        return next((column.heading for column in named if column.heading), None)

    # ---------------------------------------------------------------------- rows

    def rows(self, event: str | None) -> Iterator[tuple[SheetRow, RowRole]]:
        """Every row below the headings and what it is; `event`: the key of the day a record
        counts by, None for a type without. Raises UserError."""
        after_total, top = False, self.last
        for row in self.text.rows():
            if row.number <= self.last:
                continue
            role = self._role(row, event, after_total=after_total)
            if row.number == top + 1 and describes_columns([*map(cell_text, row.cells)]):
                role, top = "note", row.number
            after_total = after_total or role == "total"
            yield row, role

    def _is_plain_record(self, row: SheetRow, event: str | None) -> bool:
        """Whether a row is numbered and dated, as nearly all are; the others are looked at."""
        day = self._place_of(event)
        if self._numbering is None or day is None or max(self._numbering, day) >= len(row.cells):
            return False
        number, dated = row.cells[self._numbering], row.cells[day]
        numbered = number.isdecimal() if isinstance(number, str) else type(number) is float
        return numbered and not (isinstance(dated, str) and not _DIGIT.search(dated))

    def _place_of(self, key: str | None) -> int | None:
        if key is None:
            return None
        if key not in self._places:
            places = (column.place for column in self.columns if column.key == key)
            self._places[key] = next(places, None)
        return self._places[key]

    def _role(self, row: SheetRow, event: str | None, *, after_total: bool) -> RowRole:
        if self._is_plain_record(row, event):
            return "record"
        texts = [cell_text(cell) for cell in row.cells]
        texts += [""] * (len(self._headings) - len(texts))
        filled = [place for place, text in enumerate(texts) if text]
        if not filled:
            return "blank"
        if [heading_words(text) for text in texts[: len(self._headings)]] == self._headings:
            return "note"
        mapped = [column for column in self.columns if column.key and texts[column.place]]
        dated = any(column.key == event and _is_dated(texts[column.place]) for column in mapped)
        # A type without a day is known by its columns: more than half of them must be blank.
        every = sum(column.key is not None for column in self.columns)
        sparse = not dated if event else len(mapped) * 2 <= every
        words = next((text for text in texts if text and not _is_number(text)), "")
        if sparse and _TOTAL.match(words.casefold()):
            return "total"
        number = texts[self._numbering] if self._numbering is not None else ""
        if heading_words(number.rstrip("0123456789 ")) in EXAMPLES:
            return "example"
        if not dated and self._is_caption(texts, filled):
            return "note"
        if _is_number(number) and len(filled) > 1:
            return "record"
        # A caption, a signature: few cells, and not those that a record must have.
        few = min(3 if after_total else 2 if self._numbering is not None else 1, every - 1)
        if (sparse and len(filled) <= max(few, 1)) or (after_total and len(filled) == 1):
            return "note"
        return "record" if mapped else "note"

    def _is_caption(self, texts: Sequence[str], filled: Sequence[int]) -> bool:
        """Whether a row names the place of those below it: alone, or with their sums behind."""
        named = [place for place in filled if not is_rank(texts[place])]
        if not named or not is_caption(texts[named[0]]):
            return False
        number = texts[self._numbering] if self._numbering is not None else ""
        alone = len(named) == 1
        return alone or (named[0] not in self._of_places and not _is_number(number))


def _is_dated(text: str) -> bool:
    """Whether a text may be a day: a signature that stands where the days do has no digit, and
    a caption or a total says of what month it is."""
    if not _DIGIT.search(text):
        return False
    folded = text.casefold()
    return not (_TOTAL.match(folded) or _PERIOD.match(folded))


def _score(keys: Sequence[str | None]) -> tuple[int, int]:
    shared = sum(key is not None and is_shared(key) for key in keys)
    return sum(key is not None for key in keys) - shared, shared


def _heading(cell: CellValue) -> str:
    """A cell as a heading: one line; "" for numbers and dates, which head nothing."""
    return " ".join(cell_text(cell[:400]).split()) if isinstance(cell, str) else ""


def _is_number(text: str) -> bool:
    return text.rstrip(".").isdecimal()


def _year_of(rows: Iterator[SheetRow]) -> int | None:
    """The only year that the titles name."""
    years = {
        int(year)
        for row in rows
        for cell in row.cells
        if isinstance(cell, str)
        for year in _YEAR.findall(cell[:2_000])
    }
    return years.pop() if len(years) == 1 else None


def folded_rows(numbers: Sequence[int], most: int = 20) -> str:
    """Row numbers in words: 12, 15–18, …"""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:most]]
    return ", ".join([*shown, *(["…"] if len(spans) > most else [])])
