"""Line 3: bulk `add`, against two baselines of the same run, one line each.

The plain program (`plain_program`) does the same work without validation: it reads the file and
writes the same tables with the same content. The other baseline is its rows alone, passed to
executemany after being prepared: JSON, hashes and search words are outside the measured time, so
this is a lower bound of the database's share and not a usable program.
"""

import datetime
import gc
import json
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.entry.record_input import json_records
from borderdesk.schema.book import ReferenceBook
from tests.bench.desks import copied
from tests.bench.harness import (
    Ground,
    Line,
    Written,
    bare_connection,
    compared,
    fresh,
    kept,
    timed,
    write_bare,
)
from tests.bench.plain_program import PlainProgram

RECORDS = 100_000
SHARES = {"pledge": 0.60, "outreach": 0.15, "patrol": 0.15, "clearing": 0.10}
BOUND, TYPE_BOUND = 2.2, 2.7
"""The bounds against either baseline: all records together, and each type alone."""
PLAIN, ROWS = "the plain program", "its rows alone"
FIRST_DAY = datetime.date(2023, 1, 1)
SIGNATURES = 3
"""Pledges per household; the first describes a new one, the others a known one."""

Make = Callable[[random.Random, "_Ground", int], dict[str, Any]]


Times = dict[str, float]
"""{type: seconds of its records}."""


def measure(ground: Ground) -> Iterator[Line]:
    """Per baseline one line for all records together and one for each type.

    Every run adds to its own copy of the large desk, synced to disk before the clock starts. The
    prepared rows are those that the product wrote: the same statements, tables and entries.
    """
    with Desk.open(copied(ground.desk, ground.scratch / "add-ours")) as desk:
        files = write_files(desk.book, ground, min(RECORDS, ground.records))
    written: dict[str, bytes] = {}
    _ours(ground, files, written)
    rounds = [
        (_ours(ground, files), _plain(ground, files), _bare(ground, written))
        for _pair in range(ground.pairs)
    ]
    for place, yardstick in enumerate((PLAIN, ROWS), start=1):
        yield from _lines(files, [(one[0], one[place]) for one in rounds], yardstick)


def _lines(
    files: Mapping[str, Path], pairs: Sequence[tuple[Times, Times]], yardstick: str
) -> Iterator[Line]:
    totals = [(sum(ours.values()), sum(other.values())) for ours, other in pairs]
    count = sum(map(_count, files.values()))
    yield compared(f"add of {count} records / {yardstick}", totals, BOUND)
    for type_name, file in files.items():
        seconds = [(ours[type_name], other[type_name]) for ours, other in pairs]
        yield compared(f"add of {_count(file)} {type_name} / {yardstick}", seconds, TYPE_BOUND)


def _count(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _line in lines)


def _ours(
    ground: Ground, files: Mapping[str, Path], written: dict[str, bytes] | None = None
) -> Times:
    """Time `add` on a fresh copy; the executed statements are recorded in `written`."""
    folder = _settled(copied(ground.desk, ground.scratch / "add-ours"))
    noted = Written()
    took = {}
    with Desk.open(folder) as desk, noted.by(desk.store) if written is not None else nullcontext():
        for type_name, file in files.items():
            took[type_name] = timed(lambda of=type_name, file=file: _add(desk, of, file))  # type: ignore[misc]
            if written is not None:
                written[type_name] = kept(noted.take())
    return took


def _bare(ground: Ground, written: Mapping[str, bytes]) -> Times:
    """Time writing the prepared rows to a fresh copy."""
    folder = _settled(copied(ground.desk, ground.scratch / "add-bare"))
    connection = bare_connection(database_file(folder))
    took = {}
    try:
        for type_name, put_away in written.items():
            rows = fresh(put_away)
            gc.collect()
            gc.freeze()
            took[type_name] = timed(lambda rows=rows: write_bare(connection, rows))  # type: ignore[misc]
            gc.unfreeze()
    finally:
        connection.close()
    return took


def _plain(ground: Ground, files: Mapping[str, Path]) -> Times:
    """Time the plain program on a fresh copy."""
    folder = _settled(copied(ground.desk, ground.scratch / "add-plain"))
    with Desk.open(folder) as desk:
        book, stamp = desk.book, desk.stamp()
    connection = bare_connection(database_file(folder))
    try:
        program = PlainProgram(connection, book, stamp, FIRST_DAY)
        return {
            name: timed(lambda name=name, file=file: program.add_file(name, file))  # type: ignore[misc]
            for name, file in files.items()
        }
    finally:
        connection.close()


def _settled(folder: Path) -> Path:
    """The folder, after its copy is synced to disk."""
    os.sync()
    return folder


def _add(desk: Desk, type_name: str, file: Path) -> None:
    with file.open("rb") as lines:
        outcome = desk.records.add_batch(type_name, json_records(lines))
    assert outcome


# -------------------------------------------------------------------- what is added


