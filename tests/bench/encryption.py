"""Line 13: an encrypted desk against a plain one with the same records, in processor time.

Each run is a process of its own that opens the desk, so that its page cache is empty; opening has
its own bound and is excluded. Processor time is not affected by other load on the machine.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.backups.rekeying import encrypt_desk
from borderdesk.base.lazy import lazy_module
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.entry.record_input import json_records
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import write_report
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import PAGE, Filter
from tests.bench.bulk import write_files
from tests.bench.desks import copied
from tests.bench.exchange import ALL_TIME
from tests.bench.harness import Ground, Line, compared
from tests.bench.pages import every_list
from tests.bench.saves import raw_clearing
from tests.bench.sheets import FIXED, pledges

shell: Any = lazy_module("ui.shell.app")

BOUND = 1.15
SAVES, WARMING = 300, 20
ADDED = 3_000
MONTH, YEAR = "2023-10", "2023"

Work = Callable[[Desk], float]
"""Works on an open desk and returns the processor seconds."""


class _Both(NamedTuple):
    """The same desk, plain and encrypted."""

    open: Path
    locked: Path
    key: bytes


def measure(ground: Ground) -> Iterator[Line]:
    """Compare every kind of work on the encrypted and the plain desk."""
    both = _both(ground)
    for name, work in _works(ground, both).items():
        pairs = [
            (_run(both.locked, both.key, work), _run(both.open, None, work))
            for _pair in range(ground.pairs)
        ]
        line = compared(f"encrypted: {name}", pairs, BOUND, "ms")
        least = min(ours for ours, _bare in pairs) / min(bare for _ours, bare in pairs)
        yield line._replace(judged=least)


def _both(ground: Ground) -> _Both:
    plain = copied(ground.desk, ground.scratch / "encryption-open")
    locked = copied(ground.desk, ground.scratch / "encryption-locked")
    key = encrypt_desk(locked, "bench").key
    shutil.rmtree(locked / "backups")
    with Desk.open(plain) as desk:
        # The encrypted database was rewritten, without gaps between its pages.
        desk.store.scrub()
    return _Both(plain, locked, key)


def _run(folder: Path, key: bytes | None, work: Work) -> float:
    """The seconds of one kind of work in a new process, on a copy of the desk."""
    copy = folder.with_name("encryption-run")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # In any case the child ends here: the rest is the parent's.
        try:
            with Desk.open(copy, key, checked=False) as desk:
                os.write(writing, repr(work(desk)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        seconds = float(answer.read())
    os.waitpid(child, 0)
    return seconds


def _cost(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _works(ground: Ground, both: _Both) -> dict[str, Work]:
    with Desk.open(both.open) as desk:
        raw, asked = raw_clearing(desk), list(every_list(desk))
        files = write_files(desk.book, ground, ADDED)
    out = ground.scratch / "encryption-out"
    out.mkdir(exist_ok=True)
    taken = _taking(_package(ground, both), pledges(ground.scratch / "sheet.xlsx", ADDED))
    return {**_writing(raw, files), **_listing(asked), **_papers(out), **taken, **_window()}


def _writing(raw: Callable[[int], dict[str, Any]], files: Mapping[str, Path]) -> dict[str, Work]:
    def save(desk: Desk) -> float:
        for number in range(WARMING):
            desk.records.add("clearing", raw(number))
        more = range(WARMING, WARMING + SAVES)
        return _cost(lambda: [desk.records.add("clearing", raw(number)) for number in more])

    def add(desk: Desk) -> float:
        def do() -> None:
            for type_name, file in files.items():
                with file.open("rb") as lines:
                    desk.records.add_batch(type_name, json_records(lines))

        return _cost(do)

    return {f"save of {SAVES} records": save, f"add of {ADDED} records": add}


def _listing(asked: Sequence[Any]) -> dict[str, Work]:
    pages = [(one.type, one.chosen, one.sort) for one in asked]
    types = {one.type for one in asked}

    def lists(desk: Desk) -> float:
        return _cost(lambda: [desk.lists.page(*page, None, limit=PAGE) for page in pages])

    def first_list(desk: Desk) -> float:
        return _cost(lambda: desk.lists.page("clearing", Filter()))

    def stream(desk: Desk) -> float:
        return _cost(lambda: [list(desk.lists.stream(name, Filter())) for name in types])

    return {
        "the first list": first_list,
        f"{len(asked)} lists": lists,
        "every record read": stream,
    }


def _package(ground: Ground, both: _Both) -> Path:
    """A package of another desk, whose card both desks accept."""
    sender = ground.scratch / "encryption-sender"
    with Desk.create(sender, "province", "20", "Bench") as desk:
        for type_name, file in write_files(desk.book, ground, ADDED).items():
            with file.open("rb") as lines:
                desk.records.add_batch(type_name, json_records(lines))
        path = desk.exchange.exports.export(ALL_TIME, sender, ExportOptions())
        card = desk.exchange.cards.own()
    for folder, key in ((both.open, None), (both.locked, both.key)):
        with Desk.open(folder, key) as desk:
            desk.exchange.cards.accept_card(card)
    return path


def _taking(package: Path, sheet: Path) -> dict[str, Work]:
    def take(desk: Desk) -> float:
        return _cost(lambda: desk.exchange.imports.take(package))

    def read(desk: Desk) -> float:
        request = SheetRequest(fixed=FIXED)
        return _cost(lambda: desk.sheets.import_sheet("pledge", sheet, request))

    return {f"import of {ADDED} records": take, f"sheet of {ADDED} pledges": read}


def _window() -> dict[str, Work]:
    """Time the window from its creation until every page of records was painted twice; imports are
    excluded."""

    def open_window(desk: Desk) -> float:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        app = shell.application()

        def handle() -> None:
            window = shell.main_window(desk, "vi")
            window.show()
            for key in (*ALL_TYPES, *ALL_TYPES):
                window.show_page(key, {})
                app.processEvents()
            window.close()

        return _cost(handle)

    return {f"window, {2 * len(ALL_TYPES)} pages": open_window}


def _papers(out: Path) -> dict[str, Work]:
    def summary(period: str) -> Work:
        return lambda desk: _cost(lambda: make_summary(desk, period, "province"))

    def report(request: Request) -> Work:
        return lambda desk: _cost(lambda: write_report(desk, request, out / "report.pdf"))

    def export(desk: Desk) -> float:
        return _cost(lambda: desk.exchange.exports.export(YEAR, out, ExportOptions()))

    return {
        "summary of a month": summary(MONTH),
        "summary of a year": summary(YEAR),
        "report of a month": report(Request("summary", MONTH)),
        "export of a year": export,
    }
