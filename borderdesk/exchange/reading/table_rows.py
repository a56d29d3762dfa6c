"""The rows of the CSV tables of a package, streamed."""

import csv
import zipfile
from collections.abc import Iterator, Mapping
from io import BufferedReader, TextIOWrapper
from typing import IO, Any

from borderdesk.base.broken_zips import BROKEN_ZIP
from borderdesk.exchange.format.package_errors import damaged_package
from borderdesk.exchange.format.package_tables import PackageTable
from borderdesk.exchange.reading.package_archive import BUFFER

MAX_CELL = 8 << 20
"""The limit of bytes of a cell."""
MAX_SMALL_TABLE = 16 << 20
"""Bytes of a table that is read whole: places, notes, erasures."""

# The csv module's own limit of 128 KiB is too small for the text of a separate part.
csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))


class TableReader:
    """Reads the tables of a package.

    listed: {path: the table's entry in the descriptor}; older: the package is of an earlier
    schema, whose tables may lack columns.
    """

    def __init__(
        self, archive: zipfile.ZipFile, listed: Mapping[str, Mapping[str, Any]], *, older: bool
    ) -> None:
        self._archive = archive
        self._listed = listed
        self._older = older

    def has(self, table: PackageTable) -> bool:
        """Whether the package has the table, which an older program may not have known."""
        return table.path in self._listed

    def small_rows(self, table: PackageTable) -> Iterator[list[str]]:
        """The rows of a table that is read whole. Raises PackageError for one too large."""
        if self._listed[table.path]["bytes"] > MAX_SMALL_TABLE:
            raise damaged_package()
        return self.rows(table)

    def rows(self, table: PackageTable) -> Iterator[list[str]]:
        """The rows of a table, each with a cell for every column of this program's schema."""
        try:
            with self._archive.open(table.path) as entry:
                lines = csv.reader(_text_stream(entry), strict=True)
                header = next(lines, [])
                if tuple(header) == table.columns:
                    yield from _whole_rows(lines, len(header))
                else:
                    yield from self._reordered(table, header, lines)
        except (csv.Error, *BROKEN_ZIP) as error:
            raise damaged_package() from error

    def _reordered(
        self, table: PackageTable, header: list[str], lines: Iterator[list[str]]
    ) -> Iterator[list[str]]:
        """The rows of a table of an older program, blank in the columns it lacks."""
        known_columns = [column for column in table.columns if column in header]
        if not self._older or header != known_columns:
            raise damaged_package()
        places = [header.index(column) if column in header else None for column in table.columns]
        for row in _whole_rows(lines, len(header)):
            yield ["" if place is None else row[place] for place in places]


def _whole_rows(lines: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for row in lines:
        if len(row) != width:
            raise damaged_package()
        yield row


def _text_stream(entry: IO[bytes]) -> TextIOWrapper:
    # Reading a zip member line by line without the buffer takes 2.5 times as long.
    return TextIOWrapper(BufferedReader(entry, BUFFER), "utf-8-sig", newline="")  # type: ignore[type-var]


class RowCursor:
    """The rows of a table with one row of lookahead: `next` is the row `take` returns."""

    def __init__(self, rows: Iterator[list[str]]) -> None:
        self._rows = rows
        self.next: list[str] | None = next(rows, None)

    def take(self) -> list[str]:
        """The next row, which must exist."""
        row = self.next
        assert row is not None
        self.next = next(self._rows, None)
        return row
