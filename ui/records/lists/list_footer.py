"""Footer of a list: number of rows, drafts and conflicts, and totals."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.measure_units import unit_beside
from borderdesk.desk import Desk
from borderdesk.schema.kinds import ColumnField
from borderdesk.schema.records import ALL_TYPES
from ui.base.double_search import double_search_of
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Job, Runner
from ui.widgets.choosers.period_chooser import Span
from ui.widgets.tables.table_model import RecordTable

COUNT_DELAY = 20
"""Delay in milliseconds before a list is counted, so that it is painted first."""


class ListCounts(NamedTuple):
    """Numbers of rows, drafts put aside, records with two versions, possible duplicates; totals by
    column key; dates of the newest and oldest record of the type."""

    rows: int
    drafts: int
    doubles: int
    pairs: int
    totals: dict[str, Any]
    span: Span = (None, None)


class ListFooter(QHBoxLayout):
    """Counts a list in the background once it is visible; spanned(Span): dates of the newest and
    oldest record."""

    spanned = Signal(object)

    def __init__(
        self,
        desk: Desk,
        tasks: Runner,
        table: RecordTable,
        type_name: str,
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._table = table
        self._type = type_name
        self._failed = failed
        self._counting: Job | None = None
        self._counts = ListCounts(0, 0, 0, 0, {})
        self._chosen = 0
        self.words = named(PlainLabel(), "count")
        self.totals = named(PlainLabel(), "totals")
        self.totals.setTextFormat(Qt.TextFormat.RichText)
        self.totals.setWordWrap(True)
        self.totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self.words)
        self.addWidget(self.totals, 1)
        self._soon = QTimer(self, singleShot=True, interval=COUNT_DELAY)
        self._soon.timeout.connect(self._begin)
        double_search_of(desk, tasks).ended.connect(self._count_pairs)

    @property
    def rows(self) -> int:
        """The number of records in the list, loaded or not."""
        return self._counts.rows

    def idle(self) -> bool:
        """Whether no count is pending."""
        return not self._soon.isActive() and self._counting is None

    def count_soon(self) -> None:
        """Count again; a running count is ignored."""
        if self._counting is not None:
            self._counting.forget()
            self._counting = None
        self._soon.start()

    def _begin(self) -> None:
        desk, type_name, list_filter = self._desk, self._type, self._table.chosen

        def work() -> ListCounts:
            rows = desk.lists.count(type_name, list_filter)
            parked = sum(draft.parked for draft in desk.drafts.drafts(type_name))
            doubles = desk.lists.doubles(type_name)
            pairs = desk.lists.pairs(type_name)
            totals = desk.lists.totals(type_name, list_filter) if rows else {}
            span = desk.lists.dates(type_name)
            return ListCounts(rows, parked, doubles, pairs, totals, span)

        self._counting = self._tasks.run(work, self._show, self._failed, self)

    def _show(self, counts: ListCounts) -> None:
        self._counting = None
        self._counts = counts
        if self._table.more():
            self._order_ahead()
        self.show_count(self._chosen)
        self._show_totals()
        self.spanned.emit(counts.span)

    def count_drafts(self, parked: int) -> None:
        """Show the number of drafts put aside."""
        self._counts = self._counts._replace(drafts=parked)
        self.show_count(self._chosen)

    def _count_pairs(self) -> None:
        """Count the possible duplicates again after a search for them."""
        desk, type_name = self._desk, self._type

        def show(pairs: int) -> None:
            self._counts = self._counts._replace(pairs=pairs)
            self.show_count(self._chosen)

        self._tasks.run(lambda: desk.lists.pairs(type_name), show, self._failed, self)

    def _order_ahead(self) -> None:
        """Precompute the order of a long list before somebody scrolls."""
        desk, type_name = self._desk, self._type
        list_filter, order = self._table.chosen, self._table.order
        self._tasks.run(
            lambda: desk.lists.order_ahead(type_name, list_filter, order),
            lambda _none: None,
            self._failed,
            self,
        )

    def _show_totals(self) -> None:
        model = ALL_TYPES[self._type]
        fields = model.columns()
        sums = [
            f"<b>{format_number(number, language())}</b>&nbsp;"
            + _counted(fields[key], number).replace(" ", "&nbsp;")
            for key in self._table.keys
            if (number := self._counts.totals.get(key)) is not None
        ]
        # Rows show whole records; of a record split over places only the commune's share is summed.
        shared = self._table.chosen.units is not None and model.split_number is not None
        lead = _("Of this commune alone:") if shared else _("Total")
        self.totals.setText(f"{lead} {', '.join(sums)}" if sums else "")

    def show_count(self, chosen_count: int) -> None:
        """Show the number of rows, and of selected ones."""
        self._chosen = chosen_count
        lang, counts = language(), self._counts
        rows = ngettext("1 row", "{count} rows", counts.rows)
        parts = [rows.format(count=format_number(counts.rows, lang))]
        if chosen_count > 1:
            parts.insert(0, _("{count} chosen").format(count=format_number(chosen_count, lang)))
        if counts.drafts:
            words = ngettext("{count} draft", "{count} drafts", counts.drafts)
            parts.append(words.format(count=format_number(counts.drafts, lang)))
        if counts.doubles:
            words = _("{count} waiting for a choice")
            parts.append(words.format(count=format_number(counts.doubles, lang)))
        if counts.pairs:
            words = ngettext(
                "{count} possible double to look at",
                "{count} possible doubles to look at",
                counts.pairs,
            )
            parts.append(words.format(count=format_number(counts.pairs, lang)))
        self.words.setText(" · ".join(parts))


def _counted(field: ColumnField, number: float) -> str:
    """The unit of a total, in words."""
    return unit_beside(number, _(field.unit)) or _(field.label).lower()
