"""The review of a period (sơ kết, tổng kết): every clause of the year's regulations with what was
done in each unit and in the whole scope, in percent of the target, and whether that is enough.

The whole line is the scope's own figure, never the sum of the columns: a patrol through two
communes is one patrol.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_date
from borderdesk.base.i18n import N_, _
from borderdesk.closing.editions import CLOSED, standing
from borderdesk.closing.lines import Line
from borderdesk.closing.narratives import Narratives, clause_key
from borderdesk.closing.summary import make_summary
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import Indicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import Scope, Value, Window, percent
from borderdesk.figures.scopes import View, column_notes, columns_of, make_view, remarks
from borderdesk.figures.shares import Shares
from borderdesk.figures.targets import RULES, Target, regulation_facts, targets
from borderdesk.reports.blocks import Annex, Block, Column, Document, Heading, Paragraph, Row, Table
from borderdesk.reports.letterhead import letterhead
from borderdesk.reports.requests import Made, Request, Say, silent
from borderdesk.reports.shapes import document, json_head, json_line, subtitles
from borderdesk.schema.kinds import as_json_number

if TYPE_CHECKING:
    from borderdesk.session.session import Session

EXCEEDED, MET, MISSED = "exceeded", "met", "missed"
VERDICTS = {EXCEEDED: N_("Exceeded"), MET: N_("Met"), MISSED: N_("Not met")}
PERCENT = "percent"
FEW = 3
"""So many units still stand beside the figures on an upright page."""


class Clause(NamedTuple):
    """A clause with what was done under it.

    values: in the period, a unit each; value, to_date: of the clause's whole scope, in the
    period and since the year began; reached: `to_date` in percent of the target; verdict: None
    where nobody can judge; text: what was written of a clause that nobody can measure; records:
    ids behind `value`, when they are asked for.
    """

    target: Target
    scope: str
    judged: bool
    label: str
    unit: str
    values: tuple[Value, ...]
    value: Value
    to_date: Value
    reached: Decimal | None
    verdict: str | None
    text: str
    records: list[str] | None = None

    @property
    def measured(self) -> bool:
        """Whether there is an indicator for it."""
        return bool(self.target.indicator)


class Review(NamedTuple):
    """A review: its columns are units; drafts: the targets that are there for the next year."""

    view: View
    columns: list[Scope]
    clauses: list[Clause]
    drafts: list[Clause]
    same: bool
    """Whether the period is the year so far, so that both figures are one."""


def make_review(desk: "Session", request: Request, say: Say = silent) -> Made:
    """The review. Raises UserError."""
    view = make_view(desk, request.period, request.scope, request.geography)
    review = _Maker(desk, request, view, say).review()
    head = json_head(desk, request, view)
    return Made(lambda: _document(desk, review), lambda: [json_line({**head, **as_json(review)})])


def judge(rule: str, reached: Value, target: Decimal | None) -> str | None:
    """Whether a figure satisfies a clause by its rule; None where one of them is not known."""
    if reached is None or target is None:
        return None
    if rule == "at_most":
        return MET if reached <= target else MISSED
    if reached < target:
        return MISSED
    return EXCEEDED if reached > target and rule != "maintain" else MET


# ---------------------------------------------------------------------------- working out


class _Maker:
    """Works out one review."""

    def __init__(self, desk: "Session", request: Request, view: View, say: Say) -> None:
        self._desk = desk
        self._request = request
        self._view = view
        self._say = say
        self._window = Window(view.period.first, view.period.last)
        self._year = desk.calendar().year_of(view.period.last)
        self._to_date = Window(self._year.first, view.period.last)
        self._rows: dict[str, Indicator] = {row.key: row for row in all_rows(desk.book)}
        self._lines: dict[str, dict[str, Line] | None] = {}

    def review(self) -> Review:
        places = self._figures(self._view.scope).places(self._window)
        columns = columns_of(self._desk.book, self._view, places, districts=True)
        if [column.text for column in columns] == [self._view.scope.text]:
            columns = []
        pairs = []
        for done, column in enumerate(columns):
            self._say(done, len(columns))
            pairs.append((column, self._figures(column)))
        clauses = [self._clause(target, pairs) for target in self._targets(self._year.year)]
        drafts = [self._clause(target, []) for target in self._targets(self._year.year + 1)]
        return Review(self._view, columns, clauses, drafts, self._window == self._to_date)

    @cached_property
    def _until(self) -> int | None:
        """The newest revision that was here when the period was closed, if it is: columns leave
        out what came later, as the signed whole does."""
        view = self._view
        edition = standing(self._desk.store, view.period.text, view.scope.text)
        signed = edition is not None and edition.state == CLOSED and not view.turned
        return edition.last_seq if edition is not None and signed else None

    def _figures(self, scope: Scope) -> Figures:
        desk = self._desk
        if self._until is not None:
            return Shares(
                desk.store, desk.book, desk.calendar(), scope, self._view.day, (), self._until
            )
        return Figures(desk.store, desk.book, desk.calendar(), scope, self._view.day)

    def _targets(self, year: int) -> list[Target]:
        """The clauses of a year that concern the scope: those set for it, and for the province
        those of parts of it; below the province the common ones that nobody set for it."""
        scope = self._view.scope
        known = targets(self._desk.store, year)
        if scope.kind == "province":
            return known
        own = [target for target in known if target.scope == scope.text]
        set_for_it = {target.indicator for target in own if target.indicator}
        return own + [
            target
            for target in known
            if target.scope == "province" and target.indicator not in set_for_it
        ]

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """What was typed of clauses that nobody can measure."""
        return self._desk.part(Narratives).typed(self._view.period, self._view.scope).clauses

    # ------------------------------------------------------------------------- clauses

    def _clause(self, target: Target, columns: list[tuple[Scope, Figures]]) -> Clause:
        judged = self._view.scope.kind == "province" or target.scope == self._view.scope.text
        text = (
            ""
            if target.indicator
            else self._texts.get(clause_key(target.regulation, target.no), "")
        )
        row = self._rows.get(target.indicator)
        if row is None:
            return Clause(
                target,
                self._named(target, judged),
                judged,
                "",
                "",
                (),
                None,
                None,
                None,
                None,
                text,
            )
        _group, label, unit = row.words
        if target.rule == PERCENT:
            unit = "%"
        value, to_date = self._whole(target, judged)
        goal = target.value if judged else None
        return Clause(
            target,
            self._named(target, judged),
            judged,
            label,
            unit,
            tuple(self._column(target, judged, *pair) for pair in columns),
            value,
            to_date,
            percent(to_date, goal) if goal and to_date is not None else None,
            judge(target.rule, to_date, goal),
            text,
            self._records(target, judged),
        )

    def _column(self, target: Target, judged: bool, column: Scope, figures: Figures) -> Value:
        """The figure of a unit; a clause that is set for one unit is no other's."""
        part = judged and target.scope != self._view.scope.text
        if part and column.text != target.scope:
            return None
        return self._share(target, figures, self._window)

    def _named(self, target: Target, judged: bool) -> str:
        """The name of a part of the scope that a clause was set for."""
        if not judged or target.scope == self._view.scope.text:
            return ""
        scope = self._scope_of(target)
        return scope.name if scope else target.scope

    def _scope_of(self, target: Target) -> Scope | None:
        """The scope of a clause, as it is on the last day; None for a unit that is no more."""
        try:
            return make_view(
                self._desk, self._request.period, target.scope, self._request.geography
            ).scope
        except UserError:
            return None

    def _whole(self, target: Target, judged: bool) -> tuple[Value, Value]:
        """The figures of the clause's whole scope: in the period, and since the year began."""
        scope = target.scope if judged else self._view.scope.text
        lines = self._summary(scope)
        if lines is None:
            return None, None
        line = lines[target.indicator]
        if target.rule != PERCENT:
            return line.value, line.year_to_date
        meant = self._view.scope if scope == self._view.scope.text else self._scope_of(target)
        assert meant is not None
        figures = self._figures(meant)
        return (
            self._share(target, figures, self._window),
            self._share(target, figures, self._to_date),
        )

    def _records(self, target: Target, judged: bool) -> list[str] | None:
        if not self._request.with_ids:
            return None
        lines = self._summary(target.scope if judged else self._view.scope.text)
        return lines[target.indicator].records if lines is not None else []

    def _summary(self, scope: str) -> dict[str, Line] | None:
        if scope not in self._lines:
            try:
                asked = self._request.scope if scope == self._view.scope.text else scope
                summary = make_summary(
                    self._desk,
                    self._request.period,
                    asked,
                    geography=self._request.geography,
                    with_ids=self._request.with_ids,
                )
            except UserError:
                self._lines[scope] = None
            else:
                self._lines[scope] = {line.key: line for line in summary.lines}
        return self._lines[scope]

    def _share(self, target: Target, figures: Figures, window: Window) -> Value:
        """A figure as the clause's rule wants it: of a percent rule its share of what there is,
        None where that is not known."""
        value = figures.values(window)[target.indicator]
        row = self._rows[target.indicator]
        if target.rule != PERCENT or row.in_percent:
            return value
        whole = row.whole(figures, window)
        return percent(value, whole) if value is not None and whole else None


