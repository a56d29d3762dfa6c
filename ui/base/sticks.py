"""Removable drives: USB sticks and disks for packages and backups."""

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
"""Mount points of the system, even on a machine started from USB."""
BLOCK_DEVICES = Path("/sys/class/block")
"""Linux: links of drives and partitions to their place on a bus."""
GIGABYTE = 1_000_000_000

WINDOWS_REMOVABLE, WINDOWS_FIXED = 2, 3
_SHARED = 3
_OPEN_EXISTING = 3
_STORAGE_QUERY_PROPERTY = 0x2D1400
_BUS_TYPE_AT, _DESCRIPTOR_BYTES = 28, 1_024
_PLUGGED_BUSES = (4, 7, 12, 13)
"""FireWire, USB, SD and MMC in STORAGE_BUS_TYPE of Windows."""


class Stick(NamedTuple):
    """A removable drive: folder, name, free bytes, and whether it is write-protected."""

    folder: Path
    name: str
    free: int
    locked: bool


def sticks() -> list[Stick]:
    """All removable drives that are ready. May block on a slow drive: not in the window's
    thread."""
    drives = []
    for volume in QStorageInfo.mountedVolumes():
        root = volume.rootPath()
        device = bytes(volume.device().data()).decode("utf-8", "replace")
        if volume.isValid() and volume.isReady() and removable(root, device):
            name = volume.displayName() or root
            drives.append(Stick(Path(root), name, volume.bytesAvailable(), volume.isReadOnly()))
    return drives


def folder_now(folder: str, plugged: Sequence[Stick]) -> str:
    """The present path of a folder used before, as a stick may return under another letter or name.

    The same folder on a plugged-in stick; else, if its drive is gone, the only stick; else
    unchanged. May block on a slow drive.
    """
    path = Path(folder)
    if not folder or is_folder_there(path):
        return folder
    parts = path.parts
    for first in range(1, len(parts)):
        for stick in plugged:
            candidate = stick.folder.joinpath(*parts[first:])
            if is_folder_there(candidate):
                return str(candidate)
    ancestors = (path, *path.parents)
    is_gone = (
        not is_there(ancestors[-1])
        if path.drive
        else any(removable(str(parent)) for parent in ancestors)
    )
    return str(plugged[0].folder) if is_gone and len(plugged) == 1 else folder


def removable(root: str, device: str = "") -> bool:
    """Whether a volume mounted at `root` is removable.

    device: the system's name of the drive, such as /dev/sdb1.
    """
    if sys.platform == "win32":
        return _plugged_into_windows(root)
    path = PurePosixPath(root)
    if root in SYSTEM_ROOTS:
        return False
    below = any(PurePosixPath(folder) in path.parents for folder in MOUNTED_BELOW)
    return below or path.parent == PurePosixPath(BY_HAND) or _on_usb(device)


def _on_usb(device: str) -> bool:
    """Linux: whether a drive, or the drive of a partition, is on USB."""
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
    # A USB hard disk reports itself as fixed: only its bus tells.
    return bool(kind == WINDOWS_FIXED) and _windows_bus(root[:2]) in _PLUGGED_BUSES


def _windows_bus(drive: str) -> int:
    """The bus type of a drive (“E:”), 0 if Windows does not tell."""
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    kernel.CreateFileW.restype = ctypes.c_void_p
    handle = kernel.CreateFileW(f"\\\\.\\{drive}", 0, _SHARED, None, _OPEN_EXISTING, 0, None)
    if handle in (None, ctypes.c_void_p(-1).value):
        return 0
    # PropertyId and QueryType 0: device properties in standard form.
    query, answer = (ctypes.c_uint32 * 3)(), (ctypes.c_ubyte * _DESCRIPTOR_BYTES)()
    written = ctypes.c_uint32()
    try:
        succeeded = kernel.DeviceIoControl(
            ctypes.c_void_p(handle),
            _STORAGE_QUERY_PROPERTY,
            ctypes.byref(query),
            ctypes.sizeof(query),
            ctypes.byref(answer),
            ctypes.sizeof(answer),
            ctypes.byref(written),
            None,
        )
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
    if not succeeded or written.value < _BUS_TYPE_AT + 4:
        return 0
    return int.from_bytes(bytes(answer[_BUS_TYPE_AT : _BUS_TYPE_AT + 4]), "little")


def stick_words(stick: Stick) -> str:
    """The label of a stick: name and free space, or write-protected."""
    if stick.locked:
        return _("{name} (cannot be written to)").format(name=stick.name)
    free = format_number(round(stick.free / GIGABYTE), language())
    return _("{name} ({free} GB free)").format(name=stick.name, free=free)
