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
        window.nav.setCurrentItem(window.items["clearing"])
        settle()
        page = window.current()
        assert isinstance(page, RecordPage)
        page.view.selectRow(3)
        take(window, pictures / "records.png")
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
