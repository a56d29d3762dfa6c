"""Which records changed a figure since it was signed: behind late figures and amendments.

Hand-written SQL over revisions: of a year's 100,000 only the records that changed are compared,
which an index on (record, seq) finds.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from borderdesk.base.chunks import chunks
from borderdesk.figures.affected import followers_of, joined_with
from borderdesk.figures.quantities import DateRange, Scope
from borderdesk.figures.ratios import EVENTS
from borderdesk.figures.record_counts import event_day
from borderdesk.figures.shares import Parts, RecordShares
from borderdesk.figures.sources import RowSource
from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.household import Household
from borderdesk.schema.revisions import current
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.records.counted_revisions import CountedRevisions
from borderdesk.store.records.history import StoredRevision, followers, stored_revisions
from borderdesk.store.records.writer import Writer

AT_ONCE = 500


class FigureChanges:
    """The changes of a scope's figures since the counted revisions, record by record."""

    def __init__(
        self, session: Session, scope: Scope, day: datetime.date, counted: CountedRevisions
    ) -> None:
        self._session = session
        self._store = session.store
        self._scope = scope
        self._day = day
        self._counted = counted

    def records_behind(self, dates: DateRange) -> dict[str, list[str]]:
        """{indicator: ids of the records whose share in it changed, over the dates}."""
        by_indicator: defaultdict[str, set[str]] = defaultdict(set)
        with _scratch_store(self._store) as earlier:
            restored: set[str] = set()
            for chunk in chunks(sorted(self._candidates(dates)), AT_ONCE):
                now = self._parts(self._store, chunk, dates)
                self._restore(earlier, chunk, restored)
                before = self._parts(earlier, chunk, dates)
                for key in {*now, *before}:
                    old, new = before.get(key, {}), now.get(key, {})
                    by_indicator[key] |= {r for r in {*old, *new} if old.get(r) != new.get(r)}
        return {key: sorted(records) for key, records in by_indicator.items() if records}

    def corrected(self, dates: DateRange) -> set[str]:
        """The counted records of the scope, dated within the range then or now, that were changed
        or deleted since."""
        dated = (
            " AND EXISTS (SELECT 1 FROM revision d WHERE d.record = r.record"
            f" AND {event_day('d')} BETWEEN ? AND ?)"
        )
        days = dates.first.isoformat(), dates.last.isoformat()
        changed, corrected = sorted(self._changed(dated, days)), set[str]()
        if not changed:
            return corrected
        with _scratch_store(self._store) as earlier:
            restored: set[str] = set()
            for chunk in chunks(changed, AT_ONCE):
                self._restore(earlier, chunk, restored)
                for store in (self._store, earlier):
                    corrected |= self._shares(store, chunk).ids_within(dates)
        return corrected

    def _changed(self, condition: str = "", params: Sequence[str] = ()) -> set[str]:
        """The counted records with a later revision r that meets a condition."""
        beyond, numbers = self._counted.beyond("r.seq")
        within, counted = self._counted.within("o.seq")
        return self._ids(
            f"SELECT DISTINCT r.record FROM revision r WHERE {beyond} AND EXISTS"
            f" (SELECT 1 FROM revision o WHERE o.record = r.record AND {within}){condition}",
            (*numbers, *counted, *params),
        )

    def _candidates(self, dates: DateRange) -> set[str]:
        """Records that are new and dated within, or changed, or follow a changed household."""
        last = dates.last.isoformat()
        candidates: set[str] = set()
        beyond, numbers = self._counted.beyond("r.seq")
        for source in EVENTS:
            candidates |= self._ids(
                f"SELECT t.id FROM revision r JOIN {source.tables} ON t.id = r.record"
                f" WHERE {beyond} AND r.type = ? AND t.{source.day} <= ?",
                (*numbers, source.type, last),
            )
        changed = self._changed()
        homes = self._ids(
            f"SELECT DISTINCT r.record FROM revision r WHERE {beyond} AND r.type = ?"
            " AND r.number > 1",
            (*numbers, Household.type_name),
        )
        for chunk in chunks(sorted(homes), AT_ONCE):
            candidates |= set(followers_of(self._store, [m.type_name for m in followers()], chunk))
        return (candidates | changed) - homes

    def _ids(self, sql: str, params: Sequence[Any]) -> set[str]:
        return {row[0] for row in self._store.rows(sql, params)}

    def _restore(self, earlier: Store, records: Sequence[str], restored: set[str]) -> None:
        """Restore the earlier versions as current ones in another store, with their households;
        `restored`: the households restored already."""
        versions = [v for v in self._versions(records) if v.type != Household.type_name]
        values = [(version, version.values()) for version in versions]
        homes = sorted(
            {
                str(stored_values[key])
                for version, stored_values in values
                for key in ALL_TYPES[version.type].referring(HOUSEHOLD)
                if stored_values and stored_values.get(key)
            }
        )
        writer = Writer(earlier, self._session.book)
        missing = [home for home in self._with_joined(homes) if home not in restored]
        restored |= {*missing}
        for home in self._versions(missing):
            writer.derive(ALL_TYPES[home.type], home.record, home.seq, home.values(), is_new=True)
        for version, stored_values in values:
            model = ALL_TYPES[version.type]
            writer.derive(model, version.record, version.seq, stored_values, is_new=True)
        writer.finish()

    def _with_joined(self, homes: list[str]) -> list[str]:
        """The households and whatever they were or are joined with."""
        households = {*homes}
        for chunk in chunks(homes, AT_ONCE):
            households |= joined_with(self._store, chunk)
        return sorted(households)

    def _versions(self, records: Sequence[str]) -> Iterator[StoredRevision]:
        """The version of each record that was current among those counted, deletions left out."""
        within, params = self._counted.within("r.seq")
        for chunk in chunks(records, AT_ONCE):
            marks = ", ".join("?" * len(chunk))
            versions_by_record: defaultdict[str, list[StoredRevision]] = defaultdict(list)
            for revision in stored_revisions(
                self._store, f"WHERE r.record IN ({marks}) AND {within}", (*chunk, *params)
            ):
                versions_by_record[revision.record].append(revision)
            for versions in versions_by_record.values():
                current_id = current(version.node() for version in versions).id
                head = next(version for version in versions if version.id == current_id)
                if not head.deleted and head.body is not None:
                    yield head

    def _parts(self, store: Store, records: Sequence[str], dates: DateRange) -> Parts:
        """The share of each record in each figure, by the state of a store."""
        return self._shares(store, records).parts(dates)

    def _shares(self, store: Store, records: Sequence[str]) -> RecordShares:
        session = self._session
        return RecordShares(
            store, session.book, session.calendar(), self._scope, self._day, records
        )


