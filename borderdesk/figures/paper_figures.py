"""The sum of records and figures from paper: of the same days, each day from one of the two.

A paper of a commune or post that became another one whole covers that part of its successor; a
split one counts in none of its parts, neither by its records nor by its papers.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from borderdesk.base.periods import Calendar, Period
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.quantities import FLOW, DateRange, Scope, Value, percent
from borderdesk.figures.targets import Baseline
from borderdesk.schema.book import ReferenceBook

EXACT, OVER, UNDER = "exact", "over", "under"
ONE_DAY = datetime.timedelta(days=1)


class BaselineSpan(NamedTuple):
    """A figure from paper with its days, and the part of the scope it covers: units, posts."""

    days: DateRange
    baseline: Baseline
    part: frozenset[str]

    def meets(self, other: "BaselineSpan") -> bool:
        """Whether both cover the same days of the same part."""
        return overlaps(self.days, other.days) and bool(self.part & other.part)


class FigureSum(NamedTuple):
    """A figure over some days: `paper` is the part of it from paper, None for none; bound: OVER or
    UNDER where a paper of these days gives only a bound."""

    value: Value
    paper: int | Decimal | None = None
    bound: str = ""


class RecordSpan(NamedTuple):
    """Days whose records are counted, and for which part: of the scope, or without the parts that
    papers cover."""

    figures: Figures
    days: DateRange


class PaperFigures:
    """The figures of a scope with those from paper: a paper counts for its days (that of a unit or
    post that became the scope's, for that part of them), the records for all others."""

    def __init__(self, figures: Figures, papers: Iterable[Baseline], calendar: Calendar) -> None:
        self.figures = figures
        self._given = [*papers]
        self._calendar = calendar
        self._whole = _whole_of(figures)
        self._papers = self._by_indicator(self._given)
        self._rests: dict[frozenset[str], Figures] = {}

    def of_scope(self, scope: Scope, day: datetime.date) -> "PaperFigures":
        """The same for another scope, or a scope as it was on another day."""
        own_figures = self.figures
        figures = Figures(own_figures.store, own_figures.book, own_figures.calendar, scope, day)
        return PaperFigures(figures, self._given, self._calendar)

    def _by_indicator(self, papers: Iterable[Baseline]) -> Mapping[str, list[BaselineSpan]]:
        """{indicator: the papers of the scope and its parts}: exact ones first, then by the size of
        the part, then by length."""
        book, kind = self.figures.book, self.figures.scope.kind
        by_indicator: dict[str, list[BaselineSpan]] = {}
        for paper in papers:
            of, _colon, scope_code = paper.scope.partition(":")
            if of == kind and (scope_code in self._whole or paper.scope in self._whole):
                days = dates_of(self._calendar.parse(paper.period))
                part = told_part(book, paper.scope, days.last)
                by_indicator.setdefault(paper.indicator, []).append(BaselineSpan(days, paper, part))
        for listed in by_indicator.values():
            listed.sort(
                key=lambda span: (
                    span.baseline.qualifier != EXACT,
                    -len(span.part),
                    span.days.first - span.days.last,
                )
            )
        return by_indicator

    def total(self, row: Indicator, dates: DateRange) -> FigureSum:
        """A figure over the dates; a stock or ratio as the records have it, but that a share of
        the year so far is one of papers, too."""
        papers = self.within(row, dates)
        if row.part is not None and self.tells(row, dates):
            return self._share(row, row.part, dates)
        if not papers:
            return FigureSum(self.figures.values(dates)[row.key])
        of = [paper.baseline for paper in papers]
        bound = next(
            (q for q in (OVER, UNDER) if any(baseline.qualifier == q for baseline in of)), ""
        )
        from_papers = [baseline.value for baseline in of if baseline.qualifier in (EXACT, bound)]
        counted = [
            Decimal(figures.values(days)[row.key] or 0)
            for figures, days in self.record_days(row, dates)
        ]
        paper = as_figure(row, sum(from_papers, Decimal(0))) or 0
        parts = [part for part in (*from_papers, *counted) if part]
        if row.counts_things and not row.adds_up and len(parts) > 1:
            # The same things may be in several parts: no less than one of them, no more than all.
            least = bound == OVER
            value = max(parts) if least else sum(parts)
            return FigureSum(as_figure(row, Decimal(value)), paper, OVER if least else UNDER)
        return FigureSum(as_figure(row, sum(parts, Decimal(0))), paper, bound)

    def tells(self, row: Indicator, dates: DateRange) -> bool:
        """Whether a figure over the dates includes figures from paper."""
        if row.part is not None:
            return bool(self.within(row.part, self._year(dates)))
        return bool(self.within(row, dates))

    def _year(self, dates: DateRange) -> DateRange:
        return DateRange(self._calendar.year_of(dates.last).first, dates.last)

    def _share(self, row: Indicator, part: Indicator, dates: DateRange) -> FigureSum:
        counted = self.figures.values(dates)[row.key]
        denominator = row.denominator(self.figures, dates)
        total = self.total(part, self._year(dates))
        if counted is None or not denominator or total.value is None:
            return FigureSum(counted)
        share = percent(total.value, denominator)
        return FigureSum(share, share - counted, total.bound)

    def with_papers(self, rows: Iterable[Indicator], dates: DateRange) -> dict[str, FigureSum]:
        """{key: figure} of the rows that papers cover in part."""
        return {row.key: self.total(row, dates) for row in rows if self.tells(row, dates)}

    def within(self, row: Indicator, dates: DateRange) -> list[BaselineSpan]:
        """The papers of a flow whose days are within the range, without overlaps: exact ones
        first, those of more of the scope, the longest of them."""
        if row.kind != FLOW:
            return []
        paper_spans: list[BaselineSpan] = []
        for paper in self._papers.get(row.key, ()):
            inside = dates.first <= paper.days.first and paper.days.last <= dates.last
            if inside and not any(map(paper.meets, paper_spans)):
                paper_spans.append(paper)
        return paper_spans

    def of_days(self, row: Indicator, dates: DateRange) -> Baseline | None:
        """The paper of the whole scope and exactly these days; None without one."""
        of = self._papers.get(row.key, ())
        exactly = (span for span in of if span.days == dates and span.part >= self._whole)
        return next((span.baseline for span in exactly), None)

    def record_days(self, row: Indicator, dates: DateRange) -> list[RecordSpan]:
        """The days in the range whose records are counted, and of which part of the scope."""
        return [
            RecordSpan(self._without(part), days)
            for days, part in told_apart(dates, self.within(row, dates))
            if not part >= self._whole
        ]

    def _without(self, covered: frozenset[str]) -> Figures:
        if not covered:
            return self.figures
        if covered not in self._rests:
            self._rests[covered] = self.figures.without(covered)
        return self._rests[covered]

    def told_until(self, row: Indicator, dates: DateRange) -> datetime.date:
        """The first day in the range that no paper covers whole: the days before it are covered by
        consecutive papers from its first day on."""
        for days, part in told_apart(dates, self.within(row, dates)):
            if not part or not all(self._is_whole(part, day) for day in days):
                return days.first
        return dates.last + ONE_DAY

    def _is_whole(self, covered: frozenset[str], day: datetime.date) -> bool:
        """Whether units or posts are all that the scope was on a day."""
        if covered >= self._whole:
            return True
        book, iso = self.figures.book, day.isoformat()
        posts = [book.posts[code] for code in self._whole if code in book.posts]
        existing = {post.code for post in posts if post.valid_from <= iso <= post.valid_to}
        units = [book.units[unit_id] for unit_id in self._whole if unit_id in book.units]
        valid = [unit for unit in units if unit.valid_on(iso)]
        existing |= {unit.id for unit in valid if unit.border} or {unit.id for unit in valid}
        return bool(existing) and existing <= covered


def told_part(book: ReferenceBook, scope: str, last: datetime.date) -> frozenset[str]:
    """The part that a paper of a scope (as text) covers when it ends on a day: the units (ids) or
    posts (codes) that the scope was then, in words of the same shape for scopes without parts."""
    kind, _colon, scope_code = scope.partition(":")
    if kind == "commune":
        return frozenset(book.lineage(scope_code, last.isoformat()))
    if kind == "post":
        return frozenset(book.counted_with(scope_code, last))
    return frozenset({scope})


def _whole_of(figures: Figures) -> frozenset[str]:
    """The keys that make up the whole scope of figures on their day; if several posts work in a
    unit, or a post in several units, no paper covers this post's work in it."""
    scope = figures.scope
    if scope.post is not None and scope.units is not None and _is_shared(figures):
        return frozenset({f"{scope.post} {scope.text}"})
    if scope.kind == "commune":
        return scope.units or frozenset()
    return frozenset(figures.posts if scope.kind == "post" else {scope.text})


def _is_shared(figures: Figures) -> bool:
    """Whether a post also works outside these units, or other posts within them."""
    book, scope, day = figures.book, figures.scope, figures.day
    units = scope.units or frozenset()
    if scope.kind == "post":
        return not book.area_on(scope.post or "", day) <= units
    existing = (code for code in book.posts if book.stands_within(code, day, day))
    return any(book.area_on(code, day) & units for code in existing if code not in figures.posts)


def told_apart(
    dates: DateRange, papers: Sequence[BaselineSpan]
) -> list[tuple[DateRange, frozenset[str]]]:
    """The longest stretches of a date range with the parts that papers cover in each."""
    starts = {dates.first}
    for paper in papers:
        starts |= {paper.days.first, paper.days.last + ONE_DAY}
    ordered = sorted(day for day in starts if dates.first <= day <= dates.last)
    stretches: list[tuple[DateRange, frozenset[str]]] = []
    for first, following in zip(ordered, [*ordered[1:], dates.last + ONE_DAY], strict=True):
        days = DateRange(first, following - ONE_DAY)
        covered = frozenset().union(*(p.part for p in papers if overlaps(p.days, days)))
        if stretches and stretches[-1][1] == covered:
            days = DateRange(stretches.pop()[0].first, days.last)
        stretches.append((days, covered))
    return stretches


def dates_of(period: Period) -> DateRange:
    """The days of a period."""
    return DateRange(period.first, period.last)


def overlaps(days: DateRange, other: DateRange) -> bool:
    """Whether two stretches share a day."""
    return days.first <= other.last and other.first <= days.last


def as_figure(row: Indicator, value: Decimal) -> Value:
    """A sum as figures of the indicator are: whole ones as integers."""
    return value if row.tenths or value % 1 else int(value)
