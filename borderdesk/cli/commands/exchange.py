"""The commands that deal with other desks: cards, packages out and in, the inbox."""

import itertools
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import print_json, print_lines, print_message, terminal_progress
from borderdesk.cli.program import (
    FILE,
    FILE_PATH,
    FOLDER_PATH,
    RECORD,
    TYPE,
    Group,
    WholeNumber,
    argument,
    command,
    option,
    program,
)
from borderdesk.cli.questions import tell_if_older
from borderdesk.cli.unlocking import open_desk
from borderdesk.desk import Desk
from borderdesk.exchange import inbox as two_versions
from borderdesk.exchange.board_details import board_cell_json
from borderdesk.exchange.card_collection import collect_cards
from borderdesk.exchange.cards import Card, read_card
from borderdesk.exchange.desk_names import SHORT_ID, unit_short
from borderdesk.exchange.double_verdicts import ASKED
from borderdesk.exchange.doubles import pair_json
from borderdesk.exchange.exports import ExportOptions
from borderdesk.exchange.imports import QUARANTINED, REFUSED, ImportOutcome
from borderdesk.exchange.package_files import OtherFile, find_packages
from borderdesk.exchange.request_texts import broken_request
from borderdesk.exchange.revision_merge import SAME as SAME_RECORD
from borderdesk.exchange.setup_file import SUFFIX, read_setup
from borderdesk.exchange.setups import OLDER, SAME
from borderdesk.schema.revisions import local_date
from borderdesk.session.identity import ROLE_NAMES

if TYPE_CHECKING:
    from borderdesk.reports import card_paper
else:
    card_paper = lazy_module("borderdesk.reports.card_paper")

PATHS = argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH…")
PASSPHRASE = "BORDERDESK_PASSPHRASE"  # noqa: S105 - the name of a variable
MOST_NAMED = 50
"""So many files that are no packages are named."""


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
        own = desk.exchange.cards.own()
        if pdf is None:
            print_lines([own.text() + "\n"])
            return
        card_paper.write_card(desk, own, pdf, language())


