"""Encryption of a whole database file: detecting it, making an encrypted copy, hiding keys from
logs.

SQLCipher writes pages of 4,096 bytes, each with a MAC that is checked when it is read: an altered
page is SQLITE_NOTADB (the first) or SQLITE_CORRUPT (any other), which the store calls damaged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from borderdesk.base.files import part_file, readable_file
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.database_address import database_address
from borderdesk.store.connection.page_cipher import FIRST, PAGE_MACS, page_mac, raw_text

PLAIN_HEADER = b"SQLite format 3\0"
"""What a database that is not encrypted begins with; an encrypted one begins with random bytes."""


def is_encrypted(path: Path) -> bool:
    """Whether a database file is there, not empty, and no plain one. Raises OSError."""
    try:
        with readable_file(path) as file:
            begin = file.read(len(PLAIN_HEADER))
    except FileNotFoundError:
        return False
    return bool(begin) and begin != PLAIN_HEADER


def copy_under_key(store: Store, target: Path, key: bytes) -> None:
    """Write a copy of an open database, plain or encrypted, that is encrypted with `key`, flushed,
    whole or not at all.

    By VACUUM INTO: it keeps every row's number, which the search tables go by (sqlcipher_export
    gives new ones), and leaves out what was deleted. Raises OSError and errors of the database.
    """
    with part_file(target) as part:
        secret = f"x%27{raw_text(key)}%27"
        with _default_mac(store, page_mac(key)):
            store.run("VACUUM INTO ?", (f"{database_address(part.path)}?key={secret}",))


@contextmanager
def _default_mac(store: Store, mac: str) -> Iterator[None]:
    """Have a new file's page MACs made so: there is no other way to say it for a file that SQLite
    makes. It holds for the whole process, so that it is taken back; connections say their own."""
    store.run(f"PRAGMA cipher_default_hmac_algorithm = {mac}")
    try:
        yield
    finally:
        store.run(f"PRAGMA cipher_default_hmac_algorithm = {PAGE_MACS[FIRST]}")
