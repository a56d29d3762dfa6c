"""The records of one scope in one store: the interface that indicators query.

Hand-written SQL, because the fragments of several indicators are put into one statement per table:
a summary takes one pass over each covering index instead of fifty.
"""

import copy
import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, TypeVar

from borderdesk.base.periods import Calendar
from borderdesk.figures.quantities import DateRange, Scope
from borderdesk.figures.sources import LIFESPANS, SOURCES, Lifespan, RowSource, Summand
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import link_tables
from borderdesk.store.lists.listing import place_condition

T = TypeVar("T")


class RecordSelection:
    """The records of a scope, by the state of a store.

    day: the day whose units places are mapped to (a period's last day). Results are cached for as
    long as the selection lives.
    """

    def __init__(
        self,
        store: Store,
        book: ReferenceBook,
        calendar: Calendar,
        scope: Scope,
        day: datetime.date,
    ) -> None:
        self.store = store
        self.book = book
        self.calendar = calendar
        self.scope = scope
        self.day = day
        self._iso = day.isoformat()
        self.forget()

    def forget(self) -> None:
        """Clear the caches."""
        self._amounts: defaultdict[DateRange, dict[Summand, int]] = defaultdict(dict)
        self._alive: defaultdict[tuple[str, datetime.date], dict[str, Any]] = defaultdict(dict)
        self._cache: dict[Hashable, Any] = {}

    def without(self, former: frozenset[str]) -> Self:
        """The records of the scope but for those of some units (ids) or posts (codes) that became
        what it is."""
        remaining = copy.copy(self)
        remaining.forget()
        remaining.posts = tuple(post for post in self.posts if post not in former)
        if self.scope.units is not None:
            remaining.scope = self.scope._replace(units=self.scope.units - former)
        return remaining

    def cached(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The result of `compute`, called once for each key."""
        if key not in self._cache:
            self._cache[key] = compute()
        result: T = self._cache[key]
        return result

    @cached_property
    def posts(self) -> tuple[str, ...]:
        """The posts whose records count as the scope's, where it is a post's."""
        post = self.scope.post
        return () if post is None else self.book.counted_with(post, self.day)

    @cached_property
    def _area(self) -> frozenset[str]:
        """The units of the area of a scope's post on the reference day."""
        post = self.scope.post
        return frozenset() if post is None else self.book.area_on(post, self.day)

    # ------------------------------------------------------------------ conditions

    def in_scope(self, model: type[Record], place: str = "") -> tuple[list[str], list[Any]]:
        """The conditions and parameters that a record of the scope meets.

        place: the column of the place that counts, where it is not the record's own.
        """
        conditions: list[str] = []
        params: list[Any] = []
        if self.scope.post is not None:
            marks = ", ".join("?" * len(self.posts))
            conditions, params = [f"t.{model.own_post()} IN ({marks})"], [*self.posts]
        if self.scope.units is None:
            return conditions, params
        if place:
            units = sorted(self.scope.units)
            condition = f"{place} IN ({', '.join('?' * len(units))})"
        else:
            condition, units = place_condition(model, self.scope.units, main_only=True)
        return [*conditions, condition], [*params, *units]

    def is_unlimited(self, model: type[Record]) -> bool:
        """Whether every record of a type counts that falls into the dates."""
        return not self.in_scope(model)[0]

    def where(self, source: RowSource, dates: DateRange) -> tuple[str, list[Any]]:
        """The condition (SQL, parameters) of a source's rows in the date range."""
        conditions = [f"t.{source.day} BETWEEN ? AND ?"]
        params: list[Any] = [dates.first.isoformat(), dates.last.isoformat()]
        if source.only:
            conditions.append(source.only)
        more, values = self.in_scope(RECORD_TYPES[source.type], source.place)
        return " AND ".join([*conditions, *more]), params + values

    def where_alive(
        self, lifespan: Lifespan, day: datetime.date, since: datetime.date | None = None
    ) -> tuple[str, list[Any]]:
        """The condition (SQL, parameters) of the records alive on a day, or on any day since an
        earlier one."""
        more, params = self.in_scope(RECORD_TYPES[lifespan.type])
        conditions = [f"t.{lifespan.day} <= ?", lifespan.alive, *more]
        return " AND ".join(conditions), [day.isoformat(), (since or day).isoformat(), *params]

    def where_begun(self, lifespan: Lifespan, dates: DateRange) -> tuple[str, list[Any]]:
        """The condition (SQL, parameters) of the records whose life begins in the date range."""
        more, params = self.in_scope(RECORD_TYPES[lifespan.type])
        conditions = [f"t.{lifespan.day} BETWEEN ? AND ?", *more]
        days = [dates.first.isoformat(), dates.last.isoformat()]
        return " AND ".join(conditions), [*days, *params]

    def applies(self, piece: Summand) -> bool:
        """Whether a summand counts in this scope (shares of places only for a scope of units)."""
        return self.scope.units is not None or not piece.rows.in_units

    # -------------------------------------------------------------------- adding up

    def add_up(self, pieces: Iterable[Summand], dates: DateRange) -> None:
        """Add pieces up for `amount`, all of one source in one statement."""
        known_amounts = self._amounts[dates]
        by_source: defaultdict[str, dict[Summand, None]] = defaultdict(dict)
        for piece in pieces:
            if piece not in known_amounts and self.applies(piece):
                by_source[piece.source][piece] = None
        for name, some in by_source.items():
            where, params = self.where(SOURCES[name], dates)
            columns = ", ".join(piece.aggregate for piece in some)
            sql = f"SELECT {columns} FROM {SOURCES[name].tables} WHERE {where}"
            sums = self.store.one(sql, params)
            assert sums is not None
            known_amounts.update({p: amount or 0 for p, amount in zip(some, sums, strict=True)})

    def amount(self, piece: Summand, dates: DateRange) -> int:
        """The sum of a summand; 0 if it does not count in this scope."""
        if piece not in self._amounts[dates]:
            self.add_up([piece], dates)
        return self._amounts[dates].get(piece, 0)

    def summands(self, source: str) -> tuple[Summand, ...]:
        """The summands of a source that will be needed, as far as known beforehand."""
        return ()

    def note_amounts(self, dates: DateRange, amounts: Mapping[Summand, int]) -> None:
        """Cache the sums that were computed in the same pass as others."""
        self._amounts[dates].update(amounts)

    def read_alive(self, pairs: Iterable[tuple[str, str]], *days: datetime.date) -> None:
        """Read (lifespan, aggregate) pairs for `alive`, all of one lifespan in one statement."""
        by_lifespan: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for name, aggregate in pairs:
            if any(aggregate not in self._alive[name, day] for day in days):
                by_lifespan[name][aggregate] = None
        for name, some in by_lifespan.items():
            columns, params = self._on_each(LIFESPANS[name], [*some], days)
            where, more = self.where_alive(LIFESPANS[name], max(days), min(days))
            sql = f"SELECT {', '.join(columns)} FROM {LIFESPANS[name].tables} WHERE {where}"
            cells = iter(self.store.one(sql, [*params, *more]) or ())
            for day in days:
                self._alive[name, day].update(zip(some, cells, strict=False))

    def _on_each(
        self, lifespan: Lifespan, some: list[str], days: Sequence[datetime.date]
    ) -> tuple[list[str], list[str]]:
        """The columns with these aggregates on each of the days, and their parameters."""
        if len(days) == 1:
            return some, []
        alive = f"FILTER (WHERE t.{lifespan.day} <= ? AND {lifespan.alive})"
        columns = [f"{aggregate} {alive}" for _day in days for aggregate in some]
        return columns, [day.isoformat() for day in days for _one in some for _mark in "<="]

    def alive(self, lifespan: str, aggregate: str, day: datetime.date) -> Any:
        """The result of an SQL aggregate over the records alive on a day."""
        if aggregate not in self._alive[lifespan, day]:
            self.read_alive([(lifespan, aggregate)], day)
        return self._alive[lifespan, day][aggregate]

    def ids(self, tables: str, params: list[Any]) -> set[str]:
        """The ids of the records in `tables` (SQL from the table expression on)."""
        return {str(r[0]) for r in self.store.rows(f"SELECT DISTINCT t.id FROM {tables}", params)}

    @cached_property
    def leaders(self) -> dict[str, str]:
        """{household that was joined to others: the household it counts as}; most are not
        joined."""
        return dict(self.store.rows("SELECT member, leader FROM household_group"))

    # ----------------------------------------------------------------------- places

    def holds(self, unit: str) -> bool:
        """Whether a unit lies in the scope (a post's: in its area, as it is on the reference
        day, so that a year before 1 July 2025 is compared with the same area)."""
        scope = self.scope
        if scope.units is not None:
            return unit in scope.units
        if scope.post is None:
            return True
        return bool(self.book.successors_on(unit, self._iso) & self._area)

    def mapped(self, unit: str) -> set[str]:
        """The unit that `unit` is on the reference day, as a set; empty for a split one, which is
        never guessed."""
        mapped = self.book.successors_on(unit, self._iso)
        return mapped if len(mapped) == 1 else set()

    def placed(self, source: RowSource, dates: DateRange) -> tuple[str, str, list[Any]]:
        """The column with the place of a source's rows, and the SQL of those that have one."""
        where, params = self.where(source, dates)
        column, tables = _place_column(source)
        return column, f"FROM {tables} WHERE {where} AND {column} IS NOT NULL", params

    def units_in(self, source: RowSource, dates: DateRange) -> set[str]:
        """The units (ids, as records have them) of a source's rows in the date range."""
        column, clauses, params = self.placed(source, dates)
        return {
            str(row[0]) for row in self.store.rows(f"SELECT DISTINCT {column} {clauses}", params)
        }

    def units_alive(self, lifespan: Lifespan, day: datetime.date) -> set[str]:
        """The same of the records alive on a day."""
        where, params = self.where_alive(lifespan, day)
        place = RECORD_TYPES[lifespan.type].main_place()
        sql = f"SELECT DISTINCT t.{place} FROM {lifespan.tables} WHERE {where}"
        return {str(row[0]) for row in self.store.rows(sql, params) if row[0] is not None}


def _place_column(source: RowSource) -> tuple[str, str]:
    """The column of a source's place, and the tables it is in."""
    if source.place:
        return source.place, source.tables
    model = RECORD_TYPES[source.type]
    for linked in link_tables(model).values():
        return "u.unit", f"{source.tables} CROSS JOIN {linked} u ON u.row = t.row"
    return f"t.{model.main_place()}", source.tables
