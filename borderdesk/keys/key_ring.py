"""The key ring of a desk: the file `desk.keys` beside its database, and unlocking that.

    key = KeyRing(folder).unlock("Nông Văn An", "mật khẩu")     # counts and delays wrong attempts
    with Desk.open(folder, key) as desk: …

`session.desk_ring` changes it: the new ring is written to `next_key_file`, recorded in the
database, and then renamed over the file. After a kill in between both files exist, and the
database, which either of them opens, has the serial number of the current one.
"""

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from borderdesk.base.disk import sync_folder
from borderdesk.base.errors import CannotOpen, DamagedFile, UserError, reason, unreadable
from borderdesk.base.files import readable_file, write_atomically
from borderdesk.base.held_files import move, remove_file
from borderdesk.base.i18n import _
from borderdesk.base.paths import database_file, key_file, next_key_file
from borderdesk.keys.key_wrap import DESK_COST, KeyCost
from borderdesk.keys.password_tries import PasswordTries
from borderdesk.keys.wrap_set import MOST_BYTES, WrapSet, damaged_keys
from borderdesk.store.connection.database import DATABASE_ERRORS, Store
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.meta import KEY_RING, meta_value
from borderdesk.store.connection.page_cipher import new_key

LOCK_NAME = "keys.lock"
_NO_FILE = {errno.EISDIR, errno.ENXIO}
LOCK_SECONDS, LOCK_STEP = 5.0, 0.02
"""The seconds that a change waits for another process's, and the interval of its checks."""


