"""The visible marks of digital signatures, at the positions of Decree 30/2020 (Appendix I).

The mark of the person who signs is between office and name; that of the organisation is its stamp,
over a third of the signature, to its left. An organisation's mark without a picture of a stamp, and
the marks of the person who signs after that (another unit), are in the upper right corner of page
1, in upright letters of 10 points. Pictures of a signature or a stamp are PNG; they are drawn as
ink, without transparency, which PDF/A must not have.
"""

import datetime
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from borderdesk.base.errors import UserError
from borderdesk.base.files import file_content
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.faces import faces, serif_text
from borderdesk.reports.paper.flow import Canvas
from borderdesk.reports.paper.letter import SigningRoom
from borderdesk.reports.paper.measures import BASELINE, LEADING, MM
from borderdesk.signing.certificates import Certificate

if TYPE_CHECKING:
    from PIL import Image
    from reportlab.lib import utils
    from reportlab.pdfgen import canvas as canvas_module

    from borderdesk.signing import pdf_signing
else:
    Image = lazy_module("PIL.Image")
    canvas_module = lazy_module("reportlab.pdfgen.canvas")
    pdf_signing = lazy_module("borderdesk.signing.pdf_signing")
    utils = lazy_module("reportlab.lib.utils")

SIGNED_BY, OF, SIGNED_AT = "Ký bởi", "Cơ quan", "Thời gian ký"
"""The text of a mark on a paper, always in Vietnamese."""

SIZE = 10.0
"""Of the letters of a mark."""
STAMP = 36 * MM
"""The diameter of a round stamp."""
CORNER_WIDTH, CORNER_HEIGHT = 78 * MM, 11 * MM
CORNER_TOP, CORNER_GAP = 8.6 * MM, 3 * MM  # below a banner, above the text
MOST_CORNERS = 2
BLANK = (0.0, 0.0, 1.0, 1.0)
"""Where a mark is that shows nothing."""
MOST_BYTES = 4 << 20
MOST_PIXELS = 4_000 * 4_000
PAPER = 245
"""From this brightness on, the dots of a picture are paper."""
VIETNAM = datetime.timezone(datetime.timedelta(hours=7))

Place = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the lower left corner of a page."""


def person_mark(
    room: SigningRoom, certificate: Certificate, moment: datetime.datetime, picture: bytes | None
) -> "pdf_signing.SignatureMark":
    """The mark between office and name: the picture of the signature, or words."""
    lines = _lines(certificate, moment)
    if picture is not None:
        half = (room.right - room.left) / 4
        place = (room.left + half, room.bottom, room.right - half, room.top)
        return _mark(room.page, place, _ink(picture), lines)
    return _mark(room.page, room[1:], _words(lines, 0.5), lines)


def stamp_mark(
    room: SigningRoom, certificate: Certificate, moment: datetime.datetime, picture: bytes
) -> "pdf_signing.SignatureMark":
    """The stamp of the organisation, over a third of the signature, to its left: that takes the
    middle half of its place."""
    third = (room.right - room.left) / 6
    right, middle = room.left + 1.5 * third + third, (room.bottom + room.top) / 2
    place = (right - STAMP, middle - STAMP / 2, right, middle + STAMP / 2)
    return _mark(room.page, place, _ink(picture), _lines(certificate, moment))


def corner_mark(
    corner: int, certificate: Certificate, moment: datetime.datetime
) -> "pdf_signing.SignatureMark":
    """A mark in the upper right corner of page 1; the next (corner 1) is to its left. Without room
    for one more it is a blank point, as PDF/A requires a mark."""
    who = " - ".join(filter(None, (certificate.organisation, certificate.name)))
    lines = [f"{SIGNED_BY}: {who}", f"{SIGNED_AT}: {_moment(moment)}"]
    if corner >= MOST_CORNERS:
        return _mark(0, BLANK, _nothing, lines)
    width, height = m.A4
    right = width - m.RIGHT - corner * (CORNER_WIDTH + CORNER_GAP)
    top = height - CORNER_TOP
    place = (right - CORNER_WIDTH, top - CORNER_HEIGHT, right, top)
    return _mark(0, place, _words(lines, 1.0), lines)


def _lines(certificate: Certificate, moment: datetime.datetime) -> list[str]:
    lines = [f"{SIGNED_BY}: {certificate.name}"]
    if certificate.organisation:
        lines.append(f"{OF}: {certificate.organisation}")
    return [*lines, f"{SIGNED_AT}: {_moment(moment)}"]


def _moment(moment: datetime.datetime) -> str:
    """05/01/2024 10:15:30 +07:00: day, time and zone of Vietnam."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S} +07:00"


# ------------------------------------------------------------------------------- drawing

Drawing = Callable[[Canvas, float, float], None]
"""Draws on a page of a width and height."""


def _mark(
    page: int, place: Place, draw: Drawing, lines: Sequence[str]
) -> "pdf_signing.SignatureMark":
    """A mark; lines: its text, which is the alternative text of a picture too."""
    left, bottom, right, top = map(round, place)
    width, height = right - left, top - bottom
    canvas = canvas_module.Canvas(
        "", pagesize=(width, height), invariant=1, initialFontName=faces().regular.name
    )
    draw(canvas, width, height)
    canvas.showPage()
    picture = bytes(canvas.getpdfdata())
    return pdf_signing.SignatureMark(page, left, bottom, right, top, picture, ". ".join(lines))


def _nothing(canvas: Canvas, width: float, height: float) -> None:
    """Draw a blank."""


def _words(lines: Sequence[str], slack: float) -> Drawing:
    """Lines in the middle of the height, smaller where they are too many for it."""

    def draw(canvas: Canvas, width: float, height: float) -> None:
        face, size = faces().regular, SIZE
        while True:
            room = width / size
            broken = [part for line in lines for part in face.lines(serif_text(line), room)]
            needed = len(broken) * size * LEADING
            if needed <= height or size <= SIZE / 2:
                break
            size -= 0.5
        top = (height + needed) / 2
        canvas.setFont(face.name, size)
        for place, (text, ems) in enumerate(broken):
            y = top - place * size * LEADING - size * BASELINE
            canvas.drawString(slack * (width - ems * size), y, text)

    return draw


def _ink(picture: bytes) -> Drawing:
    """A picture in the middle, as large as it fits; its paper is not drawn."""

    def draw(canvas: Canvas, width: float, height: float) -> None:
        with Image.open(BytesIO(picture)) as opened:
            shown = opened.convert("RGBA")
        flat = Image.new("RGB", shown.size, "white")
        flat.paste(shown, mask=shown.getchannel("A"))
        wide, high = flat.size
        scale = min(width / wide, height / high)
        left, bottom = (width - wide * scale) / 2, (height - high * scale) / 2
        paper = [PAPER, 255] * 3
        image = utils.ImageReader(flat)
        canvas.drawImage(image, left, bottom, wide * scale, high * scale, mask=paper)

    return draw


def read_picture(path: Path) -> bytes:
    """The picture of a signature or a stamp, PNG or JPEG. Raises UserError."""
    content = file_content(path, MOST_BYTES)
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UserError(_("{file} has too many dots for a mark.").format(file=path.name))
            opened.load()
    except UserError:
        raise
    except Exception as error:  # a hostile picture fails in more ways than the library documents
        raise UserError(_("{file} is no picture (PNG or JPEG).").format(file=path.name)) from error
    return content
