"""Shows every page with its tabs, the form and the table, help and printing.

`python -m tests.gui.every_page DESK` prints the libraries loaded at the end. It fails if a module
of Qt or of the window was imported in another thread than the window's. Used by
tests/test_no_network.py and tests/test_packaging.py.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
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
from ui.widgets.pages.page import Page

TURN = 20
"""Milliseconds between checks whether a page is idle."""
MOST_TURNS = 1_500


class ImportWatch(MetaPathFinder):
    """A finder that finds nothing, and records the modules of Qt or the window imported in other
    threads."""

    def __init__(self) -> None:
        self.aside: list[str] = []

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        """Called for each module that is not imported yet."""
        main = threading.current_thread() is threading.main_thread()
        if not main and name.partition(".")[0] in ("PySide6", "ui"):
            self.aside.append(name)


def settle(page: Page) -> None:
    """Process events until a page is idle."""

    def settled() -> bool:
        return page.idle() and not (isinstance(page, RecordPage) and "form" not in page.__dict__)

    turn_until(settled, page)


def turn_until(there: Callable[[], bool], what: object) -> None:
    """Process events until a condition holds."""
    for _turn in range(MOST_TURNS):
        loop = QEventLoop()
        QTimer.singleShot(TURN, loop.quit)
        loop.exec()
        if there():
            return
    raise TimeoutError(what)


def show_pages(window: MainWindow) -> None:
    """Show every page with all its parts."""
    turn_until(window.import_ahead.done, window.import_ahead)
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
    """Open Qt's own dialogs; the print dialog asks the system for printers."""
    QPrinterInfo.availablePrinters()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    for dialog in (QPrintDialog(printer, window), QFileDialog(window)):
        dialog.show()
        QApplication.processEvents()
        dialog.close()


def libraries() -> set[str]:
    """The files mapped into this process."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if len(line.split(maxsplit=5)) == 6}


def main() -> None:
    """Show everything, then print the libraries."""
    prepare()
    watch = ImportWatch()
    sys.meta_path.insert(0, watch)
    with Desk.open(Path(sys.argv[1])) as desk:
        application().setWindowIcon(QIcon(str(ICON)))
        window = main_window(desk, "vi")
        window.show()
        show_pages(window)
        show_dialogs(window)
        window.tasks.finish()
        window.close()
    assert not watch.aside, watch.aside
    print(*sorted(libraries()), sep="\n")


if __name__ == "__main__":
    main()
