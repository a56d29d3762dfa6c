"""The summary of a period: every indicator with its comparison, year to date and target."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.periods import Calendar, Period
from borderdesk.closing.editions import CLOSED, Edition, Moved, standing
from borderdesk.closing.signed import Signed
from borderdesk.figures.indicators import (
    RATIO,
    STOCK,
    Figures,
    Indicator,
    Scope,
    Value,
    Window,
    all_rows,
    first_day,
    percent,
    words,
)
from borderdesk.figures.scopes import View, make_view, remarks, split_into
from borderdesk.figures.targets import Baseline, Target, baselines, targets
from borderdesk.schema.fields import as_json_number
from borderdesk.schema.records import RECORD_TYPES

if TYPE_CHECKING:
    from borderdesk.session.session import Session


DISTINCT = frozenset({"markers_covered"})
"""Flows that count different things: those of two months do not add up."""


class Carry(NamedTuple):
    """How the year to date comes about: signed + unsigned + value + late, exactly.

    edition: the id of the last paper signed before the period, signed: its year to date;
    unsigned: periods between that were never closed; value: the period's own figure; late:
    additions and corrections to what was signed; inside: what of `value` came after a shorter
    period within this one was closed.
    """

    edition: str
    signed: int | Decimal
    unsigned: int | Decimal
    value: int | Decimal
    late: int | Decimal
    inside: int | Decimal

    @property
    def total(self) -> int | Decimal:
        """The year to date."""
        return self.signed + self.unsigned + self.value + self.late


class Line(NamedTuple):
    """One indicator of a summary; None where there is nothing to say.

    late: what of the year to date came, or was corrected, after the periods it belongs to were
    closed; from_paper: the columns ("previous", "year_to_date") that hold figures from
    baselines; records: ids, when asked for; carry: None where nothing of the year was signed
    before, and where months do not add up; doubles: how many records behind the value have two
    versions that wait for a choice; late_records: the ids behind `late`, when asked for.
    """

    key: str
    group: str
    label: str
    unit: str
    kind: str
    value: Value
    previous: Value
    change: Value
    change_pct: Decimal | None
    year_to_date: Value
    target: Decimal | None
    target_pct: Decimal | None
    late: Value
    from_paper: frozenset[str]
    records: list[str] | None
    carry: Carry | None = None
    doubles: int = 0
    late_records: list[str] | None = None


class Summary(NamedTuple):
    """A summary ready to be rendered."""

    desk: str
    period: Period
    compared: Period
    scope: Scope
    asked: str
    """The scope as it was asked for."""
    geography: str
    lines: list[Line]
    joint: list[tuple[str, int]]
    """Activities of other posts that this post took part in, by type; in no figure above."""
    remarks: list[str]
    """What a reader has to know of the units."""
    edition: "Edition | None" = None
    """The edition these figures were signed in; None when they are the desk's as it stands."""
    moved: "tuple[Moved, ...]" = ()
    """Where the desk would now say something else than the edition."""

    @property
    def closed(self) -> bool:
        """Whether these are the figures of a closed period, as they were signed."""
        return self.edition is not None


def make_summary(
    desk: "Session",
    period_text: str,
    scope_text: str | None = None,
    *,
    geography: str | None = None,
    with_ids: bool = False,
    live: bool = False,
) -> Summary:
    """The summary of a period for a scope (without one, the desk's own). Raises UserError.

    Of a closed period it is the edition that was signed; live: what the records say all the
    same.
    """
    view = make_view(desk, period_text, scope_text, geography)
    asked = scope_text or view.scope.text
    if not live and not view.turned:
        edition = standing(desk.store, view.period.text, view.scope.text)
        if edition is not None and edition.state == CLOSED:
            from borderdesk.closing.frozen import as_signed

            return as_signed(desk, edition, asked, with_ids=with_ids)
    return summary_of(desk, view, asked, with_ids=with_ids)


