"""Renders report blocks to PDF, drawn page by page on ReportLab's canvas."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

from borderdesk.base.files import atomic_file
from borderdesk.base.i18n import _
from borderdesk.reports.blocks import (
    Align,
    Annex,
    Block,
    Chart,
    ChartRow,
    Document,
    Heading,
    LargeFigures,
    PageSpot,
    Paragraph,
    Picture,
    Table,
)
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.archive import (
    ANNOTATION_FLAGS,
    archive_parts,
    as_property,
    close_page,
    new_canvas,
)
from borderdesk.reports.paper.drawn_blocks import (
    chart_piece,
    charts_piece,
    large_figures_piece,
    picture_piece,
)
from borderdesk.reports.paper.faces import FontFace, Line, faces, printable
from borderdesk.reports.paper.flow import (
    SLACK,
    Canvas,
    PageFlow,
    PagePiece,
    TextStack,
    TextStrip,
    draw_justified,
    draw_strips,
    fill,
    space,
)
from borderdesk.reports.paper.furniture import PageFurniture
from borderdesk.reports.paper.letter import LetterSetter, annex_word, balanced, draw_seal, reference
from borderdesk.reports.paper.measures import BASELINE, LEADING, MM
from borderdesk.reports.paper.numbering import Numbering, roman
from borderdesk.reports.paper.row_groups import row_groups
from borderdesk.reports.paper.stand_ins import StandIns
from borderdesk.reports.paper.structure import StructureElement, StructureTree
from borderdesk.reports.paper.tables import TableLinks, TableSetter
from borderdesk.reports.wording import NO_BREAK, tied

ISSUER_WIDTH = 80 * MM
LEAST_SHARE, MOST_SHARE = 0.25, 0.5
"""A row that is higher than half a page is broken into parts, each of them at least a quarter of a
page high whatever is above it, so that other rows fit on their pages."""


class TextStyle(NamedTuple):
    """The style of running text; before: the space above it; indent: of the first line; bar: a
    vertical bar at its left."""

    face: FontFace
    size: float
    align: Align = "left"
    before: float = 6.0
    bar: bool = False
    indent: float = 0.0
    justified: bool = False


class PageLimit(Exception):
    """Raised to stop after the last page that was requested."""


class DocumentSetter:
    """Draws one document on one canvas, once.

    page_done: called with the number of each finished page; last_page: the page to stop after.
    """

    def __init__(
        self,
        canvas: Canvas,
        document: Document,
        page_done: Callable[[int], None] | None,
        last_page: int | None = None,
    ) -> None:
        self.canvas = canvas
        self.structure: StructureTree = canvas.structure
        self.document = document
        self.page_done = page_done
        self.last_page = last_page
        self.formal = document.letter is not None
        self.numbering = Numbering()
        self.depth = -1
        self.rank = 1  # of the last heading in the structure, where none is left out
        self.link_targets: dict[str, None] = {}
        self.spots: list[PageSpot] = []
        self.anchors: set[str] = set()
        self.stand_ins = StandIns()
        self.furniture = PageFurniture(canvas, document)
        self.flow = PageFlow(canvas, self.furniture.sheet(document.landscape), self._page_done)

    # ------------------------------------------------------------------------- pages

    def _page_done(self, page: int) -> None:
        close_page(self.canvas)
        if self.page_done is not None:
            self.page_done(page)
        if page == self.last_page:
            raise PageLimit

    # ----------------------------------------------------------------------- writing

    def write(self) -> int:
        """Draw the document; returns the number of pages."""
        with suppress(PageLimit):
            self._write()
        pages = self.flow.pages
        self.furniture.total(pages)
        if self.last_page is None and not self.anchors.issuperset(self.link_targets):
            raise ValueError(f"links without an anchor: {[*self.link_targets][:5]}")
        if self.depth >= 0:
            self.canvas.showOutline()
        return pages

    def _write(self) -> None:
        letter = self.document.letter
        self.stand_ins.add_frame(self.document)
        if letter is None:
            self._opening()
        else:
            self.letter = setter = LetterSetter(self.canvas, letter, self.flow.sheet)
            self._letter_opening(setter)
        self._blocks(self.document.blocks)
        if letter is not None:
            self.flow.gap(12)
            self.flow.join(setter.foot(self.document.seal))
        elif self.document.seal is not None and self.document.seal.drawn:
            self._seal()
        self.flow.finish()
        annexes = tuple(self.document.annexes)
        for number, annex in enumerate(annexes, start=1):
            self._annex(annex, number if len(annexes) > 1 else None)

    def _blocks(self, blocks: Iterable[Block]) -> None:
        self.numbering = Numbering()
        for above, block in pairwise(chain([None], blocks)):
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Heading):
                self._heading(block)
            elif isinstance(block, Picture):
                self._picture(block)
            elif isinstance(block, Chart):
                self._chart(block)
            elif isinstance(block, ChartRow | LargeFigures):
                self._drawn(block)
            elif block is not None:
                self._paragraph(block, below_table=isinstance(above, Table))
        for note in self.stand_ins.notes():
            # Text quoted by a footnote has no position of its own.
            self._place_text(note, self._text_style("note"))

    def _letter_opening(self, setter: LetterSetter) -> None:
        flow = self.flow
        flow.keep(self._outline_entry(self.document.name, 0))
        flow.place(setter.head())
        flow.gap(18)
        flow.place(setter.title())
        addressees = setter.addressees()
        if addressees is not None:
            flow.gap(12)
            flow.place(addressees)
        flow.gap(8)

    def _opening(self) -> None:
        """The issuing unit, the title and the subtitles."""
        regular, bold = faces().regular, faces().bold
        self._issuer(bold)
        title = TextStyle(bold, 14, "center", 10)
        self.flow.keep(self._outline_entry(self.document.name, 0))
        self.flow.keep(*self._text(self.document.title.upper(), title, self._element("H1")))
        for line in self.document.subtitle:
            self.flow.keep(*self._text(line, TextStyle(regular, 12, "center", 2)))
        self.flow.gap(6)

    def _issuer(self, face: FontFace) -> None:
        """The unit in capitals on the left, with a short rule below it."""
        if not self.document.issuer:
            return
        stack = TextStack(self.flow.sheet.left, ISSUER_WIDTH)
        lines = face.balanced(printable(self.document.issuer.upper()), ISSUER_WIDTH / 12)
        stack.write(face, 12, lines)
        stack.rule(m.SHORT_RULE)
        stack.gap(6)
        self.flow.keep(stack.piece(self.canvas))

    def _annex(self, annex: Annex, number: int | None) -> None:
        """A section of its own: Phụ lục, its number, its title, the document it belongs to."""
        flow = self.flow
        flow.begin(self.furniture.sheet(annex.landscape))
        self.structure.begin_section()
        self.rank = 1
        bold = faces().bold
        stack = TextStack(flow.sheet.left, flow.sheet.room)
        word = annex_word(self.document)
        name = f"{word} {roman(number)}" if number else word
        stack.write(bold, m.ANNEX_SIZE, [(name, bold.width(name))], role="H1")
        title = printable(annex.title.upper())
        room = stack.room / m.ANNEX_TITLE_SIZE
        stack.write(bold, m.ANNEX_TITLE_SIZE, balanced(bold, title, room), role="")
        if self.document.letter is not None:
            italic = faces().italic
            text = printable(reference(self.document.letter))
            room = stack.room / m.ANNEX_OF_SIZE
            stack.write(italic, m.ANNEX_OF_SIZE, italic.balanced(text, room))
        flow.keep(self._outline_entry(f"{name}. {annex.title}", 0, annex.anchor))
        flow.keep(stack.piece(self.canvas))
        flow.gap(6)
        self._blocks(annex.blocks)
        flow.finish()

    def _seal(self) -> None:
        seal, sheet = self.document.seal, self.flow.sheet
        assert seal is not None
        self.flow.gap(10)
        self.flow.join(
            PagePiece(
                m.SEAL_SIZE,
                lambda top: draw_seal(self.canvas, seal, sheet.left, top, sheet.room / 2),
            )
        )

    # ------------------------------------------------------------------------- links

    def _outline_entry(self, title: str, level: int, anchor: str = "") -> PagePiece:
        """An invisible piece that adds an entry to the PDF's outline, and an anchor."""

        def draw(top: float) -> None:
            self.depth = min(level, self.depth + 1)
            key = f"part{len(self.anchors)}"
            self._add_anchor(key, top)
            self.canvas.addOutlineEntry(as_property(title), key, self.depth)
            if anchor:
                self._add_anchor(anchor, top)

        return PagePiece(0, draw)

    def _add_anchor(self, name: str, top: float) -> None:
        self.anchors.add(name)
        self.canvas.bookmarkPage(name, fit="XYZ", left=0, top=top)

    def _add_link(
        self, name: str, left: float, bottom: float, right: float, top: float
    ) -> int | None:
        if self.last_page is not None:
            return None
        self.link_targets[name] = None
        box = (left, bottom, right, top)
        tip = _("To the records behind this figure")
        self.canvas.linkRect(tip, name, box, thickness=0, F=ANNOTATION_FLAGS)
        return int(self.canvas._doc.objectcounter)

    def _add_spot(self, asks: str, left: float, bottom: float, right: float, top: float) -> None:
        height = self.flow.sheet.height
        self.spots.append(
            PageSpot(self.flow.pages - 1, left, height - top, right, height - bottom, asks)
        )

    # -------------------------------------------------------------------------- text

    def _heading(self, heading: Heading) -> None:
        level = min(max(heading.level, 1), 3)
        text = self.numbering.of(heading)
        self.stand_ins.add(text, text)
        style = self._heading_style(level)
        if self.formal and level == 1:
            text = text.upper()
        self.rank = min(level, self.rank) + 1
        first, *more = self._text(text, style, self._element(f"H{self.rank}"))
        self.flow.keep(self._outline_entry(text, level, heading.anchor), first, *more)
        self.flow.gap(0 if self.formal else 3)

    def _heading_style(self, level: int) -> TextStyle:
        bold = faces().bold
        if self.formal:
            face = bold if level < 3 else faces().bold_italic
            return TextStyle(face, m.HEADING_SIZE, before=8 if level == 1 else 6, indent=m.INDENT)
        styles = {1: TextStyle(bold, 13, before=12), 2: TextStyle(bold, 12, before=9)}
        return styles.get(level, TextStyle(faces().bold_italic, 12, before=8))

    def _paragraph(self, paragraph: Paragraph, *, below_table: bool = False) -> None:
        """Place a paragraph; a note right below a table stays with its last rows."""
        joined = below_table and paragraph.style == "note"
        for part in paragraph.text.splitlines():
            if part.strip():
                self.stand_ins.add(part, part.strip())
                self._place_text(part.strip(), self._text_style(paragraph.style), joined)

    def _text_style(self, style: str) -> TextStyle:
        regular, italic, bold = faces().regular, faces().italic, faces().bold
        if self.formal:
            return {
                "body": TextStyle(
                    regular, m.BODY_SIZE, before=m.PARAGRAPH_GAP, indent=m.INDENT, justified=True
                ),
                "note": TextStyle(italic, m.NOTE_SIZE, before=3),
                "warning": TextStyle(bold, m.BODY_SIZE, before=8, bar=True),
            }[style]
        return {
            "body": TextStyle(regular, 12),
            "note": TextStyle(italic, 10.5, before=4),
            "warning": TextStyle(bold, 12, before=8, bar=True),
        }[style]

    def _place_text(self, text: str, style: TextStyle, joined: bool = False) -> None:
        """A paragraph that may be broken over pages, without widows and orphans; one that
        announces what follows stays with it."""
        gap, *lines = self._text(text, style)
        if len(lines) <= 3:
            place = self.flow.join if joined else self.flow.place
            place = self.flow.keep if text.endswith(":") else place
            place(gap, *lines)
            return
        self.flow.place(gap, *lines[:2])
        for line in lines[2:-2]:
            self.flow.place(line)
        self.flow.place(*lines[-2:])

    def _element(
        self, role: str, parent: Callable[[], StructureElement] | None = None
    ) -> Callable[[], StructureElement]:
        """Gives an element of the structure, made when something of it is first drawn."""
        return cache(lambda: self.structure.element(role, parent and parent()))

    def _text(
        self, text: str, style: TextStyle, element: Callable[[], StructureElement] | None = None
    ) -> Iterator[PagePiece]:
        """The space above, and a piece for every line of what is `element` in the structure, a
        paragraph by default."""
        element = element or self._element("P")
        shift = 8 if style.bar else 0
        left, room = self.flow.sheet.left + shift, self.flow.sheet.room - shift
        height = style.size * LEADING
        yield space(style.before)
        lines = _lines(printable(text), style, room)
        for place, line in enumerate(lines):
            indent = 0.0 if place else style.indent
            spread = style.justified and place < len(lines) - 1
            strip = TextStrip((line,), left + indent, room - indent, SLACK[style.align])
            yield PagePiece(height, self._line_drawer(style, strip, height, spread, element))

    def _line_drawer(
        self,
        style: TextStyle,
        strip: TextStrip,
        height: float,
        spread: bool,
        element: Callable[[], StructureElement],
    ) -> Callable[[float], None]:
        sheet = self.flow.sheet

        def draw(top: float) -> None:
            self.structure.open(element())
            if spread:
                line, y = strip.lines[0], top - style.size * BASELINE
                draw_justified(self.canvas, style.face, style.size, line, strip.left, strip.room, y)
            else:
                draw_strips(self.canvas, style.face, style.size, [strip], top, height)
            self.structure.close()
            if style.bar:
                fill(self.canvas, 0, sheet.left, top - height, 2.5, height)

        return draw

    # -------------------------------------------------------------- pictures, tables

    def _picture(self, picture: Picture) -> None:
        self.flow.gap(6)
        self.flow.place(picture_piece(self.canvas, picture, self.flow.sheet))
        if picture.caption:
            self._paragraph(Paragraph(picture.caption, "note"))

    def _chart(self, chart: Chart) -> None:
        sheet, lang = self.flow.sheet, self.document.lang
        self.flow.gap(8)
        if chart.title:
            self.flow.keep(*self._title(chart.title, self._element("P")))
            self.flow.gap(4)
        self.flow.place(chart_piece(self.canvas, chart, sheet.left, sheet.room, lang))

    def _drawn(self, block: ChartRow | LargeFigures) -> None:
        sheet, lang = self.flow.sheet, self.document.lang
        self.flow.gap(5)
        if isinstance(block, ChartRow):
            self.flow.place(charts_piece(self.canvas, block.charts, sheet, lang))
        else:
            self.flow.place(large_figures_piece(self.canvas, block.figures, sheet, lang))

    def _title(self, text: str, element: Callable[[], StructureElement]) -> Iterator[PagePiece]:
        """The title of a table or chart."""
        return self._text(text, TextStyle(faces().bold, 12, "center", 0), element)

    def _table(self, table: Table) -> None:
        flow = self.flow
        links = TableLinks(self._add_link, self._add_anchor, self._add_spot, self.stand_ins.add)
        setter = TableSetter(self.canvas, table, self.document.lang, flow.sheet, links)
        head = setter.head()
        most = flow.height - head.height
        flow.gap(6)
        for title in (table.title, *(column.title for column in table.columns)):
            self.stand_ins.add(title, title)
        if table.title:
            caption = self._element("Caption", lambda: setter.element)
            flow.keep(*self._title(table.title, caption))
            flow.gap(3)
        flow.keep(head)
        flow.head = head
        for group in row_groups(_units(setter, table, most, flow.height - flow.kept), most):
            flow.place(*group)
        flow.head = None
        flow.gap(4)


