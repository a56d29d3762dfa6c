"""The audit log on paper: who did what when."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.blocks import Column, Document, Paragraph, Row, Table
from borderdesk.reports.contents.letterhead import issuing_body
from borderdesk.schema.revisions import moment_of
from borderdesk.session.audit import AuditFilter, AuditLine
from borderdesk.session.audit_kinds import KINDS
from borderdesk.session.permissions import ACCOUNT_ROLES
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


def write_audit(
    session: Session, line_filter: AuditFilter, lines: Sequence[AuditLine], target: Path
) -> None:
    """Write lines as a PDF, in their order; the export itself is logged. Raises UserError."""
    session.require("audit.read")
    pdf.write_pdf(audit_document(session, line_filter, lines), target)
    session.audit_notes.note_anyway("audit.written", target.name, records=len(lines))


def audit_document(
    session: Session, line_filter: AuditFilter, lines: Sequence[AuditLine]
) -> Document:
    """The lines as a document."""
    columns = (
        Column(_("No."), "number", 0.7),
        Column(_("Time"), "text", 1.7),
        Column(_("Full name"), "text", 2.0),
        Column(_("Role"), "text", 1.2),
        Column(_("What happened"), "text", 6.0),
    )
    rows = tuple(
        Row((line.number, local_time(line.time), line.name, role_words(line.role), line.text))
        for line in lines
    )
    note = _(
        "Lines without a number are versions of records; the numbered ones are chained, so that one"
        " that was removed or altered shows in “audit --check”."
    )
    return Document(
        title=_("Audit log"),
        subtitle=(session.title(), *_chosen(line_filter)),
        blocks=(Table(columns, rows, compact=True), Paragraph(note, "note")),
        issuer=issuing_body(session),
        lang=language(),
        author=session.account.full_name,
        subject=_("Audit log"),
        banner=session.banner(),
        footer=_("Not for classified content."),
        landscape=True,
    )


def local_time(stamp: str) -> str:
    """A log time in the time zone of this machine."""
    return f"{moment_of(stamp):%d/%m/%Y %H:%M:%S}"


def role_words(role: str) -> str:
    """The role of an account in words, "" for none."""
    return _(ACCOUNT_ROLES[role]) if role in ACCOUNT_ROLES else role


def _chosen(line_filter: AuditFilter) -> list[str]:
    """The chosen filter, a line each."""
    first, last = line_filter.first, line_filter.last
    words = []
    if first or last:
        days = [format_date(day) if day else "…" for day in (first, last)]
        words.append(_("From {first} to {last}").format(first=days[0], last=days[1]))
    if line_filter.user:
        words.append(_("Account: {name}").format(name=line_filter.user))
    if line_filter.kind:
        words.append(
            _("Kind: {kind}").format(kind=_(KINDS.get(line_filter.kind, line_filter.kind)))
        )
    if line_filter.search:
        words.append(_("With the words: {words}").format(words=line_filter.search))
    return words
