"""Households by their first signature of a year: months add up to the year, within each scope."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from borderdesk.figures.indicator import Indicator
from borderdesk.figures.quantities import FLOW, DateRange, Value
from borderdesk.figures.selection import RecordSelection
from borderdesk.figures.sources import PLEDGES, Summand
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.schema.records.pledge import Pledge
from borderdesk.store.connection.dialect import in_order, joined_ids, split_ids

HOUSEHOLD, COUNT, DAY = Pledge.household_key(), Pledge.signed_count, PLEDGES.day
EARLIER = Pledge.earlier.until

UNLISTED = Summand(PLEDGES.type, f"CASE WHEN t.{COUNT} > 1 THEN t.{COUNT} END")
"""Signatures without a list of names: each is taken for a household of its own."""

_WITH_GROUPS = f"{PLEDGES.tables} LEFT JOIN household_group g ON g.member = t.{HOUSEHOLD}"
_SIGNATORY = f"COALESCE(g.leader, t.{HOUSEHOLD})"
"""The household of a pledge, or the one it was joined to."""


@dataclass(frozen=True)
class FirstSignatures(Indicator):
    """Households whose first signature of its year falls in the period, and those unlisted."""

    kind: ClassVar[str] = FLOW

    @property
    def types(self) -> tuple[str, ...]:
        """Pledges."""
        return (PLEDGES.type,)

    @property
    def adds_up(self) -> bool:
        """A household has one first signature a year."""
        return True

    @property
    def reaches_later(self) -> frozenset[str]:
        """Without its first signature, a household's second one counts."""
        return frozenset(self.types)

    def value(self, selection: RecordSelection, dates: DateRange) -> Value:
        """See `count_first_signatures`."""
        return count_first_signatures(selection, dates)

    def read_ahead(self, selection: RecordSelection, dates: DateRange) -> None:
        """The first signatures are needed in any case: the other summands of pledges are computed
        in the same pass."""
        year = selection.calendar.year_of(dates.first)
        if dates.last > year.last:
            return
        if selection.is_unlimited(RECORD_TYPES[PLEDGES.type]):
            pieces = [_first_since(year.first), UNLISTED]
            selection.add_up([*pieces, *selection.summands(UNLISTED.source)], dates)
        elif dates.first == year.first:
            _by_day(selection, *dates)

    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """The pledges that hold the first signatures."""
        return {PLEDGES.type: first_signature_ids(selection, dates)}

    def addends(self, selection: RecordSelection, dates: DateRange) -> dict[str, int | Decimal]:
        """One for a first signature, and the count of those without a list of names."""
        signed = self.shares(selection, dates)
        return {record: signed[record][2] for record in first_signature_ids(selection, dates)}

    def shares(self, selection: RecordSelection, dates: DateRange) -> dict[str, Any]:
        """Of each pledge household, day and count: which one is first depends on all of them."""
        where, params = selection.where(PLEDGES, dates)
        rows = selection.store.rows(
            f"SELECT t.id, {_SIGNATORY}, t.{DAY}, t.{COUNT} FROM {_WITH_GROUPS} WHERE {where}",
            params,
        )
        return {row[0]: row[1:] for row in rows}


def count_first_signatures(selection: RecordSelection, dates: DateRange) -> int:
    """Households whose first signature of its year falls in the range, and the counts of
    signatures without a list of names."""
    key = ("first signatures", dates)
    return selection.cached(key, lambda: _count(selection, dates))


def _count(selection: RecordSelection, dates: DateRange) -> int:
    signed = 0
    calendar = selection.calendar
    count = _count_marked if selection.is_unlimited(RECORD_TYPES[PLEDGES.type]) else _count_seen
    year = calendar.year_of(dates.first)
    while year.first <= dates.last:
        within = DateRange(max(year.first, dates.first), min(year.last, dates.last))
        signed += count(selection, year.first, within)
        year = calendar.period("year", year.year + 1, 1)
    return signed


def _first_since(first: date) -> Summand:
    """One for each pledge before which its household signed none since a day."""
    is_first = f"COALESCE(t.{EARLIER}, '') < '{first.isoformat()}'"
    return Summand(PLEDGES.type, f"CASE WHEN {is_first} AND t.{HOUSEHOLD} IS NOT NULL THEN 1 END")


