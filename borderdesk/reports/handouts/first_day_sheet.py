"""The sheet for the first day: one page with four pictures, which lies on the stick beside the
installer."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.handouts.handbook import picture_of
from borderdesk.reports.paper.faces import FontFace, faces, printable

if TYPE_CHECKING:
    from reportlab.lib import pagesizes, utils
    from reportlab.pdfgen import canvas
else:
    pagesizes = lazy_module("reportlab.lib.pagesizes")
    utils = lazy_module("reportlab.lib.utils")
    canvas = lazy_module("reportlab.pdfgen.canvas")

MARGIN, GAP = 45.0, 16.0
TITLE_SIZE, TEXT_SIZE, CAPTION_SIZE = 20, 11.5, 11
LEADING = 1.3


class SheetPicture(NamedTuple):
    """A picture of the window with a caption."""

    file: str
    words: str


STEPS = (
    N_(
        "Double-click BorderDesk-…-setup.exe on the stick and go on to the end: neither an"
        " administrator nor a network is needed. On Debian an administrator installs the .deb."
    ),
    N_(
        "Double-click the province's set-up file (.bdsetup), if there is one on the stick; else"
        " start BorderDesk. Call the province for the fingerprint, type your name and a password."
    ),
    N_(
        "To practise first: “Practise first”. The practice desk leads through six tasks and says"
        " when each is done."
    ),
)
PICTURES = (
    SheetPicture(
        "records.png",
        N_("1. Enter: Ctrl+N, type, Enter goes on; Ctrl+Enter saves. What has a * is required."),
    ),
    SheetPicture(
        "report.png",
        N_("2. The month's end: Report, look at the pages, close, print, have them signed."),
    ),
    SheetPicture(
        "exchange.png", N_("3. Send: choose the month and the stick, write the file, hand it in.")
    ),
    SheetPicture(
        "backup.png",
        N_("4. Back up onto a stick once a week (Ctrl+F9); a green light says all is well."),
    ),
)


def write_first_day_sheet(target: Path) -> None:
    """Write the sheet as a PDF, in the language in use. Raises UserError."""
    write_atomically(target, first_day_sheet())


def first_day_sheet() -> bytes:
    """The sheet as a PDF of one page."""
    buffer = io.BytesIO()
    width, height = pagesizes.A4
    page = canvas.Canvas(buffer, pagesize=pagesizes.A4, invariant=True)
    page.setTitle(_("BorderDesk: the first day"))
    page.setAuthor("BorderDesk")
    family, room = faces(), width - 2 * MARGIN
    y = height - MARGIN - TITLE_SIZE
    page.setFont(family.bold.name, TITLE_SIZE)
    page.drawString(MARGIN, y, printable(_("BorderDesk: the first day")))
    y -= 1.2 * TITLE_SIZE
    for number, step in enumerate(STEPS, start=1):
        mark = f"{'ABC'[number - 1]}. "
        y = _paragraph(page, family.regular, TEXT_SIZE, f"{mark}{_(step)}", (MARGIN, y, room)) - 4
    wide = (room - GAP) / 2
    for first in range(0, len(PICTURES), 2):
        lowest = [
            _picture(page, picture, (MARGIN + place * (wide + GAP), y, wide))
            for place, picture in enumerate(PICTURES[first : first + 2])
        ]
        y = min(lowest) - GAP
    closing = _(
        "Nothing is lost: what is typed is kept within a second, what is deleted can be brought"
        " back. F1 opens the handbook, Ctrl+K finds everything. Not for classified content."
    )
    _paragraph(page, family.bold, TEXT_SIZE, closing, (MARGIN, y - 4, room))
    page.showPage()
    page.save()
    return buffer.getvalue()


def _picture(
    page: "canvas.Canvas", picture: SheetPicture, place: tuple[float, float, float]
) -> float:
    """Draw a picture with its caption below; returns the y below both."""
    x, y, wide = place
    image = utils.ImageReader(str(picture_of(picture.file)))
    across, down = image.getSize()
    high = wide * down / across
    page.drawImage(image, x, y - high, wide, high)
    page.rect(x, y - high, wide, high)
    below = (x, y - high - CAPTION_SIZE - 3, wide)
    return _paragraph(page, faces().regular, CAPTION_SIZE, _(picture.words), below)


def _paragraph(
    page: "canvas.Canvas", face: FontFace, size: float, text: str, place: tuple[float, float, float]
) -> float:
    """Set a text in lines, the first one at y; returns the y of the next line."""
    x, y, room = place
    page.setFont(face.name, size)
    lines: Iterable[tuple[str, float]] = face.lines(printable(text), room / size)
    for line, _width in lines:
        page.drawString(x, y, line)
        y -= size * LEADING
    return y
