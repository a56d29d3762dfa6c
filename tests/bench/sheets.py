"""Spreadsheet import: 20,000 pledges from file to desk, against reading the file and writing the
same prepared rows, and against a plain program that creates them from the cells (see `bulk`); time
until the first rows of a large list are previewed; matching against known households."""

import datetime
import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import python_calamine
import xlsxwriter

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.schema.book import ReferenceBook
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.bench.bulk import FAMILIES, FIRST_DAY, GIVEN, HAMLETS, MIDDLES, PLAIN, SIGNATURES
from tests.bench.desks import copied
from tests.bench.harness import (
    Ground,
    Line,
    Written,
    absolute,
    bare_connection,
    compared,
    fresh,
    kept,
    repeated,
    timed,
    write_bare,
)
from tests.bench.plain_program import PlainProgram

PLEDGES, LARGE, KNOWN, INCOMING = 20_000, 200_000, 15_000, 3_000
BOUND, FIRST_ROWS_MS, MATCHING_SECONDS = 3.0, 1_000, 2.0
COMMUNES = ("Mẫu Sơn", "Cao Lâu", "Xuất Lễ")
FIXED = {"post": "Ba Sơn", "programme": "Khu vực biên giới"}
HEAD = ["TT", "Họ tên chủ hộ", "Xã", "Thôn, bản", "Số CCCD", "Ngày ký"]


def measure(ground: Ground) -> Iterator[Line]:
    """Four lines; every run imports into its own copy of the large desk."""
    path = pledges(ground.scratch / "pledges.xlsx", PLEDGES)
    written: list[bytes] = []
    _import(ground, path, written)
    rounds = [
        (
            _import(ground, path),
            _plain(ground, path),
            _read_bare(path) + _write_bare(ground, written[0]),
        )
        for _pair in range(ground.pairs)
    ]
    for place, yardstick in enumerate((PLAIN, "reading and its rows alone"), start=1):
        name = f"sheet of {PLEDGES} pledges / {yardstick}"
        yield compared(name, [(one[0], one[place]) for one in rounds], BOUND)
    large = pledges(ground.scratch / "large.xlsx", LARGE)
    with Desk.open(ground.desk) as desk:
        request = SheetRequest(fixed=FIXED)
        first = repeated(partial(desk.sheets.first_rows, "pledge", large, request))
    yield absolute(f"first rows of {LARGE}", first, FIRST_ROWS_MS, "ms")
    yield absolute(
        f"{INCOMING} households against {KNOWN}",
        [_match(ground) for _run in range(ground.pairs)],
        MATCHING_SECONDS,
        "s",
    )


def _import(ground: Ground, path: Path, written: list[bytes] | None = None) -> float:
    noted = Written()
    with Desk.open(copied(ground.desk, ground.scratch / "sheet-ours")) as desk:
        work = partial(desk.sheets.import_sheet, "pledge", path, SheetRequest(fixed=FIXED))
        if written is None:
            return timed(work)
        with noted.by(desk.store):
            seconds = timed(work)
        written.append(kept(noted.take()))
        return seconds


def _plain(ground: Ground, path: Path) -> float:
    """The seconds of the plain program, with cells read by python-calamine."""
    folder = copied(ground.desk, ground.scratch / "sheet-plain")
    with Desk.open(folder) as desk:
        book, stamp = desk.book, desk.stamp()
    connection = bare_connection(database_file(folder))
    try:
        program = PlainProgram(connection, book, stamp, FIRST_DAY)
        return timed(lambda: program.add("pledge", _plain_rows(path, book)))
    finally:
        connection.close()


def _plain_rows(path: Path, book: ReferenceBook) -> Iterator[dict[str, Any]]:
    """The rows of the file as records, with known columns."""
    post = book.post_code(FIXED["post"]) or ""
    area = {book.unit_name(unit): book.unit_code(unit) for unit in book.area_on(post, FIRST_DAY)}
    codes = {name: code for name in COMMUNES for whole, code in area.items() if name in whole}
    programme = book.pick_code("pledge_programme", FIXED["programme"])
    sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows: list[list[Any]] = sheet.to_python()[2:]
    for _number, head, commune, hamlet, citizen, day in rows:
        described = {
            "head": head, "commune": codes[commune], "hamlet": hamlet, "citizen_id": citizen
        }  # fmt: skip
        yield {
            "post": post,
            "programme": programme,
            "household": described,
            "signed_on": day.isoformat()[:10],
        }


def _read_bare(path: Path) -> float:
    def read() -> list[list[Any]]:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return book.get_sheet_by_index(0).to_python()

    return timed(read)


def _write_bare(ground: Ground, written: bytes) -> float:
    folder = copied(ground.desk, ground.scratch / "sheet-bare")
    rows, connection = fresh(written), bare_connection(database_file(folder))
    try:
        return timed(partial(write_bare, connection, rows))
    finally:
        connection.close()


def _match(ground: Ground) -> float:
    """The seconds to import a list of known households, some misspelt."""
    chances = random.Random("bench match")
    known = [_household(chances) for _n in range(KNOWN)]
    incoming = [
        [_misspelt(chances, head), *rest] for head, *rest in chances.sample(known, INCOMING)
    ]
    with Desk.open(copied(ground.desk, ground.scratch / "match")) as desk:
        for name, rows in (("known", known), ("incoming", incoming)):
            path = ground.scratch / f"{name}.xlsx"
            _write(path, [["DANH SÁCH HỘ NĂM 2023"], ["Chủ hộ", "Xã", "Thôn"], *rows])
            work = partial(desk.sheets.import_sheet, "household", path, SheetRequest())
            seconds = timed(work)
    return seconds


def _household(chances: random.Random) -> list[str]:
    head = f"{chances.choice(FAMILIES)} {chances.choice(MIDDLES)} {chances.choice(GIVEN)}"
    hamlet = f"{chances.choice(HAMLETS)} {chances.randint(1, 12)}"
    return [head, chances.choice(COMMUNES), hamlet]


def _misspelt(chances: random.Random, head: str) -> str:
    return head if chances.random() < 0.6 else head[:-1]


def pledges(path: Path, count: int) -> Path:
    """A workbook with so many pledges, as a post would send it."""
    rows = []
    for number in range(count):
        signer = random.Random(number // SIGNATURES)
        day = datetime.datetime(2023, 1, 1) + datetime.timedelta(days=number % 365)
        citizen = f"0201{number // SIGNATURES:08}"
        rows.append([number + 1, *_household(signer), citizen, day])
    _write(path, [["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"], HEAD, *rows])
    return path


def _write(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
