"""Encrypting an open desk in place, or giving an encrypted one another key, atomically.

A copy under the new key is made, proven like any backup (restored on trial, counted, checked whole)
and stored as one. The backups in the desk's own folder are rewritten under the key. Only then the
database itself is replaced, by one rename; see `session.rekey_plan` for a kill in between. No plain
copy is made in the process.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from borderdesk.backups.backups import (
    NAME_SUFFIX,
    Backup,
    BackupEntry,
    count_desk,
    device_of,
    free_name,
    insert_backup,
    logged_backups,
    prove_copy,
)
from borderdesk.backups.restoration import PROGRESS_PARTS, ROOM_BESIDES, share
from borderdesk.base.disk import require_free_space
from borderdesk.base.errors import CannotOpen, OperationRefused, UserError
from borderdesk.base.files import part_file, part_name, remove_left_parts, write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.paths import backups_folder, database_file, desk_lock_file, key_file
from borderdesk.base.progress import Progress, no_progress
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.wrap_set import WrapSet, damaged_keys, require_password
from borderdesk.schema.revisions import canonical, utc_stamp
from borderdesk.session.account_table import Account, first_account
from borderdesk.session.locked_desk import unwritable
from borderdesk.session.opening import explained
from borderdesk.session.preferences import language_file, saved_language
from borderdesk.session.rekey_plan import RekeyPlan, begins, finish_rekeying, settle, write_plan
from borderdesk.session.ring_check import note_ring, noted_ring
from borderdesk.session.witness import bear_witness
from borderdesk.store.audit_lines import append_audit
from borderdesk.store.connection.cipher import copy_under_key, is_encrypted
from borderdesk.store.connection.database import (
    DATABASE_ERRORS,
    EXPLAINED_ERRORS,
    SCHEMA_VERSION,
    Store,
)
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.meta import meta_value
from borderdesk.store.connection.page_cipher import new_key
from borderdesk.store.connection.seal import read_through, seal
from borderdesk.store.models.backups import BackupRow
from borderdesk.store.records.history import last_seq
from borderdesk.store.verification.desk_state import state_hash

COPIED, PROVEN = 150, 800
"""Of `PROGRESS_PARTS`: up to where the copy is made, and up to where it is proven."""
RING, COPY = "ring", "copy"
UNREADABLE: tuple[type[Exception], ...] = (CannotOpen, *DATABASE_ERRORS)


class RekeyedDesk(NamedTuple):
    """The result of a change of the key: the key, the proven backup under it, unchanged backups
    elsewhere, and unreadable ones in the desk's own folder, which were removed."""

    key: bytes
    backup: Path
    elsewhere: list[Path]
    unreadable: list[Path]


class AuditedChange(NamedTuple):
    """The audit log entry for a change of the key: its kind, and the account."""

    kind: str
    account: Account


class UnconfirmedKey(UserError):
    """The desk has its new key, but a disk that fails may not keep all of the change; the next
    opening finishes it."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        super().__init__(
            _(
                "The desk has its new password or key, but the disk does not confirm that it keeps"
                " it. Check the disk, then back the desk up."
            )
        )


class RewrittenBackup(NamedTuple):
    """A backup in the desk's own folder under the new key: its name, the file that takes its
    place, and its size."""

    name: str
    prepared: str
    size: int


def encrypt_desk(folder: Path, password: str, progress: Progress = no_progress) -> RekeyedDesk:
    """Give an unencrypted desk, which no program has open, a password: that of its first account.

    Raises OperationRefused if it has one, CannotOpen for a desk that is in use or damaged,
    UserError; the desk is then unchanged.
    """
    require_password(password)
    with _held(folder):
        if is_encrypted(database_file(folder)):
            raise encrypted_already()
        store = Store(database_file(folder))
        with explained(), store.connection_context():
            _require_current(store)
            account = first_account(store)
        key = new_key()
        ring = WrapSet.of_one(key, account.name, password).content()
        language = saved_language(database_file(folder))
        entry = AuditedChange("desk.encrypted", account)
        rekeyed = _KeyChange(folder, None, key, ring, entry, progress).run()
        if language is not None:
            write_atomically(language_file(folder), language.encode())
        return rekeyed


def change_key(
    folder: Path, key: bytes, account: Account, progress: Progress = no_progress
) -> RekeyedDesk:
    """Replace the `key` of an encrypted desk, which no program has open: holders of the old key who
    are no longer in the ring cannot read later data.

    account: of the person who does it.
    """
    with _held(folder):
        store = Store(database_file(folder), key)
        with explained(), store.connection_context():
            wraps = noted_ring(store) or KeyRing(folder).read()
        if not wraps.is_of(key):
            raise damaged_keys()
        new = new_key()
        ring = wraps.holding(new).content()
        entry = AuditedChange("desk.rotated", account)
        return _KeyChange(folder, key, new, ring, entry, progress).run()


def encrypted_already() -> OperationRefused:
    """The error for a desk that has a password."""
    return OperationRefused(_("This desk is encrypted already. Another key: “encrypt --new-key”."))


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the desk for this process alone. Raises CannotOpen, also for what the system refuses
    meanwhile."""
    try:
        finish_rekeying(folder)
        with Lock(desk_lock_file(folder)) as lock:
            if not lock.take(exclusive=True):
                raise CannotOpen(
                    _("Another program has this desk open. Close it first; nothing was changed.")
                )
            yield
    except OSError as error:
        raise unwritable(folder, error) from error