# ----------------------------------------------------------------------------------- JSON


def as_json(review: Review) -> dict[str, Any]:
    """The review in the shape of the command line."""
    return {
        "columns": [{"scope": c.text, "name": c.name} for c in review.columns],
        "rows": [_json_row(clause) for clause in review.clauses],
        "drafts": [_json_row(clause) for clause in review.drafts],
    }


def _json_row(clause: Clause) -> dict[str, Any]:
    target = clause.target
    row = {
        "regulation": target.regulation,
        "no": target.no,
        "clause": target.text,
        "scope": target.scope,
        "key": target.indicator or None,
        "label": clause.label,
        "unit": clause.unit,
        "rule": target.rule or None,
        "target": _number(target.value if clause.judged else None),
        "values": [_number(value) for value in clause.values],
        "value": _number(clause.value),
        "year_to_date": _number(clause.to_date),
        "pct": _number(clause.reached),
        "verdict": clause.verdict,
        "text": clause.text,
    }
    return row if clause.records is None else {**row, "records": clause.records}


def _number(value: Value) -> int | float | None:
    return as_json_number(value) if isinstance(value, Decimal) else value


# --------------------------------------------------------------------------------- blocks


def _document(desk: "Session", review: Review) -> Document:
    view = review.view
    whole_year = view.period.kind == "year"
    title = _("Final review of {period}") if whole_year else _("Interim review of {period}")
    subject = title.format(period=view.period.title)
    return document(
        desk,
        view,
        subject,
        tuple(_blocks(desk, review)),
        annexes=tuple(_annexes(desk, review)),
        letter=letterhead(desk, view.period.last).letter(subject, year=view.period.last.year),
    )


