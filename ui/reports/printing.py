"""Printing a PDF through the system's dialog, page by page, at the printer's resolution."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.progress import Progress
from borderdesk.reports.preview import Size
from ui.reports.paper_view import draw_page

DOTS = 300
"""Dots per inch of a printed page: the resolution of a post's printer."""

OFFERED = QPageSize.PageSizeId.A4
"""The paper chosen when the dialog opens; if a person chooses another, every page goes on it."""


def ask_printer(owner: QWidget, title: str, then: Callable[[QPrinter], None]) -> QPrintDialog:
    """Open the system's print dialog; `then` is called with the chosen printer."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(DOTS)
    printer.setDocName(title)
    printer.setPageSize(QPageSize(OFFERED))
    dialog = QPrintDialog(printer, owner)
    dialog.setWindowTitle(_("Print"))
    dialog.accepted.connect(lambda: then(printer))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    QDialog.open(dialog)
    return dialog


def print_pdf(printer: QPrinter, pdf: Path, sizes: list[Size], progress: Progress) -> int:
    """Print the range of pages chosen in the dialog and return their number.

    progress: in pages. Raises UserError, and OperationStopped when `progress` does.
    May run in any thread.
    """
    numbers = _page_range(printer, len(sizes))
    paper_of = _papers(printer)
    painter = QPainter()
    for done, number in enumerate(numbers):
        progress(done, len(numbers))
        _turn(printer, paper_of(sizes[number]), sizes[number])
        began = painter.begin(printer) if done == 0 else printer.newPage()
        if not began:
            painter.end()
            raise UserError(_("The printer does not answer. Check it, then print again."))
        image = draw_page(pdf, number, printer.resolution() / 72)
        whole = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
        painter.drawImage(_fitted(image, whole), image)
    painter.end()
    return len(numbers)


def _papers(printer: QPrinter) -> Callable[[Size], QPageSize]:
    """What each page is printed on: paper of its own size, unless a person chose another in the
    dialog or the printer has no such paper; the page is then shrunk to fit."""
    chosen = printer.pageLayout().pageSize()
    supported = QPrinterInfo(printer).supportedPageSizes()  # empty for a printer to a file

    def paper_of(size: Size) -> QPageSize:
        own = QPageSize(QSizeF(min(size), max(size)), QPageSize.Unit.Point)
        fits = not supported or any(own.isEquivalentTo(paper) for paper in supported)
        return own if fits and chosen.id() == OFFERED else chosen

    return paper_of


def _turn(printer: QPrinter, paper: QPageSize, size: Size) -> None:
    """Set paper and orientation for a page; the page has its own margins."""
    ways = QPageLayout.Orientation
    printer.setPageSize(paper)
    printer.setPageOrientation(ways.Landscape if size[0] > size[1] else ways.Portrait)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))


def _fitted(image: QImage, whole: QRectF) -> QRectF:
    """Where a page is drawn: as large as fits, centred, with its aspect ratio kept."""
    size = QSizeF(image.size())
    size.scale(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(whole.topLeft(), size)
    place.moveCenter(whole.center())
    return place


def _page_range(printer: QPrinter, pages: int) -> list[int]:
    """The pages (from 0) that were asked for in the dialog."""
    first, last = printer.fromPage() or 1, printer.toPage() or pages
    if printer.printRange() != QPrinter.PrintRange.PageRange:
        first, last = 1, pages
    return list(range(first - 1, min(last, pages)))
