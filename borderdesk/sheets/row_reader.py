"""From the cells of a row to what the rules of entry are given: texts by field, places by id."""

import datetime
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.kinds import (
    HAMLET,
    MARKER,
    UNIT,
    ChildrenField,
    Field,
    FieldError,
    typed_decimal,
)
from borderdesk.schema.kinds.doubts import stored_doubt
from borderdesk.schema.kinds.numbers import refuse_ambiguous
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.kinds.unit_scales import scaled
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records.household import Household
from borderdesk.sheets.carried_values import (
    CarriedValues,
    PlaceNames,
    is_repetition,
    title_places,
)
from borderdesk.sheets.cells import SheetRow
from borderdesk.sheets.child_columns import BELOW, ChildReader, is_below
from borderdesk.sheets.choices import ChoiceFinder
from borderdesk.sheets.hamlets import HamletFinder
from borderdesk.sheets.places import PlaceFinder, head_and_hamlet
from borderdesk.sheets.shared_columns import (
    JOINED,
    is_shared,
    parts_of,
    split_cell,
    split_days,
)
from borderdesk.sheets.sheet_columns import (
    CITIZEN,
    COMMUNE,
    HAMLET_KEY,
    HEAD,
    described_keys,
)
from borderdesk.sheets.table import SheetTable

SCALED = N_("Turned into the unit of the field, from that of the heading: {value}.")
_FIGURE = re.compile(r"[\s\d.,]+\Z")
UNREADABLE_SIGN = "\ufffd"
"""What stands for bytes that are no letter of the file's encoding."""


def _carried_keys(fields: Mapping[str, Field]) -> tuple[list[str], list[str]]:
    """The keys of communes and of hamlets, those of the record itself first."""
    plain = (key for key in fields if not is_shared(key) and not is_below(key))
    own_first = sorted(plain, key=lambda key: "." in key)
    communes = [key for key in own_first if fields[key].refers_to == UNIT]
    return communes, [key for key in own_first if fields[key].refers_to == HAMLET]


def _keys_of(fields: Mapping[str, Field], refers_to: str) -> frozenset[str]:
    return frozenset(key for key, field in fields.items() if field.refers_to == refers_to)


class SheetReading(NamedTuple):
    """What a row says: texts by field for the rules of entry, a household as its parts, and the
    doubts about its cells as they are stored."""

    raw: dict[str, object]
    doubts: list[tuple[str, str]]


class _ReadColumn(NamedTuple):
    """A column that is read: its place from 0, its key, its field, and the factor that its figures
    are multiplied by, if any."""

    place: int
    key: str
    field: Field
    scale: Decimal | None


class _CellMeaning(NamedTuple):
    """What a cell was read as: texts by field, or what is wrong with it, and its doubts."""

    texts: Mapping[str, str]
    problem: str
    doubts: Sequence[tuple[str, str]]


MOST_CELLS_KEPT, LONGEST_KEPT = 50_000, 200
"""So many cells are kept with what they mean, of so many letters: lists repeat their days and
places."""