def _blocks(desk: "Session", review: Review) -> Iterator[Block]:
    yield Paragraph(", ".join(subtitles(review.view)))
    if not review.clauses:
        yield Paragraph(_("The year has no targets: load a regulation or set targets first."))
    if _measured(review):
        yield Paragraph(_told(review))
        if not _across(review):
            yield _measured_table(desk, review)
            yield from (Paragraph(text, "note") for text in _notes(desk, review))
    written = [clause for clause in review.clauses if not clause.measured]
    if written:
        yield Heading(_("Clauses without a figure"), 2)
        yield _written_table(desk, written)


def _measured(review: Review) -> list[Clause]:
    return [clause for clause in review.clauses if clause.measured]


def _across(review: Review) -> bool:
    """Whether the table needs pages across, and is annexed."""
    return len(review.columns) > FEW


def _told(review: Review) -> str:
    """How many clauses were met, in a sentence."""
    counts = Counter(clause.verdict for clause in _measured(review))
    told = _(
        "Of {count} targets that are measured {exceeded} were exceeded, {met} met, {missed} not met"
    ).format(
        count=len(_measured(review)),
        exceeded=counts[EXCEEDED],
        met=counts[MET],
        missed=counts[MISSED],
    )
    if counts[None]:
        told = _("{told}; {count} cannot be judged").format(told=told, count=counts[None])
    return f"{told}."


def _annexes(desk: "Session", review: Review) -> Iterator[Annex]:
    if _measured(review) and _across(review):
        notes = [Paragraph(text, "note") for text in _notes(desk, review)]
        title = _("Results by unit")
        yield Annex(title, (_measured_table(desk, review), *notes), landscape=True)
    if review.drafts:
        title = _("Draft targets of {year}").format(year=review.drafts[0].target.year)
        yield Annex(title, (_drafts_table(desk, review),))


