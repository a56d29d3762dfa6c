"""Permissions of a desk's folder: only its owner can read it."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from borderdesk.base.disk import make_folders
from borderdesk.base.portable_names import require_portable_folder

OWNER_FOLDER, OWNER_FILE = 0o700, 0o600
PREVIEWS = "previews"


def make_private_folder(folder: Path) -> None:
    """Make a folder readable by its owner alone (on Windows too); an existing empty one is
    restricted likewise. Raises OSError, UserError for a name that the disk cannot store."""
    require_portable_folder(folder)
    make_folders(folder.parent)
    try:
        folder.mkdir(OWNER_FOLDER)
    except FileExistsError:
        if not any(folder.iterdir()):
            keep_private(folder)


def keep_private(folder: Path, *files: Path) -> None:
    """Revoke access that an earlier version granted to other users, on a folder of ours and the
    files in it. Does nothing on a file system without owners, and to a folder used for more than a
    desk."""
    if os.name != "posix" or not _is_ours(folder):
        return
    for path, mode in ((folder, OWNER_FOLDER), *((file, OWNER_FILE) for file in files)):
        with suppress(OSError):
            if path.stat().st_mode & 0o077:
                path.chmod(mode)


class PreviewFolder:
    """A folder for the pages of reports that are looked at and not saved, in the desk's own: they
    may name persons, and must not outlive the window on a shared disk. Made at its first use."""

    def __init__(self, desk: Path) -> None:
        self._folder = desk / PREVIEWS / os.urandom(8).hex()

    def file(self, name: str) -> Path:
        """The path of a file of this name; creates the private folder it is in where possible."""
        # A folder that cannot be made is reported by whatever writes the file.
        with suppress(OSError):
            make_private_folder(self._folder.parent)
            make_private_folder(self._folder)
        return self._folder / name

    def remove(self) -> None:
        """Remove everything in it."""
        shutil.rmtree(self._folder, ignore_errors=True)


def clear_previews(desk: Path) -> None:
    """Remove the pages that windows left, also those that were killed. The caller holds the lock
    of the desk's one window."""
    shutil.rmtree(desk / PREVIEWS, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    # Path.home() raises for a user without one, as some services run by.
    at_home = folder.resolve() == Path(os.path.expanduser("~"))  # noqa: PTH111
    if folder.is_symlink() or at_home or os.path.ismount(folder):
        return False
    state = folder.stat()
    # The sticky bit: a folder that many write into.
    return state.st_uid == os.geteuid() and not state.st_mode & 0o1000
