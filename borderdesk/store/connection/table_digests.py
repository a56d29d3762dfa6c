"""The digest of each table that no hash chain covers: an altered value is found by `verify`.

Revisions, their separate parts and the logs have hashes of their own, and the tables derived from
them are compared with them. Every other table has a row in `table_digest`: its number of rows, and
the exclusive or of the hashes of its rows. Triggers update it within the transaction that writes:
the cost is proportional to the changed rows, not to the table. They are created when a connection
first writes to a table, from the columns it has then, so that migrations need not name them; and
they are temporary, because a change made with another program must be detected, not recorded as
valid.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.tables import derived_models, link_tables, search_table, table_name

TABLE = "table_digest"
HASHED = {"revision", "private_part", "log_entry", "audit"}
"""Tables whose rows carry their own hashes."""
MIGRATIONS_TABLE = "schema_migration"
"""Watched only since the newest schema: an older file has no digest of it until its next
upgrade."""
_SHADOWS = ("_data", "_idx", "_docsize", "_config", "_content")
"""Endings of the shadow tables of a search table."""
_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    " AND name NOT LIKE 'sqlite%' ORDER BY name"
)
_CASCADES = (
    "SELECT t.name FROM pragma_table_list t, pragma_foreign_key_list(t.name) f"
    " WHERE t.schema = 'main' AND t.type = 'table' AND f.\"table\" = ?"
    " AND (f.on_delete <> 'NO ACTION' OR f.on_update <> 'NO ACTION')"
)
_WRITING = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|WITH)\b", re.IGNORECASE)
_DELETING = re.compile(r"\s*DELETE\b", re.IGNORECASE)
_TARGET = re.compile(
    r"\b(?:INTO|DELETE\s+FROM|UPDATE(?:\s+OR\s+\w+)?)\s+(?:\"?\w+\"?\.)?\"?(\w+)", re.IGNORECASE
)


def row_digest(*values: Any) -> int:
    """64 bits of the hash of a row's values, as a signed integer of SQLite."""
    hashed = hashlib.blake2b(repr(values).encode(), digest_size=8).digest()
    return int.from_bytes(hashed, signed=True)


def changed_digest(*values: Any) -> int:
    """The change of a table's digest for an update of a row: the values before, then those
    after."""
    half = len(values) // 2
    return row_digest(*values[:half]) ^ row_digest(*values[half:])


class WatchedConnection(sqlcipher.Connection):  # type: ignore[misc]
    """A connection that updates the digests of the tables it writes to, by triggers created at its
    first write to each.

    Only a deletion cascades to other rows: keys that are referenced never change.
    """

    _watched: set[str] | None = None
    """The tables that need nothing more; None before the first write."""
    _has_digests = False

    def execute(self, sql: str, *params: Any) -> Any:
        """Execute a statement."""
        if written_tables(sql):
            self._watch(sql)
        elif sql.startswith("ROLLBACK"):
            self.note_rollback()
        return super().execute(sql, *params)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> Any:
        """Execute a statement for each row."""
        if written_tables(sql):
            self._watch(sql)
        return super().executemany(sql, rows)

    def note_rollback(self) -> None:
        """Create triggers anew: a rollback removes those created since the transaction or its
        savepoint began. SQLite makes one by itself where the disk is full or fails."""
        self._watched = None

    def renew_digests(self) -> None:
        """Recompute every digest, within the open transaction: the tables were altered."""
        temporary = "SELECT name FROM sqlite_temp_master WHERE type = 'trigger'"
        for (name,) in super().execute(temporary).fetchall():
            super().execute(f"DROP TRIGGER temp.{name}")
        super().execute(f"DELETE FROM {TABLE}")
        rows = list(current_digests(self))
        super().executemany(f"INSERT INTO {TABLE} (name, rows, digest) VALUES (?, ?, ?)", rows)
        self._watched = None

    def _watch(self, sql: str) -> None:
        if self._watched is None:
            self._watched = set(_chained_tables())
            for function in (row_digest, changed_digest):
                self.create_function(function.__name__, -1, function, deterministic=True)
            # A file from before the digests has none until it is upgraded.
            self._has_digests = bool(columns_of(self, TABLE))
        if not self._has_digests:
            return
        new = {*written_tables(sql)} - self._watched
        while new:
            table, *others = new
            self._watched.add(table)
            columns = columns_of(self, table)
            for statement in _triggers(table, tuple(columns)) if columns else ():
                super().execute(statement)
            new = {*others}
            if columns and _DELETING.match(sql):
                # A deletion cascades to rows of other tables.
                new |= {row[0] for row in super().execute(_CASCADES, (table,))}
            new -= self._watched


