"""Lock between processes, so that two first runs do not build the same environment."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.messages import show

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

POLL_SECONDS = 0.2


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is created if missing.

    A process may hold several locks, but not the same one twice.
    """
    path.parent.mkdir(exist_ok=True)
    with path.open("a+b") as held:
        wait_for_lock(held.fileno())
        # Closing the file releases the lock, also when the process is killed.
        yield


def wait_for_lock(descriptor: int) -> None:
    """Wait for the lock of this open file."""
    if try_lock(descriptor):
        return
    show("Đang chờ một lần cài đặt khác…", "Waiting for another set-up to finish.")
    while not try_lock(descriptor):
        time.sleep(POLL_SECONDS)


def try_lock(descriptor: int) -> bool:
    """Try to lock this open file; whether it succeeded."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
