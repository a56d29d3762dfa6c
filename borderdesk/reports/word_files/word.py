"""Renders report blocks to a Word document, with the measurements of the PDF and styles that a
clerk can change."""

import math
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from borderdesk.base.files import write_atomically
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Chart,
    ChartRow,
    Document,
    Heading,
    LargeFigures,
    PaperSeal,
    Paragraph,
    Picture,
    Table,
)
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.drawn_blocks import ACROSS, LABEL_SIZE, LARGE, PAD, fitted
from borderdesk.reports.paper.faces import faces, printable
from borderdesk.reports.paper.letter import annex_word, balanced, reference
from borderdesk.reports.paper.numbering import Numbering, roman
from borderdesk.reports.paper.qr_code import QUIET, modules
from borderdesk.reports.word_files import word_text as w
from borderdesk.reports.word_files.word_letter import (
    SealCells,
    letter_foot,
    letter_head,
    seal_table,
)
from borderdesk.reports.word_files.word_package import WordPackage
from borderdesk.reports.word_files.word_styles import LANGUAGES, styles_xml
from borderdesk.reports.word_files.word_table import WordTable
from borderdesk.reports.wording import tied, with_minus

if TYPE_CHECKING:
    from reportlab.lib import utils

    from borderdesk.reports.paper import pages
else:
    pages = lazy_module("borderdesk.reports.paper.pages")
    utils = lazy_module("reportlab.lib.utils")

T = TypeVar("T")

PAGE_WORD = {"vi": "Trang", "en": "Page"}
CHART_SCALE = 3.0
QR_DOTS = 6
TABLE_GAP = 4.0
PIXEL = 0.75
"""Points a pixel of a picture takes, as in PDF."""
FURNITURE_EDGE = 9 * m.MM
"""From the edge of the sheet to its header and footer."""
NOTHING = w.paragraph("", "ReportFooter")
"""A header or footer has a paragraph at the least."""
STYLE_OF = {"body": "ReportBody", "note": "ReportNote", "warning": "ReportWarning"}


def write_docx(document: Document, target: Path) -> None:
    """Write `document` to `target` for Word, atomically. The same document gives the same bytes.

    Raises UserError for a file that cannot be written.
    """
    write_atomically(target, docx_content(document))


def docx_content(document: Document) -> bytes:
    """The Word file of a document."""
    return WordSetter(document).content()


