"""Opens the window on a desk, pages through its list, and prints its memory in KiB.

Arguments: the desk's folder and the number of pages to read.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from borderdesk.desk import Desk
from borderdesk.store.lists.listing import PAGE, Filter
from ui.shell import app
from ui.shell.main_window import MainWindow

SETTLING = 0.5
LONGEST = 20.0


def proportional_set() -> int:
    """The proportional set size of this process in KiB."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError("the system does not tell")


def turn(seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
    """Process events for a time, or until a condition holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        if until():
            return True
        time.sleep(0.001)
    return False


def page_through(window: MainWindow, pages: int) -> int:
    """Scroll to the end of the list repeatedly; the number of rows loaded."""
    turn(SETTLING)
    page: Any = window.current()
    page.table.ask(Filter(), page.table.order)
    turn(SETTLING)
    for _page in range(pages):
        known = page.table.rowCount()

        def longer(known: int = known) -> bool:
            page.view.scrollToBottom()
            return bool(page.table.rowCount() > known)

        if known < PAGE or not turn(LONGEST, longer):
            break
    turn(SETTLING)
    return int(page.table.rowCount())


def main(folder: str, pages: str) -> None:
    application = app.application()
    with Desk.open(Path(folder)) as desk:
        window = app.main_window(desk, "vi", "patrol")
        window.show()
        rows = page_through(window, int(pages))
        # In both windows or in neither: the widgets take more memory than the rows.
        turn(LONGEST, window.ahead.done)
        print(proportional_set(), rows, flush=True)
        window.close()
        window.tasks.finish()
    del application


if __name__ == "__main__":
    main(*sys.argv[1:])
