"""Ratios of figures to reference data: households, border hamlets and border communes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from borderdesk.base.text import fold
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.pledges import (
    FirstSignatures,
    count_first_signatures,
    first_signature_ids,
)
from borderdesk.figures.quantities import RATIO, DateRange, Value, percent
from borderdesk.figures.selection import RecordSelection
from borderdesk.figures.sources import OUTREACH, PLEDGES, RowSource
from borderdesk.schema.book import HamletEntry
from borderdesk.schema.kinds import HAMLET
from borderdesk.schema.record import event_key
from borderdesk.schema.records import RECORD_TYPES

_COMMUNE = RECORD_TYPES[OUTREACH.type].main_place()
(_HAMLET,) = RECORD_TYPES[OUTREACH.type].referring(HAMLET)
"""The columns of the place of an outreach."""


@dataclass(frozen=True)
class PledgeCoverage(Indicator):
    """The year's first signatures so far, in percent of the households of the scope's hamlets."""

    signed: FirstSignatures
    kind: ClassVar[str] = RATIO
    in_percent: ClassVar[bool] = True
    is_derived: ClassVar[bool] = True

    @property
    def part(self) -> FirstSignatures:
        """The households that signed first."""
        return self.signed

    @property
    def types(self) -> tuple[str, ...]:
        """Pledges."""
        return (PLEDGES.type,)

    def value(self, selection: RecordSelection, dates: DateRange) -> Value:
        """The percentage on the last day; None without households."""
        total = self.denominator(selection, dates)
        if total is None:
            return None
        return percent(count_first_signatures(selection, self._year(selection, dates)), total)

    def denominator(self, selection: RecordSelection, dates: DateRange) -> int | None:
        """The number of households of the hamlets on the last day, by the list of hamlets; None for
        none."""
        hamlets = _hamlets(selection, dates.last, selection.book.hamlets)
        return sum(hamlet.households_total or 0 for hamlet in hamlets) or None

    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """The pledges of the year so far that hold a first signature."""
        return {PLEDGES.type: first_signature_ids(selection, self._year(selection, dates))}

    def _year(self, selection: RecordSelection, dates: DateRange) -> DateRange:
        return DateRange(selection.calendar.year_of(dates.last).first, dates.last)


class _PlaceCount(Indicator):
    """The number of distinct places of a list that were reached."""

    kind: ClassVar[str] = RATIO

    @property
    def counts_things(self) -> bool:
        """Two records may reach the same place."""
        return True

    def value(self, selection: RecordSelection, dates: DateRange) -> Value:
        """The number of places reached; None without places to reach."""
        if self.denominator(selection, dates) is None:
            return None
        return len(self.things(selection, dates))


@dataclass(frozen=True)
class ReachedHamletCount(_PlaceCount):
    """The different border hamlets of the scope where an outreach was held."""

    @property
    def types(self) -> tuple[str, ...]:
        """Outreach."""
        return (OUTREACH.type,)

    def denominator(self, selection: RecordSelection, dates: DateRange) -> int | None:
        """The border hamlets of the scope on the last day."""
        return len(self._border(selection, dates.last)) or None

    def things(self, selection: RecordSelection, dates: DateRange) -> frozenset[Any]:
        """The hamlets reached: (unit, folded name)."""
        border = self._border(selection, dates.last)
        if not border:
            return frozenset()
        where, params = selection.where(OUTREACH, dates)
        reached = {
            (unit, fold(name))
            for commune, name in selection.store.rows(
                f"SELECT DISTINCT t.{_COMMUNE}, t.{_HAMLET} FROM {OUTREACH.tables} WHERE {where}"
                f" AND t.{_HAMLET} IS NOT NULL",
                params,
            )
            for unit in selection.mapped(commune)
        }
        return frozenset(border & reached)

    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """The outreach held in a border hamlet."""
        border = self._border(selection, dates.last)
        where, params = selection.where(OUTREACH, dates)
        rows = selection.store.rows(
            f"SELECT t.id, t.{_COMMUNE}, t.{_HAMLET} FROM {OUTREACH.tables} WHERE {where}"
            f" AND t.{_HAMLET} IS NOT NULL",
            params,
        )
        return {
            OUTREACH.type: {
                str(record)
                for record, commune, name in rows
                if any((unit, fold(name)) in border for unit in selection.mapped(commune))
            }
        }

    def _border(self, selection: RecordSelection, day: date) -> set[tuple[str, str]]:
        """The border hamlets of the scope on a day: (unit, folded name)."""
        hamlets = selection.book.hamlets
        return selection.cached(
            ("border hamlets", day),
            lambda: {
                (unit, fold(hamlet.name))
                for hamlet in _hamlets(selection, day, (h for h in hamlets if h.is_border))
                for unit in selection.mapped(hamlet.commune)
            },
        )


@dataclass(frozen=True)
class ActiveCommuneCount(_PlaceCount):
    """The different border communes of the scope with any record."""

    @property
    def types(self) -> tuple[str, ...]:
        """Every type."""
        return tuple(RECORD_TYPES)

    def denominator(self, selection: RecordSelection, dates: DateRange) -> int | None:
        """The border communes of the scope on the reference day."""
        return len(self._border(selection)) or None

    def things(self, selection: RecordSelection, dates: DateRange) -> frozenset[Any]:
        """The communes (ids) with a record in the date range."""
        border = self._border(selection)
        if not border:
            return frozenset()
        active: set[str] = set()
        for source in EVENTS:
            if active >= border:
                # A few types usually reach all of them: then the rest need not be read.
                break
            for unit in selection.units_in(source, dates):
                active |= selection.mapped(unit)
        return frozenset(border & active)

    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """The records with a place in a border commune."""
        border = self._border(selection)
        by_type = {}
        for source in EVENTS:
            column, clauses, params = selection.placed(source, dates)
            by_type[source.type] = {
                str(record)
                for record, unit in selection.store.rows(f"SELECT t.id, {column} {clauses}", params)
                if selection.mapped(str(unit)) & border
            }
        return by_type

    def _border(self, selection: RecordSelection) -> set[str]:
        return selection.cached("border communes", lambda: _border_communes(selection))


EVENTS = [RowSource(name, f"{name} t", event_key(model)) for name, model in RECORD_TYPES.items()]
"""Every record type by its event date."""


def _hamlets(
    selection: RecordSelection, day: date, hamlets: Iterable[HamletEntry]
) -> list[HamletEntry]:
    """The subset of `hamlets` that exists on a day and is in the scope."""
    iso = day.isoformat()
    return [
        hamlet
        for hamlet in hamlets
        if hamlet.valid_from <= iso <= hamlet.valid_to and selection.holds(hamlet.commune)
    ]


def _border_communes(selection: RecordSelection) -> set[str]:
    """The border communes of the scope, as they are on the reference day."""
    day = selection.day.isoformat()
    return {
        unit.id
        for unit in selection.book.units.values()
        if unit.kind == "commune"
        and unit.border
        and unit.valid_on(day)
        and selection.holds(unit.id)
    }
