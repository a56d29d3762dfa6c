"""Short queries on the tables of records, whose names are known only at run time.

Written by hand: peewee has no model without a name, and each is one look into an index.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name


def is_here(store: Store, model: type[RevisionedModel], record: str) -> bool:
    """Whether a record exists on this desk and is not deleted."""
    return bool(store.value(f"SELECT 1 FROM {table_name(model)} WHERE id = ?", (record,)))


def count_naming(store: Store, model: type[RevisionedModel], field: str, record: str) -> int:
    """The number of records of a type whose `field` names this record."""
    sql = f"SELECT COUNT(*) FROM {table_name(model)} WHERE {field} = ?"
    return int(store.value(sql, (record,)))


def naming(store: Store, model: type[RevisionedModel], field: str, record: str) -> list[str]:
    """The ids of the records of a type whose `field` names this record."""
    sql = f"SELECT id FROM {table_name(model)} WHERE {field} = ?"
    return [row[0] for row in store.rows(sql, (record,))]


def count_doubles(store: Store, type_name: str) -> int:
    """How many records of a type have two versions that wait for a choice.

    Asked with the first list: a model would be the fifth class of a start (0.3 ms).
    """
    return int(store.value("SELECT COUNT(*) FROM double_version WHERE type = ?", (type_name,)))


class PairDecider(NamedTuple):
    """The desk that decides about pairs, and the units (JSON) whose records it may decide about,
    None for all."""

    desk: str
    units: str | None


@cache
def pairs_waiting(model: type[RevisionedModel]) -> str:
    """FROM and WHERE of the pairs of a type that wait; parameters: `pair_params`.

    Both records exist on this desk and are not joined to each other, no verdict marks them as
    different, this desk has not sent a question about them, and one of the two is of a unit that it
    may decide about.
    """
    table, post = table_name(model), model.own_post()
    joined = ""
    if model.matching is not None:
        joined = (
            " AND NOT EXISTS (SELECT 1 FROM household_group g JOIN household_group h"
            " ON h.leader = g.leader WHERE g.member = p.first AND h.member = p.second)"
        )
    units = ", ".join(
        [*([f"a.{post}", f"b.{post}"] if post else []), _maker_unit("first"), _maker_unit("second")]
    )
    return (
        f"FROM double_pair p JOIN {table} a ON a.id = p.first JOIN {table} b ON b.id = p.second"
        " WHERE p.type = ? AND NOT EXISTS (SELECT 1 FROM double_verdict v"
        " WHERE v.first = p.first AND v.second = p.second"
        " AND (v.verdict = 'different' OR (v.verdict = 'asked' AND v.desk = ?)))"
        " AND (? IS NULL OR EXISTS"
        f" (SELECT 1 FROM json_each(?) u WHERE u.value IN ({units})))" + joined
    )


def _maker_unit(side: str) -> str:
    """The unit of the desk that first wrote a record of a pair; that of this desk has no card."""
    return (
        "(SELECT COALESCE((SELECT c.unit FROM card c WHERE c.desk = r.desk),"
        " (SELECT m.value FROM meta m WHERE m.key = 'unit')) FROM revision r"
        f" WHERE r.record = p.{side} ORDER BY r.number, r.seq LIMIT 1)"
    )


def pair_params(type_name: str, decider: PairDecider) -> tuple[str | None, ...]:
    """The parameters of `pairs_waiting`."""
    return type_name, decider.desk, decider.units, decider.units


def count_pairs(store: Store, type_name: str, decider: PairDecider) -> int:
    """How many pairs of a type wait for a person at a desk."""
    sql = f"SELECT COUNT(*) {pairs_waiting(ALL_TYPES[type_name])}"
    return int(store.value(sql, pair_params(type_name, decider)))


def given_up_pairs(store: Store, table: str, type_name: str) -> list[tuple[str, str]]:
    """The pairs of a type with a verdict of which neither record is here any more."""
    sql = (
        "SELECT v.first, v.second FROM double_verdict v WHERE v.type = ?"
        f" AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id IN (v.first, v.second))"
    )
    return [(row[0], row[1]) for row in store.rows(sql, (type_name,))]


def joins_by_verdict(store: Store, table: str, joined: str) -> Iterator[tuple[Any, ...]]:
    """(record, the one it is joined to, whether the verdict in effect says so, its time or that of
    the revision, its entry or that revision) of the joined records of a table."""
    return store.rows(
        f"SELECT t.id, t.{joined}, v.entry IS NOT NULL, COALESCE(v.time, r.time),"
        f" COALESCE(v.entry, r.id) FROM {table} t JOIN revision r ON r.seq = t.revision"
        f" LEFT JOIN double_verdict v ON v.first = MIN(t.id, t.{joined})"
        f" AND v.second = MAX(t.id, t.{joined}) AND v.stays = t.{joined}"
        f" WHERE t.{joined} IS NOT NULL"
    )


def count_rows(store: Store, table: str, condition: str, values: Sequence[str]) -> int:
    """How many rows of a table (of records, of rows below them or of their links) match."""
    return int(store.value(f"SELECT COUNT(*) FROM {table} WHERE {condition}", tuple(values)) or 0)


def distinct_texts(
    store: Store, model: type[RevisionedModel], field: str, where: str, value: str
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
    """Enlarge the page cache during the block: indexes of hashes are written at random places."""
    (before,) = store.one("PRAGMA cache_size") or (0,)
    store.run(f"PRAGMA cache_size = -{kibibytes}")
    try:
        yield
    finally:
        store.run(f"PRAGMA cache_size = {before}")


def households_ever_named(store: Store, record: str) -> set[str]:
    """The households that any revision of a record names."""
    households: set[str] = set()
    sql = "SELECT type, body FROM revision WHERE record = ? AND body IS NOT NULL"
    for type_name, body in store.rows(sql, (record,)):
        fields = json.loads(body)["fields"]
        keys = ALL_TYPES[type_name].referring(HOUSEHOLD)
        households.update(fields[key] for key in keys if key in fields)
    return households
