"""Opens the desk for a command: the account, and the source of its password.

The account is BORDERDESK_USER's, by default the only one; the password BORDERDESK_PASSWORD's, else
read at a terminal. The window runs commands in child processes: it sets BORDERDESK_SECRETS and
writes the secrets as the first line of their standard input, since arguments and environments can
be read by others.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file
from borderdesk.cli.output import print_error, print_message, terminal_progress
from borderdesk.cli.program import permission_taken
from borderdesk.cli.questions import tell_if_older
from borderdesk.desk import Desk
from borderdesk.session.file_guard import ReadWhileFull
from borderdesk.session.locked_desk import PasswordNeeded, require_own_files
from borderdesk.session.rekey_plan import finish_rekeying
from borderdesk.store.connection.cipher import is_encrypted

if TYPE_CHECKING:
    from borderdesk.keys import key_ring, wrap_set
    from borderdesk.session import file_keys
else:
    # 40 ms that an open desk does not need.
    key_ring = lazy_module("borderdesk.keys.key_ring")
    wrap_set = lazy_module("borderdesk.keys.wrap_set")
    file_keys = lazy_module("borderdesk.session.file_keys")

USER, PASSWORD = "BORDERDESK_USER", "BORDERDESK_PASSWORD"
NEW_PASSWORD = "BORDERDESK_NEW_PASSWORD"  # noqa: S105 - the name of a variable
SECRETS, ON_STANDARD_INPUT = "BORDERDESK_SECRETS", "stdin"
"""The variable with which a parent process announces secrets, and its value."""
LONGEST_LINE = 1 << 16


class HandedSecrets(NamedTuple):
    """The secrets passed by a parent process: the desk's key and the account it was opened by; for
    the file of another desk, its password or recovery code."""

    key: bytes | None
    account: str | None
    password: str | None


def open_desk(
    folder: Path, *, checked: bool = True, read_only: bool = False, tell_age: bool = True
) -> Desk:
    """The desk of the command, opened by whoever gives the command and may give it. Raises
    CannotOpen, OperationRefused.

    checked, read_only: as `Session.open` takes them; tell_age: say that the folder is an older one.
    """
    desk = _opened(folder, checked=checked, read_only=read_only)
    if tell_age and desk.barred is None:
        tell_if_older(desk)
    permission = permission_taken()
    if permission:
        try:
            desk.require(permission)
        except BaseException:
            desk.close()
            raise
    return desk


def _opened(folder: Path, *, checked: bool, read_only: bool) -> Desk:

    def opened(key: bytes | None = None) -> Desk:
        progress = terminal_progress(_("Upgrading the desk"))
        desk = Desk.open(folder, key, checked=checked, read_only=read_only, on_upgrade=progress)
        if isinstance(desk.barred, ReadWhileFull):
            # The reason why the desk is read-only raises the same error, without further detail.
            print_error(desk.barred)
        return desk

    if not has_encrypted_desk(folder):
        return opened()
    handed = handed_secrets()
    if handed is not None and handed.key is not None:
        return _entered(opened(handed.key), handed.account, login=False)
    ring = key_ring.KeyRing(folder)
    if not ring.exists():
        return opened()
    account = ring.account(user_name())
    return _entered(opened(ring.unlock(account, asked_password(account))), account)


def _entered(desk: Desk, account: str | None, *, login: bool = True) -> Desk:
    """The desk, worked at under an account; login: who gives the command typed its password."""
    if account is None:
        return desk
    try:
        enter = desk.enter if login else desk.work_as
        enter(account)
    except BaseException:
        desk.close()
        raise
    return desk


def has_encrypted_desk(folder: Path) -> bool:
    """Whether the desk in a folder has a password; read errors are left to the code that opens
    it."""
    try:
        require_own_files(folder)
        finish_rekeying(folder)
        return is_encrypted(database_file(folder))
    except OSError:
        return False


def key_of_file(file: Path) -> bytes | None:
    """The key of a backup or another desk's file, by its own password or the code of its recovery
    sheet; None for one that is unencrypted, absent or damaged. Raises CannotOpen."""
    try:
        if not file.is_file() or not is_encrypted(file) or not file_keys.has_password(file):
            return None
    except OSError:
        # The next reader of the file reports its fault.
        return None
    wraps = file_keys.wraps_of_file(file)
    handed = handed_secrets()
    if handed is not None and handed.key is not None and wraps.is_of(handed.key):
        return handed.key
    name = user_name()
    secret = given_password()
    if secret is None:
        secret = asked_password("" if name is None else wraps.account(name))
    return file_keys.unlock_file(file, name, secret)


def user_name() -> str | None:
    """The account given for the command, None for none."""
    return os.environ.get(USER) or None


def asked_password(account: str) -> str:
    """The password of an account, from BORDERDESK_PASSWORD or the prompt. Raises PasswordNeeded."""
    password = given_password()
    if password is not None:
        return password
    if not at_terminal():
        raise PasswordNeeded
    label = _("Password of {name}").format(name=account) if account else _("Password")
    return str(click.prompt(label, hide_input=True, err=True))


def given_password() -> str | None:
    """The password passed by the parent process or in BORDERDESK_PASSWORD."""
    handed = handed_secrets()
    if handed is not None and handed.password is not None:
        return handed.password
    return os.environ.get(PASSWORD) or None


def at_terminal() -> bool:
    """Whether prompts can be shown."""
    return (
        sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None
    ) and sys.stderr.isatty()


def new_password(preset: str | None) -> str | None:
    """A new password: the preset one, else prompted for twice; None without a terminal."""
    if preset is None and at_terminal():
        preset = str(
            click.prompt(_("New password"), hide_input=True, confirmation_prompt=True, err=True)
        )
    if preset is None:
        return None
    password = wrap_set.require_password(preset)
    if wrap_set.is_weak(password):
        print_message(_("The password is short and soon guessed: three or four words are better."))
    return password


def first_password() -> str:
    """The password of a new desk's first account. Raises OperationRefused if no prompt is
    possible."""
    preset = os.environ.get(NEW_PASSWORD) or os.environ.get(PASSWORD)
    password = new_password(preset or None)
    if password is None:
        raise OperationRefused(
            _(
                "A new desk needs a password: type it at a terminal or set BORDERDESK_PASSWORD."
                " With --no-password everybody who opens the folder can read it."
            )
        )
    return password


def replacing_password() -> str:
    """The password that takes the place of an account's: from BORDERDESK_NEW_PASSWORD, a terminal,
    or the lines of standard input. Raises UserError."""
    preset = os.environ.get(NEW_PASSWORD) or None
    if preset is None and not at_terminal() and sys.stdin is not None:
        first, *repeated = sys.stdin.read(LONGEST_LINE).splitlines() or [None]
        if repeated and repeated[0] and repeated[0] != first:
            raise UserError(_("The two passwords differ. Type them again."))
        preset = first
    password = new_password(preset)
    if password is None:
        raise UserError(_("The password is empty. Choose one of several words."))
    return password


def handed_secrets() -> HandedSecrets | None:
    """The secrets passed by the parent process, read once; None for none."""
    if os.environ.get(SECRETS) != ON_STANDARD_INPUT:
        return None
    cache = click.get_current_context().meta
    if SECRETS not in cache:
        cache[SECRETS] = _read_secrets()
    handed: HandedSecrets = cache[SECRETS]
    return handed


def _read_secrets() -> HandedSecrets:
    """The first line of standard input and not a byte more: its end is a message too."""
    line = b""
    while len(line) < LONGEST_LINE and (byte := os.read(0, 1)) not in {b"", b"\n"}:
        line += byte
    fields = json.loads(line or b"{}")
    key = fields.get("key")
    return HandedSecrets(
        bytes.fromhex(key) if key else None, fields.get("account"), fields.get("password")
    )
