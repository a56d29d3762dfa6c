"""Detects an outdated key ring: the desk's database knows which one is current.

A ring opens the desk as long as the desk's key is unchanged, also with passwords that were changed
or withdrawn since: an old ring put back would let them in again. So every change is made in the
database first, in the transaction of what it belongs to, and then in the file; a ring with a
smaller serial number than the database's is refused and replaced by the current one.
"""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import CannotOpen, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import key_file
from borderdesk.session.deferred_audit import NOBODY
from borderdesk.store.audit_lines import append_audit
from borderdesk.store.connection.database import DATABASE_ERRORS, Store
from borderdesk.store.connection.meta import KEY_RING, meta_value, write_meta

if TYPE_CHECKING:
    from borderdesk.keys import key_ring, wrap_set
else:
    # A desk without a password does not need its libraries.
    key_ring = lazy_module("borderdesk.keys.key_ring")
    wrap_set = lazy_module("borderdesk.keys.wrap_set")


class OlderKeys(CannotOpen):
    """The key ring beside the desk, or a backup's, is not the one its database knows."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file of the desk's keys was an older one, whose passwords are not valid any"
                " more. The one of today stands there again: open the desk with today's password."
                " Tell the administrator if it was not you who put the older one there."
            )
        )


def ring_in(noted: str | None, key: bytes | None) -> "wrap_set.WrapSet | None":
    """The current ring by the metadata; None where they have none for this key: before the first
    opening, or after a change of the key."""
    if noted is None or key is None:
        return None
    wraps = wrap_set.WrapSet.parse(noted.encode())
    return wraps if wraps.is_of(key) else None


def noted_ring(store: Store) -> "wrap_set.WrapSet | None":
    """The ring of today as the database knows it, see `ring_in`."""
    return ring_in(meta_value(store, KEY_RING), store.key)


def note_ring(store: Store, content: bytes) -> None:
    """Record a ring as the current one, within the open transaction."""
    write_meta(store, {KEY_RING: content.decode()})


def is_older(ring: "wrap_set.WrapSet", noted: "wrap_set.WrapSet | None") -> bool:
    """Whether a ring differs from the one noted in the database without being newer."""
    return noted is not None and ring.serial <= noted.serial and ring != noted


def settle_ring(folder: Path, store: Store) -> None:
    """Compare the ring beside a desk with its database: a later one is recorded, an older one is
    replaced, with a line in the audit log. Raises OlderKeys for that."""
    ring = _settled_ring(folder, store)
    if ring is None:
        return
    wraps, noted = ring.read(), noted_ring(store)
    if is_older(wraps, noted):
        with store.transaction_for_writing():
            append_audit(store, NOBODY, "desk.older_keys", "", "{}")
        write_current_ring(folder, store)
        raise OlderKeys
    if wraps != noted:
        with store.transaction_for_writing():
            note_ring(store, wraps.content())


def keep_ring(folder: Path, store: Store) -> None:
    """Write the ring of an open desk again if its file was removed, and note it in the audit log.
    Failures are ignored: the next call tries again."""
    if store.key is None or store.read_only or key_file(folder).exists():
        return
    with suppress(UserError, OSError, *DATABASE_ERRORS):
        if noted_ring(store) is not None:
            write_current_ring(folder, store)
            with store.transaction_for_writing():
                append_audit(store, NOBODY, "desk.keys_gone", "", "{}")


def require_ring_of_today(folder: Path, store: Store) -> None:
    """Raise OlderKeys for a desk that is only read, with an older ring beside it."""
    ring = _settled_ring(folder, store)
    if ring is not None and is_older(ring.read(), noted_ring(store)):
        raise OlderKeys


def _settled_ring(folder: Path, store: Store) -> "key_ring.KeyRing | None":
    """The ring beside a desk, a killed change of it settled; where nothing can be written that
    stays begun. None for a desk without a password or a ring."""
    ring = key_ring.KeyRing(folder) if store.key is not None else None
    if ring is None or not ring.exists():
        return None
    with suppress(OSError):
        ring.settle(lambda: noted_ring(store))
    return ring


def write_current_ring(folder: Path, store: Store) -> None:
    """Write the current ring into its file, replacing any content. Raises UserError."""

    def content() -> bytes:
        noted = noted_ring(store)
        # Another process may have changed the key.
        return key_ring.KeyRing(folder).read().content() if noted is None else noted.content()

    key_ring.KeyRing(folder).put(content)
