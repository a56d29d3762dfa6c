"""The logs of desks in the store: numbering, holding, ranges.

SQL, not peewee: own revisions are numbered in the transaction of every save, and an import writes
an entry a revision.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from borderdesk.schema.log_entries import (
    NOTHING,
    START,
    ChainHead,
    desk_of,
    next_chain,
)
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.dialect import by_index

_ENTRY_COLUMNS = "e.number, e.kind, e.id, e.chain, e.revision, e.content, e.refused"
CARD, ACCEPTED = "card", "accepted"
"""The kind of an entry that decides on a card, and the decision that trusts it."""
ENTRY_SQL = (
    "INSERT INTO log_entry (log, number, kind, id, chain, revision, content, refused)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class StoredEntry(NamedTuple):
    """A stored log entry: `revision` the `seq` of the revision, `content` canonical JSON, `refused`
    the reason why it waits; all None for a stub, which has only kind and id."""

    log: str
    number: int
    kind: str
    id: bytes
    chain: bytes
    revision: int | None
    content: str | None
    refused: str | None


class LogTail:
    """The end of a log while entries are appended within a transaction."""

    def __init__(self, log: int, head: ChainHead) -> None:
        self.log = log
        self.number, self.chain = head

    def row(
        self, kind: str, entry: bytes, revision: int | None, content: str | None = None
    ) -> tuple[Any, ...]:
        """The row of the next entry, for `ENTRY_SQL`."""
        self.number += 1
        self.chain = next_chain(self.chain, kind, entry)
        return self.log, self.number, kind, entry, self.chain, revision, content, None


def log_tail(store: Store, desk: str) -> LogTail:
    """The end of a desk's log; creates an empty log where it is missing."""
    log = log_number(store, desk)
    if log is None:
        log = add_log(store, desk)
    return LogTail(log, head_of(store, log))


def log_number(store: Store, log: str) -> int | None:
    """The row number of a log in the store, None for an unknown one."""
    number: int | None = store.value(
        "SELECT id FROM desk_log WHERE desk = ? AND branch = ?", (desk_of(log), log[33:])
    )
    return number


def add_log(store: Store, log: str) -> int:
    """Begin a log; its number."""
    cursor = store.execute_sql(
        "INSERT INTO desk_log (desk, branch) VALUES (?, ?)", (desk_of(log), log[33:])
    )
    return int(cursor.lastrowid)


def logs(store: Store) -> dict[str, int]:
    """{name of a log: its row number} of all known logs."""
    rows = store.rows("SELECT desk, branch, id FROM desk_log ORDER BY desk, branch")
    return {f"{desk}~{branch}" if branch else desk: log for desk, branch, log in rows}


def copied_desks(store: Store) -> list[str]:
    """The desks with two branches of their log, because their folder was copied."""
    rows = store.rows("SELECT DISTINCT desk FROM desk_log WHERE branch <> '' ORDER BY desk")
    return [row[0] for row in rows]


def head_of(store: Store, log: int) -> ChainHead:
    """The head of the stored part of a log: the last entry's number and chain."""
    row = store.one(
        "SELECT number, chain FROM log_entry WHERE log = ? ORDER BY number DESC LIMIT 1", (log,)
    )
    return NOTHING if row is None else ChainHead(*row)


_LACKING = "refused IS NOT NULL AND content IS NULL AND revision IS NULL"
"""Entries without any verified content: they have to be sent again."""


def holding(store: Store) -> dict[str, ChainHead]:
    """The holding of this desk: {log: the number of its last stored entry, and the chain}; a log
    with an unreadable entry counts only up to the entry before it."""
    # By the small index of refused entries: without the hint SQLite scans the whole log.
    lacking = dict(
        store.rows(
            f"SELECT log, MIN(number) FROM {by_index('log_entry', 'log_entry_refused')}"
            f" WHERE {_LACKING} GROUP BY log"
        )
    )
    heads = {name: _held(store, log, lacking.get(log)) for name, log in logs(store).items()}
    return {name: head for name, head in heads.items() if head.number}


def _held(store: Store, log: int, lacking: int | None) -> ChainHead:
    """The head of a log, or that before its first entry that is lacking."""
    if lacking is None:
        return head_of(store, log)
    return ChainHead(lacking - 1, chain_at(store, log, lacking - 1) or START)


def unread_entries(store: Store, log: int, first: int, last: int) -> set[int]:
    """The numbers of the stubs in a range: entries stored with number, kind and id alone."""
    rows = store.rows(
        "SELECT number FROM log_entry WHERE log = ? AND number BETWEEN ? AND ?"
        " AND revision IS NULL AND content IS NULL",
        (log, first, last),
    )
    return {row[0] for row in rows}