class KeyRing:
    """The key ring in a desk's folder. Every method reads the file again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = key_file(folder)
        self._next = next_key_file(folder)
        self.tries = PasswordTries(folder)

    def exists(self) -> bool:
        """Whether the folder has a key ring, so that its desk may have a password."""
        return self.path.is_file()

    def read(self) -> WrapSet:
        """The wraps in the file. Raises CannotOpen."""
        try:
            with readable_file(self.path) as file:
                content = file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            raise DamagedFile(
                _(
                    "The file {file} is missing: without it no password opens this desk. Put it"
                    " back, or restore the newest backup into a new folder."
                ).format(file=self.path)
            ) from None
        except OSError as error:
            if error.errno in _NO_FILE:
                raise DamagedFile(
                    _(
                        "What stands in the place of the desk's keys {file} is no file: {error}."
                        " Without them no password opens this desk. Put the desk's own file back,"
                        " or restore the newest backup into a new folder."
                    ).format(file=self.path, error=reason(error))
                ) from None
            raise unreadable(self.path, error, CannotOpen) from None
        if len(content) > MOST_BYTES:
            raise damaged_keys()
        return WrapSet.parse(content)

    # ------------------------------------------------------------------------ opening

    def names(self) -> list[str]:
        """The accounts that have a password on this desk."""
        pending = self._begun()
        return list(dict.fromkeys(self.read().names() + (pending.names() if pending else [])))

    def account(self, name: str | None) -> str:
        """The account that a person means, see `WrapSet.account`. Raises CannotOpen."""
        pending = self._begun()
        if pending is not None:
            with contextlib.suppress(CannotOpen):
                return pending.account(name)
        return self.read().account(name)

    def unlock(self, name: str | None, password: str) -> bytes:
        """The desk's key, by the password of an account, the only one without a name.

        A wrong try is counted and later ones have to wait. Raises WrongPassword, TooManyTries,
        CannotOpen.
        """
        account = self.account(name)
        self.tries.begin(account)
        key = self._opened(lambda wraps: wraps.open(account, password))
        self.tries.forget(account)
        return key

    def unlock_with_code(self, code: str) -> bytes:
        """The desk's key, by the code of the recovery sheet. No wait: 160 random bits are not
        guessed. Raises WrongPassword, UserError."""
        return self._opened(lambda wraps: wraps.open_with_code(code))

    def unlock_with_either(self, name: str | None, secret: str) -> bytes:
        """The desk's key, see `WrapSet.open_with_either`; wrong tries are not counted."""
        return self._opened(lambda wraps: wraps.open_with_either(name, secret))

    def wait(self, name: str) -> int:
        """Seconds until an account's password is tried again, 0 for at once."""
        return self.tries.seconds_to_wait(name)

    def _opened(self, open_wraps: Callable[[WrapSet], bytes]) -> bytes:
        """The key opened from the current ring, after settling a change that was killed."""
        pending = self._begun()
        if pending is not None:
            # A secret that opens neither ring does not open the current one either.
            with contextlib.suppress(UserError, OSError, *DATABASE_ERRORS):
                key = _first_opened(open_wraps, pending, self.read())
                self.settle(lambda: self._noted(key))
        return open_wraps(self.read())

    def _begun(self) -> WrapSet | None:
        """The ring of a change in progress in another process, or killed."""
        with contextlib.suppress(OSError, CannotOpen), readable_file(self._next) as file:
            return WrapSet.parse(file.read(MOST_BYTES))
        return None

    def _noted(self, key: bytes) -> WrapSet | None:
        """The ring of today by the desk's database. Raises its errors."""
        store = Store(database_file(self.folder), key, read_only=True)
        with store.connection_context():
            noted = meta_value(store, KEY_RING)
        return None if noted is None else WrapSet.parse(noted.encode())

    def settle(self, noted: Callable[[], WrapSet | None]) -> None:
        """Complete a killed change: its ring replaces the file if the database has recorded it, and
        is removed if not; noted: returns the recorded ring, called under the lock. Raises
        UserError, OSError."""
        if not os.path.lexists(self._next):
            return
        with self._changing():
            pending = self._begun()
            if pending is not None and pending == noted():
                self._let_in()
            else:
                remove_file(self._next)

    # ------------------------------------------------------------------------- making

    def create(
        self, name: str, password: str, *, cost: KeyCost = DESK_COST, key: bytes | None = None
    ) -> bytes:
        """Make the key ring of a new desk with its first account; the desk's key.

        A ring without a desk, left by a killed run, is replaced. Raises UserError, CannotOpen.
        """
        desk_key = key or new_key()
        self.put(WrapSet.of_one(desk_key, name, password, cost=cost).content)
        self.tries.keep()
        return desk_key

    def put(self, content: Callable[[], bytes], last: Callable[[], object] | None = None) -> None:
        """Rewrite the whole file; content: called under the lock; last: called when it is on the
        disk and not yet in its place. Raises UserError, and the errors of `last`."""
        with self._changing():
            if last is None:
                write_atomically(self.path, content())
                return
            write_atomically(self._next, content())
            try:
                last()
            except Exception:
                with contextlib.suppress(OSError):
                    remove_file(self._next)
                raise
            self._let_in()

    def _let_in(self) -> None:
        """Rename the ring of a change over the file, and flush the folder. Raises OSError."""
        move(self._next, self.path)
        sync_folder(self.folder)

    def recovery_made(self) -> str | None:
        """The day (ISO) the recovery sheet was made, None for no sheet."""
        pending = self._begun()
        wrap = self.read().recovery or (pending.recovery if pending else None)
        return None if wrap is None else wrap.made

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time reads the ring and rewrites it."""
        with Lock(self.folder / LOCK_NAME) as lock:
            until = time.monotonic() + LOCK_SECONDS
            while not lock.take(exclusive=True):
                if time.monotonic() > until:
                    raise CannotOpen(
                        _("Another program is changing the desk's keys. Try again shortly.")
                    )
                time.sleep(LOCK_STEP)
            yield


def _first_opened(open_wraps: Callable[[WrapSet], bytes], begun: WrapSet, today: WrapSet) -> bytes:
    """The key by whichever of two rings a secret opens. Raises UserError."""
    with contextlib.suppress(UserError):
        return open_wraps(today)
    return open_wraps(begun)
