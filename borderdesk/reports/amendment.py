"""The document of an amendment, which replaces a signed report: the figures as signed and as they
are now, the differences and their reasons."""

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.progress import Progress
from borderdesk.closing.closing import Closing
from borderdesk.closing.editions import Edition, SignedDifference, moved_json
from borderdesk.reports.blocks import Column, Document, Paragraph, Row, Seal, Table
from borderdesk.reports.document_head import json_head, json_line
from borderdesk.reports.letterhead import letterhead
from borderdesk.reports.requests import ReportContent, Request
from borderdesk.reports.summary_paper import replaces
from borderdesk.session.session import Session

WHICH = {"value": N_("in the period"), "year_to_date": N_("since the year began")}
"""The columns of a summary that an amendment can correct."""


def make_amendment(session: Session, request: Request, _progress: Progress) -> ReportContent:
    """The amendment in force of a period. Raises UserError where nothing was amended."""
    edition = session.part(Closing).state(request.period, request.scope).edition
    if edition is None or edition.replaces is None:
        raise UserError(_("Nothing of this period was amended."))

    def json() -> list[str]:
        head = json_head(session, request, edition.view)
        before = session.part(Closing).edition(edition.replaces or "")
        moved = [moved_json(one) for one in session.part(Closing).differences(edition.id)]
        return [
            json_line(
                {
                    **head,
                    "edition": edition.number,
                    "replaces": before.number,
                    "reason": edition.reason,
                    "figures": moved,
                }
            )
        ]

    return ReportContent(lambda: amendment_document(session, edition), json)


def amendment_document(session: Session, edition: Edition) -> Document:
    """The amendment as a document to sign."""
    period, scope = edition.period, edition.scope
    before = session.part(Closing).edition(edition.replaces or "")
    subject = _("Corrections to the report of {period}").format(period=period.title)
    head = letterhead(session, edition.signed_on)
    code = session.part(Closing).paper_text(session.part(Closing).summary(edition.id))
    return Document(
        title=subject,
        subtitle=(scope.name,),
        blocks=(
            Paragraph(replaces(before, edition.reason)),
            Paragraph(
                _("Figures of {scope}, {period}, that were corrected:").format(
                    scope=scope.name, period=period.title
                )
            ),
            _table(session.part(Closing).differences(edition.id)),
        ),
        issuer=head.issuer,
        lang=language(),
        author=session.identity.user,
        subject=f"{scope.text} {period.text} {edition.number}",
        banner=session.banner(),
        footer=_("Not for classified content."),
        letter=head.letter_of(edition, subject),
        seal=Seal(code, _("To check this paper: read the code, or type {text}").format(text=code)),
    )


def _table(moved: list[SignedDifference]) -> Table:
    columns = (
        Column(_("No."), "number", 0.5, "center"),
        Column(_("Indicator"), "text", 2.6),
        Column(_("Unit"), "text", 0.9, "center"),
        Column(_("Signed"), "number"),
        Column(_("Now"), "number"),
        Column(_("Difference"), "number"),
        Column(_("Reason"), "text", 2.4),
    )
    rows = tuple(
        Row(
            (
                number,
                f"{one.label} ({_(WHICH[one.column])})",
                one.unit,
                one.signed,
                one.now,
                one.difference,
                "; ".join(one.reasons),
            )
        )
        for number, one in enumerate(moved, start=1)
    )
    return Table(columns, rows)
