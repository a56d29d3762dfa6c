"""Reasons why the figures of a period changed since they were stated."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from borderdesk.base.i18n import N_, _
from borderdesk.figures.indicator import Indicator
from borderdesk.schema.records import ALL_TYPES

SHOWN_REASONS = 3


class RevisionChange(NamedTuple):
    """A revision that arrived since: `number` 1 added the record."""

    type: str
    number: int
    deleted: bool
    reason: str | None


class ChangeReasons:
    """Reasons of changed figures: records added, edited and deleted, and the texts given."""

    def __init__(self, changes: Iterable[RevisionChange]) -> None:
        self._by_type: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._given: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for type_name, number, deleted, reason in changes:
            kind = "deleted" if deleted else "edited" if number > 1 else "added"
            self._by_type[type_name][kind] += 1
            if reason:
                self._given[type_name][reason] = None

    def of(self, row: Indicator) -> str:
        """The reasons for one indicator, in words."""
        texts = []
        for type_name in row.types:
            counts = self._by_type.get(type_name)
            if counts is None:
                continue
            changes = [
                _(text).format(count=counts[kind])
                for kind, text in _CHANGES.items()
                if counts[kind]
            ]
            stated = list(self._given[type_name])[:SHOWN_REASONS]
            reasons = f" ({'; '.join(stated)})" if stated else ""
            texts.append(f"{_(ALL_TYPES[type_name].title)}: {', '.join(changes)}{reasons}")
        return " · ".join(texts)


_CHANGES = {
    "added": N_("{count} added"),
    "edited": N_("{count} edited"),
    "deleted": N_("{count} deleted"),
}
