"""Vì sao 47? The figures of a summary, and the records that add up to the chosen one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import format_date, format_figure, format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.closing.calculation import Summary
from borderdesk.closing.lines import SummaryLine, carried_figures
from borderdesk.desk import Desk
from borderdesk.figures.indicators import all_rows
from borderdesk.reports.contents.record_lines import MOST_RECORDS, RecordLine, record_lines
from borderdesk.reports.contents.requests import Request
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.layout.parts_column import PartsColumn
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn

if TYPE_CHECKING:
    from borderdesk.reports.contents import figure_records
else:
    figure_records = lazy_module("borderdesk.reports.contents.figure_records")

COLUMNS: Mapping[str, str] = {
    "value": N_("In the period"),
    "previous": N_("Last year"),
    "year_to_date": N_("Year so far"),
    "late": N_("Added late"),
}
"""{column of a summary whose figures are made of records: its title}."""
BESIDE, ABOVE = 12, 8
"""Margins of an indicator's name in pixels: at either side, and above and below together."""
FIRST = 1
"""The place of the first figure in a row of the table."""


class FigureRecords(NamedTuple):
    """The records behind the figure in a column of a line: at most MOST of `total`."""

    line: SummaryLine
    column: str
    records: Sequence[RecordLine]
    total: int
    addends: Mapping[str, int | Decimal]
    """{record: what it adds}, of all records; empty where the figure is no sum of them."""


