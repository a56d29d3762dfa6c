"""Every row of every report, declared once: its words, its unit, and what it adds up.

A flow is the sum, over records dated in a period, of one value a record (`Piece.value`, SQL
over a `Source`). A stock is what is alive on a day. A ratio is worked out by name. By commune
or district a record counts where its place is; see design notes at `Source`.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Calendar
from borderdesk.base.text import fold
from borderdesk.schema.fields import Communes
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.database import Store
from borderdesk.store.listing import place_condition

if TYPE_CHECKING:
    from borderdesk.schema.book import Book

Value = int | Decimal | None
FLOW, STOCK, RATIO = "flow", "stock", "ratio"


class Source(NamedTuple):
    """Rows that are added up: `tables` with the record as t (and a child as c), dated by `day`.

    `place` is the column of the place that counts where it is not the record's own; `only` a
    further condition; `in_units` leaves the source out of post and province figures.
    """

    type: str
    tables: str
    day: str
    place: str = ""
    only: str = ""
    in_units: bool = False


def _below(type_name: str, child: str) -> str:
    # CROSS JOIN fixes the order: the period first, then the rows below its records.
    return f"{type_name} t CROSS JOIN {child} c ON c.row = t.row"


SOURCES: dict[str, Source] = {
    "patrol": Source("patrol", "patrol t", "started_on"),
    "inspected": Source("patrol", _below("patrol", "patrol_inspected"), "started_on"),
    "clearing": Source("clearing", "clearing t", "started_on"),
    "track": Source("track", "track t", "completed_on"),
    "track_line": Source("track", _below("track", "track_line"), "completed_on"),
    "track_funder": Source("track", _below("track", "track_funder"), "completed_on"),
    "outreach": Source("outreach", "outreach t", "held_on"),
    "outreach_elsewhere": Source(
        "outreach", _below("outreach", "outreach_other_place"), "held_on", in_units=True
    ),
    "outreach_here": Source(
        "outreach", _below("outreach", "outreach_other_place"), "held_on", "c.commune",
        in_units=True,
    ),
    "pledge": Source("pledge", "pledge t", "signed_on"),
    "programme": Source("programme", "programme t", "done_on"),
    "programme_funder": Source("programme", _below("programme", "programme_funder"), "done_on"),
    "coordination": Source("coordination", "coordination t", "happened_on"),
    "incident": Source("incident", "incident t", "happened_on"),
    "incident_closed": Source(
        "incident", "incident t", "closed_on", only="t.status = 'closed'"
    ),
}  # fmt: skip


class Piece(NamedTuple):
    """What one record (or row below it) adds: SQL giving a number, or NULL for nothing."""

    source: str
    value: str
    distinct: bool = False

    @property
    def aggregate(self) -> str:
        """The SQL that adds the piece up."""
        return f"COUNT(DISTINCT {self.value})" if self.distinct else f"SUM({self.value})"


class Indicator(NamedTuple):
    """A row of the report: `tenths` when its pieces are whole tenths of the unit; `how` says in
    one line how a person works it out from the records."""

    key: str
    group: str
    label: str
    unit: str
    kind: str
    pieces: tuple[Piece, ...] = ()
    tenths: bool = False
    how: str = ""


def _where(field: str, *codes: str, value: str = "1") -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"CASE WHEN t.{field} IN ({listed}) THEN {value} END"


GATHERED = ("session", "training")


def _attendance(*forms: str) -> tuple[Piece, ...]:
    """Attendance, of which other places carry their own share in figures by commune."""
    return (
        Piece("outreach", _where("form", *forms, value="t.attendance")),
        Piece("outreach_elsewhere", f"-{_where('form', *forms, value='c.attendance')}"),
        Piece("outreach_here", _where("form", *forms, value="c.attendance")),
    )


PATROL, CLEARING, OUTREACH = N_("I. Patrols"), N_("II. Clearing, works"), N_("III. Outreach")
SELF, PLEDGES = N_("IV. Self-management"), N_("V. Pledges")
PROGRAMMES, RESOURCES = N_("VI. Programmes"), N_("VII. Resources mobilised")
COORDINATION, INCIDENTS = N_("VIII. Coordination, external relations"), N_("IX. Incidents")
RATIOS = N_("X. Ratios")

TIMES, TURNS, HOUSEHOLDS = N_("times"), N_("participant-turns"), N_("households")

BEFORE_PROGRAMMES: tuple[Indicator, ...] = (
    Indicator("patrols_unilateral", PATROL, N_("Unilateral patrols"), TIMES, FLOW,
              (Piece("patrol", _where("kind", "unilateral")),),
              how=N_("the unilateral patrols that began in the period, one each")),
    Indicator("patrols_bilateral", PATROL, N_("Bilateral patrols"), TIMES, FLOW,
              (Piece("patrol", _where("kind", "bilateral")),),
              how=N_("the bilateral patrols that began in the period, one each")),
    Indicator("patrols_combined", PATROL, N_("Combined patrols"), TIMES, FLOW,
              (Piece("patrol", _where("kind", "combined")),),
              how=N_("the combined patrols that began in the period, one each")),
    Indicator("patrol_participants", PATROL, N_("Participants in patrols"), TURNS, FLOW,
              (Piece("patrol", "t.participants"),),
              how=N_("participants of all patrols added up; one person on three patrols: three")),
    Indicator("markers_inspected", PATROL, N_("Marker inspections"), N_("inspections"), FLOW,
              (Piece("inspected", "1"),),
              how=N_("the markers listed by all patrols added up: one marker seen twice is two")),
    Indicator("markers_covered", PATROL, N_("Markers inspected at least once"), N_("markers"),
              FLOW, (Piece("inspected", "c.marker", distinct=True),),
              how=N_("the different markers listed by the patrols; months do not add up")),
    Indicator("clearing_events", CLEARING, N_("Clearing and repair works"), TIMES, FLOW,
              (Piece("clearing", "t.times"),),
              how=N_("the times of all clearing and repair works added up")),
    Indicator("clearing_participants", CLEARING, N_("Participants in clearing and repair"), TURNS,
              FLOW, (Piece("clearing", "t.participants"),),
              how=N_("the participants of all clearing and repair works added up")),
    Indicator("clearing_length", CLEARING, N_("Length cleared and repaired"), N_("m"), FLOW,
              (Piece("clearing", "t.length_m"),), tenths=True,
              how=N_("the lengths of all clearing and repair works added up")),
    Indicator("marker_tracks_built", CLEARING, N_("Marker-access tracks built"), N_("tracks"), FLOW,
              (Piece("track", "t.count"),),
              how=N_("the numbers of tracks completed in the period added up")),
    Indicator("marker_tracks_length", CLEARING, N_("Length of the tracks"), N_("m"), FLOW,
              (Piece("track_line", "c.length_m"),), tenths=True,
              how=N_("the lengths of the lines of these tracks added up")),
    Indicator("outreach_sessions", OUTREACH, N_("Gatherings and training"), N_("sessions"), FLOW,
              (Piece("outreach", _where("form", *GATHERED, value="t.sessions")),),
              how=N_("the sessions of gatherings and training added up")),
    Indicator("outreach_attendance", OUTREACH, N_("Attendance at gatherings and training"), TURNS,
              FLOW, _attendance(*GATHERED),
              how=N_("attendance of gatherings and training added up, by commune its share")),
    Indicator("outreach_small_scale", OUTREACH, N_("Reached by small-scale outreach"), TURNS, FLOW,
              _attendance("small_scale"),
              how=N_("the attendance of small-scale outreach added up")),
    Indicator("outreach_broadcasts", OUTREACH, N_("Broadcasts, mobile outreach"), N_("sessions"),
              FLOW, (Piece("outreach", _where("form", "broadcast", value="t.sessions")),),
              how=N_("the sessions of broadcasts and mobile outreach added up")),
    Indicator("leaflets", OUTREACH, N_("Leaflets handed out"), N_("leaflets"), FLOW,
              (Piece("outreach", "t.leaflets"),),
              how=N_("the leaflets of all forms of outreach added up")),
    Indicator("legal_document_sets", OUTREACH, N_("Sets of legal documents"), N_("sets"), FLOW,
              (Piece("outreach", "t.document_sets"),),
              how=N_("the document sets of all forms of outreach added up")),
    Indicator("collectives_registered", SELF, N_("Collectives registered"), N_("collectives"),
              STOCK,
              how=N_("the registrations of collectives in force on the last day")),
    Indicator("households_registered", SELF, N_("Households registered"), HOUSEHOLDS, STOCK,
              how=N_("the different households with a registration in force on the last day")),
    Indicator("individuals_registered", SELF, N_("Individuals registered"), N_("persons"), STOCK,
              how=N_("the registrations of individuals in force on the last day")),
    Indicator("pledges_signed", PLEDGES, N_("Signatures to pledges"), N_("signatures"), FLOW,
              (Piece("pledge", "t.count"),),
              how=N_("the signatures of all pledges added up, by list or by minutes")),
    Indicator("household_pledges", PLEDGES, N_("Households signing for the first time in the year"),
              HOUSEHOLDS, FLOW,
              how=N_("households whose first signature of the year is in it, and by minutes")),
    Indicator("household_pledges_unlisted", PLEDGES, N_("Of these by minutes, not listed yet"),
              HOUSEHOLDS, FLOW, (Piece("pledge", "CASE WHEN t.count > 1 THEN t.count END"),),
              how=N_("the households of pledges by minutes whose list is not typed yet")),
)  # fmt: skip

AFTER_PROGRAMMES: tuple[Indicator, ...] = (
    Indicator("labour_days", RESOURCES, N_("Work-days mobilised"), N_("work-days"), FLOW,
              (Piece("clearing", "t.labour_days"), Piece("track", "t.labour_days"),
               Piece("programme", "t.labour_days")), tenths=True,
              how=N_("the work-days of clearing, tracks and programmes added up")),
    Indicator("funds", RESOURCES, N_("Funds"), N_("VND"), FLOW,
              (Piece("track", "t.cost_vnd"), Piece("programme", "t.cost_vnd")),
              how=N_("the costs of tracks and programmes added up")),
    Indicator("contributed", RESOURCES, N_("Of these contributed"), N_("VND"), FLOW,
              (Piece("track_funder", "c.amount_vnd"), Piece("programme_funder", "c.amount_vnd")),
              how=N_("the amounts of the contributors of tracks and programmes added up")),
    *(
        Indicator(key, COORDINATION, label, TIMES, FLOW,
                  (Piece("coordination", _where("kind", kind, value="t.times")),),
                  how=N_("the times of this kind of meeting or exchange added up"))
        for key, kind, label in (
            ("exchanges", "exchange", N_("Exchanges of information")),
            ("briefings", "briefing", N_("Briefings")),
            ("talks", "talks", N_("Talks held")),
            ("conferences", "conference", N_("Conferences")),
            ("twinnings", "twinning", N_("Twinnings")),
        )
    ),
    Indicator("incidents_new", INCIDENTS, N_("New incidents"), N_("incidents"), FLOW,
              (Piece("incident", "1"),),
              how=N_("the incidents that happened in the period, one each")),
    Indicator("incidents_closed", INCIDENTS, N_("Incidents settled"), N_("incidents"), FLOW,
              (Piece("incident_closed", "1"),),
              how=N_("the incidents settled in the period, whenever they happened")),
    Indicator("incidents_open", INCIDENTS, N_("Incidents being handled"), N_("incidents"), STOCK,
              how=N_("the incidents that happened by the last day and were not settled by then")),
    Indicator("incident_persons", INCIDENTS, N_("Persons involved in incidents"), N_("persons"),
              FLOW, (Piece("incident", "t.persons"),),
              how=N_("the persons involved in the period's incidents added up")),
    Indicator("incident_tips", INCIDENTS, N_("Incidents known by residents' tips"), N_("tips"),
              FLOW, (Piece("incident", "CASE WHEN t.from_tip = 1 THEN 1 END"),),
              how=N_("the period's incidents that residents' tips made known")),
    Indicator("fines", INCIDENTS, N_("Fines"), N_("VND"), FLOW,
              (Piece("incident", "t.fine_vnd"),),
              how=N_("the fines of the period's incidents added up")),
    Indicator("pledge_coverage", RATIOS, N_("Share of households that pledged"), N_("%"), RATIO,
              how=N_("households that pledged in the year so far, in percent of those there are")),
    Indicator("border_hamlets_reached", RATIOS, N_("Border hamlets reached by outreach"),
              N_("hamlets"), RATIO,
              how=N_("the different border hamlets with outreach in the period")),
    Indicator("communes_active", RATIOS, N_("Border communes with activity"), N_("communes"),
              RATIO,
              how=N_("the different border communes with any record in the period")),
)  # fmt: skip


def programme_rows(book: "Book") -> Iterator[Indicator]:
    """A row for each programme of the pick list, in its own unit."""
    for code, pick in book.picks.get("programme", {}).items():
        if not code.replace("_", "").isalnum():
            # It becomes part of a statement.
            raise ValueError(code)
        yield Indicator(
            f"programme:{code}", PROGRAMMES, book.pick_label("programme", code), pick.unit, FLOW,
            (Piece("programme", _where("programme", code, value="t.quantity")),), tenths=True,
            how=N_("the quantities of this programme added up"),
        )  # fmt: skip


def all_rows(book: "Book") -> list[Indicator]:
    """Every row of a report, in order."""
    return [*BEFORE_PROGRAMMES, *programme_rows(book), *AFTER_PROGRAMMES]


class Scope(NamedTuple):
    """Whose figures: a post's, those of the units (ids) of a commune or district, or all; of a
    post within units when both are given."""

    kind: str
    text: str
    name: str
    post: str | None = None
    units: frozenset[str] | None = None


class Window(NamedTuple):
    """Days that are added up, both included."""

    first: datetime.date
    last: datetime.date


class Figures:
    """The figures of one scope, as they stand in the store.

    reference_day: the day whose units places are mapped to (a period's last day).
    """

    def __init__(
        self,
        store: Store,
        book: "Book",
        calendar: Calendar,
        scope: Scope,
        reference_day: datetime.date,
    ) -> None:
        self._store = store
        self._book = book
        self._calendar = calendar
        self._scope = scope
        self._reference = reference_day
        self._day = reference_day.isoformat()
        self._rows = all_rows(book)
        self._firsts: dict[tuple[datetime.date, datetime.date], dict[str, int]] = {}
        self._alive_on: dict[datetime.date, dict[str, Value]] = {}
        self._pledged: dict[Window, int] = {}
        self._unlisted_in: dict[Window, int] = {}
        self._flows: dict[Window, dict[str, Value]] = {}

    def stocks(self, day: datetime.date) -> dict[str, Value]:
        """What is alive on a day."""
        return {**self._registered(day), "incidents_open": self._open_incidents(day)}

    # ------------------------------------------------------------------ one window

    def values(self, window: Window) -> dict[str, Value]:
        """Every indicator over the window; stocks as they are on its last day."""
        if window not in self._flows:
            figures = self._flow_values(window)
            figures["household_pledges"] = self._household_pledges(window)
            figures.update(self._registered(window.last))
            figures["incidents_open"] = self._open_incidents(window.last)
            figures["pledge_coverage"] = self._pledge_coverage(window.last)
            figures["border_hamlets_reached"] = self._hamlets_reached(window)
            figures["communes_active"] = self._communes_active(window)
            self._flows[window] = figures
        return self._flows[window]

    def _flow_values(self, window: Window) -> dict[str, Value]:
        wanted: defaultdict[str, list[tuple[Indicator, Piece]]] = defaultdict(list)
        for row in self._rows:
            for piece in row.pieces:
                if self._scope.units is not None or not SOURCES[piece.source].in_units:
                    wanted[piece.source].append((row, piece))
        sums: dict[str, int] = {row.key: 0 for row in self._rows if row.pieces}
        for name, pieces in wanted.items():
            where, params = self._where(SOURCES[name], window)
            columns = ", ".join(piece.aggregate for _row, piece in pieces)
            found = self._store.one(
                f"SELECT {columns} FROM {SOURCES[name].tables} WHERE {where}", params
            )
            assert found is not None
            for (row, _piece), amount in zip(pieces, found, strict=True):
                sums[row.key] += amount or 0
        self._unlisted_in[window] = sums["household_pledges_unlisted"]
        tenths = {row.key for row in self._rows if row.tenths}
        return {k: Decimal(v).scaleb(-1) if k in tenths else v for k, v in sums.items()}

    def _where(self, source: Source, window: Window) -> tuple[str, list[Any]]:
        conditions = [f"t.{source.day} BETWEEN ? AND ?"]
        params: list[Any] = [window.first.isoformat(), window.last.isoformat()]
        if source.only:
            conditions.append(source.only)
        more, values = self._in_scope(RECORD_TYPES[source.type], source.place)
        return " AND ".join([*conditions, *more]), params + values

    def _in_scope(self, model: type[Record], place: str = "") -> tuple[list[str], list[Any]]:
        scope = self._scope
        conditions: list[str] = []
        params: list[Any] = []
        if scope.post is not None:
            conditions, params = ["t.post = ?"], [scope.post]
        if scope.units is None:
            return conditions, params
        if place:
            units = sorted(scope.units)
            condition = f"{place} IN ({', '.join('?' * len(units))})"
        else:
            condition, units = place_condition(model, scope.units, main_only=True)
        return [*conditions, condition], [*params, *units]

    # ------------------------------------------------------------ first signatures

    def _household_pledges(self, window: Window) -> int:
        if window not in self._pledged:
            self._pledged[window] = self._count_pledges(window)
        return self._pledged[window]

    def _count_pledges(self, window: Window) -> int:
        """Households whose first signature of its year falls in the window, and the counts of
        signatures without a list of names."""
        listed = 0
        year = self._calendar.year_of(window.first)
        while year.first <= window.last:
            begin, end = max(year.first, window.first), min(year.last, window.last)
            firsts = self._first_signatures(year.first, end)
            listed += sum(n for day, n in firsts.items() if day >= begin.isoformat())
            year = self._calendar.period("year", year.year + 1, 1)
        return listed + self._unlisted(window)

    def _unlisted(self, window: Window) -> int:
        """Signatures of the window without a list of names; the flows have them already."""
        if window not in self._unlisted_in:
            where, params = self._where(SOURCES["pledge"], window)
            unlisted = self._store.value(
                f"SELECT SUM(t.count) FROM pledge t WHERE {where} AND t.count > 1", params
            )
            self._unlisted_in[window] = int(unlisted or 0)
        return self._unlisted_in[window]

    def _first_signatures(self, first: datetime.date, last: datetime.date) -> dict[str, int]:
        """{day: how many households signed for the first time since `first` on it}."""
        key = (first, last)
        if key not in self._firsts:
            where, params = self._where(SOURCES["pledge"], Window(first, last))
            # The index is read as it stands, latest day first, so that the earliest day of a
            # household is the one that stays; GROUP BY would sort the ids.
            signed = self._store.rows(
                f"SELECT t.household, t.signed_on FROM pledge t WHERE {where}"
                " AND t.household IS NOT NULL ORDER BY t.signed_on DESC",
                params,
            )
            first_days: dict[str, str] = dict(signed)
            for member, leader in self._leaders.items():
                if member != leader and member in first_days:
                    day = first_days.pop(member)
                    first_days[leader] = min(day, first_days.get(leader, day))
            self._firsts[key] = Counter(first_days.values())
        return self._firsts[key]

    @cached_property
    def _leaders(self) -> dict[str, str]:
        """The household that each joined one counts as; most are not joined."""
        return dict(self._store.rows("SELECT member, leader FROM household_group"))

    # ------------------------------------------------------------------------ stocks

    def _alive(self, day: datetime.date) -> tuple[str, list[Any]]:
        more, params = self._in_scope(RECORD_TYPES["registration"])
        alive = ["t.from_on <= ?", "(t.to_on IS NULL OR t.to_on >= ?)", *more]
        return " AND ".join(alive), [day.isoformat(), day.isoformat(), *params]

    def _registered(self, day: datetime.date) -> dict[str, Value]:
        if day not in self._alive_on:
            self._alive_on[day] = self._count_registered(day)
        return self._alive_on[day]

    def _count_registered(self, day: datetime.date) -> dict[str, Value]:
        where, params = self._alive(day)
        alive = list(
            self._store.rows(
                f"SELECT t.subject, t.household FROM registration t WHERE {where}", params
            )
        )
        counts = Counter(subject for subject, _household in alive)
        households = {str(household) for _subject, household in alive if household is not None}
        joined = {
            member: leader for member, leader in self._leaders.items() if member in households
        }
        return {
            "collectives_registered": counts["collective"],
            "households_registered": len(households - joined.keys() | set(joined.values())),
            "individuals_registered": counts["individual"],
        }

    def _still_open(self, day: datetime.date) -> tuple[str, list[Any]]:
        more, params = self._in_scope(RECORD_TYPES["incident"])
        still = "(t.status = 'open' OR t.closed_on > ?)"
        return " AND ".join(["t.happened_on <= ?", still, *more]), [
            day.isoformat(), day.isoformat(), *params,
        ]  # fmt: skip

    def _open_incidents(self, day: datetime.date) -> int:
        where, params = self._still_open(day)
        return int(self._store.value(f"SELECT COUNT(*) FROM incident t WHERE {where}", params))

    def standing(self, key: str, day: datetime.date) -> set[str]:
        """What a stock counts on a day: records, and households by the id they count as."""
        if key == "incidents_open":
            where, params = self._still_open(day)
            return self._ids(f"incident t WHERE {where}", params)
        where, params = self._alive(day)
        subject = key.removesuffix("s_registered")
        if subject != "household":
            return self._ids(f"registration t WHERE {where} AND t.subject = ?", [*params, subject])
        rows = self._store.rows(
            f"SELECT DISTINCT t.household FROM registration t WHERE {where}"
            " AND t.household IS NOT NULL",
            params,
        )
        return {self._leaders.get(str(row[0]), str(row[0])) for row in rows}

    def oldest_open(
        self, day: datetime.date, most: int
    ) -> list[tuple[datetime.date, str, str, int | None]]:
        """The incidents not settled on a day, oldest first: date, category, unit, persons."""
        where, params = self._still_open(day)
        rows = self._store.rows(
            f"SELECT t.happened_on, t.category, t.commune, t.persons FROM incident t WHERE {where}"
            " ORDER BY t.happened_on, t.row LIMIT ?",
            [*params, most],
        )
        return [
            (datetime.date.fromisoformat(on), str(category), str(unit), persons)
            for on, category, unit, persons in rows
        ]

    # ------------------------------------------------------------------- day by day

    def by_day(self, row: Indicator, window: Window) -> dict[datetime.date, int | Decimal]:
        """What a flow adds up to on each day; days with nothing are left out. Of different
        things (`distinct`) days do not add up."""
        sums: Counter[str] = Counter()
        for piece in row.pieces:
            source = SOURCES[piece.source]
            if source.in_units and self._scope.units is None:
                continue
            where, params = self._where(source, window)
            day = f"t.{source.day}"
            columns = f"{day}, {piece.aggregate}"
            rows = self._store.rows(
                f"SELECT {columns} FROM {source.tables} WHERE {where} GROUP BY {day}", params
            )
            for on, amount in rows:
                sums[str(on)] += amount or 0
        return {
            datetime.date.fromisoformat(on): Decimal(v).scaleb(-1) if row.tenths else v
            for on, v in sums.items()
        }

    # ------------------------------------------------------------------------ ratios

    def _pledge_coverage(self, day: datetime.date) -> Value:
        """The year's household pledges in percent of the households of the scope's hamlets."""
        total = self._households_there_are(day)
        if not total:
            return None
        year = self._calendar.year_of(day)
        pledged = self._household_pledges(Window(year.first, day))
        return percent(pledged, total)

    def _households_there_are(self, day: datetime.date) -> int:
        """The households of the scope's hamlets on a day, as far as the list of hamlets says."""
        return sum(
            hamlet.households_total or 0
            for hamlet in self._book.hamlets
            if hamlet.valid_from <= day.isoformat() <= hamlet.valid_to
            and self._holds(hamlet.commune)
        )

    def _holds(self, unit: str) -> bool:
        """Whether a unit lies in the scope (a post's: in its area, as it is on the reference
        day, so that a year before 1 July 2025 is compared with the same area)."""
        scope = self._scope
        if scope.units is not None:
            return unit in scope.units
        if scope.post is None:
            return True
        mapped = self._book.successors_on(unit, self._day)
        return bool(mapped & self._book.area_on(scope.post, self._reference))

    def _hamlets_reached(self, window: Window) -> Value:
        reached = self._reached_hamlets(window)
        return None if reached is None else len(reached)

    def _reached_hamlets(self, window: Window) -> set[tuple[str, str]] | None:
        """Border hamlets of the scope where an outreach of the window was held; None when the
        list of hamlets has no border hamlet of the scope."""
        border = self._border_hamlets(window.last)
        if not border:
            return None
        where, params = self._where(SOURCES["outreach"], window)
        reached = {
            (unit, fold(name))
            for commune, name in self._store.rows(
                f"SELECT DISTINCT t.commune, t.hamlet FROM outreach t WHERE {where}"
                " AND t.hamlet IS NOT NULL",
                params,
            )
            for unit in self._mapped(commune)
        }
        return border & reached

    def _border_hamlets(self, day: datetime.date) -> set[tuple[str, str]]:
        """The border hamlets of the scope on a day: (unit, folded name)."""
        return {
            (unit, fold(hamlet.name))
            for hamlet in self._book.hamlets
            if hamlet.is_border
            and hamlet.valid_from <= day.isoformat() <= hamlet.valid_to
            and self._holds(hamlet.commune)
            for unit in self._mapped(hamlet.commune)
        }

    def _communes_active(self, window: Window) -> Value:
        active = self._active_communes(window)
        return None if active is None else len(active)

    def _active_communes(self, window: Window) -> set[str] | None:
        """Border communes of the scope with a record in the window; None when there are none."""
        border = self._border_communes()
        if not border:
            return None
        active: set[str] = set()
        for model in RECORD_TYPES.values():
            for unit in self._places(model, window):
                active |= self._mapped(unit)
        return border & active

    def _border_communes(self) -> set[str]:
        """The border communes of the scope, as they are on the reference day."""
        return {
            unit.id
            for unit in self._book.units.values()
            if unit.kind == "commune" and unit.border and unit.valid_on(self._day)
            and self._holds(unit.id)
        }  # fmt: skip

    def places(self, window: Window) -> set[str]:
        """The units (ids, as records have them) of whatever the figures of the window count."""
        found = {unit for model in RECORD_TYPES.values() for unit in self._places(model, window)}
        settled = self._where(SOURCES["incident_closed"], window)
        elsewhere = self._where(SOURCES["outreach_here"], window)
        for column, tables, (where, params) in (
            ("t.commune", "registration t", self._alive(window.last)),
            ("t.commune", "incident t", self._still_open(window.last)),
            ("t.commune", "incident t", settled),
            ("c.commune", SOURCES["outreach_here"].tables, elsewhere),
        ):
            rows = self._store.rows(f"SELECT DISTINCT {column} FROM {tables} WHERE {where}", params)
            found |= {str(row[0]) for row in rows if row[0] is not None}
        return found

    def _places(self, model: type[Record], window: Window) -> Iterable[str]:
        column, rest, params = self._placed(model, window)
        return [str(row[0]) for row in self._store.rows(f"SELECT DISTINCT {column} {rest}", params)]

    def _placed(self, model: type[Record], window: Window) -> tuple[str, str, list[Any]]:
        """The column with the unit of a record, and the SQL of the records that have one."""
        event = model.event()
        assert event is not None
        source = Source(model.type_name, f"{model.type_name} t", event.name)
        where, params = self._where(source, window)
        column, tables = "t.commune", source.tables
        for key, field in model.columns().items():
            if isinstance(field, Communes):
                table = f"{model.type_name}_{key}"
                column, tables = "c.unit", f"{tables} CROSS JOIN {table} c ON c.row = t.row"
        if "place" in model._meta.fields:
            column = "t.place"
        return column, f"FROM {tables} WHERE {where} AND {column} IS NOT NULL", params

    def _mapped(self, unit: str) -> set[str]:
        """What a unit is on the reference day; a split one is nowhere, never guessed."""
        mapped = self._book.successors_on(unit, self._day)
        return mapped if len(mapped) == 1 else set()

    # -------------------------------------------------------------------- the records

    def record_ids(self, row: Indicator, window: Window) -> list[str]:
        """The ids of the records that a figure adds up, in order."""
        return sorted(one for ids in self.records(row, window).values() for one in ids)

    def records(self, row: Indicator, window: Window) -> dict[str, set[str]]:
        """{type: ids} of the records that a figure adds up; a ratio's are those it counts."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for piece in row.pieces:
            source = SOURCES[piece.source]
            if source.in_units and self._scope.units is None:
                continue
            where, params = self._where(source, window)
            amount = piece.value
            counts = f"{amount} IS NOT NULL" + ("" if piece.distinct else f" AND {amount} <> 0")
            found[source.type] |= self._ids(f"{source.tables} WHERE {where} AND {counts}", params)
        if row.key == "household_pledges":
            found["pledge"] = self._first_signature_ids(window)
        if row.key == "incidents_open":
            where, params = self._still_open(window.last)
            found["incident"] = self._ids(f"incident t WHERE {where}", params)
        if row.key in ("collectives_registered", "households_registered", "individuals_registered"):
            where, params = self._alive(window.last)
            subject = row.key.removesuffix("s_registered")
            found["registration"] = self._ids(
                f"registration t WHERE {where} AND t.subject = ?", [*params, subject]
            )
        if row.kind == RATIO:
            found.update(self._ratio_records(row.key, window))
        return {name: ids for name, ids in found.items() if ids}

    def _ids(self, tables: str, params: list[Any]) -> set[str]:
        return {str(r[0]) for r in self._store.rows(f"SELECT DISTINCT t.id FROM {tables}", params)}

    def _ratio_records(self, key: str, window: Window) -> dict[str, set[str]]:
        if key == "pledge_coverage":
            year = self._calendar.year_of(window.last)
            return {"pledge": self._first_signature_ids(Window(year.first, window.last))}
        if key == "border_hamlets_reached":
            border = self._border_hamlets(window.last)
            where, params = self._where(SOURCES["outreach"], window)
            rows = self._store.rows(
                f"SELECT t.id, t.commune, t.hamlet FROM outreach t WHERE {where}"
                " AND t.hamlet IS NOT NULL",
                params,
            )
            return {
                "outreach": {
                    str(record)
                    for record, commune, name in rows
                    if any((unit, fold(name)) in border for unit in self._mapped(commune))
                }
            }
        assert key == "communes_active"
        communes = self._border_communes()
        found = {}
        for name, model in RECORD_TYPES.items():
            column, rest, params = self._placed(model, window)
            found[name] = {
                str(record)
                for record, unit in self._store.rows(f"SELECT t.id, {column} {rest}", params)
                if self._mapped(str(unit)) & communes
            }
        return found

    def whole_of(self, key: str, window: Window) -> int | None:
        """What a ratio is a share of: households, border hamlets or border communes of the
        scope; None for another figure, or where there are none."""
        wholes = {
            "pledge_coverage": lambda: self._households_there_are(window.last),
            "border_hamlets_reached": lambda: len(self._border_hamlets(window.last)),
            "communes_active": lambda: len(self._border_communes()),
        }
        return (wholes[key]() or None) if key in wholes else None

    def _first_signature_ids(self, window: Window) -> set[str]:
        found: set[str] = set()
        year = self._calendar.year_of(window.first)
        while year.first <= window.last:
            end = min(year.last, window.last)
            where, params = self._where(SOURCES["pledge"], Window(year.first, end))
            seen: set[str] = set()
            for record, day, household, count in self._store.rows(
                "SELECT t.id, t.signed_on, COALESCE(g.leader, t.household), t.count FROM pledge t"
                " LEFT JOIN household_group g ON g.member = t.household"
                f" WHERE {where} ORDER BY t.signed_on, t.row",
                params,
            ):
                first = household is not None and household not in seen
                seen.add(household)
                if (first or count > 1) and day >= window.first.isoformat():
                    found.add(str(record))
            year = self._calendar.period("year", year.year + 1, 1)
        return found


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """`part` in percent of `whole`, one decimal, halves away from zero."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def first_day(store: Store) -> datetime.date | None:
    """The event date of the desk's first record, of whatever type."""
    days = []
    for model in RECORD_TYPES.values():
        event = model.event()
        assert event is not None
        day = store.value(f"SELECT MIN({event.name}) FROM {model.type_name}")
        if day:
            days.append(datetime.date.fromisoformat(day))
    return min(days, default=None)


def words(row: Indicator) -> tuple[str, str, str]:
    """Group, label and unit of a row in the language in use."""
    label = row.label if row.key.startswith("programme:") else _(row.label)
    unit = row.unit if row.key.startswith("programme:") else _(row.unit)
    return _(row.group), label, unit
