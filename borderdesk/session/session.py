"""An open desk: its store, reference book, identity, calendar and transactions.

Everything else a desk can do is a `SessionPart` of it, which takes a session and is on a floor
above.
"""

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, overload

from borderdesk.base.errors import DamagedFile, FullDisk, OperationRefused, UserError
from borderdesk.base.files import part_file
from borderdesk.base.i18n import _
from borderdesk.base.memory import hide_memory
from borderdesk.base.paths import database_file
from borderdesk.base.periods import Calendar
from borderdesk.base.private_files import make_private_folder
from borderdesk.base.progress import Progress, no_progress
from borderdesk.keys.password_tries import PasswordTries
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference.pick import PickTable
from borderdesk.schema.revisions import RevisionStamp, utc_stamp
from borderdesk.session.account_table import account_named, disabled_words, first_account
from borderdesk.session.audit_notes import AuditNotes
from borderdesk.session.damage import DamagedDesk, DamageNote, note_damage, noted_damage
from borderdesk.session.deferred_audit import defer_audit_line, write_deferred_lines
from borderdesk.session.file_guard import FileGuard, ReadWhileFull
from borderdesk.session.guards import OpenPeriods, WriteGuard
from borderdesk.session.identity import Identity, WritingArea, writing_area
from borderdesk.session.last_state import (
    LastStateNote,
    OlderDesk,
    begun_last,
    require_newest,
    settle_last,
    why_only_read,
)
from borderdesk.session.locked_desk import (
    check_quickly,
    fitting_key,
    keep_writers_out,
    locked,
    new_key_ring,
    unwritable,
)
from borderdesk.session.opening import create_database, explained, require_no_upgrade, upgrade
from borderdesk.session.permissions import holds, permission_refusal
from borderdesk.session.ring_check import require_ring_of_today, settle_ring
from borderdesk.session.witness import forget_witness
from borderdesk.store.account_state import is_disabled
from borderdesk.store.connection.database import Store, damaged, has_corrupt_code
from borderdesk.store.connection.database_address import has_bare_log
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.meta import (
    NEWEST_TIME,
    REFERENCE_VERSION,
    meta_value,
    read_meta,
    write_meta,
)
from borderdesk.store.lists import listing
from borderdesk.store.reference import ReferenceReader, insert_cells

MINUTE = len("2026-11-29T09:30")
"""How much of a UTC time names its minute."""

PartType = TypeVar("PartType", bound="SessionPart")
SessionType = TypeVar("SessionType", bound="Session")


