"""The revisions beyond a holding, and the first record of each post."""

from collections.abc import Mapping, Sequence

from borderdesk.schema.log_entries import REVISION
from borderdesk.store.connection.database import Store


def revisions_beyond(store: Store, limits: Mapping[int, int]) -> dict[int, str]:
    """{place of a revision: its record} of those that are later entries of their logs.

    limits: {log: number of the last entry that is within}.
    """
    records: dict[int, str] = {}
    for log, number in limits.items():
        rows = store.rows(
            "SELECT r.seq, r.record FROM log_entry e JOIN revision r ON r.seq = e.revision"
            " WHERE e.log = ? AND e.number > ? AND e.kind = ?",
            (log, number, REVISION),
        )
        records.update((seq, record) for seq, record in rows)
    return records


def first_rows(store: Store, table: str, day: str, post: str) -> dict[str, tuple[str, str]]:
    """{post: (ISO day in the column `day`, id) of the first of its rows}.

    One pass over the index on the day at most, and stopped early once every existing post is met:
    MIN with GROUP BY sorts all rows and takes ten times as long.
    """
    firsts: dict[str, tuple[str, str]] = {}
    since = ""
    while True:
        marks = ", ".join("?" * len(firsts))
        row = store.one(
            f"SELECT {post}, {day}, id FROM {table} WHERE {day} >= ? AND {post} NOT NULL"
            f" AND {post} NOT IN ({marks}) ORDER BY {day} LIMIT 1",
            (since, *firsts),
        )
        if row is None:
            return firsts
        firsts[row[0]], since = (row[1], row[2]), row[1]


def first_rows_since(
    store: Store, table: str, day: str, post: str, after: int
) -> dict[str, tuple[str, str]]:
    """{post: (ISO day, id)} of the first of the rows whose revision is later than `after`."""
    rows = store.rows(
        f"SELECT {post}, MIN({day}), id FROM {table} WHERE revision > ? AND {post} NOT NULL"
        f" GROUP BY {post}",
        (after,),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def first_row(store: Store, table: str, day: str, post: str, of: str) -> tuple[str, str] | None:
    """(day, id) of the first row of one post."""
    row = store.one(f"SELECT {day}, id FROM {table} WHERE {post} = ? ORDER BY {day} LIMIT 1", (of,))
    return None if row is None else (row[0], row[1])


def rows_named(
    store: Store, table: str, day: str, post: str, ids: Sequence[str]
) -> set[tuple[str, str, str]]:
    """(post, day, id) of the existing rows with these ids."""
    marks = ", ".join("?" * len(ids))
    rows = store.rows(f"SELECT {post}, {day}, id FROM {table} WHERE id IN ({marks})", ids)
    return {(row[0], row[1], row[2]) for row in rows}
