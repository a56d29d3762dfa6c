"""The pieces drawn across the page other than text: pictures, charts, large figures."""

from io import BytesIO
from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.blocks import Chart, LargeFigure, Picture
from borderdesk.reports.paper.faces import FontFace, faces, printable
from borderdesk.reports.paper.flow import Canvas, PageFrame, PagePiece, TextStack
from borderdesk.reports.paper.measures import LEADING
from borderdesk.reports.wording import with_minus

if TYPE_CHECKING:
    from reportlab.lib import utils

    from borderdesk.reports.paper import charts
else:
    charts = lazy_module("borderdesk.reports.paper.charts")
    utils = lazy_module("reportlab.lib.utils")

BESIDE, LOW = 18.0, 84.0
"""The gap between side-by-side charts, and the height of their columns."""

ACROSS = 3
LARGE, LABEL_SIZE, NOTE_SIZE = 25.0, 12.0, 10.5
PAD = 6.0


def picture_piece(canvas: Canvas, picture: Picture, sheet: PageFrame) -> PagePiece:
    """A picture, at most as wide as the text."""
    of = picture.file
    image = utils.ImageReader(BytesIO(of) if isinstance(of, bytes) else str(of))
    pixels, high = image.getSize()
    width = min(sheet.room, pixels * 0.75)
    height = width * high / pixels

    def draw(top: float) -> None:
        box = (sheet.left, top - height, sheet.left + width, top)
        with canvas.structure.figure(picture.caption or _("Picture"), box):
            canvas.drawImage(image, sheet.left, top - height, width, height)

    return PagePiece(height, draw)


def chart_piece(
    canvas: Canvas, chart: Chart, left: float, room: float, lang: str, *, low: bool = False
) -> PagePiece:
    """A chart without its title, `room` wide; low: with low columns."""
    plot = LOW if low else charts.PLOT_HEIGHT
    drawing = charts.draw_chart(chart, room, lang, plot)

    def draw(top: float) -> None:
        bottom = top - drawing.height
        alternative = charts.chart_words(chart, lang)
        with canvas.structure.figure(alternative, (left, bottom, left + room, top)):
            charts.draw_on(drawing, canvas, left, bottom)

    return PagePiece(drawing.height, draw)


def charts_piece(canvas: Canvas, row: tuple[Chart, ...], sheet: PageFrame, lang: str) -> PagePiece:
    """Charts side by side, each below its title."""
    room = (sheet.room - BESIDE * (len(row) - 1)) / len(row)
    bold, parts, height = faces().bold, [], 0.0
    for place, chart in enumerate(row):
        left = sheet.left + place * (room + BESIDE)
        title = TextStack(left, room)
        title.write(bold, LABEL_SIZE, bold.balanced(printable(chart.title), room / LABEL_SIZE))
        piece = chart_piece(canvas, chart, left, room, lang, low=True)
        parts.append((title, piece))
        height = max(height, title.height + 4 + piece.height)

    def draw(top: float) -> None:
        for title, piece in parts:
            title.draw(canvas, top)
            piece.draw(top - title.height - 4)

    return PagePiece(height, draw)


def large_figures_piece(
    canvas: Canvas, figures: tuple[LargeFigure, ...], sheet: PageFrame, lang: str
) -> PagePiece:
    """Large figures in frames, three in a row."""
    room = sheet.room / ACROSS
    noted = NOTE_SIZE if any(of.note for of in figures) else 0.0
    high = (LABEL_SIZE + LARGE + noted) * LEADING + 2 * PAD
    rows = -(-len(figures) // ACROSS)

    def draw(top: float) -> None:
        for place, of in enumerate(figures):
            down, across = divmod(place, ACROSS)
            left, upper = sheet.left + across * room, top - down * high
            with canvas.structure.artefact():
                canvas.rect(left, upper - high, room, high)
            _large_figure(of, left + PAD, room - 2 * PAD, lang).draw(canvas, upper - PAD)

    return PagePiece(rows * high, draw)


def _large_figure(of: LargeFigure, left: float, room: float, lang: str) -> TextStack:
    """The label, the figure with its unit, and the comparison below."""
    regular, bold, stack = faces().regular, faces().bold, TextStack(left, room)
    stack.write(bold, *fitted(bold, printable(of.label), LABEL_SIZE, room))
    words = printable(with_minus(f"{of.figure.text(lang)} {of.unit}".strip()))
    stack.write(bold, *fitted(bold, words, LARGE, room))
    if of.note:
        stack.write(regular, *fitted(regular, printable(of.note), NOTE_SIZE, room))
    return stack


def fitted(
    face: FontFace, words: str, size: float, room: float
) -> tuple[float, list[tuple[str, float]]]:
    """One line, in a smaller size where it is too wide."""
    width = face.width(words)
    return min(size, room / width if width else size), [(words, width)]
