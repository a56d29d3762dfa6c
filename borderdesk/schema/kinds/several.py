"""Several values of one kind."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import peewee as pw

from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.schema.kinds.context import EntryContext, PackageCodes, ReferenceLookup
from borderdesk.schema.kinds.field import CellReader, ColumnField
from borderdesk.schema.kinds.sheet_cell import CellReading


class SeveralField(ColumnField, pw.TextField):
    """Several values of one kind in the order of input, without repetition."""

    json_type = "array"
    canonical_type = list
    stored_as_is = False
    several = True
    register_width = 2.2

    def __init__(self, each: ColumnField, **rest: Any) -> None:
        super().__init__(each.label, **rest)
        self._each = each
        self.doubtful = each.doubtful
        self.dated = each.dated
        self.refers_to = each.refers_to
        self.pick_list = each.pick_list
        self.options = each.options
        self.order = each.order
        self.from_list = each.from_list
        self.remembered = each.remembered

    @property
    def each(self) -> ColumnField:
        return self._each

    def clean(self, raw: Any, entry: EntryContext) -> list[str] | None:
        if type(raw) is not list:
            raise self.wrong_type()
        clean = self._each.clean
        values = [clean(item, entry) for item in raw]
        return [v for v in dict.fromkeys(values) if v is not None] or None

    def read(self, text: str, entry: EntryContext) -> list[str] | None:
        values = [self._each.read(part, entry) for part in text.split(";") if part.strip()]
        # A part may consist of invisible characters alone.
        return [value for value in dict.fromkeys(values) if value is not None] or None

    def from_sheet(self, cell: CellValue, reading: CellReading) -> str:
        parts = cell_text(cell).replace("\n", ";").split(";")
        return ";".join(self._each.from_sheet(part, reading) for part in parts if part.strip())

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "; ".join(self._each.show(item, book) for item in value or ())

    def show_short(self, value: Any, book: ReferenceLookup, between: str = "; ") -> str:
        return between.join(self._each.show_short(item, book) for item in value or ())

    def to_json(self, value: Any, book: ReferenceLookup) -> list[Any]:
        return [self._each.to_json(item, book) for item in value or ()]

    def to_csv(self, value: Any, book: ReferenceLookup) -> str:
        return ";".join(str(self._each.to_json(item, book)) for item in value or ())

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        return [self._each.example(book, day, home)]

    def to_editor(self, value: Any, book: ReferenceLookup) -> Any:
        return ";".join(value or ())

    def search_text(self, value: Any, book: ReferenceLookup) -> str:
        return " ".join(self._each.search_text(item, book) for item in value)

    def each_value(self, value: Any) -> Iterable[Any]:
        return value or ()

    def to_package(self, canonical: Any) -> str:
        return ";".join(canonical)

    def package_reader(self) -> CellReader:
        return lambda cell: cell.split(";")

    def is_sound(self, canonical: Any, codes: PackageCodes) -> bool:
        if not all(type(code) is str and code for code in canonical):
            return False
        unlike = len(set(canonical)) == len(canonical) > 0
        return unlike and all(self._each.is_sound(code, codes) for code in canonical)

    def offered(
        self, book: ReferenceLookup, day: datetime.date, home: str
    ) -> Sequence[tuple[str, str]]:
        return self._each.offered(book, day, home)

    def rank_name(self, place: str) -> str:
        return self._each.rank_name(place)

    def doubts(self, value: Iterable[str], entry: EntryContext) -> Iterable[tuple[str, Any]]:
        return [doubt for item in value for doubt in self._each.doubts(item, entry)]

    def db_value(self, value: Any) -> Any:
        return ";".join(value) if value else None

    def python_value(self, value: Any) -> Any:
        return value.split(";") if value else None
