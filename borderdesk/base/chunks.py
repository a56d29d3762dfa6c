"""Items in lists of bounded length (itertools.batched requires Python 3.12)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`, in their order; only one list is held at a time."""
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
