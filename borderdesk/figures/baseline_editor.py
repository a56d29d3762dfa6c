"""Editing figures from paper: none may cover days that records or another paper cover."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language
from borderdesk.base.periods import Calendar
from borderdesk.figures.history import declared_complete
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import dates_of, overlaps, told_part
from borderdesk.figures.quantities import FLOW, DateRange
from borderdesk.figures.scopes import FigureView, make_view
from borderdesk.figures.shares import figures_of
from borderdesk.figures.targets import baselines, known_indicator, set_baseline
from borderdesk.schema.reference.table import Cells
from borderdesk.session.operations import operation
from borderdesk.session.session import Session, SessionPart


class _PaperDays(NamedTuple):
    """The days and the scope that a paper covers of an indicator."""

    indicator: str
    scope: str
    days: DateRange


class BaselineEditor(SessionPart):
    """Setting figures from paper."""

    @operation("targets.write")
    def set_paper(
        self, key: str, period: str, scope: str, value: str, source: str, qualifier: str = "exact"
    ) -> None:
        """Set the paper figure of an indicator; period and scope as typed. Raises UserError, for
        days that are covered already, too; OperationRefused where it would redraw what is
        signed."""
        rows = all_rows(self.session.book)
        known_indicator(key, [row.key for row in rows])
        label = next(row.label for row in rows if row.key == key)
        view = make_view(self.session, period, scope)
        text, scope_text = view.period.text, view.scope.text
        other_papers = [
            _PaperDays(paper.indicator, paper.scope, dates_of(self._calendar.parse(paper.period)))
            for paper in baselines(self.store, key)
            if (paper.period, paper.scope) != (text, scope_text)
        ]
        problem = _problem(self.session, key, view, other_papers)
        if problem:
            raise UserError(problem)
        with self.session.judging_reference():
            set_baseline(self.store, key, text, scope_text, value, source, qualifier)
        self.session.audit_notes.note("target.changed", label, **{"for": f"{text} {scope_text}"})

    @property
    def _calendar(self) -> Calendar:
        return self.session.calendar()


def paper_problems(
    session: Session, rows: Sequence[tuple[int, Cells]], added: Sequence[int]
) -> dict[int, dict[str, str]]:
    """The errors of the `added` rows of the resulting table of papers: {number: {column:
    message}}."""
    calendar = session.calendar()
    papers: dict[int, _PaperDays] = {}
    wrong: dict[int, dict[str, str]] = {}
    for number, cells in rows:
        try:
            days = dates_of(calendar.parse(cells["period"]))
        except UserError as error:
            wrong[number] = {"period": str(error)}
            continue
        papers[number] = _PaperDays(cells["indicator"], cells["scope"], days)
    for number, cells in rows:
        if number not in added or number in wrong:
            continue
        other_papers = [paper for place, paper in papers.items() if place != number]
        try:
            view = make_view(session, cells["period"], cells["scope"])
        except UserError as error:
            wrong[number] = {"scope": str(error)}
            continue
        problem = _problem(session, cells["indicator"], view, other_papers)
        if problem:
            wrong[number] = {"period": problem}
    return wrong


def _problem(
    session: Session, key: str, view: FigureView, other_papers: Sequence[_PaperDays]
) -> str:
    """The reason why a paper may not cover an indicator for a period and scope; "" if it may."""
    days, scope = dates_of(view.period), view.scope
    part = told_part(session.book, scope.text, days.last)
    for paper in other_papers:
        overlapping_part = overlaps(days, paper.days) and part & told_part(
            session.book, paper.scope, paper.days.last
        )
        if paper.indicator == key and overlapping_part:
            return _(
                "Another figure from paper tells {first} – {last}: take that out first."
            ).format(first=format_date(paper.days.first), last=format_date(paper.days.last))
    complete = declared_complete(session.book)
    if complete is not None and complete <= days.last:
        return _("The records are declared complete since {date}.").format(
            date=format_date(complete)
        )
    row = next(row for row in all_rows(session.book) if row.key == key)
    if row.kind != FLOW:
        return ""
    figures = figures_of(session, scope, view.day)
    counted = figures.value(row, days)
    if not counted:
        return ""
    return _(
        "The desk has records of these days itself, {count} in all: a paper would count them twice."
        " Give the paper's period up to the day before they begin."
    ).format(count=format_number(counted, language()))


def complete_problem(session: Session, since: datetime.date) -> str:
    """Why records may not be declared complete since a day; "" where they may."""
    calendar = session.calendar()
    for paper in baselines(session.store):
        days = dates_of(calendar.parse(paper.period))
        if days.last >= since:
            return _("A figure from paper tells {first} – {last}: take that out first.").format(
                first=format_date(days.first), last=format_date(days.last)
            )
    return ""
