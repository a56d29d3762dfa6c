"""Line 3: `add` of many records, against the same rows given to executemany."""

import datetime
import gc
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from borderdesk.desk import Desk
from borderdesk.intake import json_records
from borderdesk.paths import database_file
from borderdesk.reference.book import Book
from tests.bench.desks import copied
from tests.bench.harness import (
    Ground,
    Line,
    Written,
    alternate,
    bare_connection,
    compared,
    timed,
    write_bare,
)

RECORDS = 100_000
SHARES = {"pledge": 0.60, "outreach": 0.15, "patrol": 0.15, "clearing": 0.10}
BOUND = 2.5
FIRST_DAY = datetime.date(2023, 1, 1)
SIGNATURES = 3
"""Of each household; the first describes a new one, the others one that is known."""

Make = Callable[[random.Random, "_Ground", int], dict[str, Any]]


def measure(ground: Ground) -> Iterator[Line]:
    """A line for each type, then one for all of them together."""
    empty = ground.scratch / "add-empty"
    with Desk.create(empty, "province", "20", "Bench") as desk:
        files = write_files(desk.book, ground, min(RECORDS, ground.records))
    totals = [(0.0, 0.0)] * ground.pairs
    for type_name, file in files.items():
        seconds = _pairs(ground, empty, type_name, file)
        totals = [(a + c, b + d) for (a, b), (c, d) in zip(totals, seconds, strict=True)]
        yield compared(f"add of {_count(file)} {type_name}", seconds, BOUND)
    yield compared(f"add of {sum(map(_count, files.values()))} in all", totals, BOUND)


def _count(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _line in lines)


def _pairs(ground: Ground, empty: Path, type_name: str, file: Path) -> list[tuple[float, float]]:
    written = Written()

    def ours(note: Written | None = None) -> float:
        folder = copied(empty, ground.scratch / "add-ours")
        with Desk.open(folder) as desk:
            if note is None:
                return timed(lambda: _add(desk, type_name, file))
            with note.by(desk.store):
                return timed(lambda: _add(desk, type_name, file))

    def bare() -> float:
        folder = copied(empty, ground.scratch / "add-bare")
        connection = bare_connection(database_file(folder))
        try:
            return timed(lambda: write_bare(connection, statements))
        finally:
            connection.close()

    ours(written)
    statements = written.take()
    # What is kept for the bare runs shall not slow ours down at every collection.
    gc.collect()
    gc.freeze()
    try:
        return alternate(ours, bare, ground.pairs)
    finally:
        gc.unfreeze()


def _add(desk: Desk, type_name: str, file: Path) -> None:
    with file.open("rb") as lines:
        outcome = desk.add_batch(type_name, json_records(lines))
    assert outcome


# -------------------------------------------------------------------- what is added


class _Ground:
    """Where the invented records lie: posts with their communes and markers."""

    def __init__(self, book: Book) -> None:
        areas = {post: sorted(book.area_on(post, FIRST_DAY)) for post in book.posts}
        self.areas = {post: [book.unit_code(u) for u in units] for post, units in areas.items()}
        self.posts = [post for post, area in areas.items() if area]
        self.markers = {
            post: [m for m, (owner, _c, _i) in book.markers.items() if owner == post]
            for post in self.posts
        }
        self.programmes = sorted(book.picks["pledge_programme"])
        self.topics = sorted(book.picks["topic"])


def write_files(book: Book, ground: Ground, records: int) -> dict[str, Path]:
    """A file of records for each type, as `add` takes them."""
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
    head = f"{signer.choice(FAMILIES)} {signer.choice(MIDDLES)} {signer.choice(GIVEN)}"
    return {
        "post": post,
        "signed_on": _day(number // SIGNATURES),
        "programme": places.programmes[number % SIGNATURES % len(places.programmes)],
        "household": {
            "head": f"{head} {signer.choice(GIVEN)}",
            "commune": signer.choice(places.areas[post]),
            "hamlet": signer.choice(HAMLETS),
        },
        "witness": f"{chances.choice(FAMILIES)} {chances.choice(GIVEN)}",
    }


def _outreach(chances: random.Random, places: _Ground, number: int) -> dict[str, Any]:
    post = chances.choice(places.posts)
    return {
        "post": post,
        "form": chances.choice(("session", "training", "small_scale")),
        "held_on": _day(number),
        "commune": chances.choice(places.areas[post]),
        "hamlet": chances.choice(HAMLETS),
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
