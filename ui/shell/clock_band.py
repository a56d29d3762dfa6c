"""The line above every page while the computer's clock is far from the newest record."""

import datetime

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.session.clock import clock_doubt
from ui.base.tasks import Runner
from ui.shell.band import Band


class ClockBand(Band):
    """Tells of the clock and takes the answer that it is right; hidden while it is not doubtful."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._day: datetime.date | None = None
        hint = _("Today is what the clock says; records saved under another clock keep their times")
        self.right = self.add_button(_("Today's date is right"), self._confirm, hint)
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
