"""Making, opening and upgrading the database of a desk, and checking one that is not open."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk import __version__
from borderdesk.base.disk import MEBIBYTE, require_free_space
from borderdesk.base.errors import CannotOpen, UnsupportedSchema, UserError, unreadable
from borderdesk.base.files import require_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import key_file, migration_copies
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.text import FORBIDDEN, without_unseen
from borderdesk.schema import settings
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.revisions import utc_stamp
from borderdesk.schema.unit_history import bare_name
from borderdesk.session.account_table import Account, insert_account
from borderdesk.session.file_guard import require_own_log, take_shared
from borderdesk.session.permissions import ADMINISTRATOR
from borderdesk.session.ring_check import require_ring_of_today
from borderdesk.store.connection import schema
from borderdesk.store.connection.cipher import is_encrypted
from borderdesk.store.connection.database import (
    EXPLAINED_ERRORS,
    SCHEMA_VERSION,
    Store,
    damaged,
    explain,
    is_busy,
    is_short_of_memory,
    renew_digests,
)
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.meta import PROGRAM, write_meta
from borderdesk.store.connection.seal import carried_keys, read_through
from borderdesk.store.reference import ReferenceReader, insert_cells

if TYPE_CHECKING:
    from borderdesk.schema.reference import files as reference_files
    from borderdesk.store.verification import verify
else:
    reference_files = lazy_module("borderdesk.schema.reference.files")
    verify = lazy_module("borderdesk.store.verification.verify")

PROVINCE = "20"
ROOM_BESIDES = 8 * MEBIBYTE
"""Bytes an upgrade may need besides copy and log."""


@contextmanager
def explained() -> Iterator[None]:
    """Raise a database error as a UserError that explains it; other errors pass through."""
    try:
        yield
    except EXPLAINED_ERRORS as error:
        meaning = explain(error)
        if meaning is None:
            raise
        raise meaning from error


def create_database(
    path: Path,
    role: str,
    unit: str,
    user: str,
    desk_id: str,
    key: bytes | None,
    *,
    demo: bool,
    practice: bool,
) -> None:
    """Make the database of a new desk in the file `path`."""
    store = Store(path, key)
    with explained(), store.connection_context():
        run_migrations(store)
        with store.transaction_for_writing():
            for read in reference_files.shipped_rows(real=not (demo or practice)):
                insert_cells(store, read.table, read.rows)
            insert_cells(store, settings.SettingTable, settings.shipped(role))
            person = user_name(user)
            meta_values = {
                "desk": desk_id,
                "role": role,
                "unit": _unit_of(store, role, unit),
                "user": person,
                "demo": "1" if demo else "0",
                "reference_version": "1",
                "practice": "1" if practice else "0",
            }
            write_meta(store, meta_values)
            insert_account(store, Account(person, person, ADMINISTRATOR, "", utc_stamp()))
        store.empty_log()


def user_name(user: str) -> str:
    """The name of a person in its stored form. Raises UserError."""
    user = without_unseen(user, lines=True).strip()
    if not user or len(user) > 200 or FORBIDDEN.search(user):
        raise UserError(_("The user needs a name of one line."))
    return user


def _unit_of(store: Store, role: str, unit: str) -> str:
    """The post code, district id or province that the text `unit` names for a desk's role."""
    book = ReferenceBook(ReferenceReader(store))
    if role == "province" and unit == PROVINCE:
        return unit
    if role == "post":
        post = book.post_code(unit)
        if post is not None:
            return post
    if role == "liaison":
        for unit_entry in book.units.values():
            if unit_entry.kind == "district" and bare_name(unit) in (
                bare_name(unit_entry.name),
                unit_entry.id,
            ):
                return unit_entry.id
    raise UserError(
        _(
            "“{unit}” is not a unit for a desk of this kind (a post code, a district, or 20)."
        ).format(unit=unit[:60])
    )


