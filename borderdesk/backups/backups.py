"""The backups of a desk: made, verified by a trial restore, logged, listed, thinned out.

A backup is logged as proven only after it was restored by the code of `restore`, passed the full
check, and had the same counts of records and revisions and the same hash as the desk in the
snapshot that was copied. Until then no file in the folder has the name of a backup.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from borderdesk.backups.erasure_list import write_list
from borderdesk.backups.restoration import (
    ROOM_BESIDES,
    DeskCounts,
    RestoredDesk,
    TellErasures,
    no_listener,
    restore_desk,
    share,
)
from borderdesk.backups.work_folder import remove_leftover, work_folder
from borderdesk.base.disk import require_free_space, sync_folder
from borderdesk.base.errors import CannotOpen, OperationStopped, UserError, reason
from borderdesk.base.held_files import move
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.mounts import require_mounted
from borderdesk.base.paths import backups_folder
from borderdesk.base.private_files import make_private_folder
from borderdesk.base.progress import Progress, no_progress
from borderdesk.base.stored_words import stored_words, words_of_stored
from borderdesk.base.text import storable_name
from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.entries.erasures import Erasures
from borderdesk.schema.revisions import totals_hash, utc_stamp
from borderdesk.session.operations import operation
from borderdesk.session.preferences import Preferences
from borderdesk.session.session import Session, SessionPart
from borderdesk.store.connection.database import EXPLAINED_ERRORS, Store, explain
from borderdesk.store.connection.seal import seal
from borderdesk.store.models.backups import BackupRow
from borderdesk.store.records.history import last_seq
from borderdesk.store.verification.desk_state import (
    count_records,
    count_revisions,
    has_revisions,
    revision_ids,
    state_hash,
)

if TYPE_CHECKING:
    from borderdesk.session import desk_ring
else:
    desk_ring = lazy_module("borderdesk.session.desk_ring")

AUTOMATIC = "backup_automatic"
"""The preference whose "1" (that without it) lets backups be made by themselves."""
LAST_FOLDER = "backup_folder"
"""The preference with the folder of the last backup made by hand."""
NOT_MADE = N_("The backup could not be made: {error}. Former backups are untouched.")
"""The message, shown and logged, for an error of the disk."""
NAME_PREFIX, NAME_SUFFIX = "sao-luu_", ".db"
AGAIN_AFTER = datetime.timedelta(hours=20)
RETRY_AFTER = datetime.timedelta(hours=1)
OLD_AFTER = datetime.timedelta(days=7)
NEWEST_KEPT = 7
MONTHS_KEPT = 12
FAILED_KEPT = 20
COUNT_PART, COPY_PART, PROGRESS_PARTS = 50, 250, 1_000
"""Of so many parts of the work: up to where the desk is counted, and up to where it is copied."""


class Backup(NamedTuple):
    """A backup that was tried. file: absolute; made: UTC, the moment the copy shows; size in
    bytes; failed: "" when proven, else the reason in words."""

    file: Path
    made: str
    size: int
    records: int
    revisions: int
    totals_hash: str
    automatic: bool
    failed: str

    def is_in_place(self) -> bool:
        """Whether the file is still in its place with its size unchanged."""
        try:
            return not self.failed and self.file.stat().st_size == self.size
        except OSError:
            return False


class BackupStatus(NamedTuple):
    """The status of a desk's backups. old: the newest proven one is more than seven days old;
    failed: the newest attempt failed; written_since: the number of the desk's revisions that are
    not in the newest proven one."""

    state: Literal["none", "good", "old", "failed"]
    newest: Backup | None
    written_since: int


class BackupEntry(NamedTuple):
    """A backup with the state of the desk at that time, and the device (disk or stick) it is on."""

    backup: Backup
    last_seq: int
    mark: str
    device: str


class CopiedDesk(NamedTuple):
    """The contents of a copy: its time stamp (UTC), the expected counts, the newest `seq`, the hash
    of the state, and its key ring."""

    made: str
    counted: DeskCounts
    last_seq: int
    mark: str
    ring: bytes


class Backups(SessionPart):
    """The backups of a desk."""

    def make(
        self,
        folder: Path | None = None,
        *,
        automatic: bool = False,
        progress: Progress = no_progress,
    ) -> Backup:
        """Make a backup and prove it; in the desk's own folder of backups when none is named.

        Other connections may write during that. A failure is recorded with its reason and leaves no
        file. Raises UserError, CannotOpen when the copy could not be proven, OperationStopped.
        """
        self.require("backup.make")
        target = (folder or self.folder()).absolute()
        start_time = utc_stamp()
        try:
            with _explained_errors():
                # Make the keys first: without them a restored desk sends nothing that is accepted.
                self.session.part(Cards).own()
                # Data that an earlier erasure could not wipe must not get into the copy.
                self.session.part(Erasures).wipe()
                entry = self._create(target, automatic, progress)
        except OperationStopped:
            raise
        except Exception as error:
            why = error if isinstance(error, UserError) else _unforeseen(error)
            failed = Backup(
                target / free_name(target, self.session.identity.unit),
                start_time,
                0,
                0,
                0,
                "",
                automatic,
                words_of_stored(stored_words(why)),
            )
            # The disk of the desk itself may be full; the error is raised all the same.
            with suppress(UserError):
                self.note_backup(BackupEntry(failed, 0, "", ""))
            raise
        self.note_backup(entry)
        # Erasures since the list was written did not reach this folder, which was not logged yet.
        self.write_erasures()
        if automatic:
            self._thin_out()
        elif folder is not None:
            self.session.part(Preferences).prefer(LAST_FOLDER, str(target))
        return entry.backup

    def folder(self) -> Path:
        """The desk's own folder of backups."""
        return backups_folder(self.session.folder).absolute()

    def _create(self, folder: Path, automatic: bool, progress: Progress) -> BackupEntry:
        require_mounted(folder)
        make_private_folder(folder)
        # Not by glob(), which treats the root of an empty stick on Windows as missing.
        for leftover in folder.iterdir():
            if leftover.name.startswith(NAME_PREFIX) and leftover.name.endswith(
                f"{NAME_SUFFIX}.part"
            ):
                # Left by a former version; those of this one have random names.
                remove_leftover(leftover)
        name = free_name(folder, self.session.identity.unit)
        with work_folder(folder) as lock:
            copy = lock.path.with_name("copy")
            time, counted, seq, mark, ring = self._copied(copy, progress)
            seal(copy, time, ring)
            prove_copy(copy, counted, self.store.key, share(progress, COPY_PART, PROGRESS_PARTS))
            size = copy.stat().st_size
            write_list(self.session, folder)
            move(copy, folder / name)
            sync_folder(folder)
        backup = Backup(folder / name, time, size, *counted, automatic, "")
        return BackupEntry(backup, seq, mark, device_of(folder))

    def _copied(self, copy: Path, progress: Progress) -> CopiedDesk:
        """Copy the desk and count it in the same snapshot."""
        time = utc_stamp()
        with self.store.snapshot():
            # The trial restores the copy beside it.
            require_free_space(copy.parent.parent, 2 * self.store.size() + 2 * ROOM_BESIDES)
            progress(0, PROGRESS_PARTS)
            counted = count_desk(self.store)
            seq, mark = last_seq(self.store), state_hash(self.store)
            key = self.store.key
            ring = b"" if key is None else self.session.part(desk_ring.DeskRing).content()
            self.store.copy_to(copy, share(progress, COUNT_PART, COPY_PART))
        return CopiedDesk(time, counted, seq, mark, ring)

    @operation("backup.make")
    def note_backup(self, entry: BackupEntry) -> None:
        """Log a backup, proven or failed."""
        kind = "backup.failed" if entry.backup.failed else "backup.made"
        self.session.audit_notes.note(kind, entry.backup.file.name)
        insert_backup(self.store, entry, self.folder())

    def note_source(self, file: Path, time: str, counted: DeskCounts) -> None:
        """Note in a desk that was restored the backup it is from, which has been proven by it."""
        size = file.stat().st_size
        backup = Backup(file, time, size, *counted, automatic=False, failed="")
        mark = state_hash(self.store)
        entry = BackupEntry(backup, last_seq(self.store), mark, device_of(file.parent))
        with self.writing():
            insert_backup(self.store, entry, self.folder())
            self.session.audit_notes.note("backup.restored", file.name)

    # ------------------------------------------------------------------------- listing

    def all(self) -> list[Backup]:
        """Every backup that was tried, proven and failed, the newest first."""
        return [entry.backup for entry in self._logged_backups()]

    def newest(self) -> Backup | None:
        """The newest proven backup that is not known to be deleted."""
        entry = self._newest()
        return entry.backup if entry else None

    def existing(self) -> list[Backup]:
        """The proven backups that are not known to be deleted, the newest first: the file exists,
        or its stick is not plugged in."""
        return [entry.backup for entry in self._existing()]

    def status(self, now: datetime.datetime) -> BackupStatus:
        """The status of the backups. A file on a stick that is not plugged in counts as existing; a
        file missing from a connected device does not."""
        attempts, newest = self._logged_backups(), self._newest()
        failed = bool(attempts) and bool(attempts[0].backup.failed)
        if newest is None:
            every = count_revisions(self.store)
            return BackupStatus("failed" if failed else "none", None, every)
        since = count_revisions(self.store, after=newest.last_seq)
        if failed:
            return BackupStatus("failed", newest.backup, since)
        old = _age(newest.backup, now) > OLD_AFTER
        return BackupStatus("old" if old else "good", newest.backup, since)

    def due(self, now: datetime.datetime) -> bool:
        """Whether a backup is to be made now by itself: this is wanted, the desk has records, the
        newest is a day old and something was written since; an hour after one that failed."""
        if self.session.hindrance() is not None:
            return False
        if (
            self.session.identity.practice
            or self.session.part(Preferences).preferred(AUTOMATIC, "1") != "1"
        ):
            return False
        if not has_revisions(self.store):
            return False
        attempts, newest = self._logged_backups(), self._newest()
        # The clock may have been wrong: a backup dated in the future counts as an old one.
        zero = datetime.timedelta(0)
        if (
            attempts
            and attempts[0].backup.failed
            and zero <= _age(attempts[0].backup, now) < RETRY_AFTER
        ):
            return False
        if newest is None:
            return True
        if zero <= _age(newest.backup, now) < AGAIN_AFTER:
            return False
        return state_hash(self.store) != newest.mark

    def _logged_backups(self) -> list[BackupEntry]:
        return logged_backups(self.store, self.folder())

    def _newest(self) -> BackupEntry | None:
        return next(self._existing(), None)

    def _existing(self) -> Iterator[BackupEntry]:
        own_folder = self.folder()
        for entry in self._logged_backups():
            backup = entry.backup
            if backup.failed:
                continue
            elsewhere = (
                backup.file.parent != own_folder and device_of(backup.file.parent) != entry.device
            )
            if backup.is_in_place() or elsewhere:
                yield entry

    # ------------------------------------------------------------------ erased, outdated

    def write_erasures(self) -> None:
        """Write the erasures into the list of every reachable folder with backups of this desk."""
        folders = {backup.file.parent for backup in self.all() if not backup.failed}
        for folder in sorted(folders | {self.folder()}):
            # A stick that cannot be written to gets the list with its next backup.
            with suppress(OSError):
                if folder.is_dir():
                    write_list(self.session, folder)

    def _thin_out(self) -> None:
        """Remove the outdated automatic backups in the desk's own folder. Behind a link nothing is
        removed: the files there may be somebody's."""
        own_folder = self.folder()
        if own_folder.is_symlink():
            return
        mine = [
            b for b in self.all() if b.automatic and b.file.parent == own_folder and b.is_in_place()
        ]
        removed = []
        for backup in outdated(mine):
            with suppress(OSError):
                backup.file.unlink()
                removed.append(backup)
        self.forget_backups(removed)

    @operation("backup.make")
    def forget_backups(self, removed: Sequence[Backup]) -> None:
        """Delete the log entries of backups whose files were removed."""
        row = BackupRow
        for backup in removed:
            is_backup = (row.file == backup.file.name) & (row.made == backup.made)
            self.store.execute(row.delete().where(is_backup))


