"""A table of a package while it is being written."""

import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile

from borderdesk.exchange.package_tables import (
    PackageTable,
)

IN_MEMORY, CHUNK = 4 << 20, 1 << 20


class TableWriter:
    """A table of a package while it is being written, in memory as long as it is small: UTF-8
    with a byte order mark, RFC 4180."""

    def __init__(self, table: PackageTable) -> None:
        self.table = table
        self.rows = 0
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the writer
        self._text = TextIOWrapper(self._file, "utf-8-sig", newline="", write_through=False)
        self._csv = csv.writer(self._text, lineterminator="\r\n")
        self._csv.writerow(table.columns)

    def add(self, cells: Iterable[str]) -> None:
        """Write a row."""
        self._csv.writerow(cells)
        self.rows += 1

    def parts(self) -> Iterator[bytes]:
        """The bytes of the file; the writer is closed after the last."""
        self._text.flush()
        self._file.seek(0)
        while part := self._file.read(CHUNK):
            yield part
        self._text.close()
