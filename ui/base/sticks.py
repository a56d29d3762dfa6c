"""The sticks that are plugged in: where packages are written to and come from."""

import ctypes
import sys
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from PySide6.QtCore import QStorageInfo

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language

MOUNTED_BELOW = ("/media/", "/run/media/", "/Volumes/")
"""Where the systems that are not Windows show what is plugged in."""
BY_HAND = "/mnt"
"""Where people put a stick themselves, one folder each."""
WINDOWS_REMOVABLE = 2
GIGABYTE = 1_000_000_000


class Stick(NamedTuple):
    """A removable drive: its folder, its name, the bytes that are free, whether it is locked."""

    folder: Path
    name: str
    free: int
    locked: bool


def sticks() -> list[Stick]:
    """Every removable drive that is ready. May wait for a slow drive: not for the GUI thread."""
    found = []
    for volume in QStorageInfo.mountedVolumes():
        root = volume.rootPath()
        if volume.isValid() and volume.isReady() and removable(root):
            name = volume.displayName() or root
            found.append(Stick(Path(root), name, volume.bytesAvailable(), volume.isReadOnly()))
    return found


def removable(root: str) -> bool:
    """Whether a volume mounted at `root` is one that is plugged in and taken away again."""
    if sys.platform == "win32":
        kind = ctypes.windll.kernel32.GetDriveTypeW(root.replace("/", "\\"))
        return bool(kind == WINDOWS_REMOVABLE)
    return root.startswith(MOUNTED_BELOW) or PurePosixPath(root).parent == PurePosixPath(BY_HAND)


def stick_words(stick: Stick) -> str:
    """A stick as the chooser names it: its name, and what is free or that it is locked."""
    if stick.locked:
        return _("{name} (cannot be written to)").format(name=stick.name)
    free = format_number(round(stick.free / GIGABYTE), language())
    return _("{name} ({free} GB free)").format(name=stick.name, free=free)
