"""What sorting lists needs, cached: the ranks of codes by their labels, and whole sorted lists."""

from array import array
from collections.abc import Callable
from typing import Any

UNRANKED = 1_000_000
"""The rank of a code that is not in its list: after all that are."""
MOST_ORDERS = 4
"""At most so many sorted lists are cached."""


class OrderCache:
    """The ranks and sorted lists of one store.

    ranks: computes {code: its rank in Vietnamese order} of a list by its name; the session sets it.
    """

    def __init__(self) -> None:
        self.ranks: Callable[[str], dict[str, int]] = lambda _name: {}
        self._ranked: dict[str, dict[str, int]] = {}
        self._orders: dict[Any, tuple[int, array[int]]] = {}

    def rank_of(self, name: str, code: str | None) -> int | None:
        """The rank of a code in Vietnamese order among those of its list; an SQL function."""
        if code is None:
            return None
        return self.ranks_of(name).get(code.split(";", 1)[0], UNRANKED)

    def ranks_of(self, name: str) -> dict[str, int]:
        """{code: its rank in Vietnamese order} of a list, cached."""
        if name not in self._ranked:
            self._ranked[name] = self.ranks(name)
        return self._ranked[name]

    def invalidate(self) -> None:
        """Invalidate the caches, after reference data or the language changed."""
        self._ranked.clear()
        self._orders.clear()

    def add(self, asked: Any, order: tuple[int, "array[int]"]) -> None:
        """Cache the order of a list; the least recently added beyond MOST_ORDERS is dropped."""
        self._orders = {**dict(list(self._orders.items())[1 - MOST_ORDERS :]), asked: order}

    def get(self, asked: Any) -> tuple[int, "array[int]"] | None:
        """The cached order of a list, or None."""
        return self._orders.get(asked)
