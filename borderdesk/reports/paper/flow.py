"""Page breaks: pieces of a document are placed one below the other, page after page."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from borderdesk.base.letters import HAN
from borderdesk.reports.blocks import Align
from borderdesk.reports.paper.faces import FontFace, Line, text_runs
from borderdesk.reports.paper.measures import BASELINE, LEADING, RULE_GAP, RULE_WIDTH
from borderdesk.reports.paper.structure import END, StructureElement

Canvas = Any  # ReportLab has no types

GRID = 0.4
SLACK: dict[Align, float] = {"left": 0.0, "center": 0.5, "right": 1.0}
_ROUNDING = 0.01
ABOVE_FOOT = 3
"""The least number of lines or rows on the page of a signature, if the text has as many."""


class PagePiece(NamedTuple):
    """Something drawn on one page without a break; `draw` takes the y of its upper edge."""

    height: float
    draw: Callable[[float], None]


class PageFrame(NamedTuple):
    """The size of a section's pages and the edges of its text, in points from the lower left.

    frame: draws header and footer, given the page's number within the section.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    frame: Callable[[int], None]

    @property
    def room(self) -> float:
        """The width of the text."""
        return self.right - self.left


class PieceGroup(NamedTuple):
    """Pieces that stay on one page; `head` is repeated above them when they begin a page."""

    pieces: tuple[PagePiece, ...]
    head: PagePiece | None

    @property
    def height(self) -> float:
        """The height of all pieces."""
        return sum(piece.height for piece in self.pieces)

    @property
    def lines(self) -> int:
        """How many of the pieces are something to read."""
        return sum(piece.height > 0 and piece.draw is not _nothing for piece in self.pieces)


def _nothing(_top: float) -> None:
    """Draw a gap: nothing."""


def space(height: float) -> PagePiece:
    """Space above the next piece, dropped at the top of a page."""
    return PagePiece(height, _nothing)


class PageFlow:
    """Places pieces one below the other and starts a new page when the next does not fit.

    The last groups are drawn only when enough more follow, so that a footer can be joined to at
    least `ABOVE_FOOT` lines.
    """

    def __init__(self, canvas: Canvas, sheet: PageFrame, closed: Callable[[int], None]) -> None:
        self.canvas = canvas
        self.sheet = sheet
        self.head: PagePiece | None = None
        self.pages = 0
        self._closed = closed
        self._waiting: list[PagePiece] = []
        self._held: deque[PieceGroup] = deque()
        self._number = 0
        self._y = sheet.top
        self._fresh = True
        self._open()

    @property
    def height(self) -> float:
        """The height of the text of a page."""
        return self.sheet.top - self.sheet.bottom

    @property
    def kept(self) -> float:
        """The height of the pieces held back for the page of the next ones."""
        return sum(piece.height for piece in self._waiting)

    def keep(self, *pieces: PagePiece) -> None:
        """Keep `pieces` on the page of those placed next."""
        self._waiting += pieces

    def gap(self, height: float) -> None:
        """Leave `height` free above the next piece, except at the top of a page."""
        self.keep(space(height))

    def place(self, *pieces: PagePiece) -> None:
        """Place the held pieces and `pieces`, on one page unless they are higher than a page."""
        self._held.append(PieceGroup((*self._waiting, *pieces), self.head))
        self._waiting = []
        lines = sum(group.lines for group in self._held)
        while lines - self._held[0].lines >= ABOVE_FOOT:
            lines -= self._held[0].lines
            self._release(self._held.popleft())

    def join(self, *pieces: PagePiece) -> None:
        """Add `pieces` to the groups placed last, so that they share their page, as far as one page
        holds them."""
        joined = PieceGroup((*self._waiting, *pieces), None)
        self._waiting = []
        while self._held:
            last = self._held[-1]
            joined_group = PieceGroup((*last.pieces, *joined.pieces), last.head)
            above = last.head.height if last.head is not None else 0
            if joined_group.height + above > self.height + _ROUNDING:
                break
            self._held.pop()
            joined = joined_group
        self._held.append(joined)

    def finish(self) -> None:
        """Draw pending pieces and close the last page of the section."""
        if self._waiting:
            self.place()
        while self._held:
            self._release(self._held.popleft())
        self._close()

    def begin(self, sheet: PageFrame) -> None:
        """Start page 1 of a new section; the previous one must be finished."""
        self.sheet, self._number = sheet, 0
        self._open()

    def _release(self, unit: PieceGroup) -> None:
        if not self._fresh and not self._fits(unit.height):
            self._turn(unit.head, unit.pieces)
        for place, piece in enumerate(unit.pieces):
            if not self._fresh and not self._fits(piece.height):
                self._turn(unit.head, unit.pieces[place:])
            self._draw(piece)

    def _fits(self, height: float) -> bool:
        return self._y - height >= self.sheet.bottom - _ROUNDING

    def _draw(self, piece: PagePiece) -> None:
        if self._fresh and piece.draw is _nothing:
            return
        piece.draw(self._y)
        self._y -= piece.height
        self._fresh = False

    def _turn(self, head: PagePiece | None, to_come: Sequence[PagePiece]) -> None:
        self._close()
        self._open()
        if head is not None and not any(piece is head for piece in to_come):
            self._draw(head)
            self._fresh = True

    def _open(self) -> None:
        self.pages += 1
        self._number += 1
        self._y = self.sheet.top
        self._fresh = True
        self.canvas.setPageSize((self.sheet.width, self.sheet.height))
        self.canvas.setLineWidth(GRID)

    def _close(self) -> None:
        self.sheet.frame(self._number)
        self._closed(self.pages)


