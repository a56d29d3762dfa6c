"""A desk's card on paper: one page with its QR code, which decodes to the card's text."""

from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.exchange.desks.cards import Card
from borderdesk.reports.blocks import Column, Document, Paragraph, Picture, Row, Table
from borderdesk.reports.paper.png import png_file
from borderdesk.session.identity import ROLE_NAMES
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from reportlab.graphics.barcode import qrencoder

    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")
    qrencoder = lazy_module("reportlab.graphics.barcode.qrencoder")

DOT = 6
QUIET = 4
"""Pixels of a module, and the width of the quiet zone in modules."""


def write_card(session: Session, card: Card, target: Path, lang: str) -> None:
    """Write a card as a PDF of one page. Raises UserError."""
    pdf.write_pdf(card_document(session, card, lang), target)


def card_document(session: Session, card: Card, lang: str) -> Document:
    """The card as a document."""
    book = session.book
    name = book.post_name(card.unit) if card.role == "post" else book.unit_name(card.unit)
    facts = (
        (_("Unit of the desk"), name),
        (_("Kind of desk"), _(ROLE_NAMES[card.role])),
        (_("Desk's id"), card.desk),
        (_("Fingerprint"), card.fingerprint),
        (_("Signature key"), card.minisign),
        (_("Encryption key"), card.age),
    )
    columns = (Column(_("What"), "text", 1.2), Column(_("Content"), "text", 3.8))
    return Document(
        title=_("Card of a desk"),
        subtitle=(name,),
        blocks=(
            Table(columns, tuple(Row(pair) for pair in facts)),
            Picture(qr_png(card.text())),
            Paragraph(
                _(
                    "Hand this card over in person, or compare the fingerprint by telephone, before"
                    " it is accepted. It holds no secret."
                ),
                "note",
            ),
        ),
        issuer=name,
        lang=lang,
        author=session.account.full_name,
        subject=f"{card.unit} {card.desk}",
        banner=session.banner(),
        footer=_("Not for classified content."),
    )


def qr_png(text: str) -> bytes:
    """The QR code of a text as a PNG in black and white."""
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    dots = code.getModuleCount()
    side = (dots + 2 * QUIET) * DOT
    white = b"\xff" * ((side + 7) // 8)
    lines = [white] * (QUIET * DOT)
    for row in range(dots):
        dark = (code.isDark(row, column) for column in range(dots))
        lines += [_line([False] * QUIET + list(dark) + [False] * QUIET)] * DOT
    lines += [white] * (QUIET * DOT)
    return png_file(side, side, 1, lines)


def _line(dots: list[bool]) -> bytes:
    bits = "".join(("0" if dark else "1") * DOT for dark in dots)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
