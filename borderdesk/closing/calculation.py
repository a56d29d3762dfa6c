"""A summary from the records as they are: each indicator with comparison, year to date, target."""

from typing import NamedTuple

from borderdesk.base.periods import Period
from borderdesk.closing.carryover import Carryover
from borderdesk.closing.editions import Edition, SignedDifference
from borderdesk.closing.lines import SummaryLine, paper_marks
from borderdesk.figures.figures import joint_activities
from borderdesk.figures.history import RecordHistory
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import (
    EXACT,
    FigureSum,
    PaperFigures,
    RecordSpan,
    as_figure,
    dates_of,
)
from borderdesk.figures.quantities import DateRange, Scope, Value, percent
from borderdesk.figures.scopes import FigureView, remarks, split_into
from borderdesk.figures.shares import figures_of
from borderdesk.figures.targets import baselines, targets_of_figures
from borderdesk.session.session import Session
from borderdesk.store.records.counted_revisions import CountedRevisions


class Summary(NamedTuple):
    """A summary ready to be rendered."""

    desk: str
    period: Period
    compared: Period
    scope: Scope
    asked: str
    """The scope as it was typed."""
    geography: str
    lines: list[SummaryLine]
    joint: list[tuple[str, int]]
    """Activities of other posts that this post took part in, by type; in no figure above."""
    remarks: list[str]
    """The notes about the units."""
    edition: Edition | None = None
    """The edition these figures were signed in; None for the desk's current figures."""
    moved: tuple[SignedDifference, ...] = ()
    """Where the records now differ from the edition."""

    @property
    def closed(self) -> bool:
        """Whether these are the figures of a closed period, as they were signed."""
        return self.edition is not None


def summary_of(
    session: Session, view: FigureView, scope_text: str, *, with_ids: bool = False
) -> Summary:
    """The summary of a view from the current records. scope_text: the scope as it was typed."""
    maker = _SummaryCalculator(session, view)
    maker.read_stocks()
    return Summary(
        session.identity.id,
        view.period,
        view.compared,
        view.scope,
        scope_text,
        view.geography,
        [maker.line(row, with_ids) for row in all_rows(session.book)],
        maker.joint(),
        remarks(session.book, view),
    )


def lines_compared(session: Session, view: FigureView) -> list[SummaryLine]:
    """The lines of a view from the records, the period's figure and the year to date alone."""
    maker = _SummaryCalculator(session, view)
    return [maker.compared_line(row) for row in all_rows(session.book)]


