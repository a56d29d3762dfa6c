"""The notices above all pages, in order."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.shell.backup_band import BackupBand
from ui.shell.clock_band import ClockBand
from ui.shell.desk_band import DeskBand
from ui.shell.older_band import OlderBand
from ui.shell.update_band import UpdateBand

if TYPE_CHECKING:
    from ui.shell import practice_band
else:
    # Only needed on practice desks.
    practice_band = lazy_module("ui.shell.practice_band")


class PageBands(QWidget):
    """All notices; each hides itself while it has nothing to say.

    wanted(page, intent): a notice leads to a page; recovered: the desk can be written again.
    """

    wanted = Signal(str, object)
    recovered = Signal()

    def __init__(self, desk: Desk, tasks: Runner, current: Callable[[], QWidget]) -> None:
        """current: returns the current page."""
        super().__init__()
        self.practice: practice_band.PracticeBand | None = None
        if desk.identity.practice:
            self.practice = practice_band.PracticeBand(desk, tasks, current)
            self.practice.wanted.connect(self.wanted)
        self.clock = ClockBand(desk, tasks)
        self.older = OlderBand(desk)
        self.older.wanted.connect(self.wanted)
        self.hindrance = DeskBand(desk, tasks)
        self.hindrance.recovered.connect(self.recovered)
        self.failure = BackupBand(desk, tasks)
        self.update_band = UpdateBand(desk, tasks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for band in (
            *(_banner(desk), self.practice, self.clock, self.older, self.hindrance),
            *(self.failure, self.update_band),
        ):
            if band is not None:
                column.addWidget(band)

    def refresh(self) -> bool:
        """Check again what no timer checks; returns whether the date changed since."""
        self.older.refresh()
        return self.clock.refresh()


def _banner(desk: Desk) -> QLabel | None:
    """The banner of a demo or practice desk; None for a real one."""
    words = desk.banner()
    if not words:
        return None
    band = named(PlainLabel(words), "practice" if desk.identity.practice else "demo")
    band.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return band
