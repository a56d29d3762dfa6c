"""Make the README's pictures: the program itself, on the demonstration desk.

`python -m tests.gui.pictures DESK FOLDER` with a desk that `demo` made; QT_QPA_PLATFORM=offscreen
will do.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from borderdesk.desk import Desk
from borderdesk.i18n import set_language
from ui.app import application, main_window
from ui.record_page import RecordPage
from ui.report_page import ReportPage

ROWS = [
    {"post": "Ba Sơn", "kind": "Phát quang đường tuần tra", "started_on": day, "commune": commune,
     "participants": people}
    for day, commune, people in (
        ("4", "Xuất Lễ", "18"), ("7", "Cao Lâu", "12"), ("11", "Mẫu Sơn (Cao Lộc)", "24"),
        ("31/2", "Cao Lâu", "nhiều"),
    )
]  # fmt: skip
"""Rows of a table, the last of which is wrong."""
SETTLE_MILLISECONDS = 1_500


def settle() -> None:
    """Let the window do what it has begun."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MILLISECONDS, loop.quit)
    loop.exec()


def take(widget: QWidget, target: Path) -> None:
    """Save what the widget shows."""
    settle()
    target.parent.mkdir(parents=True, exist_ok=True)
    widget.grab().save(str(target))


def main() -> None:
    """Take every picture."""
    desk_folder, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    set_language("vi")
    app = application()
    with Desk.open(desk_folder) as desk:
        window = main_window(desk, "vi")
        window.resize(1366, 768)
        window.show()
        take(window, pictures / "home.png")
        for key in ("strip", "targets"):
            window.nav.setCurrentItem(window.items[key])
            take(window, pictures / f"{key}.png")
        window.show_page("settings", {"ledger": "units"})
        take(window, pictures / "settings.png")
        window.nav.setCurrentItem(window.items["clearing"])
        settle()
        page = window.current()
        assert isinstance(page, RecordPage)
        page.view.selectRow(3)
        take(window, pictures / "records.png")
        page.show_grid()
        page.grid.cells.start(ROWS)
        page.grid.view.go_to((3, "participants"))
        take(window, pictures / "grid.png")
        page.grid.cells.start([])
        page.grid.leave()
        window.nav.setCurrentItem(window.items["report"])
        settle()
        report = window.current()
        assert isinstance(report, ReportPage)
        report.view.click()
        take(window, pictures / "report.png")
        window.close()
    app.quit()


if __name__ == "__main__":
    main()
