"""Report blocks as an A4 PDF, drawn page by page straight on the canvas."""

import errno
import os
import secrets
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from borderdesk.errors import UserError
from borderdesk.i18n import _
from borderdesk.paths import RESOURCES
from borderdesk.reports.blocks import (
    Align,
    Cell,
    Column,
    Document,
    Heading,
    Marked,
    Paragraph,
    Picture,
    Row,
    Table,
    cell_text,
)
from borderdesk.text import nfc

FONTS = RESOURCES / "fonts"
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")

# Everything below is in points unless it says otherwise.
MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
TOP, BOTTOM, LEFT, RIGHT = 20 * MM, 20 * MM, 30 * MM, 15 * MM
ISSUER_WIDTH = 80 * MM
TABLE_SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5)
# A table starts at the largest size whose columns are on average this wide.
ROOMY = ((30 * MM, 12.0), (24 * MM, 11.0), (20 * MM, 10.5), (0.0, 10.0))
SAMPLE = 200
PAD_X, PAD_Y = 3.0, 2.4
GRID, GREY, LIGHT_GREY = 0.4, 0.88, 0.95
LEADING = 1.17
# From the top of a line to its baseline, in ems: leaves room for marks on capitals (Ậ, Ổ).
BASELINE = 0.92
_SLACK: dict[Align, float] = {"left": 0.0, "center": 0.5, "right": 1.0}
_PAGE_WORD = {"vi": "Trang", "en": "Page"}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR}

Canvas = Any  # ReportLab has no types
Line = tuple[str, float]  # a line of text and its width in ems


class Face:
    """One style of Liberation Serif, with the widths of its letters."""

    def __init__(self, style: str) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        self.name = f"LiberationSerif-{style}"
        font = TTFont(self.name, str(FONTS / f"{self.name}.ttf"))
        pdfmetrics.registerFont(font)
        glyphs = font.face.charToGlyph
        default = font.face.defaultWidth
        self.widths: dict[str, float] = {
            chr(code): font.face.charWidths.get(code, default) / 1000
            for code, glyph in glyphs.items()
            if glyph and not unicodedata.category(chr(code)).startswith("C")
        }
        self.lines = lru_cache(maxsize=20_000)(self._lines)

    def width(self, text: str) -> float:
        """The width of `text`, in ems; KeyError for a letter the face has not."""
        return sum(map(self.widths.__getitem__, text))

    def _lines(self, text: str, room: float) -> tuple[Line, ...]:
        """`text` broken at spaces into lines no wider than `room` ems."""
        return tuple(
            (line, self.width(line))
            for part in text.split("\n")
            for line in self._wrapped(part, room)
        )

    def balanced(self, text: str, room: float) -> tuple[Line, ...]:
        """`text` in as few lines as `room` ems allow, of nearly the same length."""
        lines = self.lines(text, room)
        while len(narrower := self.lines(text, room * 0.95)) == len(lines) > 1:
            lines, room = narrower, room * 0.95
        return lines

    def _wrapped(self, text: str, room: float) -> Iterator[str]:
        if self.width(text) <= room:
            yield text
            return
        line = ""
        for word in self._words(text, room):
            longer = f"{line} {word}" if line else word
            if line and self.width(longer) > room:
                yield line
                line = word
            else:
                line = longer
        yield line

    def _words(self, text: str, room: float) -> Iterator[str]:
        """The words of `text`; one wider than `room` is cut into pieces that fit."""
        for word in text.split(" "):
            start, used = 0, 0.0
            for end, letter in enumerate(word):
                used += self.widths[letter]
                if used > room and end > start:
                    yield word[start:end]
                    start, used = end, self.widths[letter]
            yield word[start:]


