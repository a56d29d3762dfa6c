"""Exchange between desks: exporting and importing a package against the same rows and bytes with
zip, csv and executemany alone; a monthly file for a receiver whose receipt is known; comparing the
holdings of many desks."""

import csv
import gc
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.entry.record_input import json_records
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.log_entries import ChainHead
from borderdesk.store.records.logs import append_entry
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
from tests.bench.packages import POSTS, send, work

RECORDS = 100_000
BOUND = 2.0
ALL_TIME = "2000-01-01..2100-01-01"
MONTH, MONTH_SECONDS, MONTH_KIB = 200, 0.5, 50.0
DESKS, HOLDING_MS = 500, 10.0

Rows = dict[str, list[list[str]]]


def measure(ground: Ground) -> Iterator[Line]:
    """Measure a large package, a monthly file, and holdings."""
    sender = ground.scratch / "exchange-sender"
    records = min(RECORDS, ground.records)
    _fill(sender, ground, records)
    yield from _one_package(ground, sender, records)
    yield from _one_month(ground)
    yield _many_holdings(ground)


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
    """Baseline of an export: revisions read by one statement, rows written with csv and zip,
    flushed, read back."""
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
    """Baseline of an import: tables read with zip and csv, the same rows written with
    executemany."""
    folder = copied(empty, ground.scratch / "exchange-bare")
    connection = bare_connection(database_file(folder))

    def work() -> None:
        _rows_of(package)
        write_bare(connection, statements)

    try:
        return timed(work)
    finally:
        connection.close()


# ------------------------------------------------------------------------------- logs


def _one_month(ground: Ground) -> Iterator[Line]:
    """A post's monthly file for a receiver who has acknowledged everything sent before."""
    folder, sticks = ground.scratch / "exchange-month", ground.scratch / "exchange-months"
    with Desk.create(ground.scratch / "exchange-above", "province", "20", "Bench") as above:
        card = above.exchange.cards.own()
    with Desk.create(folder, "post", POSTS[0], "Bench") as desk:
        desk.exchange.cards.accept_card(card)
        for turn in range(12):
            work(desk, turn, MONTH)
        send(desk, 12, sticks, card)
        sizes, seconds = [], []
        for turn in range(13, 13 + ground.pairs):
            work(desk, turn, MONTH)
            made: list[Path] = []
            seconds.append(timed(lambda: made.append(send(desk, turn, sticks, card))))  # noqa: B023
            sizes.append(made[0].stat().st_size / 1024)
    name = f"a month of {MONTH} revisions with a known receipt"
    yield absolute(name, seconds, MONTH_SECONDS, "s")
    yield absolute(f"{name}, its file", sizes, MONTH_KIB, "KiB")


def _many_holdings(ground: Ground) -> Line:
    """Comparing a receiver's holding of 500 desks with the local one."""
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

        def work() -> dict[str, int]:
            return desk.exchange.holdings.acknowledged_by([receiver])

        assert sum(work().values()) == DESKS
        return absolute(f"holding compared for {DESKS} desks", repeated(work), HOLDING_MS, "ms")