def free_name(folder: Path, unit: str) -> str:
    """A file name that is free in the folder: the desk's unit and the local time."""
    now = datetime.datetime.now().astimezone()
    stem = f"{NAME_PREFIX}{unit}_{now:%Y-%m-%d_%H%M%S}"
    number, name = 1, f"{stem}{NAME_SUFFIX}"
    while (folder / name).exists():
        number += 1
        name = f"{stem}_{number}{NAME_SUFFIX}"
    return name


def prove_copy(copy: Path, counted: DeskCounts, key: bytes | None, progress: Progress) -> None:
    """Restore a copy on trial, beside it, and compare. Raises CannotOpen."""
    try:
        restored = restore(copy, copy.with_name("trial"), progress, key=key, renew=False)
    except CannotOpen as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from None
        raise not_proven() from error
    if DeskCounts(restored.records, restored.revisions, restored.totals_hash) != counted:
        raise not_proven()


def insert_backup(store: Store, entry: BackupEntry, own_folder: Path) -> None:
    """Log a backup within the open transaction; own_folder: the desk's own folder of backups."""
    backup = entry.backup
    inside = backup.file.parent == own_folder
    columns = backup._asdict() | {
        # The folder of a desk may be moved with its backups.
        "file": storable_name(backup.file.name if inside else str(backup.file)),
        "failed": stored_words(backup.failed),
        "automatic": int(backup.automatic),
        "last_seq": entry.last_seq,
        "mark": entry.mark,
        "device": entry.device,
    }
    row = BackupRow
    store.execute(row.insert(**columns))
    newest_failures = (
        row.select(row.id).where(row.failed != "").order_by(row.id.desc()).limit(FAILED_KEPT)
    )
    store.execute(row.delete().where(row.failed != "", row.id.not_in(newest_failures)))


