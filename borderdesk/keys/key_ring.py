"""The key ring of a desk: the file `desk.keys` beside its database, and what may be done with it.

    key = KeyRing(folder).unlock("Nông Văn An", "mật khẩu")     # counts and delays wrong tries
    with Desk.open(folder, key) as desk: …

    ring.add(key, name, password)       another account gets the key
    ring.change(key, name, password)    its password is another one (who may do it: the caller)
    ring.rename(key, name, new)         the account is called otherwise; its password stays
    ring.remove(key, name)              the account no longer opens the desk
    ring.renew_recovery(key)            a new code for the recovery sheet; the old one is worthless

Every change is written whole under a lock, with the key at hand; none needs another's password.
`record` enters a change into the desk: it is called when the new ring is on the disk and not yet in
its place, so that both are kept or, where it raises an error, neither.
"""

import contextlib
import datetime
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.errors import CannotOpen, OperationRefused, UserError, reason
from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.paths import key_file
from borderdesk.base.text import FORBIDDEN, nfc
from borderdesk.keys.key_wrap import DESK_COST, KeyCost, KeyWrap
from borderdesk.keys.password_tries import PasswordTries
from borderdesk.keys.recovery_code import new_code
from borderdesk.keys.wrap_set import MOST_BYTES, WrapSet, damaged_keys, new_key
from borderdesk.store.locks import Lock

LOCK_NAME = "keys.lock"
LOCK_SECONDS, LOCK_STEP = 5.0, 0.02
"""How long a change waits for another process's, and how often it looks."""
LONGEST_PASSWORD, LONGEST_NAME = 1_000, 200
Record = Callable[[], object]
SHORT_PASSWORD = 8
"""Signs below which a password is advised against."""


