"""What a file gave to entries that another file had brought as stubs; and the files that have
something to bring when they are offered again, because it was left out, or went with another file.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from borderdesk.store.connection.database import Store
from borderdesk.store.models.exchange import BatchRow

LEFT_OUT_LOGS = "left_out_logs"
"""Among the counts of a batch: of how many desks something was left out."""
FILLED = "filled"
"""Beside the counts of a batch: the stubs that it gave their content, `FilledStubs` as JSON."""
FilledStubs = Mapping[int, Collection[int]]
"""{row number of a log in the store: the numbers of its entries}."""


def note_filled(store: Store, batch: str, filled: FilledStubs) -> None:
    """Store which stubs a batch gave their content, besides those noted before."""
    if not any(filled.values()):
        return
    before = filled_stubs(store, batch)
    numbers_by_log = {
        log: {*filled.get(log, ()), *before.get(log, ())} for log in {*filled, *before}
    }
    for _batch, counts in _counts(store, BatchRow.id == batch):
        _write(store, batch, counts, numbers_by_log)


def filled_stubs(store: Store, batch: str) -> dict[int, set[int]]:
    """The stubs that a batch gave their content."""
    stubs: dict[int, set[int]] = {}
    for _batch, counts in _counts(store, BatchRow.id == batch):
        for log, ranges in counts.get(FILLED, {}).items():
            stubs[int(log)] = {n for first, last in ranges for n in range(first, last + 1)}
    return stubs


def offer_again(store: Store, batches: Collection[str]) -> None:
    """Let the files of batches be read again when they are offered, though nothing is undone."""
    for batch, counts in _counts(store, BatchRow.id.in_([*batches])):
        _write(store, batch, {LEFT_OUT_LOGS: 1} | counts)


def offer_filling_again(store: Store, cut: Mapping[int, int]) -> None:
    """The same for the files that gave content to entries which are gone now; cut: {log: the first
    of these}."""
    for batch, counts in _counts(store, BatchRow.undone == 0):
        if FILLED not in counts:
            continue
        filled = filled_stubs(store, batch)
        remaining = {
            log: {n for n in numbers if n < cut.get(log, n + 1)} for log, numbers in filled.items()
        }
        if remaining != filled:
            _write(store, batch, {LEFT_OUT_LOGS: 1} | counts, remaining)


def _counts(store: Store, condition: Any) -> list[tuple[str, dict[str, Any]]]:
    query = BatchRow.select(BatchRow.id, BatchRow.counts).where(condition)
    return [(batch, json.loads(counts)) for batch, counts in store.fetch(query)]


def _write(
    store: Store, batch: str, counts: dict[str, Any], filled: FilledStubs | None = None
) -> None:
    if filled is not None:
        counts = {key: value for key, value in counts.items() if key != FILLED}
        if any(filled.values()):
            counts[FILLED] = {str(log): [*_ranges(numbers)] for log, numbers in filled.items()}
    row = BatchRow
    store.execute(row.update(counts=json.dumps(counts)).where(row.id == batch))


def _ranges(numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Numbers as (first, last) of those without a gap."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ((first, last) for first, last in ranges)
