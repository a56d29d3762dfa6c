"""Vì sao 47? The figures of a summary, and the records behind the selected one."""

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
"""{column of a summary whose figures consist of records: title}."""
BESIDE, ABOVE = 12, 8
"""Horizontal padding of an indicator's name at each side, and vertical padding in all, in
pixels."""
FIRST = 1
"""The index of the first figure column."""


class FigureRecords(NamedTuple):
    """The records behind a figure: at most MOST_RECORDS of `total`."""

    line: SummaryLine
    column: str
    records: Sequence[RecordLine]
    total: int
    addends: Mapping[str, int | Decimal]
    """{record id: addend} of all records; empty if the figure is no sum of them."""


class FiguresPanel(DeskPanel):
    """The figures of the current report, and the records behind the selected one.

    record_wanted(type, id): open a record.
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
        # Names wrap in a narrow column; they are never elided.
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
        """Move from a figure to its records."""
        self._parts.show_part(self._behind)
        self.records.setFocus()

    def _fit_after_resizing(self) -> None:
        # In the next turn of the event loop: higher rows may add a scroll bar, which narrows the
        # column.
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
        """Show the figures of a summary; None for reports without."""
        self._request = request if summary is not None else None
        self._lines = list(summary.lines) if summary is not None else []
        rows = all_rows(self._desk.book) if self._lines else []
        self._how = {row.key: _(row.how) for row in rows if row.how}
        self.figures.show_rows([self._texts(line) for line in self._lines])
        late_column = FIRST + list(COLUMNS).index("late")
        self.figures.setColumnHidden(late_column, not any(line.late for line in self._lines))
        self._fit()
        if not self._lines:
            self._clear()

    def _fit(self) -> None:
        """Make each row as high as its wrapped name."""
        metrics = self.figures.fontMetrics()
        row_height = self.figures.verticalHeader().defaultSectionSize()
        name_area = QRect(0, 0, self.figures.columnWidth(0) - 2 * BESIDE, 0)
        for place, (name, *_figures) in enumerate(self.figures.texts.rows):
            height = metrics.boundingRect(name_area, Qt.TextFlag.TextWordWrap, name).height()
            self.figures.setRowHeight(place, max(row_height, height + ABOVE))

    def _texts(self, line: SummaryLine) -> tuple[str, ...]:
        figures = (line.shown(column).text(language()) for column in COLUMNS)
        return (f"{line.label} ({line.unit})", *figures)

    def choose(self, key: str, column: str) -> None:
        """Show the records behind the figure of an indicator (key) in a column of COLUMNS."""
        place = next((n for n, line in enumerate(self._lines) if line.key == key), None)
        if place is not None:
            index = self.figures.texts.index(place, FIRST + list(COLUMNS).index(column))
            self.figures.setCurrentIndex(index)
            self.figures.scrollTo(index)
            self._parts.show_part(self._behind)

    # --------------------------------------------------------------------- records

    def _read_records(self) -> None:
        index = self.figures.currentIndex()
        request = self._request
        if request is None or not 0 <= index.row() < len(self._lines):
            return
        line = self._lines[index.row()]
        column = list(COLUMNS)[max(index.column() - FIRST, 0)]
        desk = self._desk

        def work() -> FigureRecords:
            with desk.store.snapshot():
                ids = figure_records.records_behind(desk, request, line.key, column)
                addends = figure_records.addends_behind(desk, request, line.key, column)
                lines = record_lines(desk, ids)
            return FigureRecords(line, column, lines, sum(map(len, ids.values())), addends)

        self.read(work, self._show)

    def _show(self, behind: FigureRecords) -> None:
        line = behind.line
        self._records = behind.records
        method = self._how.get(line.key, "")
        _put_text(self.why, _heading(behind))
        _put_text(self.how, _("Worked out as: {how}").format(how=method) if method else "")
        year_sum = _carried(line) if behind.column == figure_records.TO_DATE else ""
        _put_text(self.sum, "\n".join(filter(None, (_added(behind), year_sum))))
        has_types = len({record.type for record in behind.records}) > 1
        self.records.show_rows(
            [
                (
                    format_date(record.day) if record.day else "",
                    f"{record.title}: {record.text}" if has_types else record.text,
                    format_figure(behind.addends[record.record], language())
                    if record.record in behind.addends
                    else "",
                    record.short,
                )
                for record in behind.records
            ],
            keep=False,
        )

    def _clear(self) -> None:
        self._records = ()
        for label in (self.why, self.how, self.sum):
            _put_text(label, "")
        self.records.show_rows([])

    def _open(self, row: int) -> None:
        record = self._records[row]
        self.record_wanted.emit(record.type, record.record)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """figure: (indicator key, column) to select; its records get the focus."""
        if "figure" in intent:
            self.choose(*intent["figure"])
            if self.isVisible():
                # Hidden: the person left the page while the report was made.
                self._go_behind()


def _put_text(label: QLabel, text: str) -> None:
    """Set a text; hides the label if it is empty."""
    label.setText(text)
    label.setVisible(bool(text))


def _stretch(table: RowsTable, column: int) -> None:
    """Stretch a column over the remaining width."""
    table.setTextElideMode(Qt.TextElideMode.ElideRight)
    header = table.horizontalHeader()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)


def _heading(behind: FigureRecords) -> str:
    """The question that the records answer, with their number."""
    words = ngettext(
        "Why {value}? {indicator}, {column}: {count} record",
        "Why {value}? {indicator}, {column}: {count} records",
        behind.total,
    ).format(
        value=behind.line.shown(behind.column).text(language()),
        indicator=behind.line.label,
        column=_(COLUMNS[behind.column]).lower(),
        count=format_number(behind.total, language()),
    )
    if behind.total <= len(behind.records):
        return words
    limit = format_number(MOST_RECORDS, language())
    return f"{words} " + _("(the first {most} are listed)").format(most=limit)


def _added(behind: FigureRecords) -> str:
    """The sum of the records, the part taken from paper, and whether the figure was signed from
    other versions of them; "" if there is nothing to say."""
    lang, total = language(), sum(behind.addends.values())
    figure = behind.line.shown(behind.column)
    parts = []
    if behind.addends:
        text = _("The records add up to {sum}").format(sum=format_figure(total, lang))
        if figure.mark and figure.value is not None:
            part = figure._replace(value=figure.value - total, mark="")
            text += _(" + {paper} from paper = {figure}").format(
                paper=part.text(lang), figure=figure.text(lang)
            )
        parts.append(f"{text}.")
    if _is_of_former_versions(behind, total):
        parts.append(
            _("{figure} was signed: its records were corrected or deleted since.").format(
                figure=figure.text(lang)
            )
        )
    return " ".join(parts)


def _is_of_former_versions(behind: FigureRecords, total: int | Decimal) -> bool:
    """Whether a signed figure was made of records that were changed or deleted since."""
    figure = behind.line.shown(behind.column)
    if figure.mark or behind.column == figure_records.LATE or not figure.value:
        return False
    return figure.value != total if behind.addends else not behind.total


def _carried(line: SummaryLine) -> str:
    """The figure of the year to date as a sum, once a period of the year is signed; "" before."""
    year_to_date = line.carry
    if year_to_date is None:
        return ""
    lang, signed, value, total = language(), *carried_figures(line, year_to_date)
    parts = [(_("signed"), signed.text(lang))]
    if year_to_date.unsigned:
        parts.append((_("not signed"), format_figure(year_to_date.unsigned, lang)))
    parts.append((_("in the period"), value.text(lang)))
    parts.append((_("late, corrected"), format_figure(year_to_date.late, lang)))
    terms = " + ".join(f"{words} {figure}" for words, figure in parts)
    return f"{terms} = {total.text(lang)}"
