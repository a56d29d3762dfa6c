"""Every indicator of a scope at once, each worked out as it declares."""

import datetime
from collections.abc import Sequence

from borderdesk.base.i18n import _
from borderdesk.base.periods import Calendar
from borderdesk.figures.indicator import Indicator, StockIndicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import DateRange, Scope, Value
from borderdesk.figures.ratios import EVENTS
from borderdesk.figures.selection import RecordSelection
from borderdesk.figures.sources import LIFESPANS, OPEN_CASES, SOURCES, Summand
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import POST
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.connection.database import Store


class Figures(RecordSelection):
    """The figures of one scope, as they stand in the store.

    day: the day whose units places are mapped to (a period's last day).
    """

    def __init__(
        self,
        store: Store,
        book: ReferenceBook,
        calendar: Calendar,
        scope: Scope,
        day: datetime.date,
    ) -> None:
        super().__init__(store, book, calendar, scope, day)
        self.rows = all_rows(book)

    def forget(self) -> None:
        super().forget()
        self._values: dict[DateRange, dict[str, Value]] = {}

    def values(self, dates: DateRange) -> dict[str, Value]:
        """Every indicator over the dates; stocks as they are on the last day."""
        if dates not in self._values:
            self.prepare(dates)
            self._values[dates] = {row.key: row.value(self, dates) for row in self.rows}
        return self._values[dates]

    def value(self, row: Indicator, dates: DateRange) -> Value:
        """One indicator over the dates, without computing the others."""
        if dates in self._values:
            return self._values[dates][row.key]
        return row.value(self, dates)

    def prepare(self, dates: DateRange) -> None:
        """Compute all sums that the indicators need, a statement for each table."""
        for row in self.rows:
            row.read_ahead(self, dates)
        self.add_up((piece for row in self.rows for piece in row.pieces), dates)
        self.read_alive(self._stocks(dates.last), dates.last)

    def _stocks(self, day: datetime.date) -> list[tuple[str, str]]:
        stocks = [row for row in self.rows if isinstance(row, StockIndicator)]
        return [(row.lifespan, row.aggregate(self, day)) for row in stocks]

    def read_stocks(self, *days: datetime.date) -> None:
        """Read the stocks of all indicators on several days in one pass, if that is faster: each
        counted row is tested for every day, which costs more than reading the rows again where all
        of them count (22 ms instead of 17)."""
        if self.scope.post is not None or self.scope.units is not None:
            self.read_alive(self._stocks(days[0]), *days)

    def summands(self, source: str) -> tuple[Summand, ...]:
        """The summands of a source, of all indicators."""
        needed = (piece for row in self.rows for piece in row.pieces)
        return tuple(p for p in needed if p.source == source and self.applies(p))

    def records(self, row: Indicator, dates: DateRange) -> dict[str, set[str]]:
        """{type: ids} of the records that a figure counts, types with none left out."""
        return {name: ids for name, ids in row.records(self, dates).items() if ids}

    def record_ids(self, row: Indicator, dates: DateRange) -> list[str]:
        """The ids of the records that a figure counts, in order."""
        return sorted(record for ids in self.records(row, dates).values() for record in ids)

    def places(self, dates: DateRange) -> set[str]:
        """The units (ids, as records have them) of all that the figures over the dates count."""
        units: set[str] = set()
        further = [s for s in SOURCES.values() if s.place or not s.is_dated_by_event]
        for source in (*EVENTS, *further):
            units |= self.units_in(source, dates)
        for lifespan in LIFESPANS.values():
            units |= self.units_alive(lifespan, dates.last)
        return units


def open_incidents(
    selection: RecordSelection, day: datetime.date, most: int
) -> tuple[int, list[tuple[datetime.date, str, str, int | None]]]:
    """How many incidents are not settled on a day, and the `most` oldest of them: date, category,
    unit, persons."""
    lifespan = LIFESPANS[OPEN_CASES]
    model = RECORD_TYPES[lifespan.type]
    where, params = selection.where_alive(lifespan, day)
    # `row` orders events of the same day by entry.
    rows = selection.store.rows(
        f"SELECT t.{lifespan.day}, t.{model.kind_key}, t.{model.main_place()}, t.{lifespan.persons}"
        f" FROM {lifespan.tables} WHERE {where} ORDER BY t.{lifespan.day}, t.row LIMIT ?",
        [*params, most],
    )
    oldest = [
        (datetime.date.fromisoformat(on), str(category), str(unit), persons)
        for on, category, unit, persons in rows
    ]
    return selection.alive(OPEN_CASES, "COUNT(1)", day), oldest


def joint_activities(store: Store, posts: Sequence[str], dates: DateRange) -> list[tuple[str, int]]:
    """[(title, how many)] of other posts' activities that a post (with those that became it) took
    part in, by type; no indicator counts them for it."""
    counts = []
    post_marks = ", ".join("?" * len(posts))
    for source in EVENTS:
        model = RECORD_TYPES[source.type]
        (partners,) = model.referring(POST, several=True)
        part = " OR ".join([f"';' || {partners} || ';' LIKE ?"] * len(posts))
        # Partial indexes (`*_joint`) hold the few records with partners, by day.
        number = store.value(
            f"SELECT COUNT(*) FROM {source.type} WHERE {partners} IS NOT NULL"
            f" AND {source.day} BETWEEN ? AND ? AND {model.own_post()} NOT IN ({post_marks})"
            f" AND ({part})",
            (
                dates.first.isoformat(),
                dates.last.isoformat(),
                *posts,
                *(f"%;{post};%" for post in posts),
            ),
        )
        if number:
            counts.append((_(model.title), int(number)))
    return counts


def first_day(store: Store) -> datetime.date | None:
    """The event date of the desk's first record, of whatever type."""
    # MIN of an indexed column is one step into each index.
    days = (store.value(f"SELECT MIN({source.day}) FROM {source.type}") for source in EVENTS)
    return min((datetime.date.fromisoformat(day) for day in days if day), default=None)
