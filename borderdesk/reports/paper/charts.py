"""Draws charts for paper and screen: bars from 0 in greys that differ in black and white, with
their figures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.formats import format_number
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.blocks import Chart, Series
from borderdesk.reports.paper.faces import FontFace, faces, serif_text
from borderdesk.reports.paper.measures import LEADING

if TYPE_CHECKING:
    from reportlab.graphics import renderPDF as render_pdf  # noqa: N813
    from reportlab.graphics import shapes as shapes_module
    from reportlab.lib import colors
    from reportlab.pdfgen import canvas as canvas_module
else:
    canvas_module = lazy_module("reportlab.pdfgen.canvas")
    colors = lazy_module("reportlab.lib.colors")
    render_pdf = lazy_module("reportlab.graphics.renderPDF")
    shapes_module = lazy_module("reportlab.graphics.shapes")


SIZE, SMALL = 9.0, 8.0
GREYS = {"now": 0.25, "before": 0.82, "pace": 0.0}
PLOT_HEIGHT, ROW_HEIGHT = 100.0, 11.5
LABEL_ROOM, PANEL_GAP = 8.0, 14.0
STEPS = (1, 2, 5)
DASH = (4, 2.5)

Drawing = Any  # ReportLab has no types


class ChartDrawing:
    """Adds lines, rectangles and texts to a ReportLab drawing; y counts upwards."""

    def __init__(self, width: float, height: float) -> None:
        self.drawing = shapes_module.Drawing(width, height)
        # The default font of a drawing is not embedded in the PDF.
        self.drawing.__dict__["initialFontName"] = faces().regular.name
        self.width, self.height = width, height

    def bar(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """A grey rectangle with an outline."""
        self.drawing.add(
            shapes_module.Rect(
                x, y, width, height, fillColor=colors.Color(grey, grey, grey), strokeWidth=0.4
            )
        )

    def blank(self, x: float, y: float, width: float, height: float) -> None:
        """A white rectangle, to hide grid lines behind a text."""
        self.drawing.add(
            shapes_module.Rect(x, y, width, height, fillColor=colors.white, strokeColor=None)
        )

    def line(
        self,
        ends: tuple[float, float, float, float],
        width: float = 0.4,
        *,
        dashed: bool = False,
        grey: float = 0.0,
    ) -> None:
        """A line from (x1, y1) to (x2, y2)."""
        line = shapes_module.Line(
            *ends, strokeWidth=width, strokeColor=colors.Color(grey, grey, grey)
        )
        line.strokeDashArray = DASH if dashed else None
        self.drawing.add(line)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        size: float = SIZE,
        face: FontFace | None = None,
    ) -> None:
        """A line of text with its baseline at y."""
        name = (face or faces().regular).name
        self.drawing.add(
            shapes_module.String(
                x, y, serif_text(text), fontName=name, fontSize=size, textAnchor=anchor
            )
        )


class AxisScale(NamedTuple):
    """An axis from 0: its end, its step, and the length of one unit in points."""

    end: float
    step: float
    points: float


def scale(most: float, room: float, least_step: float) -> AxisScale:
    """The axis from 0 to a round number that holds `most`, with steps of whole numbers at least
    `least_step` points apart."""
    most = max(most, 1.0)
    power = 1
    while True:
        for digit in STEPS:
            step = digit * power
            count = -(-most // step)
            if count * least_step <= room:
                return AxisScale(count * step, step, room / (count * step))
        power *= 10


def draw_chart(chart: Chart, width: float, lang: str, plot: float = PLOT_HEIGHT) -> Drawing:
    """The drawing of a chart, `width` points wide and as high as it needs; plot: the height of
    upright columns."""
    if chart.kind == "columns":
        return _columns(chart, width, lang, plot)
    return _panels(chart, width, lang)


def _most(series: Iterator[Series]) -> float:
    return max((float(value) for entry in series for value in entry.values if value), default=0.0)


# --------------------------------------------------------------------- upright columns


def _columns(chart: Chart, width: float, lang: str, plot: float) -> Drawing:
    bars = [series for series in chart.series if series.style != "pace"]
    paces = [series for series in chart.series if series.style == "pace"]
    legend, foot, head = SIZE * 1.9, SIZE * 1.7, SIZE * 2.4
    shapes = ChartDrawing(width, legend + foot + plot + head)
    bottom = legend + foot
    axis = scale(_most(iter(chart.series)), plot, 14)
    face = faces().regular
    left = face.width(format_number(int(axis.end), lang)) * SMALL + 6
    _grid(shapes, axis, left, bottom, lang)
    if chart.unit:
        shapes.words(0, shapes.height - SIZE, chart.unit, size=SMALL, face=faces().italic)
    share = (width - left) / max(len(chart.labels), 1)
    places = BarLayout(shapes, left, share, bottom, axis)
    for place, label in enumerate(chart.labels):
        shapes.words(left + (place + 0.5) * share, bottom - SIZE * 1.25, label, "middle")
        places.draw(bars, place)
    for pace in paces:
        places.pace(pace)
    for place in range(len(chart.labels)):
        places.figures(bars, place, lang)
    shapes.line((left, bottom, width, bottom), 0.8)
    _legend(shapes, chart.series, left)
    return shapes.drawing


def _grid(shapes: ChartDrawing, axis: AxisScale, left: float, bottom: float, lang: str) -> None:
    """Horizontal lines at every step, with their figures."""
    value = 0.0
    while value <= axis.end:
        y = bottom + value * axis.points
        shapes.line((left, y, shapes.width, y), 0.3, grey=0.7)
        shapes.words(left - 4, y - SMALL * 0.3, format_number(int(value), lang), "end", SMALL)
        value += axis.step


class BarLayout(NamedTuple):
    """The positions of a chart's bars; share: the width available to each label."""

    shapes: ChartDrawing
    left: float
    share: float
    bottom: float
    axis: AxisScale

    def _standing(
        self, bars: list[Series], place: int
    ) -> Iterator[tuple[Series, float, float, float]]:
        """The bars of a label: (series, left edge, width, height)."""
        each = self.share * 0.8 / max(len(bars), 1)
        for number, series in enumerate(bars):
            value = series.values[place]
            if value is not None:
                x = self.left + (place + 0.1) * self.share + number * each
                yield series, x, each, float(value) * self.axis.points

    def draw(self, bars: list[Series], place: int) -> None:
        """Draw the bars over a label."""
        for series, x, width, height in self._standing(bars, place):
            self.shapes.bar(x, self.bottom, width, height, GREYS[series.style])

    def figures(self, bars: list[Series], place: int, lang: str) -> None:
        """Draw the values of the current series above their bars."""
        for series, x, width, height in self._standing(bars, place):
            if series.style != "now":
                continue
            text = series.shown(place).text(lang)
            ems = faces().regular.width(text)
            size = min(SMALL, self.share / ems)
            foot = self.bottom + height + 2
            self.shapes.blank(x + (width - ems * size) / 2, foot - 1, ems * size, size * 0.85)
            self.shapes.words(x + width / 2, foot, text, "middle", size)

    def pace(self, pace: Series) -> None:
        """Draw a dashed line across, in steps where the pace changes."""
        before: float | None = None
        for place, value in enumerate(pace.values):
            if value is None:
                before = None
                continue
            x, y = self.left + place * self.share, self.bottom + float(value) * self.axis.points
            if before is not None and before != y:
                self.shapes.line((x, before, x, y), 1.2, dashed=True)
            self.shapes.line((x, y, x + self.share, y), 1.2, dashed=True)
            before = y


