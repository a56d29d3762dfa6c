"""Temporary folders, locked while they are in use and removed after any error."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from borderdesk.base.disk import make_folders, sync_folder
from borderdesk.base.files import is_part_name, part_name
from borderdesk.base.held_files import move, remove_file
from borderdesk.base.portable_names import require_portable_folder
from borderdesk.store.connection.locks import Lock

LOCK_FILE = "restore.lock"


@contextmanager
def new_folder(into: Path) -> Iterator[Path]:
    """A temporary folder that is renamed to `into` when the block ends without an error, and
    removed otherwise. Raises OSError, UserError for a name that the disk cannot store."""
    require_portable_folder(into)
    new_parents = [parent for parent in into.parents if not parent.exists()]
    try:
        make_folders(into.parent)
        # A folder that an earlier version left had this name.
        remove_leftover(into.with_name(f"{into.name}.part"))
        with work_folder(into.parent) as lock:
            half = lock.path.parent
            yield half
            # Released first: Windows does not rename a folder with an open file in it.
            lock.release()
            if into.exists():
                into.rmdir()
            move(half, into)
        # Removed last: it marks the folder as ours.
        remove_file(into / LOCK_FILE)
        sync_folder(into.parent)
    except BaseException:
        for folder in new_parents:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def work_folder(parent: Path) -> Iterator[Lock]:
    """The lock in a new temporary folder of a random name in `parent`, which is removed at the end;
    those left by killed processes are removed first."""
    for leftover in parent.iterdir():
        if is_part_name(leftover.name):
            remove_leftover(leftover)
    folder = parent / part_name()
    folder.mkdir(mode=0o700)
    with Lock(folder / LOCK_FILE) as lock:
        try:
            # On a file system without locks only the remains of killed runs are affected: they are
            # not removed.
            lock.take(exclusive=True)
            yield lock
        finally:
            lock.release()
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a temporary folder, its lock file last: the next run then finds what is left after
    a kill in between."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOCK_FILE:
                remove_file(path)
    shutil.rmtree(folder, ignore_errors=True)


def remove_leftover(folder: Path) -> None:
    """Remove a temporary folder that no process uses: one of ours, or an empty one."""
    if not folder.is_dir() or folder.is_symlink():
        return
    if (folder / LOCK_FILE).exists():
        with Lock(folder / LOCK_FILE) as lock:
            if not lock.take(exclusive=True):
                return
        _remove(folder)
        return
    with suppress(OSError):
        # A person's own folder of that name is not empty, and stays.
        folder.rmdir()