# ------------------------------------------------------------------------------ drawing


class TextStrip(NamedTuple):
    """The lines of a cell and their position: left edge and width (`room`) in points, and `slack`,
    the share of the free width to the left of the text."""

    lines: Sequence[Line]
    left: float
    room: float
    slack: float


def draw_strips(
    canvas: Canvas,
    face: FontFace,
    size: float,
    strips: Iterable[TextStrip],
    top: float,
    height: float,
    elements: Sequence[StructureElement] = (),
) -> None:
    """Draw the cells of a row, each centred vertically between `top` and `top - height`.

    elements: what each is in the structure; none while all of it is an artefact or a figure.
    """
    text = canvas.beginText()
    text.setFont(face.name, size)
    leading = size * LEADING
    mark = canvas.structure.mark
    for place, (lines, left, room, slack) in enumerate(strips):
        if not lines:
            continue
        if elements:
            text._code.append(mark(elements[place]))
        y = top - (height - len(lines) * leading) / 2 - size * BASELINE
        for line in lines:
            _draw_line(text, face, size, line, (left, room, slack), y)
            y -= leading
        if elements:
            text._code.append(END)
    canvas.drawText(text)


def _text_out(text: Any, face: FontFace, size: float, words: str) -> None:
    """Append words to a text object, Chinese in its own face; the blank at the end of a line apart
    from it, so that viewers place the letters as they do without one."""
    if words.endswith(" "):
        _text_out(text, face, size, words[:-1])
        text.textOut(" ")
        return
    if words.isascii() or HAN.search(words) is None:
        text.textOut(words)
        return
    for name, part in text_runs(face, words):
        text.setFont(name, size)
        text.textOut(part)
    text.setFont(face.name, size)


def _draw_line(
    text: Any,
    face: FontFace,
    size: float,
    line: Line,
    place: tuple[float, float, float],
    y: float,
) -> None:
    """Draw one line in its cell; one that is too wide gets a smaller size, it is never cut."""
    words, ems = line
    left, room, slack = place
    fitted = min(size, room / ems) if ems else size
    if fitted < size:
        text.setFont(face.name, fitted)
    text.setTextOrigin(left + slack * (room - ems * fitted), y)
    _text_out(text, face, fitted, words)
    if fitted < size:
        text.setFont(face.name, size)