@command("list", N_("The cards this desk knows."), within=card)
def card_list(folder: Path) -> None:
    """One JSON line a card."""
    with open_desk(folder) as desk:
        for known in desk.exchange.cards.known():
            fields = {
                **known.card._asdict(),
                "fingerprint": known.card.fingerprint,
                "accepted": known.accepted,
                "noted": known.noted,
                "vouched": known.vouched,
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
    for one in accepted:
        print_json({"desk": one.desk, "unit": one.unit, "accepted": True})


def _tell_waiting(desk: Desk) -> None:
    """Say how many packages wait of desks whose card has been accepted."""
    accepted = {one.card.desk for one in desk.exchange.cards.known() if one.accepted}
    waiting = [one for one in desk.exchange.quarantine.waiting() if one.desk in accepted]
    if waiting:
        words = _(
            "Packages that wait here, of desks whose card is accepted: {count}. “import --waiting”"
            " takes them in."
        )
        print_message(words.format(count=len(waiting)))


def _is_one_card(files: Sequence[Path]) -> bool:
    return len(files) == 1 and not files[0].is_dir() and files[0].suffix.lower() != SUFFIX


def _confirmed_cards(desk: Desk, files: Sequence[Path], yes: bool) -> list[Card]:
    """The cards of several files, confirmed once by their fingerprints."""
    found = collect_cards(desk, files)
    _name_others(found.left)
    if not found.cards:
        print_message(_("There is no new card here."))
        return []
    for one in found.cards:
        name = unit_short(desk.book, one.role, one.unit) or one.unit
        named = f"{name} {one.desk[:SHORT_ID]}"
        print_message(f"{named} · {_(ROLE_NAMES[one.role])} · {one.fingerprint}")
    asked = ngettext(
        "Accept this {count} card? Compare its fingerprint by telephone.",
        "Accept these {count} cards? Compare each fingerprint by telephone.",
        len(found.cards),
    ).format(count=len(found.cards))
    if not yes and not (sys.stdin.isatty() and click.confirm(asked, err=True)):
        raise OperationRefused(
            _("Nothing was accepted. Compare the fingerprints, then confirm them with --yes.")
        )
    return found.cards


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
        read = read_setup(file)
        done = desk.exchange.setups.apply(read, vouched=fingerprint)
        _tell_waiting(desk)
    if done.status == OLDER:
        print_message(
            _(
                "Set-up file {number} is applied already, which is newer. Nothing was changed."
            ).format(number=done.number)
        )
    elif done.status == SAME:
        print_message(_("This set-up file is applied already. Nothing was changed."))
    for desk_id in done.kept_cards:
        print_message(
            _("The card of desk {id}: what was decided here later stays.").format(id=desk_id[:8])
        )
    print_json({**done._asdict(), "counts": dict(done.counts), "ended": dict(done.ended)})


@command("show", N_("The set-up files of this desk, and what it has beside them."), within=setup)
def setup_show(folder: Path) -> None:
    """Number, maker and time of each applied set-up file; the desk's own rows."""
    with open_desk(folder) as desk:
        print_json(
            {
                "applied": [one._asdict() for one in desk.exchange.setups.all_applied()],
                "own": desk.exchange.setup_rows.own(),
            }
        )


@command("export", N_("Write the package of a period for other desks."))
@option("--period", required=True, help=N_("2023-12, 2023-Q4, 2023-H1, 2023 or two dates with .."))
@option(
    "--out",
    required=True,
    type=FOLDER_PATH,
    help=N_("The folder to write it into."),
)
@option(
    "--for",
    "receiver",
    default="",
    help=N_("The desk or unit it is for: what it has acknowledged is not sent again."),
)
@option(
    "--back",
    is_flag=True,
    help=N_("What the receiver's own unit has written goes too, for a machine that starts over."),
)
@option(
    "--to",
    "cards",
    multiple=True,
    type=FILE_PATH,
    help=N_("Lock it for the desk of this card; may be said several times."),
)
@option("--passphrase", is_flag=True, help=N_("Lock it with a passphrase."))
@option("--with-personal", is_flag=True, help=N_("Personal and internal fields go too."))
@option("--reason", help=N_("Why personal fields go too."))
def export(
    folder: Path,
    period: str,
    out: Path,
    receiver: str,
    back: bool,
    cards: Sequence[Path],
    passphrase: bool,
    with_personal: bool,
    reason: str | None,
) -> None:
    """Export a package; its path."""
    options = ExportOptions(
        [read_card(file) for file in cards],
        _passphrase() if passphrase else None,
        (reason or "") if with_personal else None,
        receiver,
        back,
    )
    with open_desk(folder) as desk:
        earlier = desk.exchange.exports.sent_before(period)
        path = desk.exchange.exports.export(period, out, options, terminal_progress(_("Writing")))
        if earlier is not None:
            changed = desk.exchange.exports.changed_since(earlier.number)
            told = ngettext(
                "This period was sent before, as package {number} on {date}; {count} record has"
                " changed since.",
                "This period was sent before, as package {number} on {date}; {count} records have"
                " changed since.",
                changed,
            )
            on = format_date(local_date(earlier.made))
            print_message(told.format(number=earlier.number, date=on, count=changed))
    print_lines([f"{path}\n"])


def _passphrase() -> str:
    """The passphrase, from the environment or asked for."""
    given = os.environ.get(PASSPHRASE)
    return given if given is not None else str(click.prompt(_("Passphrase"), hide_input=True))


@command("import", N_("Take packages in: files, or folders of them."))
@PATHS
@option("--dry-run", is_flag=True, help=N_("Say what would become of them; change nothing."))
@option("--waiting", is_flag=True, help=N_("Those in quarantine whose card has been accepted."))
@option("--passphrase", is_flag=True, help=N_("Ask for the passphrase of locked packages."))
def import_packages(
    folder: Path, paths: Sequence[Path], dry_run: bool, waiting: bool, passphrase: bool
) -> int:
    """Import packages; one JSON line each, 1 when one was refused or waits."""
    if not paths and not waiting:
        raise click.UsageError(_("Say which files or folders."))
    status = 0
    files, others = find_packages(paths)
    with open_desk(folder) as desk:
        imports, known = desk.exchange.imports, desk.last.older()
        secret = _passphrase() if passphrase else os.environ.get(PASSPHRASE)
        outcomes: Iterable[ImportOutcome] = (
            imports.preview(files, passphrase=secret)
            if dry_run
            else imports.take_all(files, passphrase=secret)
        )
        for outcome in itertools.chain(outcomes, imports.take_waiting() if waiting else ()):
            print_json(outcome.as_json())
            if dry_run:
                _print_records(outcome)
            if outcome.status in (QUARANTINED, REFUSED):
                status = 1
            if outcome.file in {one.file for one in desk.exchange.quarantine.refused_files()}:
                print_message(broken_request(desk, outcome.file, outcome.reason or ""))
        if not dry_run and known is None:
            # Of what was known the opening has told.
            tell_if_older(desk)
    _name_others(others)
    if paths and not files:
        print_message(_("There are no packages here."))
    return status


def _name_others(others: Sequence[OtherFile]) -> None:
    """Say which files were not taken, and why."""
    words = _("Not taken: {file}. {reason}")
    for other in others[:MOST_NAMED]:
        print_message(words.format(file=other.label, reason=other.reason))
    if len(others) > MOST_NAMED:
        left = len(others) - MOST_NAMED
        print_message(
            ngettext(
                "{count} more file was not taken.",
                "{count} more files were not taken.",
                left,
            ).format(count=left)
        )


def _print_records(outcome: ImportOutcome) -> None:
    """List what a file would do to each record, those that stay as they are apart."""
    for one in outcome.records:
        if one.what != SAME_RECORD:
            print_message(f"{outcome.file}: {one.type} {one.record} {one.what}")


@command("board", N_("Who has sent what for which month of a year."))
@option("--year", required=True, type=WholeNumber(2000, 2200), help=N_("The year."))
@option("--compare", is_flag=True, help=N_("Compare the stated figures with those here."))
def board(folder: Path, year: int, compare: bool) -> None:
    """One JSON line a post."""
    with open_desk(folder) as desk:
        monitor = desk.exchange.board
        table = monitor.table(year)
        if compare:
            for submission in monitor.to_compare(table):
                monitor.compare(submission)
            table = monitor.table(year)
        for row in table.rows:
            months = {
                month.text: board_cell_json(cell)
                for month, cell in zip(table.months, row.cells, strict=True)
            }
            told: dict[str, object] = {"unit": row.unit, "name": row.name, "months": months}
            told |= {"gaps": row.gaps, "setup": row.setup}
            told["clashes"] = [one.record for one in row.clashes]
            print_json({**told, "program": row.program, "behind": row.behind})


@command("inbox", N_("Records with two versions, and records that may be one, that wait."))
def inbox(folder: Path) -> None:
    """One JSON line a record with versions, then one a pair of records (`ids`)."""
    with open_desk(folder) as desk:
        for double in desk.exchange.inbox.doubles(limit=-1):
            print_json(two_versions.versions_json(double, desk))
        desk.doubles.catch_up(terminal_progress(_("Comparing")))
        for pair in desk.doubles.compare(desk.doubles.waiting()):
            print_json(pair_json(pair, desk))


@command("resolve", N_("Choose between two versions, or say whether two records are one."))
@TYPE
@RECORD
@option("--take", "taken", multiple=True, help=N_("REV, or field=REV; with --same-as a field."))
@option("--same-as", help=N_("The record ID is a double of; that one stays, ID goes or is joined."))
@option("--different-from", multiple=True, help=N_("A record that ID is not a double of."))
@option("--reason", help=N_("Why ID is deleted."))
def resolve(
    folder: Path,
    type_name: str,
    record: str,
    taken: Sequence[str],
    same_as: str | None,
    different_from: Sequence[str],
    reason: str | None,
) -> None:
    """Resolve a double version (the new revision) or a pair (the verdict)."""
    if sum(map(bool, (taken and not same_as, same_as, different_from))) != 1:
        raise click.UsageError(_("Say one of --take, --same-as and --different-from."))
    with open_desk(folder) as desk:
        if taken and not same_as:
            revision = desk.exchange.inbox.resolve(type_name, record, _taken(taken))
            print_json({"id": record, "revision": revision})
            return
        if different_from:
            pairs = [(record, other) for other in different_from]
            desk.doubles.mark_different(type_name, pairs)
            print_json({"id": record, "verdict": "different"})
            return
        verdict = desk.doubles.mark_same(type_name, record, same_as or "", reason, taken)
        if verdict == ASKED:
            print_message(_("Another desk keeps it: a note to it was written."))
        print_json({"id": record, "verdict": verdict, "stays": same_as})


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
@argument("text")
@option("--reply-to", help=N_("The id of the note it answers."))
def note(folder: Path, type_name: str, record: str, text: str, reply_to: str | None) -> None:
    """Add a review note."""
    with open_desk(folder) as desk:
        made = desk.exchange.notes.add_note(type_name, record, text, reply_to=reply_to)
        doubts = desk.exchange.notes.doubts(made.text)
    print_json({**made._asdict(), "warnings": {"text": " ".join(doubts)} if doubts else {}})


@command("notes", N_("What desks have said of each other's records, oldest first."))
@option("--unanswered", is_flag=True, help=N_("Only those that wait for an answer of this desk."))
@option("--arrived", is_flag=True, help=N_("Only questions and answers that came and are open."))
@option("--settle", help=N_("A record: settle the notes on it, until another one comes."))
def notes(folder: Path, unanswered: bool, arrived: bool, settle: str | None) -> None:
    """One JSON line a note."""
    with open_desk(folder) as desk:
        known = desk.exchange.notes
        if settle is not None:
            known.settle(settle)
            return
        which = known.arrived if arrived else known.unanswered if unanswered else known.notes
        for one in which():
            print_json(one._asdict())


@program.group("erase", cls=Group, help=N_("Erase what is personal, for ever and everywhere."))
def erase() -> None:
    """Erasure."""


@command(
    "household",
    N_("Erase the personal and internal part of a household."),
    within=erase,
    takes="record.erase",
)
@RECORD
@option("--reason", required=True, help=N_("Why it is erased."))
def erase_household(folder: Path, record: str, reason: str) -> None:
    """Erase a household; how many versions had a part to erase."""
    with open_desk(folder) as desk:
        gone = desk.exchange.erasures.erase_household(record, reason)
    print_json({"id": record, "versions": gone})
