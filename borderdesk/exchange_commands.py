"""The commands that deal with other desks: cards, packages out and in, the inbox."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from borderdesk.cli import json_text, put, say
from borderdesk.commands import RECORD, TYPE, Group, command, option, program, progress
from borderdesk.desk import Desk
from borderdesk.errors import UserError
from borderdesk.exchange import inbox as doubles
from borderdesk.exchange.cards import read_card
from borderdesk.exchange.exports import Wish
from borderdesk.exchange.imports import QUARANTINED, REFUSED, files_in
from borderdesk.i18n import N_, _

PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…"
)
PASSPHRASE = "BORDERDESK_PASSPHRASE"


@program.group("card", cls=Group, help=N_("Cards: the keys by which desks know each other."))
def card() -> None:
    """Cards of desks."""


@command("show", N_("This desk's card, as the content of a .bdcard file."), within=card)
def card_show(folder: Path) -> None:
    """Print the desk's own card."""
    with Desk.open(folder) as desk:
        put([desk.exchange.cards.own().text() + "\n"])


@command("accept", N_("Trust the card in a file."), within=card)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
def card_accept(folder: Path, file: Path) -> None:
    """Accept a card."""
    accepted = read_card(file)
    with Desk.open(folder) as desk:
        before = desk.exchange.cards.accept_card(accepted)
        if before is not None:
            say(_("It takes the place of another card of that desk."))
    put([json_text({"desk": accepted.desk, "unit": accepted.unit, "accepted": True}) + "\n"])


@command("revoke", N_("Trust a desk's card no longer."), within=card)
@click.argument("desk_id", metavar="DESK")
def card_revoke(folder: Path, desk_id: str) -> None:
    """Revoke a card."""
    with Desk.open(folder) as desk:
        desk.exchange.cards.revoke_card(desk_id)


@command("export", N_("Write the package of a period for other desks."))
@option("--period", required=True, help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with .."))
@option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help=N_("The folder to write it into."),
)  # fmt: skip
@option(
    "--to", "cards", multiple=True, type=click.Path(path_type=Path, dir_okay=False),
    help=N_("Lock it for the desk of this card; may be said several times."),
)  # fmt: skip
@option("--passphrase", is_flag=True, help=N_("Lock it with a passphrase."))
@option("--with-personal", is_flag=True, help=N_("Personal and internal fields go too."))
@option("--reason", help=N_("Why personal fields go too."))
def export(
    folder: Path,
    period: str,
    out: Path,
    cards: Sequence[Path],
    passphrase: bool,
    with_personal: bool,
    reason: str | None,
) -> None:
    """Export a package; its path."""
    wish = Wish(
        [read_card(file) for file in cards],
        _passphrase() if passphrase else None,
        (reason or "") if with_personal else None,
    )
    with Desk.open(folder) as desk:
        path = desk.exchange.exports.export(period, out, wish, progress(_("Writing")))
    put([f"{path}\n"])


def _passphrase() -> str:
    """The passphrase, from the environment or asked for."""
    given = os.environ.get(PASSPHRASE)
    return given if given is not None else str(click.prompt(_("Passphrase"), hide_input=True))


@command("import", N_("Take packages in: files, or folders of them."))
@PATHS
@option("--dry-run", is_flag=True, help=N_("Say what would become of them; change nothing."))
def import_packages(folder: Path, paths: Sequence[Path], dry_run: bool) -> int:
    """Import packages; one JSON line each, 1 when one was refused or waits."""
    status = 0
    files = files_in(paths)
    with Desk.open(folder) as desk:
        for file in files:
            outcome = desk.exchange.imports.take(
                file, dry_run=dry_run, passphrase=os.environ.get(PASSPHRASE)
            )
            put([json_text(outcome._asdict()) + "\n"])
            if outcome.status in (QUARANTINED, REFUSED):
                status = 1
    if not files:
        say(_("There are no packages here."))
    return status


@command("batches", N_("The packages that were taken in, newest first."))
def batches(folder: Path) -> None:
    """One JSON line a batch."""
    with Desk.open(folder) as desk:
        for batch in desk.exchange.imports.batches():
            told = batch._asdict()
            del told["figures"]
            put([json_text(told) + "\n"])


@command("undo-batch", N_("Take a batch out again."))
@click.argument("batch", metavar="ID")
def undo_batch(folder: Path, batch: str) -> None:
    """Undo a batch; how many revisions went."""
    with Desk.open(folder) as desk:
        gone = desk.exchange.imports.undo_batch(batch)
    put([json_text({"batch": batch, "revisions": gone}) + "\n"])


@command("inbox", N_("Records with two versions that wait for a choice."))
def inbox(folder: Path) -> None:
    """One JSON line a record."""
    with Desk.open(folder) as desk:
        for double in desk.exchange.inbox.doubles(limit=-1):
            put([json_text(doubles.as_json(double, desk)) + "\n"])


@command("resolve", N_("Choose between two versions, whole or field by field."))
@TYPE
@RECORD
@option("--take", "taken", multiple=True, required=True, help=N_("REV, or field=REV."))
def resolve(folder: Path, type_name: str, record: str, taken: Sequence[str]) -> None:
    """Resolve a double version; the new revision."""
    with Desk.open(folder) as desk:
        revision = desk.exchange.inbox.resolve(type_name, record, _taken(taken))
    put([json_text({"id": record, "revision": revision}) + "\n"])


def _taken(texts: Sequence[str]) -> str | dict[str, str]:
    by_field = dict(text.split("=", 1) for text in texts if "=" in text)
    whole = [text for text in texts if "=" not in text]
    if len(whole) == 1 and not by_field:
        return whole[0]
    if whole:
        raise UserError(_("Take either one version whole, or fields."))
    return by_field


@command("note", N_("Say something of a record to the desk that keeps it."))
@TYPE
@RECORD
@click.argument("text")
def note(folder: Path, type_name: str, record: str, text: str) -> None:
    """Add a review note."""
    with Desk.open(folder) as desk:
        made = desk.exchange.inbox.add_note(type_name, record, text)
    put([json_text(made._asdict()) + "\n"])
