"""Which revisions lie beyond a holding, and since when each post has records."""

from collections.abc import Mapping

from borderdesk.schema.log_entries import REVISION
from borderdesk.store.database import Store


def revisions_beyond(store: Store, limits: Mapping[int, int]) -> dict[int, str]:
    """{place of a revision: its record} of those that are later entries of their logs.

    limits: {log: number of the last entry that is within}.
    """
    found: dict[int, str] = {}
    for log, number in limits.items():
        rows = store.rows(
            "SELECT r.seq, r.record FROM log_entry e JOIN revision r ON r.seq = e.revision"
            " WHERE e.log = ? AND e.number > ? AND e.kind = ?",
            (log, number, REVISION),
        )
        found.update((seq, record) for seq, record in rows)
    return found


def first_days(store: Store, table: str, day: str, post: str, after: int | None) -> dict[str, str]:
    """{post: the first ISO day in the column `day` of its rows}; after: only of rows whose revision
    came after that place."""
    where, params = ("WHERE revision > ?", (after,)) if after is not None else ("", ())
    rows = store.rows(f"SELECT {post}, MIN({day}) FROM {table} {where} GROUP BY {post}", params)
    return {row[0]: row[1] for row in rows if row[0] is not None}
