"""From the cells of a row to the input of the rules of entry: texts by field, places by id."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import N_, _
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.entry.day_columns import day_places, whole_day
from borderdesk.entry.day_order import DayOrder, day_orders
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.entry.grid import GridColumn
from borderdesk.schema.kinds import FAULTY_CELL, ChildrenField, Field, FieldError
from borderdesk.schema.kinds.doubts import stored_doubt
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.record import RevisionedModel
from borderdesk.sheets.columns.carried_values import (
    is_repetition,
)
from borderdesk.sheets.columns.child_columns import BELOW, ChildReader, is_below, with_row
from borderdesk.sheets.columns.column_units import UNIT_UNSAID, lacks_unit, with_unit
from borderdesk.sheets.columns.shared_columns import JOINED, parts_of
from borderdesk.sheets.columns.sheet_columns import described_keys
from borderdesk.sheets.columns.spread_rows import is_note
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.rows.cell_meanings import CellReader, ReadColumn
from borderdesk.sheets.rows.group_lines import GroupLines
from borderdesk.sheets.rows.household_texts import HouseholdTexts
from borderdesk.sheets.rows.marker_ends import take_ends
from borderdesk.sheets.rows.overlong_rows import OverlongRows
from borderdesk.sheets.rows.row_places import RowPlaces
from borderdesk.sheets.rows.shared_numbers import SharedNumbers, as_refused, shared_numbers
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.values.hamlets import HamletFinder
from borderdesk.sheets.values.household_parts import CITIZEN, COMMUNE, HAMLET_KEY, HEAD
from borderdesk.sheets.values.people_groups import PeopleGroups
from borderdesk.sheets.values.places import NEEDED, names_record

NO_VALUE = "#N/A"
"""The text of a formula that was never computed, when a list is written again."""
STRUCK_OUT = N_("Struck out in the spreadsheet, and read all the same: {value}.")
ROW_ABOVE = N_("Left blank, and read as the row above it: {value}.")


class SheetReading(NamedTuple):
    """The content of a row: texts by field for the rules of entry, a household as its parts, and
    the doubts about its cells in stored form."""

    raw: dict[str, object]
    doubts: list[tuple[str, str]]


class _RowKey(NamedTuple):
    """The place of a key's text in a record: a field of its own, a part of the record that `owner`
    describes, or a value of a child row."""

    owner: str
    part: str
    below: bool


def _gives_way(field: Field, texts: Mapping[str, str], carried_texts: Mapping[str, str]) -> bool:
    """Whether the value of a second column of a field gives way to the first: an older number,
    which is shorter, or any other value."""
    if not field.renumbered:
        return not carried_texts.keys().isdisjoint(texts)
    return any(len(carried_texts.get(key, "")) >= len(text) for key, text in texts.items())


def _row_key(key: str) -> _RowKey:
    owner, sign, part = key.partition(BELOW)
    return _RowKey(owner, part, below=True) if sign else _RowKey(*key.partition(".")[::2], False)


def _below_others(key: str, headings: int) -> InvalidRecord:
    words = _("This row stands below other headings (row {row}). Read it as a sheet alone.")
    return InvalidRecord({key: words.format(row=headings)})


class SheetRowReader:
    """Reads the rows of one table for one record type."""

    def __init__(
        self,
        model: type[RevisionedModel],
        columns: Sequence[GridColumn],
        table: SheetTable,
        fixed: Mapping[str, str],
        rules: EntryRules,
        own_post: str | None,
        hamlets: HamletFinder,
    ) -> None:
        """fixed: {key: text} for blank cells and missing columns of the sheet."""
        self._model = model
        self._rules = rules
        self._faults = table.text.source.faults
        self._struck = table.text.source.struck
        self._record_ids = table.record_ids
        self._unit_columns = table.unit_columns
        self._units_above: dict[int, str] = {}
        """The last unit of each column of units, for the marks of repetition below it."""
        self._district = table.district
        self._reading = CellReading(
            table.year, table.month, starts_1904=table.text.source.starts_1904
        )
        self._fields = {column.key: column.field for column in columns}
        self._row_keys = {key: _row_key(key) for key in self._fields}
        self._columns = list(self._read_columns(table))
        self._overlong = OverlongRows(table, self._columns)
        self._shared = self._shared_numbers(table)
        self._looks_closer = bool(self._faults or self._shared)
        mapped_keys = {column.key for column in self._columns}
        ends = (key for key, field in model.columns().items() if field.ends_work)
        last_day = next((key for key in ends if key not in mapped_keys), None)
        given_keys = mapped_keys | fixed.keys()
        self._groups = PeopleGroups(self._fields, given_keys)
        self._cells = CellReader(self._fields, self._reading, rules, last_day, self._groups)
        self._fixed = {
            key: self._cells.read(ReadColumn(-1, key, self._fields[key], None, {}, False), text, {})
            for key, text in fixed.items()
        }
        self._described = described_keys(model)
        self._households = HouseholdTexts(model, self._fields, rules)
        self._children = ChildReader(rules, self._reading)
        self._stretches = {key: of for key, of in model.children().items() if of.stretch}
        self._at = RowPlaces(
            model,
            self._fields,
            table,
            rules,
            own_post,
            hamlets,
            self._households.prefixes(),
            self._reading,
        )
        self.hamlets, self.places = hamlets, self._at.finder
        self.lines = GroupLines(
            model, self._fields, table, self._columns, rules, self._at, self._reading, given_keys
        )
        self.carried = self.lines.carried

    def _read_columns(self, table: SheetTable) -> Iterator[ReadColumn]:
        """The columns of fields, those of one day as a single one."""
        places: dict[str, int] = {}
        for column in table.columns:
            if column.key is not None:
                places.setdefault(column.key, column.place)
        days = (
            column.place
            for column in table.columns
            if column.key and self._fields[column.key].is_date
        )
        below = (row.cells for row in table.text.rows() if row.number > table.last)
        orders = day_orders(days, below)
        keys_before: set[str] = set()
        for column in table.columns:
            key = column.key
            if key is None:
                continue
            of_day = day_places(key, places)
            if of_day and column.place != next(place for place in of_day if place >= 0):
                continue
            key = parts_of(key)[0] if of_day else key
            field = self._fields[key]
            scale = table.scale(column, field)
            order = orders.get(-1 if of_day else column.place, DayOrder.AS_WRITTEN)
            again = key in keys_before and not key.endswith(JOINED)
            yield ReadColumn(column.place, key, field, scale, {}, again, of_day, order)
            keys_before.add(key)

    def _shared_numbers(self, table: SheetTable) -> SharedNumbers:
        """The numbers merged over several records; any other value of a record starts one."""
        numbers = {column.place for column in self._columns if column.field.cell_kind == "number"}
        begins = (column for column in self._columns if self._begins_record(column))
        own_places = {column.place for column in begins} - numbers
        merged = (span for span in table.text.source.merged if span[0] > table.last)
        return shared_numbers(table.text.rows(), merged, numbers, own_places)

    def _begins_record(self, column: ReadColumn) -> bool:
        field = column.field
        return not (field.several or is_below(column.key) or is_note(field))

    def as_refused(self, row: SheetRow) -> SheetRow:
        """A row as it is written for correction."""
        row = self._overlong.as_refused(row)
        row = as_refused(row, self._shared) if self._shared else row
        cells = [*row.cells]
        for column in self._columns if self._faults else ():
            fault = self._faults.get((row.number, row.place_in_sheet(column.place) + 1))
            if fault is not None:
                # A blank cell would be read as an omitted value.
                cells += [""] * (column.place + 1 - len(cells))
                cells[column.place] = fault.text if fault.text.startswith("#") else NO_VALUE
        return row._replace(cells=cells)

    def read(self, row: SheetRow) -> SheetReading:
        """The content of a row. Raises InvalidRecord with every cell that cannot be read."""
        if row.headed:
            raise _below_others(self._columns[0].key, row.headed)
        self._overlong.check(row)
        texts: dict[str, str] = {}
        problems: dict[str, str] = {}
        doubts: list[tuple[str, str]] = []
        measured = self._with_units(row, doubts) if self._unit_columns else row
        self._read_cells(measured, texts, problems, doubts)
        if self._struck:
            self._note_struck(row, doubts)
        self._add_fixed(texts, problems, doubts)
        self._groups.add_sums(texts, doubts)
        self.lines.fill(texts, doubts)
        self._reading.doubts.clear()
        self._households.settle(texts, problems, doubts)
        if self._district >= 0:
            district = row.cells[self._district : self._district + 1]
            self._at.district = cell_text(district[0]) if district else ""
        self._at.find(texts, problems, doubts)
        if self._stretches and self._rules.on is not None:
            rows_below = partial(self._rows_below, doubts=[])
            take_ends(self._stretches, texts, rows_below, doubts)
        self._at.take_from_markers(texts, problems, doubts)
        more = [self._row_below(below, problems, doubts) for below in row.below]
        if problems:
            raise InvalidRecord(problems)
        raw = self._raw(texts, doubts)
        for child_texts in more:
            self._add(raw, self._raw(child_texts, doubts))
        if self._record_ids is not None and self._record_ids < len(row.cells):
            raw["id"] = cell_text(row.cells[self._record_ids]).lower()
        return SheetReading(raw, doubts)

    def _with_units(self, row: SheetRow, doubts: list[tuple[str, str]]) -> SheetRow:
        """The row with its figures in the units that the columns beside them give; a doubt where
        such a column is blank."""
        cells = [*row.cells]
        for place, beside in self._unit_columns.items():
            unit = cell_text(cells[beside]) if beside < len(cells) else ""
            if is_repetition(unit):
                unit = self._units_above.get(beside, unit)
            elif unit:
                self._units_above[beside] = unit
            figure = cells[place] if place < len(cells) else ""
            if unit and figure != "":
                cells[place] = with_unit(figure, unit)
            elif lacks_unit(figure):
                key = next(column.key for column in self._columns if column.place == place)
                doubts.append((key, stored_doubt(UNIT_UNSAID, cell_text(figure)[:60])))
        return row._replace(cells=cells)

    def _read_cells(
        self,
        row: SheetRow,
        texts: dict[str, str],
        problems: dict[str, str],
        doubts: list[tuple[str, str]],
    ) -> None:
        """Read the cells of a row into texts by field, problems and doubts."""
        repeated: dict[int, CellValue] = {}
        _number, cells, filled_places, *_others = row
        width, closer = len(cells), self._looks_closer
        for column in self._columns:
            place, key, field, _scale, meanings, is_repeated, of_day, _order = column
            cell = cells[place] if place < width else ""
            if closer and self._is_faulty(row, column, problems):
                continue
            if of_day:
                cell = self._whole_day(column, cells, repeated, doubts)
            if cell == "":
                continue
            meaning = meanings.get(cell if type(cell) is str else (cell.__class__, cell))
            if meaning is None or place in filled_places:
                if type(cell) is str and is_repetition(cell):
                    cell = self._above(place, column, doubts)
                    repeated[place] = cell
                elif place in filled_places:
                    above = stored_doubt(ROW_ABOVE, cell_text(cell)[:60])
                    doubts.append((parts_of(key)[0], above))
                meaning = self._cells.read(column, cell, texts)
            read_texts, problem, doubted = meaning
            if problem:
                problems[key] = problem
            elif not (is_repeated and _gives_way(field, read_texts, texts)):
                texts.update(read_texts)
                doubts += doubted
        self.carried.note_row(cells, repeated)

    def _add_fixed(
        self, texts: dict[str, str], problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> None:
        """Fill blank fields of a row with the values given for all rows."""
        for key, (parts, problem, doubted) in self._fixed.items():
            if key in problems or key in texts:
                continue
            if problem:
                problems[key] = problem
            for part_key, text in parts.items():
                texts.setdefault(part_key, text)
            doubts += doubted

    def _whole_day(
        self,
        column: ReadColumn,
        cells: Sequence[CellValue],
        repeated: dict[int, CellValue],
        doubts: list[tuple[str, str]],
    ) -> CellValue:
        """The cells of day, month and year joined, ditto marks resolved."""
        parts: list[CellValue] = []
        for place in column.day_places:
            cell = cells[place] if 0 <= place < len(cells) else ""
            if isinstance(cell, str) and is_repetition(cell):
                cell = repeated[place] = self._above(place, column, doubts)
            parts.append(cell)
        return whole_day(*parts)

    def _note_struck(self, row: SheetRow, doubts: list[tuple[str, str]]) -> None:
        """Note one doubt about the cells that are read though their text is struck out."""
        struck: list[tuple[str, str]] = []
        for column in self._columns:
            cell = row.cells[column.place] if column.place < len(row.cells) else ""
            if cell != "" and (row.number, row.place_in_sheet(column.place) + 1) in self._struck:
                shown = "" if column.field.masked else cell_text(cell)
                struck.append((parts_of(column.key)[0], shown))
        if struck:
            shown = "; ".join(text for _key, text in struck if text)
            doubts.append((struck[0][0], stored_doubt(STRUCK_OUT, shown[:60])))

    def _is_faulty(self, row: SheetRow, column: ReadColumn, problems: dict[str, str]) -> bool:
        """Whether a cell has no value of its own, or one merged over other records too, which is a
        problem of its column."""
        span = self._shared.get((row.number, column.place))
        if span is not None and column.place < len(row.cells):
            message = _("The number {value} stands for the rows {first}–{last} together.")
            value = cell_text(row.cells[column.place])[:40]
            problems[column.key] = message.format(value=value, **span._asdict())
            return True
        # A day without a column of its year has no place for it: -1.
        for place in [place for place in column.day_places if place >= 0] or [column.place]:
            fault = self._faults.get((row.number, row.place_in_sheet(place) + 1))
            if fault is not None:
                problems[column.key] = _(FAULTY_CELL).format(text=fault.text)
                return True
        return False

    def _row_below(
        self, row: SheetRow, problems: dict[str, str], doubts: list[tuple[str, str]]
    ) -> dict[str, str]:
        """The texts of a continuation row of a record."""
        texts: dict[str, str] = {}
        self._read_cells(row, texts, problems, doubts)
        if self._struck:
            self._note_struck(row, doubts)
        if self._rules.on is not None:
            self._at.name(texts, problems, doubts)
        return texts

    def _add(self, raw: dict[str, object], more: Mapping[str, object]) -> None:
        """Add the content of a continuation row to the record's own: child rows, or values of a
        field that has several. Raises InvalidRecord for JSON, which cannot be extended."""
        for key, value in more.items():
            value_before = raw.get(key)
            if value_before is None:
                raw[key] = value
            elif isinstance(value_before, list) and isinstance(value, list):
                raw[key] = value_before + value
            elif isinstance(value_before, str) and key not in self._model.children():
                raw[key] = f"{value_before}; {value}"
            else:
                raise InvalidRecord({key: _("Give the rows below in one cell or in columns.")})

    def _above(self, place: int, column: ReadColumn, doubts: list[tuple[str, str]]) -> CellValue:
        """The cell above a ditto mark."""
        self._reading.doubts.clear()
        shown = not column.field.masked
        cell = self.carried.repeated(place, self._reading, shown=shown)
        doubts += self._reading.take_doubts(parts_of(column.key)[0])
        return cell

    # ----------------------------------------------------------------------- raw

    def _raw(self, texts: Mapping[str, str], doubts: list[tuple[str, str]]) -> dict[str, object]:
        """The texts with those of one household, or of one row below, together. Raises
        InvalidRecord."""
        raw: dict[str, object] = {}
        below: dict[str, dict[str, str]] = {}
        described: dict[str, dict[str, str]] = {}
        children, row_keys = self._model.children(), self._row_keys
        for key, text in texts.items():
            owner, part, is_row = row_keys.get(key) or _row_key(key)
            if is_row:
                below.setdefault(owner, {})[part] = text
            elif part:
                of_owner = described.get(owner)
                if of_owner is None:
                    raw[owner] = of_owner = described[owner] = {}
                of_owner[part] = text
            elif key in children:
                raw[key] = self._rows_below(children[key], text, doubts)
            else:
                raw[key] = text
        for key, parts in described.items():
            if names_record(head := parts.get(HEAD, "")):
                # Named by its id, as the program does in its own lists.
                raw[key] = head.lower()
        for key, row in below.items():
            rows = raw.get(key) or []
            if not isinstance(rows, list):
                raise InvalidRecord({key: _("Give the rows below in one cell or in columns.")})
            raw[key] = with_row(children[key], rows, row)
        return raw

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
                lambda name: self.places.commune(name, day, self._at.area) if day else name,
            )
        except FieldError as error:
            raise InvalidRecord({field.key: str(error)}) from None
        doubts += self._reading.take_doubts(field.key)
        return rows

    def note_accepted(self, raw: Mapping[str, object], values: Mapping[str, object]) -> None:
        """Note the households that an accepted row named, for the rows after it."""
        for key in self._described:
            described, record = raw.get(key), values.get(key)
            if isinstance(described, dict) and described.keys() >= NEEDED:
                self.places.note_household(described, str(record))

    def note_household(self, raw: Mapping[str, object], record: str) -> None:
        """Note the household that an accepted row was itself."""
        parts = {key: str(raw[key]) for key in (HEAD, HAMLET_KEY, COMMUNE, CITIZEN) if key in raw}
        if parts.keys() >= NEEDED:
            self.places.note_household(parts, record)
