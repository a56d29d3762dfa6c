"""Salvage of a damaged desk: the last proven backup, and every later version that is readable.

The damaged file is only read. A version counts when its hash is right: altered ones are left out,
not guessed. The result is a new desk beside the damaged one, checked whole, which continues under a
new id like any restored desk; and a report of the versions read, already in the backup, added to
it, and unreadable.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.backups.backups import NAME_PREFIX, NAME_SUFFIX, restore
from borderdesk.backups.salvaged_drafts import SalvagedRecord, put_aside
from borderdesk.backups.work_folder import new_folder
from borderdesk.base.errors import CannotOpen, OperationRefused, UserError
from borderdesk.base.files import write_atomically
from borderdesk.base.held_files import move, remove_file
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import backups_folder, database_file, desk_lock_file, key_file
from borderdesk.base.progress import Progress, no_progress
from borderdesk.exchange.desks.desk_renewal import DeskRenewal
from borderdesk.schema.log_entries import REVISION, ChainHead, desk_of
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.reference import REFERENCE_TYPES
from borderdesk.session.file_guard import require_own_log
from borderdesk.session.locked_desk import LOG_FILES, require_desk_file, require_own_files
from borderdesk.session.maintenance import Maintenance
from borderdesk.session.opening import explained
from borderdesk.session.ring_check import OlderKeys, is_older, ring_in
from borderdesk.session.session import Session
from borderdesk.session.witness import witnessed_head
from borderdesk.store.connection.cipher import is_encrypted
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.meta import KEY_RING
from borderdesk.store.connection.tables import table_name
from borderdesk.store.records import logs
from borderdesk.store.records.history import StoredRevision, last_seq
from borderdesk.store.records.revision_batches import insert_parts, insert_revisions, revision_seqs
from borderdesk.store.verification.desk_state import count_revisions
from borderdesk.store.verification.readable_rows import (
    DamagedDatabase,
    ReadableRevisions,
    take_rows,
)

if TYPE_CHECKING:
    from borderdesk.keys import key_ring, wrap_set
else:
    # A desk without a password does not need its libraries.
    key_ring = lazy_module("borderdesk.keys.key_ring")

APART = "salvaged.jsonl"
"""The file in an open desk's new folder with the versions of logs that cannot be continued."""
TABLES = (
    *map(table_name, REFERENCE_TYPES.values()),
    *"setting regulation clause baseline preference draft soft_warning narrative account".split(),
    *"person_request word_form setup_row".split(),
)
"""Tables copied from the damaged desk where their digests match, parents before children."""


class SalvagedDesk(NamedTuple):
    """The outcome of a salvage, in versions.

    backup: the file it started from, "" without one; read: sound versions in the damaged file;
    in_backup, added, apart: the number of them that were in the backup, were added to it, and fit
    no log: these are in a file of their own, in an encrypted desk among the drafts; only_in_backup:
    those missing in the damaged file; unreadable, altered: rows that could not be read, and those
    whose hash is wrong; partless: stored without their personal data. drafts: records put aside as
    drafts, for a person to save.
    """

    desk: str
    backup: str
    records: int
    read: int
    in_backup: int
    added: int
    apart: int
    only_in_backup: int
    unreadable: int
    altered: int
    partless: int
    drafts: int = 0


def salvage(
    folder: Path, into: Path, *, key: bytes | None = None, progress: Progress = no_progress
) -> SalvagedDesk:
    """Make a desk in the folder `into` from the readable part of the one in `folder` and its last
    proven backup.

    Raises OperationRefused if `into` is not empty, CannotOpen if there is neither a backup nor a
    desk with readable metadata.
    """
    source = database_file(folder)
    require_own_files(folder, LOG_FILES)
    if not source.is_file():
        require_desk_file(source)
        raise CannotOpen(_("There is no desk in {folder} to salvage.").format(folder=folder))
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise OperationRefused(
            _(
                "{folder} is not empty. Salvage into a new folder: nothing is ever overwritten."
            ).format(folder=into)
        )
    require_own_log(source)
    damaged = DamagedDatabase(Store(source, key, read_only=True))
    with explained(), closing(damaged), new_folder(into) as half:
        _require_ring_of_today(folder, damaged, key)
        desk = half / "desk"
        backup = _begun(folder, desk, damaged, key, progress)
        _take_ring(folder, desk, damaged, key)
        salvaged = _salvaged(folder, damaged, desk, key, progress)
        remove_file(desk_lock_file(desk))
        for path in desk.iterdir():
            move(path, half / path.name)
        desk.rmdir()
    return salvaged._replace(desk=str(into), backup=str(backup or ""))


