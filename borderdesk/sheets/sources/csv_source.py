"""Lists in text files: comma, semicolon or tab, in the encodings that spreadsheets save them in."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO

from borderdesk.base.csv_text import (
    SAMPLE_BYTES,
    SAMPLE_LINES,
    charset_of,
    declared_separator,
    separator_of,
    split_lines,
)
from borderdesk.base.errors import UserError, unreadable
from borderdesk.base.files import readable_file
from borderdesk.base.i18n import _
from borderdesk.sheets.sources.cells import CellFault, SheetRow
from borderdesk.sheets.sources.file_formats import FileFormat, wrong_ending

LONGEST_CELL = 8 * 1024 * 1024
MOST_WIDTHS = 200
"""The number of rows from the top whose number of cells is kept: headings are among them."""
_QUOTED_BEGINS = '="'
_QUOTED = re.compile(r'\A="([^"]*)"\Z')
"""A text as exported by programs to preserve leading zeros in a spreadsheet: ="020080012345"."""


class CsvSource:
    """A text file as a sheet; its rows are numbered as a spreadsheet shows them (a first line
    `sep=;` is not shown)."""

    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments = False
    struck: frozenset[tuple[int, int]] = frozenset()
    unseen: frozenset[str] = frozenset()
    faults: Mapping[tuple[int, int], CellFault] = {}
    starts_1904 = False
    macros = False
    kind: FileFormat = "csv"
    widths: Mapping[int, int]

    def __init__(self, path: Path, charset: str | None = None, most: int | None = None) -> None:
        """charset: how Python names the encoding, None to find out; most: so many rows are read.
        Raises UserError."""
        self._path = path
        self._most = most
        self.widths = self._widths = dict[int, int]()
        self.name = path.stem
        self.renamed = wrong_ending(path, self.kind)
        self.names: Sequence[str] = (self.name,)
        self._charset = charset or charset_of(self._blocks())
        with self._opened() as file:
            lines = [file.readline(LONGEST_CELL) for _n in range(SAMPLE_LINES)]
        declared = declared_separator(lines[0])
        self._skipped = 1 if declared else 0
        self._separator = declared or separator_of(lines)
        self._has_quoted = any(_QUOTED_BEGINS in line for line in lines)

    def _blocks(self) -> Iterator[bytes]:
        try:
            with readable_file(self._path) as file:
                while block := file.read(SAMPLE_BYTES):
                    yield block
        except OSError as error:
            raise unreadable(self._path, error) from None

    def _opened(self) -> IO[str]:
        try:
            opened = readable_file(self._path)
            return io.TextIOWrapper(opened, encoding=self._charset, errors="replace", newline="")
        except OSError as error:
            raise unreadable(self._path, error) from None

    def rows(self) -> Iterator[SheetRow]:
        """The rows from the top, blank ones too. Raises UserError."""
        csv.field_size_limit(LONGEST_CELL)
        with self._opened() as file:
            for _n in range(self._skipped):
                file.readline()
            # A NUL would end the text inside the library.
            lines = (line.replace("\0", "") for line in split_lines(file, LONGEST_CELL))
            reader = csv.reader(lines, delimiter=self._separator)
            try:
                for number, cells in enumerate(islice(reader, self._most), start=1):
                    if number <= MOST_WIDTHS:
                        self._widths[number] = len(cells)
                    if self._has_quoted:
                        cells = [_QUOTED.sub(r"\1", cell) for cell in cells]
                    yield SheetRow(number, cells)
            except csv.Error:
                raise UserError(_("Not readable CSV.")) from None

    def fonts(self) -> None:
        """A text has no fonts."""
