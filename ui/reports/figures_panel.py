"""Vì sao 47? The figures of a summary, and the records behind the one that is chosen."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.formats import show_date, show_number
from borderdesk.base.i18n import N_, _, language
from borderdesk.closing.summary import Line, Summary
from borderdesk.desk import Desk
from borderdesk.figures.indicators import Value, all_rows
from borderdesk.reports.evidence import MOST, Told
from borderdesk.reports.requests import Request
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.messages import MessageBar
from ui.widgets.rows_table import RowsTable, TableColumn

COLUMNS: Mapping[str, str] = {
    "value": N_("In the period"),
    "previous": N_("Last year"),
    "year_to_date": N_("Year so far"),
    "late": N_("Late"),
}
"""The figures of a row that records are behind: {column of a summary: its title}."""
BESIDE, ABOVE = 12, 8
"""Pixels beside and above the name of an indicator."""
FIRST = 1
"""How many columns stand before the figures."""


class Behind(NamedTuple):
    """What was asked of a figure, and the records found: `whole` how many there are."""

    line: Line
    column: str
    records: Sequence[Told]
    whole: int


class FiguresPanel(DeskPanel):
    """The figures of the report shown. asked: a record is to be opened (its type and id)."""

    asked = Signal(str, str)

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self._request: Request | None = None
        self._lines: list[Line] = []
        self._how: dict[str, str] = {}
        self._found: Sequence[Told] = ()
        self.figures = RowsTable(
            _("Figures of the report"),
            self._columns(),
            _("Make a summary with View; its figures stand here."),
        )
        self.why = named(QLabel(), "heading")
        self.how = named(QLabel(), "muted")
        self.sum = QLabel()
        self.records = RowsTable(
            _("Records behind the figure"),
            [
                TableColumn(_("Date"), 10),
                TableColumn(_("Record"), 40),
                TableColumn(_("Short id"), 9),
            ],
            _("Choose a figure above: the records it adds up stand here. Enter opens one."),
        )
        self._lay_out()
        self.figures.selectionModel().currentChanged.connect(lambda *_moved: self._ask())
        self.records.opened.connect(self._open)

    def _columns(self) -> list[TableColumn]:
        figures = [TableColumn(_(title), 7, numeric=True) for title in COLUMNS.values()]
        return [TableColumn(_("Indicator"), 22), *figures]

    def _lay_out(self) -> None:
        self.figures.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        # The names are whole, on two lines where one has no room for them.
        self.figures.setWordWrap(True)
        # Once everything stands: rows that grow bring a scroll bar, which takes from the names.
        settled = QTimer(self, singleShot=True, interval=0)
        settled.timeout.connect(self._fit)
        header = self.figures.horizontalHeader()
        header.sectionResized.connect(lambda *_sizes: settled.start())
        header.geometriesChanged.connect(settled.start)
        _stretch(self.figures, 0)
        _stretch(self.records, 1)
        for label in (self.why, self.how, self.sum):
            label.setWordWrap(True)
            label.setIndent(0)
            label.hide()
        below = named(QWidget(), "page")
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 8, 0, 0)
        inner.setSpacing(4)
        for widget in (self.why, self.how, self.sum):
            inner.addWidget(widget)
        inner.addWidget(self.records, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.figures)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

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
        """Make each row as high as its name needs in the width of its column."""
        metrics = self.figures.fontMetrics()
        one = self.figures.verticalHeader().defaultSectionSize()
        room = QRect(0, 0, self.figures.columnWidth(0) - 2 * BESIDE, 0)
        for place, (name, *_figures) in enumerate(self.figures.texts.rows):
            needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, name).height()
            self.figures.setRowHeight(place, max(one, needed + ABOVE))

    def _texts(self, line: Line) -> tuple[str, ...]:
        figures = (_number(getattr(line, column)) for column in COLUMNS)
        return (f"{line.label} ({line.unit})", *figures)

    def choose(self, key: str, column: str) -> None:
        """Ask for a figure: an indicator and one of COLUMNS."""
        place = next((n for n, line in enumerate(self._lines) if line.key == key), None)
        if place is not None:
            at = self.figures.texts.index(place, FIRST + list(COLUMNS).index(column))
            self.figures.setCurrentIndex(at)
            self.figures.scrollTo(at)

    # ---------------------------------------------------------------------- asking

    def _ask(self) -> None:
        at = self.figures.currentIndex()
        request = self._request
        if request is None or not 0 <= at.row() < len(self._lines):
            return
        line = self._lines[at.row()]
        column = list(COLUMNS)[max(at.column() - FIRST, 0)]
        desk = self._desk

        def work() -> Behind:
            from borderdesk.reports.behind import records_behind
            from borderdesk.reports.evidence import told

            found = records_behind(desk, request, line.key, column)
            return Behind(line, column, told(desk, found), sum(map(len, found.values())))

        self.read(work, self._show)

    def _show(self, behind: Behind) -> None:
        line, column = behind.line, behind.column
        self._found = behind.records
        words = _("Why {value}? {indicator}, {column}: {count} records")
        told = words.format(
            value=_number(getattr(line, column)),
            indicator=line.label,
            column=_(COLUMNS[column]).lower(),
            count=show_number(behind.whole, language()),
        )
        if behind.whole > len(behind.records):
            told = f"{told} " + _("(the first {most} are listed)").format(
                most=show_number(MOST, language())
            )
        self._tell(self.why, told)
        how = self._how.get(line.key, "")
        self._tell(self.how, _("Worked out as: {how}").format(how=how) if how else "")
        self._tell(self.sum, _sum_of(line) if column == "year_to_date" else "")
        several = len({one.type for one in behind.records}) > 1
        self.records.show_rows(
            [
                (
                    show_date(one.day) if one.day else "",
                    f"{one.title}: {one.text}" if several else one.text,
                    one.short,
                )
                for one in behind.records
            ],
            keep=False,
        )

    @staticmethod
    def _tell(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _clear(self) -> None:
        self._found = ()
        for label in (self.why, self.how, self.sum):
            self._tell(label, "")
        self.records.show_rows([])

    def _open(self, row: int) -> None:
        one = self._found[row]
        self.asked.emit(one.type, one.record)

    def receive(self, intent: Mapping[str, Any]) -> None:
        """figure: the (key, column) to be asked for."""
        if "figure" in intent:
            self.choose(*intent["figure"])


def _stretch(table: RowsTable, column: int) -> None:
    """Give a column the room that the others leave."""
    table.setTextElideMode(Qt.TextElideMode.ElideRight)
    header = table.horizontalHeader()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)


def _sum_of(line: Line) -> str:
    """How the year to date comes about, once a paper of the year is signed."""
    carry = line.carry
    if carry is None:
        return ""
    parts = [(_("signed"), carry.signed)]
    if carry.unsigned:
        parts.append((_("not closed"), carry.unsigned))
    parts.append((_("in the period"), carry.value))
    parts.append((_("late, corrected"), carry.late))
    told = " + ".join(f"{words} {_number(value)}" for words, value in parts)
    return f"{told} = {_number(line.year_to_date)}"


def _number(value: Value) -> str:
    return "–" if value is None else show_number(value, language())
