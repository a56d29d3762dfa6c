"""Which records a package holds, as a temporary table that the package is then streamed from.

SQL, not peewee: INSERT … SELECT moves no row through Python; a selection of 100,000 records takes
tenths of a second.
"""

import json
from collections.abc import Iterator
from itertools import groupby

from borderdesk.base.periods import Period
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.store.database import Store
from borderdesk.store.dialect import temporary_table
from borderdesk.store.history import StoredRevision, stored_revisions
from borderdesk.store.tables import household_columns, table_name

_NAME = "sent"
_TABLE = f"temp.{_NAME}"


def select_records(store: Store, period: Period, since: int) -> int:
    """Select every record dated in the period, every one with a revision after the place `since`,
    and the households they name; how many records there are."""
    store.run(temporary_table(_NAME, "record TEXT PRIMARY KEY, type TEXT NOT NULL"))
    store.run(f"DELETE FROM {_TABLE}")
    for model in ALL_TYPES.values():
        event = model.event()
        if event is not None:
            store.run(
                f"INSERT INTO {_TABLE} SELECT id, ? FROM {table_name(model)}"
                f" WHERE {event.name} BETWEEN ? AND ? ON CONFLICT DO NOTHING",
                (model.type_name, period.first.isoformat(), period.last.isoformat()),
            )
    store.run(
        f"INSERT INTO {_TABLE} SELECT record, type FROM revision WHERE seq > ?"
        " ON CONFLICT DO NOTHING",
        (since,),
    )
    _select_deleted(store, period)
    _select_households(store)
    return _count(store)


def selected_revisions(store: Store, model: type[Revisioned]) -> Iterator[StoredRevision]:
    """The revisions of the selected records of a type, by record and number."""
    where = f"JOIN {_TABLE} s ON s.record = r.record WHERE s.type = ?"
    return stored_revisions(store, where, (model.type_name,), order="r.record, r.number, r.id")


def selected_ids(store: Store) -> Iterator[bytes]:
    """The ids of the revisions of the selected records, in no order."""
    rows = store.rows(f"SELECT r.id FROM {_TABLE} s JOIN revision r ON r.record = s.record")
    return (row[0] for row in rows)


def _count(store: Store) -> int:
    return int(store.value(f"SELECT COUNT(*) FROM {_TABLE}"))


def _select_deleted(store: Store, period: Period) -> None:
    """Select deleted records that were dated in the period, or of which no date is known here: the
    package with the deletion may have been lost."""
    rows = store.rows(
        "SELECT d.record, d.type, b.body FROM revision d LEFT JOIN revision b"
        " ON b.record = d.record AND b.body IS NOT NULL WHERE d.deleted = 1 ORDER BY d.record"
    )
    first, last = period.first.isoformat(), period.last.isoformat()
    for (record, type_name), group in groupby(list(rows), key=lambda row: row[:2]):
        event = ALL_TYPES[type_name].event()
        known = [json.loads(body)["fields"] for *_rest, body in group if body is not None]
        days = [fields.get(event.name, "") for fields in known] if event is not None else []
        if not days or any(first <= day <= last for day in days):
            store.run(
                f"INSERT INTO {_TABLE} (record, type) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (record, type_name),
            )


def _select_households(store: Store) -> None:
    for model in ALL_TYPES.values():
        for column in household_columns(model):
            _select_named(store, model, column)
    _select_named_by_versions(store)
    # Joined households name the one they were joined to, which may be joined to another.
    before = -1
    while before != (before := _count(store)):
        for column in household_columns(Household):
            _select_named(store, Household, column)


def _select_named(store: Store, model: type[Revisioned], column: str) -> None:
    """Select the households that the column of selected records of a type names."""
    store.run(
        f"INSERT INTO {_TABLE} SELECT t.{column}, ? FROM {_TABLE} s"
        f" JOIN {table_name(model)} t ON t.id = s.record"
        f" WHERE t.{column} IS NOT NULL AND s.type = ? ON CONFLICT DO NOTHING",
        (Household.type_name, model.type_name),
    )


def _select_named_by_versions(store: Store) -> None:
    """Select the households named by versions that are not the current one, of records that wait
    for a person's choice."""
    rows = store.rows(
        f"SELECT d.record, d.type FROM double_version d JOIN {_TABLE} s ON s.record = d.record"
    )
    for record, type_name in list(rows):
        for column in household_columns(ALL_TYPES[type_name]):
            for version in stored_revisions(
                store, "WHERE r.record = ? AND r.body IS NOT NULL", (record,)
            ):
                named = json.loads(version.body or "{}")["fields"].get(column)
                if named is not None:
                    store.run(
                        f"INSERT INTO {_TABLE} SELECT record, type FROM revision"
                        " WHERE record = ? LIMIT 1 ON CONFLICT DO NOTHING",
                        (named,),
                    )
