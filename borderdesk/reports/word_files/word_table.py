"""Tables of a report as Word tables, with the type size and column widths that they have in PDF."""

from collections.abc import Iterator
from itertools import groupby

from borderdesk.reports.blocks import Row, Table, cell_text, plain_of
from borderdesk.reports.paper.faces import faces, printable
from borderdesk.reports.paper.measures import LEADING
from borderdesk.reports.paper.row_groups import SMALL_ROWS
from borderdesk.reports.paper.table_fit import TURNED_ROOM, TableFit
from borderdesk.reports.word_files import word_text as w

HEAD_FILL, GROUP_FILL = "E0E0E0", "F2F2F2"
LINE = 0.5
"""The width of a line, which Word takes from the room beside the text."""
NO_BREAK_SPACE = "\u00a0"
LAST_ROWS = 2
"""The number of rows on the page of the text after a table."""


class WordTable:
    """The XML of one table `room` points wide; style: of its cells."""

    def __init__(self, table: Table, lang: str, room: float) -> None:
        fit = TableFit(table, lang)
        self._table = table
        self._lang = lang
        self._pad, self._rise = fit.pad_x - LINE, fit.pad_y
        self._room_beside = 2 * fit.pad_x
        self.size, self._widths = fit.fitted(room)
        self.style = f"ReportTable{round(self.size * 10)}"

    def xml(self, *, keep: bool = False) -> str:
        """The whole table; one of few rows stays on one page. keep: its last rows are on the page
        of what follows, and it may be broken before them."""
        rows = list(self._table.checked_rows())
        unbroken = LAST_ROWS + 1 if keep else SMALL_ROWS
        inner = len(rows) - 1 if len(rows) <= unbroken else 0
        tail = len(rows) - LAST_ROWS if keep else len(rows)
        body = "".join(
            self._row(row, keep=row.kind == "group" or at < inner or at >= tail)
            for at, row in enumerate(rows)
        )
        return w.table(self._head() + body, self._widths, pad=self._pad, rise=self._rise)

    # ------------------------------------------------------------------------- heads

    def _head(self) -> str:
        columns = self._table.columns
        double = any(column.over for column in columns)
        lower = "".join(
            self._title(at, "" if not double or column.over else "continue")
            for at, column in enumerate(columns)
        )
        height = TURNED_ROOM if any(column.turned for column in columns) else 0.0
        if not double:
            return w.row(lower, head=True, height=height)
        return w.row(self._upper(), head=True) + w.row(
            lower, head=True, height=max(height, self._lower_height())
        )

    def _lower_height(self) -> float:
        """The least height of the lower row: that of the titles that span both rows, for which
        LibreOffice reserves no room in a repeated head; 0 if both rows have enough."""
        through, upper, lower = 1, 1, 1
        for at, column in enumerate(self._table.columns):
            if column.over:
                lower = max(lower, self._lines(column.title, self._widths[at]))
            elif not column.turned:
                through = max(through, self._lines(column.title, self._widths[at]))
        for over, width in self._shared():
            upper = max(upper, self._lines(over, width))
        if through <= upper + lower:
            return 0.0
        return (through - upper) * self.size * LEADING + LINE

    def _lines(self, title: str, width: float) -> int:
        room = (width - self._room_beside) / self.size
        return len(faces().bold.balanced(printable(title), room))

    def _shared(self) -> Iterator[tuple[str, float]]:
        """The titles that columns share, and the width of each."""
        titled = zip(self._table.columns, self._widths, strict=True)
        for over, group in groupby(titled, lambda entry: entry[0].over):
            if over:
                yield over, sum(width for _column, width in group)

    def _upper(self) -> str:
        """The row of the titles that columns share; other titles reach down from it."""
        cells = ""
        for over, group in groupby(enumerate(self._table.columns), lambda entry: entry[1].over):
            places = [at for at, _column in group]
            if over:
                width = sum(self._widths[at] for at in places)
                cells += self._head_cell(over, width, span=len(places))
            else:
                cells += "".join(self._title(at, "restart") for at in places)
        return cells

    def _title(self, at: int, merged: str) -> str:
        column = self._table.columns[at]
        text = "" if merged == "continue" else column.title
        return self._head_cell(text, self._widths[at], merged=merged, turned=column.turned)

    def _head_cell(
        self, text: str, width: float, *, span: int = 1, merged: str = "", turned: bool = False
    ) -> str:
        words = w.paragraph(w.run(text, bold=True), self.style, align="center", keep=True)
        return w.cell(
            words, width, span=span, merged=merged, fill=HEAD_FILL, turned=turned, middle=True
        )

    # -------------------------------------------------------------------------- rows

    def _row(self, row: Row, *, keep: bool) -> str:
        bold, fill = row.kind != "row", GROUP_FILL if row.kind != "row" else ""
        if row.kind == "group":
            words = w.paragraph(w.run(row.heading(self._lang), bold=True), self.style, keep=keep)
            width = sum(self._widths)
            return w.row(w.cell(words, width, span=len(self._widths), fill=fill))
        cells = ""
        for cell, column, width in zip(row.cells, self._table.columns, self._widths, strict=True):
            text = cell_text(cell, column.kind, self._lang)
            if not isinstance(plain_of(cell), str):
                text = text.replace(" ", NO_BREAK_SPACE)
            words = w.run(text, bold=bold)
            words = w.paragraph(words, self.style, align=column.alignment, keep=keep)
            cells += w.cell(words, width, fill=fill, middle=True)
        return w.row(cells)
