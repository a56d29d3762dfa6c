"""Renders report blocks to a Word document, with the measurements of the PDF and styles that a
clerk can change."""

import datetime
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.files import write_atomically
from borderdesk.base.lazy import lazy_module
from borderdesk.reports import measures as m
from borderdesk.reports import word_text as w
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Chart,
    ChartRow,
    Document,
    Heading,
    LargeFigures,
    Letter,
    Paragraph,
    Picture,
    Seal,
    Table,
)
from borderdesk.reports.drawn_blocks import ACROSS, LARGE
from borderdesk.reports.faces import faces
from borderdesk.reports.letter import balanced, date_words, number_line, recipients, reference
from borderdesk.reports.numbering import Numbering, roman
from borderdesk.reports.qr_code import QUIET, modules
from borderdesk.reports.word_styles import add_styles, table_style
from borderdesk.reports.word_table import WordTable
from borderdesk.reports.wording import tied, with_minus

if TYPE_CHECKING:
    import docx
    from docx import oxml, shared

    from borderdesk.reports import pages
else:
    docx = lazy_module("docx")
    oxml = lazy_module("docx.oxml")
    shared = lazy_module("docx.shared")
    pages = lazy_module("borderdesk.reports.pages")

LONG_AGO = datetime.datetime(1980, 1, 1)
"""The time of every part of the file: the same report gives the same bytes."""

PAGE_WORD = {"vi": "Trang", "en": "Page"}
CHART_SCALE = 2.0
QR_DOTS = 6
STYLE_OF = {"body": "ReportBody", "note": "ReportNote", "warning": "ReportWarning"}


def write_docx(document: Document, target: Path) -> None:
    """Write `document` to `target` for Word, atomically. The same document gives the same bytes.

    Raises UserError for a file that cannot be written.
    """
    write_atomically(target, docx_content(document))


def docx_content(document: Document) -> bytes:
    """The Word file of a document."""
    file = docx.Document()
    WordSetter(file, document).write()
    buffer = BytesIO()
    file.save(buffer)
    return _undated(buffer)


def _undated(buffer: BytesIO) -> bytes:
    """The zip file without the time of writing."""
    whole = BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(whole, "w") as made:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, LONG_AGO.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            made.writestr(entry, source.read(name))
    return whole.getvalue()


