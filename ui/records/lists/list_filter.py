"""Filter row above a list: period, post, commune, kind, review state, search."""

import datetime
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from borderdesk.base.i18n import _
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import REVIEW_STATES, Filter
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.choosers.period_chooser import PeriodChooser
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.options import commune_options, options_of, unit_then
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.search_line import SearchLine
from ui.widgets.icons import name_buttons
from ui.widgets.layout.flow import FlowLayout

WAYS = frozenset({"period", "kind", "commune", "post", "look", "search"})
"""The keywords of an intent that the filter handles."""
PAUSE = 20
"""Debounce of the search in milliseconds: a pasted word causes one query."""


class ListFilter(QWidget):
    """A row of combo boxes and the search field; emits `changed` when the list has to be read
    again."""

    changed = Signal()

    def __init__(self, desk: Desk, type_name: str) -> None:
        super().__init__()
        self._desk = desk
        self._model = ALL_TYPES[type_name]
        self._row = FlowLayout(self)
        title = named(PlainLabel(_(self._model.title)), "title")
        self._row.add(title)
        self._row.add_gap(8)
        self.period = self._period()
        self.post = self._post()
        self._meant_commune = ""
        """The commune the person chose, even if the period knows only its successor."""
        self.commune = self._combo(self._communes(), _("All communes"), _("Commune"))
        self.commune.entry_changed.connect(self._note_commune)
        self.kind = self._kind()
        self.review_state = self._combo(
            [ComboOption(code, _(words)) for code, words in REVIEW_STATES.items()],
            _("Everything"),
            _("What to look at"),
        )
        self._row.add_stretch()
        self.search = self._search()

    def _period(self) -> PeriodChooser | None:
        if self._model.event() is None:
            return None
        chooser = PeriodChooser(self._desk, self._desk.lists.dates(self._model.type_name))
        chooser.chosen.connect(self._period_changed)
        self._row.add(chooser)
        return chooser

    def _period_changed(self) -> None:
        self._offer_communes()
        self.changed.emit()

    def day(self) -> datetime.date:
        """The reference day of communes: the last of the period, at most today."""
        period = self.period.period() if self.period is not None else None
        return min(period.last, self._desk.today()) if period else self._desk.today()

    def _communes(self) -> list[ComboOption]:
        return commune_options(self._desk, self.day())

    def _offer_communes(self) -> None:
        """Offer the communes of the period; the selected one is mapped to its predecessor or
        successor."""
        combo, offered = self.commune, self._communes()
        meant_commune = self._meant_commune
        with QSignalBlocker(combo):
            combo.offer(offered)
            if combo.known_code() or meant_commune:
                codes = {option.code for option in offered}
                mapped = unit_then(
                    self._desk, meant_commune or combo.known_code(), self.day(), codes
                )
                combo.put(mapped, combo.label_of(mapped))

    def _note_commune(self) -> None:
        self._meant_commune = self.commune.known_code()

    def _post(self) -> SearchCombo | None:
        if not self._model.own_post() or self._desk.identity.role == "post":
            return None
        options = [ComboOption(p.code, p.name) for p in self._desk.book.posts.values()]
        return self._combo(options, _("All posts"), _("Post"))

    def _kind(self) -> SearchCombo | None:
        if not self._model.kind_key:
            return None
        label = self._model.columns()[self._model.kind_key].label
        return self._combo(self._kinds(), _("All kinds"), _(label))

    def _kinds(self) -> list[ComboOption]:
        field = self._model.columns()[self._model.kind_key]
        return options_of(field, EditorContext(self._desk, self._desk.today))

    def showEvent(self, event: QShowEvent) -> None:
        """Update communes and kinds: a page is created in advance, and kept."""
        super().showEvent(event)
        self._offer_communes()
        if self.kind is not None:
            self.kind.offer(self._kinds())

    def tab_stops(self) -> list[QWidget]:
        """The widgets in tab order."""
        period = [] if self.period is None else [self.period]
        return [*period, *self._combos().values(), self.search]

    def _combo(self, options: list[ComboOption], blank: str, name: str) -> SearchCombo:
        combo = SearchCombo(options, blank)
        combo.setMinimumContentsLength(6)
        # Plus the arrow button and the frame.
        combo.setMinimumWidth(combo.fontMetrics().horizontalAdvance(blank) + 60)
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.entry_changed.connect(self.changed)
        combo.line().editingFinished.connect(lambda: self._typed(combo))
        combo.line().setClearButtonEnabled(True)
        name_buttons(combo.line(), _("Clear"))
        self._row.add(combo)
        return combo

    def _typed(self, combo: SearchCombo) -> None:
        """Complete the typed text: its only match, else no filter."""
        code = combo.known_code() or combo.only_match()
        combo.put(code, combo.label_of(code))

    def _search(self) -> SearchLine:
        line = SearchLine(_("Search… Ctrl+F"), _("Search"))
        line.setToolTip(_("Search with or without accents (Ctrl+F)"))
        line.setMinimumWidth(120)
        line.setMaximumWidth(260)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.changed)
        line.seen.connect(lambda _text: self._pause.start())
        line.returnPressed.connect(self._search_now)
        self._row.add(line, 1)
        return line

    def _search_now(self) -> None:
        self._pause.stop()
        self.changed.emit()

    def pending(self) -> bool:
        """Whether the debounce timer of the search is running."""
        return self._pause.isActive()

    def begin_search(self) -> None:
        """Focus the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def choose(self, intent: Mapping[str, Any]) -> bool:
        """Apply the filters of an intent (period, kind, commune, post, look, search) and reset the
        others; returns whether it has any."""
        if not WAYS & set(intent):
            return False
        self.blockSignals(True)
        if "period" in intent and self.period is not None:
            self.period.choose(intent["period"])
        for key, combo in self._combos().items():
            code = intent.get(key, "")
            combo.put(code, combo.label_of(code))
        # Also if not shown: a commune without successor in the period is not kept.
        self._note_commune()
        self.search.setText(intent.get("search", ""))
        self._pause.stop()
        self.blockSignals(False)
        return True

    def intent(self) -> dict[str, str]:
        """The filters as `choose` takes them; the period only if a person selected it."""
        chosen_codes = {key: combo.known_code() for key, combo in self._combos().items()}
        chosen_codes["search"] = self.search.text()
        if self.period is not None and self.period.taken:
            chosen_codes["period"] = self.period.currentData()
        return chosen_codes if any(chosen_codes.values()) or "period" in chosen_codes else {}

    def _combos(self) -> dict[str, SearchCombo]:
        """The combo boxes except the period's, by intent keyword."""
        combos = {
            "post": self.post,
            "commune": self.commune,
            "kind": self.kind,
            "look": self.review_state,
        }
        return {key: combo for key, combo in combos.items() if combo is not None}

    def show_everything(self) -> None:
        """Reset all filters except the period."""
        self.choose({"search": ""})
        self.changed.emit()

    def value(self) -> Filter:
        """The filter for the list."""
        period = self.period.period() if self.period is not None else None
        return Filter(
            first=period.first if period else None,
            last=period.last if period else None,
            post=self.post.known_code() or None if self.post is not None else None,
            units=self._units(),
            kind=self.kind.known_code() or None if self.kind is not None else None,
            search=self.search.seen_text(),
            review_state=self.review_state.known_code(),
        )

    def _units(self) -> frozenset[str] | None:
        unit = self.commune.known_code()
        return frozenset(self._desk.book.lineage(unit)) if unit else None

    def month(self) -> Period | None:
        """The month that completes a typed day: the selected one, else the current one; None for
        types without date."""
        if self.period is None:
            return None
        chosen_period = self.period.period()
        if chosen_period is not None and chosen_period.kind == "month" and self.period.taken:
            return chosen_period
        return self._desk.calendar().month_of(self._desk.today())

    def typed_in(self) -> Period | None:
        """The period that completes a typed day and month: the selected year, else as `month`."""
        chosen_period = self.period.period() if self.period is not None else None
        return (
            chosen_period
            if chosen_period is not None and chosen_period.kind == "year"
            else self.month()
        )

    def covers(self, day: datetime.date | None) -> bool:
        """Whether the selected period includes the day."""
        period = self.period.period() if self.period is not None else None
        return period is None or day is None or period.first <= day <= period.last
