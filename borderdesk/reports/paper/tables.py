"""Sets tables on paper: heads, and a piece of the flow for each row."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, partial
from itertools import accumulate, groupby
from typing import NamedTuple

from borderdesk.reports.blocks import Cell, LinkedValue, Row, Table, plain_of
from borderdesk.reports.paper.faces import FontFace, faces, printable
from borderdesk.reports.paper.flow import (
    SLACK,
    Canvas,
    PageFrame,
    PagePiece,
    TextStrip,
    draw_strips,
    fill,
)
from borderdesk.reports.paper.measures import BASELINE, LEADING
from borderdesk.reports.paper.structure import StructureElement, StructureTree, head_cell
from borderdesk.reports.paper.table_fit import PAD_X, TableFit, breaks, turned_lines

GREY, LIGHT_GREY = 0.88, 0.95


class TableLinks(NamedTuple):
    """Callbacks by which a table adds links.

    lead(name, left, bottom, right, top): links a rectangle to an anchor and returns the object
    number of the link, None if links are left out; mark(name, top): adds an anchor; spot(asks,
    left, bottom, right, top): adds a clickable figure; lack(text, where): reports a text that may
    have letters without a glyph, and its position.
    """

    lead: Callable[[str, float, float, float, float], int | None]
    mark: Callable[[str, float], None]
    spot: Callable[[str, float, float, float, float], None]
    lack: Callable[[str, str], None]


class ColumnTitle(NamedTuple):
    """The title of a column; turned: it is set from bottom to top."""

    strip: TextStrip
    turned: bool = False


class HeadElements(NamedTuple):
    """The structure elements of the titles of a head; all empty for a repeated one."""

    upper: tuple[StructureElement, ...] = ()
    lower: tuple[StructureElement, ...] = ()
    through: tuple[StructureElement, ...] = ()


Cells = Callable[[], Sequence[StructureElement]]
"""Returns the structure elements of the cells of a row, made when the row is first drawn."""


class TableSetter:
    """Turns the rows of one table into pieces of a flow."""

    def __init__(
        self, canvas: Canvas, table: Table, lang: str, sheet: PageFrame, links: TableLinks
    ) -> None:
        self.canvas = canvas
        self.table = table
        self.lang = lang
        self.links = links
        self.fit = TableFit(table, lang)
        self.pad_x, self.pad_y = self.fit.pad_x, self.fit.pad_y
        self.slacks = [SLACK[column.alignment] for column in table.columns]
        self.size, widths = self.fit.fitted(sheet.room)
        self.edges = [sheet.left, *(sheet.left + width for width in accumulate(widths))]
        self.rooms = [width - 2 * self.pad_x for width in widths]
        self.leading = self.size * LEADING
        self.structure: StructureTree = canvas.structure
        self._headed = False

    @cached_property
    def element(self) -> StructureElement:
        """The table in the structure."""
        return self.structure.element("Table")

    # ------------------------------------------------------------------------- heads

    def head(self) -> PagePiece:
        """The titles on grey, repeated at the top of each page."""
        columns = self.table.columns
        single = not any(column.over for column in columns)
        height, draw = self._single_head() if single else self._double_head()
        elements = self._single_elements if single else self._double_elements

        def draw_once(top: float) -> None:
            if not self._headed:
                self._headed = True
                draw(top, elements())
                return
            with self.structure.artefact():
                draw(top, HeadElements())

        return PagePiece(height, draw_once)

    def _single_head(self) -> tuple[float, Callable[[float, HeadElements], None]]:
        titles = [self._title(at) for at in range(len(self.table.columns))]
        height = self._titles_height(titles)

        def draw(top: float, elements: HeadElements) -> None:
            left, right = self.edges[0], self.edges[-1]
            fill(self.canvas, GREY, left, top - height, right - left, height)
            self._draw_titles(titles, top, height, elements.through)
            _draw_grid(self.canvas, self.edges, top, height)

        return height, draw

    def _single_elements(self) -> HeadElements:
        row = self._row_element()
        return HeadElements(
            through=tuple(self._head_element(row) for _column in self.table.columns)
        )

    def _double_elements(self) -> HeadElements:
        first, second = self._row_element(), self._row_element()
        upper: list[StructureElement] = []
        lower: list[StructureElement] = []
        through: list[StructureElement] = []
        for over, start, end in self._title_groups():
            if over:
                upper.append(self._head_element(first, columns=end - start))
                lower += (self._head_element(second) for _at in range(start, end))
            else:
                through += (self._head_element(first, rows=2) for _at in range(start, end))
        return HeadElements(tuple(upper), tuple(lower), tuple(through))

    def _row_element(self) -> StructureElement:
        return self.structure.element("TR", self.element, whole=True)

    def _head_element(
        self, row: StructureElement, columns: int = 1, rows: int = 1
    ) -> StructureElement:
        more = head_cell("Column", columns, rows)
        return self.structure.element("TH", row, more=more, whole=True)

    def _title(self, at: int) -> ColumnTitle:
        """The title of one column."""
        column = self.table.columns[at]
        if not column.turned:
            return ColumnTitle(self._titled(column.title, at, at + 1))
        width = self.edges[at + 1] - self.edges[at]
        lines = turned_lines(column, self.size)
        return ColumnTitle(TextStrip(lines, self.edges[at], width, 0.5), turned=True)

    def _titles_height(self, titles: Sequence[ColumnTitle]) -> float:
        flat = self._height([title.strip for title in titles if not title.turned])
        turned = [
            max((width for _line, width in title.strip.lines), default=0.0) * self.size
            for title in titles
            if title.turned
        ]
        return max([flat, *(length + 2 * PAD_X for length in turned)])

    def _draw_titles(
        self,
        titles: Sequence[ColumnTitle],
        top: float,
        height: float,
        elements: Sequence[StructureElement],
    ) -> None:
        bold, size = faces().bold, self.size
        flat = [at for at, title in enumerate(titles) if not title.turned]
        strips = [titles[at].strip for at in flat]
        marked = [elements[at] for at in flat] if elements else ()
        draw_strips(self.canvas, bold, size, strips, top, height, marked)
        for at, title in enumerate(titles):
            if title.turned:
                if elements:
                    self.structure.open(elements[at])
                draw_turned(self.canvas, bold, size, title.strip, top - height + PAD_X)
                self.structure.close()

    def _titled(self, title: str, first: int, last: int) -> TextStrip:
        """A title over the columns from `first` up to but without `last`."""
        pad = self.pad_x
        left, room = self.edges[first] + pad, self.edges[last] - self.edges[first] - 2 * pad
        return TextStrip(faces().bold.balanced(printable(title), room / self.size), left, room, 0.5)

    def _title_groups(self) -> Iterator[tuple[str, int, int]]:
        """The titles that columns share, "" for those with none: with the first column, and the one
        after the last."""
        numbered = enumerate(self.table.columns)
        for over, group in groupby(numbered, key=lambda entry: entry[1].over):
            places = [at for at, _column in group]
            yield over, places[0], places[-1] + 1

    def _double_head(self) -> tuple[float, Callable[[float, HeadElements], None]]:
        """A head of two levels, where some titles share a common one."""
        upper: list[TextStrip] = []
        lower: list[ColumnTitle] = []
        through: list[ColumnTitle] = []
        for over, first, last in self._title_groups():
            titles = [self._title(at) for at in range(first, last)]
            if over:
                upper.append(self._titled(over, first, last))
                lower += titles
            else:
                through += titles
        high, low = self._height(upper), self._titles_height(lower)
        low = max(low, self._titles_height(through) - high)
        return high + low, self._double_drawer((upper, lower, through), (high, low))

    def _double_drawer(
        self,
        strips: tuple[list[TextStrip], list[ColumnTitle], list[ColumnTitle]],
        heights: tuple[float, float],
    ) -> Callable[[float, HeadElements], None]:
        upper, lower, through = strips
        high, low = heights
        edges, bold, size = self.edges, faces().bold, self.size

        def draw(top: float, elements: HeadElements) -> None:
            fill(self.canvas, GREY, edges[0], top - high - low, edges[-1] - edges[0], high + low)
            draw_strips(self.canvas, bold, size, upper, top, high, elements.upper)
            self._draw_titles(lower, top - high, low, elements.lower)
            self._draw_titles(through, top, high + low, elements.through)
            with self.structure.artefact():
                self.canvas.lines(self._double_grid(top, high, low))

        return draw

    def _double_grid(
        self, top: float, high: float, low: float
    ) -> list[tuple[float, float, float, float]]:
        """The lines of a head of two levels."""
        edges, columns, bottom = self.edges, self.table.columns, top - high - low
        lines = [(edges[0], y, edges[-1], y) for y in (top, bottom)]
        for at, x in enumerate(edges):
            inner = (
                0 < at < len(columns)
                and columns[at].over
                and (columns[at - 1].over == columns[at].over)
            )
            lines.append((x, bottom, x, top - high if inner else top))
        lines += [
            (edges[at], top - high, edges[at + 1], top - high)
            for at, column in enumerate(columns)
            if column.over
        ]
        return lines

    # -------------------------------------------------------------------------- rows

    def pieces(self, row: Row, most: float) -> list[PagePiece]:
        """One piece, or several when `row` is higher than `most`."""
        face = faces().regular if row.kind == "row" else faces().bold
        if row.kind == "group":
            strips, edges = [self._heading(row)], [self.edges[0], self.edges[-1]]
        else:
            strips, edges = self._strips(row, face), self.edges
        grey = LIGHT_GREY if row.kind != "row" else None
        parts = [*_parts(strips, int((most - 2 * self.pad_y) / self.leading))]
        cells = cache(partial(self._cells, row, len(parts) == 1))
        ties = self._ties(row, cells)
        return [
            self._piece(part, face, grey, edges, cells, None if place else ties)
            for place, part in enumerate(parts)
        ]

    def _cells(self, row: Row, whole: bool) -> list[StructureElement]:
        """The structure elements of the cells of a row; whole: whether it is on one page."""
        element, structure = self._row_element(), self.structure
        if row.kind == "group":
            more = head_cell("Row", len(self.table.columns))
            return [structure.element("TH", element, more=more, whole=whole)]
        elements = []
        for cell in row.cells:
            inner = structure.element("TD", element, whole=whole)
            if type(cell) is LinkedValue and cell.to:
                inner = structure.element("Link", inner, whole=whole)
            elements.append(inner)
        return elements

    def _ties(self, row: Row, cells: Cells) -> Callable[[float, float], None] | None:
        """The function that adds the row's links and anchor, given its upper and lower edge."""
        linked = [(at, cell) for at, cell in enumerate(row.cells) if type(cell) is LinkedValue]
        if not linked and not row.anchor:
            return None

        def tie(top: float, bottom: float) -> None:
            if row.anchor:
                self.links.mark(row.anchor, top)
            for at, cell in linked:
                box = (self.edges[at], bottom, self.edges[at + 1], top)
                if cell.to:
                    link = self.links.lead(cell.to, *box)
                    if link is not None:
                        self.structure.add_link(cells()[at], link)
                if cell.asks:
                    self.links.spot(cell.asks, *box)

        return tie

    def _heading(self, row: Row) -> TextStrip:
        room = self.edges[-1] - self.edges[0] - 2 * self.pad_x
        text = printable(row.heading(self.lang))
        self._lacking(row, [text])
        lines = faces().bold.lines(text, room / self.size)
        return TextStrip(lines, self.edges[0] + self.pad_x, room, 0.0)

    def _lacking(self, row: Row, texts: list[str]) -> None:
        """Report letters that are printed as stand-ins, which the texts then contain."""
        if any("[U+" in text for text in texts):
            cells = (plain_of(cell) for cell in row.cells)
            whole = [cell for cell in cells if isinstance(cell, str) and cell]
            self.links.lack("".join(whole), row.about or " · ".join(whole))

    def _strips(self, row: Row, face: FontFace) -> list[TextStrip]:
        cells, texts = row.cells, self.fit.texts(row.cells)
        self._lacking(row, texts)
        return [
            TextStrip(
                self._lines(cell, text, face, number),
                self.edges[number] + self.pad_x,
                self.rooms[number],
                self.slacks[number],
            )
            for number, (cell, text) in enumerate(zip(cells, texts, strict=True))
        ]

    def _lines(
        self, cell: Cell, text: str, face: FontFace, number: int
    ) -> Sequence[tuple[str, float]]:
        if not text:
            return ()
        if not breaks(cell):
            return ((text, face.width(text)),)
        return face.lines(text, self.rooms[number] / self.size)

    def _height(self, strips: list[TextStrip]) -> float:
        most_lines = max((len(strip.lines) for strip in strips), default=0)
        return max(most_lines, 1) * self.leading + 2 * self.pad_y

    def _piece(
        self,
        strips: list[TextStrip],
        face: FontFace,
        grey: float | None,
        edges: list[float],
        cells: Cells,
        tie: Callable[[float, float], None] | None = None,
    ) -> PagePiece:
        height = self._height(strips)

        def draw(top: float) -> None:
            if grey is not None:
                fill(self.canvas, grey, edges[0], top - height, edges[-1] - edges[0], height)
            draw_strips(self.canvas, face, self.size, strips, top, height, cells())
            _draw_grid(self.canvas, edges, top, height)
            if tie is not None:
                tie(top, top - height)

        return PagePiece(height, draw)


