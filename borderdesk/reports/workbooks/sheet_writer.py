"""Writes the rows of one sheet: lines of text over its whole width, and at most one table."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, groupby, islice
from typing import Any

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.spreadsheets import FORMULA_SIGNS
from borderdesk.base.text import nfc
from borderdesk.reports.blocks import (
    Cell,
    Column,
    ColumnKind,
    LinkedValue,
    MarkedValue,
    PlainValue,
    Row,
    Table,
    plain_of,
)
from borderdesk.reports.workbooks.sheet_columns import cell_need, column_widths
from borderdesk.reports.workbooks.sheet_text import MOST_LINES, SIZE, broken, ems, room_of
from borderdesk.schema.settings import Paper

TEXT_WIDTH = 100
"""The width of A4 upright in characters of the sheet's font; others in proportion."""
WIDE_TEXT: Mapping[Paper, int] = {"A4": 145, "A3": 216}
LEAST_PRINTED = 7.5
"""The smallest letters on paper, in points."""
KEY_COLUMNS = 3
"""The limit of first columns repeated on each of the pages that a row is printed on."""
LINE_HEIGHT = 15.5
PAD = 3.0
SAMPLE = 400
"""So many rows are read before the first is written, for the widths of the columns."""

FIRST_DATE = datetime.date(1900, 3, 1)  # Excel takes 1900 for a leap year
_PAPER_CODE: Mapping[Paper, int] = {"A4": 9, "A3": 8}

FONT = "Times New Roman"

CellStyle = dict[str, Any]
TITLE: CellStyle = {"bold": True, "font_size": 14, "align": "center"}
BANNER: CellStyle = {"bold": True, "border": 2, "bg_color": "#F2F2F2", "align": "center"}
_BASE: CellStyle = {"font_name": FONT, "font_size": SIZE, "valign": "vcenter"}
_CELL: CellStyle = {**_BASE, "border": 1, "text_wrap": True}
_LINE: CellStyle = {**_BASE, "text_wrap": True}
_ROW_STYLES: dict[str, CellStyle] = {
    "row": {},
    "group": {"bold": True, "text_wrap": False, "left": 0, "right": 0},
    "total": {"bold": True, "bg_color": "#F2F2F2"},
}


def _key_columns(columns: Sequence[Column]) -> int:
    """How many first columns name a row: those up to its date, else the first."""
    kinds = [column.kind for column in columns[:KEY_COLUMNS]]
    return kinds.index("date") + 1 if "date" in kinds else 1


