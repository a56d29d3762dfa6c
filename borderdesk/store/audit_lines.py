"""The audit log in the store: lines are appended, chained by hash, and never changed.

SQL, not peewee: a line is written in the transaction of the event it records, even at start-up.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.base.text import storable_name
from borderdesk.schema.log_entries import START
from borderdesk.schema.revisions import canonical, utc_stamp
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.meta import meta_value, write_meta

HEAD = "audit_head"
"""The key in `meta` of the newest line, `number:chain`: without it a line taken off the end would
not show."""
MOST_DIGITS = 15
COLUMNS = "number, time, account, role, kind, subject, detail, chain"
_INSERT = f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
GUARDS = ("audit_stays", "audit_is_whole")
"""The triggers that refuse to change or delete a line."""


class AuditEntry(NamedTuple):
    """A line without its number: the account and its role, the kind of event, its subject, and
    details as canonical JSON."""

    time: str
    account: str
    role: str
    kind: str
    subject: str
    detail: str


class StoredAuditLine(NamedTuple):
    """A stored line of the audit log."""

    number: int
    entry: AuditEntry
    chain: bytes


def next_link(chain: bytes, number: int, entry: AuditEntry) -> bytes:
    """The chain after a line: SHA-256(chain before it ‖ canonical JSON of the line)."""
    text = canonical({"number": number, **entry._asdict()})
    return hashlib.sha256(chain + text.encode()).digest()


def append_audit(
    store: Store, account: tuple[str, str], kind: str, subject: str, detail: str
) -> int:
    """Append a line within the open transaction; its number. account: (name, role).

    It follows the head that was noted, not the last line that is there: where lines were taken off
    the end it would hide that. A head that was taken away is not made anew.
    """
    head = meta_value(store, HEAD)
    last, chain = max(_noted_head(head), newest_line(store), key=_number)
    number = last + 1
    names = storable_name(subject), storable_name(detail)
    entry = AuditEntry(utc_stamp(), *account, kind, *names)
    link = next_link(chain, number, entry)
    store.run(_INSERT, (number, *entry, link))
    if head is not None:
        write_meta(store, {HEAD: f"{number}:{link.hex()}"})
    return number


def _noted_head(head: str | None) -> tuple[int, bytes]:
    """(number, chain) of the line that was noted as the newest; before all lines without a note."""
    number, _colon, chain = (head or "").partition(":")
    try:
        # One that no database takes was not written here.
        return int(number[:MOST_DIGITS]), bytes.fromhex(chain)
    except ValueError:
        return 0, START


def _number(line: tuple[int, bytes]) -> int:
    return line[0]


def newest_line(store: Store) -> tuple[int, bytes]:
    """Number and chain of the newest line; 0 and the start of the chain for an empty log."""
    row = store.one("SELECT number, chain FROM audit ORDER BY number DESC LIMIT 1")
    number, chain = row or (0, START)
    return int(number), bytes(chain)


def chain_at(store: Store, number: int) -> bytes | None:
    """The chain after a line; None for a missing line, and in a file of a schema before the audit
    log."""
    if store.value("SELECT 1 FROM sqlite_master WHERE name = 'audit'") is None:
        return None
    chain = store.value("SELECT chain FROM audit WHERE number = ?", (number,))
    return None if chain is None else bytes(chain)


def audit_lines(store: Store, after: str = "", before: str = "~") -> Iterator[StoredAuditLine]:
    """The lines of a span of UTC times (from the first, up to before the second), newest first."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM audit WHERE time >= ? AND time < ? ORDER BY number DESC",
        (after, before),
    )
    return map(_line, rows)


def count_audit_lines(store: Store) -> int:
    """The number of lines in the audit log."""
    return int(store.value("SELECT COUNT(*) FROM audit"))


def revision_lines(
    store: Store, desk: str, after: str, before: str
) -> Iterator[tuple[str, str, str, str, int, int]]:
    """(time, author, type, record, number, deleted) of the revisions of a desk in a span, newest
    first."""
    rows: Iterator[tuple[str, str, str, str, int, int]] = store.rows(
        "SELECT time, author, type, record, number, deleted FROM revision"
        " WHERE desk = ? AND time >= ? AND time < ? ORDER BY seq DESC",
        (desk, after, before),
    )
    return rows


def _line(row: tuple[Any, ...]) -> StoredAuditLine:
    return StoredAuditLine(row[0], AuditEntry(*row[1:7]), row[7])


def audit_faults(store: Store) -> Iterator[str]:
    """Violations of append-only: lines that were altered or removed, triggers that are missing."""
    number, chain = 0, START
    rows = store.rows(f"SELECT {COLUMNS} FROM audit ORDER BY number")
    for line in map(_line, rows):
        number += 1
        if line.number != number:
            yield _("Line {number} of the audit log is missing.").format(number=number)
            number = line.number
        elif next_link(chain, number, line.entry) != line.chain:
            yield _("Line {number} of the audit log was altered.").format(number=number)
        chain = line.chain
    if meta_value(store, HEAD) != f"{number}:{chain.hex()}":
        yield _("The end of the audit log is missing or was altered, after line {number}.").format(
            number=number
        )
    guards = {row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    for guard in GUARDS:
        if guard not in guards:
            yield _("The guard “{name}” of the audit log is gone.").format(name=guard)