class _SummaryCalculator:
    """Works out the columns of one summary."""

    def __init__(
        self,
        session: Session,
        view: FigureView,
        counted: CountedRevisions | None = None,
    ) -> None:
        period, scope, calendar = view.period, view.scope, session.calendar()
        self._session = session
        self._figures = figures_of(session, scope, view.day, counted)
        papers = baselines(session.store)
        self._papers = PaperFigures(self._figures, papers, calendar)
        self._scope = scope
        year = calendar.year_of(period.last)
        self._dates = dates_of(period)
        self._before = dates_of(view.compared)
        self._year = DateRange(year.first, period.last)
        self._history = RecordHistory(self._figures, calendar, self._dates)
        self._torn = bool(split_into(session.book, scope, self._before.first))
        self._carryover = Carryover(session, self._papers, calendar, view)
        self._targets = targets_of_figures(session.store, session.book, year.year, view.day, scope)

    # ---------------------------------------------------------------------- columns

    def read_stocks(self) -> None:
        """Read the stocks of the present and of the compared day in one pass."""
        self._figures.read_stocks(self._dates.last, self._before.last)

    def line(self, row: Indicator, with_ids: bool) -> SummaryLine:
        """One indicator with all its columns."""
        # The year first: who signed first in it is read for all of it once.
        so_far = self._papers.total(row, self._year)
        now, past = self._papers.total(row, self._dates), self._past(row)
        value, to_date, previous = now.value, so_far.value, _exactly(past)
        bounded = bool(now.bound)
        change = None if previous is None or value is None or bounded else value - previous
        goal = self._targets.get(row.key)
        target = goal.value if goal else None
        return SummaryLine(
            row.key,
            *row.words,
            row.kind,
            value,
            previous,
            change,
            percent(change, previous) if change is not None and previous else None,
            to_date,
            target,
            percent(to_date, target) if target and to_date is not None else None,
            self._carryover.late(row, to_date),
            _marks(now, past, so_far),
            self.ids(row) if with_ids else None,
            self._carryover.carry(row, value, to_date),
            self._carryover.doubles(row),
            self._carryover.late_records(row) if with_ids else None,
        )

    def compared_line(self, row: Indicator) -> SummaryLine:
        """One indicator with the columns by which a paper is compared with the desk."""
        now, so_far = (self._papers.total(row, days) for days in (self._dates, self._year))
        return SummaryLine(
            row.key,
            *row.words,
            row.kind,
            now.value,
            None,
            None,
            None,
            so_far.value,
            None,
            None,
            0,
            _marks(now, NOTHING, so_far),
            None,
        )

    def ids(self, row: Indicator) -> list[str]:
        """The records that the figure of the period adds up."""
        records: set[str] = set()
        for figures, days in self.record_days(row, "value"):
            records.update(figures.record_ids(row, days))
        return sorted(records)

    def _past(self, row: Indicator) -> FigureSum:
        """The figure compared with: only where papers and records cover its days whole."""
        paper = self._papers.of_days(row, self._before)
        if paper is not None:
            number = as_figure(row, paper.value)
            return FigureSum(number, number, "" if paper.qualifier == EXACT else paper.qualifier)
        covered_from = self._papers.told_until(row, self._before)
        if covered_from <= self._before.last:
            uncovered = DateRange(covered_from, self._before.last)
            taken_over = covered_from > self._before.first
            if self._torn or not self._history.covers(row, uncovered, taken_over=taken_over):
                return NOTHING
        return self._papers.total(row, self._before)

    def record_days(self, row: Indicator, column: str) -> list[RecordSpan]:
        """The days whose records a column's figure adds up, and of what; none where it is from
        paper."""
        if column == "previous":
            past = self._past(row)
            whole = self._papers.of_days(row, self._before) is not None
            return (
                [] if past.value is None or whole else self._papers.record_days(row, self._before)
            )
        return self._papers.record_days(row, self._dates if column == "value" else self._year)

    def joint(self) -> list[tuple[str, int]]:
        """How many activities of other posts named this post as taking part, by type."""
        if self._scope.post is None:
            return []
        return joint_activities(self._session.store, self._figures.posts, self._dates)


NOTHING = FigureSum(None)


def _exactly(total: FigureSum) -> Value:
    """A figure that may be compared with; None for one that is only a bound."""
    return None if total.bound else total.value


def _marks(now: FigureSum, past: FigureSum, so_far: FigureSum) -> frozenset[str]:
    return (
        paper_marks("value", now)
        | paper_marks("previous", past, counted=not past.bound)
        | paper_marks("year_to_date", so_far)
    )


def record_days_of(
    session: Session,
    view: FigureView,
    row: Indicator,
    column: str,
    counted: CountedRevisions | None = None,
) -> list[RecordSpan]:
    """The days whose records the figure of a column adds up, and of what; counted: what a closed
    period counted, other records are left out."""
    calculator = _SummaryCalculator(session, view, counted)
    return calculator.record_days(row, column)


def counted_ids(
    session: Session, view: FigureView, counted: CountedRevisions
) -> dict[str, list[str]]:
    """{indicator: ids of the records behind the figure of a closed period}."""
    calculator = _SummaryCalculator(session, view, counted)
    return {row.key: calculator.ids(row) for row in all_rows(session.book)}


def late_records_of(session: Session, view: FigureView, row: Indicator) -> list[str]:
    """The ids of the records behind the late part of a figure."""
    calendar = session.calendar()
    figures = figures_of(session, view.scope, view.day)
    papers = PaperFigures(figures, baselines(session.store), calendar)
    return Carryover(session, papers, calendar, view).late_records(row)
