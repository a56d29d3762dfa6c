"""The log of a desk: the ids of its entries, and the chain that binds them in their order.

Whatever a desk authors is an entry of its own log, numbered 1, 2, 3 … without gaps. The entry of a
revision is the revision; every other kind has a content of texts and, where a person typed
something, a text that enters only as a salted hash, so that it can be erased.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from borderdesk.schema.revisions import canonical, private_hash

REVISION = "revision"
"""The kind of an entry that is a revision; its id is that of the revision."""
START = b""
"""The chain before the first entry."""


class LogContent(NamedTuple):
    """The content of a log entry that is no revision: its texts by key, and the salted hash (hex)
    of a typed text, None without one."""

    facts: Mapping[str, str]
    hashed: str | None = None

    def text(self) -> str:
        """Canonical JSON in the form that is stored."""
        return canonical(self._object())

    def _object(self) -> dict[str, object]:
        hashed = {} if self.hashed is None else {"text": self.hashed}
        return {"content": dict(self.facts), **hashed}

    def entry_id(self, desk: str, kind: str) -> bytes:
        """The id of the entry, 32 bytes: SHA-256 of the canonical JSON of desk, kind, content and
        hash."""
        text = canonical({"desk": desk, "kind": kind, **self._object()})
        return hashlib.sha256(text.encode()).digest()


class ChainHead(NamedTuple):
    """A place in a log: `number` entries, and the chain (32 bytes) over them."""

    number: int
    chain: bytes


Holding = Mapping[str, ChainHead]
"""{log: the head of its stored part}; a log is named by its desk's id, 32 hex digits, or, for the
other branch of a copied desk, by that, `~` and 8 hex digits."""

NOTHING = ChainHead(0, START)


def next_chain(chain: bytes, kind: str, entry: bytes) -> bytes:
    """The chain after one more entry."""
    return hashlib.sha256(chain + kind.encode() + entry).digest()


def text_hash(salt: bytes, text: str) -> str:
    """The salted hash of a typed text, in hex."""
    return private_hash(salt, text)


def head_text(log: str, head: ChainHead) -> bytes:
    """The signed text of a desk's log head: canonical JSON of chain, desk and number."""
    facts = {"chain": head.chain.hex(), "desk": desk_of(log), "number": head.number}
    return canonical(facts).encode()


def desk_of(log: str) -> str:
    """The desk whose log it is."""
    return log[:32]


def ranges_text(numbers: list[tuple[int, int]]) -> str:
    """Ranges of entries as a person reads them: 6–10, 14."""
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in numbers)
