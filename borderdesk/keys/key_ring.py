"""The key ring of a desk: the file `desk.keys` beside its database, and how it opens that.

    key = KeyRing(folder).unlock("Nông Văn An", "mật khẩu")     # counts and delays wrong tries
    with Desk.open(folder, key) as desk: …

What is changed in it is changed by `session.desk_ring`, in the database first.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from borderdesk.base.errors import CannotOpen, DamagedFile, reason
from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.paths import key_file
from borderdesk.keys.key_wrap import DESK_COST, KeyCost
from borderdesk.keys.password_tries import PasswordTries
from borderdesk.keys.wrap_set import MOST_BYTES, WrapSet, damaged_keys
from borderdesk.store.locks import Lock
from borderdesk.store.page_cipher import new_key

LOCK_NAME = "keys.lock"
LOCK_SECONDS, LOCK_STEP = 5.0, 0.02
"""How long a change waits for another process's, and how often it looks."""


class KeyRing:
    """The key ring in a desk's folder. Every method reads the file again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = key_file(folder)
        self.tries = PasswordTries(folder)

    def there(self) -> bool:
        """Whether the folder has a key ring, so that its desk may have a password."""
        return self.path.is_file()

    def read(self) -> WrapSet:
        """The wraps in the file. Raises CannotOpen."""
        try:
            with self.path.open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            raise DamagedFile(
                _(
                    "The file {file} is missing: without it no password opens this desk. Put it"
                    " back, or restore the newest backup into a new folder."
                ).format(file=self.path)
            ) from None
        except OSError as error:
            raise CannotOpen(
                _("{file} cannot be read: {error}").format(file=self.path, error=reason(error))
            ) from None
        if len(content) > MOST_BYTES:
            raise damaged_keys()
        return WrapSet.parse(content)

    # ------------------------------------------------------------------------ opening

    def names(self) -> list[str]:
        """The accounts that have a password here."""
        return self.read().names()

    def unlock(self, name: str | None, password: str) -> bytes:
        """The desk's key, by the password of an account, the only one without a name.

        A wrong try is counted and later ones have to wait. Raises WrongPassword, TooManyTries,
        CannotOpen.
        """
        wraps = self.read()
        account = wraps.account(name)
        self.tries.begin(account)
        key = wraps.open(account, password)
        self.tries.forget(account)
        return key

    def unlock_with_code(self, code: str) -> bytes:
        """The desk's key, by the code of the recovery sheet. No wait: 160 random bits are not
        guessed. Raises WrongPassword, UserError."""
        return self.read().open_with_code(code)

    def wait(self, name: str) -> int:
        """Seconds until an account's password is tried again, 0 for at once."""
        return self.tries.left(name)

    # ------------------------------------------------------------------------- making

    def create(
        self, name: str, password: str, *, cost: KeyCost = DESK_COST, key: bytes | None = None
    ) -> bytes:
        """Make the key ring of a new desk with its first account; the desk's key.

        A ring without a desk, left by a killed run, is replaced. Raises UserError, CannotOpen.
        """
        made = key or new_key()
        self.put(WrapSet.of_one(made, name, password, cost=cost).content)
        self.tries.keep()
        return made

    def put(self, content: Callable[[], bytes], last: Callable[[], object] | None = None) -> None:
        """Rewrite the whole file; content: asked for while no other process writes it; last: called
        when it is on the disk and not yet in its place, see `write_atomically`."""
        with self._changing():
            write_atomically(self.path, content(), last)

    def recovery_made(self) -> str | None:
        """The day (ISO) the recovery sheet was made, None before there is one."""
        wrap = self.read().recovery
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
