"""Line 7: keys, frames and pages of the window on a large desk, each until painted, against a bare
window with the same lists and fields that is driven in the same way."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.desks import copied
from tests.bench.harness import Ground, Line, absolute, percentile
from tests.bench.starting import ROOT, compile_ours, environment

SCRIPT = Path(__file__).with_name("handled_window.py")
BARE_SCRIPT = Path(__file__).with_name("bare_handled_window.py")
BOUND, TURN_BOUND = 2.0, 100.0
"""The largest ratio to the bare window, and the milliseconds of a page without a baseline."""
UNSEEN = 1_000 / 60 / 2
"""The milliseconds that a key or frame of the bare window counts as at least: twice as long still
fits into the next refresh of the screen."""
FIRST = "incident"
"""The initial page of both windows."""
AT_ONCE = "at once"
"""The argument that measures pages without idle time in between."""
SHARE = 0.99
WORST = 5


def measure(ground: Ground) -> Iterator[Line]:
    """The 99th percentiles of keys and frames, and the pages, each against the bare window."""
    compile_ours()
    folder = copied(ground.desk, ground.scratch / "handled")
    # In this order: the last run leaves drafts in the forms.
    bare, busy = handled(BARE_SCRIPT, folder), handled(SCRIPT, folder, AT_ONCE)["turned"]
    ours = handled(SCRIPT, folder)
    yield _keys(ours["keys"], bare["keys"])
    rows = f"{ours['rows']} rows came by, {bare['rows']} in the bare window"
    yield _late("frame while the wheel scrolls", ours["wheel"], bare["wheel"], [rows])
    yield _late("frame while the list is paged through", ours["pages"], bare["pages"], [rows])
    yield _at_once(busy, bare["turned"])
    for number, words in enumerate(("first", "second")):
        times = {key: both[number] for key, both in ours["turned"].items()}
        plain = {key: both[number] for key, both in bare["turned"].items()}
        yield _against_bare(f"list and form turned to, the {words} time", times, plain)
        others = {key: took for key, took in times.items() if key not in plain}
        line = absolute(
            f"other page turned to, the {words} time", list(others.values()), TURN_BOUND, "ms",
            _slowest(others),
        )  # fmt: skip
        slowest = max(others.values())
        yield line._replace(ours=slowest, judged=slowest)


def handled(script: Path, folder: Path, *state: str) -> Any:
    """The JSON printed by a program that drives a window on this desk."""
    done = subprocess.run(
        [sys.executable, str(script), str(folder), *state],
        env=environment(), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the window failed: {done.stderr[-2_000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _keys(keys: Mapping[str, Sequence[float]], bare: Mapping[str, Sequence[float]]) -> Line:
    slowest = _slowest({field: max(times) for field, times in keys.items()})
    fields = f"{len(keys)} fields, {len(bare)} in the bare window"
    return _late("key until painted", _every(keys), _every(bare), [fields, *slowest])


def _every(keys: Mapping[str, Sequence[float]]) -> list[float]:
    return [milliseconds for times in keys.values() for milliseconds in times]


def _late(name: str, times: Sequence[float], bare: Sequence[float], notes: Sequence[str]) -> Line:
    late, plain = percentile(times, SHARE), percentile(bare, SHARE)
    judged = late / max(plain, UNSEEN)
    middle, bare_middle = percentile(times, 0.5), percentile(bare, 0.5)
    over = sum(milliseconds > 2 * UNSEEN for milliseconds in times)
    first = (
        f"99th percentile of {len(times)}; median {middle:.1f} ms, bare {bare_middle:.1f};"
        f" {over} over {2 * UNSEEN:.1f} ms; bare counts as {UNSEEN:.1f} ms at least"
    )
    return Line(name, "ms", late, plain, judged, judged, judged, BOUND, (first, *notes))


def _against_bare(name: str, times: Mapping[str, float], bare: Mapping[str, float]) -> Line:
    """The worst ratio of the pages, without the initial page, which is created before."""
    ratios = {key: times[key] / bare[key] for key in bare if key != FIRST}
    worst = sorted(ratios, key=lambda key: -ratios[key])
    notes = [f"{ratios[k]:.2f}×: {k}, {times[k]:.1f} ms for {bare[k]:.1f} ms" for k in worst]
    middle = f"median ratio {statistics.median(ratios.values()):.2f}×"
    return Line(
        name, "ms", times[worst[0]], bare[worst[0]], ratios[worst[0]], min(ratios.values()),
        ratios[worst[0]], BOUND, (middle, *notes[:WORST]),
    )  # fmt: skip


def _at_once(times: Mapping[str, Sequence[float]], bare: Mapping[str, Sequence[float]]) -> Line:
    """Pages that are not created ahead, until their lists are painted; their forms follow."""
    plain = {key: bare[key][0] for key in times}
    line = _against_bare(
        "list turned to at once, not made ahead", {key: both[0] for key, both in times.items()},
        plain,
    )  # fmt: skip
    whole = statistics.median(times[key][1] / plain[key] for key in times if key != FIRST)
    return line._replace(notes=(f"list and form: median ratio {whole:.2f}×", *line.notes))


def _slowest(times: Mapping[str, float]) -> list[str]:
    worst = sorted(times, key=lambda key: -times[key])[:WORST]
    return [f"{times[key]:.1f} ms: {key}" for key in worst]
