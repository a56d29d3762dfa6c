"""Temporary folders, locked while they are in use and removed after any error."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from borderdesk.base.disk import sync_folder
from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.store.locks import Lock

LOCK_FILE = "restore.lock"


@contextmanager
def new_folder(into: Path) -> Iterator[Path]:
    """A temporary folder that is renamed to `into` when the block ends without an error, and
    removed otherwise."""
    half = into.with_name(f"{into.name}.part")
    made = [one for one in half.parents if not one.exists()]
    try:
        half.parent.mkdir(parents=True, exist_ok=True)
        with work_folder(half) as lock:
            yield half
            # Released first: Windows does not rename a folder with an open file in it.
            lock.release()
            if into.exists():
                into.rmdir()
            half.rename(into)
        # Removed last: it marks the folder as ours.
        (into / LOCK_FILE).unlink(missing_ok=True)
        sync_folder(into.parent)
    except BaseException:
        for one in made:
            with suppress(OSError):
                one.rmdir()
        raise


@contextmanager
def work_folder(folder: Path) -> Iterator[Lock]:
    """A new temporary folder, removed at the end, with its lock; what a killed process left in
    its place is removed first. Raises OperationRefused when another process uses it."""
    remove_leftover(folder)
    try:
        folder.mkdir()
    except FileExistsError:
        raise OperationRefused(
            _("{folder} is in use, or holds something else. Wait, or choose another place.").format(
                folder=folder
            )
        ) from None
    with Lock(folder / LOCK_FILE) as lock:
        try:
            # On a file system without locks only what a killed run leaves is affected: it stays.
            lock.take(exclusive=True)
            yield lock
        finally:
            lock.release()
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a temporary folder, its lock file last: the next run then finds what is left after
    a kill in between."""
    with suppress(OSError):
        for one in folder.iterdir():
            if one.is_dir():
                shutil.rmtree(one, ignore_errors=True)
            elif one.name != LOCK_FILE:
                one.unlink(missing_ok=True)
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
