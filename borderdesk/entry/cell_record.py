"""A record parsed from the cells of a file that a spreadsheet saved, with the corrections made in
them."""

from collections.abc import Mapping
from typing import Any

from borderdesk.store.records.history import NewVersion


class CellRecord(dict[str, Any]):
    """A record read from cells; doubts: the corrections made in them, in stored form."""

    def __init__(self) -> None:
        super().__init__()
        self.doubts: list[tuple[str, str]] = []


def with_cell_doubts(changes: list[NewVersion], raw: Mapping[str, Any]) -> list[NewVersion]:
    """The changes of a record with the doubts of how its cells were read."""
    if isinstance(raw, CellRecord) and raw.doubts:
        change = changes[-1]
        changes[-1] = change._replace(doubts=(*(change.doubts or ()), *raw.doubts))
    return changes
