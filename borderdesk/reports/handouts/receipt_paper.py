"""A receipt on paper or screen: its digits, and the same as a QR code."""

from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.exchange.merging.request_texts import unit_title
from borderdesk.exchange.sending.receipts import Receipt, Receipts
from borderdesk.reports.blocks import Column, Document, Paragraph, Picture, Row, Table
from borderdesk.reports.handouts.card_paper import qr_png
from borderdesk.schema.revisions import local_date
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


def write_receipt_paper(session: Session, receipt: Receipt, target: Path, lang: str) -> None:
    """Write a receipt as a PDF of one page. Raises UserError."""
    pdf.write_pdf(receipt_document(session, receipt, lang), target)


def write_receipt(session: Session, receipt: Receipt, folder: Path, lang: str) -> tuple[Path, Path]:
    """Write a receipt into a folder as a file, and as a page beside it; their paths. Raises
    UserError."""
    file = session.part(Receipts).write(receipt, folder)
    page = file.with_suffix(".pdf")
    write_receipt_paper(session, receipt, page, lang)
    return file, page


def receipt_document(session: Session, receipt: Receipt, lang: str) -> Document:
    """The receipt as a document."""
    facts = (
        (_("Receiver"), unit_title(session, receipt.unit)),
        (_("Sender"), session.title()),
        (_("Date"), format_date(local_date(receipt.made))),
        (_("Digits"), receipt.digits),
    )
    columns = (Column(_("What"), "text", 1.2), Column(_("Content"), "text", 3.8))
    return Document(
        title=_("What has arrived"),
        subtitle=(unit_title(session, receipt.unit),),
        blocks=(
            Table(columns, tuple(Row(pair) for pair in facts)),
            Picture(qr_png(receipt.digits)),
            Paragraph(
                _(
                    "Read the digits out on the telephone; the post types them in (Send and receive"
                    " → Send → What has arrived). Its next file is then smaller."
                ),
                "note",
            ),
        ),
        issuer=session.title(),
        lang=lang,
        author=session.account.full_name,
        subject=receipt.unit,
        banner=session.banner(),
        footer=_("Not for classified content."),
    )
