"""Locks of the system on an open file, which gives them back however their process ends."""

import sys
from typing import IO

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

    def lock_file(file: IO[bytes], *, exclusive: bool) -> bool:
        """Try to lock an open file, without waiting; whether it was locked."""
        handle = msvcrt.get_osfhandle(file.fileno())
        flags = (_EXCLUSIVE if exclusive else _SHARED) | _AT_ONCE
        locked = ctypes.windll.kernel32.LockFileEx(
            wintypes.HANDLE(handle), flags, 0, 1, 0, ctypes.byref(_Overlapped())
        )
        return bool(locked)

else:
    import fcntl

    def lock_file(file: IO[bytes], *, exclusive: bool) -> bool:
        """Try to lock an open file, without waiting; whether it was locked."""
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
