"""Work that several posts have logged: a self-join, which peewee would not make shorter."""

from collections.abc import Iterator, Sequence
from typing import Any

from borderdesk.store.connection.database import Store


def records_in_common(
    store: Store, table: str, same: Sequence[str], post: str, first: str, last: str
) -> Iterator[tuple[Any, ...]]:
    """(the columns `same`, post, id) of the records that agree in these columns with a record of
    another post, ordered by them.

    same: the day, the place, the first and the last marker, of which only the last may be empty;
    post: the column of the post; first, last: the range of days (ISO).
    """
    day, place, first_marker, last_marker = same
    keys = ", ".join(same)
    columns = ", ".join(f"t.{column}" for column in (*same, post, "id"))
    return store.rows(
        f"SELECT {columns} FROM {table} t"
        f" JOIN (SELECT {keys} FROM {table} WHERE {day} BETWEEN ? AND ?"
        f" AND {first_marker} IS NOT NULL GROUP BY {keys} HAVING COUNT(DISTINCT {post}) > 1) g"
        f" ON t.{day} = g.{day} AND t.{place} = g.{place}"
        f" AND t.{first_marker} = g.{first_marker}"
        f" AND t.{last_marker} IS NOT DISTINCT FROM g.{last_marker}"
        f" ORDER BY {columns}",
        (first, last),
    )