class _Ground:
    """Places for invented records: posts with their communes and markers."""

    def __init__(self, book: ReferenceBook) -> None:
        areas = {post: sorted(book.area_on(post, FIRST_DAY)) for post in book.posts}
        self.areas = {post: [book.unit_code(u) for u in units] for post, units in areas.items()}
        self.posts = [post for post, area in areas.items() if area]
        self.markers = {
            post: [m for m, (owner, _c, _i) in book.markers.items() if owner == post]
            for post in self.posts
        }
        self.programmes = sorted(book.picks["pledge_programme"])
        self.topics = sorted(book.picks["topic"])
        self.hamlets = {
            code: sorted(
                {h.name for h in book.hamlets if h.commune == book.commune_on(code, FIRST_DAY)}
            )
            or HAMLETS
            for area in self.areas.values()
            for code in area
        }


def write_files(book: ReferenceBook, ground: Ground, records: int) -> dict[str, Path]:
    """Write one JSON file of records per type, as `add` reads them."""
    places = _Ground(book)
    files = {}
    for type_name, share in SHARES.items():
        chances = random.Random(f"bench {type_name}")
        file = ground.scratch / f"{type_name}.jsonl"
        make = MAKERS[type_name]
        with file.open("w", encoding="utf-8") as lines:
            for number in range(round(records * share)):
                record = make(chances, places, number)
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")
        files[type_name] = file
    return files


FAMILIES = "Nông Hoàng Lý Triệu Vi Đặng Bàn Lương Hà Nguyễn Trần Phùng".split()
MIDDLES = "Văn Thị Minh Đức Thanh Hữu Ngọc Quang Xuân Thu".split()
GIVEN = (
    "Hoà Thuỷ Bình Cường Dũng Đào Hạnh Hiền Hùng Khánh Lan Liên Mai Nam Nga Phúc Quý Sơn Tâm"
    " Thắng Thảo Toàn Trang Tuấn Uyên Việt Vượng Yến Ánh Đông"
).split()
HAMLETS = "Bản Chắt, Nà Mò, Pò Nhùng, Khuổi Tát, Co Sao, Nà Pàn, Bản Thín, Cốc Nam".split(", ")


def _day(number: int) -> str:
    return (FIRST_DAY + datetime.timedelta(days=number % 365)).isoformat()


def _pledge(chances: random.Random, places: _Ground, number: int) -> dict[str, Any]:
    signer = random.Random(number // SIGNATURES)
    post = signer.choice(places.posts)
    commune = signer.choice(places.areas[post])
    head = f"{signer.choice(FAMILIES)} {signer.choice(MIDDLES)} {signer.choice(GIVEN)}"
    return {
        "post": post,
        "signed_on": _day(number // SIGNATURES),
        "programme": places.programmes[number % SIGNATURES % len(places.programmes)],
        "household": {
            "head": f"{head} {signer.choice(GIVEN)}",
            "commune": commune,
            "hamlet": signer.choice(places.hamlets[commune]),
        },
        "witness": f"{chances.choice(FAMILIES)} {chances.choice(GIVEN)}",
    }


def _outreach(chances: random.Random, places: _Ground, number: int) -> dict[str, Any]:
    post = chances.choice(places.posts)
    commune = chances.choice(places.areas[post])
    return {
        "post": post,
        "form": chances.choice(("session", "training", "small_scale")),
        "held_on": _day(number),
        "commune": commune,
        "hamlet": chances.choice(places.hamlets[commune]),
        "attendance": chances.randint(8, 120),
        "topics": chances.sample(places.topics, 2),
        "leaflets": chances.randint(0, 60),
        "source_ref": f"BB {number}/2023",
        "note": f"Tuyên truyền tại nhà văn hoá thôn, buổi {number}.",
    }


def _patrol(chances: random.Random, places: _Ground, number: int) -> dict[str, Any]:
    post = chances.choice(places.posts)
    markers = places.markers[post]
    start = chances.randrange(max(len(markers) - 5, 1))
    seen = markers[start : start + 5]
    return {
        "post": post,
        "kind": chances.choice(("unilateral", "combined")),
        "started_on": _day(number),
        "from_marker": seen[0],
        "to_marker": seen[-1],
        "communes": places.areas[post][:2],
        "participants": chances.randint(4, 20),
        "of_whom_guards": 3,
        "leader": f"{chances.choice(FAMILIES)} {chances.choice(MIDDLES)} {chances.choice(GIVEN)}",
        "result": "unchanged",
        "source_ref": f"BB {number}/2023",
        "inspected": [{"marker": marker, "condition": "intact"} for marker in seen],
    }


def _clearing(chances: random.Random, places: _Ground, number: int) -> dict[str, Any]:
    post = chances.choice(places.posts)
    return {
        "post": post,
        "kind": chances.choice(("road_clearing", "road_repair", "sight_line")),
        "started_on": _day(number),
        "commune": chances.choice(places.areas[post]),
        "from_marker": places.markers[post][0],
        "to_marker": places.markers[post][-1],
        "participants": chances.randint(5, 60),
        "of_whom_guards": 2,
        "labour_days": chances.randint(10, 400) / 10,
        "length_m": chances.randint(1_000, 20_000) / 10,
        "source_ref": f"BB {number}/2023",
    }


MAKERS: dict[str, Make] = {
    "pledge": _pledge,
    "outreach": _outreach,
    "patrol": _patrol,
    "clearing": _clearing,
}