def _count_marked(selection: RecordSelection, first: date, dates: DateRange) -> int:
    """The figure of a range in the year that begins at `first`, where all pledges count: each tells
    whether the household had signed before."""
    pieces = (_first_since(first), UNLISTED)
    selection.add_up(pieces, dates)
    signed = sum(selection.amount(piece, dates) for piece in pieces)
    return signed - _joined_again(selection, first, dates)


def _joined_again(selection: RecordSelection, first: date, dates: DateRange) -> int:
    """How many households signed first in a range, though another one of their group had signed
    since `first`: few are joined."""
    if not selection.leaders:
        return 0
    where, params = selection.where(PLEDGES, DateRange(first, dates.last))
    rows = selection.store.rows(
        f"SELECT g.leader, t.{DAY} FROM "
        + in_order("household_group g", PLEDGES.tables, f"t.{HOUSEHOLD} = g.member")
        + f" WHERE {where} AND COALESCE(t.{EARLIER}, '') < ? ORDER BY t.{DAY}",
        [*params, first.isoformat()],
    )
    seen: set[str] = set()
    again = 0
    for leader, day in rows:
        again += leader in seen and day >= dates.first.isoformat()
        seen.add(leader)
    return again


def _count_seen(selection: RecordSelection, first: date, dates: DateRange) -> int:
    """The same where only some pledges count: the households are collected by day."""
    days = _by_day(selection, first, dates.last)
    return sum(n for day, n in days.items() if day >= dates.first.isoformat())


def _by_day(selection: RecordSelection, first: date, last: date) -> Counter[str]:
    """{day: how many households signed for the first time since `first` on it, and the counts of
    signatures without a list of names}."""
    key = ("first signatures by day", first, last)
    return selection.cached(key, lambda: _count_by_day(selection, first, last))


def _count_by_day(selection: RecordSelection, first: date, last: date) -> Counter[str]:
    dates = DateRange(first, last)
    where, params = selection.where(PLEDGES, dates)
    pieces = list(dict.fromkeys([UNLISTED, *selection.summands(UNLISTED.source)]))
    columns = ", ".join(piece.aggregate for piece in pieces)
    # In the order of the index: GROUP BY household would sort the ids.
    days = selection.store.rows(
        f"SELECT t.{DAY}, {joined_ids(f't.{HOUSEHOLD}')}, {columns} FROM {PLEDGES.tables}"
        f" WHERE {where} GROUP BY t.{DAY} ORDER BY t.{DAY}",
        params,
    )
    leaders = selection.leaders
    counts: Counter[str] = Counter()
    sums: Counter[Summand] = Counter()
    households: set[str] = set()
    for day, joined, *amounts in days:
        signed, before = split_ids(joined), len(households)
        households.update(
            [leaders.get(household, household) for household in signed] if leaders else signed
        )
        counts[day] = len(households) - before + (amounts[0] or 0)
        sums.update({p: amount or 0 for p, amount in zip(pieces, amounts, strict=True)})
    selection.note_amounts(dates, {piece: sums[piece] for piece in pieces})
    return counts


def first_signature_ids(selection: RecordSelection, dates: DateRange) -> set[str]:
    """The ids of the pledges that `count_first_signatures` counts."""
    ids: set[str] = set()
    calendar = selection.calendar
    year = calendar.year_of(dates.first)
    while year.first <= dates.last:
        end = min(year.last, dates.last)
        where, params = selection.where(PLEDGES, DateRange(year.first, end))
        signed_before: set[str] = set()
        for record, day, household, count in selection.store.rows(
            f"SELECT t.id, t.{DAY}, {_SIGNATORY}, t.{COUNT} FROM {_WITH_GROUPS}"
            f" WHERE {where} ORDER BY t.{DAY}, t.row",
            params,
        ):
            first = household is not None and household not in signed_before
            signed_before.add(household)
            if (first or count > 1) and day >= dates.first.isoformat():
                ids.add(str(record))
        year = calendar.period("year", year.year + 1, 1)
    return ids
