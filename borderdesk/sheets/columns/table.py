"""Finding the table in a sheet: the row of headings under titles, and the rows that are records."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from borderdesk.base.i18n import N_, in_every_language
from borderdesk.base.names import person_named
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.headings import (
    DISTRICTS,
    NUMBERING,
    WITHOUT_FIELD,
    describes_columns,
    heading_words,
    without_unit,
)
from borderdesk.schema.kinds import HAMLET, UNIT, Field
from borderdesk.sheets.columns.carried_values import MOST_SIGNING, is_caption, is_rank, is_signer
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.columns.column_keys import column_keys
from borderdesk.sheets.columns.column_units import ColumnUnits
from borderdesk.sheets.columns.heading_rows import HeadingFinder, OtherHeadings, record_ids
from borderdesk.sheets.columns.row_words import (
    TOTAL,
    is_dated,
    is_day_of_signing,
    is_number,
    may_sum,
)
from borderdesk.sheets.columns.shared_columns import join_merged, parts_of
from borderdesk.sheets.columns.sheet_columns import (
    GIVES_UNIT,
    NAMES_RECORDS,
    NUMBERS_ROWS,
    TELLS_COMMUNES,
)
from borderdesk.sheets.columns.side_by_side import SideBySideText, blocks_of
from borderdesk.sheets.columns.spread_rows import (
    FurtherLines,
    MergedCells,
    PlacesAbove,
    RowRole,
    among_records,
    gathered,
    heads_parts,
    written_once,
)
from borderdesk.sheets.columns.unheaded_columns import with_room
from borderdesk.sheets.sources.cells import SheetRow, column_letters
from borderdesk.sheets.sources.decoding import SheetText
from borderdesk.sheets.values.household_parts import HEAD
from borderdesk.sheets.values.title_periods import sheet_period, title_period

EXAMPLE = N_("Example")
"""The cell in the column of row numbers of a template's example row."""
EXAMPLES = frozenset(map(heading_words, in_every_language(EXAMPLE)))
ROWS_SEARCHED = 60
"""The number of rows from the top in which headings are searched."""
_GROUP = re.compile(r"(?:[IVXLC]+|[A-ZĐ])[.)/:]?\Z")
_NAMED = re.compile(r"[^\W\d_]{3,}[^\d]*\Z")
LONGEST_TITLE = 400
LONGEST_LINE = 2_000
"""So much of a line above the headings is searched for its month and year."""
_DIGIT = re.compile(r"\d")


class SheetColumn(NamedTuple):
    """A column of the sheet: its place from 0, its heading, and the key it is read as, if any."""

    place: int
    heading: str
    key: str | None


