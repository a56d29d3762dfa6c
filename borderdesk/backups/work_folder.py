"""A folder to work in, beside what it becomes, and gone whatever goes wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from borderdesk.base.disk import settle
from borderdesk.base.errors import Refused
from borderdesk.base.i18n import _
from borderdesk.store.locks import Lock

LOCK_FILE = "restore.lock"


@contextmanager
def new_folder(into: Path) -> Iterator[Path]:
    """A folder beside `into` that becomes it when the block ends well, or is gone."""
    half = into.with_name(f"{into.name}.part")
    made = [one for one in half.parents if not one.exists()]
    try:
        half.parent.mkdir(parents=True, exist_ok=True)
        with work_folder(half) as lock:
            yield half
            # Given back first: a folder with an open file in it cannot be renamed everywhere.
            lock.release()
            if into.exists():
                into.rmdir()
            half.rename(into)
        # Until now it says whose folder that is.
        (into / LOCK_FILE).unlink(missing_ok=True)
        settle(into.parent)
    except BaseException:
        for one in made:
            with suppress(OSError):
                one.rmdir()
        raise


@contextmanager
def work_folder(folder: Path) -> Iterator[Lock]:
    """A new folder to work in, gone at the end, and the lock that holds it meanwhile; what a
    killed process left in its place goes. Raises Refused when somebody works there."""
    remove_leftover(folder)
    try:
        folder.mkdir()
    except FileExistsError:
        raise Refused(
            _("{folder} is in use, or holds something else. Wait, or choose another place.").format(
                folder=folder
            )
        ) from None
    with Lock(folder / LOCK_FILE) as lock:
        try:
            # Where a disk knows no locks, what a killed run leaves stays; nothing else changes.
            lock.take(exclusive=True)
            yield lock
        finally:
            lock.release()
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a working folder, what says that it is one last: a killed process may have begun."""
    with suppress(OSError):
        for one in folder.iterdir():
            if one.is_dir():
                shutil.rmtree(one, ignore_errors=True)
            elif one.name != LOCK_FILE:
                one.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def remove_leftover(folder: Path) -> None:
    """Remove a working folder that nobody works in any more: one of ours, or an empty one."""
    if not folder.is_dir() or folder.is_symlink():
        return
    if (folder / LOCK_FILE).exists():
        with Lock(folder / LOCK_FILE) as lock:
            if not lock.take(exclusive=True):
                return
        _remove(folder)
        return
    with suppress(OSError):
        # Somebody's own folder of that name has something in it, and stays.
        folder.rmdir()
