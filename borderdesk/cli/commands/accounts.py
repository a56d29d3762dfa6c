"""The commands of accounts and of the audit log."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import announce_file, print_json, print_message, print_table
from borderdesk.cli.program import (
    FILE_PATH,
    Group,
    WholeNumber,
    argument,
    command,
    day_option,
    option,
    program,
    table_format,
)
from borderdesk.cli.unlocking import open_desk, replacing_password
from borderdesk.desk import Desk
from borderdesk.session.audit import AuditFilter
from borderdesk.session.damage import noted_damage
from borderdesk.session.permissions import ACCOUNT_ROLES, PERMISSIONS

if TYPE_CHECKING:
    from borderdesk.reports.handouts import audit_paper
    from borderdesk.session import accounts
else:
    accounts = lazy_module("borderdesk.session.accounts")
    audit_paper = lazy_module("borderdesk.reports.handouts.audit_paper")

BROKEN = 3
"""The exit status for an audit log that does not hold together."""


@program.group(
    "user", cls=Group, help=N_("Accounts: who works at this desk, and what they may do.")
)
def user() -> None:
    """Accounts."""


@command(
    "add",
    N_("Add an account; its first password is asked for."),
    within=user,
    takes="account.manage",
)
@argument("name", metavar="NAME")
@option("--role", required=True, type=click.Choice(list(ACCOUNT_ROLES)), help=N_("What it may do."))
@option("--full-name", default="", help=N_("The person's name, where the account is called else."))
def user_add(folder: Path, name: str, role: str, full_name: str) -> None:
    """Add an account: BORDERDESK_NEW_PASSWORD, or a prompt, gives its first password."""
    with open_desk(folder) as desk:
        account = desk.accounts.add_account(
            name,
            role,
            replacing_password() if desk.accounts.has_password() else "",
            full_name=full_name,
        )
    print_json({"name": account.name, "role": account.role})


@command(
    "disable",
    N_("An account opens the desk no longer; its history stays."),
    within=user,
    takes="account.manage",
)
@argument("name", metavar="NAME")
def user_disable(folder: Path, name: str) -> None:
    """Disable an account."""
    with open_desk(folder) as desk:
        account = desk.accounts.disable_account(name)
    print_message(accounts.advice_after(account))
    print_json({"name": account.name, "disabled": account.disabled})


@command("list", N_("The accounts of this desk."), within=user)
@table_format
def user_list(folder: Path, shape: str) -> None:
    """name, full name, role, disabled since, created, by whom."""
    with open_desk(folder) as desk:
        accounts = desk.accounts.all()
    heads = {
        "name": _("Account"),
        "full_name": _("Full name"),
        "role": _("Role"),
        "disabled": _("Disabled"),
        "created": _("Created"),
        "created_by": _("Created by"),
    }
    for_people = shape == "table"
    rows = (
        account._replace(role=_(ACCOUNT_ROLES[account.role]) if for_people else account.role)
        for account in accounts
    )
    print_table(shape, heads, rows)


@command("roles", N_("What each kind of account may do."), within=user)
@table_format
def user_roles(_folder: Path, shape: str) -> None:
    """Print permission, description, and a mark for every role that has it."""
    words = {role: _(name) for role, name in ACCOUNT_ROLES.items()}
    heads = {"permission": _("Key"), "title": _("May"), **words}
    rows = (
        [
            key,
            _(permission.title),
            *("x" if role in permission.roles else "" for role in ACCOUNT_ROLES),
        ]
        for key, permission in PERMISSIONS.items()
    )
    print_table(shape, heads, rows)


@command("audit", N_("Who did what when: the audit log, oldest first."))
@option("--from", "first", help=N_("From this day on, as 2023-12-01."))
@option("--to", "last", help=N_("Up to this day."))
@option("--user", "user_name", default="", help=N_("Only of this account."))
@option("--kind", default="", help=N_("Only of this kind, or group of kinds: period, login…"))
@option("--search", default="", help=N_("Only with these words."))
@option("--limit", type=WholeNumber(0), help=N_("At most so many, the newest."))
@option("--check", is_flag=True, help=N_("Whether a line was removed or edited."))
@option(
    "--out",
    type=FILE_PATH,
    help=N_("Write it as a paper to this PDF instead."),
)
@table_format
def audit(
    folder: Path,
    first: str | None,
    last: str | None,
    user_name: str,
    kind: str,
    search: str,
    limit: int | None,
    check: bool,
    out: Path | None,
    shape: str,
) -> int:
    """Print the audit log, or check it."""
    line_filter = AuditFilter(day_option(first), day_option(last), user_name, kind, search)
    # A desk that is damaged, perhaps by whoever altered the log, still has one to be read.
    damaged = noted_damage(folder) is not None
    with open_desk(folder, read_only=damaged) as desk:
        if check:
            return _check(desk)
        lines = desk.audit.lines(line_filter, limit=limit)[::-1]
        if out is not None:
            replaced = out.exists()
            audit_paper.write_audit(desk, line_filter, lines, out)
            announce_file(out, replaced)
            return 0
    heads = {
        "number": _("No."),
        "time": _("Time"),
        "account": _("Account"),
        "name": _("Full name"),
        "role": _("Role"),
        "kind": _("Kind"),
        "subject": _("About"),
        "text": _("What happened"),
    }
    if shape == "json":
        heads["detail"] = ""
    print_table(shape, heads, ([line.as_json()[key] for key in heads] for line in lines))
    return 0


def _check(desk: Desk) -> int:
    result = desk.audit.check()
    print_json({"ok": not result.problems, **result._asdict()})
    for problem in result.problems:
        print_message(problem)
    return BROKEN if result.problems else 0
