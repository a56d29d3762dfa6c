"""Kernel locks on a desk's folder, released by the system when their process ends.

`desk.lock` is held shared by everything that works on the desk and exclusively by a restore
or a migration; `window.lock` is held exclusively by the one window.
"""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _SHARED, _EXCLUSIVE, _AT_ONCE = 0, 2, 1

    class _Overlapped(ctypes.Structure):
        _fields_ = (
            ("internal", ctypes.c_void_p),
            ("internal_high", ctypes.c_void_p),
            ("offset", wintypes.DWORD),
            ("offset_high", wintypes.DWORD),
            ("event", wintypes.HANDLE),
        )

    def _take(file: IO[bytes], exclusive: bool) -> bool:
        handle = msvcrt.get_osfhandle(file.fileno())
        flags = (_EXCLUSIVE if exclusive else _SHARED) | _AT_ONCE
        taken = ctypes.windll.kernel32.LockFileEx(
            wintypes.HANDLE(handle), flags, 0, 1, 0, ctypes.byref(_Overlapped())
        )
        return bool(taken)

else:
    import fcntl

    def _take(file: IO[bytes], exclusive: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Lock:
    """A lock on a file of the desk's folder, shared or exclusive, never waited for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def take(self, *, exclusive: bool) -> bool:
        """Try to take the lock, without waiting; True when it was taken."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(descriptor, "r+b")
        if not _take(file, exclusive):
            file.close()
            return False
        self.release()
        self._file = file
        return True

    def release(self) -> None:
        """Release the lock; does nothing when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
