"""Undoes the upgrade of a desk by a newer version that could not open it."""

import shutil
from pathlib import Path

from borderdesk.base.files import atomic_file, readable_file
from borderdesk.base.held_files import remove_file
from borderdesk.base.paths import database_file, desk_lock_file, migration_copies
from borderdesk.base.version_state import returned_from
from borderdesk.store.audit_lines import newest_line
from borderdesk.store.connection.database import EXPLAINED_ERRORS, SCHEMA_VERSION, Store
from borderdesk.store.connection.locks import Lock
from borderdesk.store.records.history import last_seq
from borderdesk.store.verification.desk_state import count_revisions

BESIDE = ("-wal", "-shm")
"""Endings of the log files that the database library creates."""
_DeskState = tuple[object, ...]
"""The newest revision, the number of revisions, and the end of the audit log: if they are equal, so
is the last state of a desk (session/last_state.py)."""


def undo_upgrade(folder: Path, key: bytes | None) -> bool:
    """Downgrade a desk that was upgraded by a version which could not open it and was replaced by
    this one; returns whether that was done.

    The copy from before the upgrade replaces the database, if nothing was recorded since; the
    replaced file is stored beside the backups. Raises OSError, UserError.
    """
    if returned_from() is None:
        return False
    desk, before = database_file(folder), _newest_copy(folder)
    if before is None:
        return False
    with Lock(desk_lock_file(folder)) as lock:
        if not lock.take(exclusive=True):
            return False
        state = _copy_state(before, key)
        if state is None or _emptied(desk, key) != state:
            return False
        _copy(desk, before.with_name(before.name.replace("before", "after", 1)))
        _copy(before, desk)
        for ending in BESIDE:
            remove_file(desk.with_name(desk.name + ending))
    return True


def _newest_copy(folder: Path) -> Path | None:
    copies = migration_copies(folder).glob(f"before-upgrade-{SCHEMA_VERSION}-to-*.db")
    return max(copies, key=lambda path: path.stat().st_mtime, default=None)


def _emptied(desk: Path, key: bytes | None) -> _DeskState | None:
    """The state of a desk after a checkpoint of its log; None while another connection reads."""
    store = Store(desk, key)
    with store.connection_context():
        return _state_of(store) if store.empty_log() else None


def _copy_state(path: Path, key: bytes | None) -> _DeskState | None:
    """The state of a copy; None where it cannot be read."""
    store = Store(path, key, read_only=True)
    try:
        with store.connection_context():
            return _state_of(store)
    except EXPLAINED_ERRORS:
        return None


def _state_of(store: Store) -> _DeskState:
    return (last_seq(store), count_revisions(store), *newest_line(store))


def _copy(source: Path, target: Path) -> None:
    with readable_file(source) as read, atomic_file(target) as file:
        shutil.copyfileobj(read, file)
