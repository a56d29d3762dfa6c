"""The recovery sheet on paper: one page with the code in groups and as a QR code.

It opens the desk and the backups made while it is valid: it is printed or saved to a stick, and
never stored in the desk's own folder.
"""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import OperationRefused
from borderdesk.base.formats import format_date
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import real_path
from borderdesk.keys.key_wrap import DESK_COST, KeyCost
from borderdesk.reports.blocks import Column, Document, Paragraph, Picture, Row, Table
from borderdesk.reports.handouts.card_paper import qr_png
from borderdesk.session.desk_ring import DeskRing
from borderdesk.session.session import Session

if TYPE_CHECKING:
    from borderdesk.reports.paper import pdf
else:
    pdf = lazy_module("borderdesk.reports.paper.pdf")


def write_recovery_sheet(
    session: Session, target: Path, lang: str, *, cost: KeyCost = DESK_COST
) -> None:
    """Make a new code, write it as a PDF, and let it open the desk in place of the one before.

    The code opens the desk only once the paper is whole on the disk. Raises OperationRefused for an
    open desk and for a place in the desk's own folder, UserError.
    """
    ring = session.part(DeskRing)
    ring.key()
    session.require("account.manage")
    if real_path(session.folder) in real_path(target).parents:
        raise OperationRefused(
            _(
                "The recovery sheet does not belong in the desk's own folder: whoever takes that"
                " would have both. Save it to a stick, or print it."
            )
        )
    code, apply = ring.prepare_recovery(cost=cost)
    pdf.write_pdf(recovery_document(session, code, lang), target)
    try:
        apply(lambda: session.audit_notes.note("desk.recovery"))
    except BaseException:
        # A paper that opens nothing must not be locked away as if it did.
        remove_file(target)
        raise


def recovery_document(session: Session, code: str, lang: str) -> Document:
    """The sheet as a document; code: as it is printed."""
    groups = code.split("-")
    half = len(groups) // 2
    lines = (groups[:half], groups[half:])
    today = datetime.datetime.now().astimezone().date()
    facts = (
        (_("Desk"), session.title()),
        (_("Desk's id"), session.identity.id),
        (_("Made on"), format_date(today)),
        *(
            (_("Groups {first} to {last}").format(first=at + 1, last=at + half), "   ".join(line))
            for at, line in zip((0, half), lines, strict=True)
        ),
    )
    columns = (Column(_("What"), "text", 1.2), Column(_("Content"), "text", 3.8))
    return Document(
        title=_("Recovery sheet"),
        subtitle=(session.title(),),
        blocks=(
            Paragraph(
                _(
                    "Whoever holds this sheet opens the desk and its backups. Lock it away like a"
                    " seal; keep it apart from the computer and the sticks."
                ),
                "warning",
            ),
            Table(columns, tuple(Row(pair) for pair in facts)),
            Picture(qr_png(code)),
            Paragraph(
                _(
                    "A lost password: start BorderDesk, choose “Lost password…”, type the eight"
                    " groups and a new password. The last sign of each group shows a slip;"
                    " capitals, spaces and hyphens do not matter."
                )
            ),
            Paragraph(
                _(
                    "On a new computer: start BorderDesk, choose “Restore from a backup…” and the"
                    " file on the stick, and type the eight groups in place of the password."
                )
            ),
            Paragraph(
                _(
                    "A newer sheet makes this one worthless for the desk; backups made before it"
                    " still open with this one."
                ),
                "note",
            ),
        ),
        issuer=session.title(),
        lang=lang,
        author=session.identity.user,
        subject=session.identity.id,
        banner=session.banner(),
        footer=_("Not for classified content."),
    )
