"""Small questions about the tables of records, whose names are known only at run time.

Written by hand: peewee has no model without a name, and each is one look into an index.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from borderdesk.schema.record import Revisioned
from borderdesk.store.database import Store
from borderdesk.store.tables import table_name


def is_here(store: Store, model: type[Revisioned], record: str) -> bool:
    """Whether a record is here and not deleted."""
    return bool(store.value(f"SELECT 1 FROM {table_name(model)} WHERE id = ?", (record,)))


def count_naming(store: Store, model: type[Revisioned], field: str, record: str) -> int:
    """How many records of a type name another record in a field."""
    sql = f"SELECT COUNT(*) FROM {table_name(model)} WHERE {field} = ?"
    return int(store.value(sql, (record,)))


def count_rows(store: Store, table: str, condition: str, values: Sequence[str]) -> int:
    """How many rows of a table (of records, of rows below them or of their links) match."""
    return int(store.value(f"SELECT COUNT(*) FROM {table} WHERE {condition}", tuple(values)) or 0)


def distinct_texts(
    store: Store, model: type[Revisioned], field: str, where: str, value: str
) -> list[str]:
    """The different texts of a field, of the records with `value` in the field `where`."""
    sql = f"SELECT DISTINCT {field} FROM {table_name(model)} WHERE {where} = ? AND {field} <> ''"
    return [row[0] for row in store.rows(sql, (value,))]


@contextmanager
def savepoint(store: Store, undone_by: type[Exception]) -> Iterator[None]:
    """A part of the open transaction that is rolled back alone by an exception of this type."""
    store.run("SAVEPOINT line")
    try:
        yield
    except undone_by:
        store.run("ROLLBACK TO line")
        raise
    finally:
        store.run("RELEASE line")


@contextmanager
def large_cache(store: Store, kibibytes: int) -> Iterator[None]:
    """Enlarge the page cache meanwhile: indexes of hashes are written at random places."""
    (before,) = store.one("PRAGMA cache_size") or (0,)
    store.run(f"PRAGMA cache_size = -{kibibytes}")
    try:
        yield
    finally:
        store.run(f"PRAGMA cache_size = {before}")