def upgrade(folder: Path, store: Store, lock: Lock, progress: Progress = no_progress) -> None:
    """Upgrade an older file under an exclusive lock, after a copy of it was made.

    Raises NewerSchema, UnsupportedSchema, CannotOpen.
    """
    version = store.schema_version()
    if version > SCHEMA_VERSION:
        raise store.newer_schema()
    if version == SCHEMA_VERSION:
        return
    if version == 0:
        raise _not_a_desk(store.path)
    if not schema.is_upgradable(store, version):
        raise UnsupportedSchema
    store.require_schema()
    lock.release()
    if not lock.take(exclusive=True):
        raise CannotOpen(
            _("The desk must be upgraded, but another program has it open. Close that first.")
        )
    progress(0, 1)
    if store.damage():
        raise damaged()
    # The copy, and the log of the one transaction, which may rewrite every page.
    require_free_space(folder, 2 * store.size() + ROOM_BESIDES)
    store.copy_to(_free_copy(folder, version))
    run_migrations(store, progress)
    # Release first: waiting for a lock that this process holds itself would be a deadlock.
    lock.release()
    if not take_shared(lock):
        raise CannotOpen(_("The desk is being restored or upgraded. Wait until that is done."))


def require_no_upgrade(store: Store, otherwise: UserError) -> None:
    """Raise an error for a file that cannot be read before it is upgraded."""
    if store.schema_version() != SCHEMA_VERSION:
        raise otherwise


def _free_copy(folder: Path, version: int) -> Path:
    """The path for the copy from before an upgrade, beside earlier ones."""
    stem = f"before-upgrade-{version}-to-{SCHEMA_VERSION}"
    copies = migration_copies(folder)
    names = (f"{stem}{f'-{number}' if number > 1 else ''}.db" for number in itertools.count(1))
    return next(copies / name for name in names if not os.path.lexists(copies / name))


def run_migrations(store: Store, progress: Progress = no_progress) -> None:
    """Run every migration the file has not been through, and note which program did: all of it or
    nothing."""
    is_new = store.schema_version() == 0

    def finish() -> None:
        if not is_new:
            store.require_schema()
        write_meta(store, {PROGRAM: __version__})
        renew_digests(store)

    schema.migrate(store, finish=finish, progress=progress)
    progress(1, 1)


def _not_a_desk(path: Path) -> CannotOpen:
    return CannotOpen(_("{file} is not a desk.").format(file=path.name))


def fault_of(path: Path) -> UserError | None:
    """Why a desk's database file cannot be used; None when it is sound, absent or in use, and when
    it has a password: what is wrong with that shows when a page is read."""
    try:
        if not path.is_file() or (is_encrypted(path) and key_file(path.parent).is_file()):
            return None
    except OSError:
        return None
    store = Store(path, read_only=True)
    try:
        with store.connection_context():
            version = store.schema_version()
            if version > SCHEMA_VERSION:
                return store.newer_schema()
            sound = verify.verify(store)["ok"] if version == SCHEMA_VERSION else not store.damage()
    except UserError as error:
        return error
    except Exception as error:
        # A damaged file can raise anything, from any layer.
        return None if is_busy(error) or is_short_of_memory(error) else damaged()
    return None if sound else damaged()


def verify_file(
    path: Path, progress: Progress = no_progress, key: bytes | None = None
) -> dict[str, Any]:
    """Check a database file that is not an open desk (a backup), changing nothing.

    key: what `file_keys.unlock_file` gives for one that is encrypted.
    """

    require_file(path)
    try:
        read_through(path)
    except OSError as error:
        raise unreadable(path, error, CannotOpen) from None
    require_own_log(path.absolute())
    store = Store(path, key, read_only=True)
    with _called_damaged(path), explained(), store.connection_context():
        version = store.schema_version()
        if version > SCHEMA_VERSION:
            raise store.newer_schema()
        if version != SCHEMA_VERSION:
            raise CannotOpen(_("{file} is not a desk of this version.").format(file=path.name))
        if key is not None and not carried_keys(path):
            require_ring_of_today(path.parent, store)
        return verify.verify(store, progress)


@contextmanager
def _called_damaged(path: Path) -> Iterator[None]:
    """Raise CannotOpen for damage that no database error reports: a value of the wrong type in a
    file without a seal; also for the errors of the database library itself."""
    try:
        yield
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise CannotOpen(_("{file} is damaged or is not a desk.").format(file=path.name)) from error
