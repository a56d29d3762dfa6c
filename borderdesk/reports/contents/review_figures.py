"""The figures of a review (sơ kết, tổng kết): for every clause of the year's regulations what was
done in each unit and in the scope, in percent of the target, and the verdict.

The total of a clause is the scope's own figure, never the sum of the columns: a patrol through two
communes is one patrol.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.progress import Progress
from borderdesk.closing.editions import CLOSED, counted_in, standing
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.narratives import Narratives, clause_key
from borderdesk.closing.summary import make_summary
from borderdesk.figures.changes import FigureChanges
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import PaperFigures
from borderdesk.figures.quantities import DateRange, Scope, Value, percent
from borderdesk.figures.scopes import FigureView, columns_of, make_view
from borderdesk.figures.shares import figures_of
from borderdesk.figures.shown_figures import ShownFigure, share_of, shown
from borderdesk.figures.targets import PERCENT, Baseline, Target, baselines, targets_on
from borderdesk.figures.verdicts import YearProgress as YearProgress
from borderdesk.figures.verdicts import judge, progress_of
from borderdesk.reports.contents.requests import Request
from borderdesk.schema.kinds import json_number
from borderdesk.session.session import Session
from borderdesk.store.records.counted_revisions import CountedRevisions

NOTHING = ShownFigure(None)


class ClauseResult(NamedTuple):
    """A clause with its figures.

    judged: whether its target applies to the scope of the review; values: in the period, one for
    each column; value, to_date: of the clause's scope, in the period and since the year began;
    reached: `to_date` in percent of the target; all in display form; verdict: None if it cannot be
    judged; text: the written answer to a clause without an indicator; records: ids behind `value`,
    if requested; signed_target: that of the closed period, if it was different.
    """

    target: Target
    scope: str
    judged: bool
    label: str
    unit: str
    values: tuple[ShownFigure, ...]
    value: ShownFigure
    to_date: ShownFigure
    reached: ShownFigure
    verdict: str | None
    text: str
    records: list[str] | None = None
    signed_target: Decimal | None = None

    @property
    def measured(self) -> bool:
        """Whether it has an indicator."""
        return bool(self.target.indicator)


class Review(NamedTuple):
    """A review: a column for each unit; drafts: the targets of the next year entered so far."""

    view: FigureView
    columns: list[Scope]
    clauses: list[ClauseResult]
    drafts: list[ClauseResult]
    same: bool
    """Whether the period is the year to date, so that `value` and `to_date` are equal."""
    year: YearProgress
    """How far the year was then: until it has ended, targets are judged by pace."""
    corrected: int = 0
    """How many records of the columns of a signed period were changed since."""


# ---------------------------------------------------------------------------- calculation


class ReviewCalculation:
    """Calculates one review."""

    def __init__(
        self, session: Session, request: Request, view: FigureView, progress: Progress
    ) -> None:
        self._session = session
        self._request = request
        self._view = view
        self._progress = progress
        self._dates = DateRange(view.period.first, view.period.last)
        self._year = session.calendar().year_of(view.period.last)
        self._to_date = DateRange(self._year.first, view.period.last)
        self._rows: dict[str, Indicator] = {row.key: row for row in all_rows(session.book)}
        self._progress_of_year = progress_of(
            session.calendar(), self._year, view.period.last, session.today()
        )
        self._by_scope: dict[Scope, Figures] = {}

    def review(self) -> Review:
        places = self._figures(self._view.scope).places(self._dates)
        columns = columns_of(self._session.book, self._view, places, districts=True)
        if [column.text for column in columns] == [self._view.scope.text]:
            columns = []
        pairs = []
        for done, column in enumerate(columns):
            self._progress(done, len(columns))
            pairs.append((column, self._figures(column)))
        clauses = [self._clause(target, pairs) for target in self._targets(self._year.year)]
        drafts = [self._clause(target, []) for target in self._targets(self._year.year + 1)]
        same = self._dates == self._to_date
        corrected = self._corrected() if columns else 0
        return Review(self._view, columns, clauses, drafts, same, self._progress_of_year, corrected)

    def _corrected(self) -> int:
        if self._counted is None:
            return 0
        view = self._view
        changes = FigureChanges(self._session, view.scope, view.day, self._counted)
        return len(changes.corrected(self._dates))

    @cached_property
    def _counted(self) -> CountedRevisions | None:
        """The revisions counted when the period was closed, None if it is open: columns leave out
        later records, as the signed total does."""
        view = self._view
        edition = standing(self._session.store, view.period.text, view.scope.text)
        signed = edition is not None and edition.state == CLOSED and not view.turned
        if edition is None or not signed:
            return None
        return counted_in(self._session.store, edition)

    def _figures(self, scope: Scope) -> Figures:
        """The figures of a scope, the same for every clause that is set for it."""
        if scope not in self._by_scope:
            self._by_scope[scope] = figures_of(self._session, scope, self._view.day, self._counted)
        return self._by_scope[scope]

    def _targets(self, year: int) -> list[Target]:
        """The clauses of a year for the scope: for the province all of them; below it those set
        for the scope, and the common ones of the province that are not overridden."""
        scope = self._view.scope
        year_targets = targets_on(self._session.store, self._session.book, year, self._view.day)
        if scope.kind == "province":
            return year_targets
        scope_targets = [target for target in year_targets if target.scope == scope.text]
        set_for_it = {target.indicator for target in scope_targets if target.indicator}
        return scope_targets + [
            target
            for target in year_targets
            if target.scope == "province" and target.indicator not in set_for_it
        ]

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """{clause key: written answer} of clauses without an indicator."""
        return self._session.part(Narratives).typed(self._view.period, self._view.scope).clauses

    # ------------------------------------------------------------------------- clauses

    def _clause(self, target: Target, columns: list[tuple[Scope, Figures]]) -> ClauseResult:
        judged = self._view.scope.kind == "province" or target.scope == self._view.scope.text
        text = (
            ""
            if target.indicator
            else self._texts.get(clause_key(target.regulation, target.no), "")
        )
        row = self._rows.get(target.indicator)
        if row is None:
            return ClauseResult(
                target,
                self._named(target, judged),
                judged,
                "",
                "",
                (),
                NOTHING,
                NOTHING,
                NOTHING,
                None,
                text,
            )
        _group, label, unit = row.words
        if target.rule == PERCENT:
            unit = "%"
        value, to_date = self._whole(target, judged)
        goal = target.value if judged else None
        return ClauseResult(
            target,
            self._named(target, judged),
            judged,
            label,
            unit,
            tuple(self._column(target, judged, *pair) for pair in columns),
            value,
            to_date,
            share_of(to_date, goal),
            judge(target.rule, to_date.value, goal, self._progress_of_year, to_date.sign),
            text,
            self._records(target, judged),
            self._signed_target(target),
        )

    def _signed_target(self, target: Target) -> Decimal | None:
        """The signed target, if it was deleted since."""
        whose = target.year, target.scope
        if self._counted is None or whose != (self._year.year, self._view.scope.text):
            return None
        line = self._lines.get(target.indicator)
        if line is None:
            return None
        now = [
            current.value
            for current in self._targets(self._year.year)
            if (current.indicator, current.scope) == (target.indicator, target.scope)
        ]
        return None if line.target in now else line.target

    @cached_property
    def _baselines(self) -> list[Baseline]:
        return list(baselines(self._session.store))

    def _column(self, target: Target, judged: bool, column: Scope, figures: Figures) -> ShownFigure:
        """The figure of a column; nothing for other units than the one a clause is set for."""
        part = judged and target.scope != self._view.scope.text
        if part and column.text != target.scope:
            return NOTHING
        return self._figure(target, figures, self._dates)

    def _figure(self, target: Target, figures: Figures, dates: DateRange) -> ShownFigure:
        """The figure that a clause is judged by, from records and papers."""
        row, papers = self._rows[target.indicator], self._with_papers(figures)
        if target.is_of_figure(row) and papers.tells(row, dates):
            return shown(papers.total(row, dates))
        return ShownFigure(self._share(target, figures, dates))

    def _with_papers(self, figures: Figures) -> PaperFigures:
        return PaperFigures(figures, self._baselines, self._session.calendar())

    def _named(self, target: Target, judged: bool) -> str:
        """The name of the part of the scope that a clause is set for, "" for the whole scope."""
        if not judged or target.scope == self._view.scope.text:
            return ""
        scope = self._scope_of(target)
        return scope.name if scope else target.scope

    def _scope_of(self, target: Target) -> Scope | None:
        """The scope of a clause on the last day; None for a unit that no longer exists."""
        try:
            return make_view(
                self._session, self._request.period, target.scope, self._request.geography
            ).scope
        except UserError:
            return None

    def _whole(self, target: Target, judged: bool) -> tuple[ShownFigure, ShownFigure]:
        """The figures of the clause's scope: in the period, and since the year began."""
        scope = self._meant(target, judged)
        if scope is None:
            return NOTHING, NOTHING
        line = self._lines.get(target.indicator) if scope == self._view.scope else None
        if line is not None and target.is_of_figure(self._rows[target.indicator]):
            return line.shown("value"), line.shown("year_to_date")
        figures = self._figures(scope)
        return (
            self._figure(target, figures, self._dates),
            self._figure(target, figures, self._to_date),
        )

    def _meant(self, target: Target, judged: bool) -> Scope | None:
        """The scope of a clause's figure: for a part of the scope the figure that the whole counts
        in it, not the one that part signed itself or has now."""
        if not judged or target.scope == self._view.scope.text:
            return self._view.scope
        return self._scope_of(target)

    def _records(self, target: Target, judged: bool) -> list[str] | None:
        if not self._request.with_ids:
            return None
        scope = self._meant(target, judged)
        if scope is None:
            return []
        if scope == self._view.scope and target.indicator in self._lines:
            return self._lines[target.indicator].records
        row, papers = self._rows[target.indicator], self._with_papers(self._figures(scope))
        spans = papers.record_days(row, self._dates)
        return sorted(
            {record_id for figures, days in spans for record_id in figures.record_ids(row, days)}
        )

    @cached_property
    def _lines(self) -> dict[str, SummaryLine]:
        """The lines of the scope of the review, as they were signed where it is closed: without
        indicators that came later."""
        summary = make_summary(
            self._session,
            self._request.period,
            self._request.scope,
            geography=self._request.geography,
            with_ids=self._request.with_ids,
        )
        return {line.key: line for line in summary.lines}

    def _share(self, target: Target, figures: Figures, dates: DateRange) -> Value:
        """A figure as the clause's rule needs it: under a percent rule its share of the total,
        None where that is unknown."""
        value = figures.values(dates)[target.indicator]
        row = self._rows[target.indicator]
        if target.is_of_figure(row):
            return value
        denominator = row.denominator(figures, dates)
        return percent(value, denominator) if value is not None and denominator else None