class Session:
    """One desk, open. Close it, or use it in a `with`."""

    def __init__(self, folder: Path, store: Store, lock: Lock) -> None:
        self.folder = folder
        self.store = store
        self._lock = lock
        self.account = first_account(store)
        """The current account: operations are checked against its permissions."""
        self.last = LastStateNote(folder, store)
        state = (self.writing, self.hindrance, self.last.noted)
        self.audit_notes = AuditNotes(store, lambda: self.account, *state)
        self._file_guard = FileGuard(store.path, read_only=store.read_only)
        self.damage: DamageNote | None = None
        """Why this desk is only read, where it is damaged."""
        self.barred: UserError | None = None
        """Why it is only read, where it was opened so for another reason."""
        self.erasure_listeners: list[Callable[[], None]] = []
        """Called after personal data was erased, to clear copies of it."""
        self.on_operation: Callable[[str], None] | None = None
        """Called with the name of every operation once it is durable, in the thread that did it."""
        self.edition_notes: dict[str, Callable[[Any], Any]] = {}
        """{name: function}: called with the edition when a period is closed, for a layer above
        closing; its result, a JSON value, is stored with the edition."""
        self._book: ReferenceBook | None = None
        self._judging = False
        self._parts: dict[type[SessionPart], SessionPart] = {}
        meta = read_meta(store)
        if not {"desk", "role", "unit", "user"} <= meta.keys():
            raise damaged()
        self.identity = Identity(
            meta["desk"],
            meta["role"],
            meta["unit"],
            meta["user"],
            meta.get("demo") == "1",
            meta.get("practice") == "1",
        )
        store.orders.labels = self._labels
        store.orders.of_one_post = self.identity.role == "post"

    def part(self, kind: "type[PartType]") -> "PartType":
        """The instance of a part for this session, created at its first use and cached."""
        part = self._parts.get(kind)
        if part is None:
            part = self._parts[kind] = kind(self)
        assert isinstance(part, kind)
        return part

    @property
    def write_guard(self) -> WriteGuard:
        """The guard of closed periods; `Desk` overrides it."""
        return OpenPeriods()

    # ------------------------------------------------------------- opening, closing

    @classmethod
    def create(
        cls,
        folder: Path,
        role: str,
        unit: str,
        user: str,
        *,
        demo: bool = False,
        practice: bool = False,
        desk_id: str | None = None,
        key: bytes | None = None,
        password: str | None = None,
    ) -> Self:
        """Create a desk with the shipped reference data in `folder`, and open it.

        unit: a post code, a district's name, or 20 for the province; password: the user's, for an
        encrypted desk with a key ring of its own. Raises OperationRefused for a folder with a desk,
        CannotOpen for one that cannot be written to.
        """
        path, desk_id = database_file(folder), desk_id or os.urandom(16).hex()
        try:
            if path.exists():
                raise OperationRefused(
                    _("There is a desk in {folder} already.").format(folder=folder)
                )
            make_private_folder(folder)
            with (
                begun_last(folder),
                new_key_ring(folder, user, password, key) as key,
                part_file(path) as part,
            ):
                create_database(
                    part.path,
                    role,
                    unit,
                    user,
                    desk_id,
                    key,
                    demo=demo,
                    practice=practice,
                )
        except OSError as error:
            raise unwritable(folder, error) from None
        forget_witness(folder, desk_id)
        return cls.open(folder, key)

    @classmethod
    def open(
        cls,
        folder: Path,
        key: bytes | None = None,
        *,
        checked: bool = True,
        read_only: bool = False,
        on_upgrade: Progress = no_progress,
    ) -> Self:
        """Open the desk in `folder`; an older file is copied, then upgraded.

        key: the result of `KeyRing.unlock` for a desk with a password; checked: check a small
        file quickly first; read_only: open a damaged or older desk to read its readable rows;
        on_upgrade: called with the progress of an upgrade. With a full disk the desk is read-only,
        and `barred` is set. Raises CannotOpen, PasswordNeeded, NewerSchema, DamagedDesk, OlderDesk.
        """
        begin = partial(_opened, cls, folder, key, checked=checked, on_upgrade=on_upgrade)
        try:
            return begin(read_only=read_only)
        except FullDisk as full:
            if read_only:
                raise
            session = begin(read_only=True, full=full)
            session.barred = ReadWhileFull()
            return session

    def close(self) -> None:
        """Close this thread's connection and release the lock."""
        if not self.store.is_closed():
            self.audit_notes.flush()
            with explained():
                self.last.keep_up()
            self.store.close()
        self._lock.release()

    @contextmanager
    def in_thread(self) -> Iterator[None]:
        """A database connection for work in another thread, closed at the end."""
        with self._file_guard.connecting(), explained(), self.store.connection_context():
            yield

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # -------------------------------------------------------------------- knowledge

    @property
    def book(self) -> ReferenceBook:
        """The cached reference book; read again once any connection has changed reference data."""
        version = _reference_version(self.store)
        if self._book is None or self._book.version != version:
            self.store.orders.invalidate()
            self._book = ReferenceBook(ReferenceReader(self.store), version)
        return self._book

    def household_name(self, record: str) -> str:
        """Head and hamlet of a household, or "" for an unknown one."""
        return self.book.household_name(record)

    def _labels(self, name: str, full: bool) -> dict[str, str]:
        options: dict[str, str] = {}
        if name.startswith("choice:"):
            type_name, key = name.removeprefix("choice:").split(".")
            field = ALL_TYPES[type_name].columns()[key]
            options = {code: _(label) for code, label in field.options.items()}
        return listing.labels(self.book, name, options, full=full)

    def touch_reference(self) -> None:
        """Invalidate every cached book of this desk, in other processes too."""
        write_meta(self.store, {REFERENCE_VERSION: str(_reference_version(self.store) + 1)})
        self._book = None

    @contextmanager
    def judging_reference(self) -> Iterator[None]:
        """A change, within the open transaction, of data that figures depend on: compared with the
        signed figures at its end. Raises OperationRefused."""
        if self._judging:
            yield
            return
        check = self.write_guard.watch_reference()
        self._judging = True
        try:
            yield
        finally:
            self._judging = False
        if check is not None:
            check()

    def add_pick(self, pick_list: str, code: str, label: str) -> None:
        """Add an entry to a pick list within the open transaction, and to the cached book."""
        book = self.book
        insert_cells(self.store, PickTable, [PickTable.new_cells(pick_list, code, label)])
        book.version += 1
        write_meta(self.store, {REFERENCE_VERSION: str(book.version)})
        book.add_pick(pick_list, code, label)

    def forget_picks(self) -> None:
        """Drop picks of a rolled-back savepoint from the cached book."""
        if self._book is not None:
            self._book.forget_picks(_reference_version(self.store))

    def today(self) -> datetime.date:
        """The clock's date; where it is far from the newest revision see `clock.clock_doubt`."""
        return datetime.datetime.now().astimezone().date()

    def calendar(self) -> Calendar:
        """The desk's periods, by its cut-off day."""
        return self.book.calendar()

    def writable(self) -> WritingArea:
        """The posts this desk writes for."""
        return writing_area(self.identity, self.book)

    def title(self) -> str:
        """The name of this desk: its post, district or province."""
        role, unit = self.identity.role, self.identity.unit
        return self.book.post_name(unit) if role == "post" else self.book.unit_name(unit)

    def banner(self) -> str | None:
        """The warning shown with every figure of a practice or demonstration desk, else None."""
        if self.identity.practice:
            return _("PRACTICE DESK – nothing here counts")
        return _("INVENTED FIGURES – demonstration data") if self.identity.demo else None

    def notify_erasure(self) -> None:
        """Call the erasure listeners, so that copies of erased data are erased too."""
        for listener in self.erasure_listeners:
            listener()

    # ----------------------------------------------------------------- transactions

    def require(self, permission: str) -> None:
        """Raise OperationRefused unless the person at the desk holds the permission, and nobody
        disabled the account since it logged in; a refusal enters the audit log."""
        with explained():
            disabled = self.store.key is not None and is_disabled(self.store, self.account.name)
        if not disabled and holds(self.account.role, permission):
            return
        self.audit_notes.note_anyway("denied", permission)
        if disabled:
            raise OperationRefused(disabled_words(self.account.name))
        raise permission_refusal(self.account.role, permission)

    def enter(self, name: str) -> None:
        """Log in: work under an account from now on, which enters the audit log with the wrong
        passwords since the last time. Raises CannotOpen for none, or a disabled one."""
        self.work_as(name)
        if self.hindrance() is not None:
            # The log cannot be written now: the wrong passwords stay pending until it can.
            return
        for account, count in PasswordTries(self.folder).take_unlogged().items():
            self.audit_notes.note_anyway("login.failed", account, tries=count)
        self.audit_notes.note_anyway("login.ok")

    def work_as(self, name: str) -> None:
        """Go on under the account of the person who logged in already. Raises CannotOpen."""
        self.account = account_named(self.store, name)

    @contextmanager
    def writing(self, operation: str = "") -> Iterator[None]:
        """One transaction, or a part of the one that is open; listeners are notified of the
        operation once it is durable.

        A database error is raised as its explanation to the person (UserError).
        """
        if self.store.in_transaction():
            yield
            return
        hindrance = self.hindrance()
        if hindrance is not None:
            raise hindrance
        try:
            with explained(), self.store.transaction_for_writing():
                yield
        except BaseException as error:
            # The cached book may hold a pick that was rolled back.
            self._book = None
            if has_corrupt_code(error):
                self.find_damaged(1)
            raise
        else:
            self.last.saved()
        finally:
            self.audit_notes.flush()
        if operation and self.on_operation is not None:
            self.on_operation(operation)

    def hindrance(self) -> UserError | None:
        """Why the desk cannot be written to now: it is damaged, its files were moved or
        write-protected, the disk is full. None when it can."""
        if self.damage is None:
            # Another program may have found it.
            self.damage = noted_damage(self.folder)
        if self.damage is not None:
            return DamagedDesk(self.damage)
        return self.barred or self._file_guard.trouble()

    def find_damaged(self, faults: int) -> None:
        """Make this desk read-only, in this process and every other."""
        self.damage = note_damage(self.folder, faults)

    def stamp(self) -> RevisionStamp:
        """Author, desk and time of a revision that is written now."""
        return RevisionStamp(self.account.full_name, self.identity.id, utc_stamp())

    def note_time(self, stamp: RevisionStamp) -> None:
        """Store the time of the newest revision to a minute, which the clock is held against: at
        each save it would be two pages more to write, a tenth of what an encrypted one writes."""
        newest = meta_value(self.store, NEWEST_TIME) or ""
        if stamp.time[:MINUTE] > newest[:MINUTE]:
            write_meta(self.store, {NEWEST_TIME: stamp.time})


