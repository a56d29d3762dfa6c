"""The parts of a summary's paper besides its table: changes of stocks, markers, open incidents,
figures of its charts; computed from the records, or read from an edition."""

import datetime
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from borderdesk.closing.calculation import Summary
from borderdesk.figures.coverage import days_since, standing_in
from borderdesk.figures.figures import Figures, open_incidents
from borderdesk.figures.history import RecordHistory
from borderdesk.figures.indicator import FlowIndicator, StockIndicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import PaperFigures, dates_of
from borderdesk.figures.post_presence import post_presence
from borderdesk.figures.quantities import DateRange, Scope
from borderdesk.figures.scopes import FigureView, columns_of, make_view, split_into
from borderdesk.figures.shares import figures_of
from borderdesk.figures.shown_figures import ShownFigure, shown
from borderdesk.figures.targets import Baseline, baselines
from borderdesk.session.session import Session

MOST_INCIDENTS = 15
ONE_DAY = datetime.timedelta(days=1)


class SummaryFacts:
    """The facts of one summary as plain JSON, each computed on first use."""

    def __init__(self, summary: Summary, session: Session) -> None:
        self._summary = summary
        self._session = session

    @cached_property
    def view(self) -> FigureView:
        """The period and scope, and by which units."""
        summary = self._summary
        if summary.edition is not None:
            return summary.edition.view
        return make_view(self._session, summary.period.text, summary.asked, summary.geography)

    @cached_property
    def figures(self) -> Figures:
        """The figures of the scope from the records as they are."""
        return self._of(self.view.scope)

    def _of(self, scope: Scope) -> Figures:
        return figures_of(self._session, scope, self.view.day)

    # ------------------------------------------------------------------------- facts

    def movements(self) -> dict[str, list[int]]:
        """{stock: [at the start, increase, decrease, at the end]} of non-empty ones; records that
        began and ended within the period are in both."""
        period = self._summary.period
        movements = {}
        for row in all_rows(self._session.book):
            if not isinstance(row, StockIndicator):
                continue
            before = row.standing(self.figures, period.first - ONE_DAY)
            after = row.standing(self.figures, period.last)
            present = before | after | row.begun(self.figures, dates_of(period))
            moved = [len(before), len(present - before), len(present - after), len(after)]
            if any(moved):
                movements[row.key] = moved
        return movements

    def markers(self) -> list[int | None]:
        """[inspected in the period, all of the scope, never inspected, longest since in days];
        empty where the scope has no markers."""
        period, scope = self._summary.period, self.view.scope
        markers = standing_in(self._session.store, self._session.book, period.last, scope)
        if not markers:
            return []
        inspected = [m.inspected for m in markers if m.inspected is not None]
        since = [days_since(day, period.last) or 0 for day in inspected]
        visited = sum(day >= period.first for day in inspected)
        return [visited, len(markers), len(markers) - len(inspected), max(since, default=None)]

    def incidents(self) -> dict[str, Any]:
        """whole: how many are not settled on the last day; oldest: the first of them as [date,
        category, unit, persons]."""
        whole, oldest = open_incidents(self.figures, self._summary.period.last, MOST_INCIDENTS)
        return {"whole": whole, "oldest": [[on.isoformat(), *rest] for on, *rest in oldest]}

    def months(self) -> dict[str, list[list[int | None]]]:
        """{flow: [the year's twelve months, those of the year before]}; None for future months, and
        for those that neither records nor papers cover; the year before by the rule for a compared
        month."""
        return {
            key: [
                [None if figure is None else int(figure.value or 0) for figure in year]
                for year in years
            ]
            for key, years in self._months.items()
        }

    def paper_months(self) -> dict[str, list[list[str]]]:
        """{flow: as `months`, exact, over or under where figures from paper are in it}."""
        qualifiers = {
            key: [["" if figure is None else figure.qualifier for figure in year] for year in years]
            for key, years in self._months.items()
        }
        return {key: years for key, years in qualifiers.items() if any(map(any, years))}

    @cached_property
    def _months(self) -> dict[str, list[list[ShownFigure | None]]]:
        session, view = self._session, self.view
        calendar = session.calendar()
        year = calendar.year_of(view.period.last)
        last = min(view.period.last, session.today())
        before = calendar.period("year", year.year - 1, 1)
        history = RecordHistory(self.figures, calendar, dates_of(view.period))
        first_day = history.begins()
        torn = bool(split_into(session.book, view.scope, before.first))

        def is_known(days: DateRange, _row: FlowIndicator) -> bool:
            return first_day is not None and days.last >= first_day and days.first <= last

        def is_covered(days: DateRange, row: FlowIndicator) -> bool:
            return not torn and history.covers(row, days, taken_over=False)

        return {
            row.key: [
                self._by_month(row, year.year, last, is_known),
                self._by_month(row, before.year, before.last, is_covered),
            ]
            for row in charted(session)
        }

    def _by_month(
        self,
        row: FlowIndicator,
        year: int,
        last: datetime.date,
        is_known: Callable[[DateRange, FlowIndicator], bool],
    ) -> list[ShownFigure | None]:
        calendar = self._session.calendar()
        months = [calendar.period("month", year, number) for number in range(1, 13)]
        dates = DateRange(months[0].first, min(months[-1].last, last))
        daily = row.by_day(self.figures, dates)
        starts = [month.first for month in months]
        sums = [0] * 12
        for day, amount in daily.items():
            sums[bisect_right(starts, day) - 1] += int(amount)
        papers = self._papers_of(self.figures)
        return [
            shown(papers.total(row, days))
            if papers.within(row, days)
            else ShownFigure(amount)
            if is_known(days, row)
            else None
            for days, amount in zip(map(dates_of, months), sums, strict=True)
        ]

    def _papers_of(self, figures: Figures) -> PaperFigures:
        return PaperFigures(figures, self._baselines, self._session.calendar())

    @cached_property
    def _baselines(self) -> list[Baseline]:
        return list(baselines(self._session.store))

    def communes(self) -> dict[str, Any]:
        """names: the communes of the scope, flows: {flow: its figures in each}."""
        names, flows = self._communes
        return {
            "names": names,
            "flows": {
                key: [int(figure.value or 0) for figure in row] for key, row in flows.items()
            },
        }

    def paper_communes(self) -> dict[str, list[str]]:
        """{flow: as in `communes`, exact, over or under where figures from paper are in it}."""
        _names, flows = self._communes
        qualifiers = {key: [figure.qualifier for figure in row] for key, row in flows.items()}
        return {key: row for key, row in qualifiers.items() if any(row)}

    @cached_property
    def _communes(self) -> tuple[list[str], dict[str, list[ShownFigure]]]:
        dates = dates_of(self._summary.period)
        columns = columns_of(self._session.book, self.view, self.figures.places(dates))
        rows = charted(self._session)
        flows: dict[str, list[ShownFigure]] = {row.key: [] for row in rows}
        for column in columns:
            figures = self._of(column)
            papers = self._papers_of(figures)
            for row in rows:
                if papers.within(row, dates):
                    flows[row.key].append(shown(papers.total(row, dates)))
                else:
                    counted = int(sum(row.by_day(figures, dates).values()))
                    flows[row.key].append(ShownFigure(counted))
        return [column.name for column in columns], flows

    def posts(self) -> dict[str, list[str]]:
        """present, missing: the names of the posts of a district or the province with something
        for the period, and without; empty for other scopes."""
        book = self._session.book
        presence = post_presence(self._session, self.view)
        return {
            "present": [book.post_short(post) for post in presence.present],
            "missing": [book.post_short(post) for post in presence.missing],
        }

    def gathered(self) -> dict[str, Any]:
        """All of them, as an edition stores them."""
        return {name: getattr(self, name)() for name in NAMES}


NAMES = (
    "movements",
    "markers",
    "incidents",
    "months",
    "communes",
    "posts",
    "paper_months",
    "paper_communes",
)
NOT_STORED: Mapping[str, Any] = {
    "posts": {"present": [], "missing": []},
    "paper_months": {},
    "paper_communes": {},
}
"""Defaults for facts that older editions do not store."""


class StoredFacts(SummaryFacts):
    """The facts stored in an edition, as they were signed."""

    def __init__(self, stored: dict[str, Any]) -> None:
        for name in NAMES:
            value = stored.get(name, NOT_STORED.get(name))
            setattr(self, name, lambda value=value: value)


def charted(session: Session) -> list[FlowIndicator]:
    """The flows that are drawn by month and by commune."""
    return [row for row in all_rows(session.book) if isinstance(row, FlowIndicator) and row.charted]


def facts_of(summary: Summary, session: Session) -> SummaryFacts:
    """The facts of a summary: as signed where it was, otherwise from the records."""
    stored = summary.edition.frame.get("facts") if summary.edition else None
    return StoredFacts(stored) if stored else SummaryFacts(summary, session)
