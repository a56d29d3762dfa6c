"""The printed list of markers due for a visit, for the patrol that makes it."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.figures.coverage import MarkerStatus, days_since
from borderdesk.reports.blocks import Column, Document, Paragraph, Row, Table
from borderdesk.reports.contents.letterhead import issuing_body
from borderdesk.schema.records.parts import CONDITIONS
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


def write_due_markers(
    session: Session,
    markers: Sequence[MarkerStatus],
    day: datetime.date,
    cleared: bool,
    target: Path,
    lang: str,
) -> None:
    """Write the markers as a PDF; cleared: they are due for clearing, else for inspection."""
    pdf.write_pdf(due_document(session, markers, day, cleared, lang), target)


def due_document(
    session: Session, markers: Sequence[MarkerStatus], day: datetime.date, cleared: bool, lang: str
) -> Document:
    """The list as a document, in the given order."""
    title = _("Markers due for clearing") if cleared else _("Markers due for inspection")
    columns = (
        Column(_("No."), "number", 0.5),
        Column(_("Marker"), "text", 0.8),
        Column(_("Post"), "text", 1.6),
        Column(_("Commune"), "text", 1.8),
        Column(_("Last inspected"), "date", 1.1),
        Column(_("Days"), "number", 0.7),
        Column(_("Last found"), "text", 1.2),
        Column(_("Last cleared"), "date", 1.1),
        Column(_("Days"), "number", 0.7),
    )
    book = session.book
    rows = tuple(
        Row(
            (
                place,
                m.marker,
                book.post_short(m.post),
                book.unit_short(m.commune),
                m.inspected,
                days_since(m.inspected, day),
                _(CONDITIONS[m.condition]) if m.condition else "",
                m.cleared,
                days_since(m.cleared, day),
            )
        )
        for place, m in enumerate(markers, start=1)
    )
    notes = [Paragraph(_("“–”: never, as far as the desk knows."), "note")]
    if any(marker.invented for marker in markers):
        notes.append(Paragraph(_("The places of the markers are not verified."), "note"))
    return Document(
        title=title,
        subtitle=(_("As of {date}").format(date=format_date(day)),),
        blocks=(Table(columns, rows), *notes),
        issuer=issuing_body(session),
        lang=lang,
        author=session.account.full_name,
        subject=f"{'cleared' if cleared else 'inspected'} {day.isoformat()}",
        banner=session.banner(),
        footer=_("Not for classified content."),
    )
