"""Caches for sorting lists: the ranks of codes by their labels, and whole sorted lists."""

from array import array
from collections.abc import Callable, Mapping
from typing import Any

from borderdesk.base.text import sort_key

UNRANKED = 1_000_000
"""The rank of a code that is not in its list: after all that are."""
INDEXED = frozenset({"unit"})
"""Lists whose labels are words of the search index."""
MOST_ORDERS = 4
"""At most so many sorted lists are cached."""


class OrderCache:
    """The ranks and sorted lists of one store.

    labels: gives {code: its label} of a list by its name, short as the window shows it or in
    full; the session sets it, and
    `of_one_post`, whether all records are of the desk's own post.
    """

    def __init__(self) -> None:
        self.labels: Callable[[str, bool], Mapping[str, str]] = lambda _name, _full: {}
        self.of_one_post = False
        self._labels: dict[tuple[str, bool], Mapping[str, str]] = {}
        self._ranked: dict[str, dict[str, int]] = {}
        self._several: dict[str, dict[str, str]] = {}
        """Cache {list: {several of its codes: their ranks}}: most records have recurring values."""
        self._orders: dict[Any, tuple[int, array[int]]] = {}

    def rank_of(self, name: str, codes: str | None) -> str | None:
        """The sort key of a list of several codes: the rank of each in the Vietnamese order of its
        pick list, joined in order; an SQL function."""
        if codes is None:
            return None
        joined_ranks = self._several.setdefault(name, {})
        if codes not in joined_ranks:
            ranks = self.ranks_of(name)
            joined_ranks[codes] = "".join(
                f"{ranks.get(code, UNRANKED):08}" for code in codes.split(";")
            )
        return joined_ranks[codes]

    def _labels_of(self, name: str, full: bool) -> Mapping[str, str]:
        if (name, full) not in self._labels:
            self._labels[name, full] = self.labels(name, full)
        return self._labels[name, full]

    def searched_labels(self, name: str) -> Mapping[str, str]:
        """{code: its label in full} of a list whose labels the search index does not hold; else
        nothing."""
        return {} if name in INDEXED or not name else self._labels_of(name, True)

    def ranks_of(self, name: str) -> dict[str, int]:
        """{code: its rank in Vietnamese order} of a list, cached."""
        if name not in self._ranked:
            labels = self._labels_of(name, False)
            ordered = sorted(labels, key=lambda code: (sort_key(labels[code]), code))
            self._ranked[name] = {code: place for place, code in enumerate(ordered)}
        return self._ranked[name]

    def invalidate(self) -> None:
        """Invalidate the caches, after reference data or the language changed."""
        self._ranked.clear()
        self._several.clear()
        self._labels.clear()
        self._orders.clear()

    def add(self, key: Any, order: tuple[int, "array[int]"]) -> None:
        """Cache the order of a list; the least recently added beyond MOST_ORDERS is dropped."""
        self._orders = {**dict(list(self._orders.items())[1 - MOST_ORDERS :]), key: order}

    def get(self, key: Any) -> tuple[int, "array[int]"] | None:
        """The cached order of a list, or None."""
        return self._orders.get(key)