def fill_entries(
    store: Store, rows: Iterable[tuple[int | None, str | None, str | None, int, int]]
) -> None:
    """Fill entries: (place of the revision, content, refused, log, number)."""
    store.many(
        "UPDATE log_entry SET revision = ?, content = ?, refused = ? WHERE log = ? AND number = ?",
        rows,
    )


def settle_stubs(store: Store, log: int, numbers: Iterable[int], why: str) -> None:
    """Let the stubs among these entries that wait for this reason count as held."""
    store.many(
        "UPDATE log_entry SET refused = NULL WHERE log = ? AND number = ? AND refused = ?"
        " AND content IS NULL AND revision IS NULL",
        [(log, number, why) for number in numbers],
    )


def waiting_entries(store: Store) -> list[StoredEntry]:
    """The entries whose effect waits, content and all, by log and number."""
    names = {log: name for name, log in logs(store).items()}
    rows = store.rows(
        f"SELECT e.log, {_ENTRY_COLUMNS} FROM log_entry e"
        " WHERE e.refused IS NOT NULL AND e.content IS NOT NULL ORDER BY e.log, e.number"
    )
    return [StoredEntry(names[row[0]], *row[1:]) for row in rows]


def refused_ids(store: Store, why: str) -> frozenset[bytes]:
    """The ids of the entries that wait for a reason."""
    source = by_index("log_entry", "log_entry_refused")
    rows = store.rows(f"SELECT id FROM {source} WHERE refused = ?", (why,))
    return frozenset(row[0] for row in rows)


def contents_waiting(store: Store, why: str) -> list[tuple[str, str]]:
    """(name of the log, content) of the entries that wait for a reason, content and all."""
    source = by_index("log_entry", "log_entry_refused")
    rows = store.rows(
        f"SELECT log, content FROM {source} WHERE refused = ? AND content IS NOT NULL", (why,)
    )
    contents = list(rows)
    names = {log: name for name, log in logs(store).items()} if contents else {}
    return [(names[log], content) for log, content in contents]


def logs_waiting(store: Store, why: str) -> list[str]:
    """The logs of which entries wait for a reason."""
    source = by_index("log_entry", "log_entry_refused")
    rows = store.rows(f"SELECT DISTINCT log FROM {source} WHERE refused = ?", (why,))
    waiting = {row[0] for row in rows}
    return [name for name, log in logs(store).items() if log in waiting]


def release_refused(store: Store, batch: str, why: str, instead: str) -> None:
    """Replace the reason `why` of the waiting entries of a batch with `instead`."""
    for log, first, last in store.rows(
        "SELECT log, first, last FROM batch_log WHERE batch = ?", (batch,)
    ):
        store.run(
            "UPDATE log_entry SET refused = ? WHERE log = ? AND number BETWEEN ? AND ?"
            " AND refused = ?",
            (instead, log, first, last, why),
        )


def release_entries(store: Store, log: int, numbers: Iterable[int], why: str, instead: str) -> None:
    """Replace the reason `why` of waiting entries of a log with `instead`."""
    store.many(
        "UPDATE log_entry SET refused = ? WHERE log = ? AND number = ? AND refused = ?",
        [(instead, log, number, why) for number in numbers],
    )


def numbered_revisions(store: Store, seqs: Sequence[int]) -> set[int]:
    """The subset of the revisions (places) that are entries of a log."""
    marks = ", ".join("?" * len(seqs))
    rows = store.rows(f"SELECT revision FROM log_entry WHERE revision IN ({marks})", seqs)
    return {row[0] for row in rows}


def content_after(store: Store, seq: int, kind: str) -> tuple[str, bytes] | None:
    """(content, id) of the entry of a kind that follows a revision in its log, where it counts."""
    return store.one(
        "SELECT n.content, n.id FROM log_entry e"
        " JOIN log_entry n ON n.log = e.log AND n.number = e.number + 1"
        " WHERE e.revision = ? AND n.kind = ? AND n.content IS NOT NULL AND n.refused IS NULL",
        (seq, kind),
    )


def comes_after(store: Store, entry: bytes, seq: int) -> bool:
    """Whether an entry stands in one log with a revision, after it."""
    return bool(
        store.value(
            "SELECT 1 FROM log_entry e JOIN log_entry n ON n.log = e.log AND n.number > e.number"
            " WHERE e.revision = ? AND n.id = ?",
            (seq, entry),
        )
    )


