"""Importing many packages into one desk: time and memory of the last ones against the first, and
the board and the inbox with all of them imported.

With the usual 1,000,000 records, 500 packages of 4,000 entries each.
"""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Card
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.schema.log_entries import ChainHead
from borderdesk.schema.records.clearing import Clearing
from borderdesk.schema.revisions import new_id
from borderdesk.session.desk_log import DeskLog
from borderdesk.store.records.history import NewVersion, load
from tests.bench.harness import Ground, Line, absolute, compared, repeated
from tests.bench.starting import told_by

POSTS = ("BS", "CL", "TT", "HN", "BL")
COMMUNES = ("06196-2023", "06202-2023", "06238-2023")
LAST_YEAR = 2023
PACKAGES, LEAST_ENTRIES, ENTRIES = 500, 40, 4_000
MONTHS = PACKAGES // len(POSTS) // 2
"""Packages of each of a post's two laptops, one a month."""
GROWTH = 1.5
"""The largest ratio of the last tenth of the packages to the first."""
MEMORY_MIB, SCREEN_MS = 100.0, 50.0


def measure(ground: Ground) -> Iterator[Line]:
    """Measure a province importing the packages of ten laptops in the order sent."""
    each = max(LEAST_ENTRIES, ENTRIES * ground.records // 1_000_000)
    sticks, folder = ground.scratch / "packages-sticks", ground.scratch / "packages-desk"
    with Desk.create(folder, "province", "20", "Bench") as desk:
        receiver = desk.exchange.cards.own()
        for card in [one for post in POSTS for one in _sent(ground, post, sticks, each, receiver)]:
            desk.exchange.cards.accept_card(card)
    told = _taken_in(folder, sticks)
    yield from _curve(told)
    note = f"{told['first']:.0f} MiB after the first tenth"
    name = f"peak memory of taking {len(told['seconds'])} packages"
    yield absolute(name, [told["peak"]], MEMORY_MIB, "MiB", (note,))
    with Desk.open(folder) as desk:
        board, inbox = desk.exchange.board, desk.exchange.inbox
        waiting = inbox.count()
        name = f"board of a year, {PACKAGES} packages"
        yield absolute(name, repeated(lambda: board.table(LAST_YEAR)), SCREEN_MS, "ms")
        name = f"inbox, first 200 of {waiting}"
        yield absolute(name, repeated(lambda: inbox.doubles(200)), SCREEN_MS, "ms")


def _curve(told: dict[str, Any]) -> Iterator[Line]:
    """Processor time of the last tenth of the packages over that of the first, with the curve."""
    seconds: Sequence[float] = told["seconds"]
    tenth = max(1, len(seconds) // 10)
    tenths = [sum(seconds[at : at + tenth]) for at in range(0, len(seconds), tenth)]
    curve = " ".join(f"{part:.1f}" for part in tenths)
    entries, all_told = told["entries"], sum(seconds)
    yield compared(
        f"{len(seconds)} packages, {entries} entries: last to first tenth",
        [(tenths[-1], tenths[0])],
        GROWTH,
        notes=[
            f"seconds of the processor a tenth: {curve}",
            (
                f"{all_told:.0f} s in all, {told['clock']:.0f} s by the clock,"
                f" {told['revisions']} revisions"
            ),
        ],
    )


TAKING = """
import json, sys, time
from pathlib import Path
from borderdesk.desk import Desk

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

with Desk.open(Path(sys.argv[1])) as desk:
    packages = sorted(Path(sys.argv[2]).iterdir())
    seconds, first, begun = [], 0.0, time.perf_counter()
    for number, path in enumerate(packages):
        start = time.process_time()
        outcome = desk.exchange.imports.take(path)
        seconds.append(time.process_time() - start)
        assert outcome.batch and not outcome.refused_rows, outcome
        if number == len(packages) // 10:
            first = peak()
    clock = time.perf_counter() - begun
    revisions = desk.store.value("SELECT COUNT(*) FROM revision")
    entries = desk.store.value("SELECT COUNT(*) FROM log_entry")
print(json.dumps({"seconds": seconds, "clock": clock, "revisions": revisions, "entries": entries,
                  "first": first, "peak": peak()}))
"""


def _taken_in(folder: Path, sticks: Path) -> dict[str, Any]:
    """Time and memory of a process that imports every package."""
    return told_by(TAKING, str(folder), str(sticks))


# ---------------------------------------------------------------------------- senders


def _sent(ground: Ground, post: str, sticks: Path, each: int, receiver: Card) -> Iterator[Card]:
    """The cards of the two laptops of a post after each sent its packages: half of a package is
    new, half edits records of the previous one. At the end both change the same records."""
    laptops = [
        Desk.create(ground.scratch / f"packages-{post}{n}", "post", post, "Bench") for n in range(2)
    ]
    with laptops[0], laptops[1]:
        one, two = laptops
        two.exchange.cards.accept_card(one.exchange.cards.own())
        for laptop in laptops:
            laptop.exchange.cards.accept_card(receiver)
        for turn in range(MONTHS - 1):
            for laptop in laptops:
                work(laptop, turn, each)
                send(laptop, turn, sticks, receiver)
        whole = one.exchange.exports.export(_month(0), ground.scratch / post, ExportOptions())
        assert two.exchange.imports.take(whole).added
        _acknowledge(two, receiver.desk, MONTHS)
        for laptop in laptops:
            _edit(laptop, _newest(one, each // 8), 90)
            send(laptop, MONTHS, sticks, receiver)
            yield laptop.exchange.cards.own()


def send(desk: Desk, turn: int, sticks: Path, receiver: Card) -> Path:
    """Send a package to a receiver whose receipt is then applied; its name starts with the turn."""
    wish = ExportOptions(receiver=receiver.desk)
    made = desk.exchange.exports.export(_month(turn), sticks, wish)
    _acknowledge(desk, receiver.desk, turn)
    return made.rename(made.with_name(f"{turn:03}-{made.name}"))


def _acknowledge(desk: Desk, receiver: str, turn: int) -> None:
    held = desk.part(DeskLog).holding()
    desk.exchange.holdings.note(receiver, {**held, receiver: ChainHead(turn + 1, bytes(32))})


def _month(turn: int) -> str:
    """The months up to the last of LAST_YEAR, the earliest first."""
    number = LAST_YEAR * 12 + 12 - MONTHS + min(turn, MONTHS - 1)
    return f"{number // 12}-{1 + number % 12:02}"


def work(desk: Desk, turn: int, each: int) -> None:
    """Write a month's records, and some edits of the previous month's."""
    before, month = _newest(desk, each // 2), _month(turn)
    changes = []
    for at in range(each // 2):
        values = {
            "post": desk.identity.unit,
            "kind": "road_repair",
            "times": 1,
            "started_on": datetime.date.fromisoformat(f"{month}-{1 + at % 28:02}"),
            "commune": COMMUNES[at % len(COMMUNES)],
            "participants": 1 + (turn + at) % 60,
        }
        changes.append(NewVersion(Clearing, new_id(), values))
    with desk.writing():
        desk.records.write(changes)
    _edit(desk, before, 1 + turn % 60)


def _newest(desk: Desk, count: int) -> list[str]:
    rows = desk.store.rows("SELECT id FROM clearing ORDER BY row DESC LIMIT ?", (count,))
    return [row[0] for row in rows]


def _edit(desk: Desk, records: Sequence[str], participants: int) -> None:
    """Change many records in one transaction."""
    changes = []
    for record in records:
        values, seq = load(desk.store, Clearing, record)
        (head, number), *_none = desk.store.rows(
            "SELECT id, number FROM revision WHERE seq = ?", (seq,)
        )
        changed = {**values, "participants": participants}
        changes.append(NewVersion(Clearing, record, changed, (head,), number + 1, None, None))
    with desk.writing():
        desk.records.write(changes)
