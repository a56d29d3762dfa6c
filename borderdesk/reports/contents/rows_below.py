"""The rows below records (markers inspected, other places, funders) as tables of a spreadsheet."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.reports.blocks import Cell, Column, Row, Table
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import PUBLIC, UNIT, ChildrenField, ColumnField
from borderdesk.schema.record import RevisionedModel
from borderdesk.store.lists.listing import ListEntry


def cell_of(field: ColumnField, value: Any, book: ReferenceBook) -> Cell:
    """A number or a date as such, the rest in words."""
    if value is None or field.cell_kind != "text":
        plain_value: Cell = value
        return plain_value
    return field.show(value, book)


class RecordRows(NamedTuple):
    """A record whose rows were added."""

    lead: Callable[[], Sequence[Cell]]
    rows: dict[str, Any]
    whole: Callable[[], bool]
    units: Collection[str] | None


class RowsBelow:
    """Collects the rows below records while these are written, for the sheets after them.

    lead: the columns that say which record a row is of.
    """

    def __init__(
        self, model: type[RevisionedModel], book: ReferenceBook, lead: Sequence[Column]
    ) -> None:
        self._children = model.children()
        self._book = book
        self._lead = tuple(lead)
        self._added: list[RecordRows] = []

    def add(
        self,
        lead: Callable[[], Sequence[Cell]],
        listed: ListEntry,
        *,
        whole: Callable[[], bool] = lambda: True,
        units: Collection[str] | None = None,
    ) -> None:
        """Add the child rows of a record, which are formatted on first use.

        lead: makes the cells that identify the record; whole: whether fields that do not leave the
        record's own desk are shown, too; units: only rows in these units, for rows that may be in
        any.
        """
        rows = {key: listed.values[key] for key in self._children if listed.values.get(key)}
        if rows:
            self._added.append(RecordRows(lead, rows, whole, units))

    def tables(self) -> tuple[Table, ...]:
        """A table for each kind of rows, to be read once all records were added."""
        return tuple(
            Table(self._columns(children), self._each(key), title=_(children.label))
            for key, children in self._children.items()
        )

    def _columns(self, children: ChildrenField) -> tuple[Column, ...]:
        child_fields = children.child.fields().values()
        return (
            *self._lead,
            *(Column(_(f.label), f.cell_kind, f.register_width) for f in child_fields),
        )

    def _each(self, key: str) -> Iterator[Row]:
        fields = self._children[key].child.fields()
        for record in self._added:
            child_rows = record.rows.get(key)
            if not child_rows:
                continue
            whole, lead = record.whole(), record.lead()
            shown = {name for name, field in fields.items() if whole or field.part == PUBLIC}
            for row in child_rows:
                if record.units is None or _within(fields, row, record.units):
                    cells = (
                        cell_of(field, row.get(name), self._book) if name in shown else None
                        for name, field in fields.items()
                    )
                    yield Row((*lead, *cells))


def _within(fields: dict[str, ColumnField], row: dict[str, Any], units: Collection[str]) -> bool:
    places = [row.get(key) for key, field in fields.items() if field.refers_to == UNIT]
    return not places or any(place in units for place in places)
