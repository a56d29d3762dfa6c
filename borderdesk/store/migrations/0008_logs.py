"""Keep one log a desk: its entries, signed heads, what others hold; number what is here.

A desk's own revisions are numbered parents first, then by time, then by id; its notes, erasures
and decisions on cards come after them, in order of their time.
"""

import hashlib
import heapq
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from borderdesk.store.connection.migration_progress import report

TABLES = """
CREATE TABLE desk_log (
    id INTEGER PRIMARY KEY,
    desk TEXT NOT NULL,
    branch TEXT NOT NULL,
    UNIQUE (desk, branch)
);
CREATE TABLE log_entry (
    log INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    chain BLOB NOT NULL,
    revision INTEGER,
    content TEXT,
    refused TEXT,
    PRIMARY KEY (log, number)
) WITHOUT ROWID;
CREATE INDEX log_entry_revision ON log_entry (revision) WHERE revision IS NOT NULL;
CREATE INDEX log_entry_refused ON log_entry (log, number) WHERE refused IS NOT NULL;
CREATE TABLE log_text (
    entry BLOB PRIMARY KEY,
    salt BLOB NOT NULL,
    text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE log_head (
    log INTEGER NOT NULL,
    number INTEGER NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (log, number)
) WITHOUT ROWID;
CREATE TABLE batch_log (
    batch TEXT NOT NULL,
    log INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (batch, log)
) WITHOUT ROWID;
CREATE TABLE acknowledgement (
    receiver TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    signed INTEGER NOT NULL,
    noted TEXT NOT NULL
);
CREATE TABLE acknowledged_log (
    receiver TEXT NOT NULL,
    log TEXT NOT NULL,
    number INTEGER NOT NULL,
    chain BLOB NOT NULL,
    PRIMARY KEY (receiver, log)
) WITHOUT ROWID;
CREATE TABLE statement (
    desk TEXT NOT NULL,
    entry INTEGER NOT NULL,
    period TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    scope TEXT NOT NULL,
    number INTEGER NOT NULL,
    figures TEXT NOT NULL,
    holding TEXT NOT NULL,
    made TEXT NOT NULL,
    received TEXT NOT NULL,
    PRIMARY KEY (desk, entry)
) WITHOUT ROWID;
CREATE INDEX statement_days ON statement (first, last);
CREATE TABLE retired_card_key (
    desk TEXT NOT NULL,
    minisign TEXT NOT NULL,
    retired TEXT NOT NULL,
    PRIMARY KEY (desk, minisign)
) WITHOUT ROWID;
ALTER TABLE review_note ADD COLUMN entry BLOB;
ALTER TABLE package_out ADD COLUMN receiver TEXT NOT NULL DEFAULT '';
"""
NUMBERED_AT_ONCE = 10_000


def up(_migrator: Any, db: Any) -> None:
    """Make the tables, then number what this desk has written."""
    for statement in TABLES.split(";"):
        if statement.strip():
            db.execute_sql(statement)
    own = db.execute_sql("SELECT value FROM meta WHERE key = 'desk'").fetchone()
    if own is not None:
        _number_own(db, own[0])


def _number_own(db: Any, desk: str) -> None:
    db.execute_sql("INSERT INTO desk_log (id, desk, branch) VALUES (1, ?, '')", (desk,))
    raw, chain = db.connection(), b""
    count = db.execute_sql("SELECT COUNT(*) FROM revision WHERE desk = ?", (desk,)).fetchone()[0]
    rows: list[tuple[Any, ...]] = []

    def write() -> None:
        raw.executemany(
            "INSERT INTO log_entry (log, number, kind, id, chain, revision, content)"
            " VALUES (1, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        rows.clear()

    for number, (kind, entry, revision, content) in enumerate(_entries(db, desk), start=1):
        chain = hashlib.sha256(chain + kind.encode() + entry).digest()
        rows.append((number, kind, entry, chain, revision, content))
        if len(rows) == NUMBERED_AT_ONCE:
            write()
            report(min(number, count), count)
    write()


def _entries(db: Any, desk: str) -> Iterator[tuple[str, bytes, int | None, str | None]]:
    """(kind, id, place of the revision, content) of every entry, in order."""
    for entry, seq in _revisions(db, desk):
        yield "revision", entry, seq, None
    others = [*_notes(db, desk), *_erasures(db, desk)]
    for _time, kind, content, text in sorted(others, key=lambda one: (one[0], one[1], str(one[2]))):
        salt = os.urandom(16)
        said: dict[str, Any] = {"content": content, "desk": desk, "kind": kind}
        if text is not None:
            said["text"] = hashlib.sha256(salt + text.encode()).hexdigest()
        entry = hashlib.sha256(_canonical(said).encode()).digest()
        if text is not None:
            db.execute_sql(
                "INSERT INTO log_text (entry, salt, text) VALUES (?, ?, ?)", (entry, salt, text)
            )
        if kind == "note":
            db.execute_sql("UPDATE review_note SET entry = ? WHERE id = ?", (entry, content["id"]))
        kept = {"content": content, **({"text": said["text"]} if text is not None else {})}
        yield kind, entry, None, _canonical(kept)


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _notes(db: Any, desk: str) -> Iterable[tuple[str, str, dict[str, str], str | None]]:
    names = ("id", "type", "record", "author", "time", "reply_to")
    found = db.execute_sql(
        f"SELECT text, {', '.join(names)} FROM review_note WHERE desk = ?", (desk,)
    )
    for text, *cells in found.fetchall():
        content = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
        yield content["time"], "note", content, text


def _erasures(db: Any, desk: str) -> Iterable[tuple[str, str, dict[str, str], str | None]]:
    found = db.execute_sql("SELECT record, time FROM erasure WHERE desk = ?", (desk,))
    for record, time in found.fetchall():
        yield time, "erasure", {"record": record, "time": time}, None


def _revisions(db: Any, desk: str) -> Iterator[tuple[bytes, int]]:
    """(id, place) of the desk's revisions: of those whose parents were yielded, the earliest."""
    raw = db.connection()
    edited = raw.execute(
        "SELECT parents FROM revision WHERE length(parents) > 0 AND desk = ?", (desk,)
    )
    parents = {joined[at : at + 32] for (joined,) in edited for at in range(0, len(joined), 32)}
    ours = set()
    for parent in parents:
        if raw.execute(
            "SELECT 1 FROM revision WHERE id = ? AND desk = ?", (parent, desk)
        ).fetchone():
            ours.add(parent)
    waiting = ours.copy()
    blocked: dict[bytes, list[tuple[str, bytes, int, bytes]]] = {}
    rows = raw.execute(
        "SELECT time, id, seq, parents FROM revision WHERE desk = ? ORDER BY time, id", (desk,)
    )
    for row in rows:
        ready = [row]
        while ready:
            one = heapq.heappop(ready)
            _time, entry, seq, joined = one
            missing = next(
                (
                    joined[at : at + 32]
                    for at in range(0, len(joined), 32)
                    if joined[at : at + 32] in waiting
                ),
                None,
            )
            if missing is not None:
                blocked.setdefault(missing, []).append(one)
                continue
            yield entry, seq
            if entry in waiting:
                waiting.discard(entry)
                for child in blocked.pop(entry, ()):
                    heapq.heappush(ready, child)
