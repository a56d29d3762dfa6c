"""Queries for records by the range of revisions that one transaction wrote.

SQL by hand: a list of 14,000 pledges is queried as a whole, from tables whose names are known only
at run time.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from borderdesk.base.chunks import chunks
from borderdesk.schema.record import RevisionedModel
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name

_AT_ONCE = 500


class RecordHead(NamedTuple):
    """The current version of a record: its place, id and number."""

    seq: int
    id: bytes
    number: int


def records_begun(store: Store, first: int, last: int) -> dict[str, list[str]]:
    """{type: the records whose first revision is between two `seq` values}, in their order."""
    records: dict[str, list[str]] = {}
    rows = store.rows(
        "SELECT type, record FROM revision WHERE seq BETWEEN ? AND ? AND parents = ? ORDER BY seq",
        (first, last, b""),
    )
    for type_name, record in rows:
        records.setdefault(type_name, []).append(record)
    return records


def heads_of(
    store: Store, model: type[RevisionedModel], records: Sequence[str]
) -> dict[str, RecordHead]:
    """{record: its current version} of the existing ones."""
    heads: dict[str, RecordHead] = {}
    for some, marks in _parts(records):
        rows = store.rows(
            f"SELECT t.id, r.seq, r.id, r.number FROM {table_name(model)} t"
            f" JOIN revision r ON r.seq = t.revision WHERE t.id IN ({marks})",
            some,
        )
        heads.update((row[0], RecordHead(*row[1:])) for row in rows)
    return heads


def naming_any(
    store: Store, model: type[RevisionedModel], field: str, records: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """(record, the one it names) of the records of a type that name one of these in a field."""
    for some, marks in _parts(records):
        sql = f"SELECT id, {field} FROM {table_name(model)} WHERE {field} IN ({marks})"
        yield from store.rows(sql, some)


def _parts(records: Sequence[str]) -> Iterator[tuple[Sequence[str], str]]:
    for some in chunks(records, _AT_ONCE):
        yield some, ", ".join("?" * len(some))
