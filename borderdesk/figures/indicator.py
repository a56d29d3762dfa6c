"""The interface of indicators: their declared facts, and how each is computed.

Code outside this folder never names an indicator by its key. To add one see `indicators`; one with
a computation that no class covers is a further class.
"""

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from borderdesk.base.i18n import _
from borderdesk.figures.quantities import FLOW, STOCK, DateRange, Value
from borderdesk.figures.selection import RecordSelection
from borderdesk.figures.sources import LIFESPANS, Summand
from borderdesk.schema.record import EarlierSpan
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.connection.dialect import in_order, joined_ids, split_ids


@dataclass(frozen=True)
class Indicator(ABC):
    """A row of the report.

    label, unit: message ids, or plain words of the reference data where not `translated`; how:
    one line on how a person works it out from the records; tenths: its numbers are whole tenths of
    the unit; charted: drawn by month and by commune (a flow of whole numbers that adds up);
    headline: one of the large figures of the briefing.
    """

    key: str
    group: str
    label: str
    unit: str
    _: KW_ONLY
    how: str = ""
    tenths: bool = False
    translated: bool = True
    charted: bool = False
    headline: bool = False

    kind: ClassVar[str]
    """One of FLOW, STOCK, RATIO."""
    in_percent: ClassVar[bool] = False
    """Whether the figure is a percentage by itself."""
    is_derived: ClassVar[bool] = False
    """Whether it follows from other indicators, so that a change shows in those."""

    @property
    def words(self) -> tuple[str, str, str]:
        """Group, label and unit in the language in use."""
        if not self.translated:
            return _(self.group), self.label, self.unit
        return _(self.group), _(self.label), _(self.unit)

    @property
    def pieces(self) -> tuple[Summand, ...]:
        """The summands; empty for a figure computed in another way."""
        return ()

    @property
    @abstractmethod
    def types(self) -> tuple[str, ...]:
        """The types of the records that it counts."""

    @property
    def adds_up(self) -> bool:
        """Whether the figures of two months together are the sum of both."""
        return False

    @property
    def counts_things(self) -> bool:
        """Whether it counts distinct things, of which two records may have the same."""
        return False

    @property
    def counts_earlier(self) -> frozenset[str]:
        """Types whose records dated before a period may count in it."""
        return frozenset()

    @property
    def reaches_later(self) -> frozenset[str]:
        """Types of which a change may alter the figures of later periods, too."""
        return self.counts_earlier

    def read_ahead(self, selection: RecordSelection, dates: DateRange) -> None:
        """Read the rows of the figure in a pass that also computes other figures of the same
        rows."""
        return

    @abstractmethod
    def value(self, selection: RecordSelection, dates: DateRange) -> Value:
        """The figure over the dates; a stock's as it is on the last day."""

    @abstractmethod
    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """{type: ids} of the records that the figure counts."""

    def shares(self, selection: RecordSelection, dates: DateRange) -> dict[str, Any]:
        """{record: its share in the figure}, for comparison; empty for a derived figure."""
        return {}

    def addends(self, selection: RecordSelection, dates: DateRange) -> dict[str, int | Decimal]:
        """{record: its addend}, whose sum the figure is; of several records with the same thing
        only the first has it. Empty for a figure that is no sum of records."""
        if not self.counts_things:
            return {}
        counted: set[Any] = set()
        addends: dict[str, int | Decimal] = {}
        for record, things in sorted(self.shares(selection, dates).items()):
            addends[record] = len(things - counted)
            counted |= things
        return addends

    def things(self, selection: RecordSelection, dates: DateRange) -> frozenset[Any]:
        """The different things counted, where `counts_things`."""
        return frozenset()

    def denominator(self, selection: RecordSelection, dates: DateRange) -> int | None:
        """What the figure is a share of; None where it is no share, or that is unknown."""
        return None

    @property
    def part(self) -> "Indicator | None":
        """The flow whose year so far the figure is in percent of `denominator`, if it is one."""
        return None


