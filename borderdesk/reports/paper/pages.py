"""Renders pages of a PDF and charts to pixels for the screen."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.lazy import lazy_module
from borderdesk.closing.pdf_files import opened_pdf
from borderdesk.reports.blocks import Chart

if TYPE_CHECKING:
    from borderdesk.reports.paper import charts
else:
    charts = lazy_module("borderdesk.reports.paper.charts")

Picture = tuple[int, int, bytes]
"""Width, height, and rows without padding: RGB with three bytes a pixel, or a byte of grey."""


def page_sizes(pdf: Path) -> list[tuple[float, float]]:
    """Width and height of every page in points."""
    with opened_pdf(pdf) as document:
        return [document.get_page_size(number) for number in range(len(document))]


def chart_image(chart: Chart, width: float, scale: float, lang: str) -> Picture:
    """Render a chart `width` points wide at `scale` × 72 dpi, as it is on paper: its rows in 256
    greys."""
    with opened_pdf(charts.chart_page(chart, width, lang)) as document:
        return _picture(document[0].render(scale=scale, grayscale=True), 1)


def page_image(pdf: Path | bytes, number: int, scale: float) -> Picture:
    """Render page `number` (from 0) of a PDF at `scale` × 72 dpi."""
    with opened_pdf(pdf) as document:
        return _picture(document[number].render(scale=scale, rev_byteorder=True), 3)


def _picture(bitmap: Any, channels: int) -> Picture:
    """The content of a bitmap, which is closed."""
    with closing(bitmap):
        return bitmap.width, bitmap.height, _rows(bitmap, channels)


def _rows(bitmap: Any, channels: int) -> bytes:
    """The rows of a bitmap without padding."""
    raw, stride, row_bytes = bytes(bitmap.buffer), bitmap.stride, bitmap.width * channels
    if bitmap.n_channels > channels:
        raw = b"".join(raw[i : i + channels] for i in range(0, len(raw), bitmap.n_channels))
        stride = stride // bitmap.n_channels * channels
    if stride == row_bytes:
        return raw
    return b"".join(raw[y * stride : y * stride + row_bytes] for y in range(bitmap.height))
