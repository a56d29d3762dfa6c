"""The review of a period as a document: the clauses of the year's regulations with their figures,
and the written answers to those without an indicator."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.progress import Progress, no_progress
from borderdesk.closing.calculation import Summary
from borderdesk.closing.closing import Closing
from borderdesk.closing.summary import make_summary
from borderdesk.figures.scopes import column_notes, make_view, remarks
from borderdesk.figures.shown_figures import ShownFigure
from borderdesk.figures.targets import RULES, regulation_facts
from borderdesk.figures.verdicts import (
    BEHIND,
    EXCEEDED,
    MET,
    MISSED,
    ON_PACE,
    OVER_LIMIT,
    VERDICTS,
    WITHIN_LIMIT,
)
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Column,
    Document,
    Heading,
    PaperSeal,
    Paragraph,
    Row,
    Table,
    figure_cell,
)
from borderdesk.reports.contents.document_head import document, json_head, json_line
from borderdesk.reports.contents.letterhead import letterhead
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.reports.contents.review_figures import (
    ClauseResult,
    Review,
    ReviewCalculation,
    as_json,
)
from borderdesk.reports.wording import corrected_since, paper_notes, scope_in_sentence
from borderdesk.session.session import Session

UPRIGHT_UNITS = 3
"""The most units whose columns fit on an upright page beside the figures of the whole."""


def make_review(
    session: Session, request: Request, progress: Progress = no_progress
) -> ReportContent:
    """The review. Raises UserError."""
    view = make_view(session, request.period, request.scope, request.geography)
    review = ReviewCalculation(session, request, view, progress).review()
    summary = make_summary(session, request.period, request.scope, geography=request.geography)
    head = json_head(session, request, view)
    return ReportContent(
        lambda: _document(session, review, summary),
        lambda: [json_line({**head, **as_json(review)})],
        edition=summary.edition,
    )


def _document(session: Session, review: Review, summary: Summary) -> Document:
    view = review.view
    whole_year = view.period.kind == "year"
    title = _("Final review of {period}") if whole_year else _("Interim review of {period}")
    subject = title.format(period=view.period.title)
    code, last = session.part(Closing).paper_text(summary), view.period.last
    return document(
        session,
        view,
        subject,
        tuple(_blocks(session, review)),
        seal=PaperSeal(
            code, _("To check this paper: read the code, or type {text}").format(text=code)
        ),
        annexes=tuple(_annexes(session, review)),
        sheet=_("Final review") if whole_year else _("Interim review"),
        letter=letterhead(session, last).unsigned_letter(subject, last),
    )


def _blocks(session: Session, review: Review) -> Iterator[Block]:
    period = review.view.period
    yield Paragraph(
        _("Report on {scope} from {first} to {last}:").format(
            scope=scope_in_sentence(review.view.scope.name),
            first=format_date(period.first),
            last=format_date(period.last),
        )
    )
    if not review.clauses:
        yield Paragraph(_("No targets were set for this year."))
    if _measured(review):
        yield Paragraph(_verdict_counts(review))
        yield _measured_table(session, review, by_unit=not _across(review))
        by_unit = not _across(review)
        yield from (Paragraph(text, "note") for text in _notes(session, review, by_unit=by_unit))
    written = [clause for clause in review.clauses if not clause.measured]
    if written:
        yield Heading(_("Clauses without a figure"), 2)
        yield _written_table(session, written)


def _measured(review: Review) -> list[ClauseResult]:
    return [clause for clause in review.clauses if clause.measured]


def _across(review: Review) -> bool:
    """Whether the table needs landscape pages, so that it goes into an annex."""
    return len(review.columns) > UPRIGHT_UNITS


def _verdict_counts(review: Review) -> str:
    """A sentence on how many clauses were met."""
    counts, count = Counter(clause.verdict for clause in _measured(review)), len(_measured(review))
    if review.year.ended:
        text = ngettext(
            "Of {count} target that is measured: exceeded {exceeded}, met {met}, not met {missed}",
            "Of {count} targets that are measured: exceeded {exceeded}, met {met}, not met"
            " {missed}",
            count,
        )
    else:
        text = ngettext(
            "Of {count} target that is measured: on pace {on_pace}, slow {behind}",
            "Of {count} targets that are measured: on pace {on_pace}, slow {behind}",
            count,
        )
    text = text.format(
        count=count,
        exceeded=counts[EXCEEDED],
        met=counts[MET],
        missed=counts[MISSED],
        on_pace=counts[ON_PACE],
        behind=counts[BEHIND],
    )
    for verdict, words in (
        (WITHIN_LIMIT, _("{told}, {count} within the limit")),
        (OVER_LIMIT, _("{told}, {count} beyond the limit")),
    ):
        if counts[verdict]:
            text = words.format(told=text, count=counts[verdict])
    if counts[None]:
        text = _("{told}; {count} cannot be judged").format(told=text, count=counts[None])
    return f"{text}."


def _annexes(session: Session, review: Review) -> Iterator[Annex]:
    if _measured(review) and _across(review):
        notes = [Paragraph(text, "note") for text in _notes(session, review, by_unit=True)]
        table = _measured_table(session, review, by_unit=True)
        yield Annex(_("Results by unit"), (table, *notes), landscape=True)
    if review.drafts:
        title = _("Draft targets of {year}").format(year=review.drafts[0].target.year)
        notes = [Paragraph(text, "note") for text in paper_notes(d.to_date for d in review.drafts)]
        yield Annex(title, (_drafts_table(session, review), *notes))


def _measured_table(session: Session, review: Review, *, by_unit: bool) -> Table:
    """The clauses with a figure; by_unit: with a column for each unit."""
    units = review.columns if by_unit else []
    # Weights are millimetres of A4, chosen so that the longest word of a commune's name fits.
    unit_room, verdict_room = (12, 12) if units else (19, 18)
    used_room = 59.0 + unit_room + verdict_room + 12 * len(units) + (0 if review.same else 12.5)
    words_room = max(26.0, (252 if len(units) > UPRIGHT_UNITS else 165) - used_room)
    columns = (
        Column(_("Art."), "text", 9.5, "center"),
        Column(_("Content, indicator"), "text", words_room),
        Column(_("Unit"), "text", unit_room, "center"),
        Column(_("Year's target"), "number", 12.5),
        *(Column(column.name, "number", 12) for column in units),
        Column(_("Whole"), "number", 12.5),
        *(() if review.same else (Column(_("Since the year began"), "number", 12.5),)),
        Column(_("Target reached (%)"), "percent", 13.5),
        Column(_("Verdict"), "text", verdict_room),
    )
    return Table(
        columns,
        tuple(
            _grouped(
                session, _measured(review), lambda c: _measured_row(review, c, by_unit=by_unit)
            )
        ),
    )


def _shown(review: Review, *, by_unit: bool) -> Iterator[ShownFigure]:
    """The figures of the table."""
    for clause in _measured(review):
        yield from (clause.value, clause.to_date)
        yield from clause.values if by_unit else ()


def _measured_row(review: Review, clause: ClauseResult, *, by_unit: bool) -> Row:
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
            *(map(figure_cell, clause.values) if by_unit else ()),
            figure_cell(clause.value),
            *(() if review.same else (figure_cell(clause.to_date),)),
            figure_cell(clause.reached),
            _(VERDICTS[clause.verdict]) if clause.verdict else "–",
        )
    )


def _written_table(session: Session, clauses: list[ClauseResult]) -> Table:
    columns = (
        Column(_("Art."), "text", 0.6, "center"),
        Column(_("Content"), "text", 3.0),
        Column(_("What was done"), "text", 3.4),
    )
    return Table(
        columns,
        tuple(_grouped(session, clauses, lambda c: Row((c.target.no, c.target.text, c.text)))),
    )


def _drafts_table(session: Session, review: Review) -> Table:
    columns = (
        Column(_("Art."), "text", 0.7, "center"),
        Column(_("Content"), "text", 3.6),
        Column(_("Unit"), "text", 1.0, "center"),
        Column(_("Since the year began"), "number", 1.2),
        Column(_("Draft target"), "number", 1.2),
        Column(_("Rule"), "text", 1.1),
    )
    return Table(columns, tuple(_grouped(session, review.drafts, _draft_row)))


def _draft_row(clause: ClauseResult) -> Row:
    target = clause.target
    return Row(
        (
            target.no,
            target.text or clause.label,
            clause.unit,
            figure_cell(clause.to_date),
            target.value if clause.judged else None,
            _(RULES[target.rule]) if target.rule else "",
        )
    )


def _grouped(
    session: Session, clauses: list[ClauseResult], row: Callable[[ClauseResult], Row]
) -> Iterator[Row]:
    """The rows, grouped by the regulation of their clause."""
    group: tuple[str, int] | None = None
    for clause in clauses:
        of = (clause.target.regulation, clause.target.year)
        if of != group:
            group = of
            yield Row((_regulation(session, *of),), "group")
        yield row(clause)


def _regulation(session: Session, number: str, year: int) -> str:
    if not number:
        return _("Targets of {year}").format(year=year)
    parties, signed = regulation_facts(session.store, number, year)
    text = _("Regulation {number}").format(number=number)
    if signed:
        text = _("{regulation} of {date}").format(regulation=text, date=_date(signed))
    return f"{text}: {parties}" if parties else text


def _date(iso: str) -> str:
    try:
        return format_date(datetime.date.fromisoformat(iso))
    except ValueError:
        return iso


def _notes(session: Session, review: Review, *, by_unit: bool) -> Iterator[str]:
    yield from remarks(session.book, review.view)
    if by_unit:
        yield from column_notes(review.columns)
    if by_unit and review.columns:
        yield _(
            "“Whole” is the figure of the whole scope, not the sum of the columns: a patrol"
            " through several units counts in each of them and once as a whole."
        )
        yield from corrected_since(review.corrected)
    yield from paper_notes(_shown(review, by_unit=by_unit))
    for clause in review.clauses:
        if clause.signed_target is not None:
            yield _("{label}: the target was changed after closing; signed: {signed}.").format(
                label=clause.label, signed=format_number(clause.signed_target, language())
            )
    if any(not clause.judged for clause in review.clauses):
        yield _(
            "Common targets of the province were not set for this unit: it is not judged by them."
        )
    if any(clause.measured and clause.judged for clause in review.clauses):
        yield _("Reached and verdict go by what was done since the year began.")
        if not review.year.ended:
            yield _(
                "The year has not ended: targets are judged by pace, the yearly target ×"
                " {months}/12."
            ).format(months=review.year.months)
