"""Line 8: the cost of twelve closed months for a save in an open month and an edit in a closed
one."""

import datetime
from collections.abc import Iterator
from contextlib import suppress

from borderdesk.closing.guard import ClosedPeriodError
from borderdesk.desk import Desk
from borderdesk.store.lists.listing import Filter
from tests.bench.desks import copied
from tests.bench.harness import Ground, Line, absolute, percentile, timed
from tests.bench.saves import raw_clearing

YEAR, POST = 2023, "BS"
SAVES, EDITS = 1_000, 40
ROUNDS = 5


def measure(ground: Ground) -> Iterator[Line]:
    """Measure saves on a desk with closed months, and the refusal of a change."""
    with Desk.open(copied(ground.desk, ground.scratch / "closing")) as desk:
        yield absolute("close a month, province", _close("province", desk), 2_000, "ms")
        _close(f"post:{POST}", desk)
        yield _saves(desk)
        for type_name in ("clearing", "pledge"):
            times = list(_refused(desk, type_name))
            yield absolute(f"refused edit in a closed month ({type_name})", times, 250, "ms")


def _close(scope: str, desk: Desk) -> list[float]:
    def close(month: int) -> float:
        return 1_000 * timed(lambda: desk.closing.close_period(f"{YEAR}-{month:02}", scope))

    return [close(month) for month in range(1, 13)]


def _saves(desk: Desk) -> Line:
    """The slowest of a hundred saves of new records in the open month."""
    raw = raw_clearing(desk)
    each = SAVES // ROUNDS
    rounds = [
        [
            1_000 * timed(lambda: desk.records.add("clearing", raw(number)))  # noqa: B023
            for number in range(one * each, one * each + each)
        ]
        for one in range(ROUNDS)
    ]
    slowest = [percentile(times, 0.99) for times in rounds]
    return absolute("p99 of a save, 24 editions closed", slowest, 16.0, "ms")


def _refused(desk: Desk, type_name: str) -> Iterator[float]:
    """The time to refuse a change of a record that two closed editions counted."""
    first, last = datetime.date(YEAR, 1, 1), datetime.date(YEAR, 12, 31)
    for listed in desk.lists.page(
        type_name, Filter(first=first, last=last, post=POST), limit=EDITS
    ):
        yield 1_000 * timed(lambda: _delete(desk, type_name, listed.id))  # noqa: B023


def _delete(desk: Desk, type_name: str, record: str) -> None:
    with suppress(ClosedPeriodError):
        desk.records.delete(type_name, record, "đo")
