"""Revisions and current rows in the store: the conversion of values to columns and back."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from borderdesk.schema.content import joined
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.revisions import (
    RevisionNode,
    RevisionStamp,
    split_parents,
)
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name


class NewVersion(NamedTuple):
    """A new version of a record: `values` None deletes it; `doubts` [[field, doubt], …], None to
    leave the stored ones unchanged."""

    model: type[RevisionedModel]
    record: str
    values: Values | None
    parents: tuple[bytes, ...] = ()
    number: int = 1
    reason: str | None = None
    doubts: tuple[tuple[str, str], ...] | None = ()
    away: str | None = None
    """The hash of the personal and internal part that is on another desk, and stays as it is."""


Converter = Callable[[Any], Any] | None


@cache
def storing(model: type[Any]) -> dict[str, Converter]:
    """{column of a field: the converter of its values}, None where a value is stored as it is."""
    return {
        f.name: None if f.stored_as_is else f.db_value
        for f in model._meta.sorted_fields
        if isinstance(f, ColumnField)
    }


@cache
def child_columns(child: type[Any]) -> tuple[str, ...]:
    """The columns of a child table: row, place, then its fields."""
    return ("row", "place", *child.fields())


@cache
def followers() -> tuple[type[RevisionedModel], ...]:
    """The types whose records name a household."""
    return tuple(model for model in ALL_TYPES.values() if model.household_key())


# --------------------------------------------------------------------------- reading


def last_seq(store: Store) -> int:
    """The highest `seq` in use, 0 for none.

    The maximum over the stored revisions, editions, packages and backups: when a batch was undone,
    its numbers must not be assigned again, or new revisions would pass for closed, sent or backed-
    up ones.
    """
    # 0.004 ms, once a transaction: each MAX is read from the end of an index.
    newest = store.value(
        "SELECT MAX(seq) FROM (SELECT MAX(seq) AS seq FROM revision"
        " UNION ALL SELECT MAX(last_seq) FROM package_out"
        " UNION ALL SELECT MAX(last_seq) FROM backup"
        " UNION ALL SELECT MAX(last_seq) FROM edition) AS noted"
    )
    return int(newest or 0)


def from_row(model: type[RevisionedModel], columns: Iterable[str], stored: Iterable[Any]) -> Values:
    """The values of a stored row, absent ones left out."""
    fields = model.columns()
    stored_by = storing(model)
    values: Values = {}
    for column, value in zip(columns, stored, strict=False):
        if value is None or column not in fields:
            continue
        is_stored_as_is = stored_by[column] is None
        values[column] = value if is_stored_as_is else fields[column].python_value(value)
    return values


def load_children(store: Store, model: type[RevisionedModel], rows: dict[int, Values]) -> None:
    """Add the children of records, given by row number, to their values.

    One statement a kind of child for all the records, not one a record.
    """
    if not rows:
        return
    for key, field in model.children().items():
        columns = child_columns(field.child)
        of, stored_by = field.child.fields(), storing(field.child)
        marks = ", ".join("?" * len(rows))
        stored_rows = store.rows(
            f"SELECT {', '.join(columns)} FROM {table_name(field.child)}"
            f" WHERE row IN ({marks}) ORDER BY row, place",
            tuple(rows),
        )
        for stored in stored_rows:
            child = {
                column: value if stored_by[column] is None else of[column].python_value(value)
                for column, value in zip(columns[2:], stored[2:], strict=True)
                if value is not None
            }
            rows[stored[0]].setdefault(key, []).append(child)


def load(store: Store, model: type[RevisionedModel], record: str) -> tuple[Values, int]:
    """(current values of a record, `seq` of its revision). Raises LookupError without one."""
    columns = ("row", "revision", *model.columns())
    stored = store.one(
        f"SELECT {', '.join(columns)} FROM {table_name(model)} WHERE id = ?", (record,)
    )
    if stored is None:
        raise LookupError(record)
    values = from_row(model, columns, stored)
    load_children(store, model, {stored[0]: values})
    return values, int(stored[1])


class StoredRevision(NamedTuple):
    """A stored revision with its private part.

    body: canonical JSON; None for a deletion, and where another desk sent only `content`, the hash
    of the body in hex.
    """

    seq: int
    id: bytes
    type: str
    record: str
    number: int
    parents: tuple[bytes, ...]
    stamp: RevisionStamp
    reason: str | None
    deleted: bool
    body: str | None
    salt: bytes | None
    part: str | None
    content: str | None

    def node(self) -> RevisionNode:
        """The revision as a node of its record's graph of versions."""
        return RevisionNode(self.id, self.parents, self.number, self.stamp.time, self.deleted)

    def is_whole(self) -> bool:
        """Whether its private part, if it has one, is stored too."""
        return self.part is not None or self.body is None or '"private":"' not in self.body

    def away(self) -> str | None:
        """The hash of its personal and internal part if that is withheld by another desk, else
        None."""
        return None if self.is_whole() else self.private_hash()

    def private_hash(self) -> str | None:
        """The hash of its personal and internal part, wherever that is; None without one."""
        digest = None if self.body is None else json.loads(self.body).get("private")
        return None if digest is None else str(digest)

    def values(self) -> Values | None:
        """The values of this version; None for a deletion, or one known by its hash alone."""
        if self.body is None:
            return None
        private = json.loads(self.part) if self.part else None
        return joined(ALL_TYPES[self.type], json.loads(self.body)["fields"], private)


