"""The key of a file that is no open desk: a backup carries its ring, a copied desk has one."""

from pathlib import Path

from borderdesk.base.errors import CannotOpen, unreadable
from borderdesk.base.i18n import _
from borderdesk.base.paths import key_file
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.wrap_set import WrapSet, WrongPassword
from borderdesk.store.connection.cipher import is_encrypted
from borderdesk.store.connection.seal import carried_keys


def wraps_of_file(file: Path) -> WrapSet:
    """The wraps that open an encrypted file: those it carries, else those of the desk it lies
    in. Raises CannotOpen."""
    try:
        carried = carried_keys(file)
    except OSError as error:
        raise unreadable(file, error, CannotOpen) from None
    if carried:
        return WrapSet.parse(carried)
    return _ring_beside(file).read()


def _ring_beside(file: Path) -> KeyRing:
    """The ring of the desk that contains a file. Raises CannotOpen."""
    for folder in (file.parent, file.parent.parent):
        if key_file(folder).is_file():
            return KeyRing(folder)
    raise CannotOpen(
        _(
            "{file} is encrypted or is damaged, and no keys are in it or beside it. Use a backup,"
            " which carries its own."
        ).format(file=file.name)
    )


def has_password(file: Path) -> bool:
    """Whether a file is encrypted and the keys that open it are at hand. Raises CannotOpen for an
    altered one."""
    if not is_encrypted(file):
        return False
    return bool(carried_keys(file)) or any(
        key_file(folder).is_file() for folder in (file.parent, file.parent.parent)
    )


def unlock_file(file: Path, name: str | None, secret: str) -> bytes:
    """The key of an encrypted file by a password, or by the code of the recovery sheet.

    name: the account, the only one without it. Raises WrongPassword, CannotOpen.
    """
    wraps = wraps_of_file(file)
    if carried_keys(file):
        try:
            return wraps.open_with_either(name, secret)
        except WrongPassword as wrong:
            raise WrongPassword(
                _(
                    "{problem} A backup opens by the passwords and the recovery sheet of the day it"
                    " was made."
                ).format(problem=wrong)
            ) from None
    return _ring_beside(file).unlock_with_either(name, secret)


def ring_of_file(file: Path, key: bytes) -> bytes:
    """The key ring for an encrypted file that is restored as a desk: the one embedded in the file
    or beside it; b"" for none."""
    try:
        wraps = wraps_of_file(file)
    except CannotOpen:
        return b""
    return wraps.content() if wraps.is_of(key) else b""


def asks_password(file: Path, key: bytes | None) -> bool:
    """Whether the password of a file is needed from the holder of this desk's key."""
    try:
        return has_password(file) and (key is None or not wraps_of_file(file).is_of(key))
    except (CannotOpen, OSError):
        # The next reader of the file reports its fault.
        return False