def logged_backups(store: Store, own_folder: Path) -> list[BackupEntry]:
    """Every backup that was tried, the newest first; own_folder: the desk's folder of backups."""
    columns = [getattr(BackupRow, name) for name in (*Backup._fields, *BackupEntry._fields[1:])]
    query = BackupRow.select(*columns).order_by(BackupRow.id.desc())
    return [
        BackupEntry(
            Backup._make((own_folder / row[0], *row[1:6], bool(row[6]), words_of_stored(row[7]))),
            *row[8:],
        )
        for row in store.fetch(query)
    ]


def outdated(backups: Sequence[Backup]) -> list[Backup]:
    """The outdated ones of automatic backups, newest first: all but the newest seven and the newest
    of each of the last twelve months that have one."""
    retained = {backup.file for backup in backups[:NEWEST_KEPT]}
    months: dict[str, Path] = {}
    for backup in backups:
        months.setdefault(backup.made[:7], backup.file)
    retained.update(list(months.values())[:MONTHS_KEPT])
    return [backup for backup in backups if backup.file not in retained]


def restore(
    file: Path,
    into: Path,
    progress: Progress = no_progress,
    *,
    key: bytes | None = None,
    renew: bool = True,
    tell: TellErasures = no_listener,
) -> RestoredDesk:
    """Make a desk in the folder `into` from a backup or another desk's file; it records the backup
    it is from, and continues under a new id. See `restoration.restore_desk`."""
    return restore_desk(file, into, progress, _note_source, key=key, renew=renew, tell=tell)


