"""The metadata of a desk's database, and the preferences of its window: one text a key.

Hand-written SQL: the book's version and the newest time are read at every save and every use of the
book, preferences three times for every page that is made. A value by key took 0.09 ms so and
0.43 ms as a peewee query (on a loaded machine).
"""

from collections.abc import Mapping

from borderdesk.store.connection.database import Store

KEY_RING = "key_ring"
"""The key of the ring of today, as its file holds it."""
PROGRAM = "program"
"""The key of the version of the program that made the file, or upgraded it last."""
REFERENCE_VERSION, NEWEST_TIME = "reference_version", "newest_time"
"""Keys of change counters: the version of the reference data, the UTC time of the newest
revision."""


def read_meta(store: Store) -> dict[str, str]:
    """Everything, by key."""
    return dict(store.rows("SELECT key, value FROM meta"))


def meta_value(store: Store, key: str) -> str | None:
    """One text, None where it was never written."""
    value: str | None = store.value("SELECT value FROM meta WHERE key = ?", (key,))
    return value


def preference_text(store: Store, key: str) -> str | None:
    """A preference as stored, None for none."""
    value: str | None = store.value("SELECT value FROM preference WHERE key = ?", (key,))
    return value


def write_meta(store: Store, values: Mapping[str, str]) -> None:
    """Write {key: text} to the metadata, replacing existing texts."""
    store.many(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )
