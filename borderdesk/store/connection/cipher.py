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
"""The first bytes of an unencrypted database; those of an encrypted one are random."""


def is_encrypted(path: Path) -> bool:
    """Whether a database file exists, is not empty and has no plain header. Raises OSError."""
    try:
        with readable_file(path) as file:
            begin = file.read(len(PLAIN_HEADER))
    except FileNotFoundError:
        return False
    return bool(begin) and begin != PLAIN_HEADER


def copy_under_key(store: Store, target: Path, key: bytes) -> None:
    """Write a copy of an open database, plain or encrypted, encrypted with `key`, flushed and
    atomic.

    By VACUUM INTO: it preserves the row ids, which the search tables refer to (sqlcipher_export
    assigns new ones), and drops deleted content. Raises OSError and errors of the database.
    """
    with part_file(target) as part:
        secret = f"x%27{raw_text(key)}%27"
        with _default_mac(store, page_mac(key)):
            store.run("VACUUM INTO ?", (f"{database_address(part.path)}?key={secret}",))


@contextmanager
def _default_mac(store: Store, mac: str) -> Iterator[None]:
    """Set the MAC algorithm of new files during the block: SQLite has no other way for a file that
    it creates itself. It is a setting of the process, so it is reset; connections set their own."""
    store.run(f"PRAGMA cipher_default_hmac_algorithm = {mac}")
    try:
        yield
    finally:
        store.run(f"PRAGMA cipher_default_hmac_algorithm = {PAGE_MACS[FIRST]}")
