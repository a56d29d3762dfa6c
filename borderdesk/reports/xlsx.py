"""Renders report blocks to XLSX: a sheet for the document and one for each annex, with numbers and
dates as such."""

import datetime
import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.errors import UserError
from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.text import nfc
from borderdesk.reports.blocks import (
    Annex,
    Block,
    Cell,
    Chart,
    Column,
    ColumnKind,
    Document,
    Heading,
    Letter,
    LinkedValue,
    MarkedValue,
    Paragraph,
    PlainValue,
    Row,
    Table,
    plain_of,
)
from borderdesk.reports.letter import date_words, number_line, recipients
from borderdesk.reports.measures import ANNEX, RECIPIENTS, TO
from borderdesk.reports.numbering import Numbering, roman
from borderdesk.schema.settings import Paper

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy_module("xlsxwriter")


# Widths in characters of the sheet's font, in proportion to the paper; heights in points.
TEXT_WIDTH = 100
WIDE_TEXT: Mapping[Paper, int] = {"A4": 145, "A3": 216}
LEAST_WIDTH = 6
LINE_HEIGHT = 16
FIRST_DATE = datetime.date(1900, 3, 1)  # Excel takes 1900 for a leap year
_PAPER_CODE: Mapping[Paper, int] = {"A4": 9, "A3": 8}
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")

