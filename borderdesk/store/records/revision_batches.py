"""Bulk statements over revisions and the batches (received packages) that contained them.

SQL by executemany, not peewee: an import of 100,000 records runs each statement for thousands of
rows at a time, where peewee's insert_many takes five times as long.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from borderdesk.store.connection.database import Store

Row = tuple[Any, ...]


def place_marks(values: Sequence[object]) -> str:
    """The question marks of an IN list."""
    return ", ".join("?" * len(values))


# --------------------------------------------------------------------------- import


def local_revisions(store: Store, records: Sequence[str]) -> Iterator[Row]:
    """(record, id, parents, number, time, deleted, seq, has its text, has its separate part) of
    every revision of these records."""
    return store.rows(
        "SELECT r.record, r.id, r.parents, r.number, r.time, r.deleted, r.seq,"
        " r.body IS NOT NULL, p.revision IS NOT NULL FROM revision r"
        " LEFT JOIN private_part p ON p.revision = r.seq"
        f" WHERE r.record IN ({place_marks(records)})",
        records,
    )


def revision_authors(store: Store, records: Sequence[str]) -> Iterator[Row]:
    """(record, type, desk, text) of every revision of these records, by record and number."""
    return store.rows(
        "SELECT record, type, desk, body FROM revision"
        f" WHERE record IN ({place_marks(records)}) ORDER BY record, number, seq",
        records,
    )


def revision_seqs(store: Store, ids: Sequence[bytes]) -> dict[bytes, int]:
    """{id: seq} of the stored ones of these revisions."""
    seqs: dict[bytes, int] = {}
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        rows = store.rows(f"SELECT id, seq FROM revision WHERE id IN ({place_marks(some)})", some)
        seqs.update((row[0], row[1]) for row in rows)
    return seqs


def insert_revisions(store: Store, rows: Iterable[Row]) -> None:
    """Insert revisions: (seq, id, type, record, number, parents, author, desk, time, reason,
    deleted, body, content)."""
    store.many(
        "INSERT INTO revision (seq, id, type, record, number, parents, author, desk, time, reason,"
        " deleted, body, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def insert_texts(store: Store, rows: Iterable[tuple[str, int]]) -> None:
    """Add the text to revisions of which only the hash was stored: (body, seq)."""
    store.many("UPDATE revision SET body = ?, content = NULL WHERE seq = ?", rows)


def copy_part(store: Store, source: int, target: int) -> None:
    """Copy the separate part of a revision (by `seq`) to another that has the identical one."""
    store.run(
        "INSERT INTO private_part (revision, salt, part)"
        " SELECT ?, salt, part FROM private_part WHERE revision = ? ON CONFLICT DO NOTHING",
        (target, source),
    )


def insert_parts(store: Store, rows: Iterable[tuple[int, bytes, str]]) -> None:
    """Insert separate parts: (seq, salt, text)."""
    store.many("INSERT INTO private_part (revision, salt, part) VALUES (?, ?, ?)", rows)


def insert_claims(store: Store, rows: Iterable[tuple[int, str, int]]) -> None:
    """Insert references of a batch: (seq, batch, bit flags of the parts it contained)."""
    store.many("INSERT INTO claim (revision, batch, carried) VALUES (?, ?, ?)", rows)


def insert_refused_records(store: Store, rows: Iterable[tuple[str, int, str, str, str]]) -> None:
    """Note records of a batch that were left out: (batch, place, type, record, reason)."""
    store.many(
        "INSERT INTO refused_row (batch, place, type, record, reason) VALUES (?, ?, ?, ?, ?)", rows
    )


# ----------------------------------------------------------------------------- undo


def claimed_records(store: Store, batches: Sequence[str], first_type: str) -> list[str]:
    """The records of the revisions claimed by these batches, those of the type `first_type`
    first."""
    return [
        row[0]
        for row in store.rows(
            "SELECT DISTINCT r.record, r.type <> ? AS later FROM claim c"
            f" JOIN revision r ON r.seq = c.revision WHERE c.batch IN ({place_marks(batches)})"
            " ORDER BY later, r.record",
            (first_type, *batches),
        )
    ]


def records_of(store: Store, seqs: Sequence[int], first_type: str) -> list[str]:
    """The records of revisions (places), those of the type `first_type` first."""
    types: dict[str, str] = {}
    for at in range(0, len(seqs), 500):
        some = seqs[at : at + 500]
        sql = f"SELECT record, type FROM revision WHERE seq IN ({place_marks(some)})"
        types.update((row[0], row[1]) for row in store.rows(sql, some))
    return sorted(types, key=lambda record: (types[record] != first_type, record))


def batch_claims(store: Store, batches: Sequence[str]) -> dict[int, int]:
    """{seq: bit flags of its parts} of the revisions claimed by these batches."""
    marks, claimed = place_marks(batches), dict[int, int]()
    sql = f"SELECT revision, carried FROM claim WHERE batch IN ({marks})"
    for seq, bits in store.rows(sql, tuple(batches)):
        claimed[seq] = claimed.get(seq, 0) | bits
    return claimed


def delete_claims(store: Store, batches: Iterable[str]) -> None:
    """Delete the references of batches to their revisions."""
    store.many("DELETE FROM claim WHERE batch = ?", [(batch,) for batch in batches])


def carried_bits(store: Store, records: Sequence[str]) -> dict[int, int]:
    """{seq of a revision of these records: bit flags of its parts that any batch contained}."""
    carried: dict[int, int] = {}
    for seq, bits in store.rows(
        "SELECT c.revision, c.carried FROM revision r JOIN claim c ON c.revision = r.seq"
        f" WHERE r.record IN ({place_marks(records)})",
        records,
    ):
        carried[seq] = carried.get(seq, 0) | bits
    return carried


def delete_revisions(store: Store, seqs: Iterable[int]) -> None:
    """Delete revisions, to which no current row may point any more."""
    places = [(seq,) for seq in seqs]
    store.many("DELETE FROM claim WHERE revision = ?", places)
    store.many("DELETE FROM revision WHERE seq = ?", places)


def delete_texts(store: Store, rows: Iterable[tuple[str, int]]) -> None:
    """Delete the text of revisions, its hash stays: (hash of the content, seq)."""
    store.many("UPDATE revision SET body = NULL, content = ? WHERE seq = ?", rows)


def delete_parts(store: Store, seqs: Iterable[int]) -> None:
    """Delete the separate parts of revisions."""
    store.many("DELETE FROM private_part WHERE revision = ?", [(seq,) for seq in seqs])


def delete_double_versions(store: Store, records: Iterable[str]) -> None:
    """Take records out of the inbox."""
    store.many("DELETE FROM double_version WHERE record = ?", [(record,) for record in records])


def insert_double_version(store: Store, record: str, type_name: str) -> None:
    """Put a record into the inbox."""
    store.run("INSERT INTO double_version (record, type) VALUES (?, ?)", (record, type_name))


def type_of(store: Store, record: str) -> str | None:
    """The type of a record, None without a stored revision of it."""
    value = store.value("SELECT type FROM revision WHERE record = ? LIMIT 1", (record,))
    return None if value is None else str(value)


# ----------------------------------------------------------- households named by records


def named_values(store: Store, table: str, column: str, values: Sequence[str]) -> set[str]:
    """The subset of `values` found in the column of a current row of the table."""
    marks = place_marks(values)
    rows = store.rows(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN ({marks})", values)
    return {row[0] for row in rows}


def values_named_by_desk(
    store: Store, table: str, column: str, values: Sequence[str], desk: str
) -> set[str]:
    """Those of the values that a current row of the table holds of whose record the desk wrote a
    revision."""
    rows = store.rows(
        f"SELECT DISTINCT t.{column} FROM {table} t JOIN revision r ON r.record = t.id"
        f" WHERE t.{column} IN ({place_marks(values)}) AND r.desk = ?",
        [*values, desk],
    )
    return {row[0] for row in rows}
