"""The lines above every page, in their order."""

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
    # Other desks do not need it.
    practice_band = lazy_module("ui.shell.practice_band")


class PageBands(QWidget):
    """Every band there is; each hides itself while it has nothing to tell.

    wanted: the page, and what to show there, that a band leads to. recovered: the desk can be
    written to again.
    """

    wanted = Signal(str, object)
    recovered = Signal()

    def __init__(self, desk: Desk, tasks: Runner, current: Callable[[], QWidget]) -> None:
        """current: the page that is shown."""
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
        """Look again at what no timer looks at; whether another day has begun since."""
        self.older.refresh()
        return self.clock.refresh()


def _banner(desk: Desk) -> QLabel | None:
    """What says that the figures are invented, or that this desk is for practice."""
    words = desk.banner()
    if not words:
        return None
    band = named(PlainLabel(words), "practice" if desk.identity.practice else "demo")
    band.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return band
