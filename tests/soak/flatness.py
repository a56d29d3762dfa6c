"""Whether memory, open files and threads of a process stay constant over many repetitions."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.soak.nursery import ROOT

KEYS = ("memory", "files", "threads")
MOST_GROWN = 8 << 20
"""The bytes that a window may grow after long work: memory not returned by its allocator."""
Measured = dict[str, int]


def measured() -> Measured:
    """Memory in use (bytes), open files, and threads of this process."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        "memory": int(status["VmRSS"].split()[0]) << 10,
        "files": sum(1 for _file in Path("/proc/self/fd").iterdir()) - 1,
        "threads": int(status["Threads"]),
    }


def grown(all_of: Sequence[Measured]) -> Measured:
    """The growth of each from the second tenth to the last; the first tenth is warm-up."""
    tenth = max(len(all_of) // 10, 1)
    begin, end = all_of[tenth : 2 * tenth], all_of[-tenth:]

    def typical(some: Sequence[Measured], key: str) -> float:
        return statistics.median(one[key] for one in some)

    return {key: round(typical(end, key) - typical(begin, key)) for key in all_of[0]}


def is_flat(by: Measured) -> bool:
    """Whether this growth counts as none."""
    return by["memory"] <= MOST_GROWN and by["files"] <= 0 and by["threads"] <= 0


def lasting(desk: Path, saves: int, previews: int) -> dict[str, Measured]:
    """The growth of a window over so many saves, and over so many previews of the report."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    arguments = [str(desk), str(saves), str(previews)]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.soak.lasting", *arguments],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    return {
        part: grown([{key: one[key] for key in KEYS} for one in lines if one["part"] == part])
        for part in ("saves", "previews")
    }
