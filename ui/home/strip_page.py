"""The state of the markers: the border strip, the records of a marker, and what is due."""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_date, show_number
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.figures.coverage import Standing, Visit, days_since
from borderdesk.overview.overview import OVERDUE
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.parts import CONDITIONS
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.home.strip import CLEARED, INSPECTED, Strip
from ui.widgets.actions import bind, button
from ui.widgets.cards import Legend, SummaryCard
from ui.widgets.files import ask_where
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.page import Page
from ui.widgets.period_chooser import PeriodChooser
from ui.widgets.search_combo import ComboOption, SearchCombo
from ui.widgets.tab_order import tab_before

BAR_DIGITS = 3
NARROW = 90
"""A page of fewer digits than this has no room for two cards side by side."""
RECORD = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StripPage(Page):
    """How the markers stand at the end of a period (or today), and what is due."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._jobs: set[Job] = set()
        self._marker = ""
        self.markers: list[Standing] = []
        self.day = desk.today()
        self.bar = MessageBar()
        self.period: PeriodChooser | None = None
        self.by = QComboBox()
        self.post = SearchCombo(
            [ComboOption(p.code, p.name) for p in desk.book.posts.values()], _("All posts")
        )
        self.strip = Strip(self.fontMetrics().horizontalAdvance("0" * BAR_DIGITS) + 8)
        self.marker_card = SummaryCard(_("Choose a marker"))
        how = _("Click a bar, or a row at the right, to see the patrols and clearings there.")
        self.hint = named(QLabel(how), "muted")
        self.visits = QListWidget()
        self.due_card = SummaryCard("")
        self.due = QTableWidget(0, 4)
        self._lay_out()
        self._connect()
        self._begin()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        inside = named(QWidget(), "page")
        page = QScrollArea(widgetResizable=True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(page)
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(16)
        outer.addLayout(self._head())
        outer.addWidget(self.bar)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.strip)
        scroll.setMinimumHeight(self.fontMetrics().lineSpacing() * 10)
        self._scroll = scroll
        outer.addWidget(scroll)
        outer.addWidget(Legend(), 0, Qt.AlignmentFlag.AlignRight)
        below = self._below = QHBoxLayout()
        below.setSpacing(16)
        self.visits.setAccessibleName(_("Records of the marker"))
        self.visits.setWordWrap(True)
        for list_, lines in ((self.visits, 6), (self.due, 10)):
            list_.setMinimumHeight(self.fontMetrics().lineSpacing() * lines)
        self.hint.setWordWrap(True)
        self.marker_card.body.addWidget(self.hint)
        self.marker_card.body.addWidget(self.visits)
        self.visits.hide()
        self.marker_card.body.addStretch(1)
        self._dress_due()
        self.due_card.body.addWidget(self.due)
        below.addWidget(self.marker_card, 1)
        below.addWidget(self.due_card, 1)
        outer.addLayout(below, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cards stand side by side where there is room, else one above the other."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW * self.fontMetrics().horizontalAdvance("0")
        ways = QBoxLayout.Direction
        self._below.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)

    def _head(self) -> FlowLayout:
        self.by.addItem(_("Days since inspected"), INSPECTED)
        self.by.addItem(_("Days since cleared"), CLEARED)
        self.by.setAccessibleName(_("What the bars show"))
        self.post.setAccessibleName(_("Post"))
        self.post.setToolTip(_("Post"))
        self.post.setMinimumContentsLength(18)
        self._row = FlowLayout()
        self._row.add(named(QLabel(_("State of the markers")), "title"))
        self._row.add_gap(8)
        self._row.add(self.by)
        self._row.add(self.post)
        self._row.add_stretch()
        self.save = button(bind(self, "save_due", self.ask_file))
        self._row.add(self.save)
        return self._row

    def _dress_due(self) -> None:
        self.due.setAccessibleName(_("Markers that are due"))
        self.due.setHorizontalHeaderLabels([_("Marker"), _("Post"), _("Days"), _("Last found")])
        days = QTableWidgetItem(_("Days"))
        days.setTextAlignment(RIGHT)
        self.due.setHorizontalHeaderItem(2, days)
        self.due.verticalHeader().hide()
        self.due.setShowGrid(False)
        self.due.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.due.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.due.setTabKeyNavigation(False)
        header = self.due.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        digit = self.fontMetrics().horizontalAdvance("0")
        never = self.fontMetrics().horizontalAdvance(_("never"))
        for column, wide in ((0, 10 * digit), (2, never + 4 * digit)):
            header.resizeSection(column, wide)
        self.due.verticalHeader().setDefaultSectionSize(int(self.fontMetrics().height() * 1.8))
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _connect(self) -> None:
        bind(self, "refresh", self.refresh)
        self.by.currentIndexChanged.connect(lambda _index: self._show_strip())
        self.post.currentIndexChanged.connect(lambda _index: self.refresh())
        self.strip.chosen.connect(self.show_marker)
        self.strip.moved.connect(lambda _marker: self._keep_in_sight())
        self.visits.itemActivated.connect(self._open)
        self.due.itemSelectionChanged.connect(self._due_chosen)

    def _begin(self) -> None:
        desk = self._desk
        if desk.identity.role == "post":
            self.post.put(desk.identity.unit, desk.book.post_name(desk.identity.unit))

        def work() -> tuple[datetime.date, datetime.date | None]:
            from borderdesk.figures.indicators import first_day
            from borderdesk.figures.newest_month import newest_month

            return newest_month(desk).first, first_day(desk.store)

        self._run(work, self._offer)

    def _offer(self, span: tuple[datetime.date, datetime.date | None]) -> None:
        self.period = PeriodChooser(self._desk, span, all_time=False)
        self.period.setToolTip(_("The markers as they stood at the end of this period"))
        self._row.insert(2, self.period)
        tab_before(self.period, self.by)
        self.period.chosen.connect(self.refresh)
        self.refresh()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """marker: chosen; period: at whose end the markers are shown."""
        self._marker = intent.get("marker", "")
        if intent.get("period") and self.period is not None:
            self.period.choose(intent["period"])
        self.refresh()

    # --------------------------------------------------------------------- reading

    def _run(self, work: Any, done: Any) -> None:
        def ended(answer: Any) -> None:
            self._jobs.discard(job)
            done(answer)

        def failed(error: Exception) -> None:
            self._jobs.discard(job)
            if not isinstance(error, UserError):
                raise error
            self.bar.warn(error)

        job = self._tasks.run(work, ended, failed, self)
        self._jobs.add(job)

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return not self._jobs

    def refresh(self) -> None:
        """Read anew how the markers stand."""
        period = self.period.period() if self.period is not None else None
        if period is None:
            return
        desk, post = self._desk, self.post.known_code() or None
        self.day = min(period.last, desk.today())
        day = self.day

        def work() -> list[Standing]:
            from borderdesk.figures.coverage import standing

            return standing(desk.store, desk.book, day, post)

        self._run(work, self._show)

    def _show(self, markers: list[Standing]) -> None:
        self.markers = markers
        self._show_strip()
        if self._marker:
            self.strip.choose(self._marker)
            self.show_marker(self._marker)

    def _show_strip(self) -> None:
        self.strip.show_markers(self.markers, self.day, self.by.currentData())
        self._show_due()

    def _keep_in_sight(self) -> None:
        self._scroll.ensureVisible(self.strip.x_of_current(), 0, 60, 0)

    def _last(self, marker: Standing) -> datetime.date | None:
        return marker.inspected if self.by.currentData() == INSPECTED else marker.cleared

    def overdue(self) -> list[Standing]:
        """The markers that are due by what the bars show, never visited first, then longest ago."""
        found = []
        for marker in self.markers:
            days = days_since(self._last(marker), self.day)
            if days is None or days > OVERDUE:
                found.append(marker)
        found.sort(key=lambda m: self._last(m) or datetime.date.min)
        return found

    def _show_due(self) -> None:
        due = self.overdue()
        words = _("Over {days} days or never, on {date}: {count}")
        self.due_card.title.setText(
            words.format(
                days=OVERDUE, date=show_date(self.day), count=show_number(len(due), language())
            )
        )
        self.due.setRowCount(len(due))
        for row, marker in enumerate(due):
            days = days_since(self._last(marker), self.day)
            cells = (
                marker.marker, self._desk.book.post_short(marker.post),
                _("never") if days is None else show_number(days, language()),
                condition_words(marker),
            )  # fmt: skip
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column == 2:
                    item.setTextAlignment(RIGHT)
                self.due.setItem(row, column, item)

    def _due_chosen(self) -> None:
        item = self.due.item(self.due.currentRow(), 0)
        if item is not None:
            self.strip.choose(item.text())
            self.show_marker(item.text())

    # ------------------------------------------------------------------ one marker

    def show_marker(self, marker: str) -> None:
        """Show the records that concern a marker."""
        self._marker = marker
        desk, day = self._desk, self.day

        def work() -> list[Visit]:
            from borderdesk.figures.coverage import visits

            return visits(desk.store, marker, day)

        self._run(work, lambda found: self._show_visits(marker, found))

    def _show_visits(self, marker: str, found: list[Visit]) -> None:
        standing = next((m for m in self.markers if m.marker == marker), None)
        if standing is None:
            return
        self.marker_card.title.setText(_("Marker {marker}").format(marker=marker))
        self.hint.setText(self._words(standing))
        self.visits.clear()
        self.visits.show()
        for visit in found:
            stretch = f"{visit.from_marker}–{visit.to_marker}"
            words = f"{show_date(visit.day)}   {_(ALL_TYPES[visit.type].title)}   {stretch}"
            if visit.inspected:
                words += "   ✓ " + _("inspected")
            item = QListWidgetItem(words)
            item.setData(RECORD, (visit.type, visit.record))
            self.visits.addItem(item)
        if not found:
            self.visits.addItem(_("No record concerns this marker."))

    def _words(self, marker: Standing) -> str:
        book = self._desk.book
        parts = [
            book.post_name(marker.post),
            *(book.unit_name(unit) for unit in self._communes(marker)),
            condition_words(marker),
        ]
        if marker.invented:
            parts.append(_("its place in the list is not verified"))
        return " · ".join(part for part in parts if part)

    def _communes(self, marker: Standing) -> list[str]:
        """The commune where the marker stands, by the units there are on the day shown."""
        return self._desk.book.communes_of_stretch(marker.marker, marker.marker, self.day)

    def _open(self, item: QListWidgetItem) -> None:
        kept = item.data(RECORD)
        if kept:
            type_name, record = kept
            self.wanted.emit(type_name, {"record": record, "period": ""})

    # ---------------------------------------------------------------------- saving

    def ask_file(self) -> None:
        """Ask for a file and save the list of what is due there."""
        name = _("markers-due-{date}").format(date=self.day.isoformat())
        ask_where(self, name, ".pdf", self.save_due)

    def save_due(self, target: Path) -> None:
        """Write the list of what is due as a PDF."""
        desk, day, by, lang = self._desk, self.day, self.by.currentData(), language()
        due = self.overdue()

        def work() -> Path:
            from borderdesk.reports.due import write_due

            write_due(desk, due, day, by == CLEARED, target, lang)
            return target

        self._run(work, lambda path: self.bar.notify(_("Saved as {file}").format(file=path.name)))


def condition_words(marker: Standing) -> str:
    """In what condition the marker was found last; "" for never."""
    return _(CONDITIONS[marker.condition]) if marker.condition else ""