def _note_source(session: Session, file: Path, time: str, counted: DeskCounts) -> None:
    session.part(Backups).note_source(file, time, counted)


def not_proven() -> CannotOpen:
    """The error for a copy that does not restore to the state of the desk."""
    return CannotOpen(
        _(
            "The backup did not restore to what the desk holds and was thrown away. Check the desk"
            " with “verify”, or use another stick."
        )
    )


def _unforeseen(error: Exception) -> str:
    return _("BorderDesk met an error it did not expect ({name}). Nothing was half-saved.").format(
        name=type(error).__name__
    )


@contextmanager
def _explained_errors() -> Iterator[None]:
    """Turn errors of the disk and the database into UserError."""
    try:
        yield
    except OSError as error:
        raise UserError(_(NOT_MADE).format(error=reason(error))) from None
    except EXPLAINED_ERRORS as error:
        explained = explain(error)
        if explained is None:
            raise
        raise explained from error


def count_desk(store: Store) -> DeskCounts:
    """The counts that a copy of the desk must reproduce."""
    hashed = totals_hash(revision_ids(store))
    return DeskCounts(count_records(store), count_revisions(store), hashed)


def device_of(folder: Path) -> str:
    """The device number of the file system a folder is on, or was."""
    for path in (folder, *folder.parents):
        with suppress(OSError):
            return str(path.stat().st_dev)
    return ""


def _age(backup: Backup, now: datetime.datetime) -> datetime.timedelta:
    return now.astimezone(datetime.UTC) - datetime.datetime.fromisoformat(backup.made)
