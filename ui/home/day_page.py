"""Day book: the records of all types on a day, in one list."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from borderdesk.base.errors import UserError, user_error
from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.reports.contents.requests import Request
from borderdesk.schema.kinds import DayField
from ui.base.plain_text import PlainLabel, plain_tip
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.editors.editor import paint_wrong
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.messages import MessageBar
from ui.widgets.pages.page import Page
from ui.widgets.tables.rows_table import RowsTable, TableColumn

if TYPE_CHECKING:
    from borderdesk.reports import report_kinds
    from borderdesk.reports.contents import day_book
else:
    day_book = lazy_module("borderdesk.reports.contents.day_book")
    report_kinds = lazy_module("borderdesk.reports.report_kinds")


class DayPage(Page):
    """The records of a day or a range of days; Enter opens a record."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._job: Job | None = None
        self._field = DayField(N_("Date"))
        self.entries: list[day_book.DayEntry] = []
        self.bar = MessageBar()
        self.first, self.last = TextLine(), TextLine()
        self.count = named(PlainLabel(), "muted")
        columns = [TableColumn(_("Date"), 12), TableColumn(_("Kind of work"), 22)]
        if desk.identity.role != "post":
            columns.append(TableColumn(_("Post"), 16))
        columns.append(TableColumn(_("What was done"), 60))
        empty = _("Nothing is logged for this day. Choose another day, or add a record.")
        self.table = RowsTable(_("Day book"), columns, empty, awaited=True)
        self._lay_out()
        self._connect()
        self._now = desk.today()
        """Today's date at the last refresh."""
        self.show_days(self._now, self._now)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(8)
        row = FlowLayout()
        row.add(named(PlainLabel(_("Day book")), "title"))
        row.add_gap(8)
        digits = self.fontMetrics().horizontalAdvance("0")
        before = button(bind(self, "day_before", lambda: self.step(-1)), flat=True)
        after = button(bind(self, "day_after", lambda: self.step(1)), flat=True)
        before.setText("‹")
        after.setText("›")
        row.add(before)
        for line, name in ((self.first, _("First day")), (self.last, _("Last day"))):
            line.setAccessibleName(name)
            line.setToolTip(plain_tip(name))
            line.setPlaceholderText(_("dd/mm/yyyy"))
            line.setMaximumWidth(digits * 14)
            row.add(line)
        row.add(after)
        row.add(self.bar, 1)
        self.save = button(bind(self, "day_save", self.ask_file))
        row.add(self.save)
        outer.addLayout(row)
        outer.addWidget(self.table, 1)
        outer.addWidget(self.count)

    def _connect(self) -> None:
        bind(self, "refresh", self.refresh)
        for line in (self.first, self.last):
            line.editingFinished.connect(lambda line=line: self._typed(line))
        self.table.opened.connect(self._open)

    # --------------------------------------------------------------------- choosing

    def intent(self) -> Mapping[str, Any]:
        """The range shown."""
        days = self.days()
        return {"days": days} if days is not None else {}

    def receive(self, intent: Mapping[str, Any]) -> None:
        """day: the day to show; days: (first, last)."""
        if "days" in intent:
            self.show_days(*intent["days"])
        if "day" in intent:
            self.show_days(intent["day"], intent["day"])

    def show_days(self, first: datetime.date, last: datetime.date) -> None:
        """Show a range of days."""
        self.first.setText(format_date(first))
        self.last.setText(format_date(last))
        self.refresh()

    def step(self, by: int) -> None:
        """Move the range by so many of its lengths."""
        days = self.days()
        if days is not None:
            length = (days[1] - days[0]).days + 1
            offset = datetime.timedelta(days=by * length)
            self.show_days(days[0] + offset, days[1] + offset)

    def _typed(self, line: QLineEdit) -> None:
        """Apply the typed range; if first > last, the other day is adapted."""
        first, last = self._day(self.first), self._day(self.last)
        if first is None or last is None:
            return
        if first > last:
            first, last = (first, first) if line is self.first else (last, last)
        self.show_days(first, last)

    def _day(self, line: QLineEdit) -> datetime.date | None:
        try:
            day = self._desk.records.clean_value(self._field, line.text().strip())
        except UserError as error:
            paint_wrong(line, True)
            self.bar.warn(error)
            return None
        paint_wrong(line, False)
        return day if isinstance(day, datetime.date) else None

    def days(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and last day; None while one is invalid."""
        first, last = self._day(self.first), self._day(self.last)
        return None if first is None or last is None else (first, last)

    # ---------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the records of the range; a range of today moves on at midnight."""
        days, before, self._now = self.days(), self._now, self._desk.today()
        if days == (before, before) != (self._now, self._now):
            self.show_days(self._now, self._now)
            return
        if days is None:
            return
        if self._job is not None:
            self._job.forget()
        desk = self._desk
        self._job = self._tasks.run(
            lambda: day_book.day_entries(desk, *days), self._show, self._fail, self
        )

    def _fail(self, error: Exception) -> None:
        self._job = None
        self.bar.warn(user_error(error))

    def _show(self, entries: "list[day_book.DayEntry]") -> None:
        self._job = None
        self.entries = entries
        self.table.show_rows(
            [self._row(entry) for entry in entries],
            keys=[(entry.type, entry.record) for entry in entries],
        )
        number = format_number(len(entries), language())
        self.count.setText(ngettext("1 row", "{count} rows", len(entries)).format(count=number))

    def _row(self, entry: "day_book.DayEntry") -> tuple[str, ...]:
        day = format_date(entry.day)
        if entry.until > entry.day:
            day += f"–{entry.until:%d/%m}"
        post = (
            () if self._desk.identity.role == "post" else (self._desk.book.post_short(entry.post),)
        )
        return (day, entry.title, *post, entry.text)

    def _open(self, row: int) -> None:
        entry = self.entries[row]
        self.wanted.emit(entry.type, {"record": entry.record, "period": ""})

    def idle(self) -> bool:
        """Whether nothing is being read."""
        return self._job is None

    # ------------------------------------------------------------------------ paper

    def ask_file(self) -> None:
        """Ask where to save the list as PDF."""
        ask_where(
            self, f"{_('Day book')} {self.first.text().replace('/', '-')}.pdf", ".pdf", self.write
        )

    def write(self, target: Path) -> None:
        """Save the list as PDF."""
        days = self.days()
        if days is None:
            return
        desk, request = self._desk, Request("daybook", f"{days[0]}..{days[1]}")

        def done(_none: None) -> None:
            self.bar.notify(_("Saved as {file}").format(file=target))

        self._tasks.later(
            lambda: report_kinds.write_report(desk, request, target), done, self._fail, self
        )