class _ScratchStore(Store):
    """An empty in-memory store with the tables of another, temporary."""

    def __init__(self) -> None:
        super().__init__(Path("scratch"))

    def _address(self) -> str:
        return "file::memory:"


@contextmanager
def _scratch_store(original: Store) -> Iterator[Store]:
    """Such a store with the tables of `original`."""
    store = _ScratchStore()
    with store.connection_context():
        store.run("PRAGMA foreign_keys = OFF")
        for sql in original.table_statements():
            store.run(sql)
        yield store


# --------------------------------------------------------------------- since it was signed


def may_have_changed(
    store: Store, sources: Sequence[RowSource], counted: CountedRevisions, last: datetime.date
) -> bool:
    """Whether any record of the sources dated up to `last` may have changed since it was counted.

    Asked before a count of different things, which takes 1.5 s over a million rows.
    """
    beyond, numbers = counted.beyond("r.seq")
    return any(
        store.value(
            f"SELECT 1 FROM revision r WHERE {beyond} AND r.type = ? AND (r.number > 1"
            f" OR EXISTS (SELECT 1 FROM {source.type} t WHERE t.id = r.record"
            f" AND t.{source.day} <= ?)) LIMIT 1",
            (*numbers, source.type, last.isoformat()),
        )
        for source in dict.fromkeys(sources)
    )


def added_since(store: Store, counted: CountedRevisions) -> frozenset[str]:
    """The records of which nothing was counted."""
    beyond, numbers = counted.beyond("r.seq")
    within, params = counted.within("o.seq")
    rows = store.rows(
        f"SELECT DISTINCT record FROM revision r WHERE {beyond} AND NOT EXISTS"
        f" (SELECT 1 FROM revision o WHERE o.record = r.record AND {within})",
        (*numbers, *params),
    )
    return frozenset(row[0] for row in rows)
