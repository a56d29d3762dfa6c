"""The drives that are plugged in, sticks and USB disks: where packages are written to and come
from."""

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from PySide6.QtCore import QStorageInfo

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.base.mounts import BY_HAND, MOUNTED_BELOW
from borderdesk.base.paths import is_folder_there, is_there

SYSTEM_ROOTS = ("/", "/boot", "/boot/efi", "/home", "/usr", "/var")
"""What is mounted there stays, even where a machine was started from a USB disk."""
BLOCK_DEVICES = Path("/sys/class/block")
"""Where Linux has a link for each drive and partition, through the bus it hangs on."""
GIGABYTE = 1_000_000_000

WINDOWS_REMOVABLE, WINDOWS_FIXED = 2, 3
_SHARED = 3
_OPEN_EXISTING = 3
_STORAGE_QUERY_PROPERTY = 0x2D1400
_BUS_TYPE_AT, _DESCRIPTOR_BYTES = 28, 1_024
_PLUGGED_BUSES = (4, 7, 12, 13)
"""FireWire, USB, SD and MMC in Windows' STORAGE_BUS_TYPE."""


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
        device = bytes(volume.device().data()).decode("utf-8", "replace")
        if volume.isValid() and volume.isReady() and removable(root, device):
            name = volume.displayName() or root
            found.append(Stick(Path(root), name, volume.bytesAvailable(), volume.isReadOnly()))
    return found


def folder_now(folder: str, found: Sequence[Stick]) -> str:
    """Where a folder that was used before is now: a stick comes back under another letter or name.

    The same folder on a stick that has it; else, where its drive is not there, the only stick that
    is plugged in; else as it was. May wait for a slow drive.
    """
    path = Path(folder)
    if not folder or is_folder_there(path):
        return folder
    parts = path.parts
    for first in range(1, len(parts)):
        for stick in found:
            same = stick.folder.joinpath(*parts[first:])
            if is_folder_there(same):
                return str(same)
    above = (path, *path.parents)
    gone = not is_there(above[-1]) if path.drive else any(removable(str(one)) for one in above)
    return str(found[0].folder) if gone and len(found) == 1 else folder


def removable(root: str, device: str = "") -> bool:
    """Whether a volume mounted at `root` is one that is plugged in and taken away again.

    device: what the system calls the drive: /dev/sdb1.
    """
    if sys.platform == "win32":
        return _plugged_into_windows(root)
    path = PurePosixPath(root)
    if root in SYSTEM_ROOTS:
        return False
    below = any(PurePosixPath(one) in path.parents for one in MOUNTED_BELOW)
    return below or path.parent == PurePosixPath(BY_HAND) or _on_usb(device)


def _on_usb(device: str) -> bool:
    """Whether Linux has a drive, or the one a partition is of, on the bus of what is plugged in."""
    name = PurePosixPath(device).name
    try:
        place = (BLOCK_DEVICES / name).resolve(strict=True) if name else None
    except OSError:
        return False
    return place is not None and any(part.startswith("usb") for part in place.parts)


def _plugged_into_windows(root: str) -> bool:
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    kind = kernel.GetDriveTypeW(root.replace("/", "\\"))
    if kind == WINDOWS_REMOVABLE:
        return True
    # A USB hard disk says that it is fixed: only the bus it hangs on tells.
    return bool(kind == WINDOWS_FIXED) and _windows_bus(root[:2]) in _PLUGGED_BUSES


def _windows_bus(drive: str) -> int:
    """The bus a drive (“E:”) hangs on, 0 where Windows does not say."""
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    kernel.CreateFileW.restype = ctypes.c_void_p
    opened = kernel.CreateFileW(f"\\\\.\\{drive}", 0, _SHARED, None, _OPEN_EXISTING, 0, None)
    if opened in (None, ctypes.c_void_p(-1).value):
        return 0
    # PropertyId and QueryType 0: the properties of the device, in their standard form.
    query, answer = (ctypes.c_uint32 * 3)(), (ctypes.c_ubyte * _DESCRIPTOR_BYTES)()
    written = ctypes.c_uint32()
    try:
        answered = kernel.DeviceIoControl(
            ctypes.c_void_p(opened),
            _STORAGE_QUERY_PROPERTY,
            ctypes.byref(query),
            ctypes.sizeof(query),
            ctypes.byref(answer),
            ctypes.sizeof(answer),
            ctypes.byref(written),
            None,
        )
    finally:
        kernel.CloseHandle(ctypes.c_void_p(opened))
    if not answered or written.value < _BUS_TYPE_AT + 4:
        return 0
    return int.from_bytes(bytes(answer[_BUS_TYPE_AT : _BUS_TYPE_AT + 4]), "little")


def stick_words(stick: Stick) -> str:
    """A stick as the chooser names it: its name, and what is free or that it is locked."""
    if stick.locked:
        return _("{name} (cannot be written to)").format(name=stick.name)
    free = format_number(round(stick.free / GIGABYTE), language())
    return _("{name} ({free} GB free)").format(name=stick.name, free=free)
