"""The commands that deal with other desks: packages out and in, the board, the inbox, notes."""

import itertools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _, ngettext
from borderdesk.cli.output import print_json, print_lines, print_message, terminal_progress
from borderdesk.cli.program import (
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
from borderdesk.cli.untaken_files import print_untaken
from borderdesk.exchange.decisions.doubles import DoubleChoice, pair_json
from borderdesk.exchange.decisions.lost_doubles import LostDoubles
from borderdesk.exchange.desks.cards import read_card
from borderdesk.exchange.entries import inbox as two_versions
from borderdesk.exchange.entries.double_verdicts import ASKED
from borderdesk.exchange.merging.request_texts import broken_request
from borderdesk.exchange.merging.revision_merge import SAME as SAME_RECORD
from borderdesk.exchange.reading.package_files import find_packages
from borderdesk.exchange.receiving.imports import QUARANTINED, REFUSED, ImportOutcome
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.exchange.sending.send_state import open_notes
from borderdesk.exchange.tracking.board_details import board_cell_json
from borderdesk.schema.revisions import local_date

PATHS = argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH…")
PASSPHRASE = "BORDERDESK_PASSPHRASE"  # noqa: S105 - the name of a variable


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
            message = ngettext(
                "This period was sent before, as package {number} on {date}; {count} record has"
                " changed since.",
                "This period was sent before, as package {number} on {date}; {count} records have"
                " changed since.",
                changed,
            )
            on = format_date(local_date(earlier.made))
            print_message(message.format(number=earlier.number, date=on, count=changed))
        if notice := open_notes(desk, desk.exchange.exports.sent()[0]):
            print_message(notice)
    print_lines([f"{path}\n"])


def _passphrase() -> str:
    """The passphrase, from the environment or the prompt."""
    passphrase = os.environ.get(PASSPHRASE)
    return (
        passphrase
        if passphrase is not None
        else str(click.prompt(_("Passphrase"), hide_input=True))
    )


@command("import", N_("Take packages in: files, or folders of them."))
@PATHS
@option("--dry-run", is_flag=True, help=N_("Say what would become of them; change nothing."))
@option("--waiting", is_flag=True, help=N_("Those in quarantine whose card has been accepted."))
@option("--passphrase", is_flag=True, help=N_("Ask for the passphrase of locked packages."))
def import_packages(
    folder: Path, paths: Sequence[Path], dry_run: bool, waiting: bool, passphrase: bool
) -> int:
    """Import packages; one JSON line each, 1 when one was refused, waits, or is none."""
    if not paths and not waiting:
        raise click.UsageError(_("Say which files or folders."))
    files, untaken = find_packages(paths)
    status = 1 if any(file.path in paths for file in untaken) else 0
    with open_desk(folder) as desk:
        imports, older_revisions = desk.exchange.imports, desk.last.older()
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
            if outcome.file in {
                refused.file for refused in desk.exchange.quarantine.refused_files()
            }:
                print_message(broken_request(desk, outcome.file, outcome.reason or ""))
        if not dry_run and older_revisions is None:
            # Damage known before was reported when the desk was opened.
            tell_if_older(desk)
    print_untaken(untaken)
    if paths and not files:
        print_message(_("There are no packages here."))
    return status


def _print_records(outcome: ImportOutcome) -> None:
    """Print the effect of a file on each record, unchanged ones separately."""
    for record in outcome.records:
        if record.what != SAME_RECORD:
            print_message(f"{outcome.file}: {record.type} {record.record} {record.what}")


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
            facts: dict[str, object] = {"unit": row.unit, "name": row.name, "months": months}
            facts |= {"gaps": row.gaps, "setup": row.setup}
            facts["clashes"] = [clash.record for clash in row.clashes]
            print_json({**facts, "program": row.program, "behind": row.behind})


@command("inbox", N_("Records with two versions, and records that may be one, that wait."))
def inbox(folder: Path) -> None:
    """One JSON line a record with versions, then one a pair of records (`ids`)."""
    with open_desk(folder) as desk:
        for double in desk.exchange.inbox.doubles(limit=-1):
            print_json(two_versions.versions_json(double, desk))
        desk.doubles.catch_up(terminal_progress(_("Comparing")))
        lost = desk.part(LostDoubles).pairs()
        for pair in desk.doubles.compare([*lost, *desk.doubles.waiting()]):
            print_json(pair_json(pair, desk))


@command("resolve", N_("Choose between two versions, or say whether two records are one."))
@TYPE
@RECORD
@option("--take", "taken", multiple=True, help=N_("REV, or field=REV; with --same-as a field."))
@option("--same-as", help=N_("The record ID is a double of; that one stays, ID goes or is joined."))
@option("--different-from", multiple=True, help=N_("A record that ID is not a double of."))
@option("--deleted-with", help=N_("Both ID and this record stay deleted."))
@option("--reason", help=N_("Why ID is deleted."))
def resolve(
    folder: Path,
    type_name: str,
    record: str,
    taken: Sequence[str],
    same_as: str | None,
    different_from: Sequence[str],
    deleted_with: str | None,
    reason: str | None,
) -> None:
    """Resolve a double version (the new revision) or a pair (the verdict)."""
    if sum(map(bool, (taken and not same_as, same_as, different_from, deleted_with))) != 1:
        raise click.UsageError(
            _("Say one of --take, --same-as, --different-from and --deleted-with.")
        )
    with open_desk(folder) as desk:
        if taken and not same_as:
            revision = desk.exchange.inbox.resolve(type_name, record, _taken(taken))
            print_json({"id": record, "revision": revision})
            return
        lost = desk.part(LostDoubles)
        if deleted_with:
            lost.leave_deleted([DoubleChoice(type_name, record.lower(), deleted_with.lower())])
            print_json({"id": record, "verdict": "deleted"})
            return
        if same_as and lost.is_waiting(record, same_as):
            lost.restore([DoubleChoice(type_name, record.lower(), same_as.lower())])
            print_json({"id": record, "verdict": "same", "stays": same_as})
            return
        if different_from:
            others = [other for other in different_from if not lost.is_waiting(record, other)]
            deleted = [
                DoubleChoice(type_name, record.lower(), other.lower())
                for other in different_from
                if other not in others
            ]
            lost.restore(deleted, both=True)
            desk.doubles.mark_different(type_name, [(record, other) for other in others])
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
        written = desk.exchange.notes.add_note(type_name, record, text, reply_to=reply_to)
        doubts = desk.exchange.notes.doubts(written.text)
    print_json({**written._asdict(), "warnings": {"text": " ".join(doubts)} if doubts else {}})


@command("notes", N_("What desks have said of each other's records, oldest first."))
@option("--unanswered", is_flag=True, help=N_("Only those that wait for an answer of this desk."))
@option("--arrived", is_flag=True, help=N_("Only questions and answers that came and are open."))
@option("--settle", help=N_("A record: settle the notes on it, until another one comes."))
def notes(folder: Path, unanswered: bool, arrived: bool, settle: str | None) -> None:
    """One JSON line a note."""
    with open_desk(folder) as desk:
        review_notes = desk.exchange.notes
        if settle is not None:
            review_notes.settle(settle)
            return
        read_notes = (
            review_notes.arrived
            if arrived
            else review_notes.unanswered
            if unanswered
            else review_notes.notes
        )
        for desk_note in read_notes():
            print_json(desk_note._asdict())


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
        versions = desk.exchange.erasures.erase_household(record, reason)
    print_json({"id": record, "versions": versions})