class Faces(NamedTuple):
    """The four styles."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face


@cache
def faces() -> Faces:
    """The four styles, registered with ReportLab by path on the first call."""
    return Faces(*map(Face, STYLES))


@cache
def _letters() -> frozenset[str]:
    """Every letter that all four styles can print, and the line break."""
    common = set.intersection(*(set(face.widths) for face in faces()))
    return frozenset(common | {"\n"})


def printable(text: str, where: str | None = None) -> str:
    """`text` composed and without tabs, ready for the faces.

    Raises UserError naming the first character the faces lack and `where` (or the text).
    """
    text = nfc(text)
    if "\r" in text or "\t" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not _letters().issuperset(text):
        bad = next(letter for letter in text if letter not in _letters())
        raise UserError(_missing_letter(bad, text if where is None else where))
    return text


def _missing_letter(letter: str, where: str) -> str:
    name = unicodedata.name(letter, "?")
    shown = (
        f"{letter} (U+{ord(letter):04X} {name})"
        if letter.isprintable()
        else (f"U+{ord(letter):04X} {name}")
    )
    return _(
        "The character {letter} in “{text}” cannot be printed. No file was made. "
        "Correct the text and make the report again."
    ).format(letter=shown, text=where[:200])


class Piece(NamedTuple):
    """Something drawn whole on one page; `draw` is given the y of its upper edge."""

    height: float
    draw: Callable[[float], None]
    is_head: bool = False


class Flow:
    """Puts pieces one below the other and turns the page when the next does not fit."""

    def __init__(
        self,
        canvas: Canvas,
        top: float,
        bottom: float,
        frame: Callable[[int], None],
        page_done: Callable[[int], None] | None,
    ) -> None:
        self.canvas = canvas
        self.top, self.bottom = top, bottom
        self.frame = frame
        self.page_done = page_done
        self.head: Piece | None = None
        self.waiting: list[Piece] = []
        self.page = 0
        self._open()

    @property
    def height(self) -> float:
        """What a page holds."""
        return self.top - self.bottom

    def keep(self, piece: Piece) -> None:
        """Draw `piece` later, on the same page as the piece placed next."""
        self.waiting.append(piece)

    def gap(self, height: float) -> None:
        """Leave `height` free above the next piece."""
        self.keep(Piece(height, lambda _top: None))

    def place(self, *pieces: Piece) -> None:
        """Draw what waits and `pieces`, all on one page when a page can hold them."""
        unit = [*self.waiting, *pieces]
        self.waiting = []
        if not self.fresh and not self._fits(sum(piece.height for piece in unit)):
            self._turn()
        for piece in unit:
            if not self.fresh and not self._fits(piece.height):
                self._turn()
            self._draw(piece)

    def end(self) -> int:
        """Draw what waits and close the last page; returns the number of pages."""
        self.place()
        self._close()
        return self.page

    def _fits(self, height: float) -> bool:
        return self.y - height >= self.bottom - 0.01

    def _draw(self, piece: Piece) -> None:
        piece.draw(self.y)
        self.y -= piece.height
        self.fresh = False
        if piece.is_head:
            self.head = piece

    def _turn(self) -> None:
        self._close()
        self._open()
        if self.head is not None:
            self._draw(self.head)
        self.fresh = True

    def _open(self) -> None:
        self.page += 1
        self.y = self.top
        self.fresh = True
        self.canvas.setLineWidth(GRID)

    def _close(self) -> None:
        self.frame(self.page)
        self.canvas.showPage()
        _compress_page(self.canvas)
        if self.page_done is not None:
            self.page_done(self.page)


class Strip(NamedTuple):
    """The lines of one cell and where they stand: `left` edge, `room` in points, `slack`."""

    lines: Sequence[Line]
    left: float
    room: float
    slack: float


def _draw_strips(
    canvas: Canvas, face: Face, size: float, strips: Iterable[Strip], top: float, height: float
) -> None:
    """Write the cells of a row, each centred between `top` and `height` below it."""
    text = canvas.beginText()
    text.setFont(face.name, size)
    leading = size * LEADING
    for lines, left, room, slack in strips:
        y = top - (height - len(lines) * leading) / 2 - size * BASELINE
        for line, width in lines:
            _draw_line(text, face, size, (line, width), (left, room, slack), y)
            y -= leading
    canvas.drawText(text)


def _draw_line(
    text: Any,
    face: Face,
    size: float,
    line: Line,
    place: tuple[float, float, float],
    y: float,
) -> None:
    """Write one line in its cell; a figure too wide for it is set smaller, never cut."""
    words, ems = line
    left, room, slack = place
    fitted = min(size, room / ems) if ems else size
    if fitted < size:
        text.setFont(face.name, fitted)
    text.setTextOrigin(left + slack * (room - ems * fitted), y)
    text.textOut(words)
    if fitted < size:
        text.setFont(face.name, size)


class TableSetter:
    """Turns one table's rows into pieces."""

    def __init__(self, canvas: Canvas, table: Table, lang: str, left: float, width: float) -> None:
        self.canvas = canvas
        self.table = table
        self.lang = lang
        self.edges = _edges(table.columns, left, width)
        self.rooms = [right - left - 2 * PAD_X for left, right in pairwise(self.edges)]
        self.slacks = [_SLACK[column.alignment] for column in table.columns]
        self.size = self._size(width / len(table.columns))
        self.leading = self.size * LEADING

    def _size(self, share: float) -> float:
        """The largest size at which no title's word and no sampled figure is cut."""
        start = next(size for least, size in ROOMY if share >= least)
        ems = list(self._widest())
        for size in TABLE_SIZES:
            if size <= start and all(
                em * size <= room for em, room in zip(ems, self.rooms, strict=True)
            ):
                return size
        return TABLE_SIZES[-1]

    def _widest(self) -> Iterator[float]:
        """The widest thing of each column that must not be cut, in ems."""
        bold = faces().bold
        readable_twice = isinstance(self.table.rows, Sequence)
        sample = list(islice(self.table.checked_rows(), SAMPLE)) if readable_twice else []
        for number, column in enumerate(self.table.columns):
            texts = printable(column.title).split()
            texts += [
                printable(cell_text(row.cells[number], column.kind, self.lang))
                for row in sample
                if row.kind != "group" and not _breaks(row.cells[number])
            ]
            yield max(map(bold.width, texts), default=0.0)

    def head(self) -> Piece:
        """The titles on grey, drawn again on top of every page."""
        bold = faces().bold
        strips = [
            self._strip(number, bold.lines(printable(column.title), room / self.size), 0.5)
            for number, (column, room) in enumerate(
                zip(self.table.columns, self.rooms, strict=True)
            )
        ]
        return self._piece(strips, bold, GREY, self.edges, is_head=True)

    def pieces(self, row: Row, most: float) -> list[Piece]:
        """One piece, or several when the row is higher than `most`."""
        face = faces().regular if row.kind == "row" else faces().bold
        edges = self.edges
        if row.kind == "group":
            strips = [self._heading(row)]
            edges = [edges[0], edges[-1]]
        else:
            strips = self._strips(row.cells, face)
        grey = LIGHT_GREY if row.kind == "total" else None
        return [
            self._piece(part, face, grey, edges)
            for part in _parts(strips, int((most - 2 * PAD_Y) / self.leading))
        ]

    def _heading(self, row: Row) -> Strip:
        room = self.edges[-1] - self.edges[0] - 2 * PAD_X
        lines = faces().bold.lines(printable(row.heading(self.lang)), room / self.size)
        return Strip(lines, self.edges[0] + PAD_X, room, 0.0)

    def _strips(self, cells: tuple[Cell, ...], face: Face) -> list[Strip]:
        columns = self.table.columns
        texts = [
            cell_text(cell, column.kind, self.lang)
            for cell, column in zip(cells, columns, strict=True)
        ]
        if not _letters().issuperset("".join(texts)):
            row = " · ".join(filter(None, texts))
            texts = [printable(text, row) for text in texts]
        elif not all(map(str.isascii, texts)):
            texts = [nfc(text) for text in texts]
        return [
            self._strip(number, self._lines(cell, text, face, number), self.slacks[number])
            for number, (cell, text) in enumerate(zip(cells, texts, strict=True))
        ]

    def _lines(self, cell: Cell, text: str, face: Face, number: int) -> Sequence[Line]:
        if not text:
            return ()
        if not _breaks(cell):
            return ((text, face.width(text)),)
        return face.lines(text, self.rooms[number] / self.size)

    def _strip(self, number: int, lines: Sequence[Line], slack: float) -> Strip:
        return Strip(lines, self.edges[number] + PAD_X, self.rooms[number], slack)

    def _piece(
        self,
        strips: list[Strip],
        face: Face,
        grey: float | None,
        edges: list[float],
        is_head: bool = False,
    ) -> Piece:
        most_lines = max((len(strip.lines) for strip in strips), default=0)
        height = max(most_lines, 1) * self.leading + 2 * PAD_Y

        def draw(top: float) -> None:
            if grey is not None:
                _fill(self.canvas, grey, edges[0], top - height, edges[-1] - edges[0], height)
            _draw_strips(self.canvas, face, self.size, strips, top, height)
            _draw_grid(self.canvas, edges, top, height)

        return Piece(height, draw, is_head)


