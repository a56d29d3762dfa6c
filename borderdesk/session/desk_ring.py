"""Changes of a desk's key ring: passwords, accounts, the recovery sheet.

Each change is written to a new file, then recorded in the database, in one transaction with the
rows it belongs to (`record`), and only then renamed over the old file: both take effect or neither.
After a kill before the last step the next opening of the desk settles it (`KeyRing.settle`).
"""

from collections.abc import Callable

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import DESK_COST, KeyCost, KeyWrap
from borderdesk.keys.recovery_code import new_code
from borderdesk.keys.wrap_set import WrapSet, today_text
from borderdesk.session.ring_check import note_ring, noted_ring
from borderdesk.session.session import Session, SessionPart

Record = Callable[[], object]
"""Writes the rows that belong to a change of the ring, within the open transaction."""


class DeskRing(SessionPart):
    """The key ring of an encrypted desk. Permissions are checked by the caller."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._file = KeyRing(session.folder)

    def exists(self) -> bool:
        """Whether the desk has a key ring, so that it has a password."""
        return self.store.key is not None and self._file.exists()

    def key(self) -> bytes:
        """The desk's key. Raises OperationRefused for an open desk."""
        key = self.store.key
        if key is None or not self._file.exists():
            raise OperationRefused(_("This desk has no password. “encrypt” gives it one."))
        return key

    def today(self) -> WrapSet:
        """The ring as the database knows it. Raises OperationRefused, CannotOpen."""
        self.key()
        return noted_ring(self.store) or self._file.read()

    def content(self) -> bytes:
        """The content of the ring for a backup, b"" for a desk without one."""
        return self.today().content() if self.exists() else b""

    def recovery_made(self) -> str | None:
        """The day (ISO) the recovery sheet was made, None for no sheet."""
        wrap = self.today().recovery
        return None if wrap is None else wrap.made

    def require_password(self, name: str, password: str) -> None:
        """Let a person who works at the desk prove to be the account's. A wrong try counts. Raises
        WrongPassword, TooManyTries."""
        wraps = self.today()
        self._file.tries.begin(name)
        wraps.open(name, password)
        self._file.tries.forget(name)

    def add(self, name: str, password: str, *, record: Record) -> None:
        """Give another account access to the key. Raises UserError, OperationRefused."""
        key = self.key()
        self._change(lambda wraps: wraps.adding(key, name, password), record)

    def change(
        self, name: str, password: str, *, record: Record, cost: KeyCost = DESK_COST
    ) -> None:
        """Replace the password of an account; its failed attempts no longer count."""
        key = self.key()
        self._change(lambda wraps: wraps.changing(key, name, password, cost=cost), record)
        self._file.tries.forget(name)

    def remove(self, name: str, *, record: Record) -> None:
        """Take the key from an account."""
        key = self.key()
        self._change(lambda wraps: wraps.removing(key, name), record)
        self._file.tries.forget(name)

    def prepare_recovery(
        self, *, cost: KeyCost = DESK_COST
    ) -> tuple[str, Callable[[Record], None]]:
        """A new code for the recovery sheet, and what lets it open the desk in place of the one
        before: an unprinted code must replace no sheet."""
        key, code = self.key(), new_code()
        wrap = KeyWrap.make("", code, key, made=today_text(), cost=cost)
        return code, lambda record: self._change(lambda wraps: wraps.with_wrap(key, wrap), record)

    def _change(self, edit: Callable[[WrapSet], WrapSet], record: Record) -> None:
        contents: list[bytes] = []

        def content() -> bytes:
            contents.append(edit(self.today()).content())
            return contents[0]

        def keep() -> None:
            with self.session.writing():
                note_ring(self.store, contents[0])
                record()

        self._file.put(content, keep)
