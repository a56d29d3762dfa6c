"""A long-running window: `DESK SAVES PREVIEWS` saves records while their list is shown, then
renders the report repeatedly, printing the use of resources from time to time."""

import datetime
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from borderdesk.desk import Desk
from tests.gui.shell.clerk import told
from tests.gui.steps import work_until
from tests.soak.flatness import measured
from tests.soak.operations import clearing
from ui.reports.report_page import ReportPage
from ui.shell.app import application, main_window
from ui.shell.main_window import MainWindow

TELLINGS = 100
"""The number of samples of each part."""
RECORDS = 400
"""The number of stored records: each further one replaces an older, so that the desk, and the
memory of its list, does not grow."""


def save(window: MainWindow, times: int) -> None:
    """Save records, each painted in the list."""
    desk, kept = window.desk, list[str]()
    window.show_page("clearing", {})
    page = window.current()
    work_until(page.idle)
    for number in range(times):
        kept.append(desk.records.add("clearing", clearing(number)).id)
        if len(kept) > RECORDS:
            desk.records.delete("clearing", kept.pop(0), "thử")
        if number % 10 == 0:
            page.refresh()
            work_until(page.idle)
        QApplication.processEvents()
        if number % max(times // TELLINGS, 1) == 0:
            told({"part": "saves", "number": number, **measured()})


def preview(window: MainWindow, times: int) -> None:
    """Render the reports of two months in turn, until their pages are painted."""
    window.show_page("report", {})
    page = window.current()
    assert isinstance(page, ReportPage)
    work_until(page.idle)
    for number in range(times):
        before = page.shown

        def is_new(before: object = before) -> bool:
            return page.shown is not before and page.idle()

        period = window.desk.calendar().parse(f"2023-0{1 + number % 9}")
        page.chooser.choose(period)
        page.view.click()
        work_until(is_new)
        if number % max(times // TELLINGS, 1) == 0:
            told({"part": "previews", "number": number, **measured()})


def main() -> int:
    """Save, then preview."""
    folder, saves, previews = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    app = application()
    with Desk.open(folder) as desk:
        window = main_window(desk, "vi")
        window.show()
        window.activateWindow()
        work_until(window.current().idle)
        began = datetime.datetime.now().astimezone()
        save(window, saves)
        preview(window, previews)
        told({"part": "end", "seconds": (datetime.datetime.now().astimezone() - began).seconds})
        window.close()
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
