"""Compares a period's figures with earlier signed ones: carried over, late, corrected, doubtful."""

import datetime
from decimal import Decimal
from functools import cached_property

from borderdesk.base.periods import Calendar
from borderdesk.closing.editions import Edition, counted_in, read_figures, signed_until
from borderdesk.closing.lines import YearToDateParts
from borderdesk.figures.changes import FigureChanges, may_have_changed
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.paper_figures import PaperFigures
from borderdesk.figures.quantities import FLOW, RATIO, DateRange, Value
from borderdesk.figures.scopes import FigureView, names_of
from borderdesk.figures.shares import RecordShares
from borderdesk.session.session import Session
from borderdesk.store.connection.compiled import CompiledQuery
from borderdesk.store.models.records import DoubleVersionRow

ONE_DAY = datetime.timedelta(days=1)
AT_ONCE = 500
DOUBLES = CompiledQuery(DoubleVersionRow.select(DoubleVersionRow.record))


class Carryover:
    """The signed part of a period's year, and the difference of today's figures from it."""

    def __init__(
        self, session: Session, papers: PaperFigures, calendar: Calendar, view: FigureView
    ) -> None:
        self._session = session
        self._papers = papers
        self._calendar = calendar
        self._scope = view.scope
        self._day = view.day
        self._period = view.period
        self._year = calendar.year_of(view.period.last).first

    # ------------------------------------------------------------------- the papers

    @cached_property
    def _before(self) -> Edition | None:
        """The last paper of the year that ends before the period."""
        return self._paper(self._period.first - ONE_DAY)

    @cached_property
    def _last(self) -> Edition | None:
        """The last paper of the year that ends with or within the period."""
        return self._paper(self._period.last)

    def _paper(self, until: datetime.date) -> Edition | None:
        """The last paper up to a day, under whatever name the unit or post had."""
        store, period = self._session.store, self._period.text
        names = names_of(self._papers.figures.book, self._scope.text)
        papers = [signed_until(store, name, self._year, until, period) for name in names]
        return max(filter(None, papers), key=lambda paper: paper.period.last, default=None)

    @cached_property
    def _scopes_then(self) -> dict[str, PaperFigures]:
        return {}

    def _then(self, paper: Edition) -> PaperFigures:
        """The figures of what the scope was when a paper was signed: posts and communes that
        joined it since were in other papers, or in none."""
        if paper.id not in self._scopes_then:
            self._scopes_then[paper.id] = (
                self._papers
                if self._is_as_then(paper)
                else self._papers.of_scope(paper.scope, paper.view.day)
            )
        return self._scopes_then[paper.id]

    def _is_as_then(self, paper: Edition) -> bool:
        book, scope = self._papers.figures.book, paper.scope
        if scope.post is None:
            return scope.units == self._scope.units
        return book.counted_with(scope.post, paper.view.day) == self._papers.figures.posts

    def _joined(self, row: Indicator, paper: Edition) -> int | Decimal:
        """The part of the year up to a paper that was never in it, from units and posts that joined
        since."""
        earlier = self._then(paper)
        if earlier is self._papers:
            return 0
        days = DateRange(self._year, paper.period.last)
        return (self._papers.total(row, days).value or 0) - (earlier.total(row, days).value or 0)

    @cached_property
    def _figures_before(self) -> dict[str, Value]:
        return self._to_date(self._before)

    @cached_property
    def _figures_last(self) -> dict[str, Value]:
        return self._to_date(self._last)

    def _to_date(self, edition: Edition | None) -> dict[str, Value]:
        if edition is None:
            return {}
        return {ln.key: ln.year_to_date for ln in read_figures(self._session.store, edition.id)}

    # -------------------------------------------------------------------- the columns

    def late(self, row: Indicator, to_date: Value) -> Value:
        """Additions and corrections after the periods within the year to date were closed; for a
        stock or a count of distinct things as of the last paper's last day."""
        if self._last is None or row.kind == RATIO:
            return 0
        return self._late(row, to_date, self._last, self._figures_last.get(row.key))

    def _late(self, row: Indicator, to_date: Value, paper: Edition, signed: Value) -> Value:
        if row.adds_up:
            later = self._sum(row, paper.period.last + ONE_DAY, self._period.last)
            return (to_date or 0) - later - (signed or 0) - self._joined(row, paper)
        if row.kind == FLOW and not self._may_have_changed(row, paper):
            return 0
        dates = DateRange(self._year, paper.period.last)
        papers = self._then(paper)
        if papers.within(row, dates):
            now = papers.total(row, dates).value
        else:
            now = papers.figures.value(row, dates)
        return (now or 0) - (signed or 0)

    def _may_have_changed(self, row: Indicator, paper: Edition) -> bool:
        """Whether any record of the year's signed part may have changed since the paper."""
        sources = [piece.rows for piece in row.pieces]
        store = self._session.store
        return may_have_changed(store, sources, counted_in(store, paper), paper.period.last)

    def _sum(self, row: Indicator, first: datetime.date, last: datetime.date) -> int | Decimal:
        if first > last:
            return 0
        return self._papers.total(row, DateRange(first, last)).value or 0

    def carry(self, row: Indicator, value: Value, to_date: Value) -> YearToDateParts | None:
        """The parts of the year to date; None without an earlier paper."""
        if self._before is None or not row.adds_up:
            return None
        signed = self._figures_before.get(row.key) or 0
        between = self._sum(row, self._before.period.last + ONE_DAY, self._period.first - ONE_DAY)
        between += self._joined(row, self._before)
        late = (to_date or 0) - signed - between - (value or 0)
        inside = (self.late(row, to_date) or 0) - late
        return YearToDateParts(self._before.id, signed, between, value or 0, late, inside)

    # -------------------------------------------------------------------- the records

    @cached_property
    def _late_ids(self) -> dict[str, list[str]]:
        if self._last is None:
            return {}
        counted = counted_in(self._session.store, self._last)
        changes = FigureChanges(self._session, self._scope, self._day, counted)
        return changes.records_behind(DateRange(self._year, self._last.period.last))

    def late_records(self, row: Indicator) -> list[str]:
        """The ids of the records behind `late`."""
        return self._late_ids.get(row.key, [])

    @cached_property
    def _double_shares(self) -> list[Figures]:
        session, store = self._session, self._session.store
        waiting = [row[0] for row in DOUBLES.fetch(store)]
        return [
            RecordShares(
                store,
                session.book,
                self._calendar,
                self._scope,
                self._day,
                waiting[at : at + AT_ONCE],
            )
            for at in range(0, len(waiting), AT_ONCE)
        ]

    def doubles(self, row: Indicator) -> int:
        """How many records behind the period's figure have two versions that wait."""
        dates = DateRange(self._period.first, self._period.last)
        return sum(len(shares.record_ids(row, dates)) for shares in self._double_shares)
