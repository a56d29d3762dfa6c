"""Reads by xlrd what python-calamine does not give of an .xls file: hidden rows, cells with an
error, fonts."""

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.lazy import lazy_module
from borderdesk.base.legacy_text import encoding_of_font
from borderdesk.sheets.sources.cells import CellFault, CellFont, FontRun
from borderdesk.sheets.sources.file_formats import too_large
from borderdesk.sheets.sources.workbook_scan import NO_FACTS, WorkbookFacts

if TYPE_CHECKING:
    import xlrd
else:
    xlrd = lazy_module("xlrd")

MOST_CELLS = 8_000_000
"""The limit of cells: a broken file may declare a cell in the last column of the last row."""
MOST_BYTES = 48 * 1024 * 1024
"""A sheet of .xls has 65,536 rows at most; a larger file is mostly pictures."""


class XlsBook:
    """The workbook of an .xls file, as far as it can be read: unknown parts are left out."""

    def __init__(self, path: Path) -> None:
        self._book: Any = None
        if path.stat().st_size > MOST_BYTES:
            return
        try:
            # It would print its warnings.
            self._book = xlrd.open_workbook(
                os.fspath(path),
                logfile=io.StringIO(),
                formatting_info=True,
                on_demand=True,
                ragged_rows=True,
            )
        except Exception:
            # Whatever a broken file makes of its parser: the other reader has the last word.
            self._book = None

    def facts(self, place: int) -> WorkbookFacts:
        """The facts of a sheet by its number from 0. Raises UserError for one that spans too many
        cells."""
        sheet = self._sheet(place)
        if sheet is None:
            return NO_FACTS
        if sheet.nrows * sheet.ncols > MOST_CELLS:
            raise too_large()
        hidden = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
        columns = {place + 1 for place, info in sheet.colinfo_map.items() if info.hidden}
        return WorkbookFacts(
            frozenset(row for row in hidden if row <= sheet.nrows),
            dict(_faults(sheet)),
            self._book.datemode == 1,
            any(encoding_of_font(font.name) for font in self._book.font_list),
            frozenset(column for column in columns if column <= sheet.ncols),
            struck=frozenset(self._struck(sheet)),
        )

    def _struck(self, sheet: Any) -> Iterator[tuple[int, int]]:
        fonts = self._book.font_list
        styles = {
            place
            for place, style in enumerate(self._book.xf_list)
            if style.font_index < len(fonts) and fonts[style.font_index].struck_out
        }
        for row in range(sheet.nrows if styles else 0):
            for column in range(sheet.row_len(row)):
                if sheet.cell_xf_index(row, column) in styles:
                    yield row + 1, column + 1

    def fonts(self, place: int) -> Iterator[Sequence[CellFont]]:
        """The fonts of a sheet's cells, a row each."""
        sheet = self._sheet(place)
        if sheet is None:
            return
        names = [font.name for font in self._book.font_list]
        fonts = [style_format.font_index for style_format in self._book.xf_list]
        by_style = [names[font] if font < len(names) else "" for font in fonts]
        runs = sheet.rich_text_runlist_map
        for row in range(sheet.nrows):
            styles = (sheet.cell_xf_index(row, column) for column in range(sheet.row_len(row)))
            fonts_of_row: list[CellFont] = [
                by_style[style] if style < len(by_style) else "" for style in styles
            ]
            for column, font in enumerate(fonts_of_row):
                if (row, column) in runs and isinstance(font, str):
                    text = str(sheet.cell_value(row, column))
                    fonts_of_row[column] = tuple(_runs(text, font, runs[row, column], names))
            yield fonts_of_row

    def _sheet(self, place: int) -> Any:
        if self._book is None or place >= self._book.nsheets:
            return None
        try:
            return self._book.sheet_by_index(place)
        except Exception:
            return None


def _runs(
    text: str, usual: str, begins: Sequence[tuple[int, int]], names: Sequence[str]
) -> Iterator[FontRun]:
    """The parts of a text; begins: where each further one begins, and the number of its font."""
    places = [(0, usual), *((at, names[font] if font < len(names) else "") for at, font in begins)]
    ends = [at for at, _font in places[1:]]
    for (begin, font), end in zip(places, [*ends, len(text)], strict=True):
        if begin < end:
            yield FontRun(font, text[begin:end])


def _faults(sheet: Any) -> Iterator[tuple[tuple[int, int], CellFault]]:
    error = xlrd.XL_CELL_ERROR
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == error:
                code = sheet.cell_value(row, column)
                text = xlrd.error_text_from_code.get(code, "#ERR")
                yield (row + 1, column + 1), CellFault(text)
