"""Line 7: reports against a bare ReportLab document of the same pages and a bare table; Word
against PDF."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from borderdesk.base.files import write_atomically
from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.reports.blocks import Annex, Column, Document, Row, Table, cell_text
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.contents.summary_paper import as_document
from borderdesk.reports.paper.archive import new_canvas
from borderdesk.reports.paper.faces import faces
from borderdesk.reports.paper.pdf import DocumentSetter, first_page, write_pdf
from borderdesk.reports.paper.structure import StructureElement, StructureTree
from borderdesk.reports.report_kinds import write_report
from borderdesk.reports.word_files.word import write_docx
from borderdesk.schema.record import event_key
from borderdesk.schema.records import RECORD_TYPES
from tests.bench.desks import copied
from tests.bench.harness import (
    Ground,
    Line,
    absolute,
    alternate,
    compared,
    peak_memory,
    repeated,
    timed,
)
from tests.bench.starting import ROOT, environment
from tests.factories import example

MONTH = "2023-10"
REPORT_BOUND, REGISTER_BOUND, FIRST_BOUND, MEMORY_BOUND = 1.2, 2.5, 400.0, 160.0
ARCHIVE_BOUND, WORD_BOUND = 1.3, 1.5
PROVINCE_BOUND, POSTS, WORK = 1000.0, 20, 20
ENDS = {"ended_on", "to_on", "closed_on"}
ROWS = 20_000
COLUMNS = (
    Column("TT", "number", 0.5), Column("Mã", "text", 0.9), Column("Ngày", "text", 0.9),
    Column("Đồn", "text", 1.2), Column("Xã", "text", 1.4), Column("Từ mốc", "text", 0.7),
    Column("Đến mốc", "text", 0.7), Column("Lượt người", "number", 0.8),
    Column("Kết quả", "text", 1.4), Column("Căn cứ", "text", 1.2),
)  # fmt: skip


def measure(ground: Ground) -> Iterator[Line]:
    """The month's report, a register, its memory, and the first page of a preview."""
    faces()
    with Desk.open(ground.desk) as desk:
        yield _report(ground, desk)
        yield _archive(ground, desk)
        yield _word(ground, desk)
        times = repeated(lambda: _preview(desk))
        yield absolute("first page of a month's preview", times, FIRST_BOUND, "ms")
    yield _province(ground)
    yield _register(ground)
    if sys.platform == "linux":
        yield from _memory(ground)


def _preview(desk: Desk) -> bytes:
    summary = make_summary(desk, MONTH, "province")
    return first_page(as_document(summary, desk, "vi"))


# ---------------------------------------------------------------------------- the month


def _report(ground: Ground, desk: Desk) -> Line:
    request = Request("summary", MONTH, by_commune=False)
    summary = make_summary(desk, MONTH, "province")
    document = _read_out(as_document(summary, desk, "vi", request))
    calls: list[tuple[int, str, tuple[Any, ...], dict[str, Any]]] = []
    traced = _Traced(new_canvas(document), calls, [])
    pages = DocumentSetter(traced, document, None).write()
    target = ground.scratch / "report.pdf"
    seconds = alternate(
        lambda: timed(lambda: _write_untagged(document, target)),
        lambda: timed(lambda: _replay(calls, document, target)),
        ground.pairs * 3,
    )
    return compared(
        "report of a month, without its tags", seconds, REPORT_BOUND, "ms", [f"{pages} pages"]
    )


def _archive(ground: Ground, desk: Desk) -> Line:
    """Tags and PDF/A against the same pages without them, all with annexes."""
    summary = make_summary(desk, MONTH, "province")
    document = _read_out(as_document(summary, desk, "vi"))
    target = ground.scratch / "archive.pdf"
    seconds = alternate(
        lambda: timed(lambda: write_pdf(document, target)),
        lambda: timed(lambda: _write_untagged(document, target)),
        ground.pairs * 3,
    )
    return compared("tags and PDF/A of a month", seconds, ARCHIVE_BOUND, "ms")


def _word(ground: Ground, desk: Desk) -> Line:
    """The same month with annexes as a Word document and as PDF."""
    document = _read_out(as_document(make_summary(desk, MONTH, "province"), desk, "vi"))
    word, paper = ground.scratch / "month.docx", ground.scratch / "month.pdf"
    seconds = alternate(
        lambda: timed(lambda: write_docx(document, word)),
        lambda: timed(lambda: write_pdf(document, paper)),
        ground.pairs * 3,
    )
    return compared("Word of a month, against its PDF", seconds, WORD_BOUND, "ms")


class _NoStructure(StructureTree):
    """A document structure that writes nothing into the file."""

    def element(self, *_args: Any, **_more: Any) -> StructureElement:
        return StructureElement(0, "", 0, "", False)

    def mark(self, element: StructureElement) -> str:
        return ""

    def open(self, element: StructureElement) -> None: ...
    def close(self) -> None: ...
    def begin_artefact(self) -> None: ...
    def end_artefact(self) -> None: ...
    def page_done(self) -> None: ...


def _write_untagged(document: Document, target: Path) -> None:
    canvas = new_canvas(document)
    canvas.structure = _NoStructure(canvas, document.lang)
    DocumentSetter(canvas, document, None).write()
    write_atomically(target, canvas.getpdfdata())


def _read_out(document: Document) -> Document:
    """The document with all lazy parts evaluated, so that only the page setting is measured."""
    annexes = tuple(
        Annex(annex.title, tuple(annex.blocks), annex.landscape, annex.anchor)
        for annex in document.annexes
    )
    return replace(document, blocks=tuple(document.blocks), annexes=annexes)


