"""Choice of a report: kind, period, scope, options."""

import datetime
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import N_, _
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.figures.newest_month import current_month
from borderdesk.figures.post_presence import posts_at_work
from borderdesk.figures.scopes import NEW, OLD, choices, own_scope, scope_day
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import REPORTS
from borderdesk.schema.kinds import DayField
from borderdesk.schema.records import RECORD_TYPES
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.editor import paint_wrong
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import unit_then
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout

RANGE = "range"
PERIODS = {
    "month": (N_("Month"), (N_("Month {number}"),) * 12),
    "quarter": (N_("Quarter"), (N_("Quarter {number}"),) * 4),
    "half": (N_("Half-year"), (N_("First half"), N_("Second half"))),
    "year": (N_("Year"), (N_("Whole year"),)),
    RANGE: (N_("Two dates"), ()),
}
"""{kind of period: (title, titles of its periods in a year, in order)}."""
YEARS_BACK, MONTHS = 30, 12

SWITCHES = {
    "hide_empty": N_("Leave out rows with nothing"),
    "short": N_("Short form on one page"),
    "millions": N_("Money in millions of VND"),
    "by_commune": N_("With the annex by commune"),
    "charts": N_("With the annex of charts"),
    "methods": N_("With how each figure is worked out"),
    "registers": N_("With the registers, so that figures lead to their records"),
}
SWITCHED_ON = ("by_commune", "charts")
"""Options that are on by default."""
REMEMBERED = "report options"
"""The preference that stores the options."""
GEOGRAPHIES = {
    "": N_("Units of the period's last day"),
    OLD: N_("Units of before 1 July 2025"),
    NEW: N_("Units since 1 July 2025"),
}


