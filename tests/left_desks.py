"""Removal of what killed test runs left in memory."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

LEFT_SECONDS = 3_600
"""Older than any test run, also for runs whose process is not visible."""


def remove_left(memory: Path) -> None:
    """Remove the folders of test runs whose process has ended: pytest keeps them for three days,
    here in memory, 0.4 GB each."""
    for lock in memory.glob("pytest-of-*/pytest-*/.lock"):
        with suppress(OSError):
            old = time.time() - lock.stat().st_mtime > LEFT_SECONDS
            if old and not Path("/proc", lock.read_text("ascii").strip()).exists():
                shutil.rmtree(lock.parent, ignore_errors=True)
