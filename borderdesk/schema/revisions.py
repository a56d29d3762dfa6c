"""The graph of revisions: their ids, their heads, which one is current, and the totals hash.

Every save and delete is a revision. Its id is the SHA-256 of its canonical JSON, so that a
changed record always changes the hash; personal and internal fields enter only through a
salted hash and can be left out or erased without breaking the chain.
"""

import datetime
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from json import encoder
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from borderdesk.base.i18n import _

SALT_BYTES = 16
_DRAWN_FOR_ID = 9
_MOST_DRAWS = 256
_VARIANT, _REST = 1 << 63, (1 << 62) - 1
"""The bits of a UUID's second half: its variant, and the random ones."""

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
# JSONEncoder.encode builds a C encoder at every call, which costs more than encoding.
_MAKE_ENCODER: Any = getattr(encoder, "c_make_encoder", None)
_PARTS: Any = (
    _MAKE_ENCODER(None, _ENCODER.default, encode_basestring, None, ":", ",", True, False, False)
    if _MAKE_ENCODER is not None
    else _ENCODER.iterencode
)


def canonical(value: Any) -> str:
    """`value` as RFC 8785 JSON.

    Keys are ASCII and numbers whole (decimals travel as strings); for these Python's own encoder
    conforms to the standard.
    """
    return "".join(_PARTS(value, 0))


class RevisionStamp(NamedTuple):
    """Who revises, where and when: `time` is UTC, ISO 8601 with milliseconds and Z."""

    author: str
    desk: str
    time: str


def utc_stamp(moment: datetime.datetime | None = None) -> str:
    """`moment` (now without one) as a revision's time."""
    utc = datetime.datetime.now(datetime.UTC) if moment is None else moment.astimezone(datetime.UTC)
    return f"{utc.isoformat(timespec='milliseconds')[:-6]}Z"


def stamp_after(stamp: str) -> str:
    """The present time, or one just after a stored UTC time: a later time also where a clock went
    wrong."""
    after = datetime.datetime.fromisoformat(stamp) + datetime.timedelta(milliseconds=1)
    return max(utc_stamp(), utc_stamp(after))


def moment_of(stamp: str) -> datetime.datetime:
    """A stored UTC time, such as a revision's, in the time zone of this machine."""
    return datetime.datetime.fromisoformat(stamp).astimezone()


def local_date(stamp: str) -> datetime.date:
    """The calendar date of a stored UTC time in the time zone of this machine."""
    return moment_of(stamp).date()


def private_hash(salt: bytes, part: str) -> str:
    """The salted hash of the separate part, in hex; a revision's content holds only this."""
    return hashlib.sha256(salt + part.encode()).hexdigest()


def make_body(public: Mapping[str, Any], separate: str | None) -> str:
    """The canonical content of a revision: its public fields and the hash of the separate part."""
    return body_of(canonical(public), separate)


def body_of(public: str, separate: str | None) -> str:
    """The canonical content of a revision, its public fields being canonical JSON already."""
    hashed = "" if separate is None else f',"private":"{separate}"'
    return f'{{"fields":{public}{hashed}}}'


def content_hash(body: str) -> str:
    """The hash of the content, in hex; a revision's id is computed from it."""
    return hashlib.sha256(body.encode()).hexdigest()


def revision_id(
    type_name: str,
    record: str,
    number: int,
    parents: Iterable[bytes],
    stamp: RevisionStamp,
    reason: str | None,
    body: str | None,
) -> bytes:
    """The id of a revision, 32 bytes; a deletion has no body."""
    content = None if body is None else content_hash(body)
    before, between, after = _kept_around(
        type_name, number, tuple(parents), stamp, reason, body is None
    )
    text = f"{before}{content or ''}{between}{record}{after}"
    return hashlib.sha256(text.encode()).digest()


def identified(
    type_name: str,
    record: str,
    number: int,
    parents: Iterable[bytes],
    stamp: RevisionStamp,
    reason: str | None,
    content: str | None,
) -> bytes:
    """The id of a revision whose content may be known by its hash alone; None for a deletion."""
    before, between, after = _around(type_name, number, parents, stamp, reason, content is None)
    text = f"{before}{content or ''}{between}{record}{after}"
    return hashlib.sha256(text.encode()).digest()


