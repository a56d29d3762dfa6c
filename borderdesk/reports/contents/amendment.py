"""The document of an amendment, which replaces a signed report: the figures as signed and as they
are now, the differences and their reasons."""

from collections.abc import Iterator
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.progress import Progress
from borderdesk.closing.calculation import summary_of
from borderdesk.closing.closing import Closing
from borderdesk.closing.editions import AMENDING, Edition, SignedDifference, moved_json
from borderdesk.reports.blocks import (
    Block,
    Column,
    Document,
    PaperSeal,
    Paragraph,
    Row,
    Table,
    figure_cell,
)
from borderdesk.reports.contents.document_head import json_head, json_line
from borderdesk.reports.contents.letterhead import letterhead, signed_letterhead
from borderdesk.reports.contents.requests import ReportContent, Request
from borderdesk.reports.contents.summary_paper import replaces
from borderdesk.reports.wording import paper_notes, scope_in_sentence
from borderdesk.session.session import Session

WHICH = {"value": N_("in the period"), "year_to_date": N_("since the year began")}
"""The columns of a summary that an amendment can correct."""


class Amendment(NamedTuple):
    """An amendment: the edition it replaces, its differences and reason; edition: None while it is
    a draft."""

    before: Edition
    differences: list[SignedDifference]
    reason: str | None
    edition: Edition | None = None


def make_amendment(session: Session, request: Request, _progress: Progress) -> ReportContent:
    """The amendment of a period, in force or being prepared. Raises UserError where nothing is
    amended."""
    amendment = _amendment(session, request)
    edition = amendment.edition

    def json() -> list[str]:
        head = json_head(session, request, amendment.before.view)
        return [
            json_line(
                {
                    **head,
                    "edition": edition.number if edition is not None else None,
                    "replaces": amendment.before.number,
                    "reason": amendment.reason,
                    "figures": [moved_json(difference) for difference in amendment.differences],
                }
            )
        ]

    return ReportContent(
        lambda: amendment_document(session, amendment), json, None, amendment.edition
    )


def _amendment(session: Session, request: Request) -> Amendment:
    closing = session.part(Closing)
    state = closing.state(request.period, request.scope)
    edition = state.edition
    if edition is not None and state.name == AMENDING:
        moved = closing.amendment_draft(request.period, request.scope)
        return Amendment(edition, moved, state.reason)
    if edition is None or edition.replaces is None:
        raise UserError(_("Nothing of this period was amended."))
    before = closing.edition(edition.replaces)
    return Amendment(before, closing.differences(edition.id), edition.reason, edition)


def amendment_document(session: Session, amendment: Amendment) -> Document:
    """The amendment as a document to sign; a draft without number and day."""
    edition, before = amendment.edition, amendment.before
    period, scope = before.period, before.scope
    subject = _("Corrections to the report of {period}").format(period=period.title)
    if edition is not None:
        head = signed_letterhead(session, edition)
    else:
        head = letterhead(session, session.today())
    closing = session.part(Closing)
    if edition is not None:
        code = closing.paper_text(closing.summary(edition.id))
        letter = head.letter_of(edition, subject)
    else:
        now = summary_of(session, before.view, scope.text)
        code = closing.paper_text(now)
        letter = head.letter(subject, year=session.today().year)
    return Document(
        title=subject,
        subtitle=(scope.name,),
        blocks=tuple(_blocks(session, amendment)),
        issuer=head.issuer,
        lang=language(),
        author=session.account.full_name,
        subject=f"{scope.text} {period.text} {edition.number if edition else ''}".strip(),
        banner=session.banner(),
        footer=_("Not for classified content."),
        letter=letter,
        sheet=_("Corrections"),
        seal=PaperSeal(
            code, _("To check this paper: read the code, or type {text}").format(text=code)
        ),
    )


def _blocks(session: Session, amendment: Amendment) -> Iterator[Block]:
    before = amendment.before
    yield Paragraph(replaces(session, before.id, amendment.reason))
    names = {"scope": scope_in_sentence(before.scope.name), "period": before.period.title}
    if amendment.differences:
        text = _("Figures of {scope}, {period}, that were corrected:")
        yield Paragraph(text.format(**names))
        yield _table(amendment.differences)
        sides = [side for difference in amendment.differences for side in difference.shown()]
        yield from (Paragraph(note, "note") for note in paper_notes(sides))
    elif amendment.edition is None:
        yield Paragraph(_("No figure differs from the signed paper yet."))
    else:
        text = _("The figures of {scope}, {period}, stay; text or comparison were corrected.")
        yield Paragraph(text.format(**names))
    if amendment.edition is None:
        yield Paragraph(_("A draft: the amendment is not issued yet."), "note")


def _table(moved: list[SignedDifference]) -> Table:
    columns = (
        Column(_("No."), "number", 0.5, "center"),
        Column(_("Indicator"), "text", 2.6),
        Column(_("Unit"), "text", 0.9, "center"),
        Column(_("Signed"), "number", 0.85),
        Column(_("Now"), "number", 0.85),
        Column(_("Difference"), "number", 0.85),
        Column(_("Reason"), "text", 3.6),
    )
    rows = tuple(
        Row(
            (
                number,
                f"{difference.label} ({_(WHICH[difference.column])})",
                difference.unit,
                *map(figure_cell, difference.shown()),
                difference.difference,
                "; ".join(difference.reasons),
            )
        )
        for number, difference in enumerate(moved, start=1)
    )
    return Table(columns, rows)
