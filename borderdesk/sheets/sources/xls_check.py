"""Validates the sizes that an .xls declares before a library relies on them.

python-calamine allocates as much memory as the file declares, and a process whose allocation fails
is aborted at once, window included.
"""

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from borderdesk.base.lazy import lazy_module
from borderdesk.sheets.sources.file_formats import protected

if TYPE_CHECKING:
    from xlrd import compdoc
else:
    compdoc = lazy_module("xlrd.compdoc")

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a compound document, such as an .xls."""
HEADER = 512
STREAMS = ("Workbook", "Book")
MOST_ROWS, MOST_COLUMNS = 65_536, 256
"""The size of a sheet of .xls."""
MOST_SHORT_SECTORS = 1_024
"""The limit of sectors of the table of short streams; a list's file has very few."""
PASSWORD, SHEET, EXTENT = 0x002F, 0x0085, 0x0200
"""Record numbers: the password of the rest, the beginning of a sheet, its extent."""
CELLS = frozenset({0x06, 0x7E, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E})
"""Numbers of records that begin with the row and the column of a cell, from 0."""


class OversizedXls(ValueError):
    """The file declares a size that its format cannot have."""


def require_sound_xls(content: bytes) -> None:
    """Raise for an .xls whose sectors form a cycle, which calamine follows endlessly, or that
    declares a size larger than it has or may have; UserError for one with a password."""
    _require_true_header(content)
    document = compdoc.CompDoc(content, logfile=io.StringIO())
    for name in STREAMS:
        memory, base, length = document.locate_named_stream(name)
        if memory is not None:
            _require_true_extents(memoryview(memory)[base : base + length])


def _require_true_header(content: bytes) -> None:
    if len(content) < HEADER:
        raise OversizedXls
    sectors, short = struct.unpack_from("<I16xI", content, 44)
    most = len(content) // HEADER + 1
    if sectors > most or short > min(most, MOST_SHORT_SECTORS):
        raise OversizedXls


def _require_true_extents(stream: memoryview) -> None:
    begins = {0}
    for number, content in _records(stream, 0):
        if number == PASSWORD:
            # What follows is unreadable, the extents too.
            raise protected()
        if number == SHEET and len(content) >= 4:
            begins.add(struct.unpack_from("<I", content)[0])
    for begin in begins:
        for number, content in _records(stream, begin):
            if number == EXTENT:
                _require_true_extent(content)
            elif (
                number in CELLS and len(content) >= 4 and (content[3] or content[2] >= MOST_COLUMNS)
            ):
                # The library makes room for all columns up to the farthest, in every row.
                raise OversizedXls


def _require_true_extent(dimensions: memoryview) -> None:
    """Rows and columns from and up to (not with)."""
    shape = {10: "<HHHH", 14: "<IIHH"}.get(len(dimensions))
    if shape is None:
        # The library refuses it itself.
        return
    top, bottom, _left, right = struct.unpack_from(shape, dimensions)
    blank = not (bottom and right)
    if not blank and (not top <= bottom <= MOST_ROWS or right > MOST_COLUMNS):
        raise OversizedXls


def _records(stream: memoryview, at: int) -> Iterator[tuple[int, memoryview]]:
    """The records from a place on."""
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        yield number, stream[at + 4 : at + 4 + length]
        at += 4 + length