class SheetRowReader:
    """Reads the rows of one table for one record type."""

    def __init__(
        self,
        model: type[Revisioned],
        columns: Sequence[GridColumn],
        table: SheetTable,
        fixed: Mapping[str, str],
        rules: EntryRules,
        own_post: str | None,
        hamlets: HamletFinder,
    ) -> None:
        """fixed: {key: text} for what the sheet leaves blank or has no column for."""
        self.hamlets = hamlets
        self._model = model
        self._rules = rules
        self._own_post = own_post
        self._faults = table.text.source.faults
        self._reading = CellReading(table.year, starts_1904=table.text.source.starts_1904)
        self._day_of_list = rules.today
        if table.year is not None and table.year < rules.today.year:
            # A list of 2023 names the communes of 2023.
            self._day_of_list = datetime.date(table.year, 12, 31)
        self._fields = {column.key: column.field for column in columns}
        self._units = _keys_of(self._fields, UNIT)
        self._hamlets = _keys_of(self._fields, HAMLET)
        self._meanings: dict[tuple[int, type, CellValue], _CellMeaning] = {}
        self._days: dict[str, datetime.date | None] = {}
        self._columns = [
            _ReadColumn(
                column.place,
                column.key,
                self._fields[column.key],
                table.scale(column, self._fields[column.key]),
            )
            for column in table.columns
            if column.key is not None
        ]
        self._fixed = {
            key: self._fields[key].from_sheet(text, self._reading) for key, text in fixed.items()
        }
        self._last_day = next(
            (
                key
                for key, field in model.columns().items()
                if field.ends_work and all(column.key != key for column in self._columns)
            ),
            None,
        )
        """The field of the last day, where no column of its own gives it."""
        self._described = described_keys(model)
        self._children = ChildReader(rules, self._reading)
        self._area: frozenset[str] = frozenset()
        self._choices = ChoiceFinder(rules)
        self.places = PlaceFinder(rules.store, rules.book)
        self.carried = CarriedValues(self._title_places(table))
        self._carried_to = _carried_keys(self._fields)

    def _title_places(self, table: SheetTable) -> PlaceNames:
        """The places that the titles name, as far as the commune is one of the post's area."""
        day, post = self._day_of_list, self._own_post
        area = self._rules.book.area_on(post, day) if post else frozenset()

        def is_commune(name: str) -> bool:
            try:
                return self.places.commune(name, day, area) in self._rules.book.units
            except FieldError:
                return False

        return title_places(table.titles(), is_commune)

    def read(self, row: SheetRow) -> SheetReading:
        """What a row says. Raises InvalidRecord with every cell that cannot be read."""
        texts: dict[str, str] = {}
        problems: dict[str, str] = {}
        doubts: list[tuple[str, str]] = []
        repeated: dict[int, CellValue] = {}
        for column in self._columns:
            place, key, _field, _scale = column
            cell = row.cells[place] if place < len(row.cells) else ""
            fault = self._faults.get((row.number, place + 1)) if self._faults else None
            if fault is not None:
                message = _("The cell holds an error, or a formula without a value ({text}).")
                problems[key] = message.format(text=fault.text)
            elif cell != "":
                if type(cell) is str and is_repetition(cell):
                    cell = self._above(column, doubts)
                    repeated[place] = cell
                self._read_cell(column, cell, texts, problems, doubts)
        self.carried.note_row(row.cells, repeated)
        for key, text in self._fixed.items():
            if key not in problems:
                texts.setdefault(key, text)
        self._reading.doubts.clear()
        self.carried.fill(texts, *self._carried_to, self._reading)
        self._note_doubts(next(iter(self._carried_to[0]), ""), doubts)
        self._move_names(texts)
        self._move_places(texts)
        self._part_heads(texts)
        self._find_places(texts, problems, doubts)
        if problems:
            raise InvalidRecord(problems)
        return SheetReading(self._raw(texts, doubts), doubts)

    def _read_cell(
        self,
        column: _ReadColumn,
        cell: CellValue,
        texts: dict[str, str],
        problems: dict[str, str],
        doubts: list[tuple[str, str]],
    ) -> None:
        if column.key.endswith(JOINED) or (type(cell) is str and len(cell) > LONGEST_KEPT):
            # What a name is joined to differs by row.
            meaning = self._meaning(column, cell, texts)
        else:
            asked = (column.place, cell.__class__, cell)
            known = self._meanings.get(asked)
            meaning = known or self._meaning(column, cell, texts)
            if known is None:
                if len(self._meanings) >= MOST_CELLS_KEPT:
                    self._meanings.clear()
                self._meanings[asked] = meaning
        if meaning.problem:
            problems[column.key] = meaning.problem
            return
        texts.update(meaning.texts)
        doubts += meaning.doubts

    def _meaning(
        self, column: _ReadColumn, cell: CellValue, texts: Mapping[str, str]
    ) -> _CellMeaning:
        """What a cell means; texts: those of the row before it."""
        self._reading.doubts.clear()
        _place, key, field, scale = column
        try:
            if isinstance(cell, str) and UNREADABLE_SIGN in cell:
                raise FieldError(_("Has signs that cannot be read. Save the file as UTF-8."))
            given = self._given(key, field, cell, texts)
            if scale is not None:
                given = {key: self._scaled(given[key], cell, scale)}
        except FieldError as error:
            return _CellMeaning({}, str(error), ())
        read = {
            one: self._choices.read(self._fields[one], text, self._reading)
            for one, text in given.items()
            if text
        }
        doubts: list[tuple[str, str]] = []
        self._note_doubts(parts_of(key)[0], doubts)
        return _CellMeaning(read, "", doubts)

    def _given(
        self, key: str, field: Field, cell: CellValue, texts: Mapping[str, str]
    ) -> dict[str, str]:
        """The texts that a cell gives, by field. Raises FieldError."""
        if field.event and self._last_day and isinstance(cell, str):
            days = split_days(cell_text(cell))
            if days is not None:
                ends = zip((key, self._last_day), days, strict=True)
                return {one: field.from_sheet(day, self._reading) for one, day in ends}
        if not is_shared(key):
            return {key: field.from_sheet(cell, self._reading)}
        if key.endswith(JOINED):
            whole = key.removesuffix(JOINED)
            return {whole: f"{texts.get(whole, '')} {cell_text(cell)}".strip()}
        markers = field.refers_to == MARKER
        given = split_cell(key, cell_text(cell), markers=markers)
        return {
            one: self._fields[one].from_sheet(text, self._reading) for one, text in given.items()
        }

    def _scaled(self, text: str, cell: CellValue, scale: Decimal) -> str:
        """A figure in the unit of the field, of a column in another one; a cell that names its unit
        itself was read by that."""
        number = typed_decimal(text)
        if number is None or (isinstance(cell, str) and not _FIGURE.match(cell)):
            return text
        if isinstance(cell, str):
            refuse_ambiguous(cell.strip())
        self._reading.doubt(SCALED, f"{text} → {scaled(number, scale)}")
        return scaled(number, scale)

    def _above(self, column: _ReadColumn, doubts: list[tuple[str, str]]) -> CellValue:
        """What stands above a mark that repeats it."""
        self._reading.doubts.clear()
        shown = not column.field.masked
        cell = self.carried.repeated(column.place, self._reading, shown=shown)
        self._note_doubts(parts_of(column.key)[0], doubts)
        return cell

    def _note_doubts(self, key: str, doubts: list[tuple[str, str]]) -> None:
        for message, value in self._reading.doubts:
            doubts.append((key, stored_doubt(message, value)))
        self._reading.doubts.clear()

    # -------------------------------------------------------------------- places

    def _move_places(self, texts: dict[str, str]) -> None:
        """Give a household the commune and hamlet of the row, or the record those of a household
        that its other values leave out."""
        for owner in self._described:
            described = f"{owner}.{HEAD}" in texts or f"{owner}.{CITIZEN}" in texts
            for part in (COMMUNE, HAMLET_KEY):
                own, theirs = self._fields.get(part), f"{owner}.{part}"
                if described and part in texts:
                    texts.setdefault(theirs, texts[part])
                    if own is not None and own.when is not None:
                        del texts[part]
                elif not described and theirs in texts and self._is_used(own, texts):
                    texts.setdefault(part, texts.pop(theirs))

    def _part_heads(self, texts: dict[str, str]) -> None:
        """Take a hamlet out of the cell of a head's name."""
        for prefix in self._household_prefixes():
            head = texts.get(prefix + HEAD)
            if head is not None and not head.replace(" ", "").isalpha():
                name, hamlet = head_and_hamlet(head, texts.get(prefix + HAMLET_KEY))
                texts[prefix + HEAD] = name
                if hamlet is not None:
                    texts[prefix + HAMLET_KEY] = hamlet

    def _move_names(self, texts: dict[str, str]) -> None:
        """Give a household the name that stands in the column of the name of other subjects: a
        list of all kinds has one column for it."""
        for owner in self._described:
            head, used_when = f"{owner}.{HEAD}", self._model.columns()[owner].when
            if used_when is None or head in texts:
                continue
            if not self._is_used(self._model.columns()[owner], texts):
                continue
            for key, field in self._model.columns().items():
                other = field.when is not None and field.when[0] == used_when[0]
                if other and field.free_text and key in texts and not self._is_used(field, texts):
                    texts[head] = texts.pop(key)
                    break

    def _is_used(self, field: Field | None, texts: Mapping[str, str]) -> bool:
        """Whether a field exists for the texts of a row that say so themselves."""
        if field is None or field.when is None:
            return field is not None
        other, values = field.when
        if other not in texts:
            return False
        try:
            return self._model.columns()[other].read(texts[other], self._rules) in values
        except FieldError:
            return False

    def _find_places(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        day = self._day(texts)
        if day is None:
            return
        self._rules.on = day
        post = self._post(texts)
        self._area = area = self._rules.book.area_on(post, day) if post else frozenset()
        for key in [key for key in texts if key in self._units]:
            try:
                texts[key] = self._communes(self._fields[key], texts[key], day, area)
            except FieldError as error:
                problems[key] = str(error)
            self._note_doubts(key, doubts)
        for key in [key for key in texts if key in self._hamlets]:
            commune = texts.get(f"{key.removesuffix(HAMLET_KEY)}{COMMUNE}")
            if commune is None or commune not in self._rules.book.units:
                continue
            try:
                texts[key] = self.hamlets.find(texts[key], commune)
            except FieldError as error:
                problems[key] = str(error)
        for prefix in self._household_prefixes():
            self._find_household(prefix, texts, problems)
            self._note_doubts(prefix + CITIZEN, doubts)

    def _household_prefixes(self) -> list[str]:
        """What the keys of a household's parts begin with."""
        return [""] if self._model is Household else [f"{key}." for key in self._described]

    def _find_household(self, prefix: str, texts: dict[str, str], problems: dict[str, str]) -> None:
        keys = (HEAD, COMMUNE, HAMLET_KEY, CITIZEN)
        parts = {key: texts[prefix + key] for key in keys if prefix + key in texts}
        if parts.get(COMMUNE) not in self._rules.book.units or problems:
            return
        try:
            found = self.places.household(parts, self._reading)
        except FieldError as error:
            problems[prefix + HEAD] = str(error)
            return
        texts.update({prefix + key: text for key, text in found.items()})

    def _communes(self, field: Field, text: str, day: datetime.date, area: frozenset[str]) -> str:
        if not field.several:
            return self.places.commune(text, day, area)
        parts = [part.strip() for part in text.replace(",", ";").split(";") if part.strip()]
        return ";".join(self.places.commune(part, day, area) for part in parts)

    def _day(self, texts: Mapping[str, str]) -> datetime.date | None:
        """The day that the row's places are judged on; None where it cannot be read."""
        event = self._model.event()
        key = event.name if event is not None else self._model.place_date()
        text = texts.get(key)
        if text is None:
            return None if event is not None else self._day_of_list
        if text not in self._days:
            if len(self._days) >= MOST_CELLS_KEPT:
                self._days.clear()
            try:
                self._days[text] = self._model.columns()[key].read(text, self._rules)
            except FieldError:
                self._days[text] = None
        return self._days[text]

    def _post(self, texts: Mapping[str, str]) -> str | None:
        given = texts.get(self._model.own_post())
        return self._own_post if given is None else self._rules.book.post_code(given)

    # ----------------------------------------------------------------------- raw

    def _raw(self, texts: Mapping[str, str], doubts: list[tuple[str, str]]) -> dict[str, object]:
        """The texts with those of one household, or of one row below, together. Raises
        InvalidRecord."""
        raw: dict[str, object] = {}
        below: dict[str, dict[str, str]] = {}
        for key, text in texts.items():
            if is_below(key):
                owner, _below, part = key.partition(BELOW)
                below.setdefault(owner, {})[part] = text
                continue
            owner, _dot, part = key.partition(".")
            if part:
                described = raw.setdefault(owner, {})
                assert isinstance(described, dict)
                described[part] = text
                continue
            field = self._model.children().get(key)
            raw[key] = text if field is None else self._rows_below(field, text, doubts)
        for key, row in below.items():
            rows = raw.get(key) or []
            if not isinstance(rows, list):
                raise InvalidRecord({key: _("Give the rows below in one cell or in columns.")})
            raw[key] = [*rows, {**self._usual_row(key), **row}]
        return raw

    def _usual_row(self, key: str) -> Mapping[str, str]:
        """What a row below holds where its columns do not say."""
        stretch = self._model.children()[key].stretch
        return stretch.rest if stretch is not None else {}

    def _rows_below(
        self, field: ChildrenField, text: str, doubts: list[tuple[str, str]]
    ) -> str | Sequence[Mapping[str, str]]:
        """The rows that a cell holds. Raises InvalidRecord."""
        self._reading.doubts.clear()
        day = self._rules.on
        try:
            rows = self._children.rows(
                field,
                text,
                lambda name: self.places.commune(name, day, self._area) if day else name,
            )
        except FieldError as error:
            raise InvalidRecord({field.key: str(error)}) from None
        self._note_doubts(field.key, doubts)
        return rows

    def note_accepted(self, raw: Mapping[str, object], values: Mapping[str, object]) -> None:
        """Note the households that an accepted row named, for the rows after it."""
        for key in self._described:
            described, record = raw.get(key), values.get(key)
            if isinstance(described, dict) and {HEAD, HAMLET_KEY, COMMUNE} <= described.keys():
                self.places.note_household(described, str(record))