class SheetWriter:
    """Writes one sheet from the top downwards; lines of text are as wide as its first page.

    table: the sheet's table, if it has one; wide: the paper of a landscape sheet, None for portrait
    A4, which a table too wide for it leaves, too; sheets: {anchor of an annex: name of its sheet}.
    """

    def __init__(
        self,
        workbook: Any,
        name: str,
        lang: str,
        table: Table | None,
        wide: Paper | None,
        sheets: Mapping[str, str],
    ) -> None:
        self.workbook = workbook
        self.lang = lang
        self.sheets = sheets
        self.sheet = workbook.add_worksheet(name)
        self.line = 0
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cell_formats: dict[tuple[str, int, str, bool], Any] = {}
        self._plain: dict[str, list[Any]] = {}
        whole = WIDE_TEXT[wide] if wide else TEXT_WIDTH
        self._rows: Iterator[Row] = iter(())
        self.widths = [float(whole)]
        self._keys = _key_columns(table.columns) if table is not None else 0
        if table is not None:
            rows = table.checked_rows()
            sample = list(islice(rows, SAMPLE))
            self._rows = chain(sample, rows)
            self.widths = column_widths(table, sample, whole, lang)
        self._rooms = [room_of(width) for width in self.widths]
        self._longest = [0] * len(self.widths)  # of its figures, in signs
        self._wide = wide
        self._page()

    def _page(self) -> None:
        sheet, wide = self.sheet, self._wide
        if wide is None and sum(self.widths) > TEXT_WIDTH * 1.1:
            wide = "A4"
        self._page_width = WIDE_TEXT[wide] if wide else TEXT_WIDTH
        sheet.set_paper(_PAPER_CODE[wide or "A4"])
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=1.18, right=0.59, top=0.79, bottom=0.79)  # inches
        sheet.set_footer("&R&P/&N")
        if wide:
            sheet.set_landscape()

    def text(self, text: str, style: CellStyle, to: str = "") -> None:
        """Write lines of text over the whole width, a row for each of the text's own lines and
        more where one is longer than a row can be high; to: the sheet that it leads to."""
        style = {**_LINE, **style}
        size = style["font_size"]
        room = room_of(sum(self.widths[: self._pages()[0]]), size)
        for part in text.split("\n"):
            lines = broken(part, room, bool(style.get("bold")))
            for start in range(0, len(lines), MOST_LINES):
                some = lines[start : start + MOST_LINES]
                words = part if len(lines) <= MOST_LINES else " ".join(some)
                self._text_row(words, len(some) * LINE_HEIGHT * size / SIZE + PAD, style, to)

    def _text_row(self, text: str, height: float, style: CellStyle, to: str) -> None:
        self.sheet.set_row(self.line, height)
        last = self._pages()[0] - 1
        if last:
            self.sheet.merge_range(self.line, 0, self.line, last, "", self._format(style))
        if to:
            self._link(0, to, self._format(style))
        self._write_text(0, text, style)
        self.line += 1

    def write_table(self, table: Table) -> None:
        """Write the sheet's table: its head stays on the screen and is repeated on each page, and
        its rows can be filtered."""
        first = self.line
        self._head(table.columns)
        self.sheet.freeze_panes(self.line, 0)
        self.sheet.repeat_rows(first, self.line - 1)
        head = last = self.line - 1
        for row in self._rows:
            self._row(table.columns, row)
            last = self.line if row.kind != "total" else last
            self.line += 1
        self.sheet.autofilter(head, 0, last, len(table.columns) - 1)
        for number, width in enumerate(self.widths):
            self.sheet.set_column(number, number, width)
        self._fit()
        self.line += 1

    def _fit(self) -> None:
        """Print a table that would be too small to read on pages side by side, each with the
        columns that name a row."""
        self._page()  # late rows may have widened it
        pages = self._pages()
        if len(pages) > 1:
            self.sheet.fit_to_pages(len(pages), 0)
            self.sheet.repeat_columns(0, self._keys - 1)

    def _pages(self) -> list[int]:
        """The number of columns on each of the side-by-side pages that a row is printed on."""
        widest = self._page_width * SIZE / LEAST_PRINTED
        if sum(self.widths) <= widest:
            return [len(self.widths)]
        pages, room = [self._keys], widest - sum(self.widths[: self._keys])
        free = room
        for width in self.widths[self._keys :]:
            if width > free < room:
                pages.append(0)
                free = room
            pages[-1] += 1
            free -= width
        return pages

    def finish(self) -> None:
        """Give a sheet without a table its width."""
        if len(self.widths) == 1:
            self.sheet.set_column(0, 0, self.widths[0])

    # -------------------------------------------------------------------------- head

    def _head(self, columns: tuple[Column, ...]) -> None:
        """The titles of the columns, in two rows if some share a common title."""
        style = {**_CELL, "bold": True, "align": "center", "bg_color": "#E0E0E0"}
        double = any(column.over for column in columns)
        for number, column in enumerate(columns):
            if double and not column.over:
                self.sheet.merge_range(
                    self.line, number, self.line + 1, number, "", self._format(style)
                )
            lower = double and bool(column.over)
            self._write_text(number, column.title, style, down=int(lower))
        over = self._over(columns, style)
        heights = [self._lines(at, column.title, True) for at, column in enumerate(columns)]
        if double:
            low = max(n for n, column in zip(heights, columns, strict=True) if column.over)
            through = [n for n, column in zip(heights, columns, strict=True) if not column.over]
            low = max([low, *(n - over for n in through)])
            self._height(over)
            self.line += 1
            self._height(low)
        else:
            self._height(max(heights))
        self.line += 1

    def _over(self, columns: tuple[Column, ...], style: CellStyle) -> int:
        """Write the titles that columns share; the lines of the highest."""
        lines = 1
        for over, group in groupby(enumerate(columns), key=lambda entry: entry[1].over):
            places = [number for number, _column in group]
            if not over:
                continue
            if len(places) > 1:
                self.sheet.merge_range(
                    self.line, places[0], self.line, places[-1], "", self._format(style)
                )
            self._write_text(places[0], over, style)
            width = sum(self.widths[place] for place in places)
            lines = max(lines, len(broken(over, room_of(width), True)))
        return lines

    # -------------------------------------------------------------------------- rows

    def _row(self, columns: tuple[Column, ...], row: Row) -> None:
        if row.kind == "group":
            self._group(columns, row)
            return
        most, kind, bold = 1, row.kind, row.kind != "row"
        sheet, line, plain_formats = self.sheet, self.line, self._plain_formats(kind, columns)
        for number, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
            if cell is None:
                self._check(sheet.write_blank(line, number, None, plain_formats[number]))
                continue
            if type(cell) is str and len(cell) < SAMPLE:  # nearly all that a list has
                lines = self._lines(number, cell, bold)
                most = lines if lines > most else most
                if cell.startswith(FORMULA_SIGNS):
                    self._text_cell(number, cell, column, kind)
                else:
                    self._put_text(number, cell, plain_formats[number])
                continue
            value = plain_of(cell)
            if isinstance(value, str):
                if len(value) >= SAMPLE:
                    self._widen(number, cell, column)
                most = max(most, self._lines(number, value, bold))
            elif len(str(value)) > self._longest[number]:
                self._longest[number] = len(str(value))
                self._widen(number, cell, column)
            self._cell(number, cell, value, column, kind)
        self._height(most)

    def _group(self, columns: tuple[Column, ...], row: Row) -> None:
        """A heading across the table."""
        style = {**_CELL, **_ROW_STYLES["group"], "align": "left"}
        self._write_text(0, row.heading(self.lang), style)
        for number in range(1, len(columns)):
            self._check(self.sheet.write_blank(self.line, number, None, self._format(style)))
        self._height(1)

    def _widen(self, number: int, cell: Cell, column: Column) -> None:
        """Widen the column for content wider than the sample."""
        self.widths[number] = max(self.widths[number], cell_need(cell, column, self.lang))
        self._rooms = [room_of(width) for width in self.widths]

    def _lines(self, number: int, text: str, bold: bool) -> int:
        """The lines of a text in its column."""
        room = self._rooms[number]
        if "\n" not in text and (len(text) <= room or ems(text, bold) <= room):
            return 1
        return len(broken(text, room, bold))

    def _height(self, lines: int) -> None:
        self.sheet.set_row(self.line, min(lines, MOST_LINES + 2) * LINE_HEIGHT + PAD)

    def _cell(self, number: int, cell: Cell, value: PlainValue, column: Column, kind: str) -> None:
        marked = cell.value if isinstance(cell, LinkedValue) else cell
        sign, mark = (marked.sign, marked.mark) if isinstance(marked, MarkedValue) else ("", "")
        if isinstance(cell, LinkedValue) and cell.to in self.sheets:
            # The figure then overwrites the cell's text and keeps the link.
            self._link(number, self.sheets[cell.to], self._cell_format(kind, number, column))
        if isinstance(value, datetime.date) and value < FIRST_DATE:
            value = value.strftime("%d/%m/%Y")
        if isinstance(value, str):
            self._text_cell(number, value + mark, column, kind)
        elif value is None:
            blank = self._cell_format(kind, number, column)
            self._check(self.sheet.write_blank(self.line, number, None, blank))
        else:
            shown = (
                (f'"{sign}"' if sign else "")
                + number_format(value, column.kind)
                + (f'"{_plain(mark)}"' if mark else "")
            )
            self._write_figure(number, value, self._cell_format(kind, number, column, shown))

    def _plain_formats(self, kind: str, columns: tuple[Column, ...]) -> list[Any]:
        """The formats of a kind of row's cells that hold a text or nothing."""
        if kind not in self._plain:
            self._plain[kind] = [
                self._cell_format(kind, *numbered) for numbered in enumerate(columns)
            ]
        return self._plain[kind]

    def _text_cell(self, number: int, text: str, column: Column, kind: str) -> None:
        guarded = text.startswith(FORMULA_SIGNS)
        self._put_text(number, text, self._cell_format(kind, number, column, quoted=guarded))

    def _cell_format(
        self, kind: str, number: int, column: Column, shown: str = "", *, quoted: bool = False
    ) -> Any:
        """The format of a row's cell; shown: its number format."""
        key = (kind, number, shown, quoted)
        if key not in self._cell_formats:
            style = {**_CELL, **_ROW_STYLES[kind], "align": column.alignment}
            if shown:
                style["num_format"] = shown
            if quoted:
                style["quote_prefix"] = True
            self._cell_formats[key] = self._format(style)
        return self._cell_formats[key]

    def _link(self, number: int, name: str, cell_format: Any) -> None:
        place = f"internal:'{name}'!A1"
        self._check(self.sheet.write_url(self.line, number, place, cell_format, " "))

    def _write_figure(
        self, number: int, value: int | Decimal | datetime.date, cell_format: Any
    ) -> None:
        if isinstance(value, datetime.date):
            self._check(self.sheet.write_datetime(self.line, number, value, cell_format))
        else:
            self._check(self.sheet.write_number(self.line, number, value, cell_format))

    def _write_text(self, number: int, text: str, style: CellStyle, *, down: int = 0) -> None:
        """Write a text as a text: it also stays one when its cell is edited."""
        if text.startswith(FORMULA_SIGNS):
            style = {**style, "quote_prefix": True}
        self._put_text(number, text, self._format(style), down=down)

    def _put_text(self, number: int, text: str, cell_format: Any, *, down: int = 0) -> None:
        if "\n" in text and text.count("\n") > MOST_LINES:
            text = " ".join(text.split("\n"))
        self._check(self.sheet.write_string(self.line + down, number, nfc(text), cell_format))

    def _check(self, refused: int) -> None:
        """Raise UserError if XlsxWriter returned the negative number of a cell it did not write."""
        if refused < 0:
            raise UserError(
                _(
                    "Row {row} does not fit on a sheet: too many rows or too long a text. "
                    "No file was made. Choose a shorter period or fewer units."
                ).format(row=self.line + 1)
            )

    def _format(self, style: CellStyle) -> Any:
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(style)
        return self._formats[key]


def number_format(value: PlainValue, kind: ColumnKind) -> str:
    """The number format of a figure or date, with as many decimals as the value has."""
    if isinstance(value, datetime.date):
        return "dd/mm/yyyy"
    if kind == "percent":
        return '0.0" %"'
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return f"#,##0.{'0' * places}" if places else "#,##0"
    return "0" if kind == "text" else "#,##0"


def _plain(mark: str) -> str:
    return mark.replace('"', "")
