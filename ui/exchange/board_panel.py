"""Bảng theo dõi: who has sent what for which month, and whether it agrees with what is here."""

from typing import Any, NamedTuple

from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from borderdesk.base.formats import show_date, show_number
from borderdesk.base.i18n import _, language
from borderdesk.base.periods import Period
from borderdesk.desk import Desk
from borderdesk.exchange import request_texts
from borderdesk.exchange.batches import PackageBatch
from borderdesk.exchange.board import (
    BoardCell,
    BoardRow,
    DuplicateWork,
    FigureDifference,
    ResentFigure,
    YearBoard,
)
from borderdesk.schema.records import ALL_TYPES
from ui.base.item_queue import ItemQueue
from ui.base.style import named
from ui.base.tasks import Runner
from ui.exchange.board_table import BoardTable, cell_story, legend
from ui.exchange.exchange_words import moment_text, month_text
from ui.widgets.actions import bind, button
from ui.widgets.desk_panel import DeskPanel
from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar
from ui.widgets.rows_table import RowsTable, TableColumn
from ui.widgets.scrolled import scrolled_column


class Year(NamedTuple):
    """What the board of a year shows; `years` are those that can be chosen."""

    table: YearBoard
    years: list[int]
    batches: dict[str, PackageBatch]


class Details(NamedTuple):
    """What is known of one post's month."""

    differences: list[FigureDifference]
    resent: list[ResentFigure]
    twice: list[DuplicateWork]


