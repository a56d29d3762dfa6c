"""Line 5: the month's summary in milliseconds, the year's against its bare queries."""

import datetime
from collections.abc import Iterator
from functools import partial

from borderdesk.base.paths import database_file
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.store.connection.dialect import joined_ids
from tests.bench.harness import (
    Ground,
    Line,
    absolute,
    alternate,
    bare_connection,
    compared,
    repeated,
    timed,
)

MONTH, YEAR = "2023-10", "2023"
MONTH_BOUND, YEAR_BOUND = 300.0, 1.5


def measure(ground: Ground) -> Iterator[Line]:
    """The month for a province, a post and a commune; the year for the same three."""
    with Desk.open(ground.desk) as desk:
        for scope in _scopes(desk):
            times = repeated(partial(make_summary, desk, MONTH, scope))
            yield absolute(f"summary of a month, {scope}", times, MONTH_BOUND, "ms")
        for scope in _scopes(desk):
            yield _year(ground, desk, scope)


def _scopes(desk: Desk) -> tuple[str, ...]:
    day = datetime.date(int(YEAR), 12, 31)
    post = next(code for code in desk.book.posts if desk.book.area_on(code, day))
    return "province", f"post:{post}", f"commune:{min(desk.book.area_on(post, day))}"


def _year(ground: Ground, desk: Desk, scope: str) -> Line:
    queries = _traced(desk, scope)
    connection = bare_connection(database_file(ground.desk))

    def bare() -> None:
        for sql in queries:
            connection.execute(sql).fetchall()

    bare()
    try:
        seconds = alternate(
            lambda: timed(lambda: make_summary(desk, YEAR, scope)),
            lambda: timed(bare),
            ground.pairs,
        )
    finally:
        connection.close()
    name = f"summary of a year, {scope}"
    return compared(name, seconds, YEAR_BOUND, "ms", [f"{len(queries)} queries"])


def _traced(desk: Desk, scope: str) -> list[str]:
    """The SQL statements of the summary, with their values inserted."""
    said: list[str] = []
    connection = desk.store.connection()  # type: ignore[no-untyped-call]
    connection.set_trace_callback(said.append)
    try:
        make_summary(desk, YEAR, scope)
    finally:
        connection.set_trace_callback(None)
    # Bare SQL counts distinct ids, which the product reads as one text and counts in Python.
    joined = joined_ids("").rstrip(")")
    return [sql.replace(joined, "COUNT(DISTINCT ") for sql in said if not sql.startswith("--")]