class KeyRing:
    """The key ring in a desk's folder. Every method reads the file anew."""

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
            raise CannotOpen(
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
        with self._changing():
            self._put(WrapSet((), b""), made, account_name(name), password, cost)
        return made

    @staticmethod
    def content_for(key: bytes, name: str, password: str, *, cost: KeyCost = DESK_COST) -> bytes:
        """The ring of a key with one account, not written. Raises UserError."""
        secret = require_password(password)
        wraps = WrapSet((), b"")
        return wraps.with_secret(
            key, account_name(name), secret, made=_today(), cost=cost
        ).content()

    def add(
        self,
        key: bytes,
        name: str,
        password: str,
        *,
        cost: KeyCost = DESK_COST,
        record: Record | None = None,
    ) -> None:
        """Give the desk's key to another account. Raises UserError, OperationRefused where the
        account has a password already."""
        name = account_name(name)
        with self._changing():
            wraps = self._own(key)
            if name.casefold() in (known.casefold() for known in wraps.names()):
                raise OperationRefused(
                    _("There is an account “{name}” already.").format(name=name[:60])
                )
            self._put(wraps, key, name, password, cost, record)

    def change(
        self,
        key: bytes,
        name: str,
        password: str,
        *,
        cost: KeyCost = DESK_COST,
        record: Record | None = None,
    ) -> None:
        """Give an account that has a password another one; its wrong tries no longer count."""
        with self._changing():
            wraps = self._own(key)
            self._put(wraps, key, wraps.wrap_of(nfc(name)).name, password, cost, record)
        self.tries.forget(nfc(name))

    def _put(
        self,
        wraps: WrapSet,
        key: bytes,
        name: str,
        password: str,
        cost: KeyCost,
        record: Record | None = None,
    ) -> None:
        secret = require_password(password)
        self._write(wraps.with_secret(key, name, secret, made=_today(), cost=cost), record)

    def rename(self, key: bytes, name: str, new: str) -> None:
        """Call an account otherwise; its password stays. Raises UserError, OperationRefused."""
        new = account_name(new)
        with self._changing():
            wraps = self._own(key)
            renamed = wraps.wrap_of(nfc(name))
            others = [wrap for wrap in wraps.wraps if wrap is not renamed]
            if new.casefold() in (wrap.name.casefold() for wrap in others):
                raise OperationRefused(
                    _("There is an account “{name}” already.").format(name=new[:60])
                )
            self._write(WrapSet.signed([*others, renamed._replace(name=new)], key))

    def remove(self, key: bytes, name: str, *, record: Record | None = None) -> None:
        """Take the key from an account: its password no longer opens the desk. Raises
        OperationRefused for the last one, UserError."""
        with self._changing():
            wraps = self._own(key)
            gone = wraps.wrap_of(nfc(name)).name
            if wraps.names() == [gone]:
                raise OperationRefused(
                    _("The last account keeps its password: nobody could open the desk.")
                )
            self._write(wraps.without(key, gone), record)
        self.tries.forget(gone)

    # ----------------------------------------------------------------- recovery sheet

    def recovery_made(self) -> str | None:
        """The day (ISO) the recovery sheet was made, None before there is one."""
        wrap = self.read().recovery
        return None if wrap is None else wrap.made

    def renew_recovery(self, key: bytes, *, cost: KeyCost = DESK_COST) -> str:
        """A new code for the recovery sheet, to be printed; that of the one before opens nothing
        any more, but backups made until then."""
        prepared = self.prepare_recovery(key, cost=cost)
        prepared.apply()
        return prepared.code

    def prepare_recovery(self, key: bytes, *, cost: KeyCost = DESK_COST) -> "PreparedRecovery":
        """A new code that opens nothing yet: until it is applied the former sheet is good."""
        code = new_code()
        return PreparedRecovery(
            self, key, KeyWrap.make("", code, key, made=_today(), cost=cost), code
        )

    def put_wrap(self, key: bytes, wrap: KeyWrap, *, record: Record | None = None) -> None:
        """Take a wrap into the ring, in place of the one of its name."""
        with self._changing():
            self._write(self._own(key).with_wrap(key, wrap), record)

    def content(self, key: bytes) -> bytes:
        """The ring of this key, as a backup carries it. Raises CannotOpen."""
        return self._own(key).content()

    def content_under(self, key: bytes, new: bytes) -> bytes:
        """The ring of this key as it is once the desk has a new one. Raises CannotOpen."""
        return self._own(key).holding(new).content()

    def _own(self, key: bytes) -> WrapSet:
        """The wraps in the file, which must be of this key. Raises CannotOpen."""
        wraps = self.read()
        if not wraps.is_of(key):
            raise damaged_keys()
        return wraps

    def _write(self, wraps: WrapSet, record: Record | None = None) -> None:
        write_atomically(self.path, wraps.content(), record)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time reads the ring and writes it anew."""
        with Lock(self.folder / LOCK_NAME) as lock:
            until = time.monotonic() + LOCK_SECONDS
            while not lock.take(exclusive=True):
                if time.monotonic() > until:
                    raise CannotOpen(
                        _("Another program is changing the desk's keys. Try again shortly.")
                    )
                time.sleep(LOCK_STEP)
            yield


class PreparedRecovery(NamedTuple):
    """A code to be printed before it opens the desk: an unprinted one must replace no sheet."""

    ring: KeyRing
    key: bytes
    wrap: KeyWrap
    code: str

    def apply(self, *, record: Record | None = None) -> None:
        """From now on this code opens the desk, and the one before does not."""
        self.ring.put_wrap(self.key, self.wrap, record=record)


def account_name(name: str) -> str:
    """The name of an account as it is kept. Raises UserError."""
    name = nfc(name).strip()
    if not name or len(name) > LONGEST_NAME or FORBIDDEN.search(name):
        raise UserError(_("The user needs a name of one line."))
    return name


def require_password(password: str) -> str:
    """A password as it is; UserError for one that is empty or too long."""
    if not password:
        raise UserError(_("The password is empty. Choose one of several words."))
    if len(password) > LONGEST_PASSWORD:
        raise UserError(
            _("The password is longer than {most} signs.").format(most=LONGEST_PASSWORD)
        )
    return password


def is_weak(password: str) -> bool:
    """Whether a password is so short that it is soon guessed by who has the file."""
    return len(nfc(password)) < SHORT_PASSWORD


def _today() -> str:
    return datetime.datetime.now().astimezone().date().isoformat()
