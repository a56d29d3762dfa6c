"""Files between desks: a package out and in against the same rows and bytes by zip, csv and
executemany alone; many packages with their curve; the board and the inbox when all are in."""

import csv
import gc
import importlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.entry.record_input import json_records
from borderdesk.exchange.cards import Card
from borderdesk.exchange.exports import ExportOptions
from borderdesk.schema.log_entries import ChainHead
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.history import Change
from borderdesk.store.logs import append_entry
from tests.bench.bulk import write_files
from tests.bench.desks import copied
from tests.bench.harness import (
    Ground,
    Line,
    Written,
    absolute,
    alternate,
    bare_connection,
    compared,
    repeated,
    timed,
    write_bare,
)

ROOT = Path(__file__).resolve().parent.parent.parent
POSTS = ("BS", "CL", "TT", "HN", "BL")
COMMUNES = ("06196", "06202", "06238")
LAST_YEAR = 2023
RECORDS = 100_000
BOUND = 2.5
PACKAGES = 500
REVISIONS_EACH = 4_000
ALL_TIME = "2000-01-01..2100-01-01"
SCREEN_MS = 50.0
GROWTH = 1.5
"""How much longer than the first tenth the last tenth of the packages may take."""
MEMORY_MIB = 100.0
MONTH, MONTH_SECONDS, MONTH_KIB = 200, 0.5, 50.0
DESKS, HOLDING_MS = 500, 10.0
UPGRADE_SECONDS = 60.0

Rows = dict[str, list[list[str]]]


def measure(ground: Ground) -> Iterator[Line]:
    """One large package, then many."""
    sender = ground.scratch / "exchange-sender"
    records = min(RECORDS, ground.records)
    _fill(sender, ground, records)
    yield from _one_package(ground, sender, records)
    yield from _many(ground)
    yield from _one_month(ground)
    yield _many_holdings(ground)
    yield _numbering(ground)


def _fill(folder: Path, ground: Ground, records: int) -> None:
    with Desk.create(folder, "province", "20", "Bench") as desk:
        for type_name, file in write_files(desk.book, ground, records).items():
            with file.open("rb") as lines:
                desk.records.add_batch(type_name, json_records(lines))


# ------------------------------------------------------------------------- one package


def _one_package(ground: Ground, sender: Path, records: int) -> Iterator[Line]:
    out, empty = ground.scratch / "exchange-out", ground.scratch / "exchange-empty"
    Desk.create(empty, "province", "20", "Bench").close()
    with Desk.open(sender) as desk, Desk.open(empty) as receiver:
        receiver.exchange.cards.accept_card(desk.exchange.cards.own())

    def export() -> float:
        with Desk.open(sender) as desk:
            made: list[Path] = []
            seconds = timed(
                lambda: made.append(desk.exchange.exports.export(ALL_TIME, out, ExportOptions()))
            )
        made[0].replace(package)
        return seconds

    package = ground.scratch / "exchange.bdx"
    export()
    rows = _rows_of(package)
    bare_file = ground.scratch / "bare.zip"
    going = alternate(export, lambda: _bare_export(sender, rows, bare_file), ground.pairs)
    yield compared(f"export of {records} records", going, BOUND)

    def take(note: Written | None = None) -> float:
        folder = copied(empty, ground.scratch / "exchange-in")
        with Desk.open(folder) as desk:
            work = lambda: desk.exchange.imports.take(package)  # noqa: E731
            if note is None:
                return timed(work)
            with note.by(desk.store):
                return timed(work)

    written = Written()
    take(written)
    statements = written.take()
    gc.collect()
    gc.freeze()
    try:
        coming = alternate(
            take, lambda: _bare_import(ground, empty, package, statements), ground.pairs
        )
    finally:
        gc.unfreeze()
    yield compared(f"import of {records} records", coming, BOUND)
    both = [(a + c, b + d) for (a, b), (c, d) in zip(going, coming, strict=True)]
    yield compared(f"export and import of {records} records", both, BOUND)


def _rows_of(package: Path) -> Rows:
    """Every table of a package as rows of cells."""
    found = {}
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                text = archive.read(name).decode("utf-8-sig")
                found[name] = list(csv.reader(io.StringIO(text, newline="")))
    return found


def _bare_export(sender: Path, rows: Rows, target: Path) -> float:
    """The revisions read by one statement, the rows written by csv and zip, flushed, read back."""
    connection = bare_connection(database_file(sender))
    try:
        return timed(lambda: _write_bare_zip(connection, rows, target))
    finally:
        connection.close()


def _write_bare_zip(connection: Any, rows: Rows, target: Path) -> None:
    connection.execute(
        "SELECT r.*, p.salt, p.part FROM revision r LEFT JOIN private_part p ON p.revision = r.seq"
        " ORDER BY r.record, r.number"
    ).fetchall()
    with target.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, table in rows.items():
                text = io.StringIO()
                csv.writer(text, lineterminator="\r\n").writerows(table)
                archive.writestr(name, text.getvalue().encode("utf-8-sig"))
        file.flush()
        os.fsync(file.fileno())
    _rows_of(target)


