"""State of the markers: marker strip, records of a marker, overdue markers."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import format_date, format_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.figures.coverage import MarkerStatus, MarkerVisit, standing, standing_in, visits
from borderdesk.figures.scopes import own_scope
from borderdesk.overview.marker_visits import CLEARED, INSPECTED, days_since_visit, overdue
from borderdesk.overview.overview import LATE_VISIT, NO_VISIT, OVERDUE
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.records.parts import CONDITIONS
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.home.marker_strip import MarkerStrip
from ui.home.period_page import PeriodPage
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.choosers.period_chooser import PeriodChooser
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.layout.cards import Legend, SummaryCard
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled
from ui.widgets.layout.tab_order import tab_before
from ui.widgets.tables.row_choice import RowEnds
from ui.widgets.tables.row_copy import RowCopy

if TYPE_CHECKING:
    from borderdesk.reports.handouts import due_markers
else:
    due_markers = lazy_module("borderdesk.reports.handouts.due_markers")

BAR_DIGITS = 3
"""Width of a bar in digits."""
NARROW = 90
"""Width in digits below which cards are stacked."""
RECORD = Qt.ItemDataRole.UserRole
"""Item role with (type, id) of the record."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


_TITLES: Mapping[str, str] = {
    "": N_("Over {days} days or never, on {date}: {count}"),
    LATE_VISIT: N_("Over {days} days, on {date}: {count}"),
    NO_VISIT: N_("Never, by {date}: {count}"),
}
"""{filter of the overdue list: its title}."""


