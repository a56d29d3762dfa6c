"""The commands of what opens a desk: password, recovery sheet, encryption."""

from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.cli.output import print_message
from borderdesk.cli.program import command
from borderdesk.cli.unlocking import (
    asked_password,
    has_encrypted_desk,
    open_desk,
    replacing_password,
    user_name,
)

if TYPE_CHECKING:
    from borderdesk.keys import key_ring, recovery_code
else:
    key_ring = lazy_module("borderdesk.keys.key_ring")
    recovery_code = lazy_module("borderdesk.keys.recovery_code")


@command("password", N_("Change the password; a lost one by the code of the recovery sheet."))
def password(folder: Path) -> None:
    """Change the password of an account."""
    if not has_encrypted_desk(folder):
        open_desk(folder).close()
        raise OperationRefused(_("This desk has no password. “encrypt” gives it one."))
    ring = key_ring.KeyRing(folder)
    account = ring.read().account(user_name())
    known = asked_password(account)
    if recovery_code.is_like_code(known) and ring.recovery_made() is not None:
        key = ring.unlock_with_code(known)
    else:
        key = ring.unlock(account, known)
    ring.change(key, account, replacing_password())
    print_message(_("The password of {name} is changed.").format(name=account))