CellStyle = dict[str, Any]
TITLE: CellStyle = {"bold": True, "font_size": 14, "align": "center"}
_BASE: CellStyle = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_CELL: CellStyle = {**_BASE, "border": 1, "text_wrap": True}
_LINE: CellStyle = {**_BASE, "text_wrap": True}
_ROW_STYLES: dict[str, CellStyle] = {
    "row": {},
    "group": {"bold": True, "text_wrap": False, "left": 0, "right": 0},
    "total": {"bold": True, "bg_color": "#F2F2F2"},
}
_OPTIONS = {
    "in_memory": True,  # no unencrypted copy of the records in a temporary folder
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class SheetWriter:
    """Writes the blocks of one sheet from the top downwards.

    wide: the paper of a landscape sheet, None for portrait A4; sheets: {anchor of an annex: name
    of its sheet}.
    """

    def __init__(
        self,
        workbook: Any,
        name: str,
        blocks: Iterable[Block],
        lang: str,
        wide: Paper | None,
        sheets: Mapping[str, str],
    ) -> None:
        self.workbook = workbook
        self.blocks = [_as_table(block) if isinstance(block, Chart) else block for block in blocks]
        self.lang = lang
        self.wide = wide
        self.sheets = sheets
        self.sheet = workbook.add_worksheet(name)
        self.tables = [block for block in self.blocks if isinstance(block, Table)]
        self.widths = _widths(self.tables, WIDE_TEXT[wide] if wide else TEXT_WIDTH)
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.numbering = Numbering()
        self.line = 0
        self._page()

    def _page(self) -> None:
        sheet = self.sheet
        for number, width in enumerate(self.widths):
            sheet.set_column(number, number, width)
        sheet.set_paper(_PAPER_CODE[self.wide or "A4"])
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=1.18, right=0.59, top=0.79, bottom=0.79)  # inches
        sheet.set_footer("&R&P/&N")
        if self.wide:
            sheet.set_landscape()

    def write(self) -> None:
        """Write the blocks."""
        for block in self.blocks:
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Heading):
                self.text(self.numbering.of(block), {"bold": True, "font_size": 12})
            elif isinstance(block, Paragraph):
                self._paragraph(block)

    def opening(self, document: Document) -> None:
        """Write what precedes the blocks of the first sheet."""
        if document.banner:
            self.text(
                document.banner,
                {"bold": True, "border": 2, "bg_color": "#F2F2F2", "align": "center"},
            )
        if document.letter is not None:
            self._letter_opening(document.letter)
        else:
            if document.issuer:
                self.text(document.issuer.upper(), {"bold": True})
            self.text(document.title.upper(), TITLE)
            for text in document.subtitle:
                self.text(text, {"align": "center"})
        self.line += 1

    def _letter_opening(self, letter: Letter) -> None:
        if letter.superior:
            self.text(letter.superior.upper(), {})
        self.text(letter.issuer.upper(), {"bold": True})
        self.text(number_line(letter), {})
        place = ", ".join(filter(None, (letter.place, date_words(letter.day, letter.year))))
        self.text(place, {"italic": True, "align": "right"})
        self.text(letter.name.upper(), TITLE)
        self.text(letter.subject, {"bold": True, "align": "center"})
        if letter.addressees:
            self.text(f"{TO}: {'; '.join(letter.addressees)}", {"align": "center"})

    def closing(self, document: Document) -> None:
        """Write what follows the blocks of the first sheet."""
        letter = document.letter
        if letter is not None:
            self.line += 1
            for text in letter.signature.office:
                self.text(text.upper(), {"bold": True, "align": "right"})
            signer = " ".join(filter(None, (letter.signature.rank, letter.signature.name)))
            if signer:
                self.line += 3
                self.text(signer, {"bold": True, "align": "right"})
            self.text(f"{RECIPIENTS}:", {"bold": True, "italic": True})
            for text in recipients(letter):
                self.text(text, {})
        if document.seal is not None:
            self.text(document.seal.code, {"italic": True})
        if document.footer:
            self.text(document.footer, {"italic": True})

    def _paragraph(self, paragraph: Paragraph) -> None:
        styles: dict[str, CellStyle] = {
            "body": {},
            "note": {"italic": True},
            "warning": {"bold": True},
        }
        self.text(paragraph.text, styles[paragraph.style])

    def text(self, text: str, style: CellStyle) -> None:
        """Write a row merged over the whole width, its height estimated from the text."""
        style = {**_LINE, **style}
        room = sum(self.widths) * 11 / style["font_size"]
        lines = sum(math.ceil(len(part) / room) or 1 for part in text.split("\n"))
        self.sheet.set_row(self.line, lines * LINE_HEIGHT * style["font_size"] / 11)
        last = len(self.widths) - 1
        if last:
            self.sheet.merge_range(self.line, 0, self.line, last, "", self._format(style))
        self._write_text(0, text, style)
        self.line += 1

    def _table(self, table: Table) -> None:
        if table.title:
            self.text(table.title, {"bold": True, "align": "center"})
        first = self.line
        self._head(table.columns)
        if len(self.tables) == 1:
            self.sheet.freeze_panes(self.line, 0)
            self.sheet.repeat_rows(first, self.line - 1)
        for row in table.checked_rows():
            self._row(table.columns, row)
            self.line += 1
        self.line += 1

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
        numbered = enumerate(columns)
        for over, group in groupby(numbered, key=lambda entry: entry[1].over):
            places = [number for number, _column in group]
            if over and len(places) > 1:
                self.sheet.merge_range(
                    self.line, places[0], self.line, places[-1], "", self._format(style)
                )
            if over:
                self._write_text(places[0], over, style)
        self.line += 2 if double else 1

    def _row(self, columns: tuple[Column, ...], row: Row) -> None:
        style = {**_CELL, **_ROW_STYLES[row.kind]}
        cells = row.cells
        if row.kind == "group":
            heading = row.heading(self.lang)
            cells = (heading, *(None for _column in columns[1:]))
        for number, (cell, column) in enumerate(zip(cells, columns, strict=True)):
            align = "left" if row.kind == "group" else column.alignment
            self._cell(number, cell, column.kind, {**style, "align": align})

    def _cell(self, number: int, cell: Cell, kind: ColumnKind, style: CellStyle) -> None:
        marked = cell.value if isinstance(cell, LinkedValue) else cell
        sign, mark = (marked.sign, marked.mark) if isinstance(marked, MarkedValue) else ("", "")
        value = plain_of(cell)
        if isinstance(cell, LinkedValue) and cell.to in self.sheets:
            # The figure then overwrites the cell's text and keeps the link.
            place = f"internal:'{self.sheets[cell.to]}'!A1"
            self._check(self.sheet.write_url(self.line, number, place, self._format(style), " "))
        if isinstance(value, datetime.date) and value < FIRST_DATE:
            value = value.strftime("%d/%m/%Y")
        if isinstance(value, str):
            self._write_text(number, value + mark, style)
        elif value is None:
            self._check(self.sheet.write_blank(self.line, number, None, self._format(style)))
        else:
            cell_format = (
                (f'"{sign}"' if sign else "")
                + number_format(value, kind)
                + (f'"{_plain(mark)}"' if mark else "")
            )
            self._write_figure(number, value, {**style, "num_format": cell_format})

    def _write_figure(
        self, number: int, value: int | Decimal | datetime.date, style: CellStyle
    ) -> None:
        cell_format = self._format(style)
        if isinstance(value, datetime.date):
            self._check(self.sheet.write_datetime(self.line, number, value, cell_format))
        else:
            self._check(self.sheet.write_number(self.line, number, value, cell_format))

    def _write_text(self, number: int, text: str, style: CellStyle, *, down: int = 0) -> None:
        line = self.line + down
        self._check(self.sheet.write_string(line, number, nfc(text), self._format(style)))

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
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(style)
        return self.formats[key]


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