def summary_of(desk: "Session", view: View, asked: str, *, with_ids: bool = False) -> Summary:
    """What the records say now of a view. asked: the scope as somebody wrote it."""
    maker = _Maker(desk, desk.calendar(), view)
    return Summary(
        desk.identity.id, view.period, view.compared, view.scope, asked, view.geography,
        [maker.line(row, with_ids) for row in all_rows(desk.book)], maker.joint(),
        remarks(desk.book, view),
    )  # fmt: skip


def lines_compared(desk: "Session", view: View) -> list[Line]:
    """What the records say now of a view, the period's figure and the year to date alone."""
    maker = _Maker(desk, desk.calendar(), view)
    return [maker.compared_line(row) for row in all_rows(desk.book)]


class _Maker:
    """Works out the columns of one summary."""

    def __init__(self, desk: "Session", calendar: Calendar, view: View) -> None:
        period, scope = view.period, view.scope
        self._desk = desk
        self._calendar = calendar
        self._figures = Figures(desk.store, desk.book, calendar, scope, view.day)
        self._scope = scope
        year = calendar.year_of(period.last)
        self._window = Window(period.first, period.last)
        self._before = Window(view.compared.first, view.compared.last)
        self._year = Window(year.first, period.last)
        self._known_from = first_day(desk.store)
        self._torn = bool(split_into(desk.book, scope, self._before.first))
        self._signed = Signed(desk, self._figures, calendar, view)
        self._papers = self._baselines()
        self._targets = self._yearly(targets(desk.store, year.year))

    def _baselines(self) -> Mapping[str, list[tuple[Period, Baseline]]]:
        """The exact paper figures of the scope by indicator, longest periods first."""
        papers: dict[str, list[tuple[Period, Baseline]]] = {}
        for paper in baselines(self._desk.store):
            if paper.scope == self._scope.text and paper.qualifier == "exact":
                period = self._calendar.parse(paper.period)
                papers.setdefault(paper.indicator, []).append((period, paper))
        for listed in papers.values():
            listed.sort(key=lambda entry: entry[0].first - entry[0].last)
        return papers

    def _yearly(self, known: list[Target]) -> dict[str, Target]:
        return {t.indicator: t for t in known if t.indicator and t.scope == self._scope.text}

    # ---------------------------------------------------------------------- columns

    def line(self, row: Indicator, with_ids: bool) -> Line:
        """One indicator with all its columns."""
        value = self._figures.values(self._window)[row.key]
        previous, previous_paper = self._previous(row)
        to_date, to_date_paper = self._to_date(row)
        change = None if previous is None or value is None else value - previous
        goal = self._targets.get(row.key)
        target = goal.value if goal else None
        paper = {"previous": previous_paper, "year_to_date": to_date_paper}
        group, label, unit = words(row)
        return Line(
            row.key, group, label, unit, row.kind, value, previous, change,
            percent(change, previous) if change is not None and previous else None,
            to_date, target,
            percent(to_date, target) if target and to_date is not None else None,
            self._signed.late(row, to_date),
            frozenset(column for column, used in paper.items() if used),
            self._figures.record_ids(row, self._window) if with_ids else None,
            self._signed.carry(row, value, to_date), self._signed.doubles(row),
            self._signed.late_records(row) if with_ids else None,
        )  # fmt: skip

    def compared_line(self, row: Indicator) -> Line:
        """One indicator with the columns by which a paper is compared with the desk."""
        value, to_date = self._figures.values(self._window)[row.key], self._to_date(row)[0]
        return Line(
            row.key, *words(row), row.kind, value, None, None, None, to_date, None, None, 0,
            frozenset(), None,
        )  # fmt: skip

    def _previous(self, row: Indicator) -> tuple[Value, bool]:
        """The figure compared with, and whether it is from paper."""
        for period, paper in self._papers.get(row.key, ()):
            if (period.first, period.last) == (self._before.first, self._before.last):
                return _as_figure(row, paper.value), True
        if self._torn or self._known_from is None or self._before.last < self._known_from:
            return None, False
        return self._figures.values(self._before)[row.key], False

    def _to_date(self, row: Indicator) -> tuple[Value, bool]:
        """The year's figure so far: paper figures for their periods, records for the rest."""
        papers = self._within_year(row)
        if not papers:
            return self._figures.values(self._year)[row.key], False
        total: int | Decimal = sum((paper.value for _period, paper in papers), Decimal(0))
        for window in self.windows(row, "year_to_date"):
            total += self._figures.values(window)[row.key] or 0
        return _as_figure(row, Decimal(total)), True

    def windows(self, row: Indicator, column: str) -> list[Window]:
        """The days whose records a column's figure adds up; none where it is from paper."""
        if column == "value":
            return [self._window]
        if column == "previous":
            previous, from_paper = self._previous(row)
            return [] if from_paper or previous is None else [self._before]
        return list(_gaps(self._year, [period for period, _paper in self._within_year(row)]))

    def _within_year(self, row: Indicator) -> list[tuple[Period, Baseline]]:
        """Paper figures of the year so far that do not overlap, longest first; of a flow only."""
        if row.kind in (STOCK, RATIO):
            return []
        chosen: list[tuple[Period, Baseline]] = []
        for period, paper in self._papers.get(row.key, ()):
            inside = self._year.first <= period.first and period.last <= self._year.last
            apart = all(period.last < p.first or p.last < period.first for p, _b in chosen)
            if inside and apart:
                chosen.append((period, paper))
        return chosen

    def joint(self) -> list[tuple[str, int]]:
        """How many activities of other posts named this post as taking part, by type."""
        if self._scope.post is None:
            return []
        counts = []
        for model in RECORD_TYPES.values():
            event = model.event()
            assert event is not None
            number = self._desk.store.value(
                f"SELECT COUNT(*) FROM {model.type_name} WHERE with_posts IS NOT NULL"
                f" AND {event.name} BETWEEN ? AND ? AND ';' || with_posts || ';' LIKE ?",
                (
                    self._window.first.isoformat(), self._window.last.isoformat(),
                    f"%;{self._scope.post};%",
                ),
            )  # fmt: skip
            if number:
                counts.append((_(model.title), int(number)))
        return counts


