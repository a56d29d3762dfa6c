"""Keeps with each record until when an earlier one of its household counts.

SQL by hand: a record is inserted with what the index by household says, and only where it came
before others are those of its household written anew. Doing so for each save took 9 % of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.unit_history import FOREVER
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name

AT_ONCE, PARAMETERS = 500, 4
"""So many records are asked about at once, with so many parameters each."""


class _Columns(NamedTuple):
    """The SQL of a type's table, as t: its name, its columns of the household, the day, the last
    day that counts, and of the one that is kept."""

    table: str
    household: str
    day: str
    end: str
    until: str


@cache
def _columns(model: type[RevisionedModel]) -> _Columns:
    earlier, event = model.earlier, model.event()
    assert earlier is not None
    assert event is not None
    end = f"COALESCE(t.{earlier.ends}, '{FOREVER}')" if earlier.ends else f"t.{event.name}"
    return _Columns(table_name(model), model.household_key(), event.name, end, earlier.until)


class EarlierRecords:
    """The records written and deleted within one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._added: defaultdict[type[RevisionedModel], list[str | int]] = defaultdict(list)
        """Of each inserted record, one behind the other: its household, day and id, by which it is
        ordered within its household, and its row."""
        self._changed: defaultdict[type[RevisionedModel], set[str]] = defaultdict(set)

    def note(
        self, model: type[RevisionedModel], record: str, row: int, values: Values, *, is_new: bool
    ) -> None:
        """Note that a record is written; the row of one that is not new may come before others."""
        if model.earlier is None:
            return
        columns = _columns(model)
        household = values.get(columns.household)
        if household is None:
            return
        if is_new:
            day = values[columns.day].isoformat()
            self._added[model] += household, day, record, row
        else:
            self._changed[model].add(household)

    def note_deleted(self, model: type[RevisionedModel], records: Sequence[str]) -> None:
        """Note the households of stored records that are going to be deleted."""
        if model.earlier is None:
            return
        columns, marks = _columns(model), ", ".join("?" * len(records))
        sql = (
            f"SELECT {columns.household} FROM {columns.table}"
            f" WHERE id IN ({marks}) AND {columns.household} IS NOT NULL"
        )
        self._changed[model].update(row[0] for row in self._store.rows(sql, tuple(records)))

    def note_inserted(self) -> None:
        """Find the households of the records just inserted that come before stored ones."""
        for model, added in self._added.items():
            for first in range(0, len(added), AT_ONCE * PARAMETERS):
                some = added[first : first + AT_ONCE * PARAMETERS]
                found = self._store.rows(overtaking(model, len(some) // PARAMETERS), some)
                self._changed[model].update(row[0] for row in found)
        self._added.clear()

    def refresh(self) -> None:
        """Write for the records of the noted households until when an earlier one counts."""
        for model, households in self._changed.items():
            ordered = sorted(households)
            for first in range(0, len(ordered), AT_ONCE):
                some = ordered[first : first + AT_ONCE]
                self._store.run(span_update(model, len(some)), some)
        self._changed.clear()


@cache
def marked_insert(model: type[RevisionedModel], names: Sequence[str]) -> str:
    """The statement that inserts a row with the last day on which the stored records of the
    household count that begin no later; its parameters are the columns."""
    columns = _columns(model)
    at = {name: f"?{place}" for place, name in enumerate(names, start=1)}
    earlier = (
        f"SELECT MAX({columns.end}) FROM {columns.table} t WHERE"
        f" t.{columns.household} = {at[columns.household]} AND t.{columns.day} <= {at[columns.day]}"
    )
    marks = at | {columns.until: f"COALESCE({at[columns.until]}, ({earlier}))"}
    return f"INSERT INTO {columns.table} ({', '.join(names)}) VALUES ({', '.join(marks.values())})"


@cache
def overtaking(model: type[RevisionedModel], records: int) -> str:
    """The statement that gives the households in which one of so many inserted records comes
    before an older row; its parameters are household, day, id and row of each."""
    columns = _columns(model)
    return (
        f"WITH added ({columns.household}, day, record, row) AS"
        f" (VALUES {', '.join(['(?, ?, ?, ?)'] * records)})"
        f" SELECT a.{columns.household} FROM added a WHERE EXISTS (SELECT 1 FROM {columns.table} t"
        f" WHERE t.{columns.household} = a.{columns.household} AND t.{columns.day} >= a.day"
        f" AND t.row < a.row AND (t.{columns.day} > a.day OR t.id > a.record))"
    )


@cache
def span_update(model: type[RevisionedModel], households: int) -> str:
    """The statement that writes the column anew for so many households, its parameters."""
    columns, marks = _columns(model), ", ".join("?" * households)
    return (
        f"UPDATE {columns.table} SET {columns.until} = e.until"
        f" FROM ({_spans(model)} WHERE t.{columns.household} IN ({marks})) e WHERE"
        f" {columns.table}.row = e.row AND {columns.table}.{columns.until} IS DISTINCT FROM e.until"
    )


def _spans(model: type[RevisionedModel]) -> str:
    """The statement that gives (row, id, stored, until) of every record as it should be."""
    columns = _columns(model)
    return (
        f"SELECT t.row, t.id, t.{columns.until} AS stored, MAX({columns.end}) OVER"
        f" (PARTITION BY t.{columns.household} ORDER BY t.{columns.day}, t.id"
        f" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until FROM {columns.table} t"
    )


def altered_spans(store: Store, model: type[RevisionedModel]) -> Iterator[str]:
    """The ids of the records of a type with another day than follows from the earlier ones."""
    if model.earlier is None:
        return
    columns = _columns(model)
    of_none = f"t.{columns.household} IS NULL"
    sql = (
        f"SELECT id FROM ({_spans(model)} WHERE NOT {of_none}"
        f" UNION ALL SELECT t.row, t.id, t.{columns.until}, NULL FROM {columns.table} t"
        f" WHERE {of_none}) WHERE stored IS DISTINCT FROM until"
    )
    yield from (str(row[0]) for row in store.rows(sql))
