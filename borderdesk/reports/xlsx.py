"""Report blocks as one XLSX sheet, with real numbers and dates."""

import datetime
import math
import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from borderdesk.errors import UserError
from borderdesk.i18n import _
from borderdesk.reports.blocks import (
    Cell,
    Column,
    Document,
    Heading,
    Kind,
    Linked,
    Marked,
    Paragraph,
    Plain,
    Row,
    Table,
    plain_of,
)
from borderdesk.reports.saving import save_whole
from borderdesk.text import nfc

# Widths in characters of the sheet's font, heights in points.
TEXT_WIDTH = {False: 100, True: 145}
LEAST_WIDTH = 6
LINE_HEIGHT = 16
FIRST_DATE = datetime.date(1900, 3, 1)  # sheets count one day too many before it
_A4 = 9
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")

Look = dict[str, Any]
_BASE: Look = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_CELL: Look = {**_BASE, "border": 1, "text_wrap": True}
_LINE: Look = {**_BASE, "text_wrap": True}
_ROW_LOOK: dict[str, Look] = {
    "row": {},
    "group": {"bold": True, "text_wrap": False, "left": 0, "right": 0},
    "total": {"bold": True, "bg_color": "#F2F2F2"},
}
_OPTIONS = {
    "in_memory": True,  # no plain copy of the records in the machine's temporary folder
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class SheetWriter:
    """Writes one document from the top of one sheet downwards."""

    def __init__(self, workbook: Any, document: Document) -> None:
        self.workbook = workbook
        self.document = document
        self.sheet = workbook.add_worksheet(sheet_name(document.title))
        self.tables = [block for block in document.blocks if isinstance(block, Table)]
        self.widths = _widths(self.tables, TEXT_WIDTH[document.landscape])
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.line = 0

    def write(self) -> None:
        """Fill the sheet."""
        self._page()
        self._opening()
        for block in self.document.blocks:
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Heading):
                self._text(block.text, {"bold": True, "font_size": 12})
            elif isinstance(block, Paragraph):
                self._paragraph(block)

    def _page(self) -> None:
        sheet = self.sheet
        for number, width in enumerate(self.widths):
            sheet.set_column(number, number, width)
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=1.18, right=0.59, top=0.79, bottom=0.79)  # inches
        sheet.set_footer("&R&P/&N")
        if self.document.landscape:
            sheet.set_landscape()

    def _opening(self) -> None:
        document = self.document
        if document.banner:
            self._text(
                document.banner,
                {"bold": True, "border": 2, "bg_color": "#F2F2F2", "align": "center"},
            )
        if document.issuer:
            self._text(document.issuer.upper(), {"bold": True})
        self._text(document.title.upper(), {"bold": True, "font_size": 14, "align": "center"})
        for text in document.subtitle:
            self._text(text, {"align": "center"})
        self.line += 1

    def _paragraph(self, paragraph: Paragraph) -> None:
        looks: dict[str, Look] = {"body": {}, "note": {"italic": True}, "warning": {"bold": True}}
        self._text(paragraph.text, looks[paragraph.style])

    def _text(self, text: str, look: Look) -> None:
        """A line across the whole width, as high as its text is likely to need."""
        look = {**_LINE, **look}
        room = sum(self.widths) * 11 / look["font_size"]
        lines = sum(math.ceil(len(part) / room) or 1 for part in text.split("\n"))
        self.sheet.set_row(self.line, lines * LINE_HEIGHT * look["font_size"] / 11)
        last = len(self.widths) - 1
        if last:
            self.sheet.merge_range(self.line, 0, self.line, last, "", self._format(look))
        self._put_text(0, text, look)
        self.line += 1

    def _table(self, table: Table) -> None:
        head = {**_CELL, "bold": True, "align": "center", "bg_color": "#E0E0E0"}
        for number, column in enumerate(table.columns):
            self._put_text(number, column.title, head)
        if len(self.tables) == 1:
            self.sheet.freeze_panes(self.line + 1, 0)
            self.sheet.repeat_rows(self.line)
        self.line += 1
        for row in table.checked_rows():
            self._row(table.columns, row)
            self.line += 1
        self.line += 1

    def _row(self, columns: tuple[Column, ...], row: Row) -> None:
        look = {**_CELL, **_ROW_LOOK[row.kind]}
        cells = row.cells
        if row.kind == "group":
            heading = row.heading(self.document.lang)
            cells = (heading, *(None for _column in columns[1:]))
        for number, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            align = "left" if row.kind == "group" else column.alignment
            self._cell(number, cell, column.kind, {**look, "align": align})

    def _cell(self, number: int, cell: Cell, kind: Kind, look: Look) -> None:
        marked = cell.value if isinstance(cell, Linked) else cell
        mark = marked.mark if isinstance(marked, Marked) else ""
        value = plain_of(cell)
        if isinstance(value, datetime.date) and value < FIRST_DATE:
            value = value.strftime("%d/%m/%Y")
        if isinstance(value, str):
            self._put_text(number, value + mark, look)
        elif value is None:
            self._check(self.sheet.write_blank(self.line, number, None, self._format(look)))
        else:
            shape = number_format(value, kind) + (f'"{_plain(mark)}"' if mark else "")
            self._put_figure(number, value, {**look, "num_format": shape})

    def _put_figure(self, number: int, value: int | Decimal | datetime.date, look: Look) -> None:
        shape = self._format(look)
        if isinstance(value, datetime.date):
            self._check(self.sheet.write_datetime(self.line, number, value, shape))
        else:
            self._check(self.sheet.write_number(self.line, number, value, shape))

    def _put_text(self, number: int, text: str, look: Look) -> None:
        self._check(self.sheet.write_string(self.line, number, nfc(text), self._format(look)))

    def _check(self, refused: int) -> None:
        """XlsxWriter says by a negative number that it left something out."""
        if refused < 0:
            raise UserError(
                _(
                    "Row {row} does not fit on a sheet: too many rows or too long a text. "
                    "No file was made. Choose a shorter period or fewer units."
                ).format(row=self.line + 1)
            )

    def _format(self, look: Look) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(look)
        return self.formats[key]