def windows_of(desk: "Session", view: View, row: Indicator, column: str) -> list[Window]:
    """The days whose records the figure of a column adds up."""
    return _Maker(desk, desk.calendar(), view).windows(row, column)


def late_records_of(desk: "Session", view: View, row: Indicator) -> list[str]:
    """The ids of the records behind what is late in a figure."""
    return Signed(
        desk, Figures(desk.store, desk.book, desk.calendar(), view.scope, view.day),
        desk.calendar(), view,
    ).late_records(row)  # fmt: skip


def _as_figure(row: Indicator, value: Decimal) -> Value:
    return value if row.tenths or value % 1 else int(value)


def _gaps(whole: Window, periods: list[Period]) -> Iterator[Window]:
    """The stretches of a window that no period covers."""
    one = datetime.timedelta(days=1)
    start = whole.first
    for period in sorted(periods, key=lambda p: p.first):
        if start < period.first:
            yield Window(start, period.first - one)
        start = max(start, period.last + one)
    if start <= whole.last:
        yield Window(start, whole.last)


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary in the shape of the command line."""
    return {
        "desk": summary.desk,
        "period": {
            "from": summary.period.first.isoformat(),
            "to": summary.period.last.isoformat(),
        },
        "scope": summary.asked,
        "geography": summary.geography,
        "closed": summary.closed,
        "rows": [_json_row(line) for line in summary.lines],
    }


NOT_IN_JSON = frozenset({"records", "from_paper", "carry", "doubles", "late_records"})


def _json_row(line: Line) -> dict[str, Any]:
    row = {
        key: as_json_number(value) if isinstance(value, Decimal) else value
        for key, value in line._asdict().items()
        if key not in NOT_IN_JSON
    }
    return row if line.records is None else {**row, "records": line.records}
