"""Receipts, agreements on personal data within a unit, and the handover of a desk to another
post."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.commands.cards import card
from borderdesk.cli.output import print_json, print_message
from borderdesk.cli.program import FOLDER_PATH, argument, command, day_option, option
from borderdesk.cli.unlocking import open_desk
from borderdesk.desk import Desk

if TYPE_CHECKING:
    from borderdesk.reports.handouts import receipt_paper
else:
    receipt_paper = lazy_module("borderdesk.reports.handouts.receipt_paper")

READ = "read"


@command("receipt", N_("What arrived here of a desk's log; “receipt read DIGITS” takes one in."))
@argument("words", nargs=-1, metavar="DESK|read DIGITS…")
@option(
    "--out",
    type=FOLDER_PATH,
    help=N_("Write it there, as a file and as a page with a QR code."),
)
def receipt(folder: Path, words: Sequence[str], out: Path | None) -> None:
    """Print a receipt for a desk or unit; without one, the holding of each receiver."""
    with open_desk(folder) as desk:
        receipts = desk.exchange.receipts
        if not words:
            for arrival in receipts.arrivals():
                print_json(arrival._asdict())
        elif words[0] == READ:
            if len(words) == 1:
                raise click.UsageError(_("Say the digits."))
            for entry in receipts.read_digits(" ".join(words[1:])):
                print_json(entry._asdict())
        else:
            _print_receipt(desk, " ".join(words), out)


@command(
    "agree",
    N_("Agree that files for another desk of this unit have personal fields, locked for its card."),
    within=card,
    takes="exchange.trust",
)
@argument("desk_id", metavar="DESK")
@option("--no", "no", is_flag=True, help=N_("From now on without them."))
def card_agree(folder: Path, desk_id: str, no: bool) -> None:
    """Agree, or no longer; the desks it is agreed for, one JSON line."""
    with open_desk(folder) as desk:
        shared = desk.exchange.folder
        desks = [
            unit_card.desk
            for unit_card in shared.unit_cards()
            if unit_card.desk.startswith(desk_id.lower())
        ]
        if len(desks) != 1:
            words = _("No other desk of this unit whose card is accepted begins with “{id}”.")
            raise UserError(words.format(id=desk_id[:40]))
        others = shared.agreed() - set(desks)
        shared.agree(others if no else others | set(desks))
        print_json({"agreed": sorted(shared.agreed())})


@command(
    "handover", N_("This desk goes over to another post, with its records."), takes="exchange.trust"
)
@option("--to", required=True, help=N_("The post it goes over to."))
@option("--from", "since", help=N_("Only records from this day on go along, as 2025-07-01."))
def handover(folder: Path, to: str, since: str | None) -> None:
    """Hand over; how many records went along, and the desk's new card."""
    day = day_option(since)
    with open_desk(folder) as desk:
        outcome = desk.exchange.handovers.hand_over(to, day)
        print_message(
            _("Everybody has to accept this desk's new card before its next file: “card show”.")
        )
        print_json(outcome._asdict())


def _print_receipt(desk: Desk, receiver_name: str, out: Path | None) -> None:
    receipt = desk.exchange.receipts.make(receiver_name)
    facts = {
        "desk": receipt.desk,
        "unit": receipt.unit,
        "holding": {log: head.number for log, head in receipt.holding.items()},
        "digits": receipt.digits,
    }
    if out is not None:
        file, page = receipt_paper.write_receipt(desk, receipt, out, language())
        facts |= {"file": str(file), "page": str(page)}
    print_json(facts)
