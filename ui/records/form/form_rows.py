"""Distribution of a form's fields over rows: few rows, readable labels."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

from borderdesk.schema.kinds import Field
from borderdesk.schema.kinds.field import labelled

T = TypeVar("T")

COLUMNS = 12
"""Columns of a form's grid; each row fills them."""

NARROWEST, NARROW, HALF, WIDE = 3, 4, 5, 6
SHORT_LABEL = 14
"""Longest label, in characters, that fits a quarter of a row on one line."""

WIDTHS = {"narrow": NARROW, "date": NARROW, "half": HALF, "wide": WIDE, "whole": COLUMNS}
"""The columns of each width that a field kind may declare."""

ROW, ALONE = 8, 20
"""Cost of a row; additional cost of a narrow field alone in one."""


class ColumnSpan(NamedTuple):
    """The minimum number of columns of a field, and whether more are useful."""

    least: int
    grows: bool


def span_of(field: Field) -> ColumnSpan:
    """The column span of a field."""
    width = field.form_width
    if width == "narrow" and len(labelled(field)) <= SHORT_LABEL:
        return ColumnSpan(NARROWEST, grows=False)
    return ColumnSpan(WIDTHS[width], grows=width not in ("narrow", "date"))


def in_rows(items: Sequence[T], span: Callable[[T], ColumnSpan]) -> list[list[tuple[T, int]]]:
    """Distribute items over rows in order, each row filling COLUMNS: [[(item, columns)]]."""
    spans = [span(item) for item in items]

    @cache
    def best(start: int) -> tuple[int, tuple[int, ...]]:
        """Minimum cost of the items from `start` on, and the ends of their rows."""
        if start == len(spans):
            return 0, ()
        choices = []
        for end in range(start + 1, len(spans) + 1):
            row = spans[start:end]
            if sum(choice.least for choice in row) > COLUMNS and end > start + 1:
                break
            cost, ends = best(end)
            choices.append((_cost(row) + cost, (end, *ends)))
        # Among equal costs, the one with fuller rows first.
        return min(choices, key=lambda choice: (choice[0], [-end for end in choice[1]]))

    ends = best(0)[1]
    starts = (0, *ends)
    return [
        list(zip(items[start:end], _widths(spans[start:end]), strict=True))
        for start, end in zip(starts, ends, strict=False)
    ]


def _cost(row: Sequence[ColumnSpan]) -> int:
    slack = COLUMNS - sum(span.least for span in row)
    # A growing field makes use of spare columns.
    slack = slack // 2 if any(span.grows for span in row) else slack
    lonely = len(row) == 1 and not row[0].grows
    return ROW + slack + (ALONE if lonely else 0)


def _widths(row: Sequence[ColumnSpan]) -> list[int]:
    """The columns of each field of a row, which fill it; except a single narrow field."""
    growing = [place for place, span in enumerate(row) if span.grows]
    if not growing and len(row) == 1:
        return [NARROW]
    if not growing:
        return _shared(COLUMNS, len(row))
    widths = [span.least for span in row]
    spare = COLUMNS - sum(widths)
    for place, more in zip(growing, _shared(max(spare, 0), len(growing)), strict=True):
        widths[place] += more
    return widths


def _shared(columns: int, parts: int) -> list[int]:
    each, more = divmod(columns, parts)
    return [each + (place < more) for place in range(parts)]