@dataclass(frozen=True)
class FlowIndicator(Indicator):
    """The sum, over rows dated in a period, of one number a row; or the count of different things.

    Either all pieces are `distinct` or none is.
    """

    parts: tuple[Summand, ...]
    kind: ClassVar[str] = FLOW

    def __post_init__(self) -> None:
        if len({piece.distinct for piece in self.parts}) != 1:
            raise ValueError(f"{self.key}: sums and counts of different things do not mix")

    @property
    def pieces(self) -> tuple[Summand, ...]:
        """The summands."""
        return self.parts

    @property
    def types(self) -> tuple[str, ...]:
        """The types of the sources."""
        return tuple(dict.fromkeys(piece.rows.type for piece in self.pieces))

    @property
    def counts_things(self) -> bool:
        """Whether the pieces are `distinct`."""
        return self.pieces[0].distinct

    @property
    def adds_up(self) -> bool:
        """Different things of two months may be the same."""
        return not self.counts_things

    @property
    def counts_earlier(self) -> frozenset[str]:
        """Types counted by a day other than their event (an incident when it is settled)."""
        return frozenset(p.rows.type for p in self.pieces if not p.rows.is_dated_by_event)

    def value(self, selection: RecordSelection, dates: DateRange) -> Value:
        """The pieces added up."""
        total = sum(selection.amount(piece, dates) for piece in self.pieces)
        return Decimal(total).scaleb(-1) if self.tenths else total

    def by_day(self, selection: RecordSelection, dates: DateRange) -> dict[date, int | Decimal]:
        """{day: figure of that day}, days with nothing left out."""
        sums: dict[str, int] = {}
        for piece in filter(selection.applies, self.pieces):
            where, params = selection.where(piece.rows, dates)
            day = f"t.{piece.rows.day}"
            sql = f"SELECT {day}, {piece.aggregate} FROM {piece.rows.tables}"
            for on, amount in selection.store.rows(f"{sql} WHERE {where} GROUP BY {day}", params):
                sums[on] = sums.get(on, 0) + (amount or 0)
        return {
            date.fromisoformat(on): Decimal(amount).scaleb(-1) if self.tenths else amount
            for on, amount in sums.items()
        }

    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """The records with a row that adds something."""
        by_type: dict[str, set[str]] = {}
        for piece in filter(selection.applies, self.pieces):
            where, params = selection.where(piece.rows, dates)
            counts = f"{piece.value} IS NOT NULL"
            if not piece.distinct:
                counts += f" AND {piece.value} <> 0"
            ids = selection.ids(f"{piece.rows.tables} WHERE {where} AND {counts}", params)
            by_type[piece.rows.type] = by_type.get(piece.rows.type, set()) | ids
        return by_type

    def shares(self, selection: RecordSelection, dates: DateRange) -> dict[str, Any]:
        """A number for each record, or its things."""
        shares: dict[str, Any] = {}
        for piece in filter(selection.applies, self.pieces):
            where, params = selection.where(piece.rows, dates)
            if piece.distinct:
                sql = f"SELECT t.id, {piece.value} FROM {piece.rows.tables} WHERE {where}"
                for record, thing in selection.store.rows(sql, params):
                    if thing is not None:
                        shares[record] = shares.get(record, frozenset()) | {thing}
                continue
            sql = f"SELECT t.id, {piece.aggregate} FROM {piece.rows.tables} WHERE {where}"
            for record, amount in selection.store.rows(f"{sql} GROUP BY t.id", params):
                if amount:
                    shares[record] = shares.get(record, 0) + amount
        return shares

    def addends(self, selection: RecordSelection, dates: DateRange) -> dict[str, int | Decimal]:
        """{record: its addend}."""
        if self.counts_things:
            return super().addends(selection, dates)
        return {
            record: Decimal(amount).scaleb(-1) if self.tenths else amount
            for record, amount in self.shares(selection, dates).items()
        }

    def things(self, selection: RecordSelection, dates: DateRange) -> frozenset[Any]:
        """The different things, each with the source it is of."""
        things: set[tuple[str, Any]] = set()
        for piece in filter(selection.applies, self.pieces):
            where, params = selection.where(piece.rows, dates)
            sql = f"SELECT DISTINCT {piece.value} FROM {piece.rows.tables} WHERE {where}"
            things |= {(piece.source, row[0]) for row in selection.store.rows(sql, params)}
        return frozenset(thing for thing in things if thing[1] is not None)


