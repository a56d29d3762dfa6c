"""A summary from the records as they are: each indicator with comparison, year to date, target."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.periods import Calendar, Period
from borderdesk.closing.carryover import Carryover
from borderdesk.closing.editions import Edition, SignedDifference
from borderdesk.closing.lines import Line
from borderdesk.figures.figures import Figures, first_day, joint_activities
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import FLOW, Scope, Value, Window, percent
from borderdesk.figures.scopes import View, remarks, split_into
from borderdesk.figures.targets import Baseline, Target, baselines, targets
from borderdesk.session.session import Session


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
    edition: Edition | None = None
    """The edition these figures were signed in; None when they are the desk's as it stands."""
    moved: tuple[SignedDifference, ...] = ()
    """Where the records now differ from the edition."""

    @property
    def closed(self) -> bool:
        """Whether these are the figures of a closed period, as they were signed."""
        return self.edition is not None


def summary_of(session: Session, view: View, asked: str, *, with_ids: bool = False) -> Summary:
    """The summary of a view from the records as they are. asked: the scope as it was typed."""
    maker = _SummaryCalculator(session, session.calendar(), view)
    return Summary(
        session.identity.id,
        view.period,
        view.compared,
        view.scope,
        asked,
        view.geography,
        [maker.line(row, with_ids) for row in all_rows(session.book)],
        maker.joint(),
        remarks(session.book, view),
    )


def lines_compared(session: Session, view: View) -> list[Line]:
    """The lines of a view from the records, the period's figure and the year to date alone."""
    maker = _SummaryCalculator(session, session.calendar(), view)
    return [maker.compared_line(row) for row in all_rows(session.book)]


class _SummaryCalculator:
    """Works out the columns of one summary."""

    def __init__(self, session: Session, calendar: Calendar, view: View) -> None:
        period, scope = view.period, view.scope
        self._session = session
        self._calendar = calendar
        self._figures = Figures(session.store, session.book, calendar, scope, view.day)
        self._scope = scope
        year = calendar.year_of(period.last)
        self._window = Window(period.first, period.last)
        self._before = Window(view.compared.first, view.compared.last)
        self._year = Window(year.first, period.last)
        self._known_from = first_day(session.store)
        self._torn = bool(split_into(session.book, scope, self._before.first))
        self._carryover = Carryover(session, self._figures, calendar, view)
        self._papers = self._baselines()
        self._targets = self._yearly(targets(session.store, year.year))

    def _baselines(self) -> Mapping[str, list[tuple[Period, Baseline]]]:
        """The exact paper figures of the scope by indicator, longest periods first."""
        papers: dict[str, list[tuple[Period, Baseline]]] = {}
        for paper in baselines(self._session.store):
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
        group, label, unit = row.words
        return Line(
            row.key,
            group,
            label,
            unit,
            row.kind,
            value,
            previous,
            change,
            percent(change, previous) if change is not None and previous else None,
            to_date,
            target,
            percent(to_date, target) if target and to_date is not None else None,
            self._carryover.late(row, to_date),
            frozenset(column for column, used in paper.items() if used),
            self._figures.record_ids(row, self._window) if with_ids else None,
            self._carryover.carry(row, value, to_date),
            self._carryover.doubles(row),
            self._carryover.late_records(row) if with_ids else None,
        )

    def compared_line(self, row: Indicator) -> Line:
        """One indicator with the columns by which a paper is compared with the desk."""
        value, to_date = self._figures.values(self._window)[row.key], self._to_date(row)[0]
        return Line(
            row.key,
            *row.words,
            row.kind,
            value,
            None,
            None,
            None,
            to_date,
            None,
            None,
            0,
            frozenset(),
            None,
        )

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
        if row.kind != FLOW:
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
        return joint_activities(self._session.store, self._scope.post, self._window)


def windows_of(session: Session, view: View, row: Indicator, column: str) -> list[Window]:
    """The days whose records the figure of a column adds up."""
    return _SummaryCalculator(session, session.calendar(), view).windows(row, column)


def late_records_of(session: Session, view: View, row: Indicator) -> list[str]:
    """The ids of the records behind what is late in a figure."""
    return Carryover(
        session,
        Figures(session.store, session.book, session.calendar(), view.scope, view.day),
        session.calendar(),
        view,
    ).late_records(row)


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
