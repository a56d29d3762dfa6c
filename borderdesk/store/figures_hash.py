"""The hash that figures are signed under: of an edition's rows as they are stored."""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from borderdesk.schema.revisions import canonical


class HashedFigure(NamedTuple):
    """The values of a row that its hash covers: decimals as text, `from_paper` column names in one
    line."""

    key: str
    value: str | None
    previous: str | None
    year_to_date: str | None
    target: str | None
    from_paper: str


def figures_hash(first: str, last: str, scope: str, figures: Iterable[HashedFigure]) -> str:
    """SHA-256 of every column of every row, in hex, with the period's ISO days and the scope."""
    content: list[Any] = [first, last, scope]
    for figure in figures:
        columns = map(plain_number, figure[1:5])
        content.append([figure.key, *columns, sorted(figure.from_paper.split())])
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def plain_number(text: str | None) -> str | None:
    """A decimal in the one way that hashes see it: 12 and 12.0 are the same."""
    return text.rstrip("0").rstrip(".") if text is not None and "." in text else text
