"""QR codes, drawn as vectors."""

from functools import lru_cache
from typing import TYPE_CHECKING

from borderdesk.base.lazy import lazy_module
from borderdesk.reports.paper.flow import Canvas

if TYPE_CHECKING:
    from reportlab.graphics.barcode import qr
else:
    qr = lazy_module("reportlab.graphics.barcode.qr")


QUIET = 4
"""The width of the quiet zone in modules, required by ISO/IEC 18004: four."""


@lru_cache(maxsize=32)
def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The rows of the QR code of `text` (True is dark), in the smallest version with error
    correction M. A paper is shown, saved and printed with one code, which takes 8 ms."""
    widget = qr.QrCodeWidget(text, barLevel="M")
    widget.qr.make()
    return tuple(tuple(map(bool, row)) for row in widget.qr.modules)


def draw_code(canvas: Canvas, text: str, left: float, bottom: float, side: float) -> None:
    """Draw the QR code of `text` in a square of `side` points, quiet zone included."""
    rows = modules(text)
    step = side / (len(rows) + 2 * QUIET)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        y = bottom + side - (QUIET + down + 1) * step
        start = None
        for across, dark in enumerate([*row, False]):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                path.rect(left + (QUIET + start) * step, y, (across - start) * step, step)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
