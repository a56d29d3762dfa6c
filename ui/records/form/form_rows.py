"""How the fields of a form share its rows: as few rows as their labels leave readable."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from borderdesk.schema.kinds import Field
from borderdesk.schema.kinds.field import labelled

T = TypeVar("T")

COLUMNS = 12
"""Columns of a form; every row is shared out in them."""

NARROWEST, NARROW, HALF, WIDE = 3, 4, 5, 6
SHORT_LABEL = 14
"""A label of at most so many letters stands over a quarter of a row in one line."""

WIDTHS = {"narrow": NARROW, "date": NARROW, "half": HALF, "wide": WIDE, "whole": COLUMNS}
"""The columns of each width that a kind of field may declare."""

ROW, ALONE = 8, 20
"""What a row costs, and on top a narrow field that stands alone in one."""


class ColumnSpan(NamedTuple):
    """The fewest columns a field can do with, and whether more are of use to it."""

    least: int
    grows: bool


def span_of(field: Field) -> ColumnSpan:
    """How much of a row a field asks for."""
    width = field.form_width
    if width == "narrow" and len(labelled(field)) <= SHORT_LABEL:
        return ColumnSpan(NARROWEST, grows=False)
    return ColumnSpan(WIDTHS[width], grows=width not in ("narrow", "date"))


def in_rows(items: Sequence[T], span: Callable[[T], ColumnSpan]) -> list[list[tuple[T, int]]]:
    """The items in order, in rows of which each fills COLUMNS: [[(item, its columns)]]."""
    spans = [span(item) for item in items]

    @cache
    def best(start: int) -> tuple[int, tuple[int, ...]]:
        """The least cost of the items from `start` on, and where their rows end."""
        if start == len(spans):
            return 0, ()
        found = []
        for end in range(start + 1, len(spans) + 1):
            row = spans[start:end]
            if sum(one.least for one in row) > COLUMNS and end > start + 1:
                break
            cost, ends = best(end)
            found.append((_cost(row) + cost, (end, *ends)))
        # Of two ways that cost the same, the one with the fuller row first.
        return min(found, key=lambda one: (one[0], [-end for end in one[1]]))

    ends = best(0)[1]
    starts = (0, *ends)
    return [
        list(zip(items[start:end], _widths(spans[start:end]), strict=True))
        for start, end in zip(starts, ends, strict=False)
    ]


def _cost(row: Sequence[ColumnSpan]) -> int:
    slack = COLUMNS - sum(one.least for one in row)
    # A field that grows takes room gladly.
    slack = slack // 2 if any(one.grows for one in row) else slack
    lonely = len(row) == 1 and not row[0].grows
    return ROW + slack + (ALONE if lonely else 0)


def _widths(row: Sequence[ColumnSpan]) -> list[int]:
    """The columns of each field of a row, which together fill it; a narrow field alone does not."""
    growing = [place for place, one in enumerate(row) if one.grows]
    if not growing and len(row) == 1:
        return [NARROW]
    if not growing:
        return _shared(COLUMNS, len(row))
    widths = [one.least for one in row]
    left = COLUMNS - sum(widths)
    for place, more in zip(growing, _shared(max(left, 0), len(growing)), strict=True):
        widths[place] += more
    return widths


def _shared(columns: int, parts: int) -> list[int]:
    each, more = divmod(columns, parts)
    return [each + (place < more) for place in range(parts)]
