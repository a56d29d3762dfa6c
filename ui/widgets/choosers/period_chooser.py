"""Combo box for the period of a list: a month, a whole year, or all time."""

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
    """Offers every year with records and its months, newest first; emits `chosen` on a change."""

    chosen = Signal()

    def __init__(self, desk: Desk, span: Span, *, all_time: bool = True) -> None:
        """span: dates of the newest and of the oldest record (None without records)."""
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
        """Rebuild the entries if records or the calendar month changed since the last call.

        The selection is kept; only "this month" moves on to the new month.
        """
        today = self._desk.today()
        self._calendar = self._desk.calendar()
        this_month = self._calendar.month_of(today)
        offered = (this_month, *span)
        if offered == self._offered:
            return
        previous, was_now = self.currentData(), self.currentData() == self._this_month
        first = not self._offered
        self._offered, self._this_month = offered, this_month.text
        self.blockSignals(True)
        self.clear()
        if self._all_time:
            self.addItem(_("All time"), ALL_TIME)
        self._fill(this_month, span[1] or today)
        start = _start(self._calendar, today, span[0]).text if first else previous
        chosen_start = this_month.text if was_now and not first else start
        self.setCurrentIndex(max(self.findData(chosen_start), 0))
        self.blockSignals(False)
        if not first and self.currentData() != previous:
            self.chosen.emit()

    def _fill(self, this_month: Period, oldest: datetime.date) -> None:
        first_year = self._calendar.year_of(oldest).year
        for year in range(max(this_month.year, first_year), first_year - 1, -1):
            label = _("Whole year {year}").format(year=year)
            self.addItem(label, period_text("year", year, 1))
            last = this_month.number if year == this_month.year else 12
            for number in range(last, 0, -1):
                self.addItem(_month_label(year, number), period_text("month", year, number))

    def period(self) -> Period | None:
        """The selected period, None for all time."""
        text = self.currentData()
        return self._calendar.parse(text) if text else None

    def choose(self, text: str) -> None:
        """Select a period by its text ("2023-12", "2023", "" for all time) if it is offered."""
        self.take(text)


def first_period(desk: Desk, type_name: str) -> Period | None:
    """The initial period of a type's list; None for a type without dates."""
    if ALL_TYPES[type_name].event() is None:
        return None
    newest, _oldest = desk.lists.dates(type_name)
    return _start(desk.calendar(), desk.today(), newest)


def _start(calendar: Calendar, today: datetime.date, newest: datetime.date | None) -> Period:
    """The current month, or the month of the newest record if that is earlier."""
    this_month = calendar.month_of(today)
    return calendar.month_of(newest) if newest and newest < this_month.first else this_month


def month_label(month: Period) -> str:
    """The label of a month in the combo boxes: Tháng 12/2023."""
    return _month_label(month.year, month.number)


def _month_label(year: int, number: int) -> str:
    return _label_in(language(), year, number)


@cache
def _label_in(_lang: str, year: int, number: int) -> str:
    # Cached by language: every list offers the same months, twelve per year of records.
    return _("Month {number}/{year}").format(number=f"{number:02d}", year=year)
