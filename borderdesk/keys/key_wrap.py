"""A wrap: the key of a desk, encrypted for a password or for the recovery sheet.

argon2id of the password opens a SecretBox with a private key; the desk's key is sealed to the
public one. Sealing needs no password, so a new key can be wrapped for all accounts though only one
person is present.
"""

import datetime
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from nacl.bindings import crypto_box_SEALBYTES
from nacl.exceptions import CryptoError
from nacl.exceptions import RuntimeError as KeyDerivationFailed
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from borderdesk.base.text import nfc
from borderdesk.store.connection.page_cipher import RAW_BYTES

KEY_BYTES = 32
SALT_BYTES = 16
ACCOUNT, RECOVERY = "account", "recovery"


class KeyCost(NamedTuple):
    """The cost of one attempt at a password: passes of argon2id, and bytes of memory."""

    passes: int
    memory: int


DESK_COST = KeyCost(3, 64 << 20)
"""More than libsodium's "interactive" (2 passes): 0.12 s a try on a post's computer."""
LEAST_COST = KeyCost(1, 8 << 10)
"""The least that argon2id takes: for tests, never for a person's desk."""
MOST_COST = KeyCost(20, 1 << 30)
"""The limit of the cost stated in a file: a higher one is not ours and would only block the
computer."""


class KeyWrap(NamedTuple):
    """A wrap as stored in the file.

    kind: ACCOUNT or RECOVERY; name: the account's, "" for the sheet; made: the day (ISO); private:
    the SecretBox; sealed: the desk's key, sealed to `public`.
    """

    kind: str
    name: str
    made: str
    salt: bytes
    cost: KeyCost
    public: bytes
    private: bytes
    sealed: bytes

    @classmethod
    def make(
        cls, name: str, secret: str, key: bytes, *, made: str, cost: KeyCost = DESK_COST
    ) -> Self:
        """A new wrap of the desk's key for an account's password; for a recovery code without a
        name."""
        salt, private = os.urandom(SALT_BYTES), PrivateKey.generate()
        boxed = bytes(SecretBox(_stretched(secret, salt, cost)).encrypt(bytes(private)))
        kind = ACCOUNT if name else RECOVERY
        return cls(kind, name, made, salt, cost, bytes(private.public_key), boxed, b"").holding(key)

    def holding(self, key: bytes) -> Self:
        """The same wrap with this key of the desk in it."""
        return self._replace(sealed=bytes(SealedBox(PublicKey(self.public)).encrypt(key)))

    def open(self, secret: str) -> bytes | None:
        """The desk's key; None where the password or the code is not the one."""
        box = SecretBox(_stretched(secret, self.salt, self.cost))
        try:
            return bytes(SealedBox(PrivateKey(box.decrypt(self.private))).decrypt(self.sealed))
        except CryptoError:
            return None

    def has_settings(self) -> bool:
        """Whether the wrapped key has its cipher settings, see `page_cipher`."""
        return len(self.sealed) > crypto_box_SEALBYTES + RAW_BYTES

    def as_json(self) -> dict[str, Any]:
        """The wrap as JSON can hold it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "made": self.made,
            "salt": _text(self.salt),
            "opslimit": self.cost.passes,
            "memlimit": self.cost.memory,
            "public": _text(self.public),
            "private": _text(self.private),
            "key": _text(self.sealed),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """The wrap in parsed JSON. Raises ValueError, TypeError, KeyError for anything else."""
        cost = KeyCost(int(stored["opslimit"]), int(stored["memlimit"]))
        if not all(
            least <= number <= most
            for least, number, most in zip(LEAST_COST, cost, MOST_COST, strict=True)
        ):
            raise ValueError(cost)
        kind, name = str(stored["kind"]), str(stored["name"])
        if kind not in {ACCOUNT, RECOVERY} or bool(name) != (kind == ACCOUNT):
            raise ValueError(kind)
        return cls(
            kind,
            name,
            datetime.date.fromisoformat(stored["made"]).isoformat(),
            _bytes(stored["salt"], SALT_BYTES),
            cost,
            _bytes(stored["public"], KEY_BYTES),
            _bytes(stored["private"]),
            _bytes(stored["key"]),
        )


def _stretched(secret: str, salt: bytes, cost: KeyCost) -> bytes:
    """argon2id of a password: of its NFC, since keyboards and systems write one letter in two
    ways."""
    typed = nfc(secret).encode("utf-8", "surrogatepass")
    try:
        return argon2id.kdf(KEY_BYTES, typed, salt, cost.passes, cost.memory)
    except KeyDerivationFailed:
        # The library has no other reason once its arguments are in bounds.
        raise MemoryError from None


def _text(content: bytes) -> str:
    return b64encode(content).decode("ascii")


def _bytes(text: Any, length: int | None = None) -> bytes:
    content = b64decode(str(text), validate=True)
    if length is not None and len(content) != length:
        raise ValueError(len(content))
    return content
