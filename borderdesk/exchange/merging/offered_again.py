"""Files that were imported and have something to bring when they are offered again: entries that
were left out, or content that went with another file."""

import json
from collections.abc import Collection
from typing import Any

from borderdesk.store.connection.database import Store
from borderdesk.store.models.exchange import BatchRow

LEFT_OUT_LOGS = "left_out_logs"
"""Among the counts of a batch: of how many desks something was left out."""
FILLED = "filled"
"""Among the counts of a batch: how many entries it gave their content, which other files had
brought as stubs: such an entry goes with those files."""


def offer_again(store: Store, batches: Collection[str]) -> None:
    """Let the files of batches be read again when they are offered, though nothing is undone."""
    for batch, counts in _counts(store, BatchRow.id.in_([*batches])):
        _write(store, batch, {LEFT_OUT_LOGS: 1} | counts)


def offer_filling_again(store: Store) -> None:
    """The same for every batch that gave entries their content: some of them are gone."""
    for batch, counts in _counts(store, BatchRow.undone == 0):
        if counts.get(FILLED):
            _write(store, batch, {LEFT_OUT_LOGS: 1} | counts)


def _counts(store: Store, condition: Any) -> list[tuple[str, dict[str, int]]]:
    query = BatchRow.select(BatchRow.id, BatchRow.counts).where(condition)
    return [(batch, json.loads(counts)) for batch, counts in store.fetch(query)]


def _write(store: Store, batch: str, counts: dict[str, int]) -> None:
    row = BatchRow
    store.execute(row.update(counts=json.dumps(counts)).where(row.id == batch))