def newest_signed(store: Store, log: int, held: int) -> tuple[int, str] | None:
    """(number, signature) of the newest head of a log that its desk signed, not beyond the entry
    up to which it is held here."""
    row = store.one(
        "SELECT number, signature FROM log_head WHERE log = ? AND number <= ?"
        " ORDER BY number DESC LIMIT 1",
        (log, held),
    )
    return None if row is None else (row[0], row[1])


# ------------------------------------------------------------------------------ batches


def note_batch_entries(store: Store, batch: str, log: int, first: int, last: int) -> None:
    """Record the range of entries of a log that a batch contained."""
    store.run(
        "INSERT INTO batch_log (batch, log, first, last) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (batch, log) DO UPDATE SET last = excluded.last",
        (batch, log, first, last),
    )


def batch_entries(store: Store, batch: str) -> list[tuple[int, int]]:
    """(log, first entry) of the entries of a batch."""
    return list(store.rows("SELECT log, first FROM batch_log WHERE batch = ?", (batch,)))


def batches_from(store: Store, log: int, first: int) -> list[str]:
    """The batches with entries of a log from `first` on, in the order of the entries."""
    rows = store.rows(
        "SELECT batch FROM batch_log WHERE log = ? AND last >= ? ORDER BY first", (log, first)
    )
    return [row[0] for row in rows]


def cut_batches(store: Store, log: int, first: int) -> list[str]:
    """The batches with entries of a log from `first` on; these entries are removed from their
    ranges."""
    batches = batches_from(store, log, first)
    store.run("DELETE FROM batch_log WHERE log = ? AND first >= ?", (log, first))
    store.run("UPDATE batch_log SET last = ? WHERE log = ? AND last >= ?", (first - 1, log, first))
    return batches


def chain_at(store: Store, log: int, number: int) -> bytes | None:
    """The chain of a log after an entry; None for a missing entry."""
    if number == 0:
        return START
    chain: bytes | None = store.value(
        "SELECT chain FROM log_entry WHERE log = ? AND number = ?", (log, number)
    )
    return chain


def acknowledged_numbers(store: Store, receiver: str) -> dict[str, int]:
    """{log: the last entry that a desk acknowledged}; 0 for a branch that differs from ours."""
    same = ["a.log = l.desk"]
    branched = "SELECT 1 FROM acknowledged_log WHERE receiver = ? AND length(log) > 32"
    if store.value(branched, (receiver,)) is not None:
        same.append("substr(a.log, 1, 33) = l.desk || '~'")
    numbers: dict[str, int] = {}
    for condition in same:
        rows = store.rows(
            "SELECT l.desk, l.branch, MAX(a.number) FROM desk_log l"
            f" JOIN acknowledged_log a ON {condition}"
            " JOIN log_entry e ON e.log = l.id AND e.number = a.number AND e.chain = a.chain"
            " WHERE a.receiver = ? GROUP BY l.id",
            (receiver,),
        )
        for desk, branch, number in rows:
            name = f"{desk}~{branch}" if branch else desk
            numbers[name] = max(numbers.get(name, 0), number)
    return numbers


def acknowledged_beyond(store: Store, log: str, number: int) -> tuple[str, int] | None:
    """(desk, entry) of the desk that acknowledged the furthest entry of a log beyond a number."""
    return store.one(
        "SELECT receiver, number FROM acknowledged_log WHERE log = ? AND number > ?"
        " ORDER BY number DESC LIMIT 1",
        (log, number),
    )


def append_entry(
    store: Store, desk: str, kind: str, entry: bytes, content: str
) -> tuple[int, bytes]:
    """Append an entry that is no revision to a desk's log; its number and the chain."""
    tail = log_tail(store, desk)
    store.run(ENTRY_SQL, tail.row(kind, entry, None, content))
    return tail.number, tail.chain


def insert_entries(store: Store, rows: Iterable[Sequence[Any]]) -> None:
    """Insert entries: (log, number, kind, id, chain, place of the revision, content, refused)."""
    store.many(ENTRY_SQL, rows)


def entries(
    store: Store, name: str, *, after: int = 0, until: int | None = None, kind: str | None = None
) -> Iterator[StoredEntry]:
    """The entries of a log from `after` (left out) to `until` (included), of one kind or all."""
    log = log_number(store, name)
    if log is None:
        return
    last = (1 << 62) if until is None else until
    where, params = "", []
    if kind is not None:
        where, params = " AND e.kind = ?", [kind]
    for row in store.rows(
        f"SELECT {_ENTRY_COLUMNS} FROM log_entry e"
        f" WHERE e.log = ? AND e.number > ? AND e.number <= ?{where} ORDER BY e.number",
        [log, after, last, *params],
    ):
        yield StoredEntry(name, *row)


