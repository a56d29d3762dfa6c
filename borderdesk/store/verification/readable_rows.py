"""Reads the readable rows of a damaged database, around the broken parts.

A range of rows that cannot be read is halved until the broken rows are isolated. After every error
the connection is opened again: SQLCipher answers no query after a page with a wrong MAC. Pages that
the disk fails to read are treated like altered ones, unless the file is gone as a whole.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeVar

from borderdesk.schema.log_entries import REVISION, ChainHead, next_chain
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store, is_damage, is_unread
from borderdesk.store.connection.table_digests import row_digest
from borderdesk.store.connection.tables import table_name
from borderdesk.store.records.history import (
    REVISION_COLUMNS,
    StoredRevision,
    from_row,
    load_children,
    stored_revision,
)
from borderdesk.store.verification.verify import broken_hashes

RANGE = 256
"""The number of rows in a query."""
SAMPLES = 64
"""The number of positions read before a table counts as unreadable."""
RANGE_SAMPLES = 8
"""The number of rows tried in a range of which it is not known whether it has any."""
LOST_RANGES = 4
"""The number of ranges without a readable sample after which a table counts as ended."""
_WITH_PART = "revision r LEFT JOIN private_part p ON p.revision = r.seq"
_WITHOUT = "revision r LEFT JOIN (SELECT NULL AS salt, NULL AS part) p"

T = TypeVar("T")
Row = tuple[Any, ...]
_KnownEntry = tuple[int, bytes, list[tuple[str, bytes]]]
"""An entry of a log: its number, the chain after it, its kind and id."""


class ReadableRevisions(NamedTuple):
    """The revisions read and found sound; the number of unreadable and of altered ones, and of
    those read without their separate part."""

    sound: list[StoredRevision]
    unreadable: int
    altered: int
    partless: int


class DamagedDatabase:
    """A damaged database, which is only read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, sql: str, params: Row = ()) -> list[Row] | None:
        """The rows of a query, None where they cannot be read."""
        return self._read(lambda store: list(store.rows(sql, params)))

    def _read(self, read: Callable[[Store], T]) -> T | None:
        """What is read, None where the file is broken or the disk does not give it."""
        try:
            if self._store.is_closed():
                self._store.connect()
            return read(self._store)
        except Exception as error:
            vanished = is_unread(error) and self._store.path.is_file()
            if not vanished and not is_damage(error):
                raise
            self.close()
            return None

    def close(self) -> None:
        """Close the file."""
        if not self._store.is_closed():
            self._store.close()

    def meta(self) -> dict[str, str]:
        """The readable metadata {key: value}."""
        return dict(self.rows("SELECT key, value FROM meta") or ())

    def revisions(self, least_last: int) -> ReadableRevisions:
        """Every revision that can be read; least_last: the last place of a sound copy."""
        sound: list[StoredRevision] = []
        unreadable = altered = partless = 0
        last = self._last_place(least_last)
        if not self._has_root(last):
            return ReadableRevisions(sound, last, 0, 0)
        for first in range(1, last + 1, RANGE):
            for _place, row, whole in self._halved(first, first + RANGE - 1):
                if row is None:
                    unreadable += 1
                elif not _is_sound(row):
                    altered += 1
                else:
                    sound.append(stored_revision(row))
                    partless += not whole
        return ReadableRevisions(sound, unreadable, altered, partless)

    def _last_place(self, least_last: int) -> int:
        for sql in ("SELECT MAX(seq) FROM revision", "SELECT MAX(revision) FROM log_entry"):
            rows = self.rows(sql)
            if rows and isinstance(rows[0][0], int):
                return max(int(rows[0][0]), least_last)
        return least_last

    def _has_root(self, last: int) -> bool:
        """Whether any of the places can be read at all: with a broken root page no further one is
        tried."""
        query = "SELECT seq FROM revision WHERE seq = ?"
        places = range(1, last + 1, max(last // SAMPLES, 1))
        return any(self.rows(query, (place,)) is not None for place in places)

    def _halved(self, first: int, last: int) -> Iterator[tuple[int, Row | None, bool]]:
        """(place, row or None, whether its part was read) in a range of places."""
        query = f"SELECT {REVISION_COLUMNS} FROM {{}} WHERE r.seq BETWEEN ? AND ? ORDER BY r.seq"
        rows = self.rows(query.format(_WITH_PART), (first, last))
        if rows is not None:
            yield from ((row[0], row, True) for row in rows)
        elif first < last:
            middle = (first + last) // 2
            yield from self._halved(first, middle)
            yield from self._halved(middle + 1, last)
        else:
            alone = self.rows(query.format(_WITHOUT), (first, last))
            yield first, alone[0] if alone else None, False

    def current_values(self, model: type[RevisionedModel]) -> Iterator[tuple[str, Values]]:
        """(id, values) of the records of a type as its list has them, which no hash proves."""
        table, columns = table_name(model), ("row", "id", *model.columns())
        last = self._last_row(table)
        query = f"SELECT {', '.join(columns)} FROM {table} WHERE row BETWEEN ? AND ? ORDER BY row"
        for first in range(1, last + 1, RANGE):
            rows = list(self._readable(query, (), first, first + RANGE - 1))
            values: dict[int, Values] = {}
            for row in rows:
                with suppress(ValueError, TypeError):
                    values[row[0]] = from_row(model, columns, row)
            self._read(partial(load_children, model=model, rows=values))
            yield from ((row[1], values[row[0]]) for row in rows if row[0] in values)

    def _last_row(self, table: str) -> int:
        """The largest row of a table that can be read, at most a range too large where the page of
        the newest rows is broken: it is searched for from the first row on then."""
        newest = self.rows(f"SELECT MAX(row) FROM {table}")
        if newest:
            return int(newest[0][0] or 0)
        query, last, first = f"SELECT row FROM {table} WHERE row = ?", 0, 1
        while first - last <= LOST_RANGES * RANGE:
            samples = range(first, first + RANGE, RANGE // RANGE_SAMPLES)
            if any(self.rows(query, (row,)) for row in samples):
                last = first + RANGE - 1
            first += RANGE
        return last

    def logs(self) -> dict[str, int]:
        """{name of a log: its number} of those that can be read."""
        rows = self.rows("SELECT desk, branch, id FROM desk_log ORDER BY id")
        return {f"{desk}~{branch}" if branch else desk: log for desk, branch, log in rows or ()}

    def entries(
        self, log: int, tail: ChainHead, spare: Sequence[bytes], head: ChainHead
    ) -> Iterator[tuple[str, bytes]]:
        """(kind, id) of a log's entries after a known one, as long as they are consecutive. A gap
        is bridged where revisions without an entry fill it so that the chain behind it is
        reproduced.

        spare: the ids of such revisions by its desk, in their order; head: the log's head as
        another source reports it.
        """
        number, chain = tail
        known_entries = self._entries_from(log, number + 1, number + 2 * len(spare) + RANGE)
        entry_ids = {entry for _number, _chain, step in known_entries for _kind, entry in step}
        waiting = [entry_id for entry_id in spare if entry_id not in entry_ids]
        for behind, known_chain, step in [*known_entries, (*head, [])]:
            gap = waiting[: max(behind - number - len(step), 0)]
            steps = [*((REVISION, entry_id) for entry_id in gap), *step]
            for key in steps:
                chain = next_chain(chain, *key)
            if number + len(steps) != behind or chain != known_chain:
                return
            yield from steps
            number = behind
            del waiting[: len(gap)]

    def _entries_from(self, log: int, first: int, last: int) -> list[_KnownEntry]:
        """A log's entries that can be read, up to the first that waits."""
        newest = self.rows("SELECT MAX(number) FROM log_entry WHERE log = ?", (log,))
        if newest:
            last = newest[0][0] or 0
        query = (
            "SELECT e.number, e.kind, e.id, e.chain, e.refused FROM log_entry e"
            " WHERE e.log = ? AND e.number BETWEEN ? AND ? ORDER BY e.number"
        )
        entries: list[_KnownEntry] = []
        for start in range(first, last + 1, RANGE):
            for row in self._readable(query, (log,), start, min(start + RANGE - 1, last)):
                number, kind, entry, chain, refused = row
                if refused is not None:
                    return entries
                entries.append((number, chain, [(kind, entry)]))
        return entries

    def _readable(self, sql: str, params: Row, first: int, last: int) -> Iterator[Row]:
        rows = self.rows(sql, (*params, first, last))
        if rows is not None:
            yield from rows
        elif first < last:
            middle = (first + last) // 2
            yield from self._readable(sql, params, first, middle)
            yield from self._readable(sql, params, middle + 1, last)

    def whole_table(self, table: str) -> tuple[list[str], list[Row]] | None:
        """(columns, rows) of a table that matches its digest; None for any other."""
        columns = self.rows("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))
        noted = self.rows("SELECT rows, digest FROM table_digest WHERE name = ?", (table,))
        names = [row[0] for row in columns or ()]
        rows = self.rows(f"SELECT {', '.join(names)} FROM {table}") if names else None
        if rows is None or noted is None:
            return None
        digest = 0
        for row in rows:
            digest ^= row_digest(*row)
        return (names, rows) if (noted or [(0, 0)])[0] == (len(rows), digest) else None


def _is_sound(row: Row) -> bool:
    try:
        revision = stored_revision(row)
        return revision.type in ALL_TYPES and not list(broken_hashes(revision))
    except (ValueError, TypeError, LookupError):
        return False


def take_rows(store: Store, table: str, columns: list[str], rows: list[Row]) -> None:
    """Write rows over those of the same key, within the open transaction."""
    keys = store.rows("SELECT name FROM pragma_table_info(?) WHERE pk > 0", (table,))
    key = ", ".join(row[0] for row in keys)
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns)
    marks = ", ".join("?" * len(columns))
    store.many(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        f" ON CONFLICT ({key}) DO UPDATE SET {updates}",
        rows,
    )
