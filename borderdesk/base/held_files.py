"""File operations on Windows: virus scanners lock files for a moment, and long paths need a
prefix."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

from borderdesk.base.lazy import lazy_module

if TYPE_CHECKING:
    import ctypes
else:
    # Asked for on Windows alone.
    ctypes = lazy_module("ctypes")

T = TypeVar("T")

_HELD = {5, 32, 33}
"""Windows error codes for a file locked by another program: access denied, sharing and lock
violation."""
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each retry: Defender releases a new file after one or two."""
LONGEST_PLAIN = 247
"""Longest path, in letters, that Windows takes unprefixed; of a folder too."""
_FLAGS_AT, _LONG_PATHS = 3, 0x80
"""Offsets in the process environment block: the byte with its flags, and the flag of long paths."""


def allow_long_paths() -> None:
    """Have Windows take paths of more than 260 letters from this process, the database library's
    too.

    The manifests of our programs and of Python ask for that, but are heard only where an
    administrator has allowed it in the registry. Windows has looked at this flag at every call
    since 1703; Go's programs set it in the same way.
    """
    if sys.platform == "win32":
        block = ctypes.windll.ntdll.RtlGetCurrentPeb
        block.restype = ctypes.POINTER(ctypes.c_ubyte)
        block()[_FLAGS_AT] |= _LONG_PATHS


def patiently(work: Callable[[], T], pauses: Sequence[float] = PAUSES) -> T:
    """Retry a file operation, with a pause before each retry, while another program locks the file.
    Raises the error of the last attempt."""
    for pause in pauses:
        try:
            return work()
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
        time.sleep(pause)
    return work()


def move(source: Path, target: Path) -> None:
    """Rename a file or a folder, replacing an existing file. Raises OSError."""
    patiently(lambda: Path(system_path(source)).replace(system_path(target)))


def require_free(path: Path) -> None:
    """Raise OSError where another program locks a file so that Windows forbids replacing it. Tested
    by renaming the file to its own name, which changes nothing."""
    if path.exists():
        local_path = Path(system_path(path))
        patiently(lambda: local_path.rename(local_path))


def remove_file(path: Path) -> None:
    """Remove a file, if it exists. Raises OSError."""
    patiently(lambda: Path(system_path(path)).unlink(missing_ok=True))


def system_path(path: Path, platform: str = sys.platform) -> PurePath:
    """A path in the form that the system accepts at any length: on Windows a path of more than 260
    characters gets a prefix, else the system reports it as missing."""
    if platform != "win32":
        return path
    whole = str(path if path.is_absolute() else Path.cwd() / path)
    if len(whole) <= LONGEST_PLAIN or whole.startswith("\\\\?\\"):
        return path
    if whole.startswith("\\\\"):
        return type(path)("\\\\?\\UNC\\" + whole[2:])
    return type(path)("\\\\?\\" + whole)
