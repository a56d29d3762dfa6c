"""What the title of a list and the lines between its rows give to the rows below: their place, kind
and day, and the month or year of days written short."""

import re
from collections.abc import Container, Mapping, Sequence

from borderdesk.base.spreadsheets import cell_text
from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.kinds import Field, FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.record import RevisionedModel
from borderdesk.sheets.columns.carried_values import (
    DAY,
    DAY_ABOVE,
    KIND,
    LONGEST_CAPTION,
    CarriedValues,
    carried_keys,
    is_caption,
    is_title,
    title_places,
    without_number,
)
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.rows.cell_meanings import ReadColumn
from borderdesk.sheets.rows.named_kinds import NamedKinds, opens_group
from borderdesk.sheets.rows.row_places import RowPlaces
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.values.title_periods import title_period

_DAY = re.compile(
    r"(?<![\d/.\-])\d{1,2}\s*(?:[/.\-]|tháng)\s*\d{1,2}"
    r"(?:[/.]\d\d(?!\d)|\s*(?:[/.\-]|,?\s*năm)\s*20\d\d)?(?!\d|[/.\-]\d)",
    re.IGNORECASE,
)
_OF_DAY = re.compile(
    r"(?:từ\s+)?ngày\s|(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s+nhật)\W", re.IGNORECASE
)
_OF_DAYS = re.compile(
    r"từ\s+ngày|ngày\s+\d{1,2}\s*(?:[-–,;&+]|và|đến|tới)\s*(?:ngày\s+)?\d{1,2}\s*(?:[/.]|tháng)"
    r"|\(\s*\d{1,2}\s*[-–]\s*\d{1,2}/\d|\d[-–]\d{1,2}/\d",
    re.IGNORECASE,
)
"""Days of which the first has no month: Ngày 6, 7/3; Từ ngày 5 đến 7/3; (6 - 7/3)."""


class GroupLines:
    """The title and the lines between the rows of one table, as they are met."""

    def __init__(
        self,
        model: type[RevisionedModel],
        fields: Mapping[str, Field],
        table: SheetTable,
        columns: Sequence[ReadColumn],
        rules: EntryRules,
        at: RowPlaces,
        reading: CellReading,
        given_keys: Container[str],
    ) -> None:
        """given_keys: the keys that have a column, or a value for all rows."""
        self._columns = columns
        self._rules = rules
        self._at = at
        self._reading = reading
        *above, sheet = table.titles()
        # A sheet that is called by a commune alone names it without its word.
        texts = [*above, f"xã {sheet}" if at.is_of_area(sheet) else sheet]
        self.carried = CarriedValues(title_places(texts, at.is_commune))
        self._carried_to = carried_keys(fields)
        self._kinds = NamedKinds(model, rules, given_keys)
        self.carried.note_kind_of_title(self._kinds.of_titles(above, sheet))
        event = model.event()
        self._day = "" if event is None or event.name in given_keys else event.name
        self._day_field = fields.get(self._day)

    def note(self, row: SheetRow) -> None:
        """Apply a line between the rows to the rows below."""
        texts = [text for text in map(cell_text, row.cells) if text]
        if len(texts) == 1 and texts[0].isdecimal() and self._is_figure(row, texts[0]):
            return
        if len(texts) == 1 and is_title(texts[0]):
            period, places = title_period(texts), title_places(texts, self._at.is_commune)
            self.carried.note_title(row, places, is_dated=any(period))
            self.carried.note_kind_of_title(self._kinds.of_titles(texts, ""), row)
            self._reading.begin_list(*period)
        else:
            month, year = self.carried.note_caption(row, self._at.is_commune)
            if month is not None:
                self._reading.begin_month(month, year)
            elif year is not None:
                self._reading.begin_year(year)
            self._note_named(row, texts, is_dated=bool(month or year))
            if not (month or year):
                return
        for column in self._columns:
            if column.field.is_date:
                column.meanings.clear()

    def _note_named(self, row: SheetRow, texts: Sequence[str], *, is_dated: bool) -> None:
        """Apply the kind and the day of a line; a group of something else ends them."""
        names_place = any(map(is_caption, texts))
        opens = opens_group(texts) and not names_place
        if self._kinds.key and not is_dated and not names_place:
            self.carried.note_named(KIND, row, self._kinds.of_caption(texts), ends=opens)
        if self._day:
            day, is_of_days = self._day_of(texts)
            self.carried.note_named(DAY, row, day, ends=opens or is_dated or is_of_days)

    def _day_of(self, texts: Sequence[str]) -> tuple[str, bool]:
        """(the day of a line that names one alone, with a place or by its word: Ngày 5/3/2023; ""
        for any other, as for the day on which a list was signed; whether it is a line of days)."""
        text = next((text for text in texts if is_caption(text)), texts[0] if texts else "")
        day_text = without_number(text)
        if len(day_text) > LONGEST_CAPTION:
            return "", False
        found, begins = _DAY.findall(day_text), bool(_OF_DAY.match(day_text))
        several = len(found) > 1 or bool(_OF_DAYS.search(day_text))
        names_one = bool(found) and not several and (begins or is_caption(day_text))
        if not names_one or self._day_field is None:
            return "", begins or several
        try:
            return self._day_field.from_sheet(found[0], CellReading(self._reading.year)), True
        except FieldError:
            return "", True

    def _is_figure(self, row: SheetRow, text: str) -> bool:
        """Whether a number alone in a row is a figure without its words, instead of a year."""
        numbers = {column.place for column in self._columns if column.field.cell_kind == "number"}
        filled = {place for place, cell in enumerate(row.cells) if cell != ""}
        return not filled.isdisjoint(numbers) or int(text[:8]) > self._rules.today.year + 1

    def fill(self, texts: dict[str, str], doubts: list[tuple[str, str]]) -> None:
        """Give a row the place, the kind and the day that it does not name itself."""
        reading = self._reading
        reading.doubts.clear()
        if self.carried.has_places():
            self.carried.fill(texts, *self._carried_to, reading)
            doubts += reading.take_doubts(next(iter(self._carried_to[0]), ""))
        key = self._kinds.key
        if key and key not in texts and (kind := self.carried.kind(reading)):
            texts[key] = kind
            doubts += reading.take_doubts(key)
        if self._day and self._day not in texts and (day := self.carried.named(DAY)):
            texts[self._day] = day
            reading.doubt(DAY_ABOVE, day)
            doubts += reading.take_doubts(self._day)