def key_source(folder: Path) -> Path:
    """The file whose keys open a damaged desk: its own, or, if that is no longer encrypted or not
    readable at all, or the ring beside it is missing or damaged, its newest backup, which contains
    a ring."""
    own_file = database_file(folder)
    if _own_ring(folder) is not None and _is_locked(own_file):
        return own_file
    return next(proven_backups(folder), own_file)


def _is_locked(own_file: Path) -> bool:
    try:
        return own_file.is_file() and is_encrypted(own_file)
    except OSError:
        # The first sector of a dying disk.
        return False


def proven_backups(folder: Path) -> Iterator[Path]:
    """The backups in a desk's own folder, the newest first; each is proven when it is used."""
    try:
        files = backups_folder(folder).glob(f"{NAME_PREFIX}*{NAME_SUFFIX}")
        yield from sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return


def _begun(
    folder: Path, half: Path, damaged: DamagedDatabase, key: bytes | None, progress: Progress
) -> Path | None:
    """Make the desk that is added to, from the newest backup that restores; which one it was."""
    for backup in proven_backups(folder):
        try:
            restore(backup, half, progress, key=key, renew=False)
        except UserError:
            continue
        return backup
    metadata = damaged.meta()
    if not {"role", "unit", "user", "desk"} <= metadata.keys():
        raise CannotOpen(
            _(
                "Nothing can be salvaged: no backup restores, and the damaged desk does not even"
                " say which unit it is of."
            )
        )
    Session.create(
        half,
        metadata["role"],
        metadata["unit"],
        metadata["user"],
        demo=metadata.get("demo") == "1",
        practice=metadata.get("practice") == "1",
        desk_id=metadata["desk"],
        key=key,
    ).close()
    return None


def _require_ring_of_today(folder: Path, damaged: DamagedDatabase, key: bytes | None) -> None:
    """Raise OlderKeys where the ring that opened the damaged desk is not the one it knows, as far
    as that can be read."""
    noted, ring = ring_in(damaged.meta().get(KEY_RING), key), _own_ring(folder)
    if noted is not None and ring is not None and is_older(ring, noted):
        raise OlderKeys


def _own_ring(folder: Path) -> "wrap_set.WrapSet | None":
    """The ring beside a desk; None for a missing or unreadable one."""
    with suppress(CannotOpen):
        return key_ring.KeyRing(folder).read()
    return None


def _take_ring(folder: Path, half: Path, damaged: DamagedDatabase, key: bytes | None) -> None:
    """Let the new desk, which has the key of the damaged one, open by the passwords of today, not
    by those of its backup."""
    ring = ring_in(damaged.meta().get(KEY_RING), key)
    if ring is None:
        ring = _own_ring(folder)
    if key is not None and ring is not None and ring.is_of(key):
        write_atomically(key_file(half), ring.content())


def _salvaged(
    folder: Path, damaged: DamagedDatabase, half: Path, key: bytes | None, progress: Progress
) -> SalvagedDesk:
    with Session.open(half, key) as desk:
        readable = damaged.revisions(last_seq(desk.store))
        stored = revision_seqs(desk.store, [revision.id for revision in readable.sound])
        revision_count = count_revisions(desk.store)
        new = [revision for revision in readable.sound if revision.id not in stored]
        with desk.writing():
            _take_tables(damaged, desk.store)
            added = _added(folder, damaged, desk.store, new)
            desk.touch_reference()
        apart = [revision for revision in new if revision.id not in added]
        desk.part(Maintenance).rebuild()
        with desk.writing():
            desk.part(DeskRenewal).go_on()
        if key is None:
            _write_apart(half, apart)
        in_drafts = [] if key is None else [*_newest(apart)]
        if readable.unreadable or readable.altered:
            in_drafts += _current(damaged)
        drafts = put_aside(
            desk,
            {salvaged_record.record: salvaged_record for salvaged_record in in_drafts}.values(),
        )
        checked = desk.part(Maintenance).verify(progress)
    if not checked["ok"]:
        raise CannotOpen(
            _("What was salvaged is not sound: {problem}").format(problem=checked["problems"][0])
        )
    return _account(readable, len(stored), revision_count, len(added), len(apart))._replace(
        records=checked["records"], drafts=drafts
    )


