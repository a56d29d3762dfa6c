"""Counts and lookups over the tables of records, for what is no indicator.

SQL by hand: the tables of record types are named by variables, and each statement has to use the
index on the event's day or on the record's id.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from borderdesk.base.periods import Period
from borderdesk.schema.kinds import DESCRIBED_BY
from borderdesk.schema.record import Record, event_key
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import local_date
from borderdesk.store.connection.database import Store
from borderdesk.store.lists.listing import place_condition

IDS_AT_ONCE = 500


class EntryTimes(NamedTuple):
    """When a record happened and when it was typed first; `seq` is its first revision."""

    post: str
    type: str
    happened: datetime.date
    typed: datetime.date
    seq: int


def entry_times(
    store: Store,
    model: type[Record],
    posts: Sequence[str],
    units: frozenset[str] | None,
    first: datetime.date,
    last: datetime.date,
) -> Iterator[EntryTimes]:
    """The records of a type whose event lies in these days; posts, units: of which alone, empty or
    None for all."""
    event = event_key(model)
    condition, params = _in_scope(model, posts, units)
    # CROSS JOIN makes the range of days the outer loop: SQLite would read all first revisions
    # otherwise.
    rows = store.rows(
        f"SELECT t.{model.own_post()}, t.{event}, MIN(r.time), MIN(r.seq) FROM {model.type_name} t"
        f" CROSS JOIN revision r ON r.record = t.id AND r.number = 1"
        f" WHERE t.{event} BETWEEN ? AND ?{condition}"
        " GROUP BY t.row",
        (first.isoformat(), last.isoformat(), *params),
    )
    for post, day, time, seq in rows:
        happened = datetime.date.fromisoformat(day)
        yield EntryTimes(post, model.type_name, happened, local_date(time), seq)


def _in_scope(
    model: type[Record], posts: Sequence[str], units: frozenset[str] | None
) -> tuple[str, list[str]]:
    if posts:
        return f" AND t.{model.own_post()} IN ({', '.join('?' * len(posts))})", [*posts]
    if units is None:
        return "", []
    condition, params = place_condition(model, units, main_only=True)
    return f" AND {condition}", params


def counts_by(
    store: Store, model: type[Record], columns: Sequence[str], period: Period
) -> dict[tuple[str | None, ...], int]:
    """{values of the columns: how many records of the period have them}."""
    keys = ", ".join(columns)
    rows = store.rows(
        f"SELECT {keys}{', ' if keys else ''}COUNT(*) FROM {model.type_name}"
        f" WHERE {event_key(model)} BETWEEN ? AND ?{f' GROUP BY {keys}' if keys else ''}",
        (period.first.isoformat(), period.last.isoformat()),
    )
    return {tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]}


def doubted_count(store: Store, model: type[Record], period: Period, doubt: str) -> int:
    """The number of records of the period saved with a confirmed doubt (its code)."""
    # CROSS JOIN: the days are outside, for most records of a desk have no doubt.
    return int(
        store.value(
            f"SELECT COUNT(*) FROM {model.type_name} t CROSS JOIN soft_warning w"
            f" ON w.record = t.id WHERE t.{event_key(model)} BETWEEN ? AND ? AND w.doubts LIKE ?",
            (period.first.isoformat(), period.last.isoformat(), f"%{doubt}%"),
        )
    )


def changed_records(store: Store, seq: int, last: datetime.date) -> int:
    """How many records changed after revision `seq` that figures up to a day depend on: what is,
    or was, dated on it or before, and households, of which a new one changes nothing."""
    return int(
        store.value(
            "SELECT COUNT(DISTINCT r.record) FROM revision r WHERE r.seq > ? AND CASE r.type"
            " WHEN ? THEN r.number > 1 ELSE EXISTS (SELECT 1 FROM revision o"
            f" WHERE o.record = r.record AND {event_day('o')} <= ?) END",
            (seq, Household.type_name, last.isoformat()),
        )
    )


def event_day(revision: str) -> str:
    """SQL of the day of the event that a revision (its alias) states; NULL for a deletion."""
    days = " ".join(
        f"WHEN '{name}' THEN json_extract({revision}.body, '$.fields.{event_key(model)}')"
        for name, model in RECORD_TYPES.items()
    )
    return f"CASE {revision}.type {days} END"


def types_of(store: Store, records: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(id, type) of each record, deleted ones too."""
    for at in range(0, len(records), IDS_AT_ONCE):
        some = records[at : at + IDS_AT_ONCE]
        marks = ", ".join("?" * len(some))
        yield from store.rows(
            f"SELECT DISTINCT record, type FROM revision WHERE record IN ({marks})", some
        )


def household_place(store: Store, household: str) -> tuple[str, str | None]:
    """Hamlet and commune of a household; ("", None) for an unknown one."""
    row = store.one(
        f"SELECT {DESCRIBED_BY.hamlet}, {DESCRIBED_BY.commune} FROM {Household.type_name}"
        " WHERE id = ?",
        (household,),
    )
    return (row[0] or "", row[1]) if row else ("", None)
