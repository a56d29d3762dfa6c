"""Page furniture: the size of the pages, and banner, footer and page number around the text."""

from borderdesk.reports.blocks import Document
from borderdesk.reports.paper import measures as m
from borderdesk.reports.paper.faces import FontFace, Line, faces, printable
from borderdesk.reports.paper.flow import GRID, Canvas, PageFrame, TextStrip, draw_strips, fill
from borderdesk.reports.paper.measures import BASELINE, LEADING, MM
from borderdesk.reports.paper.tables import LIGHT_GREY

FOOTER_SIZE = 9.5
FOOTER_LINE = 10 * MM  # from the lower edge of the page to the footer
FOOTER_ENDS = 60.0  # width reserved for the page number beside it
BANNER_PAD = 6.0
PAGE_OF_SIZE = 11.0
_PAGE_WORD = {"vi": "Trang", "en": "Page"}


class PageFurniture:
    """Makes the page frames of one document.

    An administrative document has its page number centred in the top margin, as the decree says,
    any other one at the foot.
    """

    def __init__(self, canvas: Canvas, document: Document) -> None:
        self.canvas = canvas
        self.lang = document.lang
        self.formal = document.letter is not None
        self._wide_paper = document.wide_paper
        self._banner, self._footer = document.banner, document.footer
        # The banner of an administrative document leaves room for the page number below it.
        self._banner_size = 10.0 if self.formal else 12.0
        self._banner_top = (3.5 if self.formal else 7) * MM
        self._banner_air = 3.0 if self.formal else 8.0

    def sheet(self, landscape: bool) -> PageFrame:
        """The page frame of a section."""
        width, height = m.page_size(self._wide_paper, landscape)
        left, right = m.LEFT, width - m.RIGHT
        room = right - left
        banner = _lines(self._banner, faces().bold, self._banner_size, room - 2 * BANNER_PAD)
        footer = _lines(self._footer, faces().italic, FOOTER_SIZE, room - FOOTER_ENDS)
        banner_foot = self._banner_top + self._banner_height(banner) if banner else 0.0
        if self.formal:
            number_line = max(m.PAGE_NUMBER_LINE, banner_foot + 5 * MM if banner else 0.0)
            top = max(m.TOP, number_line + 6 * MM)
        else:
            number_line, top = 0.0, max(m.TOP, banner_foot + 4 * MM)
        bottom = max(m.BOTTOM, FOOTER_LINE + 3 * MM + FOOTER_SIZE * LEADING * len(footer))

        def frame(number: int) -> None:
            with self.canvas.structure.artefact():
                self._draw_banner(banner, sheet)
                self._draw_footer(footer, sheet)
                if not self.formal:
                    self._draw_page_of(sheet)
                elif number > 1:
                    self._draw_number(number, sheet, height - number_line)

        sheet = PageFrame(width, height, left, right, height - top, bottom, frame)
        return sheet

    def _banner_height(self, lines: tuple[Line, ...]) -> float:
        return self._banner_size * LEADING * len(lines) + self._banner_air

    def _draw_banner(self, lines: tuple[Line, ...], sheet: PageFrame) -> None:
        if not lines:
            return
        height = self._banner_height(lines)
        top = sheet.height - self._banner_top
        fill(self.canvas, LIGHT_GREY, sheet.left, top - height, sheet.room, height)
        self.canvas.setLineWidth(1.2)
        self.canvas.rect(sheet.left, top - height, sheet.room, height)
        self.canvas.setLineWidth(GRID)
        strip = TextStrip(lines, sheet.left + BANNER_PAD, sheet.room - 2 * BANNER_PAD, 0.5)
        draw_strips(self.canvas, faces().bold, self._banner_size, [strip], top, height)

    def _draw_footer(self, lines: tuple[Line, ...], sheet: PageFrame) -> None:
        if lines:
            height = FOOTER_SIZE * LEADING * len(lines)
            strip = TextStrip(lines, sheet.left, sheet.room - FOOTER_ENDS, 0.0)
            top = FOOTER_LINE + height
            draw_strips(self.canvas, faces().italic, FOOTER_SIZE, [strip], top, height)

    def _draw_number(self, number: int, sheet: PageFrame, y: float) -> None:
        face, text = faces().regular, str(number)
        x = (sheet.left + sheet.right - face.width(text) * m.PAGE_NUMBER_SIZE) / 2
        self.canvas.setFont(face.name, m.PAGE_NUMBER_SIZE)
        self.canvas.drawString(x, y, text)

    def _draw_page_of(self, sheet: PageFrame) -> None:
        """Draw "Trang 2/5"; the total is a PDF form that is filled in at the end."""
        face, size = faces().regular, PAGE_OF_SIZE
        text = f"{_PAGE_WORD[self.lang]} {self.canvas.getPageNumber()}/"
        # Width for a total of two digits; a longer one runs a little into the margin.
        x = sheet.right - face.width("00") * size
        y = FOOTER_LINE + FOOTER_SIZE * (LEADING - BASELINE)
        self.canvas.setFont(face.name, size)
        self.canvas.drawString(x - face.width(text) * size, y, text)
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm("total")
        self.canvas.restoreState()

    def total(self, pages: int) -> None:
        """Fill in the total number of pages, where the page numbers show it."""
        if not self.formal:
            self.canvas.beginForm("total", 0, -4, 60, 14)
            self.canvas.setFont(faces().regular.name, PAGE_OF_SIZE)
            self.canvas.drawString(0, 0, str(pages))
            self.canvas.endForm()


def _lines(text: str | None, face: FontFace, size: float, room: float) -> tuple[Line, ...]:
    return face.lines(printable(text), room / size) if text else ()