def _around(
    type_name: str,
    number: int,
    parents: Iterable[bytes],
    stamp: RevisionStamp,
    reason: str | None,
    is_deletion: bool,
) -> tuple[str, str, str]:
    """The canonical JSON of a revision, its keys sorted: what stands before the hash of its
    content, between that and its record, and after it."""
    content, deleted = ("", "") if is_deletion else ('"content":"', '",')
    because = "" if reason is None else f'"reason":{encode_basestring(reason)},'
    joined = ",".join(sorted([f'"{parent.hex()}"' for parent in parents])) if parents else ""
    return (
        f'{{"author":{encode_basestring(stamp.author)},{content}',
        (
            f'{deleted}"deleted":{"true" if is_deletion else "false"},'
            f'"desk":{encode_basestring(stamp.desk)},"number":{number:d},'
            f'"parents":[{joined}],{because}"record":"'
        ),
        f'","time":"{stamp.time}","type":"{type_name}"}}',
    )


_kept_around = lru_cache(maxsize=64)(_around)
"""Cached: all new records of a bulk import have the same author, desk and time."""


class RevisionNode(NamedTuple):
    """A revision as a node of the graph of one record's revisions."""

    id: bytes
    parents: tuple[bytes, ...]
    number: int
    time: str
    deleted: bool


def split_parents(joined: bytes) -> tuple[bytes, ...]:
    """The parents' ids, from their concatenation in the store."""
    return tuple(joined[at : at + 32] for at in range(0, len(joined), 32))


def heads(nodes: Iterable[RevisionNode]) -> list[RevisionNode]:
    """The revisions of one record that no other one revises."""
    known_nodes = list(nodes)
    revised = {parent for node in known_nodes for parent in node.parents}
    return [node for node in known_nodes if node.id not in revised]


def current(nodes: Iterable[RevisionNode]) -> RevisionNode:
    """The revision that counts: of several heads an edit before a deletion, then the higher
    number, then the later time, then the id."""
    return max(heads(nodes), key=lambda n: (not n.deleted, n.number, n.time, n.id))


def is_double(nodes: Iterable[RevisionNode]) -> bool:
    """Whether a person has to choose: several heads, not all of them deletions."""
    tops = heads(nodes)
    return len(tops) > 1 and not all(node.deleted for node in tops)


def broken_links(nodes: Iterable[RevisionNode]) -> list[str]:
    """The errors in one record's chain, as sentences: parents missing, numbers out of step."""
    by_id = {node.id: node for node in nodes}
    wrong = []
    for node in by_id.values():
        parent_nodes = [by_id[parent] for parent in node.parents if parent in by_id]
        if len(parent_nodes) < len(node.parents):
            wrong.append(_("{id}: the version it follows is missing.").format(id=node.id.hex()))
        elif node.number != 1 + max((parent.number for parent in parent_nodes), default=0):
            wrong.append(
                _("{id}: number {number} does not follow the versions before it.").format(
                    id=node.id.hex(), number=node.number
                )
            )
    return wrong


def totals_hash(sorted_ids: Iterable[bytes]) -> str:
    """SHA-256, in hex, of all revision ids in order."""
    digest = hashlib.sha256()
    for id_bytes in sorted_ids:
        digest.update(id_bytes)
    return digest.hexdigest()


class _Clock(threading.local):
    """Time and counter of this thread's last UUIDv7, so that ids made together stay in order."""

    last = 0
    count = 0


_clock = _Clock()


def new_id() -> str:
    """A new UUIDv7: 48 bits of milliseconds, 12 of a counter, 62 random."""
    return _next_id(os.urandom(_DRAWN_FOR_ID))


def new_ids() -> Iterator[str]:
    """New ids without end, for the records of one transaction."""
    return map(_next_id, random_draws(_DRAWN_FOR_ID))


def random_draws(size: int) -> Iterator[bytes]:
    """Random values of `size` bytes, without end. Read from the system in blocks of growing size:
    one call for each value was a fiftieth of the time of a bulk import."""
    draws = 1
    while True:
        drawn = os.urandom(size * draws)
        for at in range(0, len(drawn), size):
            yield drawn[at : at + size]
        draws = min(2 * draws, _MOST_DRAWS)


def _next_id(drawn: bytes) -> str:
    now, last, count = time.time_ns() // 1_000_000, _clock.last, _clock.count + 1
    if now > last:
        last, count = now, drawn[8]
    elif count > 0xFFF:
        last, count = last + 1, 0
    _clock.last, _clock.count = last, count
    return uuid7(last, count, int.from_bytes(drawn[:8], "big"))


def uuid7(milliseconds: int, counter: int, random_bits: int) -> str:
    """The UUIDv7 of these bits, in its usual lower-case form."""
    number = milliseconds << 80 | (counter & 0xFFF | 0x7000) << 64 | random_bits & _REST | _VARIANT
    text = number.to_bytes(16, "big").hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
