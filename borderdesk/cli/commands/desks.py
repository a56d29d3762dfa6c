"""Commands to create, check and rebuild a desk; the doctor."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.commands.backups import WATCHED, steps
from borderdesk.cli.output import (
    print_json,
    print_lines,
    print_message,
    tab_separated,
    terminal_progress,
)
from borderdesk.cli.program import (
    FILE_PATH,
    Command,
    CommandContext,
    WholeNumber,
    argument,
    command,
    option,
    program,
)
from borderdesk.cli.unlocking import first_password, key_of_file, open_desk
from borderdesk.desk import Desk
from borderdesk.session.damage import is_damaged
from borderdesk.session.opening import verify_file

if TYPE_CHECKING:
    from borderdesk.cli import health
    from borderdesk.demo import builder
else:
    health = lazy_module("borderdesk.cli.health")
    builder = lazy_module("borderdesk.demo.builder")


@command("init", N_("Make a new desk with the shipped reference data."))
@option(
    "--role",
    required=True,
    type=click.Choice(["post", "liaison", "province"]),
    help=N_("What the desk is."),
)
@option("--unit", required=True, help=N_("A post code, a district's name, or 20."))
@option("--user", required=True, help=N_("Who works at the desk."))
@option("--no-password", is_flag=True, help=N_("An open desk: whoever opens it can read it."))
@option("--practice", is_flag=True, help=N_("A practice desk: coloured differently, never sent."))
def init(folder: Path, role: str, unit: str, user: str, no_password: bool, practice: bool) -> None:
    """Make a desk."""
    password = None if no_password else first_password()
    with Desk.create(folder, role, unit, user, practice=practice, password=password) as desk:
        print_message(
            _("A desk was made in {folder}: {title}.").format(folder=folder, title=desk.title())
        )
    if practice:
        print_message(_("It is a practice desk: its figures count nowhere and are sent to nobody."))
    if password is None:
        print_message(_("It has no password: whoever opens this folder can read it."))
    else:
        print_message(
            _(
                "Print the recovery sheet with “recovery FILE.pdf” and lock it away: without it a"
                " lost password cannot be replaced."
            )
        )
    print_message(_("Not for classified content."))


@command("demo", N_("Make a demonstration desk; its records are invented."))
@option(
    "--records",
    type=WholeNumber(1, 20_000_000),
    help=N_("So many records over ten years, in place of the year 2023."),
)
@option("--seed", type=WholeNumber(), default=2023, help=N_("Another seed gives other records."))
def demo(folder: Path, records: int | None, seed: int) -> None:
    """Make a demonstration desk."""
    written = builder.make_demo(
        folder, records=records, seed=seed, progress=terminal_progress(_("Inventing"))
    )
    print_message(
        _("{count} invented records are in {folder}. They are not real figures.").format(
            count=written, folder=folder
        )
    )


@command("verify", N_("Check the desk, or a database file, from end to end."))
@argument("file", required=False, type=FILE_PATH, metavar="[FILE]")
@WATCHED
def verify(folder: Path, file: Path | None, watched: bool) -> int:
    """Print the findings of the check."""
    show = steps(_("Checking"), watched)
    if file is None:
        with open_desk(folder, checked=False, read_only=is_damaged(folder)) as desk:
            findings = desk.maintenance.verify(show)
    else:
        findings = verify_file(file, show, key_of_file(file))
    print_json(findings)
    return 0 if findings["ok"] else 1


@program.command("rebuild", cls=Command, hidden=True, help=N_("Rebuild all current rows."))
@click.pass_obj
def rebuild(context: CommandContext) -> int:
    """Rebuild the derived tables; print the differences found."""
    with open_desk(context.folder) as desk:
        differences = desk.maintenance.rebuild()
    print_json({"ok": not differences, "differences": differences})
    return 1 if differences else 0


@command("doctor", N_("Versions, fonts, libraries, paths and the desk's health."))
@option(
    "--clock-is-right",
    is_flag=True,
    help=N_("Today's date is right, whatever was saved while the clock was wrong."),
)
def doctor(folder: Path, clock_is_right: bool) -> int:
    """Print the findings; returns the worst status."""
    if clock_is_right:
        with open_desk(folder) as desk:
            desk.clock.confirm_clock()
    findings = list(health.health(folder))
    print_lines(
        tab_separated(
            (finding.what, finding.how, "ok" if finding.well else "!") for finding in findings
        )
    )
    return max(0 if finding.well else finding.status for finding in findings)