def _edges(columns: tuple[Column, ...], left: float, width: float) -> list[float]:
    """The x of every column's edge, from `left` to `left + width`."""
    whole = sum(column.weight for column in columns)
    edges = [left]
    for column in columns:
        edges.append(edges[-1] + width * column.weight / whole)
    return edges


def _breaks(cell: Cell) -> bool:
    """Words may go on a second line; figures and dates may not."""
    return isinstance(cell.value if isinstance(cell, Marked) else cell, str)


def _parts(strips: list[Strip], most: int) -> Iterator[list[Strip]]:
    """`strips` cut into runs of at most `most` lines, for a row higher than a page."""
    longest = max((len(strip.lines) for strip in strips), default=0)
    if longest <= most:
        yield strips
        return
    for start in range(0, longest, max(most, 1)):
        yield [strip._replace(lines=strip.lines[start : start + most]) for strip in strips]


def _fill(canvas: Canvas, grey: float, x: float, y: float, width: float, height: float) -> None:
    canvas.setFillGray(grey)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    canvas.setFillGray(0)


def _draw_grid(canvas: Canvas, edges: list[float], top: float, height: float) -> None:
    """The lines around a row and between its cells."""
    bottom = top - height
    upright = [(x, bottom, x, top) for x in edges]
    canvas.lines([*upright, (edges[0], top, edges[-1], top), (edges[0], bottom, edges[-1], bottom)])