class _Traced:
    """Records every call of a canvas, its texts and paths, for replaying."""

    def __init__(self, real: Any, calls: list[Any], made: list[Any]) -> None:
        self.__dict__.update(real=real, calls=calls, made=made, place=len(made))
        made.append(self)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.real, name)
        if not callable(found) or name.startswith("_"):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((self.place, name, args, kwargs))
            given = [arg.real if isinstance(arg, _Traced) else arg for arg in args]
            result = found(*given, **kwargs)
            if name in ("beginText", "beginPath"):
                return _Traced(result, self.calls, self.made)
            return result

        return call


def _replay(calls: list[Any], document: Document, target: Path) -> None:
    """Replay the calls on a plain ReportLab canvas, with its own QR code; the file is as
    durable."""
    from reportlab.graphics.barcode.qr import QrCodeWidget

    assert document.seal is not None
    QrCodeWidget(document.seal.code, barLevel="M").qr.make()
    canvas = new_canvas(document)
    made = [canvas]
    for place, name, args, kwargs in calls:
        given = [made[arg.place] if isinstance(arg, _Traced) else arg for arg in args]
        result = getattr(made[place], name)(*given, **kwargs)
        if name in ("beginText", "beginPath"):
            made.append(result)
    write_atomically(target, canvas.getpdfdata())


# -------------------------------------------------------------------------- the province


def _province(ground: Ground) -> Line:
    """The province's month with every annex, of twenty posts and more."""
    folder, target = copied(ground.desk, ground.scratch / "posts"), ground.scratch / "province.pdf"
    with Desk.open(folder) as desk:
        _more_posts(desk, ground.scratch / "posts.csv")
        request = Request("summary", MONTH, scope="province")
        times = repeated(lambda: write_report(desk, request, target))
        there = len(desk.book.posts)
    return absolute(f"month of the province, {there} posts", times, PROVINCE_BOUND, "ms")


def _more_posts(desk: Desk, file: Path) -> None:
    """Add further posts, each with a month of work."""
    known = list(desk.book.posts.values())
    lines = ["code,name,gate,communes,communes_verified,invented"]
    new = [f"P{number}" for number in range(max(POSTS - len(known), 0))]
    for code, like in zip(new, known, strict=False):
        lines.append(f"{code},Đồn Biên phòng {code},,{' '.join(like.communes)},1,0")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    desk.reference.load(file)
    for name, model in RECORD_TYPES.items():
        day = event_key(model)
        rows = [
            {**made, day: made[day].replace(made[day][:7], MONTH), "post": post}
            for post in new
            for made in (example(name, number) for number in range(WORK))
            if not made.keys() & ENDS
        ]
        for _number, outcome in desk.records.add_batch(name, list(enumerate(rows))):
            assert outcome is not None


# -------------------------------------------------------------------------- the register


def cells(number: int) -> tuple[Any, ...]:
    """A row of the register."""
    day = f"{1 + number % 28:02}/{1 + number % 12:02}/2023"
    return (
        number, f"{number * 2654435761 % 2**32:08x}", day, "Hữu Nghị", "Đồng Đăng",
        str(1000 + number % 200), f"{1000 + number % 200}/1", 5 + number % 20,
        "Giữ nguyên trạng", f"BB {number}/2023",
    )  # fmt: skip


def register(rows: int) -> Document:
    """A register with lazily created rows, each with an anchor."""
    stream = (Row(cells(number), anchor=f"record-{number}") for number in range(1, rows + 1))
    return Document(
        "Sổ tuần tra", (), (Table(COLUMNS, stream),), "Đồn", "vi", "x", "y", landscape=True
    )


def _register(ground: Ground) -> Line:
    target = ground.scratch / "register.pdf"
    seconds = alternate(
        lambda: timed(lambda: write_pdf(register(ROWS), target)),
        lambda: timed(lambda: bare_table(ROWS, target)),
        ground.pairs,
    )
    return compared(f"register of {ROWS} rows", seconds, REGISTER_BOUND)


def bare_table(rows: int, target: Path) -> None:
    """The same cells and lines drawn directly on a canvas at known positions."""
    canvas = new_canvas(register(0))
    face, size, high, per_page = faces().regular, 10.0, 17.0, 27
    edges = [85 + place * 71.0 for place in range(len(COLUMNS) + 1)]
    for start in range(1, rows + 1, per_page):
        y = 510.0
        canvas.setFont(face.name, size)
        for number in range(start, min(start + per_page, rows + 1)):
            for x, column, cell in zip(edges, COLUMNS, cells(number), strict=False):
                text = cell_text(cell, column.kind, "vi")
                if column.kind == "number":
                    canvas.drawRightString(x + 68, y, text)
                else:
                    canvas.drawString(x + 3, y, text)
            canvas.lines([(x, y - 4, x, y + high - 4) for x in edges])
            canvas.line(edges[0], y - 4, edges[-1], y - 4)
            y -= high
        canvas.showPage()
    write_atomically(target, canvas.getpdfdata())


def _memory(ground: Ground) -> Iterator[Line]:
    """The peak memory of a process that writes a register."""
    for rows in (ROWS, 3 * ROWS):
        target = ground.scratch / "memory.pdf"
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.papers", str(rows), str(target)],
            env=environment(), cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield absolute(
            f"memory of a register of {rows} rows", [float(done.stdout)], MEMORY_BOUND, "MB"
        )


def main() -> None:
    """Write a register and print the peak memory in MB."""
    write_pdf(register(int(sys.argv[1])), Path(sys.argv[2]))
    print(peak_memory())


if __name__ == "__main__":
    main()
