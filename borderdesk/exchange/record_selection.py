"""Which records a package holds: those of a period, those changed since the last package, and
the households they name."""

import json
from itertools import groupby

from borderdesk.base.periods import Period
from borderdesk.entry.entering import household_fields
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.database import Store
from borderdesk.store.history import past
from borderdesk.store.tables import table_name


def selected_revisions(store: Store) -> "RevisionSum":
    """What the revisions of the chosen records add up to."""
    total = RevisionSum()
    for (revision,) in store.rows(
        f"SELECT r.id FROM {SELECTED} s JOIN revision r ON r.record = s.record"
    ):
        total.add(revision)
    return total


class RevisionSum:
    """What a set of revisions adds up to, in whatever order they are met."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0

    def add(self, revision: bytes) -> None:
        """Count one more."""
        self.count += 1
        self.total ^= int.from_bytes(revision, "big")

    def same_as(self, other: "RevisionSum") -> bool:
        """Whether the same revisions were met."""
        return (self.count, self.total) == (other.count, other.total)


SELECTED = "temp.sent"


def select_records(store: Store, period: Period, since: int) -> int:
    """Put into the table `sent` every record dated in the period, every one with a revision
    after `since`, and the households they name; how many records there are."""
    store.run(f"CREATE TEMP TABLE IF NOT EXISTS {SELECTED.partition('.')[2]}"
              " (record TEXT PRIMARY KEY, type TEXT NOT NULL) WITHOUT ROWID")  # fmt: skip
    store.run(f"DELETE FROM {SELECTED}")
    for model in ALL_TYPES.values():
        event = model.event()
        if event is not None:
            store.run(
                f"INSERT OR IGNORE INTO {SELECTED} SELECT id, ? FROM {table_name(model)}"
                f" WHERE {event.name} BETWEEN ? AND ?",
                (model.type_name, period.first.isoformat(), period.last.isoformat()),
            )
    store.run(
        f"INSERT OR IGNORE INTO {SELECTED} SELECT record, type FROM revision WHERE seq > ?",
        (since,),
    )
    _select_deleted(store, period)
    _select_households(store)
    return int(store.value(f"SELECT COUNT(*) FROM {SELECTED}"))


def _select_deleted(store: Store, period: Period) -> None:
    """The deleted records that were dated in the period, or nobody here knows when: the package
    that told of the deletion may have been lost."""
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
                f"INSERT OR IGNORE INTO {SELECTED} (record, type) VALUES (?, ?)",
                (record, type_name),
            )


def _select_households(store: Store) -> None:
    for model in ALL_TYPES.values():
        for key in household_fields(model):
            store.run(
                f"INSERT OR IGNORE INTO {SELECTED} SELECT t.{key}, 'household' FROM {SELECTED} s"
                f" JOIN {table_name(model)} t ON t.id = s.record"
                " WHERE t.{key} IS NOT NULL AND s.type = ?".replace("{key}", key),
                (model.type_name,),
            )
    _select_of_doubles(store)
    before = -1
    while before != (before := int(store.value(f"SELECT COUNT(*) FROM {SELECTED}"))):
        store.run(
            f"INSERT OR IGNORE INTO {SELECTED} SELECT h.merged_into, 'household' FROM {SELECTED} s"
            " JOIN household h ON h.id = s.record WHERE h.merged_into IS NOT NULL"
        )


def _select_of_doubles(store: Store) -> None:
    """The households that the versions name which do not count as long as nobody has chosen."""
    rows = store.rows(
        f"SELECT d.record, d.type FROM double_version d JOIN {SELECTED} s ON s.record = d.record"
    )
    for record, type_name in list(rows):
        for key in household_fields(ALL_TYPES[type_name]):
            for version in past(store, "WHERE r.record = ? AND r.body IS NOT NULL", (record,)):
                named = json.loads(version.body or "{}")["fields"].get(key)
                if named is not None:
                    store.run(
                        f"INSERT OR IGNORE INTO {SELECTED} SELECT record, type FROM revision"
                        " WHERE record = ? LIMIT 1",
                        (named,),
                    )
