"""Base class of pages about one period: its chooser, and background reads."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import QTimer

from borderdesk.base.errors import user_error
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.figures.newest_month import record_span
from ui.base.tasks import Job, Runner
from ui.widgets.choosers.period_chooser import PeriodChooser, Span
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.page import Page

T = TypeVar("T")


class PeriodPage(Page):
    """A page about one period; `refresh` runs when another one is chosen."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._jobs: set[Job] = set()
        self.bar = MessageBar()
        self.period: PeriodChooser | None = None
        """None until the periods with records are known."""
        self._asked = ""

    def place_chooser(self, chooser: PeriodChooser) -> None:
        """Add the chooser to the layout of the page."""
        raise NotImplementedError

    def read_periods(self) -> None:
        """Read which periods have records, then show the chooser."""
        self.read(lambda: record_span(self._desk), self._offer_periods)

    def _offer_periods(self, span: tuple[datetime.date, datetime.date | None]) -> None:
        self.period = PeriodChooser(self._desk, span, all_time=False)
        self.place_chooser(self.period)
        if self._asked:
            self.period.choose(self._asked)
        self.period.chosen.connect(self.refresh)
        self.refresh()

    def choose_period(self, text: str) -> None:
        """Select a period by its text, deferred until the chooser exists."""
        self._asked = text
        if self.period is not None:
            self.period.choose(text)

    def intent(self) -> Mapping[str, Any]:
        """The period, if a person selected it."""
        was_taken = self.period is not None and self.period.taken
        return (
            {"period": self.period.currentData()} if self.period is not None and was_taken else {}
        )

    def receive(self, intent: Mapping[str, Any]) -> None:
        """period: the period to show."""
        if intent.get("period"):
            self.choose_period(intent["period"])

    def refresh(self) -> None:
        """Read the available periods again, then the contents of the selected one."""
        if self.period is None:
            return
        self.cancel_reads()
        self.read(lambda: record_span(self._desk), self._offer_again)

    def _offer_again(self, span: Span) -> None:
        assert self.period is not None
        self.period.blockSignals(True)
        self.period.offer(span)
        self.period.blockSignals(False)
        period = self.period.period()
        if period is not None:
            self.read_period(period)

    def read_period(self, period: Period) -> None:
        """Read the contents of a period."""
        raise NotImplementedError

    def is_narrow(self, digits: int) -> bool:
        """Whether the page is narrower than so many digits."""
        return self.width() < digits * self.fontMetrics().horizontalAdvance("0")

    # --------------------------------------------------------------------- reading

    def read(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run `work` in the background, then call `then` with its result."""

        def done(answer: T) -> None:
            self._jobs.discard(job)
            then(answer)
            QTimer.singleShot(0, self, self._report_filled)

        def failed(error: Exception) -> None:
            self._jobs.discard(job)
            self.bar.warn(user_error(error))

        job = self._tasks.run(work, done, failed, self)
        self._jobs.add(job)

    def _report_filled(self) -> None:
        if self.idle():
            self.filled.emit()

    def cancel_reads(self) -> None:
        """Discard the results of pending reads."""
        for job in self._jobs:
            job.forget()
        self._jobs.clear()

    def idle(self) -> bool:
        """Whether no read is pending."""
        return not self._jobs
