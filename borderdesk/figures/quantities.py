"""The parameters of a figure (scope and days) and its value (a number of one of three kinds)."""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

Value = int | Decimal | None
"""A figure; None for one that cannot be computed."""

FLOW, STOCK, RATIO = "flow", "stock", "ratio"
"""Kinds of figure: added up over days, alive on a day, or set against something else."""


class Scope(NamedTuple):
    """Whose figures: `kind` and `text` as on the command line (post:BS), `name` as a reader
    knows it; None in `post` or `units` does not restrict. A post within units when both are given.
    """

    kind: str
    text: str
    name: str
    post: str | None = None
    units: frozenset[str] | None = None


class DateRange(NamedTuple):
    """Days that are added up, both included."""

    first: datetime.date
    last: datetime.date


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """`part` in percent of `whole`, one decimal, halves away from zero."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