REVISION_COLUMNS = (
    "r.seq, r.id, r.type, r.record, r.number, r.parents, r.author, r.desk, r.time,"
    " r.reason, r.deleted, r.body, p.salt, p.part, r.content"
)
"""The columns that `stored_revision` takes, of the tables r and p."""
_PAST_SQL = (
    f"SELECT {REVISION_COLUMNS} FROM revision r LEFT JOIN private_part p ON p.revision = r.seq"
)


def stored_revision(r: tuple[Any, ...]) -> StoredRevision:
    """The revision in a row of `REVISION_COLUMNS`."""
    return StoredRevision(
        r[0],
        r[1],
        r[2],
        r[3],
        r[4],
        split_parents(r[5]),
        RevisionStamp(r[6], r[7], r[8]),
        r[9],
        bool(r[10]),
        r[11],
        r[12],
        r[13],
        r[14],
    )


def stored_revisions(
    store: Store, where: str = "", params: tuple[Any, ...] = (), order: str = "r.seq"
) -> Iterator[StoredRevision]:
    """Revisions in order of arrival; `where` is further SQL after the tables r and p."""
    return map(stored_revision, store.rows(f"{_PAST_SQL} {where} ORDER BY {order}", params))


def revisions_of(store: Store, record: str) -> list[StoredRevision]:
    """Every revision of one record, oldest first."""
    return list(stored_revisions(store, "WHERE r.record = ?", (record,)))


def newest_deletions(
    store: Store, model: type[RevisionedModel], limit: int
) -> Iterator[StoredRevision]:
    """The deletion of each record of a type that is deleted now, the latest first."""
    deletions = (
        f"WHERE r.type = ? AND r.deleted = 1"
        f" AND NOT EXISTS (SELECT 1 FROM {table_name(model)} t WHERE t.id = r.record)"
        " AND r.seq = (SELECT MAX(d.seq) FROM revision d WHERE d.record = r.record AND d.deleted)"
    )
    order = f"r.time DESC, r.seq DESC LIMIT {int(limit)}"
    return stored_revisions(store, deletions, (model.type_name,), order)


def first_desk(store: Store, record: str) -> str | None:
    """The id of the desk that first wrote a record; None for an unknown record."""
    desk: str | None = store.value(
        "SELECT desk FROM revision WHERE record = ? ORDER BY number, seq LIMIT 1", (record,)
    )
    return desk