def _bare_import(
    ground: Ground, empty: Path, package: Path, statements: list[tuple[str, list[Any]]]
) -> float:
    """The tables read by zip and csv, the same rows written by executemany."""
    folder = copied(empty, ground.scratch / "exchange-bare")
    connection = bare_connection(database_file(folder))

    def work() -> None:
        _rows_of(package)
        write_bare(connection, statements)

    try:
        return timed(work)
    finally:
        connection.close()


# -------------------------------------------------------------------------- many packages


def _many(ground: Ground) -> Iterator[Line]:
    """500 packages of 4,000 revisions with 1,000,000 records asked for; fewer with fewer."""
    each = max(40, REVISIONS_EACH * ground.records // 1_000_000)
    sticks, folder = ground.scratch / "exchange-sticks", ground.scratch / "exchange-many"
    with Desk.create(folder, "province", "20", "Bench") as desk:
        cards = _send_many(ground, sticks, each, desk.exchange.cards.own())
        packages = sorted(sticks.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for card in cards:
            desk.exchange.cards.accept_card(card)
    told = _taken_in(folder, sticks)
    yield from _curve(told["seconds"], told["revisions"])
    yield absolute(
        f"peak memory of taking {len(packages)} packages", [told["peak"]], MEMORY_MIB, "MiB",
        (f"{told['first']:.0f} MiB after the first tenth",),
    )  # fmt: skip
    with Desk.open(folder) as desk:
        board, inbox = desk.exchange.board, desk.exchange.inbox
        waiting = inbox.count()
        name = f"board of a year, {len(packages)} packages"
        yield absolute(name, repeated(lambda: board.table(LAST_YEAR)), SCREEN_MS, "ms")
        name = f"inbox, first 200 of {waiting}"
        yield absolute(name, repeated(lambda: inbox.doubles(200)), SCREEN_MS, "ms")


def _curve(seconds: Sequence[float], revisions: int) -> Iterator[Line]:
    """The time of the last tenth of the packages over that of the first, the curve beside it."""
    tenth = max(1, len(seconds) // 10)
    tenths = [sum(seconds[at : at + tenth]) for at in range(0, len(seconds), tenth)]
    curve = " ".join(f"{part:.1f}" for part in tenths)
    yield compared(
        f"{len(seconds)} packages, {revisions} revisions: last to first tenth",
        [(tenths[-1], tenths[0])], GROWTH, notes=[f"seconds a tenth: {curve}",
                                                  f"{sum(seconds):.0f} s in all"],
    )  # fmt: skip


TAKING = """
import json, sys, time
from pathlib import Path
from borderdesk.desk import Desk

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

with Desk.open(Path(sys.argv[1])) as desk:
    packages = sorted(Path(sys.argv[2]).iterdir(), key=lambda path: path.stat().st_mtime_ns)
    seconds, first = [], 0.0
    for number, path in enumerate(packages):
        start = time.perf_counter()
        outcome = desk.exchange.imports.take(path)
        seconds.append(time.perf_counter() - start)
        assert outcome.batch and not outcome.refused_rows, outcome
        if number == len(packages) // 10:
            first = peak()
    revisions = desk.store.value("SELECT COUNT(*) FROM revision")
print(json.dumps({"seconds": seconds, "revisions": revisions, "first": first, "peak": peak()}))
"""


def _taken_in(folder: Path, sticks: Path) -> dict[str, Any]:
    """What a process of its own needed to take every package in."""
    done = subprocess.run(
        [sys.executable, "-c", TAKING, str(folder), str(sticks)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _send_many(ground: Ground, sticks: Path, each: int, receiver: Card) -> list[Card]:
    """Two laptops each of five posts send fifty packages: half of one is new, half edits what
    the one before brought. At the end both laptops of a post change the same records."""
    cards = []
    for post in POSTS:
        laptops = [
            Desk.create(ground.scratch / f"exchange-{post}{n}", "post", post, "Bench")
            for n in range(2)
        ]
        with laptops[0], laptops[1]:
            one, two = laptops
            two.exchange.cards.accept_card(one.exchange.cards.own())
            for laptop in laptops:
                laptop.exchange.cards.accept_card(receiver)
            for turn in range(PACKAGES // len(POSTS) // 2 - 1):
                for laptop in laptops:
                    _work(laptop, turn, each)
                    _send(laptop, turn, sticks, receiver)
            whole = one.exchange.exports.export(_month(0), ground.scratch / post, ExportOptions())
            two.exchange.imports.take(whole)
            for laptop in laptops:
                _edit(laptop, _newest(one, each // 8), 90)
                _send(laptop, PACKAGES, sticks, receiver)
            cards += [laptop.exchange.cards.own() for laptop in laptops]
    return cards


def _send(desk: Desk, turn: int, sticks: Path, receiver: Card) -> Path:
    """Send a package to a receiver who then says that he has it."""
    wish = ExportOptions(receiver=receiver.desk)
    path = desk.exchange.exports.export(_month(turn), sticks, wish)
    _acknowledge(desk, receiver.desk, turn)
    return path


def _acknowledge(desk: Desk, receiver: str, turn: int) -> None:
    held = desk.part(DeskLog).holding()
    desk.exchange.holdings.note(receiver, {**held, receiver: ChainHead(turn + 1, bytes(32))})


def _month(turn: int) -> str:
    """The months up to the last of LAST_YEAR, the earliest first."""
    months = PACKAGES // len(POSTS) // 2
    number = LAST_YEAR * 12 + 12 - months + min(turn, months - 1)
    return f"{number // 12}-{1 + number % 12:02}"


def _work(desk: Desk, turn: int, each: int) -> None:
    before = _newest(desk, each // 2)
    month = _month(turn)
    lines = [
        (
            at,
            {
                "kind": "road_repair", "started_on": f"{month}-{1 + at % 28:02}",
                "commune": COMMUNES[at % len(COMMUNES)], "participants": 1 + (turn + at) % 60,
            },
        )
        for at in range(each // 2)
    ]  # fmt: skip
    desk.records.add_batch("clearing", lines)
    _edit(desk, before, 1 + turn % 60)


def _newest(desk: Desk, count: int) -> list[str]:
    rows = desk.store.rows("SELECT id FROM clearing ORDER BY row DESC LIMIT ?", (count,))
    return [row[0] for row in rows]


def _edit(desk: Desk, records: Sequence[str], participants: int) -> None:
    """Change many records in one transaction."""
    changes = []
    for record in records:
        values, _revision, _doubts = desk.records.read("clearing", record)
        head = desk.records.history("clearing", record)[-1]
        changed = {**values, "participants": participants}
        model = ALL_TYPES["clearing"]
        changes.append(Change(model, record, changed, (head.id,), head.number + 1, None, None))
    with desk.writing():
        desk.records.write(changes)


# ------------------------------------------------------------------------------- logs


def _one_month(ground: Ground) -> Iterator[Line]:
    """A post's monthly file to a receiver who has acknowledged what was sent before."""
    folder, sticks = ground.scratch / "exchange-month", ground.scratch / "exchange-months"
    with Desk.create(ground.scratch / "exchange-above", "province", "20", "Bench") as above:
        card = above.exchange.cards.own()
    with Desk.create(folder, "post", POSTS[0], "Bench") as desk:
        desk.exchange.cards.accept_card(card)
        for turn in range(12):
            _work(desk, turn, MONTH)
        _send(desk, 12, sticks, card)
        sizes, seconds = [], []
        for turn in range(13, 13 + ground.pairs):
            _work(desk, turn, MONTH)
            made: list[Path] = []
            seconds.append(timed(lambda: made.append(_send(desk, turn, sticks, card))))  # noqa: B023
            sizes.append(made[0].stat().st_size / 1024)
    name = f"a month of {MONTH} revisions with a known receipt"
    yield absolute(name, seconds, MONTH_SECONDS, "s")
    yield absolute(f"{name}, its file", sizes, MONTH_KIB, "KiB")


def _many_holdings(ground: Ground) -> Line:
    """What a receiver holds of 500 desks, compared with what is here."""
    with Desk.create(ground.scratch / "exchange-holdings", "province", "20", "Bench") as desk:
        told = {}
        with desk.writing():
            for number in range(DESKS):
                name = f"{number:032x}"
                entry = bytes([number % 256]) * 32
                _at, chain = append_entry(desk.store, name, "card", entry, "{}")
                told[name] = ChainHead(1, chain)
        receiver = f"{DESKS:032x}"
        desk.exchange.holdings.note(receiver, told)
        work = lambda: desk.exchange.holdings.acknowledged_by([receiver])  # noqa: E731
        assert sum(work().values()) == DESKS
        return absolute(f"holding compared for {DESKS} desks", repeated(work), HOLDING_MS, "ms")


def _numbering(ground: Ground) -> Line:
    """Numbering what a desk of before the logs has written, as its upgrade does."""
    folder = copied(ground.desk, ground.scratch / "exchange-numbering")
    migration = importlib.import_module("borderdesk.store.migrations.0008_logs")
    with Desk.open(folder) as desk:
        for table in ("log_entry", "log_text", "desk_log"):
            desk.store.run(f"DELETE FROM {table}")

        def number() -> None:
            with desk.writing():
                migration._number_own(desk.store, desk.identity.id)

        seconds = timed(number)
        entries = desk.store.value("SELECT COUNT(*) FROM log_entry")
    return absolute(f"numbering {entries} entries at the upgrade", [seconds], UPGRADE_SECONDS, "s")