def _units(
    setter: TableSetter, table: Table, most: float, beside: float
) -> Iterator[tuple[PagePiece, ...]]:
    """The rows of a table, each with the group heading above it; a high one in its parts. most: the
    height of a page below the head; beside: what the first row has of it."""
    above: tuple[PagePiece, ...] = ()
    least, most = most * LEAST_SHARE, most * MOST_SHARE
    for row in table.checked_rows():
        first, *more = setter.pieces(row, max(min(beside, most), least))
        if row.kind == "group" and not more:
            above = (*above, first)
            beside -= first.height
            continue
        yield (*above, first)
        yield from ((piece,) for piece in more)
        above, beside = (), most
    if above:
        yield above


def _lines(text: str, style: TextStyle, room: float) -> list[Line]:
    face, ems = style.face, room / style.size
    if style.align == "center":
        return list(face.balanced(text, ems))
    text = tied(text)
    if style.indent:
        lines: Iterable[Line] = face.indented(text, ems, style.indent / style.size)
    else:
        lines = face.lines(text, ems)
    return [(line.replace(NO_BREAK, " "), width) for line, width in lines]


# ------------------------------------------------------------------------------ the file


def write_pdf(
    document: Document,
    target: Path,
    *,
    page_done: Callable[[int], None] | None = None,
    spots: list[PageSpot] | None = None,
) -> int:
    """Write `document` to `target`, atomically; returns its number of pages.

    page_done: called with the number of each finished page; spots: a list to which the clickable
    figures are appended. The same document gives the same bytes. Letters that no face has are
    printed as look-alikes or stand-ins. Raises UserError for a file that cannot be written.
    """
    canvas = new_canvas(document)
    setter = DocumentSetter(canvas, document, page_done)
    pages = setter.write()
    with atomic_file(target) as file:
        file.writelines(archive_parts(canvas))
    if spots is not None:
        spots += setter.spots
    return pages


def first_page(document: Document) -> bytes:
    """A PDF of page 1 without links; the blocks of later pages are not generated."""
    canvas = new_canvas(document)
    DocumentSetter(canvas, document, None, last_page=1).write()
    return b"".join(archive_parts(canvas))
