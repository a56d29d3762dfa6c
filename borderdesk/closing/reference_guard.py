"""Guards signed figures against changes of reference data, settings and figures from paper.

A change of what figures are worked out by (a cut-off day, units, posts, markers, a paper) is
refused when it would redraw a figure of a closed period: its figures, those of the year so far,
and the days of both are compared before and after the change, so that every rule they follow is
followed by itself.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.periods import Calendar
from borderdesk.closing.editions import CLOSED, STANDING, E, Edition, read_editions
from borderdesk.figures.baseline_editor import complete_problem
from borderdesk.figures.history import declared_complete
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import PaperFigures, dates_of
from borderdesk.figures.quantities import RATIO, DateRange, Value
from borderdesk.figures.scopes import make_view
from borderdesk.figures.shares import figures_of
from borderdesk.figures.targets import baselines
from borderdesk.session.session import Session

MOST_NAMED = 3


class SignedFiguresError(OperationRefused):
    """A change of settings or reference data would redraw signed figures."""


class _Drawing(NamedTuple):
    """The figures of a closed period as the desk computes them now: its days and those of the year
    so far, its figures by indicator, and the records' part of the year so far.

    A figure from paper that is typed later counts in the year as late; changed reference data has
    no such account, by which the same records would add up to a different number.
    """

    days: DateRange
    year: DateRange
    figures: dict[str, Value]
    so_far: dict[str, Value]


class ReferenceCheck:
    """The closed periods of a desk before a change of the data that their figures depend on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._editions = [*read_editions(session.store, E.state.in_(STANDING))]
        self._before = [self._drawn(edition) for edition in self._editions]
        self._complete = declared_complete(session.book)

    def run(self) -> None:
        """Compare with the figures after the change. Raises SignedFiguresError; UserError if
        records were declared complete for days that a paper covers."""
        complete = declared_complete(self._session.book)
        if complete is not None and complete != self._complete:
            problem = complete_problem(self._session, complete)
            if problem:
                raise UserError(problem)
        redrawn: list[tuple[Edition, list[str]]] = []
        moved = False
        for edition, before in zip(self._editions, self._before, strict=True):
            after = self._drawn(edition)
            if before is None or after == before:
                continue
            moved = moved or after is None or after[:2] != before[:2]
            # While a period is being amended its figures may change, but not its days.
            changed = self._changed(before, after, figures=edition.state == CLOSED)
            if changed:
                redrawn.append((edition, changed))
        if redrawn:
            raise SignedFiguresError(self._refusal(redrawn, moved=moved))

    def _drawn(self, edition: Edition) -> _Drawing | None:
        """The period and its figures; None for a period or scope that does not exist."""
        session = self._session
        try:
            view = make_view(session, edition.period.text, edition.scope.text)
        except UserError:
            return None
        calendar = session.calendar()
        figures = figures_of(session, view.scope, view.day)
        papers = PaperFigures(figures, baselines(session.store), calendar)
        dates = dates_of(view.period)
        year = DateRange(calendar.year_of(dates.last).first, dates.last)
        rows = all_rows(session.book)
        drawn = {row.key: papers.total(row, dates).value for row in rows}
        return _Drawing(dates, year, drawn, figures.values(year))

    def _changed(self, before: _Drawing, after: _Drawing | None, *, figures: bool) -> list[str]:
        """The labels of changed figures; the period itself if its days changed."""
        if after is None:
            return [_("there would be no such unit on its last day")]
        if after.days != before.days:
            return [_("the days of the period")]
        if after.year != before.year:
            return [_("the days of the year to date")]
        if not figures:
            return []
        rows = all_rows(self._session.book)
        return [*_redrawn(rows, before, after)]

    def _refusal(self, redrawn: list[tuple[Edition, list[str]]], *, moved: bool) -> str:
        figure_names = "; ".join(
            _("{period} of {scope} ({edition}): {figures}").format(
                period=edition.period.title,
                scope=edition.scope.name,
                edition=edition.title,
                figures=", ".join(labels[:MOST_NAMED]) + (", …" if labels[MOST_NAMED:] else ""),
            )
            for edition, labels in redrawn[:MOST_NAMED]
        )
        if redrawn[MOST_NAMED:]:
            figure_names += "; …"
        if moved:
            text = _(
                "Nothing was changed: this would redraw what is signed. {named}. It can begin on"
                " {date}: give that as its first day."
            )
        else:
            text = _(
                "Nothing was changed: this would redraw what is signed. {named}. Let it hold from"
                " {date} on, or open the period with a reason first."
            )
        return text.format(
            named=figure_names[:1].upper() + figure_names[1:],
            date=format_date(first_free_day(self._editions)),
        )


def _redrawn(rows: Iterable[Indicator], before: _Drawing, after: _Drawing) -> Iterator[str]:
    """The labels of the figures that are other ones; those of the year alone say so."""
    for row in rows:
        label, key = row.words[1], row.key
        if _is_redrawn(row, before.figures.get(key), after.figures.get(key)):
            yield label
        elif _is_redrawn(row, before.so_far.get(key), after.so_far.get(key)):
            yield _("{figure} (year to date)").format(figure=label)


def _is_redrawn(row: Indicator, before: Value, after: Value) -> bool:
    """Whether a figure changed; a ratio that could not be computed before does not count as
    changed."""
    if row.kind == RATIO and before is None:
        return False
    return (before or 0) != (after or 0)


def first_free_day(editions: Iterable[Edition]) -> datetime.date:
    """The first day of a calendar month after all closed periods: from it on the boundaries of
    periods may be changed."""
    last = max(edition.period.last for edition in editions)
    return Calendar().month_of(last).last + datetime.timedelta(days=1)
