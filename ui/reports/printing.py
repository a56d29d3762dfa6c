"""Printing of a PDF by the system's dialog, page by page, at printer resolution."""

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
from ui.widgets.choosers.file_choosers import guard_file_dialogs, keep_no_folders

DOTS = 300
"""Resolution of printed pages in dpi, that of a post's printer."""

OFFERED = QPageSize.PageSizeId.A4
"""Initial paper of the dialog; another choice of the person applies to all pages."""


def ask_printer(owner: QWidget, title: str, then: Callable[[QPrinter], None]) -> QPrintDialog:
    """Open the print dialog; `then` receives the printer."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(DOTS)
    printer.setDocName(title)
    printer.setPageSize(QPageSize(OFFERED))
    keep_no_folders()
    dialog = QPrintDialog(printer, owner)
    guard_file_dialogs(dialog)
    dialog.setWindowTitle(_("Print"))
    dialog.accepted.connect(lambda: then(printer))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    QDialog.open(dialog)
    return dialog


def print_pdf(printer: QPrinter, pdf: Path, sizes: list[Size], progress: Progress) -> int:
    """Print the page range of the dialog; returns the number of pages.

    The dialog leaves pages chosen one by one (1,4) and the reverse order to the program.

    progress: in pages. Raises UserError, and OperationStopped from `progress`. Thread-safe.
    """
    numbers = _chosen_pages(printer, len(sizes))
    paper_of = _papers(printer)
    painter = QPainter()
    for done, number in enumerate(numbers):
        progress(done, len(numbers))
        _turn(printer, paper_of(sizes[number]), sizes[number])
        started = painter.begin(printer) if done == 0 else printer.newPage()
        if not started:
            painter.end()
            raise UserError(_("The printer does not answer. Check it, then print again."))
        image = draw_page(pdf, number, printer.resolution() / 72)
        whole = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
        painter.drawImage(_fitted(image, whole), image)
    painter.end()
    return len(numbers)


def _papers(printer: QPrinter) -> Callable[[Size], QPageSize]:
    """The paper of each page: its own size, unless a person chose another one or the printer lacks
    it; the page is then scaled down."""
    chosen_size = printer.pageLayout().pageSize()
    supported = QPrinterInfo(printer).supportedPageSizes()  # empty for a printer to a file

    def paper_of(size: Size) -> QPageSize:
        own_size = QPageSize(QSizeF(min(size), max(size)), QPageSize.Unit.Point)
        fits = not supported or any(own_size.isEquivalentTo(paper) for paper in supported)
        return own_size if fits and chosen_size.id() == OFFERED else chosen_size

    return paper_of


def _turn(printer: QPrinter, paper: QPageSize, size: Size) -> None:
    """Set paper and orientation for a page; margins are part of the page."""
    orientations = QPageLayout.Orientation
    printer.setPageSize(paper)
    printer.setPageOrientation(
        orientations.Landscape if size[0] > size[1] else orientations.Portrait
    )
    printer.setFullPage(True)
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))


def _fitted(image: QImage, whole: QRectF) -> QRectF:
    """The target rectangle of a page: scaled to fit, centred."""
    size = QSizeF(image.size())
    size.scale(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRectF(whole.topLeft(), size)
    target.moveCenter(whole.center())
    return target


def _chosen_pages(printer: QPrinter, pages: int) -> list[int]:
    """The page indexes chosen in the dialog, in the order they are printed. Raises UserError for
    none."""
    chosen, backwards = printer.pageRanges(), QPrinter.PageOrder.LastPageFirst
    everything = printer.printRange() != QPrinter.PrintRange.PageRange or chosen.isEmpty()
    numbers = [page for page in range(pages) if everything or chosen.contains(page + 1)]
    if not numbers:
        raise UserError(
            _("None of the chosen pages is there: the last one is {page}.").format(page=pages)
        )
    return numbers[::-1] if printer.pageOrder() == backwards else numbers
