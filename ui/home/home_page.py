"""The first page: the period at a glance, what is to do, and the way to the daily entries."""

import datetime
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.errors import UserError
from borderdesk.base.formats import show_date, show_number, show_percent
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.overview.overview import BEHIND, OVER, Goal, Overview, Todo
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.home.strip import INSPECTED, Strip
from ui.widgets.actions import bind, button
from ui.widgets.cards import Legend, LinkButton, LinkRow, SummaryCard
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.meter import Meter
from ui.widgets.page import Page
from ui.widgets.period_chooser import PeriodChooser
from ui.widgets.tab_order import tab_before

if TYPE_CHECKING:
    from borderdesk.overview.safety import Safety

NARROW = 110
"""A page of fewer digits than this has no room for two cards side by side."""
QUICK = ("patrol", "clearing", "outreach", "pledge")
"""The daily entries that have a button of their own."""


class HomePage(Page):
    """The overview of a period, read off the window's thread."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._job: Job | None = None
        self._narrow = False
        self.shown: Overview | None = None
        self.safety: Safety | None = None
        self.bar = MessageBar()
        self.title = named(QLabel(_("Home")), "title")
        self.aside = named(QLabel(), "muted")
        self.period: PeriodChooser | None = None
        self.goals = SummaryCard(_("The year's targets"))
        self.todos = SummaryCard(_("To do"))
        self.markers = SummaryCard(_("Markers: days since last inspected"))
        self.strip = Strip()
        self.strip.setMinimumHeight(self.fontMetrics().lineSpacing() * 13)
        self._lay_out()
        bind(self, "refresh", self.refresh)
        self._begin()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        inside = named(QWidget(), "page")
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(16)
        outer.addLayout(self._head())
        outer.addWidget(self.bar)
        cards = self._cards = QHBoxLayout()
        cards.setSpacing(16)
        cards.addWidget(self.goals, 2)
        cards.addWidget(self.todos, 1)
        outer.addLayout(cards)
        self.markers.body.addWidget(self.strip)
        self.markers.head.add(Legend())
        outer.addWidget(self.markers)
        outer.addStretch(1)
        self.strip.chosen.connect(self._show_marker)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cards stand side by side where there is room, else one above the other."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW * self.fontMetrics().horizontalAdvance("0")
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
            button(bind(self, f"new_{type_name}", partial(self._new, type_name)))
            for type_name in QUICK
        ]
        for way in self.quick:
            self._row.add(way)
        bind(self, "month_report", self._report)
        self.closing = button(bind(self, "close_month", self._close_period), main=True)
        self._row.add(self.closing)
        return self._row

    def _begin(self) -> None:
        """Ask for the span of the records first, which the chooser is made of."""
        desk = self._desk

        def work() -> tuple[datetime.date | None, datetime.date | None]:
            from borderdesk.figures.indicators import first_day
            from borderdesk.figures.newest_month import newest_month

            return newest_month(desk).first, first_day(desk.store)

        self._job = self._tasks.run(work, self._offer, self._failed, self)

    def _offer(self, span: tuple[datetime.date | None, datetime.date | None]) -> None:
        self.period = named(PeriodChooser(self._desk, span, all_time=False), "title")
        self._row.exchange(self.title, self.period)
        tab_before(self.period, self.quick[0])
        self.title.deleteLater()
        self.period.chosen.connect(self.refresh)
        self.refresh()

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the overview of the period anew."""
        period = self.period.period() if self.period is not None else None
        if period is None:
            return
        if self._job is not None:
            self._job.forget()
        desk, text = self._desk, period.text

        def work() -> Overview:
            from borderdesk.overview.overview import make_overview

            return make_overview(desk, text)

        self._job = self._tasks.run(work, self._show, self._failed, self)

    def idle(self) -> bool:
        """Whether the overview is there."""
        return self._job is None

    def _failed(self, error: Exception) -> None:
        self._job = None
        if not isinstance(error, UserError):
            raise error
        self.bar.warn(error)

    def _show(self, overview: Overview) -> None:
        self._job = None
        self.shown = overview
        self.aside.setText(self._aside(overview))
        aimed = any(goal.target is not None for goal in overview.goals)
        heading = _("Targets of {year}") if aimed else _("Figures; no targets of {year} yet")
        self.goals.title.setText(heading.format(year=overview.year.year))
        self.goals.fill(self._goals(overview.goals))
        self.todos.fill(self._todos(overview.todos))
        self._read_safety()
        self._order_keys()
        self.strip.show_markers(overview.markers, overview.day, INSPECTED)
        self.markers.setVisible(bool(overview.markers))

    def _read_safety(self) -> None:
        """Read how safely the desk is kept, once the figures are on the screen."""
        desk = self._desk

        def work() -> "Safety":
            from borderdesk.overview.safety import safety

            return safety(desk, datetime.datetime.now(datetime.UTC))

        self._job = self._tasks.run(work, self._show_safety, self._failed, self)

    def _show_safety(self, found: "Safety") -> None:
        self._job = None
        if self.safety is None:
            from ui.base.backup_runner import backup_runner_of

            backup_runner_of(self._desk, self._tasks).ended.connect(self.refresh)
        if found != self.safety and self.shown is not None:
            self.safety = found
            self.todos.fill(self._todos(self.shown.todos))
            self._order_keys()

    def _order_keys(self) -> None:
        """Let Tab go over the page as it is read: what leads somewhere comes before the strip."""
        for card in (self.goals, self.todos):
            for link in card.links():
                tab_before(link, self.strip)

    def _aside(self, overview: Overview) -> str:
        left = (overview.period.last - self._desk.today()).days
        since = _("since {date} for the year so far").format(date=show_date(overview.year.first))
        if not overview.period.first <= self._desk.today() <= overview.period.last:
            return since
        days = _("last day") if left == 0 else _("{days} days left").format(days=left)
        return f"{days} · {since}"

    # ----------------------------------------------------------------------- goals

    def _goals(self, goals: list[Goal]) -> QLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2 if self._narrow else 8)
        grid.setColumnStretch(3, 1)
        for place, goal in enumerate(goals):
            self._add_goal(grid, 2 * place, goal)
        grid.setRowStretch(2 * len(goals), 1)
        if not goals:
            empty = named(QLabel(_("Nothing is logged for this period yet.")), "muted")
            empty.setWordWrap(True)
            grid.addWidget(empty, 0, 0, 1, 6)
        return grid

    def _add_goal(self, grid: QGridLayout, row: int, goal: Goal) -> None:
        label = LinkButton(goal.label if goal.pace else f"{goal.label} ({goal.unit})")
        label.setToolTip(_("Show the report this figure stands in, and its records"))
        label.clicked.connect(lambda _checked=False: self._ask_why(goal.key))
        if self._narrow:
            grid.addWidget(label, row, 0, 1, 6)
            row += 1
        else:
            grid.addWidget(label, row, 0)
        to_date = named(QLabel(_number(goal.to_date)), "figure")
        to_date.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(to_date, row, 1)
        month = _("in the period: {value}").format(value=_number(goal.value))
        if goal.target is None:
            grid.addWidget(named(QLabel(month), "muted"), row, 2, 1, 2)
            return
        to_date.setToolTip(month)
        of = QLabel("/ " + _number(goal.target))
        grid.addWidget(named(of, "muted"), row, 2)
        if goal.reached is not None:
            poor = {BEHIND: "bar_warn", OVER: "bar_bad"}
            meter = Meter(goal.reached, poor.get(goal.state or "", "bar_good"))
            meter.setAccessibleName(f"{goal.label}: {show_percent(goal.reached, language())}")
            grid.addWidget(meter, row, 3)
            percent = QLabel(show_percent(goal.reached, language()))
            percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(percent, row, 4)
        pace = named(QLabel(goal.pace), "muted")
        pace.setWordWrap(self._narrow)
        grid.addWidget(pace, row, 5)
        grid.setColumnStretch(5, 1 if self._narrow else 0)

    # ----------------------------------------------------------------------- to do

    def _todos(self, todos: list[Todo]) -> QLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        safety = self.safety
        whole = [*(safety.todos if safety else ()), *todos]
        for todo in whole:
            column.addWidget(self._way(todo))
        if not whole:
            column.addWidget(named(QLabel(_("Nothing is waiting.")), "muted"))
        column.addStretch(1)
        for line in safety.calm if safety else ():
            column.addWidget(self._way(line, calm=True))
        return column

    def _way(self, todo: Todo, *, calm: bool = False) -> LinkRow:
        way = LinkRow(todo.lead, todo.text, calm=calm)
        way.setEnabled(bool(todo.page))
        way.clicked.connect(lambda _checked=False: self.wanted.emit(todo.page, todo.intent))
        return way

    # -------------------------------------------------------------------- going on

    def _new(self, type_name: str) -> None:
        self.wanted.emit(type_name, {"new": True})

    def _report(self) -> None:
        self._go_to_report({})

    def _close_period(self) -> None:
        self._go_to_report({"close": True})

    def _ask_why(self, indicator: str) -> None:
        self._go_to_report({"figure": (indicator, "year_to_date")})

    def _go_to_report(self, intent: Mapping[str, Any]) -> None:
        """Go to the report of the period shown, of the desk's own scope."""
        period = {"period": self.shown.period.text} if self.shown is not None else {}
        self.wanted.emit("report", {"own": True, **period, **intent})

    def _show_marker(self, marker: str) -> None:
        day = self.shown.period.text if self.shown is not None else ""
        intent: Mapping[str, Any] = {"marker": marker, "period": day}
        self.wanted.emit("strip", intent)


def _number(value: Any) -> str:
    return "–" if value is None else show_number(value, language())