def _legend(shapes: ChartDrawing, series: tuple[Series, ...], left: float) -> None:
    x = left
    for entry in series:
        if entry.style == "pace":
            shapes.line((x, SIZE * 0.45, x + 18, SIZE * 0.45), 1.2, dashed=True)
        else:
            shapes.bar(x, 0.5, 18, SIZE * 0.8, GREYS[entry.style])
        shapes.words(x + 22, 1.5, entry.name)
        x += 22 + faces().regular.width(serif_text(entry.name)) * SIZE + 20


# ------------------------------------------------------------------------ lying panels


def _panels(chart: Chart, width: float, lang: str) -> Drawing:
    face = faces().regular
    head = SIZE * LEADING * 1.6
    shapes = ChartDrawing(width, head + ROW_HEIGHT * len(chart.labels) + 4)
    texts = [serif_text(label) for label in chart.labels]
    names = min(max((face.width(text) * SIZE for text in texts), default=0.0), width * 0.34)
    room = (width - names - LABEL_ROOM) / max(len(chart.series), 1)
    for down, text in enumerate(texts):
        y = shapes.height - head - (down + 1) * ROW_HEIGHT + ROW_HEIGHT * 0.3
        fitted = min(SIZE, names / face.width(text)) if text else SIZE
        shapes.words(names, y, text, "end", fitted)
    for number, series in enumerate(chart.series):
        left = names + LABEL_ROOM + number * room
        _panel(shapes, series, left, room - PANEL_GAP, head, lang)
    return shapes.drawing