def draw_turned(canvas: Canvas, face: FontFace, size: float, strip: TextStrip, foot: float) -> None:
    """Draw a title from bottom to top, its lines side by side in the middle of its column."""
    leading = size * LEADING
    left = strip.left + (strip.room - leading * len(strip.lines)) / 2
    for at, line in enumerate(strip.lines):
        canvas.saveState()
        canvas.translate(left + at * leading + size * BASELINE, foot)
        canvas.rotate(90)
        draw_strips(
            canvas,
            face,
            size,
            [TextStrip((line,), 0.0, line[1] * size, 0.0)],
            size * BASELINE,
            leading,
        )
        canvas.restoreState()


def _parts(strips: list[TextStrip], most: int) -> Iterator[list[TextStrip]]:
    """Split the strips of a row higher than a page into parts of at most `most` lines."""
    longest = max((len(strip.lines) for strip in strips), default=0)
    if longest <= most:
        yield strips
        return
    for start in range(0, longest, max(most, 1)):
        yield [strip._replace(lines=strip.lines[start : start + most]) for strip in strips]


def _draw_grid(canvas: Canvas, edges: list[float], top: float, height: float) -> None:
    """The lines around a row and between its cells."""
    bottom = top - height
    upright = [(x, bottom, x, top) for x in edges]
    canvas.structure.begin_artefact()
    canvas.lines([*upright, (edges[0], top, edges[-1], top), (edges[0], bottom, edges[-1], bottom)])
    canvas.structure.end_artefact()
