"""What stands between a desk's folder and its opening: whether it has a password, and its ring."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import CannotOpen
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file, key_file
from borderdesk.session.rekey_plan import finish_rekeying
from borderdesk.store.cipher import is_encrypted

if TYPE_CHECKING:
    from borderdesk.keys import key_ring
else:
    # An open desk does without its libraries: 40 ms of a start.
    key_ring = lazy_module("borderdesk.keys.key_ring")


class PasswordNeeded(CannotOpen):
    """The desk is encrypted, and nobody gave its key."""

    def __init__(self) -> None:
        super().__init__(
            _("This desk has a password. Type it at a terminal, or set BORDERDESK_PASSWORD.")
        )


def is_locked(folder: Path) -> bool:
    """Whether the desk in a folder has a password; what a killed encryption left is finished first.
    Raises OSError."""
    finish_rekeying(folder)
    return is_encrypted(database_file(folder)) and key_file(folder).is_file()


def require_key(folder: Path, key: bytes | None) -> None:
    """Raise CannotOpen where a desk's file and its key ring do not fit what is given to open it;
    OSError."""
    locked, ringed = is_encrypted(database_file(folder)), key_file(folder).is_file()
    if locked and ringed and key is None:
        # Without a ring nothing says that it was ever a desk: the store calls it damaged.
        raise PasswordNeeded
    if locked and ringed and key is not None and not key_ring.KeyRing(folder).read().is_of(key):
        # Another key is no damage, which a page that does not open would be taken for.
        raise CannotOpen(_("The key of this desk was changed. Open it with the password anew."))
    if ringed and not locked:
        raise CannotOpen(
            _(
                "This desk has a password, but its file is one without: somebody put another file"
                " in its place. Nothing was changed; restore the newest backup into a new folder."
            )
        )


@contextmanager
def new_key_ring(
    folder: Path, user: str, password: str | None, key: bytes | None
) -> Iterator[bytes | None]:
    """The key of a desk that is made in the block: `key`, or that of a new ring where there is a
    password; the ring goes again when the desk is not made."""
    if password is None:
        yield key
        return
    ring = key_ring.KeyRing(folder)
    made = ring.create(user, password, key=key)
    try:
        yield made
    except BaseException:
        ring.path.unlink(missing_ok=True)
        raise
