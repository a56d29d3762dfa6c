"""The contribution of some records to the figures of a scope, by which a change is judged."""

import datetime
from collections.abc import Collection
from typing import Any

from borderdesk.base.periods import Calendar
from borderdesk.figures.figures import Figures
from borderdesk.figures.quantities import DateRange, Scope, Value
from borderdesk.figures.ratios import EVENTS
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.record import Record
from borderdesk.session.session import Session
from borderdesk.store.connection.database import Store
from borderdesk.store.records.counted_revisions import CountedRevisions

Things = dict[str, frozenset[Any]]
"""{indicator that counts different things: the things}."""

Parts = dict[str, dict[str, Any]]
"""{indicator: {record: its share, for comparison}}."""


def figures_of(
    session: Session, scope: Scope, day: datetime.date, counted: CountedRevisions | None = None
) -> Figures:
    """The figures of a scope as its places are on `day`; counted: from what a signed paper counted
    alone."""
    store, book, calendar = session.store, session.book, session.calendar()
    if counted is None:
        return Figures(store, book, calendar, scope, day)
    return RecordShares(store, book, calendar, scope, day, (), counted)


class RecordShares(Figures):
    """Figures over some records only, at most some hundreds.

    counted: if given, over all records except these that have a version among the counted
    revisions instead.
    """

    def __init__(
        self,
        store: Store,
        book: ReferenceBook,
        calendar: Calendar,
        scope: Scope,
        day: datetime.date,
        records: Collection[str],
        counted: CountedRevisions | None = None,
    ) -> None:
        super().__init__(store, book, calendar, scope, day)
        self._records = sorted(records)
        self._counted = counted

    def in_scope(self, model: type[Record], place: str = "") -> tuple[list[str], list[Any]]:
        """The conditions of the scope, and that of being one of the records (or of the others)."""
        conditions, params = super().in_scope(model, place)
        marks = ", ".join("?" * len(self._records))
        params = [*params, *self._records]
        if self._counted is None:
            return [*conditions, f"t.id IN ({marks})"], params
        if self._records:
            conditions = [*conditions, f"t.id NOT IN ({marks})"]
        within, numbers = self._counted.within("v.seq")
        has_revision = f"EXISTS (SELECT 1 FROM revision v WHERE v.record = t.id AND {within})"
        return [*conditions, has_revision], [*params, *numbers]

    def amounts(self, dates: DateRange) -> dict[str, Value]:
        """{indicator: the sum of the records} for every figure that is a sum, or a count of
        records."""
        self.prepare(dates)
        return {
            row.key: row.value(self, dates)
            for row in self.rows
            if not (row.counts_things or row.is_derived)
        }

    def different_things(self, dates: DateRange) -> Things:
        """{indicator: the distinct things of the records} for every figure that counts these."""
        return {row.key: row.things(self, dates) for row in self.rows if row.counts_things}

    def ids_within(self, dates: DateRange) -> set[str]:
        """The ids of the records in the scope and the date range."""
        ids: set[str] = set()
        for source in EVENTS:
            where, params = self.where(source, dates)
            rows = self.store.rows(f"SELECT t.id FROM {source.tables} WHERE {where}", params)
            ids |= {str(row[0]) for row in rows}
        return ids

    def parts(self, dates: DateRange) -> Parts:
        """{indicator: {record: its share}} over the dates."""
        return {row.key: row.shares(self, dates) for row in self.rows}