def number_format(value: Plain, kind: Kind) -> str:
    """The sheet's format for a figure or date: as many decimals as are given."""
    if isinstance(value, datetime.date):
        return "dd/mm/yyyy"
    if kind == "percent":
        return '0.0" %"'
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return f"#,##0.{'0' * places}" if places else "#,##0"
    return "0" if kind == "text" else "#,##0"


def sheet_name(title: str) -> str:
    """`title` as a sheet's name: at most 31 characters, whole words, none forbidden."""
    name = " ".join(_FORBIDDEN_IN_NAME.sub(" ", nfc(title)).split())
    if len(name) > 31:
        name = name[:32].rpartition(" ")[0] or name[:31]
    return name if name and name.casefold() != "history" else "BorderDesk"


def _plain(mark: str) -> str:
    return mark.replace('"', "")


def _widths(tables: list[Table], whole: int) -> list[float]:
    """A width for every column of the sheet, shared out as the widest table asks."""
    if not tables:
        return [float(whole)]
    columns = max((table.columns for table in tables), key=len)
    total = sum(column.weight for column in columns)
    return [max(LEAST_WIDTH, whole * column.weight / total) for column in columns]


def write_xlsx(document: Document, target: Path) -> None:
    """Write `document` to `target` as one sheet.

    Raises UserError for a document too large for a sheet or a file that cannot be
    written; `target` is then as it was.
    """
    import xlsxwriter

    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties(
        {
            "title": nfc(document.title),
            "author": nfc(document.author),
            "subject": nfc(document.subject),
        }
    )
    SheetWriter(workbook, document).write()
    workbook.close()
    save_whole(target, buffer.getvalue())