def sheet_name(title: str) -> str:
    """A valid sheet name from `title`: at most 31 characters, whole words, no forbidden ones."""
    name = " ".join(_FORBIDDEN_IN_NAME.sub(" ", nfc(title)).split())
    if len(name) > 31:
        name = name[:32].rpartition(" ")[0] or name[:31]
    return name if name and name.casefold() != "history" else "BorderDesk"


def _plain(mark: str) -> str:
    return mark.replace('"', "")


def _widths(tables: list[Table], whole: int) -> list[float]:
    """The width of each column of the sheet, by the weights of the table with most columns."""
    if not tables:
        return [float(whole)]
    columns = max((table.columns for table in tables), key=len)
    total = sum(column.weight for column in columns)
    return [max(LEAST_WIDTH, whole * column.weight / total) for column in columns]


def _as_table(chart: Chart) -> Table:
    """The figures of a chart as a table."""
    head = Column(chart.unit or " ", "text", 1.5)
    columns = (head, *(Column(one.name, "number") for one in chart.series))
    rows = tuple(
        Row((label, *(one.values[place] for one in chart.series)))
        for place, label in enumerate(chart.labels)
    )
    return Table(columns, rows, title=chart.title)


def write_xlsx(document: Document, target: Path) -> None:
    """Write `document` to `target`, atomically: a sheet for itself and one for each annex.

    Raises UserError for a document too large for a sheet or a file that cannot be written.
    """
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties(
        {
            "title": nfc(document.title),
            "author": nfc(document.author),
            "subject": nfc(document.subject),
        }
    )
    _write_sheets(workbook, document)
    workbook.close()
    write_atomically(target, buffer.getvalue())


def _write_sheets(workbook: Any, document: Document) -> None:
    annexes = [
        (annex_name(number, annex), annex) for number, annex in enumerate(document.annexes, 1)
    ]
    sheets = {annex.anchor: name for name, annex in annexes if annex.anchor}
    first = SheetWriter(
        workbook,
        sheet_name(document.title),
        document.blocks,
        document.lang,
        document.wide_paper if document.landscape else None,
        sheets,
    )
    first.opening(document)
    first.write()
    first.closing(document)
    for name, annex in annexes:
        wide = document.wide_paper if annex.landscape else None
        sheet = SheetWriter(workbook, name, annex.blocks, document.lang, wide, sheets)
        if document.banner:
            sheet.text(document.banner, {"bold": True, "border": 2, "align": "center"})
        sheet.text(annex.title.upper(), TITLE)
        sheet.line += 1
        sheet.write()


def annex_name(number: int, annex: Annex) -> str:
    """The name of an annex's sheet, unique by its number."""
    return sheet_name(f"{ANNEX} {roman(number)} {annex.title}")