def _measured_table(desk: "Session", review: Review) -> Table:
    # Weights are millimetres of A4: the longest word of a commune's name has to fit.
    taken = 83.0 + 12 * len(review.columns) + (0 if review.same else 12.5)
    words_room = max(26.0, (252 if _across(review) else 165) - taken)
    columns = (
        Column(_("Art."), "text", 9.5, "center"),
        Column(_("Content, indicator"), "text", words_room),
        Column(_("Unit"), "text", 12, "center"),
        Column(_("Year's target"), "number", 12.5),
        *(Column(column.name, "number", 12) for column in review.columns),
        Column(_("Whole"), "number", 12.5),
        *(() if review.same else (Column(_("Since the year began"), "number", 12.5),)),
        Column(_("Target reached (%)"), "percent", 13.5),
        Column(_("Verdict"), "text", 12),
    )
    return Table(
        columns, tuple(_grouped(desk, _measured(review), lambda c: _measured_row(review, c)))
    )


def _measured_row(review: Review, clause: Clause) -> Row:
    target = clause.target
    label = clause.label + (f" – {clause.scope}" if clause.scope else "")
    if target.rule != "at_least":
        label = f"{label} ({_(RULES[target.rule])})"
    return Row(
        (
            target.no,
            "\n".join(part for part in (target.text, label) if part),
            clause.unit,
            target.value if clause.judged else None,
            *clause.values,
            clause.value,
            *(() if review.same else (clause.to_date,)),
            clause.reached,
            _(VERDICTS[clause.verdict]) if clause.verdict else "–",
        )
    )


def _written_table(desk: "Session", clauses: list[Clause]) -> Table:
    columns = (
        Column(_("Art."), "text", 0.6, "center"),
        Column(_("Content"), "text", 3.0),
        Column(_("What was done"), "text", 3.4),
    )
    return Table(
        columns,
        tuple(_grouped(desk, clauses, lambda c: Row((c.target.no, c.target.text, c.text)))),
    )


def _drafts_table(desk: "Session", review: Review) -> Table:
    columns = (
        Column(_("Art."), "text", 0.7, "center"),
        Column(_("Content"), "text", 3.6),
        Column(_("Unit"), "text", 1.0, "center"),
        Column(_("Since the year began"), "number", 1.2),
        Column(_("Draft target"), "number", 1.2),
        Column(_("Rule"), "text", 1.1),
    )
    return Table(columns, tuple(_grouped(desk, review.drafts, _draft_row)))


def _draft_row(clause: Clause) -> Row:
    target = clause.target
    return Row(
        (
            target.no,
            target.text or clause.label,
            clause.unit,
            clause.to_date,
            target.value if clause.judged else None,
            _(RULES[target.rule]) if target.rule else "",
        )
    )


def _grouped(desk: "Session", clauses: list[Clause], row: Callable[[Clause], Row]) -> Iterator[Row]:
    """The rows under the regulation that each clause is of."""
    group: tuple[str, int] | None = None
    for clause in clauses:
        of = (clause.target.regulation, clause.target.year)
        if of != group:
            group = of
            yield Row((_regulation(desk, *of),), "group")
        yield row(clause)


def _regulation(desk: "Session", number: str, year: int) -> str:
    if not number:
        return _("Targets of {year}").format(year=year)
    parties, signed = regulation_facts(desk.store, number, year)
    told = _("Regulation {number}").format(number=number)
    if signed:
        told = _("{regulation} of {date}").format(regulation=told, date=_date(signed))
    return f"{told}: {parties}" if parties else told


def _date(iso: str) -> str:
    try:
        return show_date(datetime.date.fromisoformat(iso))
    except ValueError:
        return iso


def _notes(desk: "Session", review: Review) -> Iterator[str]:
    yield from remarks(desk.book, review.view)
    yield from column_notes(review.columns)
    if review.columns:
        yield _(
            "“Whole” is the figure of the whole scope, not the sum of the columns: a patrol"
            " through several units counts in each of them and once as a whole."
        )
    if any(not clause.judged for clause in review.clauses):
        yield _(
            "Common targets of the province were not set for this unit: it is not judged by them."
        )
    if any(clause.measured and clause.judged for clause in review.clauses):
        yield _("Reached and verdict go by what was done since the year began.")