def draw_justified(
    canvas: Canvas, face: FontFace, size: float, line: Line, left: float, room: float, y: float
) -> None:
    """Draw a justified line over the width `room`, its baseline at `y`."""
    words, ems = line
    spaces = words.rstrip().count(" ")
    text = canvas.beginText(left, y)
    text.setFont(face.name, size)
    if spaces:
        text.setWordSpace((room - ems * size) / spaces)
    _text_out(text, face, size, words)
    if spaces:
        text.setWordSpace(0)
    canvas.drawText(text)


def fill(canvas: Canvas, grey: float, x: float, y: float, width: float, height: float) -> None:
    """Fill a rectangle with grey, which is no content."""
    canvas.structure.begin_artefact()
    canvas.setFillGray(grey)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.structure.end_artefact()


class StackLine(NamedTuple):
    """A line of a stack: its left end, and the distance of its baseline from the top."""

    face: FontFace
    size: float
    line: Line
    left: float
    down: float


class TextStack:
    """Lines of text one below the other within a column, and the rules between them.

    lang: the language of its text if different from the document's.
    """

    def __init__(self, left: float, room: float, lang: str = "") -> None:
        self.left, self.room, self.lang = left, room, lang
        self.height = 0.0
        self._texts: list[tuple[str, list[StackLine]]] = []
        self._rules: list[tuple[float, float, float]] = []

    def write(
        self,
        face: FontFace,
        size: float,
        lines: Iterable[Line],
        slack: float = 0.5,
        shift: float = 0,
        role: str = "P",
    ) -> None:
        """Append the lines of one text; `shift` moves their left edge to the right; role: what the
        text is in the structure, "" for more of the text above it."""
        if role:
            self._texts.append((role, []))
        text = self._texts[-1][1]
        if text:
            words, ems = text[-1].line
            text[-1] = text[-1]._replace(line=(f"{words} ", ems))
        for line in lines:
            left = self.left + shift + slack * (self.room - shift - line[1] * size)
            text.append(StackLine(face, size, line, left, self.height + size * BASELINE))
            self.height += size * LEADING

    def rule(self, share: float) -> None:
        """Draw a rule centred under the last line, as long as that share of it."""
        last = self._texts[-1][1][-1]
        width = last.line[1] * last.size
        middle, half = last.left + width / 2, width * share / 2
        self.height += RULE_GAP
        self._rules.append((middle - half, middle + half, self.height))

    def gap(self, height: float) -> None:
        """Append free space."""
        self.height += height

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw all with the upper edge at `top`."""
        structure = canvas.structure
        for role, lines in self._texts:
            if not any(line.line[0] for line in lines):
                continue
            if not structure.silent:
                structure.open(structure.element(role, more=self._language(structure.lang)))
            for face, size, (words, _ems), left, down in lines:
                text = canvas.beginText(left, top - down)
                text.setFont(face.name, size)
                _text_out(text, face, size, words)
                canvas.drawText(text)
            structure.close()
        if self._rules:
            self._draw_rules(canvas, top)

    def _language(self, lang: str) -> str:
        """The entry of an element's dictionary where its language is not the document's."""
        return f"/Lang({self.lang})" if self.lang and self.lang != lang else ""

    def _draw_rules(self, canvas: Canvas, top: float) -> None:
        with canvas.structure.artefact():
            canvas.setLineWidth(RULE_WIDTH)
            for start, end, down in self._rules:
                canvas.line(start, top - down, end, top - down)
            canvas.setLineWidth(GRID)

    def piece(self, canvas: Canvas) -> PagePiece:
        """The stack as a piece of a flow."""
        return PagePiece(self.height, lambda top: self.draw(canvas, top))