class SheetTable:
    """The table in a sheet: the position of its headings, the meaning of its columns, and its rows.

    fields: those that a column may be, by key; first, last: the numbers of the first and last row
    of headings; year, month: those of the rows
    above if they name only one; head_rows: the rows from the top to the headings; record_ids: the
    position of the column of ids of records, if any; recalled: whether a confirmed mapping is used
    instead of the headings alone; by_cells: the positions of columns recognised by their cells;
    beside: the side-by-side tables with the same headings, if there are several; unheaded: columns
    without a heading that hold words or days, not read; district: the position of the column of
    districts, -1 for none; rivals: {position that is read: positions not read with a heading of the
    same field}; uses: {position: English key of what a column without a field is used for};
    unit_columns: {position of figures: that of the column that gives their unit}.
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
        self.fields = {column.key: column.field for column in columns}
        self.recalled = False
        self.year: int | None = None
        limit = max(ROWS_SEARCHED, header or 0)
        top = with_room(list(islice(text.rows(), limit + 1)))
        self.record_ids = record_ids(top)
        merged = text.source.merged
        self._finder = HeadingFinder(columns, mapping or {}, merged, self.record_ids)
        head = self._finder.best(top, header)
        self.beside = blocks_of(head.headings, head.keys) if head is not None else None
        if head is not None and self.beside is not None:
            text = SideBySideText(text, self.beside, head.first, head.last)
            top = with_room(list(islice(text.rows(), limit + 1)))
            head = self._finder.best(top, header)
        self.text, decoded = text, top
        if text.encodings:
            top = self._with_plain_headings(top, header)
            head = self._finder.best(top, header)
        head = self._finder.find(top, header, head)
        _score, self.first, self.last, headings, keys, of_others = head
        self._read_titles([row for row in top if row.number < self.first])
        self.head_rows = [row for row in top if row.number <= self.last]
        lines = [
            row.cells
            for row in (*self.head_rows, *(decoded if decoded is not top else ()))
            if self.first <= row.number <= self.last
        ]
        self._headings = {_heading_words(cells) for cells in (headings, *lines)}
        below = [row for row in top if row.number > self.last]
        keys = join_merged(headings, keys, columns, self._merged_headings(), below)
        self._read_columns(headings, keys, columns, below, of_others)
        days = (
            column.heading
            for column in self.columns
            if column.key and self.fields[column.key].event
        )
        # A year in the heading of the days (Ngày ký năm 2023) has precedence over the title's.
        self.year = title_period(days)[1] or self.year
        self.other_heads: dict[int, SheetRow] = {}
        """The rows of other headings further down, met so far, by number."""
        self.below_head = [
            row for row in below if row.number == self.last + 1 and self._describes(row)
        ]
        """The row right below the headings that describes the columns."""
        self._units.note_below(self.below_head)
        self._places: dict[str, int | None] = {}
        self._attached: dict[str, list[tuple[str, SheetRow]]] = {}
        """{record id: (sheet name, child row) pairs of its child rows on other sheets}."""
        self._records_met: set[str] = set()

    def _read_columns(
        self,
        headings: Sequence[str],
        keys: Sequence[str | None],
        columns: Sequence[GridColumn],
        below: Sequence[SheetRow],
        of_others: frozenset[int],
    ) -> None:
        """Determine the meaning of the columns from their headings (`keys`) and the first rows
        below."""
        mapped_keys = self._finder.given_keys(headings)
        proposed = self._finder.proposed(headings) if mapped_keys else keys
        read = column_keys(headings, keys, columns, below, mapped_keys, proposed, of_others)
        read_keys, self.by_cells, self.unheaded, self.rivals = read
        self.columns = [
            SheetColumn(place, heading, key)
            for place, (heading, key) in enumerate(zip(headings, read_keys, strict=True))
        ]
        self._numbering = next(
            (c.place for c in self.columns if heading_words(c.heading) in NUMBERING), None
        )
        of_places = {column.key for column in columns if column.field.refers_to in (UNIT, HAMLET)}
        self._of_places = {column.place for column in self.columns if column.key in of_places}
        self.district = next(
            (c.place for c in self.columns if without_unit(c.heading) in DISTRICTS), -1
        )
        used = (self.district, self._numbering, self.record_ids)
        self.uses = dict(zip(used, (TELLS_COMMUNES, NUMBERS_ROWS, NAMES_RECORDS), strict=True))
        self._labels = {column.key: column.label for column in columns}
        by_place = {column.place: self.fields[column.key] for column in self.columns if column.key}
        free = {column.place for column in self.columns if column.key is None}
        self.unit_columns = self._units.columns(headings, by_place, free)
        self.uses |= dict.fromkeys(self.unit_columns.values(), GIVES_UNIT)
        self._several = {
            column.place
            for column in self.columns
            if column.key and (is_below(column.key) or self.fields[column.key].several)
        }

    def _read_titles(self, above: Sequence[SheetRow]) -> None:
        """The words above the headings, and the year and month that they or the sheet name."""
        texts = [cell for row in above for cell in row.cells if isinstance(cell, str) and cell]
        month, year = title_period(text[:LONGEST_LINE] for text in texts)
        named_month, named_year = sheet_period(self.text.source.name)
        self.month, self.year = month or named_month, year or named_year
        self._titles = [cell_text(text[:LONGEST_TITLE]) for text in texts]
        self._units = ColumnUnits(self._titles)

    def _with_plain_headings(self, top: list[SheetRow], header: int | None) -> list[SheetRow]:
        """The rows from the top with the headings undecoded, if these match more columns than in
        the encoding of the rows below: a list in an old font with new headings."""
        source = self.text.source
        unicode_rows = with_room(list(islice(SheetText(source, "unicode").rows(), len(top))))
        undecoded = self._finder.best(unicode_rows, header)
        converted = self._finder.best(top, header)
        if undecoded is None or (converted is not None and undecoded.score <= converted.score):
            return top
        heads = {
            row.number: row
            for row in unicode_rows
            if undecoded.first <= row.number <= undecoded.last
        }
        return [
            head._replace(cells=head.cells[: len(row.cells)])
            if not row.moved and (head := heads.get(row.number)) is not None
            else row
            for row in top
        ]

    def _merged_headings(self) -> list[tuple[int, int]]:
        """The first and last position of headings that span several columns."""
        return [
            (first - 1, last - 1)
            for row, first, _last_row, last in self.text.source.merged
            if self.first <= row <= self.last and last > first
        ]

    def scale(self, column: SheetColumn, field: Field) -> Decimal | None:
        """The factor of a column whose figures are in a unit other than the field's."""
        return self._units.scale(self._units.in_full(column.heading, column.place), field)

    def without_unit(self) -> list[tuple[str, str]]:
        """(heading, English key of the assumed unit) of the columns of figures that lists give in
        several units, where none is stated."""
        unsaid = (c for c in self.columns if c.key and c.place not in self.unit_columns)
        read = ((column, self.fields[column.key]) for column in unsaid if column.key)
        return [
            (column.heading, field.unit)
            for column, field in read
            if self._units.is_unsaid(self._units.in_full(column.heading, column.place), field)
        ]

    def titles(self) -> list[str]:
        """The texts above the headings, and the name of the sheet."""
        return [*self._titles, self.text.source.name]

    def missing_mappings(self) -> list[str]:
        """The columns of the mapping that the headings do not have, folded."""
        return self._finder.missing_mappings([column.heading for column in self.columns])

    def ignored(self) -> list[str]:
        """The headings of columns without a field, except row numbers."""
        return [
            column.heading or column_letters(column.place + 1)
            for column in self.columns
            if column.key is None and column.heading and column.place not in self.uses
        ]

    def unknown(self) -> list[str]:
        """Of the ignored columns those whose heading is not known either."""
        return [text for text in self.ignored() if without_unit(text) not in WITHOUT_FIELD]

    def label_of(self, key: str) -> str:
        """The label of the field with this key."""
        return self._labels.get(key, key)

    def heading_of(self, key: str) -> str | None:
        """The heading of the column that is read as `key`."""
        heading_texts = (
            column
            for column in self.columns
            if column.key and key in (column.key, *parts_of(column.key))
        )
        return next((column.heading for column in heading_texts if column.heading), None)

    # ---------------------------------------------------------------------- rows

    def rows(self, event: str | None) -> Iterator[tuple[SheetRow, RowRole]]:
        """Every row below the headings and what it is; `event`: the key of the day a record
        counts by, None for a type without. Raises UserError."""
        names_alone = sum(column.key is not None for column in self.columns) == 1
        rows = gathered(among_records(self._judged_rows(event), names_alone=names_alone))
        return map(self._with_attached, rows) if self._attached else rows

    def attach(
        self,
        name: str,
        columns: Sequence[tuple[str, str]],
        below: Mapping[str, Sequence[SheetRow]],
    ) -> None:
        """Add columns (key, heading) that stand on the sheet of this name, with its rows below a
        record, by its id."""
        width = len(self.columns)
        new = [SheetColumn(width + n, head, key) for n, (key, head) in enumerate(columns)]
        self.columns += new
        last = self.head_rows[-1]
        blank: list[CellValue] = [""] * width
        cells = [*last.cells, *blank][:width] + [column.heading for column in new]
        self.head_rows[-1] = last._replace(cells=cells)
        for record, rows in below.items():
            self._attached.setdefault(record, []).extend(
                (name, row._replace(cells=[*blank, *row.cells])) for row in rows
            )

    def unattached(self) -> list[tuple[str, int]]:
        """The rows of other sheets (name, number) whose record is none of the rows read."""
        return [
            (name, row.number)
            for record, rows in self._attached.items()
            if record not in self._records_met
            for name, row in rows
        ]

    def _with_attached(self, judged: tuple[SheetRow, RowRole]) -> tuple[SheetRow, RowRole]:
        row, role = judged
        at = self.record_ids
        if role != "record" or at is None or at >= len(row.cells):
            return judged
        record = cell_text(row.cells[at]).lower()
        self._records_met.add(record)
        below = (
            child._replace(number=row.number) for _name, child in self._attached.get(record, ())
        )
        return row._replace(below=(*row.below, *below)), role

    def _judged_rows(self, event: str | None) -> Iterator[tuple[SheetRow, RowRole]]:
        merged = MergedCells(self.text.source.merged, self._numbering)
        above = PlacesAbove(self._required_places(), self._written_once)
        fields = {column.place: self.fields[column.key] for column in self.columns if column.key}
        further = FurtherLines(fields, self._several, self._of_places, self._numbering)
        other_headings: OtherHeadings | None = None
        day = self._place_of(event)
        after_total, top = False, self.last
        role: RowRole = "blank"
        for read in self.text.rows():
            if read.number <= self.last:
                continue
            row = filled = merged.filled(read)
            is_plain_row = other_headings is None and row is read and read.number > top + 1
            if is_plain_row and self._is_plain_record(read, day):
                # True for nearly every row: no further test is needed.
                role = "record"
                yield above.filled(read), role
                continue
            if other_headings is not None:
                read, row = other_headings.moved(read), other_headings.moved(filled)
            inside = role in ("record", "below")
            if inside and further.continues(read, row):
                yield read, "below"
                continue
            role = self._merged_role(read, row, event, after_total=after_total)
            if row.number == top + 1 and self._describes(row):
                role, top = "note", row.number
            elif role in ("record", "note") and self._is_headings(filled, event):
                role, top = "note", row.number
                other_headings = self._other_headings(filled)
                self.other_heads[filled.number] = filled
            if role in ("record", "lone"):
                row = above.filled(row)
            elif role != "blank":
                above.forget()
            after_total = (after_total and top != row.number) or role == "total"
            yield row, role

    def _describes(self, row: SheetRow) -> bool:
        """Whether a row right below the headings only describes the columns."""
        texts = [*map(cell_text, row.cells)]
        return describes_columns(texts) or heads_parts(texts, self._merged_headings())

    def _is_headings(self, row: SheetRow, event: str | None) -> bool:
        """Whether a row repeats the headings, as on every page, or has other headings."""
        if self._is_plain_record(row, self._place_of(event)):
            return False
        return self._is_heading(row) or self._finder.is_heading(row)

    def _other_headings(self, row: SheetRow) -> OtherHeadings | None:
        """The headings of a row, None where they are those of the table."""
        if self._is_heading(row):
            return None
        keys = [column.key for column in self.columns]
        heading_rows = self._finder.headings_at([row])
        return None if heading_rows.keys == keys else OtherHeadings(heading_rows, keys)

    def _required_places(self) -> list[int]:
        """The columns of communes, then of hamlets, that a record must have."""
        of = {column.place: self.fields[column.key] for column in self.columns if column.key}
        places = [place for place in sorted(self._of_places) if of[place].required]
        return sorted(places, key=lambda place: of[place].refers_to != UNIT)

    def _written_once(self) -> set[int]:
        """The columns of places that are blank where they do not change."""
        other_columns = {c.place for c in self.columns if c.key} - self._of_places
        records = (
            row
            for row in self.text.rows()
            if row.number > self.last
            and sum(place < len(row.cells) and row.cells[place] != "" for place in other_columns)
            > 1
        )
        return written_once(records, self._of_places)

    def _is_plain_record(self, row: SheetRow, day: int | None) -> bool:
        """Whether a row is numbered and dated, as nearly all are; only the others need further
        tests. day: the place of the day."""
        numbering, cells = self._numbering, row.cells
        if numbering is None or day is None or not numbering < len(cells) > day:
            return False
        number, dated = cells[numbering], cells[day]
        numbered = number.isdecimal() if isinstance(number, str) else type(number) is float
        return numbered and not (isinstance(dated, str) and not _DIGIT.search(dated))

    def _place_of(self, key: str | None) -> int | None:
        if key is None:
            return None
        if key not in self._places:
            places = (column.place for column in self.columns if column.key == key)
            self._places[key] = next(places, None)
        return self._places[key]

    def _merged_role(
        self, read: SheetRow, row: SheetRow, event: str | None, *, after_total: bool
    ) -> RowRole:
        """The role of a row by its own cells, and by those merged into it."""
        role = self._role(read, event, after_total=after_total)
        if row is read or role == "total":
            return role
        return self._role(row, event, after_total=after_total)

    def _role(self, row: SheetRow, event: str | None, *, after_total: bool) -> RowRole:
        if self._is_plain_record(row, self._place_of(event)):
            return "record"
        texts = [cell_text(cell) for cell in row.cells]
        texts += [""] * (len(self.columns) - len(texts))
        filled = [place for place, text in enumerate(texts) if text]
        if not filled:
            return "blank"
        if self._is_heading(row):
            return "note"
        mapped = [column for column in self.columns if column.key and texts[column.place]]
        dated = any(column.key == event and is_dated(texts[column.place]) for column in mapped)
        words = next((text for text in texts if text and not is_number(text)), "").casefold()
        # A type without a day is known by its columns: more than half of them must be blank.
        every = sum(column.key is not None for column in self.columns)
        sparse = not dated if event else len(mapped) * 2 <= every or every == 1
        number = texts[self._numbering] if self._numbering is not None else ""
        told = {column.key or "": texts[column.place] for column in mapped}
        if TOTAL.match(words) and (sparse or may_sum(words, number, told, event)):
            return "total"
        if heading_words(number.rstrip("0123456789 ")) in EXAMPLES:
            return "example"
        signing = not number and len(filled) <= MOST_SIGNING and is_signer(words)
        signing = signing or is_day_of_signing(texts, filled, event)
        if signing or (not dated and self._is_caption(texts, filled)):
            return "note"
        if is_number(number) and len(filled) > 1:
            return "record"
        grouped = event and not dated and _GROUP.match(number)
        if grouped or (sparse and _NAMED.match(number)):
            # I, II, A, B before a place, with the sums of its rows; who signs the list.
            return "note"
        # A caption, a signature: few cells, and not those that a record must have.
        most_cells = min(3 if after_total else 2 if self._numbering is not None else 1, every - 1)
        if (sparse and len(filled) <= max(most_cells, 1)) or (after_total and len(filled) == 1):
            lone = not after_total and self._is_name_alone(texts, filled, event)
            return "lone" if lone else "note"
        return "record" if mapped else "note"

    def _is_name_alone(
        self, texts: Sequence[str], filled: Sequence[int], event: str | None
    ) -> bool:
        """Whether a row has the name of a household's head alone, in a list with no other data of
        some."""
        if len(filled) != 1 or self._numbering is not None or self._place_of(event) is not None:
            return False
        key, text = self.columns[filled[0]].key, texts[filled[0]]
        return key is not None and key.rpartition(".")[2] == HEAD and person_named(text) == text

    def _is_heading(self, row: SheetRow) -> bool:
        """Whether a row repeats the headings, as on every page."""
        return _heading_words(row.cells[: len(self.columns)]) in self._headings

    def _is_caption(self, texts: Sequence[str], filled: Sequence[int]) -> bool:
        """Whether a row names the place of those below it: alone, or with their sums behind."""
        word_places = [place for place in filled if not is_rank(texts[place])]
        if not word_places or not is_caption(texts[word_places[0]]):
            return False
        number = texts[self._numbering] if self._numbering is not None else ""
        alone = len(word_places) == 1
        return alone or (word_places[0] not in self._of_places and not is_number(number))


def _heading_words(cells: Iterable[CellValue]) -> tuple[str, ...]:
    """A row of headings in the form for comparison, without trailing blanks."""
    words = [heading_words(cell_text(cell)) for cell in cells]
    while words and not words[-1]:
        words.pop()
    return tuple(words)
