"""Notice above all pages while the system clock is far from the newest record."""

import datetime

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.session.clock import clock_doubt
from ui.base.tasks import Runner
from ui.shell.band import Band


class ClockBand(Band):
    """Shows the doubt about the clock and a button to confirm its date; hidden without doubt."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._day: datetime.date | None = None
        hint = _("Today is what the clock says; records saved under another clock keep their times")
        self.right = self.add_button(_("Today's date is right"), self._confirm, hint)
        self.refresh()

    def refresh(self) -> bool:
        """Check the clock again; returns whether the date changed since the last call."""
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
