"""Line 1: from the start of the program until its list is painted, against a bare window."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from borderdesk.base.paths import database_file
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.connection.tables import table_name
from borderdesk.store.lists.listing import PAGE
from tests.bench.harness import Ground, Line, alternate, compared
from tools.environment import CATALOGUE, catalogue_is_fresh, compile_catalogue

ROOT = Path(__file__).resolve().parents[2]
BARE = Path(__file__).with_name("bare_window.py")
PAINTED = "painted"
LONGEST = 60.0
BOUND = 1.25


def measure(ground: Ground) -> Iterator[Line]:
    """The ratio of whole processes, from their start to the output "painted"."""
    compile_ours()
    ours = [str(ROOT / "main.py"), "--desk", str(ground.desk)]
    bare = [str(BARE), str(database_file(ground.desk)), page_query()]
    seconds_until_painted(ours)
    seconds_until_painted(bare)
    seconds = alternate(
        lambda: seconds_until_painted(ours), lambda: seconds_until_painted(bare), ground.pairs
    )
    yield compared("start to painted list", seconds, BOUND, "ms")


def compile_ours() -> None:
    """Compile the program and its catalogue as the set-up does, as the libraries of the bare window
    are compiled too; an outdated catalogue would be compiled at every start."""
    own = [str(ROOT / name) for name in ("borderdesk", "ui", "main.py")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *own], check=True)
    if not catalogue_is_fresh(CATALOGUE):
        compile_catalogue(CATALOGUE)


def page_query() -> str:
    """The query of the window's initial page."""
    model = next(iter(RECORD_TYPES.values()))
    event = model.event()
    assert event is not None
    columns = ", ".join(("row", "id", "revision", *model.columns()))
    return (
        f"SELECT {columns} FROM {table_name(model)}"
        f" ORDER BY {event.name} DESC, row DESC LIMIT {PAGE}"
    )


def environment() -> dict[str, str]:
    """The environment variables of an offscreen window."""
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "BORDERDESK_BENCH_START": "patrol",
        "PYTHONPATH": str(ROOT),
    }


def seconds_until_painted(script: Sequence[str]) -> float:
    """Start a Python script and wait for its output; the process has ended on return."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert process.stdout is not None
    told = process.stdout.readline().strip()
    seconds = time.perf_counter() - start
    _rest, errors = process.communicate(timeout=LONGEST)
    if told != PAINTED:
        raise RuntimeError(f"{script[0]} painted nothing: {errors[-2_000:]}")
    return seconds


def told_by(script: str, *arguments: str) -> dict[str, Any]:
    """The JSON that a script prints in a process of its own, whose time and memory are not
    shared."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    told: dict[str, Any] = json.loads(done.stdout)
    return told
