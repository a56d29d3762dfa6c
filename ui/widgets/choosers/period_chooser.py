"""The chooser of a list's period: a month, a whole year, or all time."""

import datetime
from functools import cache

from PySide6.QtCore import Signal

from borderdesk.base.i18n import _, language
from borderdesk.base.periods import Calendar, Period, period_text
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from ui.widgets.choosers.chooser import Chooser

ALL_TIME = ""
Span = tuple[datetime.date | None, datetime.date | None]


class PeriodChooser(Chooser):
    """Offers the years there are records of, each with its months, the newest first."""

    chosen = Signal()

    def __init__(self, desk: Desk, span: Span, *, all_time: bool = True) -> None:
        """span: the dates of the newest and of the oldest record."""
        super().__init__()
        self._desk = desk
        self._calendar = desk.calendar()
        self._all_time = all_time
        self._offered: tuple[object, ...] = ()
        self._this_month = ""
        self.setMaxVisibleItems(16)
        self.setAccessibleName(_("Period"))
        self.setToolTip(_("The period shown"))
        self.offer(span)
        self.currentIndexChanged.connect(lambda _index: self.chosen.emit())

    def offer(self, span: Span) -> None:
        """Offer the periods there are by now: records may have come, and a month may have begun.

        The period chosen stays, but for what was this month when it was chosen and is no longer.
        """
        today = self._desk.today()
        self._calendar = self._desk.calendar()
        this_month = self._calendar.month_of(today)
        offered = (this_month, *span)
        if offered == self._offered:
            return
        kept, was_now = self.currentData(), self.currentData() == self._this_month
        first = not self._offered
        self._offered, self._this_month = offered, this_month.text
        self.blockSignals(True)
        self.clear()
        if self._all_time:
            self.addItem(_("All time"), ALL_TIME)
        self._fill(this_month, span[1] or today)
        start = _start(self._calendar, today, span[0]).text if first else kept
        wanted = this_month.text if was_now and not first else start
        self.setCurrentIndex(max(self.findData(wanted), 0))
        self.blockSignals(False)
        if not first and self.currentData() != kept:
            self.chosen.emit()

    def _fill(self, this_month: Period, oldest: datetime.date) -> None:
        first_year = self._calendar.year_of(oldest).year
        for year in range(max(this_month.year, first_year), first_year - 1, -1):
            whole = _("Whole year {year}").format(year=year)
            self.addItem(whole, period_text("year", year, 1))
            last = this_month.number if year == this_month.year else 12
            for number in range(last, 0, -1):
                self.addItem(_month_label(year, number), period_text("month", year, number))

    def period(self) -> Period | None:
        """The period chosen, None for all time."""
        text = self.currentData()
        return self._calendar.parse(text) if text else None

    def choose(self, text: str) -> None:
        """Choose a period by its text (2023-12, 2023, "" for all time), if it is offered."""
        self.take(text)


def first_period(desk: Desk, type_name: str) -> Period | None:
    """The period that the chooser of a type's list begins with; None for a type without dates."""
    if ALL_TYPES[type_name].event() is None:
        return None
    newest, _oldest = desk.lists.dates(type_name)
    return _start(desk.calendar(), desk.today(), newest)


def _start(calendar: Calendar, today: datetime.date, newest: datetime.date | None) -> Period:
    """This month, or where nothing is that new the month of the newest record."""
    this_month = calendar.month_of(today)
    return calendar.month_of(newest) if newest and newest < this_month.first else this_month


def month_label(month: Period) -> str:
    """A month as the choosers write it: Tháng 12/2023."""
    return _month_label(month.year, month.number)


def _month_label(year: int, number: int) -> str:
    return _label_in(language(), year, number)


@cache
def _label_in(_lang: str, year: int, number: int) -> str:
    # Kept: every list offers the same months, twelve of each year there are records of.
    return _("Month {number}/{year}").format(number=f"{number:02d}", year=year)
