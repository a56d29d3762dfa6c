"""A table of a package while it is being written."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path

from borderdesk.exchange.format.package_tables import PackageTable
from borderdesk.exchange.format.plain_spool import plain_spool

CHUNK = 1 << 20


class TableWriter:
    """A table of a package while it is being written, in memory as long as it is small: UTF-8
    with a byte order mark, RFC 4180."""

    def __init__(self, table: PackageTable, folder: Path) -> None:
        """folder: the desk's, for data too large for memory."""
        self.table = table
        self.rows = 0
        self._file = plain_spool(folder)
        self._file.write(codecs.BOM_UTF8)
        # The encoder of utf-8-sig is Python's own, called once a row.
        self._text = TextIOWrapper(self._file, "utf-8", newline="", write_through=False)
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
