"""Removes what runs of the tests that were killed left in memory."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

LEFT_SECONDS = 3_600
"""No run of the tests that is still going on is as old, whoever cannot see its process."""


def remove_left(memory: Path) -> None:
    """Remove the folders of runs whose process is gone: pytest keeps them for three days, which on
    a disk is room and here is memory, 0.4 GB for each."""
    for lock in memory.glob("pytest-of-*/pytest-*/.lock"):
        with suppress(OSError):
            old = time.time() - lock.stat().st_mtime > LEFT_SECONDS
            if old and not Path("/proc", lock.read_text("ascii").strip()).exists():
                shutil.rmtree(lock.parent, ignore_errors=True)
