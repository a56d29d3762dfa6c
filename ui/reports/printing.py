"""Printing a PDF through the system's dialog, each page drawn as finely as the printer prints."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from ui.reports.paper_view import Size, draw_page

DOTS = 300
"""Dots an inch of a printed page: what a post's printer can show."""

OFFERED = QPageSize.PageSizeId.A4
"""The paper that the dialog begins with; a person who chooses another has every page on it."""

Say = Callable[[int, int], None]


def ask_printer(owner: QWidget, title: str, then: Callable[[QPrinter], None]) -> QPrintDialog:
    """Ask which printer, through the system's dialog, and go on with the answer."""
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


def print_pdf(printer: QPrinter, pdf: Path, sizes: list[Size], say: Say) -> int:
    """Print the pages that the dialog asked for; how many. Raises UserError, and Stopped when
    `say` does. May run in any thread."""
    wanted = _wanted(printer, len(sizes))
    paper_of = _papers(printer)
    painter = QPainter()
    for done, number in enumerate(wanted):
        say(done, len(wanted))
        _turn(printer, paper_of(sizes[number]), sizes[number])
        began = painter.begin(printer) if done == 0 else printer.newPage()
        if not began:
            painter.end()
            raise UserError(_("The printer does not answer. Check it, then print again."))
        image = draw_page(pdf, number, printer.resolution() / 72)
        whole = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
        painter.drawImage(_fitted(image, whole), image)
    painter.end()
    return len(wanted)


def _papers(printer: QPrinter) -> Callable[[Size], QPageSize]:
    """What each page is printed on: paper of its own size, unless a person chose another in the
    dialog or the printer has none so large; then it is made smaller."""
    chosen = printer.pageLayout().pageSize()
    there = QPrinterInfo(printer).supportedPageSizes()  # none of a printer that writes a file

    def paper_of(size: Size) -> QPageSize:
        own = QPageSize(QSizeF(min(size), max(size)), QPageSize.Unit.Point)
        known = not there or any(own.isEquivalentTo(paper) for paper in there)
        return own if known and chosen.id() == OFFERED else chosen

    return paper_of


def _turn(printer: QPrinter, paper: QPageSize, size: Size) -> None:
    """Lay the paper as the page lies; the page has its own margins."""
    ways = QPageLayout.Orientation
    printer.setPageSize(paper)
    printer.setPageOrientation(ways.Landscape if size[0] > size[1] else ways.Portrait)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))


def _fitted(image: QImage, whole: QRectF) -> QRectF:
    """Where a page is drawn: as large as the paper allows, in its own proportions."""
    size = QSizeF(image.size())
    size.scale(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(whole.topLeft(), size)
    place.moveCenter(whole.center())
    return place


def _wanted(printer: QPrinter, pages: int) -> list[int]:
    first, last = printer.fromPage() or 1, printer.toPage() or pages
    if printer.printRange() != QPrinter.PrintRange.PageRange:
        first, last = 1, pages
    return list(range(first - 1, min(last, pages)))
