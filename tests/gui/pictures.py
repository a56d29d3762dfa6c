"""Takes the pictures of README and handbook: the program itself, on the demonstration desk.

`python -m tests.gui.pictures DESK FOLDER LANG` with a desk created by `demo` writes them into the
folder of the language. QT_QPA_PLATFORM=offscreen is sufficient.
"""

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QWidget

from borderdesk.base.i18n import set_language
from borderdesk.desk import Desk
from tests.gui.liaison import Sticks, months_ago, work
from ui.exchange.board_panel import BoardPanel
from ui.exchange.exchange_page import ExchangePage
from ui.exchange.receive_panel import ReceivePanel
from ui.records.record_page import RecordPage
from ui.reports.report_page import ReportPage
from ui.shell.app import application, main_window
from ui.shell.main_window import MainWindow
from ui.widgets.pages.page import Page

ROWS = [
    {"post": "Ba Sơn", "kind": "road_clearing", "started_on": day, "commune": commune,
     "participants": people}
    for day, commune, people in (
        ("4/12/2023", "Xuất Lễ", "18"), ("7/12/2023", "Cao Lâu", "12"),
        ("11/12/2023", "Mẫu Sơn (Cao Lộc)", "24"), ("31/2", "Cao Lâu", "nhiều"),
    )
]  # fmt: skip
"""Rows of a grid, the last of which is invalid."""
SETTLE_MILLISECONDS = 1_500


def settle() -> None:
    """Process events until the window is idle."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MILLISECONDS, loop.quit)
    loop.exec()


def take(widget: QWidget, target: Path) -> None:
    """Save a picture of the widget."""
    settle()
    page = widget.current() if isinstance(widget, MainWindow) else None
    while isinstance(page, Page) and not page.idle():
        settle()
    target.parent.mkdir(parents=True, exist_ok=True)
    widget.grab().save(str(target))


def back_up(desk: Desk) -> None:
    """Create several automatic backups and a manual one."""
    for _turn in range(3):
        desk.backups.make(automatic=True)
    desk.backups.make(desk.folder.parent / "KINGSTON")


def take_exchange(pictures: Path, lang: str) -> None:
    """Take the board of a province that received the month of ten of twelve posts."""
    with tempfile.TemporaryDirectory() as scratch:
        sticks = Sticks(Path(scratch))
        made = Desk.create(
            sticks.folder / "tinh", "province", "20", "Thượng úy Nông Văn Hòa", demo=True
        )
        with made as desk:
            for post in sticks.posts:
                _write_sticks(sticks, desk, post)
            window = main_window(desk, lang)
            window.resize(1366, 768)
            window.show()
            window.show_page("exchange", {"tab": "receive", "paths": [sticks.folder]})
            settle()
            page = window.current()
            assert isinstance(page, ExchangePage)
            receiving = page.panel("receive")
            assert isinstance(receiving, ReceivePanel)
            for act in (settle, receiving.import_files):
                act()
                while not receiving.idle():
                    settle()
            page.show_tab("board")
            settle()
            board = page.panel("board")
            assert isinstance(board, BoardPanel)
            month = months_ago(desk, 0).number - 1
            board.board.setCurrentIndex(board.board.cells.index(0, month))
            take(window, pictures / "exchange.png")
            window.close()


def _write_sticks(sticks: Sticks, province: Desk, post: str) -> None:
    """Half a year of a post: one file broken, one month sent again, one month late."""
    with sticks.desk(post) as desk:
        province.exchange.cards.accept_card(desk.exchange.cards.own())
        for ago in range(5, -1, -1):
            month = months_ago(desk, ago)
            day = min(month.last, desk.today())
            desk.records.add("clearing", work(post, day, participants=11 + 7 * ago))
            if (ago, post) not in ((1, "TT"), (0, "PM")):
                sticks.write(desk, post, month.text)
        if post == "BS":
            day = months_ago(desk, 0).first
            desk.records.add("clearing", work(post, day, participants=36))
            sticks.write(desk, post, months_ago(desk, 0).text)
    if post == "NH":
        broken = sticks.written[post][-1]
        broken.write_bytes(broken.read_bytes()[:900])


def main() -> None:
    """Take every picture."""
    desk_folder, lang = Path(sys.argv[1]), sys.argv[3]
    pictures = Path(sys.argv[2]) / lang
    set_language(lang)
    app = application()
    with Desk.open(desk_folder) as desk:
        back_up(desk)
        window = main_window(desk, lang)
        window.resize(1366, 768)
        window.show()
        take(window, pictures / "home.png")
        for key in ("strip", "targets"):
            window.nav.setCurrentItem(window.items[key])
            take(window, pictures / f"{key}.png")
        window.show_page("settings", {"ledger": "units"})
        take(window, pictures / "settings.png")
        window.show_backups()
        take(window, pictures / "backup.png")
        window.nav.setCurrentItem(window.items["clearing"])
        settle()
        page = window.current()
        assert isinstance(page, RecordPage)
        page.view.selectRow(3)
        take(window, pictures / "records.png")
        page.show_grid()
        page.grid.cells.start(ROWS)
        page.grid.view.go_to((3, "started_on"))
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
    take_exchange(pictures, lang)
    app.quit()


if __name__ == "__main__":
    main()
