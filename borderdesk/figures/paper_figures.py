"""Records and figures from paper added up: of the same days, each day by one of the two."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.periods import Calendar, Period
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.quantities import FLOW, Value, Window, percent
from borderdesk.figures.targets import Baseline

EXACT, OVER, UNDER = "exact", "over", "under"
ONE_DAY = datetime.timedelta(days=1)

Paper = tuple[Window, Baseline]
"""A figure from paper with its days."""


class Sum(NamedTuple):
    """A figure over some days: `paper` is what of it is from paper, None where nothing is; bound:
    OVER or UNDER where a paper of these days says no more than that."""

    value: Value
    paper: int | Decimal | None = None
    bound: str = ""


class PaperFigures:
    """The figures of a scope with those from paper: a paper stands for its days, the records for
    all others."""

    def __init__(
        self, figures: Figures, papers: Iterable[Baseline], calendar: Calendar, scope: str
    ) -> None:
        self.figures = figures
        self._calendar = calendar
        self._papers = _by_indicator(papers, calendar, scope)

    def total(self, row: Indicator, window: Window) -> Sum:
        """A figure over the window; a stock or ratio as the records have it, but that a share of
        the year so far is one of papers, too."""
        papers = self.within(row, window)
        if row.part is not None and self.tells(row, window):
            return self._share(row, row.part, window)
        if not papers:
            return Sum(self.figures.values(window)[row.key])
        bound = next((q for q in (OVER, UNDER) if any(p.qualifier == q for _d, p in papers)), "")
        told = [p.value for _days, p in papers if p.qualifier in (EXACT, bound)]
        counted = [
            Decimal(self.figures.values(gap)[row.key] or 0)
            for gap in gaps(window, [days for days, _paper in papers])
        ]
        paper = as_figure(row, sum(told, Decimal(0))) or 0
        parts = [part for part in (*told, *counted) if part]
        if row.counts_things and not row.adds_up and len(parts) > 1:
            # The same things may be in several parts: no less than one of them, no more than all.
            least = bound == OVER
            value = max(parts) if least else sum(parts)
            return Sum(as_figure(row, Decimal(value)), paper, OVER if least else UNDER)
        return Sum(as_figure(row, sum(parts, Decimal(0))), paper, bound)

    def tells(self, row: Indicator, window: Window) -> bool:
        """Whether papers are in a figure over the window."""
        if row.part is not None:
            return bool(self.within(row.part, self._year(window)))
        return bool(self.within(row, window))

    def _year(self, window: Window) -> Window:
        return Window(self._calendar.year_of(window.last).first, window.last)

    def _share(self, row: Indicator, part: Indicator, window: Window) -> Sum:
        counted, whole = self.figures.values(window)[row.key], row.whole(self.figures, window)
        told = self.total(part, self._year(window))
        if counted is None or not whole or told.value is None:
            return Sum(counted)
        share = percent(told.value, whole)
        return Sum(share, share - counted, told.bound)

    def with_papers(self, rows: Iterable[Indicator], window: Window) -> dict[str, Sum]:
        """{key: figure} of the rows that papers tell a part of."""
        return {row.key: self.total(row, window) for row in rows if self.tells(row, window)}

    def within(self, row: Indicator, window: Window) -> list[Paper]:
        """The papers of a flow whose days lie in the window and do not overlap: exact ones first,
        the longest of them first."""
        if row.kind != FLOW:
            return []
        chosen: list[Paper] = []
        for days, paper in self._papers.get(row.key, ()):
            inside = window.first <= days.first and days.last <= window.last
            if inside and all(not overlaps(days, other) for other, _paper in chosen):
                chosen.append((days, paper))
        return chosen

    def of_days(self, row: Indicator, window: Window) -> Baseline | None:
        """The paper of exactly these days; None without one."""
        of = self._papers.get(row.key, ())
        return next((paper for days, paper in of if days == window), None)

    def windows(self, row: Indicator, window: Window) -> list[Window]:
        """The days of the window whose records are counted."""
        return list(gaps(window, [days for days, _paper in self.within(row, window)]))

    def told_until(self, row: Indicator, window: Window) -> datetime.date:
        """The first day of the window that no paper tells: papers that follow one another from
        its first day on tell the part before."""
        day = window.first
        for days, _paper in sorted(self.within(row, window), key=lambda one: one[0]):
            if days.first == day:
                day = days.last + ONE_DAY
        return day


def _by_indicator(
    papers: Iterable[Baseline], calendar: Calendar, scope: str
) -> Mapping[str, list[Paper]]:
    """The papers of a scope: exact ones first, then by length."""
    found: dict[str, list[Paper]] = {}
    for paper in papers:
        if paper.scope == scope:
            days = window_of(calendar.parse(paper.period))
            found.setdefault(paper.indicator, []).append((days, paper))
    for listed in found.values():
        listed.sort(key=lambda one: (one[1].qualifier != EXACT, one[0].first - one[0].last))
    return found


def window_of(period: Period) -> Window:
    """The days of a period."""
    return Window(period.first, period.last)


def overlaps(one: Window, other: Window) -> bool:
    """Whether two stretches share a day."""
    return one.first <= other.last and other.first <= one.last


def as_figure(row: Indicator, value: Decimal) -> Value:
    """A sum as figures of the indicator are: whole ones as integers."""
    return value if row.tenths or value % 1 else int(value)


def gaps(whole: Window, taken: Iterable[Window]) -> Iterator[Window]:
    """The stretches of a window that none of the others covers."""
    start = whole.first
    for days in sorted(taken):
        if start < days.first:
            yield Window(start, days.first - ONE_DAY)
        start = max(start, days.last + ONE_DAY)
    if start <= whole.last:
        yield Window(start, whole.last)