class FiguresPanel(DeskPanel):
    """The figures of the report shown, and the records behind the chosen one.

    record_wanted: a record is to be opened (its type and id).
    """

    record_wanted = Signal(str, str)

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._request: Request | None = None
        self._lines: list[SummaryLine] = []
        self._how: dict[str, str] = {}
        self._records: Sequence[RecordLine] = ()
        self.figures = RowsTable(
            _("Figures of the report"),
            self._columns(),
            _("Make a summary with View; its figures stand here."),
        )
        self.why = named(PlainLabel(), "heading")
        self.how = named(PlainLabel(), "muted")
        self.sum = PlainLabel()
        self.records = RowsTable(
            _("Records behind the figure"),
            [
                TableColumn(_("Date"), 10),
                TableColumn(_("Record"), 36),
                TableColumn(_("Adds"), 8, numeric=True),
                TableColumn(_("Short id"), 9),
            ],
            _("Choose a figure above: the records it adds up stand here. Enter opens one."),
        )
        self._lay_out()
        self.figures.selectionModel().currentChanged.connect(lambda *_places: self._read_records())
        self.records.opened.connect(self._open)

    def _columns(self) -> list[TableColumn]:
        figures = [TableColumn(_(title), 7, numeric=True) for title in COLUMNS.values()]
        return [TableColumn(_("Indicator"), 22), *figures]

    def _lay_out(self) -> None:
        self.figures.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        # Names are never cut off: they wrap where the column is narrow.
        self.figures.setWordWrap(True)
        self._fit_after_resizing()
        _stretch(self.figures, 0)
        _stretch(self.records, 1)
        for label in (self.why, self.how, self.sum):
            label.setWordWrap(True)
            label.hide()
        self._behind = self._records_side()
        self._parts = PartsColumn(_("Figures of the report"))
        self._parts.add(_("Figures of the report"), self.figures, 3)
        self._parts.add(_("Records behind the figure"), self._behind, 2)
        self.figures.opened.connect(lambda _row: self._go_behind())
        scrolled_column(self).addWidget(self._parts)

    def _go_behind(self) -> None:
        """Go on from a figure to its records."""
        self._parts.show_part(self._behind)
        self.records.setFocus()

    def _fit_after_resizing(self) -> None:
        # In the next turn of the event loop: taller rows may bring a scroll bar, which makes the
        # column of names narrower still.
        settled = QTimer(self, singleShot=True, interval=0)
        settled.timeout.connect(self._fit)
        header = self.figures.horizontalHeader()
        header.sectionResized.connect(lambda *_sizes: settled.start())
        header.geometriesChanged.connect(settled.start)

    def _records_side(self) -> QWidget:
        side = named(QWidget(), "page")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.why, self.how, self.sum):
            column.addWidget(widget)
        column.addWidget(self.records, 1)
        return side

    # --------------------------------------------------------------------- showing

    def show_summary(self, request: Request, summary: Summary | None) -> None:
        """Show the figures of a summary; None for a report that has none."""
        self._request = request if summary is not None else None
        self._lines = list(summary.lines) if summary is not None else []
        rows = all_rows(self._desk.book) if self._lines else []
        self._how = {row.key: _(row.how) for row in rows if row.how}
        self.figures.show_rows([self._texts(line) for line in self._lines])
        late = FIRST + list(COLUMNS).index("late")
        self.figures.setColumnHidden(late, not any(line.late for line in self._lines))
        self._fit()
        if not self._lines:
            self._clear()

    def _fit(self) -> None:
        """Make each row as high as its name is in the width of the column."""
        metrics = self.figures.fontMetrics()
        one = self.figures.verticalHeader().defaultSectionSize()
        room = QRect(0, 0, self.figures.columnWidth(0) - 2 * BESIDE, 0)
        for place, (name, *_figures) in enumerate(self.figures.texts.rows):
            needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, name).height()
            self.figures.setRowHeight(place, max(one, needed + ABOVE))

    def _texts(self, line: SummaryLine) -> tuple[str, ...]:
        figures = (line.shown(column).text(language()) for column in COLUMNS)
        return (f"{line.label} ({line.unit})", *figures)

    def choose(self, key: str, column: str) -> None:
        """Show the records behind the figure of an indicator (its key) in one of COLUMNS."""
        place = next((n for n, line in enumerate(self._lines) if line.key == key), None)
        if place is not None:
            at = self.figures.texts.index(place, FIRST + list(COLUMNS).index(column))
            self.figures.setCurrentIndex(at)
            self.figures.scrollTo(at)
            self._parts.show_part(self._behind)

    # --------------------------------------------------------------------- records

    def _read_records(self) -> None:
        at = self.figures.currentIndex()
        request = self._request
        if request is None or not 0 <= at.row() < len(self._lines):
            return
        line = self._lines[at.row()]
        column = list(COLUMNS)[max(at.column() - FIRST, 0)]
        desk = self._desk

        def work() -> FigureRecords:
            ids = figure_records.records_behind(desk, request, line.key, column)
            addends = figure_records.addends_behind(desk, request, line.key, column)
            lines = record_lines(desk, ids)
            return FigureRecords(line, column, lines, sum(map(len, ids.values())), addends)

        self.read(work, self._show)

    def _show(self, found: FigureRecords) -> None:
        line = found.line
        self._records = found.records
        how = self._how.get(line.key, "")
        _put_text(self.why, _heading(found))
        _put_text(self.how, _("Worked out as: {how}").format(how=how) if how else "")
        carried = _carried(line) if found.column == figure_records.TO_DATE else ""
        _put_text(self.sum, "\n".join(filter(None, (_added(found), carried))))
        several = len({one.type for one in found.records}) > 1
        self.records.show_rows(
            [
                (
                    format_date(one.day) if one.day else "",
                    f"{one.title}: {one.text}" if several else one.text,
                    format_figure(found.addends[one.record], language())
                    if one.record in found.addends
                    else "",
                    one.short,
                )
                for one in found.records
            ],
            keep=False,
        )

    def _clear(self) -> None:
        self._records = ()
        for label in (self.why, self.how, self.sum):
            _put_text(label, "")
        self.records.show_rows([])

    def _open(self, row: int) -> None:
        one = self._records[row]
        self.record_wanted.emit(one.type, one.record)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Choose a figure. figure: (key of the indicator, column)."""
        if "figure" in intent:
            self.choose(*intent["figure"])


def _put_text(label: QLabel, text: str) -> None:
    """Show a text, or hide the label of an empty one."""
    label.setText(text)
    label.setVisible(bool(text))


def _stretch(table: RowsTable, column: int) -> None:
    """Let a column fill the width that the others leave."""
    table.setTextElideMode(Qt.TextElideMode.ElideRight)
    header = table.horizontalHeader()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)


def _heading(found: FigureRecords) -> str:
    """The question that the records answer, and how many they are."""
    words = ngettext(
        "Why {value}? {indicator}, {column}: {count} record",
        "Why {value}? {indicator}, {column}: {count} records",
        found.total,
    ).format(
        value=found.line.shown(found.column).text(language()),
        indicator=found.line.label,
        column=_(COLUMNS[found.column]).lower(),
        count=format_number(found.total, language()),
    )
    if found.total <= len(found.records):
        return words
    most = format_number(MOST_RECORDS, language())
    return f"{words} " + _("(the first {most} are listed)").format(most=most)


def _added(found: FigureRecords) -> str:
    """The sum of what the records add, and what is from paper beside it; "" where there is none."""
    if not found.addends:
        return ""
    lang, total = language(), sum(found.addends.values())
    text = _("The records add up to {sum}").format(sum=format_figure(total, lang))
    figure = found.line.shown(found.column)
    if figure.mark and figure.value is not None:
        part = figure._replace(value=figure.value - total, mark="")
        text += _(" + {paper} from paper = {figure}").format(
            paper=part.text(lang), figure=figure.text(lang)
        )
    return f"{text}."


def _carried(line: SummaryLine) -> str:
    """The figure since the year began as a sum, once a period of the year is signed."""
    carry = line.carry
    if carry is None:
        return ""
    lang, signed, value, total = language(), *carried_figures(line, carry)
    parts = [(_("signed"), signed.text(lang))]
    if carry.unsigned:
        parts.append((_("not signed"), format_figure(carry.unsigned, lang)))
    parts.append((_("in the period"), value.text(lang)))
    parts.append((_("late, corrected"), format_figure(carry.late, lang)))
    terms = " + ".join(f"{words} {figure}" for words, figure in parts)
    return f"{terms} = {total.text(lang)}"
