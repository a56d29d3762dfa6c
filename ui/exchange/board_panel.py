"""Bảng theo dõi: board of the packages of each post and month, and whether their figures agree."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QApplication

from borderdesk import __version__
from borderdesk.base.formats import format_date, format_figure
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.exchange.merging.request_texts import clashes_label, gaps_label
from borderdesk.exchange.tracking.board import MISSING, BoardCell, BoardRow, DuplicateWork
from borderdesk.exchange.tracking.board_details import (
    BoardYear,
    ComparedFigure,
    MonthDetails,
    board_year,
    duplicate_note,
    month_details,
    request_text,
)
from borderdesk.exchange.tracking.statement_check import StatementFindings, Value
from borderdesk.schema.records import ALL_TYPES
from ui.base.item_queue import ItemQueue
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.board_table import BoardTable, cell_story, legend
from ui.exchange.exchange_labels import time_label
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.tables.rows_table import RowsTable, TableColumn


class BoardPanel(DeskPanel):
    """The board of a year, and the details of the current cell."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.year = Chooser()
        self.board = BoardTable()
        self.story = PlainLabel()
        self.figures = _figures_table()
        self.twice = _twice_table()
        self.twice_title = named(
            PlainLabel(
                _("Perhaps one piece of work logged by two posts: same day, place, markers")
            ),
            "heading",
        )
        self._shown: BoardYear | None = None
        self._twice: list[DuplicateWork] = []
        self._wanted = ("", "")
        self._year: int | None = None
        """The year to be shown next, None once it is."""
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self.year.setAccessibleName(_("Year"))
        self.year.setToolTip(_("The year of the board"))
        self.year.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToContents)
        self.year.activated.connect(lambda _place: self.refresh())
        row.add(self.year)
        self._ask = bind(self, "board_ask", self.copy_request)
        row.add(button(self._ask))
        row.add(button(bind(self, "board_compare", self.compare_all)))
        self._note = bind(self, "board_note", self.write_note)
        self.note_button = button(self._note, flat=True)
        row.add(self.note_button)
        outer.addLayout(row)
        outer.addWidget(self.board)
        signs = named(PlainLabel(legend()), "muted")
        signs.setWordWrap(True)
        outer.addWidget(signs)
        self.story.setWordWrap(True)
        self.twice_title.setWordWrap(True)
        for widget in (self.story, self.figures, self.twice_title, self.twice):
            outer.addWidget(widget, 1 if isinstance(widget, RowsTable) else 0)
        self.board.moved.connect(self._read_cell)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the board again."""
        desk, chosen_year = self._desk, self._year or self.year.currentData()
        self.read(lambda: board_year(desk, chosen_year), self._show)

    def choices(self) -> Mapping[str, Any]:
        """The year, if a person chose it."""
        return {"year": self._year or self.year.currentData()} if self.year.taken else {}

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Show the year of `choices`."""
        self._year, self.year.taken = choices["year"], True
        self.refresh()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Select the cell of a post (`unit`) and month (`month`, "2026-10")."""
        month = str(intent.get("month", ""))
        self._wanted = (str(intent.get("unit", "")), month)
        self.board.setFocus()
        desk, year = self._desk, month[:4]
        if year.isdecimal():
            self.read(lambda: board_year(desk, int(year)), self._show)

    def _show(self, content: BoardYear) -> None:
        self._shown, self._year = content, None
        shown = content.table.months[0].year
        self.year.clear()
        for year in sorted({*content.years, shown}, reverse=True):
            self.year.addItem(_("Year {year}").format(year=year), year)
        self.year.setCurrentIndex(self.year.findData(shown))
        today = self._desk.today()
        past = [n for n, month in enumerate(content.table.months) if month.first <= today]
        self.board.show_table(content.table, self._desk.book, past[-1] if past else 0)
        (unit, month), self._wanted = self._wanted, ("", "")
        self.board.go_to(unit, month)

    def cell(self) -> tuple[BoardRow, Period, BoardCell] | None:
        """Row, month and cell that are current."""
        place = self.board.place()
        if place is None:
            return None
        row, column = place
        return row, self.board.cells.table.months[column], row.cells[column]

    def _read_cell(self) -> None:
        board_cell = self.cell()
        if board_cell is None:
            return
        row, month, cell = board_cell
        asks = cell.state == MISSING or row.gaps or cell.broken or row.clashes
        self._ask.setEnabled(bool(asks))
        self.story.setText(self._story(row, month, cell))
        self.read(lambda: month_details(self._desk, row, month, cell), self._show_details)

    def _story(self, row: BoardRow, month: Period, cell: BoardCell) -> str:
        assert self._shown is not None
        lines = [f"{row.name} · {month.short_words}: {cell_story(cell)}."]
        today = self._desk.today()
        for submission in cell.submissions:
            batch = self._shown.batches.get(submission.batch)
            words = _("File {number} written {made}, taken in {taken}: {file}")
            lines.append(
                "• "
                + words.format(
                    number=submission.number,
                    made=time_label(submission.made, today),
                    taken=time_label(submission.received, today),
                    file=batch.file if batch else _("with another desk's file"),
                )
            )
        if row.gaps:
            lines.append("• " + _("Not here: {entries}").format(entries=gaps_label(row.gaps)))
        if row.clashes:
            words = _("Not counted, because records of other posts have their ids: {records}")
            lines.append("• " + words.format(records=clashes_label(row.clashes)))
        if row.setup:
            lines.append("• " + _("It has set-up file no. {number}.").format(number=row.setup))
        if row.program:
            words = _("It writes with BorderDesk {version}.")
            if row.behind:
                words = _("It writes with BorderDesk {version}, older than {own} here: update it.")
            lines.append("• " + words.format(version=row.program, own=__version__))
        return "\n".join(lines)

    def _show_details(self, details: MonthDetails) -> None:
        self.figures.show_rows([_figure_row(entry) for entry in details.figures])
        self._twice = details.twice
        self.twice.show_rows(
            [self._twice_line(entry) for entry in details.twice],
            keys=[entry.records for entry in details.twice],
        )
        for widget in (self.twice_title, self.twice, self.note_button):
            widget.setVisible(bool(details.twice))
        self._note.setEnabled(bool(details.twice))

    def _twice_line(self, work: DuplicateWork) -> tuple[str, ...]:
        book = self._desk.book
        posts = ", ".join(dict.fromkeys(book.post_short(post) for post, _record in work.records))
        places = "; ".join(book.unit_short(unit) for unit in work.commune.split(";"))
        return (_(ALL_TYPES[work.type].title), format_date(work.day), places, work.markers, posts)

    # --------------------------------------------------------------------- actions

    def copy_request(self) -> None:
        """Copy a text that asks the post for what is missing in the current month."""
        board_cell = self.cell()
        if board_cell is None:
            return
        row, month, cell = board_cell

        def done(text: str) -> None:
            QApplication.clipboard().setText(text)
            self.bar.notify(_("Copied. Paste it into a message, or read it out on the telephone."))

        self.read(lambda: request_text(self._desk, row, month, cell), done)

    def compare_all(self) -> None:
        """Compare the figures stated in each cell's newest package with those computed here."""
        if self._shown is None or not self.idle():
            return
        board = self._desk.exchange.board
        submissions = board.to_compare(self._shown.table)

        def end(answers: list[StatementFindings]) -> None:
            self._waiting -= 1
            self.refresh()
            words = ngettext(
                "{count} file compared; {differ} state other figures than those here.",
                "{count} files compared; {differ} state other figures than those here.",
                len(answers),
            )
            differ = sum(bool(answer.differences) for answer in answers)
            self.bar.notify(words.format(count=len(answers), differ=differ))

        turn = ItemQueue(
            self,
            self._tasks.run,
            submissions,
            lambda submission, _progress: board.compare(submission),
            end,
            self.fail,
        )
        self._waiting += 1
        self.bar.follow(turn.work, _("Comparing…"))
        turn.go_on()

    def write_note(self) -> None:
        """Start a note to the post that another post may have logged the same work."""
        row = self.twice.row()
        board_cell = self.cell()
        if board_cell is None or not 0 <= row < len(self._twice):
            return
        work = self._twice[row]
        record, text = duplicate_note(self._desk.book, work, board_cell[0].unit)
        self.wanted.emit("notes", {"type": work.type, "record": record, "text": text})


def _figures_table() -> RowsTable:
    columns = [
        TableColumn(_("Indicator"), 34),
        TableColumn(_("Unit of measure"), 11),
        TableColumn(_("Before"), 9, numeric=True),
        TableColumn(_("Now"), 9, numeric=True),
        TableColumn(_("Worked out here"), 12, numeric=True),
        TableColumn(_("Reason"), 40),
    ]
    empty = _("Nothing to compare: no figure was stated otherwise, or sent again.")
    return RowsTable(_("Figures of this month"), columns, empty, awaited=True)


def _twice_table() -> RowsTable:
    columns = [
        TableColumn(_("Kind"), 20),
        TableColumn(_("Date"), 10),
        TableColumn(_("Commune"), 18),
        TableColumn(_("Markers"), 11),
        TableColumn(_("Posts"), 30),
    ]
    return RowsTable(_("Logged by two posts?"), columns, "")


def _figure_row(figure: ComparedFigure) -> tuple[str, ...]:
    figures = (_figure(value) for value in (figure.before, figure.now, figure.here))
    return (figure.label, figure.unit, *figures, figure.why)


def _figure(value: Value) -> str:
    return format_figure(None if value is None else Decimal(str(value)), language())