class SessionPart:
    """A part of a desk with operations of its own; `Session.part` makes it once a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.store = session.store

    def require(self, permission: str) -> None:
        """Raise OperationRefused unless the person at the desk holds the permission."""
        self.session.require(permission)

    def writing(self, operation: str = "") -> AbstractContextManager[None]:
        """One transaction of the session."""
        return self.session.writing(operation)


class PartAttribute(Generic[PartType]):
    """An attribute of a desk that holds one of its parts, made and imported at its first use."""

    def __init__(self, kind: Callable[[], type[PartType]]) -> None:
        self._kind = kind

    def __set_name__(self, _owner: type[Session], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, session: None, owner: type[Session]) -> Self: ...
    @overload
    def __get__(self, session: Session, owner: type[Session]) -> PartType: ...
    def __get__(self, session: Session | None, owner: type[Session]) -> Self | PartType:
        if session is None:
            return self
        part = session.part(self._kind())
        # Cached in the instance: this non-data descriptor is not called again.
        session.__dict__[self._name] = part
        return part


def _opened(
    kind: type[SessionType],
    folder: Path,
    key: bytes | None,
    *,
    checked: bool,
    read_only: bool,
    on_upgrade: Progress,
    full: FullDisk | None = None,
) -> SessionType:
    """An open session; full: why it is to be read only where the disk is full."""
    damage = noted_damage(folder)
    if damage is not None and not read_only:
        raise DamagedDesk(damage)
    if key is not None:
        hide_memory()
    path = database_file(folder)
    lock = locked(folder, path, key)
    store = Store(path, key, read_only=read_only)
    try:
        with explained(), fitting_key(folder, key):
            if read_only and has_bare_log(path):
                keep_writers_out(lock)
            store.connect()
            if read_only:
                require_ring_of_today(folder, store)
                if full is not None:
                    require_newest(folder, store)
                    require_no_upgrade(store, full)
            else:
                require_newest(folder, store)
                upgrade(folder, store, lock, on_upgrade)
                if checked:
                    check_quickly(folder, store)
                _settle(folder, store)
            session = kind(folder, store, lock)
            if read_only:
                session.damage = damage
                session.barred = None if damage else why_only_read(folder, store)
            return session
    except BaseException as error:
        _note_fault(folder, error)
        if not store.is_closed():
            store.close()
        lock.release()
        raise


def _settle(folder: Path, store: Store) -> None:
    """Check the files beside the database of a desk that was just opened for writing."""
    settle_ring(folder, store)
    write_deferred_lines(folder, store)
    settle_last(folder, store)


def _note_fault(folder: Path, error: BaseException) -> None:
    """Record beside a desk why it could not be opened, if its file was altered."""
    if has_corrupt_code(error):
        note_damage(folder, 1)
    if isinstance(error, DamagedFile):
        defer_audit_line(folder, "desk.older" if isinstance(error, OlderDesk) else "desk.damaged")


def _reference_version(store: Store) -> int:
    return int(meta_value(store, REFERENCE_VERSION) or 0)
