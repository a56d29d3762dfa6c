"""The line below every page: how the newest period stands, whose desk this is, who works at it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar

from borderdesk.desk import Desk
from borderdesk.errors import UserError
from borderdesk.i18n import N_, _
from ui.style import named
from ui.tasks import Job, Runner

if TYPE_CHECKING:
    from borderdesk.periods import Period

ROOMY = 110
"""A bar of fewer digits than this has no room for the warning."""

STATES: Mapping[str, str] = {
    "open": N_("Period {period}: not closed"),
    "closed": N_("Period {period}: closed"),
    "reopened": N_("Period {period}: opened again"),
    "amending": N_("Period {period}: being amended"),
}
"""How a period stands, in words, by the name of its state."""


class DeskStatus(QStatusBar):
    """What is always in sight; the period is read off the window's thread."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._job: Job | None = None
        self.setSizeGripEnabled(False)
        self.setContentsMargins(12, 0, 12, 0)
        self.period = named(QLabel(), "period")
        self.caution = QLabel(_("Not for classified information"))
        self.addWidget(self.period)
        self.addWidget(self.caution)
        self.addPermanentWidget(QLabel(f"{desk.title()} · {desk.identity.user}"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the text is large, what has to be known stays."""
        super().resizeEvent(event)
        self.caution.setVisible(self.width() > ROOMY * self.fontMetrics().horizontalAdvance("0"))

    def refresh(self) -> None:
        """Read anew how the newest period stands."""
        if self._job is not None:
            self._job.forget()
        desk = self._desk

        def work() -> "tuple[Period, str]":
            from borderdesk.overview import newest_month

            month = newest_month(desk)
            return month, desk.closing.state(month.text).name

        self._job = self._tasks.run(work, self._show, self._failed, self)

    def _show(self, found: "tuple[Period, str]") -> None:
        self._job = None
        month, state = found
        name = f"{month.number:02d}/{month.year}"
        self.period.setText(_(STATES[state]).format(period=name))

    def _failed(self, error: Exception) -> None:
        self._job = None
        if not isinstance(error, UserError):
            raise error
        self.period.clear()
