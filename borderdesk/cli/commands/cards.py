"""The commands of trust between desks: cards and set-up files."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import is_folder_there
from borderdesk.cli.output import print_json, print_lines, print_message
from borderdesk.cli.program import (
    FILE,
    FILE_PATH,
    Group,
    argument,
    command,
    option,
    program,
)
from borderdesk.cli.unlocking import open_desk
from borderdesk.cli.untaken_files import print_untaken
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Card, read_card
from borderdesk.exchange.desks.setup_file import SUFFIX, read_setup
from borderdesk.exchange.desks.setups import OLDER, SAME
from borderdesk.exchange.desks.unit_names import unit_short
from borderdesk.exchange.merging.desk_names import SHORT_ID
from borderdesk.exchange.receiving.card_collection import collect_cards
from borderdesk.session.identity import ROLE_NAMES

if TYPE_CHECKING:
    from borderdesk.reports.handouts import card_paper
else:
    card_paper = lazy_module("borderdesk.reports.handouts.card_paper")


@program.group("card", cls=Group, help=N_("Cards: the keys by which desks know each other."))
def card() -> None:
    """Cards of desks."""


@command("show", N_("This desk's card, as the content of a .bdcard file."), within=card)
@option(
    "--pdf",
    type=FILE_PATH,
    help=N_("Write it as a page with a QR code instead."),
)
def card_show(folder: Path, pdf: Path | None) -> None:
    """Print the desk's own card."""
    with open_desk(folder) as desk:
        own_card = desk.exchange.cards.own()
        if pdf is None:
            print_lines([own_card.text() + "\n"])
            return
        card_paper.write_card(desk, own_card, pdf, language())


@command("list", N_("The cards this desk knows."), within=card)
def card_list(folder: Path) -> None:
    """One JSON line a card."""
    with open_desk(folder) as desk:
        for card_entry in desk.exchange.cards.known():
            fields = {
                **card_entry.card._asdict(),
                "fingerprint": card_entry.card.fingerprint,
                "accepted": card_entry.accepted,
                "noted": card_entry.noted,
                "vouched": card_entry.vouched,
            }
            print_json(fields)


@command(
    "renew",
    N_("Make new keys after the old ones were lost; prints the new card."),
    within=card,
    takes="exchange.trust",
)
@option(
    "--new-id",
    is_flag=True,
    help=N_("Go on under a new id too, because the folder of the desk was copied."),
)
def card_renew(folder: Path, new_id: bool) -> None:
    """Renew the desk's keys."""
    with open_desk(folder) as desk:
        exchange = desk.exchange
        renewed = exchange.renewal.renew_desk() if new_id else exchange.cards.renew_keys()
        print_lines([renewed.text() + "\n"])


@command(
    "accept",
    N_("Trust the card in a file, or those in a folder or a set-up file."),
    within=card,
    takes="exchange.trust",
)
@argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@option("--instead-of", default="", help=N_("The desk whose key was lost; its card is revoked."))
@option("--yes", is_flag=True, help=N_("Several cards: their fingerprints were compared."))
def card_accept(folder: Path, files: Sequence[Path], instead_of: str, yes: bool) -> None:
    """Accept cards; one JSON line each."""
    with open_desk(folder) as desk:
        if _is_one_card(files):
            accepted = [read_card(files[0])]
            before = desk.exchange.cards.accept_card(accepted[0], instead_of=instead_of)
            if before is not None:
                print_message(_("It takes the place of another card of that desk."))
        else:
            if instead_of:
                raise click.UsageError(_("A card takes the place of another by itself."))
            accepted = _confirmed_cards(desk, files, yes)
            desk.exchange.cards.accept_cards(accepted)
        _tell_waiting(desk)
    for accepted_card in accepted:
        print_json({"desk": accepted_card.desk, "unit": accepted_card.unit, "accepted": True})


