"""Printing a PDF through the system's dialog, each page drawn as finely as the printer prints."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from borderdesk.errors import UserError
from borderdesk.i18n import _
from ui.paper_view import Size, draw_page

DOTS = 300
"""Dots an inch of a printed page: what a post's printer can show."""

Say = Callable[[int, int], None]


def ask_printer(owner: QWidget, title: str, then: Callable[[QPrinter], None]) -> QPrintDialog:
    """Ask which printer, through the system's dialog, and go on with the answer."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(DOTS)
    printer.setDocName(title)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
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
    painter = QPainter()
    for done, number in enumerate(wanted):
        say(done, len(wanted))
        _turn(printer, sizes[number])
        began = painter.begin(printer) if done == 0 else printer.newPage()
        if not began:
            painter.end()
            raise UserError(_("The printer does not answer. Check it, then print again."))
        image = draw_page(pdf, number, printer.resolution() / 72)
        painter.drawImage(QRectF(printer.pageLayout().fullRectPixels(printer.resolution())), image)
    painter.end()
    return len(wanted)


def _turn(printer: QPrinter, size: Size) -> None:
    """Lay the paper as the page lies; the page has its own margins."""
    ways = QPageLayout.Orientation
    printer.setPageOrientation(ways.Landscape if size[0] > size[1] else ways.Portrait)
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))


def _wanted(printer: QPrinter, pages: int) -> list[int]:
    first, last = printer.fromPage() or 1, printer.toPage() or pages
    if printer.printRange() != QPrinter.PrintRange.PageRange:
        first, last = 1, pages
    return list(range(first - 1, min(last, pages)))
