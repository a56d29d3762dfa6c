"""Lists in text files: comma, semicolon or tab, in the encodings that spreadsheets save them in."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from borderdesk.base.errors import UserError, reason
from borderdesk.base.i18n import _
from borderdesk.base.legacy_text import EncodingVotes
from borderdesk.base.syllables import is_syllable, marked_words
from borderdesk.base.text import nfc
from borderdesk.sheets.cells import CellFault, SheetRow

LONGEST_CELL = 8 * 1024 * 1024
_SAMPLE_BYTES = 1024 * 1024
_SAMPLE_LINES = 50
_SEPARATORS = ";\t,|"
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*\Z", re.IGNORECASE)
_NUL_SHARE = 0.2


class CsvSource:
    """A text file as a sheet; its rows are numbered as a spreadsheet shows them (a first line
    `sep=;` is not shown)."""

    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden: frozenset[int] = frozenset()
    faults: Mapping[tuple[int, int], CellFault] = {}
    starts_1904 = False

    def __init__(self, path: Path, charset: str | None = None) -> None:
        """charset: how Python names the encoding; None to find out. Raises UserError."""
        self._path = path
        self.name = path.stem
        self.names: Sequence[str] = (self.name,)
        self._charset = charset or charset_of(path)
        with self._opened() as file:
            lines = [line for line, _n in zip(file, range(_SAMPLE_LINES), strict=False)]
        declared = _SEPARATOR_LINE.match(lines[0].rstrip("\r\n")) if lines else None
        self._skipped = 1 if declared else 0
        self._separator = declared[1] if declared else separator_of(lines)

    def _opened(self) -> IO[str]:
        try:
            return self._path.open(encoding=self._charset, errors="replace", newline="")
        except OSError as error:
            raise UserError(
                _("{file} cannot be read: {error}").format(file=self._path, error=reason(error))
            ) from None

    def rows(self) -> Iterator[SheetRow]:
        """The rows from the top, blank ones too. Raises UserError."""
        csv.field_size_limit(LONGEST_CELL)
        with self._opened() as file:
            for _n in range(self._skipped):
                next(file, None)
            # A NUL would end the text inside the library.
            lines = (line.replace("\0", "") for line in _split_lines(file))
            reader = csv.reader(lines, delimiter=self._separator)
            try:
                for number, cells in enumerate(reader, start=1):
                    yield SheetRow(number, cells)
            except csv.Error:
                raise UserError(_("Not readable CSV.")) from None

    def fonts(self) -> None:
        """A text has no fonts."""


def _split_lines(file: IO[str]) -> Iterator[str]:
    """The lines of a file whose ends are kept as they are: CR alone ends one too."""
    for line in file:
        if "\r" in line.rstrip("\r\n"):
            yield from io.StringIO(line, newline="")
        else:
            yield line


def separator_of(lines: Sequence[str]) -> str:
    """What parts the cells: the sign that parts most cells in lines of equally many."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if any(row))
        except csv.Error:
            continue
        parted = max((count * (width - 1) for width, count in widths.items()), default=0)
        if parted > most:
            best, most = separator, parted
    return best


def charset_of(path: Path) -> str:
    """The encoding of a text file by its mark, its bytes and its words. Raises UserError."""
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE_BYTES)
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {error}").format(file=path, error=reason(error))
        ) from None
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    zeros = sample.count(0)
    if zeros > len(sample) * _NUL_SHARE:
        even = sample[::2].count(0)
        return "utf-16-be" if even * 2 > zeros else "utf-16-le"
    if _is_utf8(path):
        return "utf-8-sig"
    return _eight_bit_charset(sample)


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(_SAMPLE_BYTES):
                pass
    except (UnicodeDecodeError, OSError):
        return False
    return True


def _eight_bit_charset(sample: bytes) -> str:
    """Windows-1258, or Latin-1 for what TCVN3 and VNI fonts redrew."""
    votes = EncodingVotes()
    votes.add(sample.decode("latin-1"))
    words = marked_words(nfc(sample.decode("cp1258", "replace")))
    sound = sum(map(is_syllable, words))
    old = max(votes.sound["tcvn3"], votes.sound["vni"])
    return "latin-1" if old > sound else "cp1258"
