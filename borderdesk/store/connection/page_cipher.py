"""The cipher settings of an encrypted database, which are encoded in its key.

SQLCipher encrypts every page with AES-256 and gives it a MAC that is checked at each reading. With
SHA-512, the default, the MAC takes longer than everything else about a page; processors have
instructions for SHA-256. A key of 32 bytes is from the time of a single setting; a longer one has
the number of its settings as its last byte.
"""

import os

from borderdesk.base.errors import CannotOpen
from borderdesk.base.i18n import _

RAW_BYTES = 32
"""The length of the part of a key that is passed to SQLCipher."""
PAGE_MACS = {1: "HMAC_SHA512", 2: "HMAC_SHA256"}
"""{number of the settings: the MAC algorithm of a page}."""
FIRST, NEWEST = min(PAGE_MACS), max(PAGE_MACS)


def new_key() -> bytes:
    """A new random key of a desk, with the newest settings."""
    return os.urandom(RAW_BYTES) + bytes([NEWEST])


def raw_text(key: bytes) -> str:
    """The part of a key that SQLCipher is given, in hex."""
    return key[:RAW_BYTES].hex()


def page_mac(key: bytes) -> str:
    """The MAC algorithm for a key, in SQLCipher's name. Raises CannotOpen for settings of a newer
    program."""
    number = key[RAW_BYTES] if len(key) > RAW_BYTES else FIRST
    if number not in PAGE_MACS:
        raise newer_keys()
    return PAGE_MACS[number]


def newer_keys() -> CannotOpen:
    """The error for keys in a form that this program does not know."""
    return CannotOpen(
        _(
            "The desk's keys were written by a newer BorderDesk than this one. Nothing was changed;"
            " update the program, then open the desk again."
        )
    )
