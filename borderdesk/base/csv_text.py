"""The dialect of a CSV file: its encoding and separator, detected from its content.

Vietnamese spreadsheets save CSV with a semicolon as often as with a comma, in UTF-8 with or
without its mark, in UTF-16 ("Unicode text", with tabs), or in Windows-1258.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from borderdesk.base.legacy_text import EncodingVotes
from borderdesk.base.syllables import is_syllable, marked_words
from borderdesk.base.text import nfc

SAMPLE_BYTES = 1024 * 1024
SAMPLE_LINES = 50
UTF8, WINDOWS, BYTES = "utf-8-sig", "cp1258", "latin-1"
"""The usual encodings; BYTES is that of text in TCVN3 and VNI fonts."""
_SEPARATORS = ";\t,|"
_BETWEEN_CELLS = str.maketrans(dict.fromkeys(f'{_SEPARATORS}"', " "))
_SEPARATOR_LINE = re.compile(r"(?:\ufeff)?\"?sep=(.)\"?\s*\Z", re.IGNORECASE)
_NUL_SHARE = 0.2


def marked_charset(sample: bytes) -> str | None:
    """The encoding shown by the first bytes of a file: by a mark, or UTF-16 by its zeros."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if sample.startswith(b"\xef\xbb\xbf"):
        return UTF8
    zeros = sample.count(0)
    if sample and zeros > len(sample) * _NUL_SHARE:
        even = sample[::2].count(0)
        return "utf-16-be" if even * 2 > zeros else "utf-16-le"
    return None


def charset_of(blocks: Iterable[bytes]) -> str:
    """The encoding of a text read in blocks, from its byte order mark, its bytes and its words.

    A few bytes that are invalid UTF-8 do not change the encoding: they only damage their own cells.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    sample, sound, broken = b"", 0, 0
    for block in blocks:
        if not sample:
            marked = marked_charset(block)
            if marked is not None:
                return marked
        if len(sample) < SAMPLE_BYTES:
            sample += block[:SAMPLE_BYTES]
        text = decoder.decode(block)
        if not text.isascii():
            escaped = len(_ESCAPED.findall(text)) if _ESCAPED.search(text) else 0
            broken += escaped
            sound += len(text) - len(text.encode("ascii", "ignore")) - escaped
    return UTF8 if broken <= sound else _eight_bit_charset(sample)


_ESCAPED = re.compile("[\udc80-\udcff]")


def _eight_bit_charset(sample: bytes) -> str:
    """Windows-1258, or Latin-1 for text in TCVN3 and VNI fonts."""
    votes = EncodingVotes()
    votes.add(sample.decode("latin-1").translate(_BETWEEN_CELLS))
    words = marked_words(nfc(sample.decode(WINDOWS, "replace")))
    sound = sum(map(is_syllable, words))
    old = max(votes.sound["tcvn3"], votes.sound["vni"])
    return BYTES if old > sound else WINDOWS


def declared_separator(line: str) -> str | None:
    """The separator declared by a first line `sep=;`; None for any other line."""
    match = _SEPARATOR_LINE.match(line.rstrip("\r\n"))
    return match[1] if match else None


def separator_of(lines: Sequence[str]) -> str:
    """The separator: the sign that yields the most cells in lines of equal length."""
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


def split_lines(file: IO[str], longest: int) -> Iterator[str]:
    """The lines of a file, with their line endings unchanged: CR alone ends a line too.

    Raises csv.Error for a line of more than `longest` characters.
    """
    while line := file.readline(longest):
        if len(line) == longest and not line.endswith(("\r", "\n")):
            raise csv.Error
        if "\r" in line.rstrip("\r\n"):
            yield from io.StringIO(line, newline="")
        else:
            yield line
