"""The offer to tell senders what arrived: a receipt for each, written where the person says."""

from collections.abc import Iterable
from pathlib import Path

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.exchange.imports import IMPORTED, UNCHANGED
from borderdesk.exchange.parcels import Parcel
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.file_choosers import ask_folder
from ui.widgets.messages import Offer


def receipt_offers(panel: DeskPanel, desk: Desk, parcels: Iterable[Parcel]) -> list[Offer]:
    """The offer to write receipts for the senders of files that were taken in; none without."""
    own = desk.identity.id
    taken = [one for one in parcels if one.outcome.status in (IMPORTED, UNCHANGED)]
    senders = sorted({one.origin.desk for one in taken if one.origin and one.origin.desk != own})
    if not senders:
        return []
    start = taken[0].path.parent if taken[0].path.parent.is_dir() else Path.home()

    def write_to(folder: Path) -> None:
        panel.write(lambda: write_receipts(desk, senders, folder), done)

    def done(files: list[Path]) -> None:
        words = _("Receipts written: {files}. Give them back, or read the digits out.")
        panel.bar.notify(words.format(files=", ".join(file.name for file in files)))

    def ask() -> None:
        ask_folder(panel, _("Choose a folder"), start, write_to)

    return [(_("Receipts…"), ask)]


def write_receipts(desk: Desk, senders: Iterable[str], folder: Path) -> list[Path]:
    """Write a receipt for each sender (a desk's id) into a folder; their paths."""
    receipts = desk.exchange.receipts
    return [receipts.write(receipts.make(sender), folder) for sender in senders]
