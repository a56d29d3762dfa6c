"""The line above every page while the computer's clock is far from the newest record."""

import datetime

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.session.clock import clock_doubt
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner


class ClockBand(QWidget):
    """Tells of the clock and takes the answer that it is right; hidden while it is not doubtful."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._day: datetime.date | None = None
        self.text = named(PlainLabel(), "notice")
        self.text.setWordWrap(True)
        self.right = QPushButton(_("Today's date is right"))
        self.right.setToolTip(
            _("Today is what the clock says; records saved under another clock keep their times")
        )
        self.right.clicked.connect(lambda _checked=False: self._confirm())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(self.text, 1)
        row.addWidget(self.right)
        self.refresh()

    def refresh(self) -> bool:
        """Look at the clock again; whether another day has begun since."""
        doubt = clock_doubt(self._desk)
        self.setVisible(doubt is not None)
        if doubt is not None:
            self.text.setText(doubt.text)
        before, self._day = self._day, self._desk.today()
        return before not in (None, self._day)

    def _confirm(self) -> None:
        def done(_none: None) -> None:
            self.refresh()

        self._tasks.later(self._desk.clock.confirm_clock, done, lambda _error: None, self)
