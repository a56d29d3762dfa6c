"""Home page: figures and targets of a period, tasks, marker strip, shortcuts for daily entries."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import format_date, format_figure, format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.figures.coverage import days_since
from borderdesk.figures.verdicts import BEHIND, MISSED, OVER_LIMIT
from borderdesk.overview.arrivals import MonthArrivals
from borderdesk.overview.marker_visits import INSPECTED
from borderdesk.overview.overview import DUE, IndicatorGoal, Overview, make_overview
from borderdesk.overview.todo import Todo
from borderdesk.reports.wording import paper_notes
from ui.base.double_search import double_search_of
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.home.marker_strip import MarkerStrip
from ui.home.period_page import PeriodPage
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.actions.home_actions import DAILY, NEW
from ui.widgets.choosers.period_chooser import PeriodChooser
from ui.widgets.layout.cards import Legend, LinkButton, LinkRow, SummaryCard
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.meter import Meter
from ui.widgets.layout.scrolled import scrolled
from ui.widgets.layout.tab_order import tab_before

if TYPE_CHECKING:
    from borderdesk.overview import safety
    from ui.base import backup_runner
else:
    safety = lazy_module("borderdesk.overview.safety")
    backup_runner = lazy_module("ui.base.backup_runner")

NARROW = 110
"""Width in digits below which cards are stacked."""
BESIDE = 165
"""Width in digits above which figures without targets stand in two columns."""
STRIP_LINES, MOST_WORST = 8, 5
"""Height of the marker strip in text lines; number of markers named below it."""


class HomePage(PeriodPage):
    """The overview of a period: targets, tasks, marker strip; above post level also what posts
    handed in."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(desk, tasks)
        self._narrow = False
        self.shown: Overview | None = None
        self.safety: safety.SafetyLines | None = None
        self.title = named(PlainLabel(_("Home")), "title")
        self.aside = named(PlainLabel(), "muted")
        above = desk.identity.role != "post" and not desk.identity.demo
        self.news = SummaryCard(_("Handing in")) if above else None
        self.goals = SummaryCard(_("The year's targets"))
        self.todos = SummaryCard(_("To do"))
        self.markers = SummaryCard(_("Markers: days since last inspected"))
        self.strip = MarkerStrip()
        self.strip.setMinimumHeight(self.fontMetrics().lineSpacing() * STRIP_LINES)
        self.worst = named(PlainLabel(), "muted")
        self.worst.setWordWrap(True)
        self._lay_out()
        bind(self, "refresh", self.refresh)
        self._search = double_search_of(desk, tasks)
        self._search.ended.connect(self.refresh)
        self.read_periods()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(10)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(self._head())
        head.addWidget(self.bar)
        outer.addLayout(head)
        cards = self._cards = QHBoxLayout()
        cards.setSpacing(16)
        cards.addWidget(self.news or self.goals, 2)
        cards.addWidget(self.todos, 1)
        outer.addLayout(cards, 1)
        if self.news is not None:
            outer.addWidget(self.goals)
        self.markers.body.addWidget(self.strip)
        self.markers.body.addWidget(self.worst)
        self.markers.head.add(Legend())
        outer.addWidget(self.markers)
        self.strip.chosen.connect(self._show_marker)
        scrolled(self, inside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack the cards or put them side by side."""
        super().resizeEvent(event)
        narrow = self.is_narrow(NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        ways = QBoxLayout.Direction
        self._cards.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        if self.shown is not None:
            self._show(self.shown)

    def _head(self) -> FlowLayout:
        self._row = FlowLayout()
        self._row.add(self.title)
        self._row.add_gap(8)
        self._row.add(self.aside)
        self._row.add_stretch()
        self.quick = [
            button(bind(self, NEW + type_name, partial(self._new, type_name)))
            for type_name in DAILY
        ]
        for link in self.quick:
            self._row.add(link)
        bind(self, "month_report", self._report)
        self.closing = button(bind(self, "close_month", self._close_period), main=True)
        self._row.add(self.closing)
        return self._row

    def place_chooser(self, chooser: PeriodChooser) -> None:
        """Replace the title by the period chooser."""
        named(chooser, "title")
        self._row.exchange(self.title, chooser)
        tab_before(chooser, self.quick[0])
        self.title.deleteLater()

    # --------------------------------------------------------------------- reading

    def read_period(self, period: Period) -> None:
        """Read the overview of the period."""
        text = period.text
        self.read(lambda: make_overview(self._desk, text), self._show)

    def _show(self, overview: Overview) -> None:
        self.shown = overview
        self.aside.setText(self._aside(overview))
        has_targets = any(goal.target is not None for goal in overview.goals)
        heading = _("Targets of {year}") if has_targets else _("Figures; no targets of {year} yet")
        self.goals.title.setText(heading.format(year=overview.year.year))
        self.goals.fill(self._goals(overview.goals))
        self.todos.fill(self._todos(overview.todos))
        if self.news is not None and overview.arrivals is not None:
            self._show_news(self.news, overview.arrivals)
        self._read_safety()
        self._search.begin()
        self._order_keys()
        self.strip.show_markers(overview.markers, overview.day, INSPECTED)
        self.worst.setText(_worst_words(overview))
        self.worst.setVisible(bool(self.worst.text()))
        self.markers.setVisible(bool(overview.markers))

    def _read_safety(self) -> None:
        """Read the state of the backups; after the figures, so that these appear first."""
        now = datetime.datetime.now(datetime.UTC)
        self.read(lambda: safety.safety(self._desk, now), self._show_safety)

    def _show_safety(self, lines: "safety.SafetyLines") -> None:
        if self.safety is None:
            backup_runner.backup_runner_of(self._desk, self._tasks).ended.connect(self.refresh)
        if lines != self.safety and self.shown is not None:
            self.safety = lines
            self.todos.fill(self._todos(self.shown.todos))
            self._order_keys()

    def _order_keys(self) -> None:
        """Set the tab order to reading order: the links, then the strip."""
        news = [] if self.news is None else [self.news]
        for card in (*news, *([self.todos, self.goals] if news else [self.goals, self.todos])):
            for link in card.links():
                tab_before(link, self.strip)

    def _aside(self, overview: Overview) -> str:
        days_left = (overview.period.last - self._desk.today()).days
        since = _("since {date} for the year so far").format(date=format_date(overview.year.first))
        if not overview.period.first <= self._desk.today() <= overview.period.last:
            return since
        some = ngettext("{days} day left", "{days} days left", days_left).format(days=days_left)
        days = _("last day") if days_left == 0 else some
        return f"{days} · {since}"

    # ----------------------------------------------------------------------- goals

    def _goals(self, goals: list[IndicatorGoal]) -> QLayout:
        if goals and not any(goal.target is not None for goal in goals):
            return self._figures(goals)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2 if self._narrow else 8)
        grid.setColumnStretch(3, 1)
        for place, goal in enumerate(goals):
            self._add_goal(grid, 2 * place, goal)
        grid.setRowStretch(2 * len(goals), 1)
        if not goals:
            empty = named(PlainLabel(_("Nothing is logged for this period yet.")), "muted")
            empty.setWordWrap(True)
            grid.addWidget(empty, 0, 0, 1, 6)
        return grid

    def _figures(self, goals: list[IndicatorGoal]) -> QGridLayout:
        """Figures without targets: short lines, in two columns if there is room."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        columns_count = 1 if self.is_narrow(BESIDE) else 2
        rows, lang = -(-len(goals) // columns_count), language()
        for half in range(columns_count):
            heads = (_("Year so far"), _("In the period"))
            for place, words in enumerate(heads, start=1):
                grid.addWidget(named(_figure_label(words), "muted"), 0, 4 * half + place)
            grid.setColumnStretch(4 * half + 3, 1)
        for place, goal in enumerate(goals):
            column, row = 4 * (place // rows), place % rows + 1
            figure = named(_figure_label(goal.to_date.text(lang)), "figure")
            month = named(_figure_label(goal.value.text(lang)), "muted")
            for offset, widget in enumerate((self._label(goal), figure, month)):
                grid.addWidget(widget, row, column + offset)
        grid.setRowStretch(rows + 1, 1)
        return grid

    def _label(self, goal: IndicatorGoal) -> LinkButton:
        """The label of a figure, a link to its records."""
        label = LinkButton(goal.label if goal.pace else f"{goal.label} ({goal.unit})")
        label.setToolTip(_("Show the report this figure stands in, and its records"))
        label.clicked.connect(lambda _checked=False: self._show_records(goal.key))
        return label

    def _add_goal(self, grid: QGridLayout, row: int, goal: IndicatorGoal) -> None:
        label = self._label(goal)
        if self._narrow:
            grid.addWidget(label, row, 0, 1, 6)
            row += 1
        else:
            grid.addWidget(label, row, 0)
        lang = language()
        to_date = named(_figure_label(goal.to_date.text(lang)), "figure")
        grid.addWidget(to_date, row, 1)
        month = _("in the period: {value}").format(value=goal.value.text(lang))
        if goal.target is None:
            grid.addWidget(named(PlainLabel(month), "muted"), row, 2, 1, 2)
            return
        to_date.setToolTip("\n".join([month, *paper_notes([goal.to_date])]))
        grid.addWidget(named(PlainLabel("/ " + format_figure(goal.target, lang)), "muted"), row, 2)
        self._add_pace(grid, row, goal)

    def _add_pace(self, grid: QGridLayout, row: int, goal: IndicatorGoal) -> None:
        """The share of the target as bar, percentage and text."""
        if goal.reached.value is not None:
            percent = goal.reached.percent_text(language())
            colours = {BEHIND: "bar_warn", MISSED: "bar_warn", OVER_LIMIT: "bar_bad"}
            has_state = goal.state is not None
            colour = colours.get(goal.state or "", "bar_good") if has_state else "bar_warn"
            meter = Meter(Decimal(goal.reached.value), colour)
            meter.setAccessibleName(f"{goal.label}: {percent}")
            grid.addWidget(meter, row, 3)
            grid.addWidget(_figure_label(percent), row, 4)
        pace = named(PlainLabel(goal.pace), "muted")
        pace.setWordWrap(self._narrow)
        grid.addWidget(pace, row, 5)
        grid.setColumnStretch(5, 1 if self._narrow else 0)

    # --------------------------------------------------------------------- handing in

    def _show_news(self, card: SummaryCard, arrivals: MonthArrivals) -> None:
        """Posts that have not sent the month yet, then the latest arrivals."""
        card.title.setText(
            _("Figures of {month} from the posts").format(month=arrivals.month.title)
        )
        column = QVBoxLayout()
        column.setSpacing(2)
        summary = _("{count} of {all} posts have handed in, due on {date}").format(
            count=arrivals.handed_in, all=arrivals.expected, date=format_date(arrivals.due)
        )
        intent = {"tab": "board", "month": arrivals.month.text}
        if arrivals.expected:
            column.addWidget(self._way(Todo("", summary, "exchange", intent), calm=True))
        for todo in arrivals.missing:
            column.addWidget(self._way(todo))
        column.addSpacing(8)
        column.addWidget(named(PlainLabel(_("Arrived last")), "heading"))
        for todo in arrivals.arrived:
            column.addWidget(self._way(todo))
        if not arrivals.arrived:
            column.addWidget(self._way(Todo("", _("Nothing was taken in lately."), "", {})))
        column.addStretch(1)
        card.fill(column)

    # ----------------------------------------------------------------------- to do

    def _todos(self, todos: list[Todo]) -> QLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        backup_lines = self.safety
        all_todos = [*(backup_lines.todos if backup_lines else ()), *todos]
        for todo in all_todos:
            column.addWidget(self._way(todo))
        if not all_todos:
            column.addWidget(named(PlainLabel(_("Nothing is waiting.")), "muted"))
        column.addStretch(1)
        for line in backup_lines.calm if backup_lines else ():
            column.addWidget(self._way(line, calm=True))
        return column

    def _way(self, todo: Todo, *, calm: bool = False) -> LinkRow:
        link = LinkRow(todo.lead, todo.text, calm=calm)
        link.setEnabled(bool(todo.page))
        task_words = {"task": f"{todo.lead} {todo.text}".strip()} if todo.intent else {}
        intent = {**todo.intent, **task_words}
        link.clicked.connect(lambda _checked=False: self.wanted.emit(todo.page, intent))
        return link

    # ------------------------------------------------------------------- navigation

    def _new(self, type_name: str) -> None:
        self.wanted.emit(type_name, {"new": True})

    def _report(self) -> None:
        self._go_to_report({})

    def _close_period(self) -> None:
        self._go_to_report({"close": True})

    def _show_records(self, indicator: str) -> None:
        """Open the records behind an indicator's figure of the year to date in the report."""
        self._go_to_report({"figure": (indicator, "year_to_date")})

    def _go_to_report(self, intent: Mapping[str, Any]) -> None:
        """Open the report of the period for the desk's own scope."""
        period = {"period": self.shown.period.text} if self.shown is not None else {}
        self.wanted.emit("report", {"own": True, **period, **intent})

    def _show_marker(self, marker: str) -> None:
        day = self.shown.period.text if self.shown is not None else ""
        intent: Mapping[str, Any] = {"marker": marker, "period": day}
        self.wanted.emit("strip", intent)


def _worst_words(overview: Overview) -> str:
    """The markers that have waited longest for an inspection, as text."""
    waiting = [(days_since(m.inspected, overview.day) or 0, m.marker) for m in overview.markers]
    longest = sorted((pair for pair in waiting if pair[0] > DUE), reverse=True)[:MOST_WORST]
    names = ", ".join(
        ngettext("{marker} ({days} day)", "{marker} ({days} days)", days).format(
            marker=marker, days=format_number(days, language())
        )
        for days, marker in longest
    )
    return _("Longest without an inspection: {list}").format(list=names) if longest else ""


def _figure_label(text: str) -> QLabel:
    label = PlainLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label
