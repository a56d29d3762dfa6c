"""The state of a database, counted and hashed, to compare a desk with its backups.

SQL, not peewee: the queries of the state read whole rows of many tables, so that a column added
later counts without being named.
"""

import hashlib
from collections.abc import Iterator

from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name
from borderdesk.store.records.history import last_seq

STATE_QUERIES = (
    "SELECT value FROM meta WHERE key IN ('reference_version', 'key_ring') ORDER BY key",
    "SELECT * FROM setting ORDER BY key, valid_from",
    "SELECT * FROM regulation ORDER BY number, year",
    "SELECT * FROM clause ORDER BY id",
    "SELECT * FROM baseline ORDER BY indicator, period, scope",
    "SELECT MAX(id) FROM edition_event",
    "SELECT COUNT(*) FROM attachment",
    "SELECT name, digest FROM word_form ORDER BY name",
    "SELECT COUNT(*), MAX(time) FROM narrative",
    "SELECT MAX(number) FROM package_out",
    "SELECT id, undone FROM batch ORDER BY id",
    "SELECT COUNT(*) FROM waiting_package",
    "SELECT COUNT(*) FROM review_note",
    "SELECT COUNT(*), MAX(time) FROM double_verdict",
    "SELECT COUNT(*), MAX(time) FROM note_settled",
    "SELECT COUNT(*) FROM erasure",
    "SELECT desk, accepted FROM card ORDER BY desk",
    "SELECT * FROM account ORDER BY name",
    "SELECT * FROM person_request ORDER BY number",
    "SELECT signing FROM own_key",
    "SELECT desk, number FROM setup_applied ORDER BY desk",
)
"""The queries that, with the newest revision, change with anything that is worth a backup."""


def state_hash(store: Store) -> str:
    """A SHA-256 that differs after any change that is worth a backup."""
    digest = hashlib.sha256(str(last_seq(store)).encode())
    for sql in STATE_QUERIES:
        for row in store.rows(sql):
            digest.update(repr(row).encode())
        digest.update(b";")
    return digest.hexdigest()


def count_records(store: Store) -> int:
    """The number of current records of all types."""
    return sum(
        int(store.value(f"SELECT COUNT(*) FROM {table_name(model)}"))
        for model in ALL_TYPES.values()
    )


def count_revisions(store: Store, *, after: int = 0) -> int:
    """The number of revisions with a `seq` above `after`."""
    return int(store.value("SELECT COUNT(*) FROM revision WHERE seq > ?", (after,)))


def has_revisions(store: Store) -> bool:
    """Whether anything was ever recorded."""
    return store.value("SELECT 1 FROM revision LIMIT 1") is not None


def revision_ids(store: Store) -> Iterator[bytes]:
    """The ids of all revisions, sorted."""
    return (row[0] for row in store.rows("SELECT id FROM revision ORDER BY id"))
