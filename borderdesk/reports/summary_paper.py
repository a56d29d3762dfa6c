"""The summary of a period as blocks, for paper and spreadsheet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from borderdesk.i18n import N_, _, language
from borderdesk.indicators import Value
from borderdesk.reports.summary import Line, Summary
from borderdesk.shown import show_date

if TYPE_CHECKING:
    from borderdesk.desk import Desk
    from borderdesk.reports.blocks import Block, Cell, Document, Row

_PREVIOUS = {
    "month": N_("Same month last year"),
    "quarter": N_("Same quarter last year"),
    "half": N_("Same half last year"),
    "year": N_("Last year"),
    "range": N_("Same days last year"),
}
_THIS = {
    "month": N_("In the month"),
    "quarter": N_("In the quarter"),
    "half": N_("In the half-year"),
    "year": N_("In the year"),
    "range": N_("In the period"),
}


def as_document(summary: Summary, desk: "Desk", lang: str) -> "Document":
    """The summary as blocks, for paper and spreadsheet."""
    from borderdesk.reports.blocks import Document

    period = summary.period
    title = _("Summary of figures, {period}").format(period=period.title)
    return Document(
        title=title,
        subtitle=(
            summary.scope.name,
            _("From {first} to {last}").format(
                first=show_date(period.first), last=show_date(period.last)
            ),
        ),
        blocks=tuple(_blocks(summary)),
        issuer=desk.title(),
        lang=lang,
        author=desk.identity.user,
        subject=f"{summary.scope.text} {period.text}",
        banner=desk.banner(),
        footer=_("Not for classified content."),
    )


def _blocks(summary: Summary) -> Iterator["Block"]:
    from borderdesk.reports.blocks import Column, Paragraph, Table

    kind = summary.period.kind
    # English units are long single words; Vietnamese ones break between theirs.
    label, unit = (3.7, 1.1) if language() == "vi" else (2.45, 2.08)
    columns = (
        Column(_("No."), "text", 0.62, "center"),
        Column(_("Indicator"), "text", label),
        Column(_("Unit"), "text", unit, "center"),
        Column(_(_THIS[kind]), "number", 1.3),
        Column(_(_PREVIOUS[kind]), "number", 1.15),
        Column(_("Change (+/−)"), "number", 1.1),
        Column(_("Change (%)"), "percent", 1.12),
        Column(_("Since the year began"), "number", 1.35),
        Column(_("Year's target"), "number", 1.15),
        Column(_("Target reached (%)"), "percent", 1.12),
    )
    yield Table(columns, tuple(_rows(summary)))
    yield from (Paragraph(text, "note") for text in _notes(summary))


def _rows(summary: Summary) -> Iterator["Row"]:
    from borderdesk.reports.blocks import Marked, Row

    def marked(line: Line, column: str, value: Value) -> "Cell":
        return Marked(value) if column in line.from_paper else value

    group, number = "", 0
    for line in summary.lines:
        if line.group != group:
            group, number = line.group, 0
            yield Row((group,), "group")
        number += 1
        yield Row(
            (
                str(number), line.label, line.unit, line.value,
                marked(line, "previous", line.previous), line.change, line.change_pct,
                marked(line, "year_to_date", line.year_to_date), line.target, line.target_pct,
            )
        )  # fmt: skip


def _notes(summary: Summary) -> Iterator[str]:
    scope = summary.scope
    yield from summary.remarks
    if scope.kind == "province":
        yield _("A patrol through several communes counts once here and in each of them: figures"
                " of communes are not to be added up.")  # fmt: skip
    if scope.units is not None:
        yield _("Records without a place count for post and province only.")
    if any(line.from_paper for line in summary.lines):
        yield _("* from paper reports of before the desk began.")
    if summary.joint:
        told = "; ".join(f"{title}: {number}" for title, number in summary.joint)
        yield _("Together with other posts, counted by the post that led: {list}.").format(
            list=told
        )
    yield _("“–”: nothing to compare with.")