class TextStyle(NamedTuple):
    """How running text is set; `before` is the space above it."""

    face: Face
    size: float
    align: Align = "left"
    before: float = 6.0
    bar: bool = False


class Setter:
    """Draws one document on one canvas."""

    def __init__(
        self, canvas: Canvas, document: Document, page_done: Callable[[int], None] | None
    ) -> None:
        self.canvas = canvas
        self.document = document
        width, self.page_height = reversed(A4) if document.landscape else A4
        self.left, self.right = LEFT, width - RIGHT
        self.width = self.right - self.left
        self.banner = self._furniture(document.banner, faces().bold, 12, self.width - 12)
        self.footer = self._furniture(document.footer, faces().italic, 9.5, self.width - 60)
        banner_room = 7 * MM + 12 * LEADING * len(self.banner) + 8 + 4 * MM
        footer_room = 13 * MM + 9.5 * LEADING * len(self.footer)
        self.flow = Flow(
            canvas,
            self.page_height - (max(TOP, banner_room) if self.banner else TOP),
            max(BOTTOM, footer_room),
            self._frame,
            page_done,
        )

    def _furniture(
        self, text: str | None, face: Face, size: float, room: float
    ) -> tuple[Line, ...]:
        return face.lines(printable(text), room / size) if text else ()

    def write(self) -> int:
        """Draw everything; returns the number of pages."""
        self._opening()
        for block in self.document.blocks:
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Heading):
                self._heading(block)
            elif isinstance(block, Picture):
                self._picture(block)
            else:
                self._paragraph(block)
        pages = self.flow.end()
        self._total(pages)
        return pages

    def _opening(self) -> None:
        """The issuing unit, the title and what stands under it."""
        plain, bold = faces().regular, faces().bold
        self._issuer(bold)
        title = TextStyle(bold, 14, "center", 10)
        for piece in self._text(self.document.title.upper(), title):
            self.flow.keep(piece)
        for line in self.document.subtitle:
            for piece in self._text(line, TextStyle(plain, 12, "center", 2)):
                self.flow.keep(piece)
        self.flow.gap(6)

    def _issuer(self, face: Face) -> None:
        """The unit in capitals on the left, with a rule a third as long below it."""
        if not self.document.issuer:
            return
        lines = face.balanced(printable(self.document.issuer.upper()), ISSUER_WIDTH / 12)
        height = len(lines) * 12 * LEADING
        middle = self.left + ISSUER_WIDTH / 2
        half = max(ems for _line, ems in lines) * 12 / 6

        def draw(top: float) -> None:
            strip = Strip(lines, self.left, ISSUER_WIDTH, 0.5)
            _draw_strips(self.canvas, face, 12, [strip], top, height)
            self.canvas.line(middle - half, top - height - 3, middle + half, top - height - 3)

        self.flow.keep(Piece(height + 8, draw))

    def _heading(self, heading: Heading) -> None:
        bold, bold_italic = faces().bold, faces().bold_italic
        styles = {1: TextStyle(bold, 13, before=12), 2: TextStyle(bold, 12, before=9)}
        style = styles.get(heading.level, TextStyle(bold_italic, 12, before=8))
        for piece in self._text(heading.text, style):
            self.flow.keep(piece)
        self.flow.gap(3)

    def _paragraph(self, paragraph: Paragraph) -> None:
        styles = {
            "body": TextStyle(faces().regular, 12),
            "note": TextStyle(faces().italic, 10.5, before=4),
            "warning": TextStyle(faces().bold, 12, before=8, bar=True),
        }
        for piece in self._text(paragraph.text, styles[paragraph.style]):
            self.flow.place(piece)

    def _text(self, text: str, style: TextStyle) -> Iterator[Piece]:
        """A piece for every line, so that a long text goes on over the page."""
        indent = 8 if style.bar else 0
        left, room = self.left + indent, self.width - indent
        height = style.size * LEADING
        self.flow.gap(style.before)
        wrap = style.face.balanced if style.align == "center" else style.face.lines
        for line in wrap(printable(text), room / style.size):
            strip = Strip((line,), left, room, _SLACK[style.align])
            yield Piece(height, self._line_drawer(style, strip, height))

    def _line_drawer(
        self, style: TextStyle, strip: Strip, height: float
    ) -> Callable[[float], None]:
        def draw(top: float) -> None:
            _draw_strips(self.canvas, style.face, style.size, [strip], top, height)
            if style.bar:
                _fill(self.canvas, 0, self.left, top - height, 2.5, height)

        return draw

    def _picture(self, picture: Picture) -> None:
        from reportlab.lib.utils import ImageReader

        image = ImageReader(str(picture.file))
        pixels, high = image.getSize()
        width = min(self.width, pixels * 0.75)
        height = width * high / pixels

        def draw(top: float) -> None:
            self.canvas.drawImage(image, self.left, top - height, width, height)

        self.flow.gap(6)
        self.flow.place(Piece(height, draw))
        if picture.caption:
            self._paragraph(Paragraph(picture.caption, "note"))

    def _table(self, table: Table) -> None:
        flow = self.flow
        setter = TableSetter(self.canvas, table, self.document.lang, self.left, self.width)
        head = setter.head()
        most = flow.height - head.height
        flow.gap(6)
        flow.keep(head)
        for row in table.checked_rows():
            first, *more = setter.pieces(row, most)
            if row.kind == "group" and not more:
                flow.keep(first)
                continue
            flow.place(first)
            for piece in more:
                flow.place(piece)
        flow.place()
        flow.head = None
        flow.gap(4)

    def _frame(self, page: int) -> None:
        """What stands outside the text on every page: banner, footer, page number."""
        if self.banner:
            self._draw_banner()
        if self.footer:
            height = 9.5 * LEADING * len(self.footer)
            strip = Strip(self.footer, self.left, self.width - 60, 0.0)
            top = 10 * MM + height
            _draw_strips(self.canvas, faces().italic, 9.5, [strip], top, height)
        self._draw_page_number(page)

    def _draw_banner(self) -> None:
        height = 12 * LEADING * len(self.banner) + 8
        top = self.page_height - 7 * MM
        _fill(self.canvas, LIGHT_GREY, self.left, top - height, self.width, height)
        self.canvas.setLineWidth(1.2)
        self.canvas.rect(self.left, top - height, self.width, height)
        self.canvas.setLineWidth(GRID)
        strip = Strip(self.banner, self.left + 6, self.width - 12, 0.5)
        _draw_strips(self.canvas, faces().bold, 12, [strip], top, height)

    def _draw_page_number(self, page: int) -> None:
        """Trang 2/5, where the total is a form that is filled when it is known."""
        face, size = faces().regular, 11
        text = f"{_PAGE_WORD[self.document.lang]} {page}/"
        # Room for a total of two digits; a longer one stands a little into the margin.
        x = self.right - face.width("00") * size
        y = 10 * MM + 9.5 * (LEADING - BASELINE)
        self.canvas.setFont(face.name, size)
        self.canvas.drawString(x - face.width(text) * size, y, text)
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm("total")
        self.canvas.restoreState()

    def _total(self, pages: int) -> None:
        self.canvas.beginForm("total", 0, -4, 60, 14)
        self.canvas.setFont(faces().regular.name, 11)
        self.canvas.drawString(0, 0, str(pages))
        self.canvas.endForm()