@lru_cache(maxsize=2_048)
def written_tables(sql: str) -> frozenset[str]:
    """The tables that a statement writes to, and at most some further words; none for a query.

    Not every word of the statement: a column may have the name of a table, and creating the
    triggers of that one aborts all open queries ("abort due to ROLLBACK").
    """
    return frozenset(_TARGET.findall(sql)) if _WRITING.match(sql) else frozenset()


def columns_of(connection: Any, table: str) -> list[str]:
    """The columns of a table; none for a missing table."""
    rows = sqlcipher.Connection.execute(
        connection,
        "SELECT name FROM pragma_table_info(?) WHERE schema = 'main' ORDER BY cid",
        (table,),
    )
    return [row[0] for row in rows]


def current_digests(connection: Any) -> Iterator[tuple[str, int, int]]:
    """(table, number of rows, digest) of the present content of the watched tables."""
    for (table,) in connection.execute(_TABLES).fetchall():
        if table in _chained_tables():
            continue
        rows, digest = 0, 0
        for values in connection.execute(
            f"SELECT {_listed(columns_of(connection, table))} FROM {table}"
        ):
            rows += 1
            digest ^= row_digest(*values)
        yield table, rows, digest


def altered_tables(connection: Any) -> Iterator[str]:
    """The tables that differ from their digests; none in a file without digests."""
    if not columns_of(connection, TABLE):
        return
    stored = connection.execute(f"SELECT name, rows, digest FROM {TABLE}")
    noted = {row[0]: (row[1], row[2]) for row in stored}
    for table, rows, digest in current_digests(connection):
        if table == MIGRATIONS_TABLE and table not in noted:
            continue
        if noted.pop(table, (0, 0)) != (rows, digest):
            yield table
    # The tables missing a digest row; one noted without rows shows that the digests themselves were
    # altered.
    yield from sorted(
        {TABLE if stored_digest == (0, 0) else table for table, stored_digest in noted.items()}
    )


@cache
def _chained_tables() -> frozenset[str]:
    """The tables that are not watched."""
    names = {*HASHED, TABLE, *(table_name(model) for model in derived_models())}
    for model in ALL_TYPES.values():
        names |= {*link_tables(model).values()}
        names |= {f"{search_table(model)}{of}" for of in ("", *_SHADOWS)}
    return frozenset(names)


@cache
def _triggers(table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The statements that make the triggers of a table."""

    old, new = (_listed(f"{side}.{column}" for column in columns) for side in ("old", "new"))

    def trigger(event: str, counted: int, digest: str) -> str:
        return (
            f"CREATE TEMP TRIGGER IF NOT EXISTS digest_{event.lower()}_{table}"
            f" AFTER {event} ON main.{table}"
            f" BEGIN INSERT INTO {TABLE} (name, rows, digest)"
            f" VALUES ('{table}', {counted}, {digest})"
            " ON CONFLICT (name) DO UPDATE SET rows = rows + excluded.rows,"
            " digest = (digest | excluded.digest) - (digest & excluded.digest); END"
        )

    return (
        trigger("INSERT", 1, f"row_digest({new})"),
        trigger("DELETE", -1, f"row_digest({old})"),
        trigger("UPDATE", 0, f"changed_digest({old}, {new})"),
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
