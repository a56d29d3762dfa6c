"""The values of spreadsheet cells, and the rows of a sheet in the common form of all readers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from borderdesk.base.spreadsheets import CellValue
from borderdesk.sheets.sources.file_formats import FileFormat


class CellFault(NamedTuple):
    """A cell without a value: an error (#REF!), or a formula that was never computed."""

    text: str


class FontRun(NamedTuple):
    """A part of a cell's text in one font."""

    font: str
    text: str


CellFont = str | tuple[FontRun, ...]
"""The name of a cell's font, or its parts in the order of the text where they have several."""


def main_font(font: CellFont) -> str:
    """The font that most letters of a cell are in."""
    if isinstance(font, str):
        return font
    letters: Counter[str] = Counter()
    for run in font:
        letters[run.font] += len(run.text)
    return letters.most_common(1)[0][0] if letters else ""


class SheetRow(NamedTuple):
    """A row by its number in the spreadsheet, from 1; cells from column A on.

    taken: the positions (from 0) of blank cells filled from a row above; below: the continuation
    rows of the record; moved: the positions of the cells in the sheet itself, for a row below other
    headings, put into the order of the first ones (-1: missing); headed: the number of the row of
    its headings if these are entirely different, or 0.
    """

    number: int
    cells: Sequence[CellValue]
    taken: Sequence[int] = ()
    below: "Sequence[SheetRow]" = ()
    moved: Sequence[int] = ()
    headed: int = 0

    def place_in_sheet(self, place: int) -> int:
        """The place from 0 that a cell has in the sheet."""
        return self.moved[place] if place < len(self.moved) else place


class SheetSource(Protocol):
    """One sheet of a file, whose rows can be read again and again.

    merged: (first row, first column, last row, last column) of merged cells, from 1; hidden: the
    numbers of rows that the spreadsheet does not show, hidden_columns: those of columns from 1;
    comments: whether cells have comments, which are not read; struck: cells (row, column from 1)
    whose text is struck out; faults: cells without a value by
    (row, column), from 1; names: all sheets of the file; unseen: those of them that the
    spreadsheet does not show; starts_1904: whether day 0 is 1 January 1904; macros: whether the
    file carries programs, which are never run; widths: the number of cells, blank ones too, of the
    first rows of a text file by their number: a line with more was parted in a wrong place; kind:
    the format of the file; renamed: the ending of its name, if that is of another format.
    """

    name: str
    names: Sequence[str]
    unseen: frozenset[str]
    merged: Sequence[tuple[int, int, int, int]]
    hidden: frozenset[int]
    hidden_columns: frozenset[int]
    comments: bool
    struck: frozenset[tuple[int, int]]
    faults: Mapping[tuple[int, int], CellFault]
    starts_1904: bool
    macros: bool
    widths: Mapping[int, int]
    kind: FileFormat
    renamed: str

    def rows(self) -> Iterator[SheetRow]:
        """The rows from the top, blank ones too."""

    def fonts(self) -> Iterator[Sequence[CellFont]] | None:
        """The font of each cell, a row each from row 1 on; None if fonts carry no information."""


def column_letters(column: int) -> str:
    """The letters of a column by its number from 1: 28 is AB."""
    letters = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column from 1: AB is 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
