"""The commands for access to a desk: password, recovery sheet, encryption."""

from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.commands.backups import WATCHED, steps
from borderdesk.cli.output import announce_file, print_json, print_message
from borderdesk.cli.program import FILE, command, option
from borderdesk.cli.unlocking import (
    asked_password,
    first_password,
    has_encrypted_desk,
    open_desk,
    replacing_password,
    user_name,
)
from borderdesk.desk import Desk
from borderdesk.session.account_table import Account

if TYPE_CHECKING:
    from borderdesk.backups import rekeying
    from borderdesk.keys import key_ring, recovery_code
    from borderdesk.reports.handouts import recovery_paper
else:
    rekeying = lazy_module("borderdesk.backups.rekeying")
    key_ring = lazy_module("borderdesk.keys.key_ring")
    recovery_paper = lazy_module("borderdesk.reports.handouts.recovery_paper")
    recovery_code = lazy_module("borderdesk.keys.recovery_code")


@command("password", N_("Change the password; a lost one by the code of the recovery sheet."))
def password(folder: Path) -> None:
    """Change the password of an account."""
    if not has_encrypted_desk(folder):
        open_desk(folder).close()
        raise OperationRefused(_("This desk has no password. “encrypt” gives it one."))
    ring = key_ring.KeyRing(folder)
    account = ring.account(user_name())
    current_password = asked_password(account)
    by_sheet = recovery_code.is_like_code(current_password) and ring.recovery_made() is not None
    key = (
        ring.unlock_with_code(current_password)
        if by_sheet
        else ring.unlock(account, current_password)
    )
    with Desk.open(folder, key) as desk:
        desk.enter(account)
        desk.accounts.change_password(account, replacing_password(), by_sheet=by_sheet)
    print_message(_("The password of {name} is changed.").format(name=account))


@command(
    "recovery",
    N_("Make the recovery sheet as a PDF; a new one replaces the one before."),
    takes="account.manage",
)
@FILE
def recovery(folder: Path, file: Path) -> None:
    """Write the recovery sheet."""
    replaced = file.exists()
    with open_desk(folder) as desk:
        recovery_paper.write_recovery_sheet(desk, file, language())
    announce_file(file, replaced)
    print_message(_("Print it and lock it away, apart from the computer; then delete the file."))


@command("encrypt", N_("Give an open desk a password, and encrypt it where it stands."))
@option("--new-key", is_flag=True, help=N_("Give an encrypted desk another key."))
@WATCHED
def encrypt(folder: Path, new_key: bool, watched: bool) -> None:
    """Encrypt a desk; one JSON line."""
    show = steps(_("Encrypting"), watched)
    if new_key:
        rekeyed = rekeying.change_key(folder, *_own_key(folder), show)
    elif has_encrypted_desk(folder):
        raise rekeying.encrypted_already()
    else:
        # Brings an older file up to date first.
        open_desk(folder).close()
        rekeyed = rekeying.encrypt_desk(folder, first_password(), show)
    _tell_copies(rekeyed)
    print_json(
        {
            "desk": str(folder),
            "backup": str(rekeyed.backup),
            "elsewhere": [str(file) for file in rekeyed.elsewhere],
        }
    )


def _own_key(folder: Path) -> tuple[bytes, Account]:
    """The key of an encrypted desk, by the password of the person who gives the command, and that
    account."""
    with open_desk(folder) as desk:
        if desk.store.key is None:
            raise OperationRefused(_("This desk has no password. “encrypt” gives it one."))
        desk.require("account.manage")
        return desk.store.key, desk.account


def _tell_copies(rekeyed: "rekeying.RekeyedDesk") -> None:
    """Print the backups that are still readable with the old key, and the removed ones."""
    for file in rekeyed.unreadable:
        print_message(_("{file} was damaged and not encrypted: removed.").format(file=file))
    for file in rekeyed.elsewhere:
        print_message(
            _("Still as it was, destroy it when there is a new one: {file}").format(file=file)
        )
