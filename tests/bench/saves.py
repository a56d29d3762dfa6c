"""Line 2: saving one record, against the same rows written by sqlcipher3 alone."""

import datetime
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from tests.bench.desks import copied
from tests.bench.harness import (
    Ground,
    Line,
    Written,
    absolute,
    alternate,
    bare_connection,
    compared,
    fresh,
    kept,
    percentile,
    timed,
    write_bare,
)

SAVES = 2_000
WARMING = 20
DAYS = 50
"""The oldest day of a record, so that none is doubted as entered late."""


def measure(ground: Ground) -> Iterator[Line]:
    """The ratio of the median save, and the 99th percentile."""
    ours = copied(ground.desk, ground.scratch / "saves-ours")
    bare = copied(ground.desk, ground.scratch / "saves-bare")
    with Desk.open(ours) as desk:
        pairs = _Pairs(desk, bare)
        pairs.run(WARMING)
        each = -(-SAVES // ground.pairs)
        rounds = [pairs.run(each) for _pair in range(ground.pairs)]
        pairs.close()
    middles = [(statistics.median(mine), statistics.median(theirs)) for mine, theirs in rounds]
    yield compared("save of one record (clearing)", middles, 3.0, "ms")
    yield _slowest([mine for mine, _theirs in rounds], "p99 of a save, ours", 16.0)
    yield _slowest([theirs for _mine, theirs in rounds], "p99 of a save, bare", 16.0)


def _slowest(rounds: list[list[float]], name: str, bound: float) -> Line:
    everything = [seconds * 1_000 for one in rounds for seconds in one]
    of_rounds = [percentile(one, 0.99) * 1_000 for one in rounds]
    line = absolute(name, of_rounds, bound, "ms", (f"over {len(everything)} saves",))
    whole = percentile(everything, 0.99)
    return line._replace(ours=whole, judged=whole)


class _Pairs:
    """Saves on one copy of the desk, each repeated by the bare connection on another copy."""

    def __init__(self, desk: Desk, other: Path) -> None:
        self._desk = desk
        self._written = Written()
        self._bare = bare_connection(database_file(other))
        self._number = 0
        self._raw = raw_clearing(desk)

    def run(self, count: int) -> tuple[list[float], list[float]]:
        """The seconds of so many saves, ours and bare alternately."""
        with self._written.by(self._desk.store):
            both = alternate(self._ours, self._theirs, count)
        return [ours for ours, _bare in both], [bare for _ours, bare in both]

    def _ours(self) -> float:
        self._number += 1
        raw = self._raw(self._number)
        start = time.perf_counter()
        saved = self._desk.records.add("clearing", raw)
        seconds = time.perf_counter() - start
        assert not saved.warnings, saved.warnings
        return seconds

    def _theirs(self) -> float:
        statements = fresh(kept(self._written.take()))
        return timed(lambda: write_bare(self._bare, statements))

    def close(self) -> None:
        self._bare.close()


def raw_clearing(desk: Desk) -> Any:
    """A function that returns the n-th clearing, all different."""
    today = desk.today()
    post = next(code for code in desk.book.posts if desk.book.area_on(code, today))
    commune = min(desk.book.area_on(post, today))
    markers = [m for m, (owner, _c, _i) in desk.book.markers.items() if owner == post]

    def raw(number: int) -> dict[str, Any]:
        day = today - datetime.timedelta(days=1 + number % DAYS)
        return {
            "post": post,
            "kind": "road_clearing",
            "started_on": day.isoformat(),
            "commune": commune,
            "from_marker": markers[0],
            "to_marker": markers[-1],
            "participants": 20 + number % 180,
            "of_whom_guards": 4,
            "times": 1 + number // 900,
            "labour_days": 12.5,
            "length_m": 300 + number,
            "source_ref": f"Biên bản số {number}",
            "note": f"Phát quang đường tuần tra, đoạn thứ {number}.",
        }

    return raw
