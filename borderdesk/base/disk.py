"""Folders made and flushed, and free space."""

import errno
import os
import shutil
from pathlib import Path

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language

MEBIBYTE = 1 << 20
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""Error codes of file systems that cannot flush a folder (shared folders, some drivers of
sticks)."""


def make_folders(folder: Path) -> None:
    """Make a folder and its parents where they are missing. Raises OSError; NotADirectoryError
    where a file, a pipe or a device has the name."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from None


def sync_folder(folder: Path) -> None:
    """fsync the folder, so that renames in it are durable; POSIX only."""
    if os.name != "posix":
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # A folder may be writable without being readable (a drop box).
        return
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(opened)


def require_free_space(folder: Path, needed: int) -> None:
    """Raise UserError unless `needed` bytes are free on the folder's file system."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UserError(
            _(
                "There is too little room in {folder}: {needed} MB are needed, {free} MB are free."
                " Free some space or choose another place."
            ).format(
                folder=folder,
                needed=format_number(-(-needed // MEBIBYTE), language()),
                free=format_number(free // MEBIBYTE, language()),
            )
        )