def _require_current(store: Store) -> None:
    if store.schema_version() != SCHEMA_VERSION:
        raise CannotOpen(_("{file} is not a desk of this version.").format(file=store.path.name))


class _KeyChange:
    """One change of a desk's key, from what it was (None: open) to what it is to be."""

    def __init__(
        self,
        folder: Path,
        old: bytes | None,
        new: bytes,
        ring: bytes,
        entry: AuditedChange,
        progress: Progress,
    ) -> None:
        self._folder, self._database = folder, database_file(folder)
        self._own = backups_folder(folder)
        self._old, self._new, self._ring, self._entry = old, new, ring, entry
        self._progress = progress
        self._work = folder / part_name()
        self._unreadable: list[Path] = []

    def run(self) -> RekeyedDesk:
        """Do it. Raises UserError, OSError, after which the desk is as it was; UnconfirmedKey."""
        if self._own.is_symlink():
            raise OperationRefused(
                _(
                    "{folder} is a link: the backups behind it would be changed too. Nothing was"
                    " changed. Put the folder itself there, then try again."
                ).format(folder=self._own)
            )
        self._clear()
        require_free_space(self._folder, self._room())
        # A plan that never matches, so that leftovers of a kill before the true plan are removed
        # too.
        write_plan(self._folder, RekeyPlan("", self._work.name, {}, ()))
        before = begins(self._database)
        try:
            rekeyed = self._replaced()
        except (UserError, OSError) as error:
            if begins(self._database) == before:
                raise
            raise UnconfirmedKey(self._new) from error
        self._remember()
        self._progress(PROGRESS_PARTS, PROGRESS_PARTS)
        return rekeyed

    def _replaced(self) -> RekeyedDesk:
        try:
            self._work.mkdir(0o700)
            return self._replace()
        finally:
            # Finishes it if the database was replaced, takes it back if not.
            settle(self._folder)
            shutil.rmtree(self._work, ignore_errors=True)

    def _remember(self) -> None:
        """Update the record in the person's own folder: the desk has a password now."""
        store = Store(self._database, self._new, read_only=True)
        with suppress(*EXPLAINED_ERRORS), store.connection_context():
            bear_witness(self._folder, store)

    def _clear(self) -> None:
        """Remove the remains of killed runs."""
        remove_left_parts(self._folder)
        remove_left_parts(self._own)

    def _room(self) -> int:
        """Bytes: the desk three times (copy, trial, its new file), and its backups once more."""
        sizes = [self._database.stat().st_size * 3 + 2 * ROOM_BESIDES]
        return sum([*sizes, *(file.stat().st_size for file in self._own_files())])

    def _own_files(self) -> list[Path]:
        return sorted(self._own.glob(f"*{NAME_SUFFIX}"))

    def _replace(self) -> RekeyedDesk:
        time = utc_stamp()
        store = Store(self._database, self._old)
        with explained(), store.connection_context():
            _require_current(store)
            backup = self._proven_copy(store, time)
            elsewhere = self._elsewhere(store)
        self._require_no_log()
        rewritten = list(self._rewritten())
        write_atomically(self._work / RING, self._ring)
        name = backup.backup.file.name
        moved = {COPY: name} | {copy.prepared: copy.name for copy in rewritten}
        with part_file(self._database) as part:
            read_through(self._work / COPY, take=part.file.write)
            part.file.flush()
            self._note(Store(part.path, self._new), backup, rewritten)
            self._own.mkdir(0o700, exist_ok=True)
            plan = RekeyPlan(
                begins(part.path),
                self._work.name,
                {RING: key_file(self._folder).name}
                | {source: f"{self._own.name}/{target}" for source, target in moved.items()},
                tuple(file.name for file in self._unreadable),
            )
            write_plan(self._folder, plan)
        return RekeyedDesk(self._new, self._own / name, elsewhere, self._unreadable)

    def _proven_copy(self, store: Store, time: str) -> BackupEntry:
        """A backup under the new key, proven like every other."""
        copy = self._work / COPY
        counted = count_desk(store)
        self._progress(0, PROGRESS_PARTS)
        copy_under_key(store, copy, self._new)
        seal(copy, time, self._ring)
        prove_copy(copy, counted, self._new, share(self._progress, COPIED, PROVEN))
        file = self._own / free_name(self._own, str(meta_value(store, "unit")))
        backup = Backup(file, time, copy.stat().st_size, *counted, automatic=False, failed="")
        return BackupEntry(backup, last_seq(store), state_hash(store), device_of(self._folder))

    def _elsewhere(self, store: Store) -> list[Path]:
        """The backups on other disks and sticks, which stay as they are: those that can be seen,
        and those on what is not plugged in."""
        logged = [entry.backup for entry in logged_backups(store, self._own)]
        files = {
            backup.file
            for backup in logged
            if not backup.failed and backup.file.parent != self._own
        }
        return sorted(file for file in files if file.exists() or not file.parent.exists())

    def _require_no_log(self) -> None:
        """Raise CannotOpen if another program keeps the old database's log in use: it would be
        applied to the new database."""
        log = Path(f"{self._database}-wal")
        if log.exists() and log.stat().st_size:
            raise CannotOpen(
                _("Another program has this desk open. Close it first; nothing was changed.")
            )

    def _rewritten(self) -> Iterator[RewrittenBackup]:
        """The backups in the desk's own folder, each under the new key, with the new ring."""
        files = self._own_files()
        for number, file in enumerate(files):
            share(self._progress, PROVEN, PROGRESS_PARTS)(number, len(files))
            key = None if not is_encrypted(file) else self._old
            if is_encrypted(file) and key is None:
                # Of an earlier time when the desk had a password: it opens with that.
                continue
            prepared = self._work / str(number)
            try:
                time = read_through(file) or utc_stamp()
                old = Store(file, key, read_only=True)
                with old.connection_context():
                    copy_under_key(old, prepared, self._new)
            except UNREADABLE:
                if key is None:
                    # Unencrypted and damaged: it proves nothing, and exposes everything.
                    self._unreadable.append(file)
                continue
            seal(prepared, time, self._ring)
            yield RewrittenBackup(file.name, prepared.name, prepared.stat().st_size)

    def _note(
        self, store: Store, backup: BackupEntry, rewritten: Iterable[RewrittenBackup]
    ) -> None:
        """Log in the new database the change of the key, and its effect on the backups."""
        with explained(), store.connection_context():
            with store.transaction_for_writing():
                for copy in rewritten:
                    row = BackupRow.update(size=copy.size).where(BackupRow.file == copy.name)
                    store.execute(row)
                for file in self._unreadable:
                    store.execute(BackupRow.delete().where(BackupRow.file == file.name))
                insert_backup(store, backup, self._own)
                note_ring(store, self._ring)
                by = (self._entry.account.name, self._entry.account.role)
                append_audit(store, by, self._entry.kind, "", canonical({}))
            store.empty_log()
