"""Line 6: additional memory of the window on a large desk compared with an empty one."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from borderdesk.desk import Desk
from tests.bench.harness import Ground, Line, absolute
from tests.bench.starting import ROOT, environment

SCRIPT = Path(__file__).with_name("paged_window.py")
PAGES = 20
BOUND_MB = 30.0
KIB_IN_MB = 1_000_000 / 1_024


def measure(ground: Ground) -> Iterator[Line]:
    """The difference of the two windows' proportional memory, in MB; no line except on Linux."""
    if sys.platform != "linux":
        return
    empty = ground.scratch / "memory-empty"
    Desk.create(empty, "province", "20", "Bench").close()
    pairs = [(paged(ground.desk), paged(empty)) for _pair in range(ground.pairs)]
    differences = [(large - small) / KIB_IN_MB for (large, _rows), (small, _none) in pairs]
    (large, rows), (small, _none) = pairs[0]
    note = (
        f"{large / KIB_IN_MB:.1f} MB after {rows} rows, {small / KIB_IN_MB:.1f} MB on an empty desk"
    )
    yield absolute("memory of the window over an empty desk's", differences, BOUND_MB, "MB", [note])


def paged(folder: Path) -> tuple[int, int]:
    """The KiB of a window that paged through this desk's list, and the number of rows loaded."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), str(PAGES)],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the window failed: {done.stderr[-2_000:]}")
    memory, rows = done.stdout.split()[-2:]
    return int(memory), int(rows)
