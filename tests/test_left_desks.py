"""Leftovers of killed test runs in memory are removed, and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.left_desks import LEFT_SECONDS, remove_left


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    runs = {"killed": (ended.pid, 1), "young": (ended.pid, 0), "going-on": (os.getpid(), 1)}
    for name, (process, hours) in runs.items():
        folder = tmp_path / "pytest-of-nong" / f"pytest-{name}"
        (folder / "desk").mkdir(parents=True)
        lock = folder / ".lock"
        lock.write_text(str(process), "ascii")
        os.utime(lock, (time.time() - hours * LEFT_SECONDS - 1,) * 2)
    (tmp_path / "pytest-of-nong" / "pytest-ended").mkdir()
    remove_left(tmp_path)
    left = {path.name for path in (tmp_path / "pytest-of-nong").iterdir()}
    assert left == {"pytest-young", "pytest-going-on", "pytest-ended"}
