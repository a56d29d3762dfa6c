"""Upgrading a desk from before the logs: duration, longest time without a progress report, and
memory.

The desk is the kept one of schema 7 with each record multiplied.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.base.paths import database_file
from borderdesk.schema.revisions import RevisionStamp, revision_id, uuid7
from tests.bench.harness import Ground, Line, absolute, bare_connection
from tests.bench.starting import told_by
from tests.keep_schema import unpack_desk

SCHEMA = 7
"""The last schema before the logs."""
UPGRADE_SECONDS, SILENT_SECONDS = 60.0, 10.0
SHARES = {"household": 20, "pledge": 50, "outreach": 12, "patrol": 10, "clearing": 8}
"""{type: percent of the records}."""
EDITED = "clearing"
"""The type whose every other record has a second version."""
DESK, DAY = "00000000000000000000000000000006", "2023-03-02"
"""The id of the kept desk, and the day of its records."""
WORDS = "bs 06202 ban phac giao duong bien cot moc dan quan lan thu phat quang"

OPENING = """
import json, sys, time
from pathlib import Path
from borderdesk.desk import Desk

begun, heard = time.perf_counter(), [time.process_time()]
hear = lambda *far: heard.append(time.process_time())
with Desk.open(Path(sys.argv[1]), on_upgrade=hear) as desk:
    took = time.perf_counter() - begun
    heard.append(time.process_time())
    entries = desk.store.value("SELECT COUNT(*) FROM log_entry")
status = Path("/proc/self/status").read_text()
print(json.dumps({
    "seconds": heard[-1] - heard[0], "clock": took, "entries": entries, "heard": len(heard) - 2,
    "silent": max(later - one for one, later in zip(heard, heard[1:])),
    "peak": int(status.split("VmHWM:")[1].split()[0]) / 1024,
}))
"""


class _Original(NamedTuple):
    """The kept rows of a type: its row, its revision's text, its separate part if it has one."""

    columns: list[str]
    row: tuple[Any, ...]
    body: str
    part: tuple[Any, ...] | None


def measure(ground: Ground) -> Iterator[Line]:
    """Processor time of the upgrade, and the longest time between progress reports."""
    folder = ground.scratch / "upgrade"
    fill_old_desk(folder, ground.records)
    told = _opened(folder)
    name = f"upgrade of {ground.records} records from schema {SCHEMA}"
    notes = (
        (
            f"{told['clock']:.0f} s by the clock, {told['entries']} entries numbered,"
            f" peak {told['peak']:.0f} MiB"
        ),
        f"reported {told['heard']} times",
    )
    yield absolute(name, [told["seconds"]], UPGRADE_SECONDS, "s", notes)
    yield absolute("longest without a report of it", [told["silent"]], SILENT_SECONDS, "s")


def _opened(folder: Path) -> dict[str, Any]:
    """Time and memory of opening the desk in a process of its own."""
    return told_by(OPENING, str(folder))


def fill_old_desk(folder: Path, records: int) -> None:
    """Create a desk of schema 7 with so many records, by SQL alone."""
    raw = bare_connection(unpack_desk(SCHEMA, database_file(folder)))
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("BEGIN IMMEDIATE")
    for type_name, share in SHARES.items():
        _fill_type(raw, type_name, records * share // 100)
    raw.execute("COMMIT")
    raw.close()


def _fill_type(raw: Any, type_name: str, count: int) -> None:
    original = _original(raw, type_name)
    seq = raw.execute("SELECT MAX(seq) FROM revision").fetchone()[0]
    row = raw.execute(f"SELECT MAX(row) FROM {type_name}").fetchone()[0]
    revisions: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    for number in range(count):
        record, body = _record(type_name, number), _varied(original.body, number)
        parent = b""
        for version in range(1, 2 + (type_name == EDITED and number % 2)):
            seq += 1
            revision = _revision(type_name, record, version, parent, body)
            revisions.append((seq, *revision))
            parent = revision[0]
        cells = dict(zip(original.columns, original.row, strict=True))
        cells |= {"row": row + 1 + number, "id": record, "revision": seq}
        rows.append(tuple(_varied(cell, number) for cell in cells.values()))
    _insert(raw, "revision", "seq id type record number parents author desk time deleted body",
            revisions)  # fmt: skip
    _insert(raw, type_name, " ".join(original.columns), rows)
    _insert(raw, f"{type_name}_search", "rowid words", [(one[0], WORDS) for one in rows])
    if original.part is not None:
        parts = [(one[0], *original.part) for one in revisions]
        _insert(raw, "private_part", "revision salt part", parts)


def _original(raw: Any, type_name: str) -> _Original:
    found = raw.execute(f"SELECT * FROM {type_name}")
    columns, row = [one[0] for one in found.description], found.fetchone()
    seq = row[columns.index("revision")]
    body = raw.execute("SELECT body FROM revision WHERE seq = ?", (seq,)).fetchone()[0]
    part = raw.execute("SELECT salt, part FROM private_part WHERE revision = ?", (seq,)).fetchone()
    return _Original(columns, row, body, part)


def _record(type_name: str, number: int) -> str:
    """The id of a record; a household's is derived from its number."""
    return uuid7(list(SHARES).index(type_name), 0, number)


def _varied(value: Any, number: int) -> Any:
    """A kept cell or text with another day and another household."""
    if type(value) is not str:
        return value
    day = f"2023-{1 + number % 12:02}-{1 + number % 28:02}"
    return value.replace(DAY, day).replace(_KEPT_HOUSEHOLD, _record("household", number // 3))


_KEPT_HOUSEHOLD = "01a20ff6-09ed-7011-864d-fbd06db17fb5"


def _revision(
    type_name: str, record: str, version: int, parent: bytes, body: str
) -> tuple[Any, ...]:
    """The row of a revision, without its `seq`."""
    stamp = RevisionStamp("Người thử", DESK, f"2023-12-31T10:{version:02}:00.000Z")
    parents = (parent,) if parent else ()
    made = revision_id(type_name, record, version, parents, stamp, None, body)
    return (made, type_name, record, version, parent, *stamp, 0, body)


def _insert(raw: Any, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    names = columns.split()
    marks = ", ".join("?" * len(names))
    raw.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
