"""The summary of a period as an administrative document: letter, text, table, annexes."""

import datetime
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from borderdesk.i18n import N_, _, language
from borderdesk.indicators import Value
from borderdesk.records import RECORD_TYPES
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Linked,
    Marked,
    Paragraph,
    Row,
    Table,
)
from borderdesk.reports.letterhead import letterhead
from borderdesk.reports.register import register_anchor
from borderdesk.reports.requests import Request, Say, silent
from borderdesk.reports.summary import Line, Summary
from borderdesk.reports.summary_parts import Parts
from borderdesk.shown import show_date

if TYPE_CHECKING:
    from borderdesk.desk import Desk

PLAIN = Request("summary", "")
"""Nothing hidden, nothing annexed that has to be asked for."""

PAPER, LATE, DOUBLE = "*", "†", "‡"
"""Marks behind figures: from paper baselines, with late additions, with double versions."""

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


def as_document(
    summary: Summary, desk: "Desk", lang: str, request: Request = PLAIN, say: Say = silent
) -> Document:
    """The summary as blocks, for paper and spreadsheet; most of them are made when they are
    reached, so that a first page need not wait for the last."""
    period = summary.period
    paper = SummaryPaper(summary, desk, lang, request, say)
    head = letterhead(desk, period.last)
    # It is signed after the period: its year is that of the day after.
    year = (period.last + datetime.timedelta(days=1)).year
    return Document(
        title=_("Summary of figures, {period}").format(period=period.title),
        subtitle=(summary.scope.name, _from_to(summary)),
        blocks=paper.blocks(),
        issuer=head.issuer,
        lang=lang,
        author=desk.identity.user,
        subject=f"{summary.scope.text} {period.text}",
        banner=desk.banner(),
        footer=_("Not for classified content."),
        letter=head.letter(paper.subject(), year=year),
        annexes=paper.annexes(),
    )


def _from_to(summary: Summary) -> str:
    return _("From {first} to {last}").format(
        first=show_date(summary.period.first), last=show_date(summary.period.last)
    )


class SummaryPaper:
    """What stands in the document of one summary."""

    def __init__(
        self, summary: Summary, desk: "Desk", lang: str, request: Request, say: Say
    ) -> None:
        self._summary = summary
        self._desk = desk
        self._lang = lang
        self._request = request
        self._parts = Parts(summary, desk, say)
        self._lines = [
            line for line in summary.lines if not (request.hide_empty and _is_empty(line))
        ]

    def subject(self) -> str:
        """What the document is about."""
        return _("Results of border work, {period}").format(period=self._summary.period.title)

    # ------------------------------------------------------------------------- text

    def blocks(self) -> Iterator[Block]:
        """The document's own text, before its signature."""
        summary = self._summary
        yield Paragraph(
            _("Report on {scope} from {first} to {last}:").format(
                scope=summary.scope.name, first=show_date(summary.period.first),
                last=show_date(summary.period.last),
            )
        )  # fmt: skip
        yield Heading(_("Results of the period"), 1, numbered=True)
        yield from self._table()
        yield from self._parts.stocks()
        yield from self._parts.coverage()
        yield from self._parts.open_incidents()

    def _table(self) -> Iterator[Block]:
        if not self._lines:
            yield Paragraph(_("Nothing was recorded in the period."))
            return
        if self._nothing():
            yield Paragraph(_("Nothing was recorded in the period; the table says so row by row."))
        yield Table(_columns(self._summary), tuple(self._rows()))
        yield from (Paragraph(text, "note") for text in self._notes())

    def _nothing(self) -> bool:
        return not any(line.value for line in self._lines)

    def _rows(self) -> Iterator[Row]:
        group, number = "", 0
        for line in self._lines:
            if line.group != group:
                group, number = line.group, 0
                yield Row((group,), "group")
            number += 1
            yield Row(
                (
                    str(number), line.label, line.unit, self._linked(line),
                    _marked(line, "previous", line.previous), line.change, line.change_pct,
                    _marked(line, "year_to_date", line.year_to_date), line.target,
                    line.target_pct,
                )
            )  # fmt: skip

    def _linked(self, line: Line) -> Cell:
        """The figure, leading to the annexed register of its records where there is one."""
        anchor = self._parts.register_of(line.key, self._request.annex_registers)
        return Linked(line.value, anchor) if anchor and line.value else line.value

    def _notes(self) -> Iterator[str]:
        summary = self._summary
        scope = summary.scope
        yield from summary.remarks
        if scope.kind == "province":
            yield _(
                "A patrol through several communes counts once here and in each of them: figures"
                " of communes are not to be added up."
            )
        if scope.units is not None:
            yield _("Records without a place count for post and province only.")
        if any(line.from_paper for line in self._lines):
            yield _("* from paper reports of before the desk began.")
        if summary.joint:
            told = "; ".join(f"{title}: {number}" for title, number in summary.joint)
            yield _("Together with other posts, counted by the post that led: {list}.").format(
                list=told
            )
        if self._request.hide_empty and len(self._lines) < len(summary.lines):
            yield _("Rows without any figure are left out.")
        yield _("“–”: nothing to compare with.")

    # ----------------------------------------------------------------------- annexes

    def annexes(self) -> Iterator[Annex]:
        """What is annexed, in order: communes, registers, charts, how figures are worked out."""
        if self._request.by_commune and self._parts.has_communes and not self._nothing():
            across = self._parts.communes_across
            yield Annex(_("Figures by commune"), self._parts.communes(), landscape=across)
        for name in self._request.annex_registers:
            title = _("Register of records: {type}").format(type=_(RECORD_TYPES[name].title))
            blocks = self._parts.register(name)
            yield Annex(title, blocks, landscape=True, anchor=register_anchor(name))
        charts = tuple(self._parts.charts())
        if charts:
            yield Annex(_("Charts"), charts)
        if self._lines:
            yield Annex(_("How the figures are worked out"), self._how())

    def _how(self) -> Iterable[Block]:
        shown = {line.key for line in self._lines}
        return self._parts.how(shown)


def _is_empty(line: Line) -> bool:
    """Whether a row says nothing anywhere."""
    figures = (line.value, line.previous, line.year_to_date, line.target, line.late)
    return not any(figures)


def _marked(line: Line, column: str, value: Value) -> Cell:
    return Marked(value, PAPER) if column in line.from_paper else value


def _columns(summary: Summary) -> tuple[Column, ...]:
    kind = summary.period.kind
    # English units are long single words; Vietnamese ones break between theirs.
    label, unit = (3.7, 1.1) if language() == "vi" else (2.45, 2.08)
    change = _("Increase, decrease")
    return (
        Column(_("No."), "text", 0.62, "center"),
        Column(_("Indicator"), "text", label),
        Column(_("Unit"), "text", unit, "center"),
        Column(_(_THIS[kind]), "number", 1.3),
        Column(_(_PREVIOUS[kind]), "number", 1.15),
        Column("+/−", "number", 1.1, over=change),
        Column("%", "percent", 1.12, over=change),
        Column(_("Since the year began"), "number", 1.35),
        Column(_("Year's target"), "number", 1.15),
        Column(_("Target reached (%)"), "percent", 1.12),
    )
