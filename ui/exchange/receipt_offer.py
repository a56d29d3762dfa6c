"""Receipts for the senders of imported packages."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.i18n import _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import is_folder_there
from borderdesk.desk import Desk
from borderdesk.exchange.receiving.imports import IMPORTED, UNCHANGED
from borderdesk.exchange.receiving.incoming_files import IncomingFile
from ui.widgets.choosers.file_choosers import ask_folder
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import Offer

if TYPE_CHECKING:
    from borderdesk.reports.handouts import receipt_paper
else:
    receipt_paper = lazy_module("borderdesk.reports.handouts.receipt_paper")


class WrittenReceipt(NamedTuple):
    """A written receipt: file, printable page, and check digits."""

    file: Path
    page: Path
    digits: str


def receipt_offers(
    panel: DeskPanel, desk: Desk, incoming_files: Iterable[IncomingFile]
) -> list[Offer]:
    """The button that writes receipts for the senders of imported files; [] without any."""
    own_desk = desk.identity.id
    imported = [
        incoming for incoming in incoming_files if incoming.outcome.status in (IMPORTED, UNCHANGED)
    ]
    senders = sorted(
        {
            incoming.origin.desk
            for incoming in imported
            if incoming.origin and incoming.origin.desk != own_desk
        }
    )
    if not senders:
        return []
    folder = imported[0].path.parent
    start = folder if is_folder_there(folder) else None
    return [(_("Receipts…"), lambda: ask_receipts(panel, desk, senders, start))]


def ask_receipts(panel: DeskPanel, desk: Desk, senders: Sequence[str], start: Path | None) -> None:
    """Ask for the folder of the receipts, starting at `start` (None: the folder last read from);
    senders: desk ids."""

    def write_to(folder: Path) -> None:
        lang = language()
        panel.write(lambda: write_receipts(desk, senders, folder, lang), done)

    def done(written: list[WrittenReceipt]) -> None:
        panel.bar.caution(_receipt_words(written))

    ask_folder(panel, _("Choose a folder"), start, write_to)


def _receipt_words(written: list[WrittenReceipt]) -> str:
    """What was written, with digits to read out by telephone."""
    if len(written) == 1:
        words = _("Receipt written: {file}. Give it back, or read out: {digits}")
        return words.format(file=written[0].file.name, digits=written[0].digits)
    words = _(
        "Receipts written: {count}, each with a page to print. Give them back, or read out the"
        " digits on the page."
    )
    return words.format(count=len(written))


def write_receipts(
    desk: Desk, senders: Iterable[str], folder: Path, lang: str
) -> list[WrittenReceipt]:
    """Write a receipt and its printable page for each sender (desk id)."""
    receipts = [desk.exchange.receipts.make(sender) for sender in senders]
    return [
        WrittenReceipt(*receipt_paper.write_receipt(desk, receipt, folder, lang), receipt.digits)
        for receipt in receipts
    ]