def entry_ids(store: Store, log: int, after: int, until: int) -> Iterator[tuple[int, bytes]]:
    """(number, id) of the entries of a log from `after` (left out) to `until` (included)."""
    rows = store.rows(
        "SELECT number, id FROM log_entry WHERE log = ? AND number > ? AND number <= ?"
        " ORDER BY number",
        (log, after, until),
    )
    return ((row[0], row[1]) for row in rows)


def newest_place(store: Store, name: str, until: int) -> int:
    """The highest `seq` of a revision stored among the entries of a log up to `until`; 0 for
    none."""
    log = log_number(store, name)
    newest = store.value(
        "SELECT MAX(revision) FROM log_entry WHERE log = ? AND number <= ?", (log, until)
    )
    return int(newest or 0)


def copy_entries(store: Store, source: int, log: int, until: int) -> None:
    """Copy the entries of a log up to `until` into one that begins as it does."""
    store.run(
        "INSERT INTO log_entry (log, number, kind, id, chain, revision, content, refused)"
        " SELECT ?, number, kind, id, chain, revision, content, refused FROM log_entry"
        " WHERE log = ? AND number <= ?",
        (log, source, until),
    )


def delete_entries(store: Store, log: int, first: int) -> None:
    """Take the entries of a log away from `first` on: its holding is lower from now on."""
    store.run("DELETE FROM log_head WHERE log = ? AND number >= ?", (log, first))
    store.run("DELETE FROM log_entry WHERE log = ? AND number >= ?", (log, first))


def note_head(store: Store, log: int, number: int, signature: str) -> None:
    """Keep a head as its desk signed it."""
    store.run(
        "INSERT INTO log_head (log, number, signature) VALUES (?, ?, ?)"
        " ON CONFLICT (log, number) DO UPDATE SET signature = excluded.signature",
        (log, number, signature),
    )


def signature_of(store: Store, log: int, number: int) -> str | None:
    """The signature of a log's head after an entry, None where that was not signed."""
    signature: str | None = store.value(
        "SELECT signature FROM log_head WHERE log = ? AND number = ?", (log, number)
    )
    return signature


# ------------------------------------------------------------------------------ units


def unit_of_desk(store: Store, desk: str) -> tuple[str, str] | None:
    """(unit, role) of a desk that is known by its card, None for any other."""
    row = store.one("SELECT unit, role FROM card WHERE desk = ?", (desk,))
    return None if row is None else (row[0], row[1])


def first_decision(store: Store, desk: str) -> dict[str, str] | None:
    """The facts of the first entry of a desk's log if that is a decision on a card, else None."""
    content = store.value(
        "SELECT e.content FROM log_entry e JOIN desk_log l ON l.id = e.log"
        " WHERE l.desk = ? AND l.branch = '' AND e.number = 1 AND e.kind = ? AND e.refused IS NULL",
        (desk, CARD),
    )
    return None if content is None else json.loads(content)["content"]


def former_ids(store: Store, desk: str) -> list[str]:
    """The ids that a desk declares as its former ones, preceded by its own, the newest first."""
    ids = [desk]
    while (facts := first_decision(store, ids[-1])) is not None:
        old = facts.get("instead_of", "")
        if not old or old in ids or facts.get("decision") == ACCEPTED:
            break
        ids.append(old)
    return ids[1:]


def is_in_use(store: Store, desk: str) -> bool:
    """Whether a desk may still send: its card is not revoked, and no other desk replaced it. Of a
    decision on this desk and the province's, which arrives with its log, the later one counts."""
    card_row = store.one("SELECT noted, accepted FROM card WHERE desk = ?", (desk,))
    decided = [] if card_row is None else [(card_row[0], bool(card_row[1]))]
    # A province's log has few entries of this kind, and is looked through for a single record.
    rows = store.rows(
        "SELECT e.content ->> '$.content.time', e.content ->> '$.content.decision' = ?"
        " FROM log_entry e JOIN desk_log l ON l.id = e.log"
        " JOIN card c ON c.desk = substr(l.desk, 1, 32)"
        " WHERE c.role = ? AND c.accepted AND e.kind = ? AND e.refused IS NULL"
        " AND e.content ->> '$.content.desk' = ?",
        (ACCEPTED, "province", CARD, desk),
    )
    decided += [(time, bool(accepted)) for time, accepted in rows]
    return max(decided)[1] if decided else True