def _panel(
    shapes: ChartDrawing, series: Series, left: float, room: float, head: float, lang: str
) -> None:
    bold, face = faces().bold, faces().regular
    title = serif_text(series.name)
    size = min(SIZE, (room + PANEL_GAP - 4) / max(bold.width(title), 0.1))
    shapes.words(left, shapes.height - SIZE, title, size=size, face=bold)
    texts = [series.shown(place).text(lang) for place in range(len(series.values))]
    widest = max((face.width(text) for text in texts), default=0.0) * SMALL + 4
    most = max((float(value) for value in series.values if value), default=0.0) or 1.0
    points = max(room - widest, 1.0) / most
    top = shapes.height - head
    for down, (value, text) in enumerate(zip(series.values, texts, strict=True)):
        y = top - (down + 1) * ROW_HEIGHT
        length = float(value or 0) * points
        if length:
            shapes.bar(left, y + 2, length, ROW_HEIGHT - 4, GREYS[series.style])
        shapes.words(left + length + 3, y + ROW_HEIGHT * 0.3, text, size=SMALL)
    shapes.line((left, top, left, top - ROW_HEIGHT * len(series.values)), 0.8)


# ----------------------------------------------------------------------------- rendering


def chart_words(chart: Chart, lang: str) -> str:
    """The alternative text of a chart, to be read aloud: its title, then every series by its
    labels."""
    unit = f" ({chart.unit})" if chart.unit else ""
    parts = [f"{chart.title}{unit}"]
    for series in chart.series:
        values = (
            f"{label} {series.shown(place).text(lang)}"
            for place, label in enumerate(chart.labels)
            if series.values[place] is not None
        )
        parts.append(f"{series.name}: {'; '.join(values)}")
    return f"{'. '.join(filter(None, parts))}."


def draw_on(drawing: Drawing, canvas: Any, left: float, bottom: float) -> None:
    """Draw a chart on a canvas."""
    canvas.saveState()
    render_pdf.draw(drawing, canvas, left, bottom)
    canvas.restoreState()


def chart_page(chart: Chart, width: float, lang: str) -> bytes:
    """A PDF of one page with the chart, `width` points wide, to be rendered for the screen."""
    drawing = draw_chart(chart, width, lang)
    canvas = canvas_module.Canvas(
        "", pagesize=(width, drawing.height), invariant=1, initialFontName=faces().regular.name
    )
    draw_on(drawing, canvas, 0, 0)
    canvas.showPage()
    return bytes(canvas.getpdfdata())