class ReportChooser(QWidget):
    """A row of combo boxes; emits `changed` on a change."""

    changed = Signal()

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._calendar = desk.calendar()
        self._day = DayField(N_("Date"))
        self._month = 1
        self._meant_scope = ""
        """The scope chosen by the person, even if the period has only its unit's successor."""
        self.kind, self.type = Chooser(), Chooser()
        self.span, self.number, self.year = Chooser(), Chooser(), Chooser()
        for combo in (self.type, self.number, self.year):  # Their entries change.
            combo.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToContents)
        self.first, self.last = TextLine(), TextLine()
        self.scope = SearchCombo([], _("Scope"))
        self.more = QPushButton(_("Options"))
        self.switches: dict[str, QAction] = {}
        self.geographies: dict[str, QAction] = {}
        self._lay_out()
        self._fill()
        self._connect()

    # ------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        row = FlowLayout(self)
        row.add(named(PlainLabel(_("Report")), "title"))
        row.add_gap(8)
        for widget, name in (
            (self.kind, _("Kind of report")),
            (self.type, _("Type of record")),
            (self.span, _("Kind of period")),
            (self.number, _("Period")),
            (self.year, _("Year")),
            (self.first, _("First day")),
            (self.last, _("Last day")),
            (self.scope, _("Scope")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)
            row.add(widget)
        digits = self.fontMetrics().horizontalAdvance("0")
        for line in (self.first, self.last):
            line.setPlaceholderText(_("dd/mm/yyyy"))
            line.setMaximumWidth(digits * 14)
        self.scope.setMinimumContentsLength(20)
        self.more.setAccessibleName(_("Options"))
        self.more.setToolTip(_("What else stands in the report"))
        self.more.setMenu(self._menu())
        row.add(self.more)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        on = self._desk.preferences.preferred(REMEMBERED, list(SWITCHED_ON))
        for key, words in SWITCHES.items():
            action = menu.addAction(_(words))
            action.setCheckable(True)
            action.setChecked(key in on)
            action.toggled.connect(lambda _on: self._options_chosen())
            self.switches[key] = action
        menu.addSeparator()
        for key, words in GEOGRAPHIES.items():
            action = menu.addAction(_(words))
            action.setCheckable(True)
            action.setChecked(not key)
            action.triggered.connect(lambda _on, key=key: self._choose_geography(key))
            self.geographies[key] = action
        return menu

    def _options_chosen(self) -> None:
        """Save the options for the next report."""
        on = [key for key, action in self.switches.items() if action.isChecked()]
        desk = self._desk
        self._tasks.later(
            lambda: desk.preferences.prefer(REMEMBERED, on), lambda _none: None, _ignore, self
        )
        self.changed.emit()

    def _choose_geography(self, chosen_geography: str) -> None:
        for key, action in self.geographies.items():
            action.setChecked(key == chosen_geography)
        self._offer_scopes()
        self.changed.emit()

    def _fill(self) -> None:
        for name, kind in REPORTS.items():
            self.kind.addItem(_(kind.title), name)
            self.kind.setItemData(self.kind.count() - 1, _(kind.hint), Qt.ItemDataRole.ToolTipRole)
        for name, model in RECORD_TYPES.items():
            self.type.addItem(_(model.title), name)
        for name, (label, _titles) in PERIODS.items():
            self.span.addItem(_(label), name)
        this_year = self._calendar.year_of(self._desk.today()).year
        for year in range(this_year, this_year - YEARS_BACK, -1):
            self.year.addItem(str(year), year)
        self._show_applicable()
        self.choose(current_month(self._desk))

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _index: self._kind_changed())
        self.type.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.span.currentIndexChanged.connect(lambda _index: self._span_changed())
        for combo in (self.number, self.year):
            combo.currentIndexChanged.connect(lambda _index: self._period_changed())
        for line in (self.first, self.last):
            line.editingFinished.connect(self._period_changed)
        self.scope.currentTextChanged.connect(lambda _text: self._scope_chosen())

    # ------------------------------------------------------------------ following

    def _kind_changed(self) -> None:
        self._show_applicable()
        self.changed.emit()

    def _span_changed(self) -> None:
        self._offer_numbers()
        self._period_changed()

    def _period_changed(self) -> None:
        self._note_month()
        self._show_applicable()
        self._offer_scopes()
        self.changed.emit()

    def _scope_chosen(self) -> None:
        self._meant_scope = self.scope.known_code() or self._meant_scope
        self.changed.emit()

    def _show_applicable(self) -> None:
        """Show only the inputs that apply to the kind of report and of period."""
        two_dates = self.span.currentData() == RANGE
        self.type.setVisible(REPORTS[self.kind.currentData()].typed)
        self.first.setVisible(two_dates)
        self.last.setVisible(two_dates)
        self.year.setVisible(not two_dates)
        self.number.setVisible(not two_dates and self._most() > 1)
        for action in self.switches.values():
            action.setVisible(REPORTS[self.kind.currentData()].annexed)

    def _offer_numbers(self) -> None:
        """Offer the periods of the selected kind; selects the one that contains the remembered
        month."""
        _label, titles = PERIODS[self.span.currentData()]
        with QSignalBlocker(self.number):
            self.number.clear()
            for number, title in enumerate(titles, 1):
                self.number.addItem(_(title).format(number=number), number)
            self.number.setCurrentIndex((self._month - 1) * len(titles) // MONTHS)

    def _most(self) -> int:
        """The number of periods per year of the selected kind."""
        return len(PERIODS[self.span.currentData()][1])

    def _note_month(self) -> None:
        """Remember the month: April is kept through its quarter and half-year, until another one is
        chosen."""
        count, place = self._most(), self.number.currentIndex()
        if place >= 0 and (self._month - 1) * count // MONTHS != place:
            self._month = place * MONTHS // count + 1

    def _offer_scopes(self) -> None:
        period = self.period()
        if period is None:
            return
        # Signals blocked: `changed` is for changes of the scope by a person.
        with QSignalBlocker(self.scope):
            book = self._desk.book
            day = self._scope_day(period)
            posts = posts_at_work(self._desk, period)
            scopes = choices(book, day, self._desk.identity, posts=posts)
            self.scope.offer([ComboOption(scope.text, scope.name) for scope in scopes])
            kind, _mark, unit = self._meant_scope.partition(":")
            units = {scope.text.partition(":")[2] for scope in scopes}
            if kind == "post":
                then = book.post_became(unit, period.first)
            else:
                then = unit_then(self._desk, unit, day, units)
            mapped = f"{kind}:{then}" if unit else kind
            if not self.scope.label_of(mapped):
                mapped = own_scope(book, self._desk.identity, day).text
            self.scope.put(mapped, self.scope.label_of(mapped))

    # -------------------------------------------------------------------- choosing

    def choose(self, period: Period) -> None:
        """Select a period."""
        self.span.setCurrentIndex(self.span.findData(period.kind))
        self._offer_numbers()
        if period.kind == RANGE:
            self.first.setText(format_date(period.first))
            self.last.setText(format_date(period.last))
        else:
            self._offer_year(period.year)
            self.year.setCurrentIndex(self.year.findData(period.year))
            self.number.setCurrentIndex(period.number - 1)
        self._period_changed()

    def intent(self) -> dict[str, Any]:
        """The choice, for `choose_again`."""
        period = self.period()
        return {
            "kind": self.kind.currentData(),
            "type": self.type.currentData(),
            "of": period.text if period is not None else "",
            "span": self.span.currentData(),
            "days": (self.first.text(), self.last.text()),
            "scope": self.scope.known_code(),
            "units": self.geography() or "",
        }

    def choose_again(self, intent: Mapping[str, Any]) -> None:
        """Restore what `intent` returned."""
        self.choose_kind(intent["kind"])
        self.type.setCurrentIndex(self.type.findData(intent["type"]))
        if intent["of"]:
            self.choose(self._calendar.parse(intent["of"]))
        else:
            # Two dates, one of them missing or incomplete.
            self.span.setCurrentIndex(self.span.findData(intent["span"]))
            for line, text in zip((self.first, self.last), intent["days"], strict=True):
                line.setText(text)
        self._choose_geography(intent["units"])
        self.choose_scope(intent["scope"])

    def offer_this_year(self) -> None:
        """Offer the current year if it began after the combo box was filled; the selection
        stays."""
        self._offer_year(self._calendar.year_of(self._desk.today()).year)

    def _offer_year(self, year: int) -> None:
        """Insert a missing year; the selection stays."""
        if self.year.findData(year) >= 0:
            return
        offered_years = [self.year.itemData(place) for place in range(self.year.count())]
        with QSignalBlocker(self.year):
            self.year.insertItem(
                sum(known_year > year for known_year in offered_years), str(year), year
            )

    def choose_kind(self, name: str) -> None:
        """Select a kind of report."""
        self.kind.setCurrentIndex(self.kind.findData(name))

    def choose_scope(self, text: str) -> None:
        """Select a scope by its text, if the period offers it."""
        label = self.scope.label_of(text)
        if label:
            self.scope.put(text, label)
            self.changed.emit()

    def choose_own(self) -> None:
        """Select the desk's own scope."""
        period = self.period()
        if period is not None:
            default_scope = own_scope(self._desk.book, self._desk.identity, self._scope_day(period))
            self.choose_scope(default_scope.text)

    def _scope_day(self, period: Period) -> datetime.date:
        """The reference day of the units offered as scopes."""
        return scope_day(self._desk.book, period.last, self.geography())

    def geography(self) -> str | None:
        """The selected administrative units: old, new, or None for those of the period's last
        day."""
        return next((key for key, act in self.geographies.items() if key and act.isChecked()), None)

    def period(self) -> Period | None:
        """The period; None while one of two dates is missing or invalid."""
        kind = self.span.currentData()
        if kind != RANGE:
            year, number = self.year.currentData(), self.number.currentData()
            if year is None or number is None:
                return None
            return self._calendar.period(kind, year, number)
        first, last = self._date(self.first), self._date(self.last)
        if first is None or last is None:
            return None
        try:
            return self._calendar.parse(f"{first}..{last}")
        except UserError:
            paint_wrong(self.last, True)
            return None

    def _date(self, line: QLineEdit) -> datetime.date | None:
        text = line.text().strip()
        try:
            day = self._desk.records.clean_value(self._day, text) if text else None
        except UserError:
            paint_wrong(line, True)
            return None
        paint_wrong(line, False)
        return day if isinstance(day, datetime.date) else None

    def request(self) -> Request:
        """The report request. Raises UserError if incomplete."""
        period, scope = self.period(), self.scope.known_code()
        if period is None:
            raise UserError(_("Write the first and the last day, like 15/01/2023."))
        if not scope:
            raise UserError(_("Choose a scope from the list first."))
        name = self.kind.currentData()
        kind = REPORTS[name]
        on = {key for key, act in self.switches.items() if kind.annexed and act.isChecked()}
        return Request(
            name,
            period.text,
            scope,
            type=self.type.currentData() if kind.typed else None,
            geography=self.geography(),
            hide_empty="hide_empty" in on,
            by_commune="by_commune" in on,
            charts="charts" in on,
            methods="methods" in on,
            short="short" in on,
            millions="millions" in on,
            annex_registers=tuple(RECORD_TYPES) if "registers" in on else (),
        )


def _ignore(_error: Exception) -> None:
    """Saving the options failed: they apply to this window only."""
