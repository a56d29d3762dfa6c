"""Line 7: keys, frames and pages of the window on a large desk, each until it is painted."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.desks import copied
from tests.bench.harness import Ground, Line, absolute, percentile
from tests.bench.starting import ROOT, compile_ours, environment

SCRIPT = Path(__file__).with_name("handled_window.py")
KEY_BOUND, FRAME_BOUND, TURN_BOUND = 16.0, 1_000 / 60, 100.0
SHARE = 0.99
WORST = 5


def measure(ground: Ground) -> Iterator[Line]:
    """The 99th percentile of keys and of frames, and the slowest page."""
    compile_ours()
    told = handled(copied(ground.desk, ground.scratch / "handled"))
    yield _keys(told["keys"])
    rows = f"{told['rows']} rows came by"
    yield _late("frame while the wheel scrolls", told["wheel"], FRAME_BOUND, [rows])
    yield _late("frame while the list is paged through", told["pages"], FRAME_BOUND, [rows])
    for number, words in enumerate(("first", "second")):
        times = {key: both[number] for key, both in told["turned"].items()}
        line = absolute(
            f"page turned to, the {words} time", list(times.values()), TURN_BOUND, "ms",
            _slowest(times),
        )  # fmt: skip
        slowest = max(times.values())
        yield line._replace(ours=slowest, judged=slowest)


def handled(folder: Path) -> Any:
    """What the program that handles the window of this desk told."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder)],
        env=environment(), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the window failed: {done.stderr[-2_000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _keys(keys: Mapping[str, Sequence[float]]) -> Line:
    every = [milliseconds for times in keys.values() for milliseconds in times]
    slowest = _slowest({field: max(times) for field, times in keys.items()})
    return _late("key until painted", every, KEY_BOUND, [f"{len(keys)} fields", *slowest])


def _late(name: str, times: Sequence[float], bound: float, notes: Sequence[str]) -> Line:
    late = percentile(times, SHARE)
    over = sum(milliseconds > bound for milliseconds in times)
    middle = percentile(times, 0.5)
    first = f"99th percentile of {len(times)}; median {middle:.1f} ms; {over} over"
    line = absolute(name, times, bound, "ms", [first, *notes])
    return line._replace(ours=late, judged=late)


def _slowest(times: Mapping[str, float]) -> list[str]:
    worst = sorted(times, key=lambda key: -times[key])[:WORST]
    return [f"{times[key]:.1f} ms: {key}" for key in worst]
