"""Which rows of a table stay on one page: a small table whole, the first and the last rows of a
longer one."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from borderdesk.reports.paper.flow import PagePiece

Unit = tuple[PagePiece, ...]
"""A row, with the group heading above it."""

SMALL_ROWS, SMALL_SHARE = 10, 0.4
"""A table with at most so many rows and this share of a page is not broken."""
FIRST_ROWS, LAST_ROWS = 4, 3
GROUP_SHARE = 0.5
"""The most of a page that the first or the last rows take up."""


def row_groups(units: Iterable[Unit], page: float) -> Iterator[Unit]:
    """The pieces of a table's rows in groups, each of which stays on one page of height `page`."""
    waiting = iter(units)
    first_rows = list(islice(waiting, SMALL_ROWS + 1))
    if len(first_rows) <= SMALL_ROWS and _height(first_rows) <= page * SMALL_SHARE:
        if first_rows:
            yield _joined(first_rows)
        return
    first = _fitting(first_rows[:FIRST_ROWS], page)
    yield _joined(first_rows[:first])
    tail: deque[Unit] = deque()
    for unit in chain(first_rows[first:], waiting):
        tail.append(unit)
        if len(tail) > LAST_ROWS:
            yield tail.popleft()
    last = _fitting([*reversed(tail)], page)
    while len(tail) > last:
        yield tail.popleft()
    if tail:
        yield _joined(tail)


def _fitting(units: list[Unit], page: float) -> int:
    """How many of the rows may stay together, at least one."""
    height = 0.0
    for count, unit in enumerate(units):
        height += _height([unit])
        if height > page * GROUP_SHARE:
            return max(count, 1)
    return len(units)


def _height(units: Iterable[Unit]) -> float:
    return sum(piece.height for unit in units for piece in unit)


def _joined(units: Iterable[Unit]) -> Unit:
    return tuple(piece for unit in units for piece in unit)