class BoardPanel(DeskPanel):
    """The grid of a year; below it what is known of the cell that is chosen."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.year = QComboBox()
        self.board = BoardTable()
        self.story = QLabel()
        self.figures = RowsTable(
            _("Figures of this month"),
            [
                TableColumn(_("Indicator"), 34), TableColumn(_("Unit of measure"), 11),
                TableColumn(_("Before"), 9, numeric=True), TableColumn(_("Now"), 9, numeric=True),
                TableColumn(_("Worked out here"), 12, numeric=True), TableColumn(_("Reason"), 40),
            ],
            _("Nothing to compare: no figure was stated otherwise, or sent again."),
        )  # fmt: skip
        self.twice = RowsTable(
            _("Logged by two posts?"),
            [
                TableColumn(_("Kind"), 20),
                TableColumn(_("Date"), 10),
                TableColumn(_("Commune"), 18),
                TableColumn(_("Markers"), 11),
                TableColumn(_("Posts"), 30),
            ],
            "",
        )
        self.twice_title = named(
            QLabel(_("Perhaps one piece of work logged by two posts: same day, place, markers")),
            "heading",
        )
        self._found: Year | None = None
        self._twice: list[DuplicateWork] = []
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        row = FlowLayout()
        self.year.setAccessibleName(_("Year"))
        self.year.setToolTip(_("The year of the board"))
        self.year.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.year.activated.connect(lambda _place: self.refresh())
        row.add(self.year)
        self._ask = bind(self, "board_ask", self.copy_request)
        row.add(button(self._ask))
        row.add(button(bind(self, "board_compare", self.compare_all)))
        self._note = bind(self, "board_note", self.write_note)
        self.note_button = button(self._note, flat=True)
        row.add(self.note_button)
        outer.addLayout(row)
        outer.addWidget(self.board, 3)
        signs = named(QLabel(legend()), "muted")
        signs.setWordWrap(True)
        outer.addWidget(signs)
        self.story.setWordWrap(True)
        self.twice_title.setWordWrap(True)
        for widget in (self.story, self.figures, self.twice_title, self.twice):
            outer.addWidget(widget, 1 if isinstance(widget, RowsTable) else 0)
        self.board.moved.connect(self._read_cell)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the board anew."""
        desk, chosen = self._desk, self.year.currentData()
        self.read(lambda: _year(desk, chosen), self._show)

    def _show(self, found: Year) -> None:
        self._found = found
        kept = found.table.months[0].year
        self.year.clear()
        for year in found.years:
            self.year.addItem(_("Year {year}").format(year=year), year)
        self.year.setCurrentIndex(self.year.findData(kept))
        today = self._desk.today()
        past = [n for n, month in enumerate(found.table.months) if month.first <= today]
        self.board.show_table(found.table, self._desk.book, past[-1] if past else 0)

    def cell(self) -> tuple[BoardRow, Period, BoardCell] | None:
        """The post, the month and the cell that is chosen."""
        place = self.board.place()
        if place is None:
            return None
        row, column = place
        return row, self.board.cells.table.months[column], row.cells[column]

    def _read_cell(self) -> None:
        chosen = self.cell()
        if chosen is None:
            return
        row, month, cell = chosen
        self._ask.setEnabled(bool(not cell.batches or row.gaps or cell.broken))
        self.story.setText(self._story(row, month, cell))
        board = self._desk.exchange.board

        def work() -> Details:
            differences = board.compare(cell.batches[-1]) if cell.batches else []
            resent = board.resent(row.unit, month.text)
            twice = [t for t in board.logged_twice(month.text)
                     if row.unit in {post for post, _record in t.records}]  # fmt: skip
            return Details(differences, resent, twice)

        self.read(work, self._show_details)

    def _story(self, row: BoardRow, month: Period, cell: BoardCell) -> str:
        assert self._found is not None
        lines = [f"{row.name} · {month_text(month)}: {cell_story(cell)}."]
        today = self._desk.today()
        for name in cell.batches:
            batch = self._found.batches[name]
            words = _("File {number} written {made}, taken in {taken}: {file}")
            lines.append("• " + words.format(
                number=batch.number, made=moment_text(batch.made, today),
                taken=moment_text(batch.imported, today), file=batch.file,
            ))  # fmt: skip
        for _desk, missing in row.gaps:
            numbers = ", ".join(map(str, missing))
            lines.append("• " + _("Files that never came: no. {numbers}").format(numbers=numbers))
        return "\n".join(lines)

    def _show_details(self, details: Details) -> None:
        self.figures.show_rows(figure_rows(details.differences, details.resent))
        self._twice = details.twice
        self.twice.show_rows([self._twice_line(one) for one in details.twice])
        for widget in (self.twice_title, self.twice, self.note_button):
            widget.setVisible(bool(details.twice))
        self._note.setEnabled(bool(details.twice))

    def _twice_line(self, one: DuplicateWork) -> tuple[str, ...]:
        book = self._desk.book
        posts = ", ".join(dict.fromkeys(book.post_short(post) for post, _record in one.records))
        places = "; ".join(book.unit_short(unit) for unit in _units(one.commune))
        return (_(ALL_TYPES[one.type].title), show_date(one.day), places, one.markers, posts)

    # ----------------------------------------------------------------------- doing

    def copy_request(self) -> None:
        """Copy a text that asks the post for what is missing of the chosen month."""
        chosen = self.cell()
        if chosen is None:
            return
        row, month, cell = chosen
        desk = self._desk

        def work() -> str:
            texts = [
                request_texts.broken_request(
                    desk, file, desk.exchange.quarantine.refusal_reason(file)
                )
                for file in cell.broken
            ]
            if not cell.batches and not texts:
                texts.append(request_texts.missing_request(desk, row.unit, month.text, cell.due))
            texts += [
                request_texts.gaps_request(desk, row.unit, missing) for _desk, missing in row.gaps
            ]
            return "\n\n".join(texts)

        def done(text: str) -> None:
            QApplication.clipboard().setText(text)
            self.bar.notify(_("Copied. Paste it into a message, or read it out on the telephone."))

        self.read(work, done)

    def compare_all(self) -> None:
        """Compare the newest figures of every cell of the year with those worked out here."""
        if self._found is None or not self.idle():
            return
        table, board = self._found.table, self._desk.exchange.board
        batches = [cell.batches[-1] for row in table.rows for cell in row.cells if cell.batches]

        def end(answers: list[list[FigureDifference]]) -> None:
            self._waiting -= 1
            self.refresh()
            words = _("{count} files compared; {differ} state other figures than those here.")
            differ = sum(bool(answer) for answer in answers)
            self.bar.notify(words.format(count=len(answers), differ=differ))

        turn = ItemQueue(
            self, self._tasks.run, batches, lambda batch, _say: board.compare(batch), end, self.fail
        )
        self._waiting += 1
        self.bar.follow(turn.work, _("Comparing…"))
        turn.go_on()

    def write_note(self) -> None:
        """Tell the other post that its record may be the same work."""
        row = self.twice.row()
        chosen = self.cell()
        if chosen is None or not 0 <= row < len(self._twice):
            return
        one, unit = self._twice[row], chosen[0].unit
        book = self._desk.book
        record = next(record for post, record in one.records if post == unit)
        others = [book.post_name(post) for post, _record in one.records if post != unit]
        words = _("Is this the same work that {posts} has logged? If so, please delete one and name"
                  " the other post as taking part.")  # fmt: skip
        text = words.format(posts=", ".join(dict.fromkeys(others)))
        self.wanted.emit("notes", {"type": one.type, "record": record, "text": text})


def _year(desk: Desk, chosen: int | None) -> Year:
    """The board of a year; without one, of this year, or of the newest that was received."""
    calendar, this_year = desk.calendar(), desk.today().year
    batches = desk.exchange.batches.all()
    known = {calendar.parse(batch.period).year for batch in batches if not batch.undone}
    years = list(range(max(known | {this_year}), min(known | {this_year}) - 1, -1))
    year = chosen or (this_year if this_year in known or not known else max(known))
    table = desk.exchange.board.table(year)
    return Year(table, years, {batch.id: batch for batch in batches})


def figure_rows(
    differences: list[FigureDifference], resent: list[ResentFigure]
) -> list[tuple[str, ...]]:
    """A line a figure that was sent otherwise before, or is worked out otherwise here."""
    lines: dict[str, list[str]] = {}
    for one in resent:
        before, now = _figure(one.before), _figure(one.now)
        lines[one.key] = [one.label, one.unit, before, now, now, one.why]
    for other in differences:
        line = lines.setdefault(other.key, [other.label, other.unit, "–", "", "", ""])
        line[3], line[4] = _figure(other.stated), _figure(other.here)
    return [tuple(line) for line in lines.values()]


def _figure(value: int | float | None) -> str:
    from decimal import Decimal

    return "–" if value is None else show_number(Decimal(str(value)), language())


def _units(commune: Any) -> list[str]:
    return str(commune).split(";")