class StripPage(PeriodPage):
    """The markers at the end of a period (at most today): strip, records of the current marker,
    overdue list."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(desk, tasks)
        self._marker = ""
        self._only = ""
        """The filter of the overdue list: LATE_VISIT, NO_VISIT, or "" for all."""
        self.markers: list[MarkerStatus] = []
        self.day = desk.today()
        self.kind = Chooser()
        self.post = SearchCombo(
            [ComboOption(p.code, p.name) for p in desk.book.posts.values()], _("All posts")
        )
        self.strip = MarkerStrip(self.fontMetrics().horizontalAdvance("0" * BAR_DIGITS) + 8)
        self.marker_card = SummaryCard(_("Choose a marker"))
        usage = _("Click a bar, or a row at the right, to see the patrols and clearings there.")
        self.hint = named(PlainLabel(usage), "muted")
        self.visits = QListWidget()
        self.due_card = SummaryCard("")
        self.due = QTableWidget(0, 4)
        RowCopy(self.due)
        RowEnds(self.due)
        self._lay_out()
        self._connect()
        if desk.identity.role == "post":
            self.post.put(desk.identity.unit, desk.book.post_name(desk.identity.unit))
        self.read_periods()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        inside = QWidget()
        scrolled(self, inside)
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(16)
        outer.addLayout(self._head())
        outer.addWidget(self._strip_area())
        below = FlowLayout()
        below.add(self.bar, 1)
        below.add(Legend())
        outer.addLayout(below)
        self._lay_out_cards()
        self._cards = QHBoxLayout()
        self._cards.setSpacing(16)
        self._cards.addWidget(self.marker_card, 1)
        self._cards.addWidget(self.due_card, 1)
        outer.addLayout(self._cards, 1)

    def _strip_area(self) -> QScrollArea:
        """The strip in a horizontal scroll area."""
        self._scroll = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.strip)
        area.setMinimumHeight(self.fontMetrics().lineSpacing() * 10)
        return area

    def _lay_out_cards(self) -> None:
        self.visits.setAccessibleName(_("Records of the marker"))
        self.visits.setWordWrap(True)
        for rows, lines in ((self.visits, 6), (self.due, 10)):
            rows.setMinimumHeight(self.fontMetrics().lineSpacing() * lines)
        self.hint.setWordWrap(True)
        self.marker_card.body.addWidget(self.hint)
        self.marker_card.body.addWidget(self.visits)
        self.visits.hide()
        self.marker_card.body.addStretch(1)
        self._set_up_due()
        self.due_card.body.addWidget(self.due)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack the cards or put them side by side."""
        super().resizeEvent(event)
        ways, narrow = QBoxLayout.Direction, self.is_narrow(NARROW)
        self._cards.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self.due_card.title.setWordWrap(narrow)

    def _head(self) -> FlowLayout:
        self.kind.addItem(_("Days since inspected"), INSPECTED)
        self.kind.addItem(_("Days since cleared"), CLEARED)
        self.kind.setAccessibleName(_("What the bars show"))
        self.post.setAccessibleName(_("Post"))
        self.post.setToolTip(_("Post"))
        self.post.setMinimumContentsLength(18)
        self._row = FlowLayout()
        self._row.add(named(PlainLabel(_("State of the markers")), "title"))
        self._row.add_gap(8)
        self._row.add(self.kind)
        self._row.add(self.post)
        self._row.add_stretch()
        self.save = button(bind(self, "save_due", self.ask_file))
        self._row.add(self.save)
        return self._row

    def _set_up_due(self) -> None:
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
        header.setAccessibleName(_("Columns"))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        digit = self.fontMetrics().horizontalAdvance("0")
        never = self.fontMetrics().horizontalAdvance(_("never"))
        for column, width in ((0, 10 * digit), (2, never + 4 * digit)):
            header.resizeSection(column, width)
        self.due.verticalHeader().setDefaultSectionSize(int(self.fontMetrics().height() * 1.8))
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _connect(self) -> None:
        bind(self, "refresh", self.refresh)
        self.kind.currentIndexChanged.connect(lambda _index: self._show_strip())
        self.post.entry_changed.connect(self.refresh)
        self.strip.chosen.connect(self.show_marker)
        self.strip.moved.connect(lambda _marker: self._scroll_to_current())
        self.visits.itemActivated.connect(self._open)
        self.due.itemSelectionChanged.connect(self._due_chosen)

    def place_chooser(self, chooser: PeriodChooser) -> None:
        """Put the chooser after the title."""
        chooser.setToolTip(_("The markers as they stood at the end of this period"))
        self._row.insert(2, chooser)
        tab_before(chooser, self.kind)

    def intent(self) -> Mapping[str, Any]:
        """Period, post, marker, kind of visit, and filter of the overdue list."""
        bars = {
            "post": self.post.known_code(),
            "bars": self.kind.currentData(),
            "visits": self._only,
            "marker": self._marker,
        }
        return {**super().intent(), **bars}

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Show a marker (`marker`) at the end of a period (`period`), or restore `post` and
        `bars`. With `task` (a task in words), filter the overdue list by `visits` (LATE_VISIT,
        NO_VISIT)."""
        self._marker = intent.get("marker", "")
        if intent:
            self._only = intent.get("visits", "")
        if intent.get("period"):
            self.choose_period(intent["period"])
        if "bars" in intent:
            self.post.put(intent["post"], self.post.label_of(intent["post"]))
            self.kind.setCurrentIndex(self.kind.findData(intent["bars"]))
        if "task" in intent:
            own_post = self._desk.identity.post or ""
            self.post.put(own_post, self.post.label_of(own_post))
            self.kind.setCurrentIndex(self.kind.findData(INSPECTED))
            words = _("Only what the task names is shown: {task}").format(task=intent["task"])
            self.bar.notify(words, (_("Show everything"), self._show_all_due))
            self.due.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._marker and self.isVisible():
            self.strip.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()

    def _show_all_due(self) -> None:
        self._only = ""
        self._show_due()

    # --------------------------------------------------------------------- reading

    def read_period(self, period: Period) -> None:
        """Read the state of the markers."""
        desk, post = self._desk, self.post.known_code()
        day = self.day = min(period.last, desk.today())

        def work() -> list[MarkerStatus]:
            if post or desk.identity.post:
                return standing(desk.store, desk.book, day, post or None)
            return standing_in(desk.store, desk.book, day, own_scope(desk.book, desk.identity, day))

        self.read(work, self._show)

    def _show(self, markers: list[MarkerStatus]) -> None:
        self.markers = markers
        self._show_strip()
        if self._marker:
            self.strip.choose(self._marker)
            self.show_marker(self._marker)

    def _show_strip(self) -> None:
        self.strip.show_markers(self.markers, self.day, self.kind.currentData())
        self._show_due()

    def _scroll_to_current(self) -> None:
        self._scroll.ensureVisible(self.strip.x_of_current(), 0, 60, 0)

    def overdue(self) -> list[MarkerStatus]:
        """The overdue markers by the current kind of visit and filter."""
        return overdue(self.markers, self.kind.currentData(), self.day, self._only)

    def _show_due(self) -> None:
        markers = self.overdue()
        self.due_card.title.setText(
            _(_TITLES[self._only]).format(
                days=OVERDUE,
                date=format_date(self.day),
                count=format_number(len(markers), language()),
            )
        )
        self.due.setRowCount(len(markers))
        for row, marker in enumerate(markers):
            days = days_since_visit(marker, self.kind.currentData(), self.day)
            cells = (
                marker.marker,
                self._desk.book.post_short(marker.post),
                _("never") if days is None else format_number(days, language()),
                condition_label(marker),
            )
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
        """Show the records about a marker."""
        self._marker = marker
        store, day = self._desk.store, self.day
        self.read(
            lambda: visits(store, marker, day), lambda records: self._show_visits(marker, records)
        )

    def _show_visits(self, marker: str, records: list[MarkerVisit]) -> None:
        state = next((m for m in self.markers if m.marker == marker), None)
        if state is None:
            return
        self.marker_card.title.setText(_("Marker {marker}").format(marker=marker))
        self.hint.setText(self._description(state))
        self.visits.clear()
        self.visits.show()
        for visit in records:
            stretch = f"{visit.from_marker}–{visit.to_marker}"
            words = f"{format_date(visit.day)}   {_(ALL_TYPES[visit.type].title)}   {stretch}"
            if visit.inspected:
                words += "   ✓ " + _("inspected")
            item = QListWidgetItem(words)
            item.setData(RECORD, (visit.type, visit.record))
            self.visits.addItem(item)
        if not records:
            self.visits.addItem(_("No record concerns this marker."))

    def _description(self, marker: MarkerStatus) -> str:
        book = self._desk.book
        parts = [
            book.post_name(marker.post),
            *(book.unit_name(unit) for unit in self._communes(marker)),
            condition_label(marker),
        ]
        if marker.invented:
            parts.append(_("its place in the list is not verified"))
        return " · ".join(part for part in parts if part)

    def _communes(self, marker: MarkerStatus) -> list[str]:
        """The communes of a marker (several if uncertain) among the units of the day shown."""
        return self._desk.book.communes_of_stretch(marker.marker, marker.marker, self.day)

    def _open(self, item: QListWidgetItem) -> None:
        record_key = item.data(RECORD)
        if record_key:
            type_name, record = record_key
            self.wanted.emit(type_name, {"record": record, "period": ""})

    # ---------------------------------------------------------------------- saving

    def ask_file(self) -> None:
        """Ask where to save the list of overdue markers."""
        name = _("markers-due-{date}").format(date=self.day.isoformat())
        ask_where(self, name, ".pdf", self.save_due)

    def save_due(self, target: Path) -> None:
        """Save the list of overdue markers as PDF."""
        desk, day, lang = self._desk, self.day, language()
        cleared, markers = self.kind.currentData() == CLEARED, self.overdue()

        def done(_none: None) -> None:
            self.bar.notify(_("Saved as {file}").format(file=target.name))

        self.read(
            lambda: due_markers.write_due_markers(desk, markers, day, cleared, target, lang), done
        )


def condition_label(marker: MarkerStatus) -> str:
    """The condition at the last inspection; "" if never inspected."""
    return _(CONDITIONS[marker.condition]) if marker.condition else ""