def _tell_waiting(desk: Desk) -> None:
    """Say how many packages wait of desks whose card has been accepted."""
    accepted = {entry.card.desk for entry in desk.exchange.cards.known() if entry.accepted}
    waiting = [
        package for package in desk.exchange.quarantine.waiting() if package.desk in accepted
    ]
    if waiting:
        words = _(
            "Packages that wait here, of desks whose card is accepted: {count}. “import --waiting”"
            " takes them in."
        )
        print_message(words.format(count=len(waiting)))


def _is_one_card(files: Sequence[Path]) -> bool:
    return len(files) == 1 and not is_folder_there(files[0]) and files[0].suffix.lower() != SUFFIX


def _confirmed_cards(desk: Desk, files: Sequence[Path], yes: bool) -> list[Card]:
    """The cards of several files, confirmed once by their fingerprints."""
    collected = collect_cards(desk, files)
    print_untaken(collected.left)
    if not collected.cards:
        print_message(_("There is no new card here."))
        return []
    for new_card in collected.cards:
        name = unit_short(desk.book, new_card.role, new_card.unit) or new_card.unit
        card_name = f"{name} {new_card.desk[:SHORT_ID]}"
        print_message(f"{card_name} · {_(ROLE_NAMES[new_card.role])} · {new_card.fingerprint}")
    question = ngettext(
        "Accept this {count} card? Compare its fingerprint by telephone.",
        "Accept these {count} cards? Compare each fingerprint by telephone.",
        len(collected.cards),
    ).format(count=len(collected.cards))
    if not yes and not (sys.stdin.isatty() and click.confirm(question, err=True)):
        raise OperationRefused(
            _("Nothing was accepted. Compare the fingerprints, then confirm them with --yes.")
        )
    return collected.cards


@command("revoke", N_("Trust a desk's card no longer."), within=card, takes="exchange.trust")
@argument("desk_id", metavar="DESK")
def card_revoke(folder: Path, desk_id: str) -> None:
    """Revoke a card."""
    with open_desk(folder) as desk:
        desk.exchange.cards.revoke_card(desk_id)


@program.group("setup", cls=Group, help=N_("Set-up files: reference data and cards of a province."))
def setup() -> None:
    """Set-up files."""


@command("make", N_("Write this province's set-up file."), within=setup, takes="exchange.trust")
@FILE
def setup_make(folder: Path, file: Path) -> None:
    """Make a set-up file; its path and number."""
    with open_desk(folder) as desk:
        number = desk.exchange.setups.make(file)
        fingerprint = desk.exchange.cards.own().fingerprint
    print_json({"file": str(file), "number": number, "fingerprint": fingerprint})


@command("apply", N_("Apply a set-up file to this desk."), within=setup, takes="exchange.trust")
@FILE
@option(
    "--fingerprint", default="", help=N_("The fingerprint of its maker, as you got it elsewhere.")
)
def setup_apply(folder: Path, file: Path, fingerprint: str) -> None:
    """Apply a set-up file."""
    with open_desk(folder) as desk:
        setup_file = read_setup(file)
        outcome = desk.exchange.setups.apply(setup_file, vouched=fingerprint)
        _tell_waiting(desk)
    if outcome.status == OLDER:
        print_message(
            _(
                "Set-up file {number} is applied already, which is newer. Nothing was changed."
            ).format(number=outcome.number)
        )
    elif outcome.status == SAME:
        print_message(_("This set-up file is applied already. Nothing was changed."))
    for desk_id in outcome.kept_cards:
        print_message(
            _("The card of desk {id}: what was decided here later stays.").format(id=desk_id[:8])
        )
    print_json({**outcome._asdict(), "counts": dict(outcome.counts), "ended": dict(outcome.ended)})


@command("show", N_("The set-up files of this desk, and what it has beside them."), within=setup)
def setup_show(folder: Path) -> None:
    """Number, maker and time of each applied set-up file; the desk's own rows."""
    with open_desk(folder) as desk:
        print_json(
            {
                "applied": [applied._asdict() for applied in desk.exchange.setups.all_applied()],
                "own": desk.exchange.setup_rows.own(),
            }
        )