def _with_last(items: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Each element, and whether it is the last."""
    waiting: list[T] = []
    for item in items:
        yield from ((previous, False) for previous in waiting)
        waiting = [item]
    yield from ((previous, True) for previous in waiting)


class WordSetter:
    """Writes one document into a Word file, once."""

    def __init__(self, document: Document) -> None:
        self._package = WordPackage()
        self._document = document
        self._formal = document.letter is not None
        self._body: list[str] = []
        self._sizes: dict[str, float] = {}
        self._pictures = 0
        self._room = 0.0

    def content(self) -> bytes:
        """The file: text, styles, properties."""
        document = self._document
        furniture = self._furniture()
        section = self._section(document.landscape, furniture)
        if document.letter is not None:
            self._add(letter_head(document.letter, self._room))
        else:
            self._opening()
        self._blocks(document.blocks, signed=document.letter is not None)
        seal = self._seal(document.seal) if document.seal is not None else None
        if document.letter is not None:
            self._add(letter_foot(document.letter, self._room, seal))
        elif seal is not None and document.seal is not None and document.seal.drawn:
            self._add(seal_table(seal, self._room))
        annexes = tuple(document.annexes)
        for number, annex in enumerate(annexes, 1):
            self._add(w.section_end(section))
            section = self._section(annex.landscape, anew=self._formal)
            self._annex(annex, roman(number) if len(annexes) > 1 else "")
        self._add(section)
        styles = styles_xml(document.lang, self._sizes, formal=self._formal)
        return self._package.content("".join(self._body), styles, self._properties())

    def _properties(self) -> dict[str, str]:
        """The title and author of the paper, and the code of the edition: its number and the hash
        of its figures."""
        document = self._document
        properties = {
            "dc:title": document.name,
            "dc:creator": document.author,
            "dc:subject": document.subject,
            "cp:keywords": document.made_of,
            "dc:description": document.banner or "",
            "dc:language": LANGUAGES[document.lang],
        }
        properties = {name: w.plain(text)[:255] for name, text in properties.items()}
        if document.seal is not None:
            properties["dc:identifier"] = document.seal.code
            properties["cp:version"] = document.seal.code.split("|")[4]
        return properties

    # ---------------------------------------------------------------------- sections

    def _section(self, landscape: bool, furniture: str = "", *, anew: bool = False) -> str:
        """The properties of a section, which set the room of the content added next; furniture: its
        own headers and footers, else those of the section before; anew: its pages count from 1."""
        width, height = m.page_size(self._document.wide_paper, landscape)
        self._room = width - m.LEFT - m.RIGHT
        return w.section(
            (width, height),
            (m.TOP, m.RIGHT, m.BOTTOM, m.LEFT),
            FURNITURE_EDGE,
            furniture,
            landscape=landscape,
            first=self._formal,
            anew=anew,
        )

    def _furniture(self) -> str:
        """Banner and footer of every page; its number where PDF has it, not on page 1 of a
        letter."""
        document = self._document
        banner, foot = "", ""
        if document.banner:
            banner = w.paragraph(w.run(document.banner), "ReportBanner", framed=True)
        if document.footer:
            foot = w.paragraph(w.run(document.footer), "ReportFooter")
        number = w.paragraph(w.field("PAGE"), "ReportPageNumber", align="center")
        if self._formal:
            texts = {
                ("header", "default"): banner + number,
                ("header", "first"): banner,
                ("footer", "default"): foot,
                ("footer", "first"): foot,
            }
        else:
            count = w.run(f"{PAGE_WORD[document.lang]} ") + w.field("PAGE") + w.run("/")
            of = w.paragraph(count + w.field("NUMPAGES"), "ReportFooter", align="right")
            texts = {("header", "default"): banner, ("footer", "default"): foot + of}
        return "".join(
            w.furniture(kind, page, self._package.furniture(kind, text or NOTHING))
            for (kind, page), text in texts.items()
        )

    def _annex(self, annex: Annex, number: str) -> None:
        name = f"{annex_word(self._document)} {number}".strip()
        self._add(w.paragraph(w.run(name), "ReportAnnex", keep=True))
        lines = balanced(faces().bold, annex.title.upper(), self._room / m.ANNEX_TITLE_SIZE)
        self._add(w.paragraph(w.run(w.joined(lines)), "ReportAnnexTitle", keep=True))
        if self._document.letter is not None:
            text = w.run(reference(self._document.letter), italic=True)
            self._add(w.paragraph(text, "ReportCentred", keep=True))
        self._blocks(annex.blocks)

    # ------------------------------------------------------------------------ blocks

    def _add(self, xml: str) -> None:
        self._body.append(xml)

    def _blocks(self, blocks: Iterable[Block], *, signed: bool = False) -> None:
        """signed: the end of the last block is on the page of the signature that follows."""
        numbering = Numbering()
        for block, last in _with_last(blocks):
            keep = signed and last
            if isinstance(block, Table):
                self._table(block, keep=keep)
            elif isinstance(block, Heading):
                self._heading(block, numbering.of(block))
            elif isinstance(block, Chart):
                self._chart(block)
            elif isinstance(block, ChartRow):
                self._charts(block.charts)
            elif isinstance(block, LargeFigures):
                self._large_figures(block)
            elif isinstance(block, Picture):
                self._picture(block)
            else:
                self._paragraph(block, keep=keep)

    def _heading(self, heading: Heading, text: str) -> None:
        level = min(max(heading.level, 1), 3)
        if self._formal and level == 1:
            text = text.upper()
        self._add(w.paragraph(w.run(text), f"Heading{level}"))

    def _paragraph(self, block: Paragraph, *, keep: bool = False) -> None:
        for line, last in _with_last(filter(None, map(str.strip, block.text.splitlines()))):
            tie = line.endswith(":") or (keep and last)
            self._add(w.paragraph(w.run(tied(line)), STYLE_OF[block.style], keep=tie))

    def _table(self, table: Table, *, keep: bool = False) -> None:
        if table.title:
            self._add(w.paragraph(w.run(table.title), "ReportTableTitle", keep=True))
        self._add(w.gap(TABLE_GAP, keep=True))
        setter = WordTable(table, self._document.lang, self._room)
        self._sizes[setter.style] = setter.size
        self._add(setter.xml(keep=keep))
        self._add(w.gap(TABLE_GAP, keep=keep))

    def _chart(self, chart: Chart) -> None:
        if chart.title:
            self._add(w.paragraph(w.run(chart.title), "ReportTableTitle", keep=True))
        self._add(self._drawn(chart, self._room))

    def _drawn(self, chart: Chart, room: float) -> str:
        """A paragraph with the picture of a chart."""
        width, height, grey = pages.chart_image(chart, room, CHART_SCALE, self._document.lang)
        picture = w.png(width, height, grey)
        return self._image(picture, (room, room * height / width), chart.title)

    def _charts(self, row: tuple[Chart, ...]) -> None:
        """Charts side by side in a table without lines, each below its title."""
        room = self._room / len(row)
        cells = ""
        for chart in row:
            title = w.paragraph(w.run(chart.title), "ReportTableTitle")
            cells += w.cell(title + self._drawn(chart, room - 8), room)
        self._add(w.table(w.row(cells), [room] * len(row), pad=4, grid=False))
        self._add(w.gap(TABLE_GAP))

    def _large_figures(self, block: LargeFigures) -> None:
        """Large figures in a table, three in a row."""
        room, lang, rows = self._room / ACROSS, self._document.lang, ""
        for start in range(0, len(block.figures), ACROSS):
            cells = ""
            for of in block.figures[start : start + ACROSS]:
                figure = with_minus(f"{of.figure.text(lang)} {of.unit}".strip())
                lines = [
                    w.run(of.label, bold=True, size=self._fitted(of.label, LABEL_SIZE, room)),
                    w.run(figure, bold=True, size=self._fitted(figure, LARGE, room)),
                ]
                lines += [w.run(of.note)] if of.note else []
                words = "".join(w.paragraph(line, "ReportCentred", keep=True) for line in lines)
                cells += w.cell(words, room, middle=True)
            rows += w.row(cells)
        self._add(w.gap(TABLE_GAP, keep=True))
        self._add(w.table(rows, [room] * ACROSS, pad=PAD, rise=PAD / 2))
        self._add(w.gap(TABLE_GAP))

    @staticmethod
    def _fitted(text: str, most: float, room: float) -> float:
        """The type size at which a line fits in its room, as in PDF; Word allows half points."""
        size, _line = fitted(faces().bold, printable(text), most, room - 2 * PAD - 1)
        return math.floor(size * 2) / 2

    def _picture(self, picture: Picture) -> None:
        """As large as it is in PDF."""
        of = picture.file
        content = of if isinstance(of, bytes) else of.read_bytes()
        pixels, high = utils.ImageReader(BytesIO(content)).getSize()
        width = min(self._room, pixels * PIXEL)
        self._add(self._image(content, (width, width * high / pixels), picture.caption))
        if picture.caption:
            self._paragraph(Paragraph(picture.caption, "note"))

    def _image(
        self, content: bytes, size: tuple[float, float], shows: str, style: str = "ReportCentred"
    ) -> str:
        """A paragraph with a picture, size: in points; shows: read aloud."""
        self._pictures += 1
        link = self._package.picture(content)
        return w.paragraph(w.picture(link, self._pictures, *size, shows), style)

    # ------------------------------------------------------------------ head and foot

    def _opening(self) -> None:
        document = self._document
        if document.issuer:
            self._add(w.paragraph(w.run(document.issuer.upper(), bold=True), "ReportLeft"))
        self._add(w.paragraph(w.run(w.plain(document.title).upper()), "ReportTitle", keep=True))
        for line in document.subtitle:
            self._add(w.paragraph(w.run(line), "ReportCentred", keep=True))

    def _seal(self, seal: PaperSeal) -> SealCells:
        rows = modules(seal.code)
        side = (len(rows) + 2 * QUIET) * QR_DOTS
        white, edge = b"\xff", QUIET * QR_DOTS
        margin = white * side * edge
        content = b"".join(
            (
                white * edge
                + b"".join((b"\0" if dark else white) * QR_DOTS for dark in row)
                + white * edge
            )
            * QR_DOTS
            for row in rows
        )
        picture, size = w.png(side, side, margin + content + margin), (m.SEAL_SIZE, m.SEAL_SIZE)
        text = w.run(seal.text, italic=True, size=m.SEAL_TEXT_SIZE)
        code = self._image(picture, size, seal.code, "ReportLeft")
        return SealCells(code, w.paragraph(text, "ReportLeft"))
