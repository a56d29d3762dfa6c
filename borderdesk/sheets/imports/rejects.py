"""The refused rows of a list as a workbook like the list, to be corrected and read again."""

import datetime
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import N_, _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.spreadsheets import CellValue
from borderdesk.sheets.sources.cells import SheetRow

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy_module("xlsxwriter")

REASON = N_("Reason")
"""The heading of the last column, which is no field: the workbook can be read again."""
LONGEST_TEXT = 32_767
"""The limit of characters of a cell in a spreadsheet."""
_WIDTH, _REASON_WIDTH = 18, 60


class RefusedRow(NamedTuple):
    """A row that was refused: the heading of the column that is wrong first, all reasons, and the
    lines above it that say its place or month."""

    row: SheetRow
    column: str
    reason: str
    captions: Sequence[SheetRow] = ()


def write_rejects(
    target: Path,
    sheet: str,
    head_rows: Sequence[SheetRow],
    headings: Sequence[str],
    refused: Iterable[RefusedRow],
    merged: Iterable[tuple[int, int, int, int]] = (),
    below: Sequence[SheetRow] = (),
) -> None:
    """Write the titles, the headings and the refused rows with their reasons. Raises UserError.

    merged: the merged cells of the list, of which those of the headings stay: a heading may hold
    for several columns; below: the rows right below the headings that say more of the columns.
    Texts are Unicode whatever the list was in, and never formulas; dates stay dates.
    """
    out = BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    workbook = xlsxwriter.Workbook(out, options)
    page = workbook.add_worksheet(_sheet_name(sheet))
    formats = _Formats(workbook)
    width = len(headings)
    page.set_column(0, max(width - 1, 0), _WIDTH)
    page.set_column(width, width, _REASON_WIDTH)
    top = [*head_rows, *below]
    _merge(page, (span for span in merged if span[2] <= len(top) and span[3] <= width))
    for number, row in enumerate(top):
        _write_row(page, number, row.cells, formats)
    page.write_string(max(len(head_rows) - 1, 0), width, _(REASON), formats.text)
    number = len(top)
    above: Sequence[SheetRow] = ()
    for refused_row in refused:
        for caption in refused_row.captions:
            if caption not in above:
                _write_row(page, number, caption.cells, formats)
                number += 1
        above = refused_row.captions
        _write_row(page, number, refused_row.row.cells, formats)
        reason = (
            f"{refused_row.column}: {refused_row.reason}"
            if refused_row.column
            else refused_row.reason
        )
        page.write_string(number, width, reason[:LONGEST_TEXT], formats.text)
        number += 1
        for further in refused_row.row.below:
            _write_row(page, number, further.cells, formats)
            number += 1
    workbook.close()
    write_atomically(target, out.getvalue())


def _merge(page: Any, spans: Iterable[tuple[int, int, int, int]]) -> None:
    for first_row, first, last_row, last in spans:
        try:
            page.merge_range(first_row - 1, first - 1, last_row - 1, last - 1, "")
        except xlsxwriter.exceptions.OverlappingRange:
            # A damaged file may declare any number; one of them is enough.
            continue


class _Formats:
    """The formats of cells: texts as texts, days as 31/12/2023."""

    def __init__(self, workbook: Any) -> None:
        self.text = workbook.add_format({"num_format": "@"})
        self.day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        self.time = workbook.add_format({"num_format": "hh:mm:ss"})


def _write_row(page: Any, number: int, cells: Sequence[CellValue], formats: _Formats) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell:
                page.write_string(number, place, cell[:LONGEST_TEXT], formats.text)
        elif isinstance(cell, bool):
            page.write_boolean(number, place, cell)
        elif isinstance(cell, float | int):
            page.write_number(number, place, cell)
        elif isinstance(cell, datetime.date):
            _write_day(page, number, place, cell, formats)
        else:
            page.write_string(number, place, str(cell), formats.text)


def _write_day(page: Any, number: int, place: int, day: datetime.date, formats: _Formats) -> None:
    if day.year < 1900:
        page.write_string(number, place, day.isoformat(), formats.text)
    else:
        page.write_datetime(number, place, day, formats.day)


def _sheet_name(name: str) -> str:
    allowed = "".join(char for char in name if char not in "[]:*?/\\'" and char.isprintable())
    return allowed[:31] or "Sheet1"
