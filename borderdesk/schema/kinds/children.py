"""Rows below a record: the markers of a patrol, who paid for a work."""

import datetime
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import peewee as pw

from borderdesk.base.i18n import _
from borderdesk.base.measure_units import value_and_unit
from borderdesk.schema.kinds.context import ReferenceLookup
from borderdesk.schema.kinds.field import ColumnField, Field, FieldError
from borderdesk.schema.kinds.sheet_cell import CellReading

ChildValues = Mapping[str, Any]


class ChildModel(pw.Model):
    """A row below a record; `row` is its record's, `place` its position from 0."""

    class Meta:
        legacy_table_names = False
        primary_key = pw.CompositeKey("row", "place")

    row = pw.IntegerField()
    place = pw.IntegerField()

    @classmethod
    @cache
    def fields(cls) -> dict[str, ColumnField]:
        """The row's fields by key, in the order they were declared."""
        return {f.name: f for f in cls._meta.sorted_fields if isinstance(f, ColumnField)}

    @classmethod
    @cache
    def referring(cls, refers_to: str) -> tuple[str, ...]:
        """The keys of the row's fields that refer to reference data (UNIT, HAMLET …)."""
        return tuple(key for key, field in cls.fields().items() if field.refers_to == refers_to)


class MarkerStretch(NamedTuple):
    """How rows are filled from a stretch of markers: the record's fields of its two ends, the
    row's field of the marker, the other values of each row, and what that makes of fields of the
    record that are blank."""

    ends: tuple[str, str]
    marker: str
    rest: Mapping[str, str]
    outcome: Mapping[str, str] = MappingProxyType({})


class ChildrenField(Field):
    """Rows below a record, in order: `child` is their model, `key` their name in the record.

    stretch: how one key fills them from the markers the record names.
    """

    json_type = "array"
    several = True
    settles = False

    def __init__(
        self,
        label: str,
        child: type[ChildModel],
        *,
        stretch: MarkerStretch | None = None,
        headings: str = "",
    ) -> None:
        self.label = label
        self.child = child
        self.stretch = stretch
        self.headings = headings
        self.key = ""

    def __set_name__(self, owner: type, key: str) -> None:
        self.key = key

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        return self if record is None else record.__data__.get(self.key) or []

    def row_fields(self) -> Mapping[str, ColumnField]:
        return self.child.fields()

    def show(self, value: Any, book: ReferenceLookup) -> str:
        return "\n".join(self._shown_row(row, book) for row in value or ())

    def _shown_row(self, row: ChildValues, book: ReferenceLookup) -> str:
        columns = self.child.fields()
        return " · ".join(
            value_and_unit(column.show(row[key], book), row[key], _(column.unit))
            for key, column in columns.items()
            if row.get(key) is not None
        )

    def to_json(self, value: Any, book: ReferenceLookup) -> list[dict[str, Any]]:
        columns = self.child.fields()
        return [
            {key: column.to_json(row.get(key), book) for key, column in columns.items()}
            for row in value or ()
        ]

    def to_csv(self, value: Any, book: ReferenceLookup) -> str:
        return json.dumps(self.to_json(value, book), ensure_ascii=False) if value else ""

    def from_csv(self, cell: str, reading: CellReading) -> Any:
        return cell

    def example(self, book: ReferenceLookup, day: datetime.date, home: str) -> Any:
        columns = self.child.fields()
        return [{key: column.example(book, day, home) for key, column in columns.items()}]

    def to_editor(self, value: Any, book: ReferenceLookup) -> list[dict[str, Any]]:
        columns = self.child.fields()
        return [
            {key: column.to_editor(row.get(key), book) for key, column in columns.items()}
            for row in value or ()
        ]


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a key stands twice")
    return row


def read_json_cell(text: str) -> Any:
    """The children in a CSV cell: JSON with exact decimals. Raises FieldError, also for a repeated
    key."""
    try:
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError, InvalidOperation):
        raise FieldError(_("This cell is not readable JSON.")) from None