def _current(damaged: DamagedDatabase) -> Iterator[SalvagedRecord]:
    """The records as the lists of the damaged desk have them: of a version that cannot be read,
    what was typed is still in the list."""
    for model in ALL_TYPES.values():
        for record, values in damaged.current_values(model):
            yield SalvagedRecord(model, record, values)


def _newest(apart: Iterable[StoredRevision]) -> Iterator[SalvagedRecord]:
    """The records of the versions that fit no log, each by the last of its versions; without those
    that were deleted last, or are known by a hash alone: their forms would be blank."""
    for revision in {revision.record: revision for revision in apart}.values():
        values = revision.values()
        if values is not None:
            yield SalvagedRecord(ALL_TYPES[revision.type], revision.record, values)


def _account(
    readable: ReadableRevisions, in_backup: int, revision_count: int, added: int, apart: int
) -> SalvagedDesk:
    return SalvagedDesk(
        desk="",
        backup="",
        records=0,
        read=len(readable.sound),
        in_backup=in_backup,
        added=added,
        apart=apart,
        only_in_backup=revision_count - in_backup,
        unreadable=readable.unreadable,
        altered=readable.altered,
        partless=readable.partless,
    )


def _take_tables(damaged: DamagedDatabase, store: Store) -> None:
    """Copy the tables whose content matches their digests."""
    for table in TABLES:
        content = damaged.whole_table(table)
        if content is not None:
            take_rows(store, table, *content)


def _added(
    folder: Path, damaged: DamagedDatabase, store: Store, new: Sequence[StoredRevision]
) -> set[bytes]:
    """Add the versions whose logs continue; returns their ids. An entry that is no version, or
    whose version cannot be read, is stored as a stub with number and id, as if it had not been
    sent: other desks may complete it. folder: that of the damaged desk."""
    waiting = {revision.id: revision for revision in new}
    added: set[bytes] = set()
    for name, number in {**logs.logs(store), **damaged.logs()}.items():
        tail = logs.log_tail(store, name)
        spare = [revision.id for revision in new if revision.stamp.desk == desk_of(name)]
        follow = damaged.entries(
            number, ChainHead(tail.number, tail.chain), spare, witnessed_head(folder, name)
        )
        for kind, entry in follow:
            revision = waiting.get(entry) if kind == REVISION else None
            place = None
            if revision is not None and _follows(store, revision, added):
                place = _insert(store, revision)
                added.add(entry)
            logs.insert_entries(store, [tail.row(kind, entry, place)])
    return added


def _insert(store: Store, revision: StoredRevision) -> int:
    """Add a version; its place."""
    place = last_seq(store) + 1
    insert_revisions(store, [_row(place, revision)])
    if revision.salt is not None and revision.part is not None:
        insert_parts(store, [(place, revision.salt, revision.part)])
    return place


def _follows(store: Store, revision: StoredRevision, added: set[bytes]) -> bool:
    """Whether the parents of a version are stored."""
    return all(parent in added or revision_seqs(store, [parent]) for parent in revision.parents)


def _row(place: int, revision: StoredRevision) -> tuple[object, ...]:
    return (
        place,
        revision.id,
        revision.type,
        revision.record,
        revision.number,
        b"".join(revision.parents),
        revision.stamp.author,
        revision.stamp.desk,
        revision.stamp.time,
        revision.reason,
        int(revision.deleted),
        revision.body,
        revision.content,
    )


def _write_apart(folder: Path, apart: Sequence[StoredRevision]) -> None:
    """Write the versions that fit no log to a file, a line a version, for a person to type in
    again."""
    lines = [
        json.dumps(
            {
                "type": revision.type,
                "id": revision.record,
                "time": revision.stamp.time,
                "values": revision.values(),
            },
            ensure_ascii=False,
            default=str,
        )
        for revision in apart
    ]
    if lines:
        write_atomically(folder / APART, "\n".join([*lines, ""]).encode())
