"""Which entries of the logs a package carries, as a temporary table that it is then streamed from.

SQL, not peewee: INSERT … SELECT moves no row through Python; a selection of 100,000 revisions
takes tenths of a second.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from borderdesk.base.periods import Period
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.dialect import temporary_table
from borderdesk.store.connection.tables import household_columns, table_name
from borderdesk.store.records.history import REVISION_COLUMNS, StoredRevision, stored_revision
from borderdesk.store.records.logs import StoredEntry

_NAME = "sent"
_TABLE = f"temp.{_NAME}"


class LogRange(NamedTuple):
    """Entries of a log: `log` its number in the store, from `after` (left out) to `last`; whole:
    whether its revisions go with all that is in them, not as stubs."""

    name: str
    log: int
    after: int
    last: int
    whole: bool


class SentRevision(NamedTuple):
    """A revision with its place in the log it is an entry of; the log by its number in the
    store."""

    log: int
    entry: int
    revision: StoredRevision


def select_revisions(store: Store, ranges: Sequence[LogRange]) -> int:
    """Select the revisions of ranges of logs; of how many records they are."""
    store.run(temporary_table(_NAME, "seq INTEGER PRIMARY KEY, log INTEGER, number INTEGER"))
    store.run(f"DELETE FROM {_TABLE}")
    for entries in ranges:
        if entries.whole:
            store.run(
                f"INSERT INTO {_TABLE} SELECT revision, log, number FROM log_entry"
                " WHERE log = ? AND number > ? AND number <= ? AND revision IS NOT NULL"
                " ON CONFLICT DO NOTHING",
                (entries.log, entries.after, entries.last),
            )
    return count_records(store)


def count_records(store: Store) -> int:
    """Of how many records the selected revisions are."""
    return int(
        store.value(
            f"SELECT COUNT(DISTINCT r.record) FROM {_TABLE} s JOIN revision r ON r.seq = s.seq"
        )
    )


def select_again(store: Store, period: Period, ranges: Sequence[LogRange]) -> None:
    """Select the versions, too, of the records dated in a period and of the households they name:
    their separate parts may never have been sent."""
    logs = [entries.log for entries in ranges if entries.whole]
    marks = ", ".join("?" * len(logs))
    for model in ALL_TYPES.values():
        event = model.event()
        if event is None:
            continue
        dated = f"SELECT id FROM {table_name(model)} WHERE {event.name} BETWEEN ? AND ?"
        days = (period.first.isoformat(), period.last.isoformat())
        homes = [
            f"SELECT {column} FROM {table_name(model)} WHERE {event.name} BETWEEN ? AND ?"
            for column in household_columns(model)
        ]
        for records in (dated, *homes):
            store.run(
                f"INSERT INTO {_TABLE} SELECT e.revision, e.log, e.number FROM revision r"
                f" JOIN log_entry e ON e.revision = r.seq WHERE r.record IN ({records})"
                f" AND e.log IN ({marks}) ON CONFLICT DO NOTHING",
                (*days, *logs),
            )
    _select_joined(store, logs)


def _select_joined(store: Store, logs: Sequence[int]) -> None:
    """Select the versions of the households that selected ones were joined to."""
    marks = ", ".join("?" * len(logs))
    before = -1
    while before != (before := count_records(store)):
        for column in household_columns(Household):
            store.run(
                f"INSERT INTO {_TABLE} SELECT e.revision, e.log, e.number FROM revision r"
                " JOIN log_entry e ON e.revision = r.seq WHERE r.record IN"
                f" (SELECT t.{column} FROM {table_name(Household)} t JOIN revision v"
                f" ON v.record = t.id JOIN {_TABLE} s ON s.seq = v.seq"
                f" WHERE t.{column} IS NOT NULL) AND e.log IN ({marks}) ON CONFLICT DO NOTHING",
                tuple(logs),
            )


def sent_revisions(store: Store, model: type[RevisionedModel]) -> Iterator[SentRevision]:
    """The selected revisions of a type, by record, number and id."""
    rows = store.rows(
        f"SELECT s.log, s.number, {REVISION_COLUMNS} FROM {_TABLE} s"
        " JOIN revision r ON r.seq = s.seq LEFT JOIN private_part p ON p.revision = r.seq"
        " WHERE r.type = ? ORDER BY r.record, r.number, r.id",
        (model.type_name,),
    )
    return (SentRevision(row[0], row[1], stored_revision(row[2:])) for row in rows)


def sent_ids(store: Store) -> Iterator[bytes]:
    """The ids of the selected revisions, in no order."""
    rows = store.rows(f"SELECT r.id FROM {_TABLE} s JOIN revision r ON r.seq = s.seq")
    return (row[0] for row in rows)


def sent_entries(store: Store, entries: LogRange) -> Iterator[StoredEntry]:
    """The entries of a range that are not among the selected revisions, by number."""
    # A revision may be an entry of two lines of a copied desk; it is carried with one of them.
    beside = (
        f" AND NOT EXISTS (SELECT 1 FROM {_TABLE} s WHERE s.seq = e.revision AND s.log = e.log)"
        if entries.whole
        else ""
    )
    rows = store.rows(
        "SELECT e.number, e.kind, e.id, e.chain, e.revision, e.content, e.refused"
        " FROM log_entry e WHERE e.log = ? AND e.number > ? AND e.number <= ?"
        f"{beside} ORDER BY e.number",
        (entries.log, entries.after, entries.last),
    )
    return (StoredEntry(entries.name, *row) for row in rows)
