"""Rebuilding every current row and search entry from the revisions.

In SQL by hand: it reads and writes every row of the desk (executemany: 1.2 times the bare shell,
peewee's insert_many 5 times).
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import current, is_double
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.dialect import word_counts
from borderdesk.store.connection.tables import link_tables, search_table, table_name, type_columns
from borderdesk.store.matching.double_pairs import LOOKED
from borderdesk.store.records.history import (
    StoredRevision,
    from_row,
    load_children,
    stored_revisions,
)
from borderdesk.store.records.writer import Writer

if TYPE_CHECKING:
    from borderdesk.schema.book import ReferenceBook


def rebuild(store: Store, book: "ReferenceBook") -> list[str]:
    """Rebuild all derived tables within the open transaction; returns what differs from before,
    a line a table."""
    before = _fingerprints(store)
    for model in ALL_TYPES.values():
        store.run(f"DELETE FROM {search_table(model)}")
        store.run(f"DELETE FROM {table_name(model)}")
    store.run("DELETE FROM household_group")
    store.run("DELETE FROM double_version")
    store.run("DELETE FROM double_pair")
    store.run("DELETE FROM meta WHERE key = ?", (LOOKED,))
    store.many("INSERT INTO double_version (record, type) VALUES (?, ?)", _double_versions(store))
    writer = Writer(store, book)
    types: list[type[RevisionedModel]] = [Household]
    types += [model for model in ALL_TYPES.values() if model is not Household]
    for model in types:
        for head in current_revisions(store, model):
            values = head.values()
            if values is not None:
                writer.derive(model, head.record, head.seq, values, is_new=True)
        writer.flush()
    writer.finish()
    after = _fingerprints(store)
    return [
        f"{name}: {before[name]} -> {after[name]}" for name in after if before[name] != after[name]
    ]


def _double_versions(store: Store) -> list[tuple[str, str]]:
    """(record, type) of records with several current versions, one of which is to be chosen."""
    revised = store.rows(
        "SELECT record FROM revision GROUP BY record HAVING COUNT(*) > 1 ORDER BY record"
    )
    doubles = []
    for (record,) in list(revised):
        versions = list(stored_revisions(store, "WHERE r.record = ?", (record,)))
        if is_double(version.node() for version in versions):
            doubles.append((record, versions[0].type))
    return doubles


def current_revisions(store: Store, model: type[RevisionedModel]) -> Iterator[StoredRevision]:
    """Yield the current revision of each record of a type, in order of its first revision."""
    single_revisions = (
        "WHERE r.type = ? AND NOT EXISTS (SELECT 1 FROM revision o WHERE o.record = r.record"
        " AND o.seq <> r.seq)"
    )
    yield from stored_revisions(store, single_revisions, (model.type_name,))
    revised = store.rows(
        "SELECT record, MIN(seq) AS first FROM revision WHERE type = ? GROUP BY record"
        " HAVING COUNT(*) > 1 ORDER BY first",
        (model.type_name,),
    )
    for record, _first in list(revised):
        versions = list(stored_revisions(store, "WHERE r.record = ?", (record,)))
        current_node = current(version.node() for version in versions)
        yield next(v for v in versions if v.id == current_node.id)


def _fingerprints(store: Store) -> dict[str, str]:
    """{table: digest of its content, independent of row numbers}."""
    prints = {}
    for model in ALL_TYPES.values():
        table, columns = table_name(model), ", ".join(f"t.{c}" for c in type_columns(model)[1:])
        prints[table] = _digest(store, f"SELECT {columns} FROM {table} t ORDER BY t.id")
        for field in model.children().values():
            below = table_name(field.child)
            keys = ", ".join(f"c.{key}" for key in field.child.fields())
            prints[below] = _digest(
                store,
                f"SELECT t.id, c.place, {keys} FROM {below} c JOIN {table} t ON t.row = c.row"
                " ORDER BY t.id, c.place",
            )
        for link in link_tables(model).values():
            prints[link] = _digest(
                store,
                f"SELECT t.id, c.unit FROM {link} c JOIN {table} t ON t.row = c.row"
                " ORDER BY t.id, c.unit",
            )
        prints[search_table(model)] = _search_digest(store, model)
    prints["double_version"] = _digest(
        store, "SELECT record, type FROM double_version ORDER BY record"
    )
    prints["household_group"] = _digest(
        store, "SELECT member, leader FROM household_group ORDER BY member"
    )
    return prints


def _digest(store: Store, sql: str) -> str:
    digest, number = hashlib.sha256(), 0
    for row in store.rows(sql):
        digest.update(repr(row).encode())
        number += 1
    return f"{number} rows {digest.hexdigest()[:16]}"


def _search_digest(store: Store, model: type[RevisionedModel]) -> str:
    """Every word of the index with the number of records that have it."""
    name = f"{search_table(model)}_words"
    store.run(word_counts(search_table(model), name))
    return _digest(store, f"SELECT term, doc FROM temp.{name} ORDER BY term")


def reindex(store: Store, book: "ReferenceBook") -> None:
    """Rebuild the search entries, after names in the reference data changed."""
    for model in ALL_TYPES.values():
        writer = Writer(store, book)
        store.run(f"DELETE FROM {search_table(model)}")
        columns = ("row", *model.columns())
        column_list = ", ".join(columns)
        place = 0
        while True:
            rows = list(
                store.rows(
                    f"SELECT {column_list} FROM {table_name(model)}"
                    " WHERE row > ? ORDER BY row LIMIT 500",
                    (place,),
                )
            )
            if not rows:
                break
            values = {stored[0]: from_row(model, columns, stored) for stored in rows}
            load_children(store, model, values)
            for row, record_values in values.items():
                writer.index(model, row, record_values)
            writer.flush()
            place = rows[-1][0]