# ----------------------------------------------------------------------------------- JSON


def as_json(review: Review) -> dict[str, Any]:
    """The review in the shape of the command line."""
    return {
        "columns": [{"scope": c.text, "name": c.name} for c in review.columns],
        "rows": [_json_row(clause) for clause in review.clauses],
        "drafts": [_json_row(clause) for clause in review.drafts],
    }


def _json_row(clause: ClauseResult) -> dict[str, Any]:
    target = clause.target
    row: dict[str, Any] = {
        "regulation": target.regulation,
        "no": target.no,
        "clause": target.text,
        "scope": target.scope,
        "key": target.indicator or None,
        "label": clause.label,
        "unit": clause.unit,
        "rule": target.rule or None,
        "target": json_number(target.value if clause.judged else None),
        "values": [json_number(figure.value) for figure in clause.values],
        "value": json_number(clause.value.value),
        "year_to_date": json_number(clause.to_date.value),
        "pct": json_number(clause.reached.value),
        "verdict": clause.verdict,
        "text": clause.text,
    }
    if qualifiers := _qualifiers(clause):
        row["from_paper"] = qualifiers
    if clause.signed_target is not None:
        row["signed_target"] = json_number(clause.signed_target)
    return row if clause.records is None else {**row, "records": clause.records}


def _qualifiers(clause: ClauseResult) -> dict[str, Any]:
    """{column with figures from paper: exact, over or under}, of `values` one for each."""
    qualifiers = {"value": clause.value.qualifier, "year_to_date": clause.to_date.qualifier}
    by_column: dict[str, Any] = {
        column: qualifier for column, qualifier in qualifiers.items() if qualifier
    }
    columns = [figure.qualifier or None for figure in clause.values]
    return {**by_column, "values": columns} if any(columns) else by_column
