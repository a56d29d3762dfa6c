"""Restoring a backup into a new folder, verified as a whole before the folder gets its name.

All work is in a folder of a random name beside DIR, which is renamed to it at the end; the backup
itself is only read. After an error neither folder is left; the remains of a killed run are removed
by the next one in the same parent folder.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.backups.erasure_list import erasures_to_apply, read_parts
from borderdesk.backups.work_folder import new_folder
from borderdesk.base.disk import MEBIBYTE, require_free_space, sync_folder
from borderdesk.base.errors import CannotOpen, OperationRefused, SchemaMismatch, reason
from borderdesk.base.files import new_file, own_file, require_file, write_atomically
from borderdesk.base.held_files import remove_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import backups_folder, database_file, desk_lock_file, key_file
from borderdesk.base.progress import Progress
from borderdesk.exchange.desks.cards import Cards
from borderdesk.exchange.desks.desk_renewal import DeskRenewal
from borderdesk.exchange.entries.erasures import Erasures, Notice, apply_erasures
from borderdesk.session.last_state import begin_last
from borderdesk.session.maintenance import Maintenance
from borderdesk.session.ring_check import OlderKeys
from borderdesk.session.session import Session
from borderdesk.store.connection.cipher import is_encrypted
from borderdesk.store.connection.database import DATABASE_ERRORS, SCHEMA_VERSION, Store, explain
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.seal import read_through

if TYPE_CHECKING:
    from borderdesk.session import file_keys
else:
    # A desk without a password does not need its libraries.
    file_keys = lazy_module("borderdesk.session.file_keys")

ROOM_BESIDES = 8 * MEBIBYTE
"""Bytes a desk may need besides its file: the write-ahead log."""
SYNC_EVERY = 8 * MEBIBYTE
"""Bytes copied between two calls of fsync."""
PROGRESS_PARTS = 1_000
"""The total that progress callbacks get."""
COPY_PART = 150
"""The share of copying in it; the rest is the check."""

DATABASE_FAULTS: tuple[type[Exception], ...] = (
    *DATABASE_ERRORS,
    ValueError,
    LookupError,
    TypeError,
)
"""The errors that a damaged file, or one that is no desk, may cause anywhere."""


class DeskCounts(NamedTuple):
    """The counts that must be equal in a desk and in the one restored from its copy."""

    records: int
    revisions: int
    totals_hash: str


class RestoredDesk(NamedTuple):
    """A desk that was restored: what the full check counted in it; `made`: the moment it shows
    (UTC), "" for a file that is no backup of this program; `erased`: how many separate parts the
    lists beside it took away."""

    desk: Path
    records: int
    revisions: int
    totals_hash: str
    made: str
    erased: int


NoteSource = Callable[[Session, Path, str, DeskCounts], None]
TellErasures = Callable[[list[str]], None]


def no_listener(_households: list[str]) -> None:
    """A listener that does nothing."""


def share(progress: Progress, first: int, last: int) -> Progress:
    """The progress of a part of the work, that from `first` to `last` of `PROGRESS_PARTS`."""

    def report(done: int, whole: int) -> None:
        progress(first + (last - first) * min(done, whole) // max(whole, 1), PROGRESS_PARTS)

    return report


def restore_desk(
    file: Path,
    into: Path,
    progress: Progress,
    note_source: NoteSource,
    *,
    key: bytes | None = None,
    renew: bool = True,
    tell: TellErasures = no_listener,
) -> RestoredDesk:
    """Make a desk in the folder `into` from a backup or another desk's file; it continues under a
    new id, because later entries of its old id may be known to other desks.

    key: that of the desk, if it is encrypted; note_source: called with the new desk, the file, the
    time it was made and its counts, for a backup that is proven by this; renew: False for a trial,
    whose desk is discarded; tell: called with the households that the list beside the backup will
    erase, before the erasure; an exception raised by it aborts the restoration.

    Raises OperationRefused when `into` is not empty, CannotOpen for a file that is damaged, no
    desk, or of a newer program.
    """
    file, into = file.absolute(), into.absolute()
    require_file(file)
    try:
        _require_free(into)
        _require_closed(file)
        if key is None and is_encrypted(file):
            # Nothing opens it: it may be gigabytes of anything, which would be copied first.
            raise _no_desk(file)
        with new_folder(into) as half:
            restored = _restore_into(file, half, progress, note_source, key, tell, renew=renew)
            return restored._replace(desk=into)
    except OSError as error:
        raise CannotOpen(
            _("The desk could not be restored into {folder}: {error}").format(
                folder=into, error=reason(error)
            )
        ) from error


def _require_free(into: Path) -> None:
    # The root of a stick cannot be replaced by a rename: a folder in it is needed.
    if os.path.ismount(into) or into.is_file() or (into.exists() and any(into.iterdir())):
        raise OperationRefused(
            _(
                "{folder} is not empty. Restore into a new folder: nothing is ever overwritten."
            ).format(folder=into)
        )


def _require_closed(file: Path) -> None:
    """Raise OperationRefused for the file of a desk that is open: it may change while it is
    read."""
    lock = Lock(desk_lock_file(file.parent))
    if file != database_file(file.parent) or not lock.path.exists():
        return
    with suppress(OSError), lock:
        if not lock.take(exclusive=True):
            raise OperationRefused(
                _("{file} is open. Close it first, or take a backup.").format(file=file)
            )


def _restore_into(
    file: Path,
    half: Path,
    progress: Progress,
    note_source: NoteSource,
    key: bytes | None,
    tell: TellErasures,
    *,
    renew: bool,
) -> RestoredDesk:
    """Restore into the folder `half`, which is new, and check it whole."""
    require_free_space(half.parent, file.stat().st_size + ROOM_BESIDES)
    listed = read_parts(file.parent)
    begin_last(half)
    time = _copied(file, database_file(half), share(progress, 0, COPY_PART))
    if key is not None and (ring := file_keys.ring_of_file(file, key)):
        write_atomically(key_file(half), ring)
    try:
        with _opened(half, key) as desk:
            erased = erasures_to_apply(desk, file, listed)
            lacked = _lacked(desk, erased)
            households = desk.part(Erasures).still_held(notice[0] for notice in erased)
            if households:
                tell(households)
            with desk.writing():
                erased_parts = apply_erasures(desk, erased)
            if erased_parts:
                # The rewritten file and the write-ahead log.
                require_free_space(half.parent, 2 * desk.store.size() + ROOM_BESIDES)
                desk.part(Erasures).wipe()
            if renew:
                with desk.writing():
                    desk.part(DeskRenewal).go_on()
                    desk.part(Erasures).state_again(lacked)
            result = desk.part(Maintenance).verify(share(progress, COPY_PART, PROGRESS_PARTS))
            counted = DeskCounts(result["records"], result["revisions"], result["totals_hash"])
            if time and result["ok"]:
                note_source(desk, file, time, counted)
    except (SchemaMismatch, OlderKeys):
        raise
    except CannotOpen as error:
        raise _no_desk(file) from error
    except DATABASE_FAULTS as error:
        raise explain(error) or _no_desk(file) from error
    if not result["ok"]:
        raise CannotOpen(
            _("{file} is damaged: the full check found {count} faults. Use another one.").format(
                file=file.name, count=len(result["problems"])
            )
        )
    remove_file(desk_lock_file(half))
    with own_file(database_file(half)) as database:
        os.fsync(database.fileno())
    sync_folder(half)
    progress(PROGRESS_PARTS, PROGRESS_PARTS)
    return RestoredDesk(half, *counted, time, erased_parts)


def _lacked(desk: Session, erased: Sequence[Notice]) -> list[Notice]:
    """The erasures made by the desk and missing in its backup: no other desk may have received
    them."""
    erased_records = desk.part(Erasures).records()
    missing = [notice for notice in erased if notice[0] not in erased_records]
    own_desks = {key[0] for key in desk.part(Cards).own_keys()} if missing else set()
    return [notice for notice in missing if notice[2] in own_desks]


def _copied(file: Path, target: Path, progress: Progress) -> str:
    """Copy the database of a backup, and the log of one that was copied by hand; the moment it
    shows."""
    with new_file(target) as copy:

        def report(done: int, whole: int) -> None:
            if done % SYNC_EVERY == 0:
                # Sync in steps: a save on the same disk would wait for all bytes not written yet.
                os.fsync(copy.fileno())
            progress(done, whole)

        time = read_through(file, report, copy.write)
    log = Path(f"{file}-wal")
    if not time and log.is_file():
        with log.open("rb") as source, new_file(Path(f"{target}-wal")) as copy:
            shutil.copyfileobj(source, copy)
    return time


@contextmanager
def _opened(folder: Path, key: bytes | None) -> Iterator[Session]:
    """The restored desk, opened and upgraded in place."""
    database = database_file(folder)
    older = Store(database, key)
    with older.connection_context():
        version = older.schema_version()
    if version != 0 and version < SCHEMA_VERSION:
        # The copy made before an upgrade, and the write-ahead log.
        require_free_space(folder.parent, 2 * database.stat().st_size + ROOM_BESIDES)
    with Session.open(folder, key) as desk:
        # The copy is that of the backup, which stays where it is.
        shutil.rmtree(backups_folder(folder), ignore_errors=True)
        yield desk


def _no_desk(file: Path) -> CannotOpen:
    return CannotOpen(_("{file} is damaged or is not a desk.").format(file=file.name))
