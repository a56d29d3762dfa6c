"""Mount points of removable drives (not on Windows), and whether a drive is mounted now."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from borderdesk.base.errors import OperationRefused
from borderdesk.base.i18n import _
from borderdesk.base.paths import real_path

MOUNTED_BELOW = ("/media", "/run/media", "/Volumes")
"""The folders below which the system mounts sticks, for each user in a subfolder."""
BY_HAND = "/mnt"
"""Where people mount a stick themselves, a folder each."""
FSTAB = Path("/etc/fstab")


def require_mounted(folder: Path) -> None:
    """Raise OperationRefused for a folder of a stick that is not plugged in.

    Its mount point may still exist, or could be created: files written into it would be on the
    machine's own disk, and hidden once the stick is mounted over it.
    """
    if sys.platform != "win32" and not _is_there(PurePosixPath(real_path(folder))):
        raise OperationRefused(
            _("{folder} is not there. Plug the stick in, or choose another place.").format(
                folder=folder
            )
        )


def _is_there(folder: PurePosixPath) -> bool:
    within = [folder, *folder.parents]
    if any(os.path.ismount(folder_above) for folder_above in within[:-1]):
        return True
    if any(PurePosixPath(root) in within for root in MOUNTED_BELOW):
        return False
    if any(point in within for point in _mount_points()):
        return False
    by_hand = [
        folder_above for folder_above in within if folder_above.parent == PurePosixPath(BY_HAND)
    ]
    return all(_holds_something(folder_above) for folder_above in by_hand)


def _holds_something(folder: PurePosixPath) -> bool:
    """Whether a folder has any content: some systems have an ordinary folder at a mount point of
    sticks."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _mount_points() -> Iterator[PurePosixPath]:
    """The mount points listed in fstab, except the root."""
    try:
        lines: Iterable[str] = FSTAB.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        cells = line.split("#")[0].split()
        if len(cells) > 1 and cells[1].startswith("/") and cells[1] != "/":
            yield PurePosixPath(cells[1].replace("\\040", " "))