def _canvas(document: Document) -> Canvas:
    """An empty canvas with the document's properties and without any date."""
    from reportlab.pdfbase import pdfdoc
    from reportlab.pdfgen.canvas import Canvas as PdfCanvas

    canvas = PdfCanvas(
        "",
        pagesize=tuple(reversed(A4)) if document.landscape else A4,
        pageCompression=1,
        invariant=1,
        initialFontName=faces().regular.name,
        lang=document.lang,
    )
    properties = {
        "Title": pdfdoc.PDFString(nfc(document.title)),
        "Author": pdfdoc.PDFString(nfc(document.author)),
        "Subject": pdfdoc.PDFString(nfc(document.subject)),
        "Creator": pdfdoc.PDFString("BorderDesk"),
    }
    # ReportLab would write a made-up date of the year 2000 to keep the bytes the same.
    canvas._doc.info.format = pdfdoc.PDFDictionary(properties).format
    return canvas


def _compress_page(canvas: Canvas) -> None:
    """Pack the page just shown: ReportLab would keep every page's plain text to the end."""
    from reportlab.pdfbase import pdfdoc

    page = canvas._doc.Pages.pages[-1]
    page.Contents = pdfdoc.PDFStream(
        pdfdoc.PDFDictionary({"Filter": pdfdoc.PDFName("FlateDecode")}),
        zlib.compress(page.stream.encode("latin-1")),
    )
    page.stream = None