@dataclass(frozen=True)
class StockIndicator(Indicator):
    """The number of records alive on a day, with a lifespan, or of the households they name.

    counted: SQL that is NULL for a record that does not count; of_households: it evaluates to a
    household, and those joined together count once.
    """

    lifespan: str
    counted: str
    _: KW_ONLY
    of_households: bool = False
    kind: ClassVar[str] = STOCK

    @property
    def types(self) -> tuple[str, ...]:
        """The type that is alive."""
        return (LIFESPANS[self.lifespan].type,)

    @property
    def counts_earlier(self) -> frozenset[str]:
        """Records alive in the period began before it."""
        return frozenset(self.types)

    def value(self, selection: RecordSelection, dates: DateRange) -> Value:
        """How many are alive on the last day."""
        day = dates.last
        if self.of_households and self._earlier(selection) is None:
            return len(self.standing(selection, day))
        count: int = selection.alive(self.lifespan, self.aggregate(selection, day), day)
        return count - (self._joined_again(selection, day) if self.of_households else 0)

    def aggregate(self, selection: RecordSelection, day: date) -> str:
        """The SQL of the count on a day, or of the households to be counted."""
        if not self.of_households:
            return f"COUNT({self.counted})"
        earlier = self._earlier(selection)
        if earlier is None:
            return joined_ids(self.counted)
        is_first = f"COALESCE(t.{earlier.until}, '') < '{day.isoformat()}'"
        return f"COUNT(CASE WHEN {is_first} THEN {self.counted} END)"

    def _earlier(self, selection: RecordSelection) -> EarlierSpan | None:
        """What tells whether an earlier record of the household is alive too, where all records
        count."""
        model = RECORD_TYPES[LIFESPANS[self.lifespan].type]
        by_household = self.counted == f"t.{model.household_key()}"
        return model.earlier if by_household and selection.is_unlimited(model) else None

    def _joined_again(self, selection: RecordSelection, day: date) -> int:
        """How many households with a record alive are joined to another such one: few are."""
        if not selection.leaders:
            return 0
        lifespan = LIFESPANS[self.lifespan]
        where, params = selection.where_alive(lifespan, day)
        members = in_order("household_group g", lifespan.tables, f"{self.counted} = g.member")
        again: int | None = selection.store.value(
            "SELECT SUM(members - 1) FROM (SELECT COUNT(DISTINCT g.member) AS members"
            f" FROM {members} WHERE {where} GROUP BY g.leader)",
            params,
        )
        return again or 0

    def standing(self, selection: RecordSelection, day: date) -> frozenset[str]:
        """The counted ids on a day: records, or households by the id they count as."""
        key = ("standing", self.key, day)
        return selection.cached(key, lambda: self._standing(selection, day))

    def begun(self, selection: RecordSelection, dates: DateRange) -> frozenset[str]:
        """The counted ids of records that began in the range, even if they ended before its
        end."""
        lifespan = LIFESPANS[self.lifespan]
        where, params = selection.where_begun(lifespan, dates)
        counted = self.counted if self.of_households else "t.id"
        rows = selection.store.rows(
            f"SELECT DISTINCT {counted} FROM {lifespan.tables}"
            f" WHERE {where} AND {self.counted} IS NOT NULL",
            params,
        )
        leaders = selection.leaders if self.of_households else {}
        return frozenset(leaders.get(row[0], row[0]) for row in rows)

    def _standing(self, selection: RecordSelection, day: date) -> frozenset[str]:
        if not self.of_households:
            where, params = self._where(selection, day)
            return frozenset(
                selection.ids(f"{LIFESPANS[self.lifespan].tables} WHERE {where}", params)
            )
        joined = selection.alive(self.lifespan, joined_ids(self.counted), day)
        households = frozenset(split_ids(joined))
        # Most households are joined to none: it is quicker to go through those that are.
        members = {
            member: leader for member, leader in selection.leaders.items() if member in households
        }
        return households - members.keys() | {*members.values()} if members else households

    def _where(self, selection: RecordSelection, day: date) -> tuple[str, list[Any]]:
        where, params = selection.where_alive(LIFESPANS[self.lifespan], day)
        return f"{where} AND {self.counted} IS NOT NULL", params

    def records(self, selection: RecordSelection, dates: DateRange) -> dict[str, set[str]]:
        """The records alive on the last day."""
        where, params = self._where(selection, dates.last)
        lifespan = LIFESPANS[self.lifespan]
        return {lifespan.type: selection.ids(f"{lifespan.tables} WHERE {where}", params)}

    def shares(self, selection: RecordSelection, dates: DateRange) -> dict[str, Any]:
        """Of each record alive on the last day its household, or that it is."""
        where, params = self._where(selection, dates.last)
        brings = self.counted if self.of_households else "NULL"
        sql = f"SELECT t.id, {brings} FROM {LIFESPANS[self.lifespan].tables} WHERE {where}"
        return {
            record: selection.leaders.get(household, household) or True
            for record, household in selection.store.rows(sql, params)
        }

    def addends(self, selection: RecordSelection, dates: DateRange) -> dict[str, int | Decimal]:
        """One each, and of several records with the same household the first."""
        counted: set[Any] = set()
        addends: dict[str, int | Decimal] = {}
        for record, brings in sorted(self.shares(selection, dates).items()):
            addends[record] = int(not self.of_households or brings not in counted)
            counted.add(brings)
        return addends