class WordSetter:
    """Writes one document into an empty Word file, once."""

    def __init__(self, file: Any, document: Document) -> None:
        self._file = file
        self._document = document
        self._formal = document.letter is not None
        self._room = 0.0

    def write(self) -> None:
        """Write styles, properties, sections."""
        document = self._document
        add_styles(self._file, document.lang, formal=self._formal)
        self._properties()
        section = self._file.sections[0]
        self._sheet(section, document.landscape)
        self._furniture(section)
        if document.letter is not None:
            self._letter_head(document.letter)
        else:
            self._opening()
        self._blocks(document.blocks)
        if document.letter is not None:
            self._foot(document.letter)
        elif document.seal is not None and document.seal.drawn:
            self._seal(document.seal)
        annexes = tuple(document.annexes)
        for number, annex in enumerate(annexes, 1):
            self._annex(annex, roman(number) if len(annexes) > 1 else "")

    def _properties(self) -> None:
        """What the paper is, by whom, and the code of the edition: its number and the hash of its
        figures."""
        document, kept = self._document, self._file.core_properties
        kept.title, kept.author = w.plain(document.name)[:255], w.plain(document.author)[:255]
        kept.subject = w.plain(document.subject)[:255]
        kept.keywords = document.made_of[:255]
        kept.comments = w.plain(document.banner or "")[:255]
        kept.language = "vi-VN" if document.lang == "vi" else "en-GB"
        kept.last_modified_by = "BorderDesk"
        kept.created = kept.modified = LONG_AGO
        if document.seal is not None:
            kept.identifier = document.seal.code
            kept.version = document.seal.code.split("|")[4]

    # ---------------------------------------------------------------------- sections

    def _sheet(self, section: Any, landscape: bool) -> None:
        width, height = m.page_size(self._document.wide_paper, landscape)
        section.page_width, section.page_height = shared.Pt(width), shared.Pt(height)
        section.orientation = int(landscape)
        section.left_margin, section.right_margin = shared.Pt(m.LEFT), shared.Pt(m.RIGHT)
        section.top_margin, section.bottom_margin = shared.Pt(m.TOP), shared.Pt(m.BOTTOM)
        section.header_distance = section.footer_distance = shared.Pt(9 * m.MM)
        section.different_first_page_header_footer = self._formal
        self._room = width - m.LEFT - m.RIGHT

    def _furniture(self, section: Any) -> None:
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
            _fill(section.first_page_header, banner)
            _fill(section.first_page_footer, foot)
            _fill(section.header, banner, number)
            _fill(section.footer, foot)
            return
        count = w.run(f"{PAGE_WORD[document.lang]} ") + w.field("PAGE") + w.run("/")
        of = w.paragraph(count + w.field("NUMPAGES"), "ReportFooter", align="right")
        _fill(section.header, banner)
        _fill(section.footer, foot, of)

    def _annex(self, annex: Annex, number: str) -> None:
        section = self._file.add_section()
        self._sheet(section, annex.landscape)
        if self._formal:
            _count_from_1(section._sectPr)
        name = f"{m.ANNEX} {number}".strip()
        self._add(w.paragraph(w.run(name), "ReportAnnex", keep=True))
        title = self._broken(annex.title.upper(), m.ANNEX_TITLE_SIZE, self._room)
        self._add(w.paragraph(w.run(title), "ReportAnnexTitle", keep=True))
        if self._document.letter is not None:
            text = w.run(reference(self._document.letter), italic=True)
            self._add(w.paragraph(text, "ReportCentred", keep=True))
        self._blocks(annex.blocks)

    # ------------------------------------------------------------------------ blocks

    def _add(self, xml: str) -> Any:
        element = oxml.parse_xml(xml)
        self._file.element.body.sectPr.addprevious(element)
        return element

    def _blocks(self, blocks: Iterable[Block]) -> None:
        numbering = Numbering()
        for block in blocks:
            if isinstance(block, Table):
                self._table(block)
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
                self._paragraph(block)

    def _heading(self, heading: Heading, text: str) -> None:
        level = min(max(heading.level, 1), 3)
        if self._formal and level == 1:
            text = text.upper()
        self._add(w.paragraph(w.run(text), f"Heading{level}"))

    def _paragraph(self, block: Paragraph) -> None:
        for line in filter(None, map(str.strip, block.text.splitlines())):
            words = w.run(tied(line))
            self._add(w.paragraph(words, STYLE_OF[block.style], keep=line.endswith(":")))

    def _table(self, table: Table) -> None:
        if table.title:
            self._add(w.paragraph(w.run(table.title), "ReportTableTitle", keep=True))
        setter = WordTable(table, self._document.lang, self._room)
        table_style(self._file, setter.style, setter.size)
        self._add(setter.xml())
        self._add(w.paragraph(w.run("", size=2), "ReportCentred"))

    def _chart(self, chart: Chart) -> None:
        if chart.title:
            self._add(w.paragraph(w.run(chart.title), "ReportTableTitle", keep=True))
        self._image(self._drawn(chart, self._room), self._room, chart.title)

    def _drawn(self, chart: Chart, room: float) -> bytes:
        return w.png(*pages.chart_image(chart, room, CHART_SCALE, self._document.lang))

    def _charts(self, row: tuple[Chart, ...]) -> None:
        """Charts side by side in a table without lines, each below its title."""
        room = self._room / len(row)
        cells = "".join(
            w.cell(w.paragraph(w.run(chart.title), "ReportTableTitle"), room) for chart in row
        )
        table = self._add(w.table(w.row(cells), [room] * len(row), pad=4, grid=False))
        for cell, chart in zip(table.xpath("./w:tr/w:tc"), row, strict=True):
            words = self._file.add_paragraph(style="Report Centred")
            self._image(self._drawn(chart, room - 8), room - 8, chart.title, words)
            cell.append(words._p)
        self._add(w.paragraph(w.run("", size=2), "ReportCentred"))

    def _large_figures(self, block: LargeFigures) -> None:
        """Large figures in a table, three in a row."""
        room, lang, rows = self._room / ACROSS, self._document.lang, ""
        for start in range(0, len(block.figures), ACROSS):
            cells = ""
            for of in block.figures[start : start + ACROSS]:
                figure = with_minus(f"{of.figure.text(lang)} {of.unit}".strip())
                lines = (
                    w.run(of.label, bold=True),
                    w.run(figure, bold=True, size=LARGE),
                    w.run(of.note),
                )
                words = "".join(w.paragraph(line, "ReportCentred", keep=True) for line in lines)
                cells += w.cell(words, room, middle=True)
            rows += w.row(cells)
        self._add(w.table(rows, [room] * ACROSS, pad=4))
        self._add(w.paragraph(w.run("", size=2), "ReportCentred"))

    def _picture(self, picture: Picture) -> None:
        of = picture.file
        self._image(of if isinstance(of, bytes) else of.read_bytes(), None, picture.caption)
        if picture.caption:
            self._paragraph(Paragraph(picture.caption, "note"))

    def _image(
        self, content: bytes, width: float | None, shows: str, words: Any | None = None
    ) -> None:
        """A picture as wide as given, or as it is but no wider than the text, in a paragraph;
        shows: read aloud."""
        words = words or self._file.add_paragraph(style="Report Centred")
        shape = words.add_run().add_picture(BytesIO(content))
        wide = shared.Pt(width or min(self._room, shape.width.pt))
        shape.height = round(shape.height * wide / shape.width)
        shape.width = wide
        shape._inline.docPr.set("descr", w.plain(shows))

    # ------------------------------------------------------------------ head and foot

    def _broken(self, text: str, size: float, room: float, *, bold: bool = True) -> str:
        face = faces().bold if bold else faces().regular
        return w.joined(balanced(face, text, room / size))

    def _opening(self) -> None:
        document = self._document
        if document.issuer:
            self._add(w.paragraph(w.run(document.issuer.upper(), bold=True), "ReportLeft"))
        self._add(w.paragraph(w.run(w.plain(document.title).upper()), "ReportTitle", keep=True))
        for line in document.subtitle:
            self._add(w.paragraph(w.run(line), "ReportCentred", keep=True))

    def _letter_head(self, letter: Letter) -> None:
        """Two columns, number and date on one line; then title and addressees."""
        left, right = m.HEAD_LEFT, self._room - m.HEAD_LEFT
        sizes, party = m.HEADS[letter.template], letter.template == "party"
        room = left - m.HEAD_PAD
        issuer = ""
        if letter.superior:
            text = self._broken(letter.superior.upper(), sizes.superior, room, bold=False)
            issuer += w.paragraph(w.run(text, size=sizes.superior), "ReportHead")
        text = self._broken(letter.issuer.upper(), sizes.issuer, room)
        issuer += w.paragraph(w.run(text, bold=True, size=sizes.issuer), "ReportHead")
        issuer += w.paragraph(w.run("*"), "ReportHead") if party else w.short_rule(left, left * 0.3)
        names = [(m.PARTY if party else m.NATION, sizes.nation)]
        names += [] if party else [(m.MOTTO, m.MOTTO_SIZE)]
        nation = "".join(
            w.paragraph(w.run(name, bold=True, size=size), "ReportHead") for name, size in names
        )
        name, size = names[-1]
        nation += w.short_rule(right, faces().bold.width(name) * size)
        number = w.paragraph(w.run(number_line(letter), size=sizes.number), "ReportHead")
        if letter.circulation:
            text = w.run(letter.circulation.upper(), bold=True, size=m.CIRCULATION_SIZE)
            number += w.paragraph(
                text, "ReportHead", framed=True, before=m.NUMBER_GAP, indents=(30, 30)
            )
        place = f"{letter.place.strip()}, " if letter.place.strip() else ""
        day = w.run(place + date_words(letter.day, letter.year), italic=True, size=sizes.date)
        rows = w.row(w.cell(issuer, left) + w.cell(nation, right)) + w.row(
            w.cell(number, left) + w.cell(w.paragraph(day, "ReportHead"), right)
        )
        self._add(w.table(rows, (left, right), pad=0, grid=False))
        self._letter_title(letter)

    def _letter_title(self, letter: Letter) -> None:
        name = self._broken(letter.name.upper(), m.NAME_SIZE, self._room)
        self._add(w.paragraph(w.run(name), "ReportTitle", keep=True))
        if letter.subject:
            text = self._broken(letter.subject, m.SUBJECT_SIZE, self._room * 0.86)
            self._add(w.paragraph(w.run(text), "ReportSubject", keep=True))
        self._add(w.short_rule(self._room, self._room * 0.2))
        named = [name.strip().rstrip(";.") for name in letter.addressees if name.strip()]
        if len(named) == 1:
            text = w.run(f"{m.TO}: {named[0]}")
            self._add(w.paragraph(text, "ReportCentred", before=12))
        elif named:
            text = w.run(f"{m.TO}:")
            shift = (m.INDENT * 2, 0.0)
            self._add(w.paragraph(text, "ReportLeft", before=12, indents=shift, keep=True))
            for at, name in enumerate(named, 1):
                text = w.run(f"- {name}{'.' if at == len(named) else ';'}")
                self._add(w.paragraph(text, "ReportLeft", indents=(m.INDENT * 4, 0.0)))

    def _foot(self, letter: Letter) -> None:
        """Nơi nhận and the seal on the left, the signature on the right."""
        self._add(w.paragraph("", "ReportLeft", keep=True))
        half = self._room * 0.48
        left = w.run(f"{m.RECIPIENTS}:", bold=True, italic=True, size=m.RECIPIENTS_SIZE)
        left = w.paragraph(left, "ReportLeft", keep=True)
        left += "".join(
            w.paragraph(w.run(line, size=m.RECIPIENT_SIZE), "ReportLeft", keep=True)
            for line in recipients(letter)
        )
        right = "".join(
            w.paragraph(w.run(line.upper(), bold=True), "ReportHead", keep=True)
            for line in letter.signature.office
        )
        signer = " ".join(filter(None, (letter.signature.rank, letter.signature.name)))
        right += w.paragraph(w.run(signer, bold=True), "ReportHead", before=m.SIGNING_ROOM)
        cells = w.cell(left, half) + w.cell(right, self._room - half)
        self._add(w.table(w.row(cells), (half, self._room - half), pad=0, grid=False))
        if self._document.seal is not None:
            self._seal(self._document.seal)
        else:
            self._add(w.paragraph("", "ReportLeft"))  # no file ends with a table

    def _seal(self, seal: Seal) -> None:
        rows = modules(seal.code)
        side = (len(rows) + 2 * QUIET) * QR_DOTS
        white, edge = b"\xff\xff\xff", QUIET * QR_DOTS
        margin = white * side * edge
        content = b"".join(
            (
                white * edge
                + b"".join((b"\0\0\0" if dark else white) * QR_DOTS for dark in one)
                + white * edge
            )
            * QR_DOTS
            for one in rows
        )
        self._image(w.png(side, side, margin + content + margin), m.SEAL_SIZE, seal.code)
        self._add(w.paragraph(w.run(seal.text, italic=True, size=m.SEAL_TEXT_SIZE), "ReportLeft"))


def _count_from_1(marks: Any) -> None:
    """Number the pages of a section anew; a section begins as a copy of the one before."""
    if not marks.xpath("w:pgNumType"):
        start = oxml.parse_xml(f'<w:pgNumType {w.NAMESPACE} w:start="1"/>')
        marks.xpath("w:pgMar")[0].addnext(start)  # Word insists on the order


def _fill(part: Any, *paragraphs: str) -> None:
    """Give a header or footer its paragraphs."""
    part.is_linked_to_previous = False
    given = [text for text in paragraphs if text] or [w.paragraph("", "ReportFooter")]
    for old in part.paragraphs:
        old._p.getparent().remove(old._p)
    for text in given:
        part._element.append(oxml.parse_xml(text))
