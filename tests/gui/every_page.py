"""A window that shows every page with its tabs, the form and the table, help and printing.

`python -m tests.gui.every_page DESK` prints the libraries that it has loaded by then, and ends.
What is watched from outside: tests/test_no_network.py, tests/test_packaging.py.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication, QFileDialog

from borderdesk.desk import Desk
from ui.records.record_page import RecordPage
from ui.shell.app import ICON, application, main_window
from ui.shell.main_window import MainWindow
from ui.shell.pages import PAGES
from ui.shell.startup import prepare
from ui.widgets.page import Page

TURN = 20
"""Milliseconds between two looks at whether a page is done."""
MOST_TURNS = 1_500


def settle(page: Page) -> None:
    """Let a page do what it has begun."""
    for _turn in range(MOST_TURNS):
        loop = QEventLoop()
        QTimer.singleShot(TURN, loop.quit)
        loop.exec()
        if page.idle() and not (isinstance(page, RecordPage) and "form" not in page.__dict__):
            return
    raise TimeoutError(page)


def show_pages(window: MainWindow) -> None:
    """Go through everything there is to see."""
    for key in PAGES:
        window.nav.setCurrentItem(window.items[key])
        page = window.current()
        assert isinstance(page, Page)
        settle(page)
        for tab in range(page.tabs.count()) if hasattr(page, "tabs") else ():
            page.tabs.setCurrentIndex(tab)
            settle(page)
        if isinstance(page, RecordPage):
            page.show_grid()
            settle(page)
            page.grid.leave()
    window.help.show_commands()
    window.help.show_handbook()


def show_dialogs(window: MainWindow) -> None:
    """Open the dialogs that are Qt's own; what printers there are is asked of the system."""
    QPrinterInfo.availablePrinters()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    for dialog in (QPrintDialog(printer, window), QFileDialog(window)):
        dialog.show()
        QApplication.processEvents()
        dialog.close()


def libraries() -> set[str]:
    """The files that are mapped into this process."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if len(line.split(maxsplit=5)) == 6}


def main() -> None:
    """Show everything, then name the libraries."""
    prepare()
    with Desk.open(Path(sys.argv[1])) as desk:
        application().setWindowIcon(QIcon(str(ICON)))
        window = main_window(desk, "vi")
        window.show()
        show_pages(window)
        show_dialogs(window)
        window.tasks.finish()
        window.close()
    print(*sorted(libraries()), sep="\n")


if __name__ == "__main__":
    main()
