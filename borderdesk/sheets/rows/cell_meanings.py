"""Parses the cells of a column, each text once: lists repeat their days and places."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.day_order import MONTH_FIRST, DayOrder, has_numbers, may_be_turned
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.kinds import MARKER, MASK, Field, FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading, digits_of
from borderdesk.schema.kinds.text import longer_than
from borderdesk.sheets.columns.shared_columns import (
    JOINED,
    is_shared,
    parts_of,
    split_days,
    split_markers,
)
from borderdesk.sheets.values.addresses import LEFT_OUT, AddressReader
from borderdesk.sheets.values.cell_scales import in_unit_of_field
from borderdesk.sheets.values.choices import ChoiceFinder
from borderdesk.sheets.values.people_groups import PeopleGroups

MASKED = N_("The file shows this masked, so it was left out.")
TURNED = N_(
    "All days of this column after the 12th are texts, and all others are not: the spreadsheet may"
    " have turned day and month round. Compare with the paper."
)
UNREADABLE_SIGN = "\ufffd"
"""The replacement character for bytes invalid in the file's encoding."""
MOST_CELLS_KEPT, LONGEST_KEPT = 50_000, 200
"""The limits of the cache of cell meanings of a column: cells, and characters of a cell."""


LONGEST_NAME = 2_000
"""So many characters at most has what is compared with names, places and choices: the time for that
grows with the square."""


class CellMeaning(NamedTuple):
    """The meaning of a cell: texts by field, or an error, and its doubts."""

    texts: Mapping[str, str]
    problem: str
    doubts: Sequence[tuple[str, str]]


class ReadColumn(NamedTuple):
    """A column that is read: its place from 0, its key, its field, the factor that its figures
    are multiplied by, if any, what its cells mean, each text once, any other by its class too
    (1 and true are equal), whether a column before it holds the same, the places of day, month and
    year (-1: none) where these are columns of their own, and how days are to be taken."""

    place: int
    key: str
    field: Field
    scale: Decimal | None
    meanings: dict[object, CellMeaning]
    again: bool
    day_places: tuple[int, ...] = ()
    day_order: DayOrder = DayOrder.AS_WRITTEN


class CellReader:
    """Reads the cells of one table into the texts of fields."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        reading: CellReading,
        rules: EntryRules,
        last_day: str | None,
        groups: PeopleGroups,
    ) -> None:
        """last_day: the field of the last day, where no column of its own gives it."""
        self._fields = fields
        self._reading = reading
        self._choices = ChoiceFinder(rules)
        self._addresses = AddressReader(rules.book)
        self._last_day = last_day
        self._groups = groups

    def read(self, column: ReadColumn, cell: CellValue, texts: Mapping[str, str]) -> CellMeaning:
        """The meaning of a cell, cached for the rows below."""
        if column.key.endswith(JOINED) or (type(cell) is str and len(cell) > LONGEST_KEPT):
            # The target of a joined name differs by row.
            return self._meaning(column, cell, texts)
        cache_key = cell if type(cell) is str else (cell.__class__, cell)
        meaning = column.meanings.get(cache_key)
        if meaning is None:
            meaning = self._meaning(column, cell, texts)
            if len(column.meanings) >= MOST_CELLS_KEPT:
                column.meanings.clear()
            column.meanings[cache_key] = meaning
        return meaning

    def _meaning(
        self, column: ReadColumn, cell: CellValue, texts: Mapping[str, str]
    ) -> CellMeaning:
        """The meaning of a cell; texts: those of the preceding cells of the row."""
        self._reading.doubts.clear()
        key, field, scale = column.key, column.field, column.scale
        if field.masked and isinstance(cell, str) and MASK in cell:
            return CellMeaning({}, "", [(key, MASKED)])
        try:
            if isinstance(cell, str) and UNREADABLE_SIGN in cell:
                raise FieldError(_("Has signs that cannot be read. Save the file as UTF-8."))
            if type(cell) is str and len(cell) > LONGEST_NAME and not _is_long(field):
                raise longer_than(LONGEST_NAME)
            if column.day_order is not DayOrder.AS_WRITTEN:
                self._judge_day(column.day_order, cell)
            if scale is not None:
                cell = in_unit_of_field(cell, scale, self._reading)
            parts = self._given(key, field, cell, texts)
        except FieldError as error:
            return CellMeaning({}, str(error), ())
        read = {
            part_key: self._choices.read(self._fields[part_key], text, self._reading)
            for part_key, text in parts.items()
            if text
        }
        return CellMeaning(read, "", self._reading.take_doubts(parts_of(key)[0]))

    def _judge_day(self, order: DayOrder, cell: CellValue) -> None:
        """Refuse a day, or doubt it, that may have day and month the other way round. Raises
        FieldError."""
        if order is DayOrder.MONTH_FIRST and has_numbers(cell):
            raise FieldError(_(MONTH_FIRST))
        if order is DayOrder.TURNED and may_be_turned(cell):
            self._reading.doubt(TURNED, "")

    def _given(
        self, key: str, field: Field, cell: CellValue, texts: Mapping[str, str]
    ) -> dict[str, str]:
        """The texts that a cell gives, by field. Raises FieldError."""
        if field.event and self._last_day and isinstance(cell, str):
            days = split_days(cell_text(cell))
            if days is not None:
                ends = zip((key, self._last_day), days, strict=True)
                return {day_key: field.from_sheet(day, self._reading) for day_key, day in ends}
        if type(cell) is str and (of_groups := self._groups.read(key, cell, self._reading)):
            return of_groups
        if not is_shared(key):
            return {key: field.from_sheet(cell, self._reading)}
        if key.endswith(JOINED):
            whole = key.removesuffix(JOINED)
            if field.renumbered:
                return {whole: texts.get(whole, "") + digits_of(cell)}
            return {whole: f"{texts.get(whole, '')} {cell_text(cell)}".strip()}
        text = cell_text(cell)
        if field.refers_to == MARKER:
            parts = split_markers(key, text, self._reading)
        else:
            parts = self._places(key, text)
        return {
            part_key: self._fields[part_key].from_sheet(part, self._reading)
            for part_key, part in parts.items()
        }

    def _places(self, key: str, text: str) -> dict[str, str]:
        """The hamlet and the commune that a cell of both gives. Raises FieldError."""
        address = self._addresses.read(text)
        if self._fields[parts_of(key)[0]].required:
            address = address.lived_at()
        if address.left_out:
            self._reading.doubt(LEFT_OUT, "; ".join(address.left_out)[:60])
        named_places = zip(parts_of(key), (address.hamlet, address.commune), strict=True)
        return {part_key: name for part_key, name in named_places if name}


def _is_long(field: Field) -> bool:
    """Whether a value may be longer than that: notes, and the rows below a record."""
    return field.lines or bool(field.row_fields())