def write_pdf(
    document: Document, target: Path, *, page_done: Callable[[int], None] | None = None
) -> int:
    """Write `document` to `target` and return its number of pages.

    `page_done` is called with the number of every finished page. The same document gives
    the same bytes. Raises UserError for a character that cannot be printed or a file that
    cannot be written; `target` is then as it was.
    """
    canvas = _canvas(document)
    pages = Setter(canvas, document, page_done).write()
    save_whole(target, canvas.getpdfdata())
    return pages


def save_whole(target: Path, content: bytes) -> None:
    """Write `content` beside `target`, to the disk, and only then put it in its place.

    Raises UserError in plain words when that fails; `target` is then as it was.
    """
    beside = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise UserError(_not_saved(target, error.errno)) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _not_saved(target: Path, code: int | None) -> str:
    if code in _NO_ROOM:
        text = _("There is no room left to save {name}. Free some space or save elsewhere.")
    elif code in _NOT_ALLOWED:
        text = _(
            "{name} may not be written in this folder, or is open in another program. "
            "Close it or save elsewhere."
        )
    elif code in _NO_FOLDER:
        text = _("The folder for {name} does not exist. Choose another folder.")
    else:
        text = _("{name} could not be saved here. Save it under another name or elsewhere.")
    return f"{text.format(name=target.name)} {_('Nothing was changed.')}"
