"""The rows of a sheet as Unicode: what 1990s fonts redrew is converted before anything else.

The font of a cell decides where the file has fonts of TCVN3 or VNI; elsewhere the whole text of the
column does, and for a column with few such words that of the sheet. A person's choice wins.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set
from itertools import zip_longest

from borderdesk.base.legacy_text import (
    CONVERTERS,
    Encoding,
    EncodingVotes,
    encoding_of_font,
    is_beyond,
    is_capital_font,
)
from borderdesk.base.spreadsheets import CellValue
from borderdesk.sheets.sources.cells import CellFont, SheetRow, SheetSource, main_font

_LOST_LETTER = re.compile(r"\?\s?[^\W\d_]")
MOST_COUNTED_ROWS = 10_000
MOST_KEPT, LONGEST_KEPT = 20_000, 200
MOST_KEPT_CELLS = 200_000
"""The limit of cells of a sheet whose rows are cached, some 15 MB: an import reads them twice."""
NO_FONTS: Sequence[CellFont] = ()
_LOOKALIKES = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ"}
"""Letters of other languages that look like Đ."""


class SheetText:
    """The rows of a source, decoded; `encodings`: those that were met besides Unicode."""

    def __init__(self, source: SheetSource, choice: Encoding | None = None) -> None:
        """choice: the encoding a person chose; None to find out. Raises UserError."""
        self.source = source
        self.encodings: set[Encoding] = set()
        self._choice = choice
        self._columns: list[Encoding] = []
        self._unicode_fonts: Set[tuple[int, Encoding]] = frozenset()
        """The old fonts, by column, whose text was typed in Unicode."""
        self._read: dict[tuple[str, int], str] = {}
        """Cache of decoded texts of a column without fonts: lists repeat theirs."""
        self._kept: list[SheetRow] = []
        """All rows, cached after the first pass until the next."""
        self._most_kept = MOST_KEPT_CELLS
        if choice is None:
            self._columns, self._unicode_fonts = _column_encodings(source)

    def rows(self) -> Iterator[SheetRow]:
        """The rows from the top, blank ones too. Raises UserError."""
        if not self._kept:
            return self._kept_rows() if self._most_kept else self._decoded_rows()
        return self._taken_rows()

    def _taken_rows(self) -> Iterator[SheetRow]:
        """The cached rows, which are released once the first is read, and not before."""
        cached, self._kept = self._kept, []
        yield from cached

    def _kept_rows(self) -> Iterator[SheetRow]:
        """The rows, cached for the next pass as long as they are few."""
        cached: list[SheetRow] = []
        cells = 0
        for row in self._decoded_rows():
            yield row
            cells += len(row.cells) + 1
            if cells <= self._most_kept:
                cached.append(row)
        if cells <= self._most_kept:
            self._kept = cached
        self._most_kept = 0

    def _decoded_rows(self) -> Iterator[SheetRow]:
        fonts = self.source.fonts() if self._choice is None else None
        if fonts is None:
            for row in self.source.rows():
                yield SheetRow(row.number, self._decoded(row.cells, NO_FONTS))
            return
        for row, names in zip_longest(self.source.rows(), fonts):
            if row is None:
                return
            yield SheetRow(row.number, self._decoded(row.cells, names or NO_FONTS))

    def _decoded(self, cells: Sequence[CellValue], fonts: Sequence[CellFont]) -> list[CellValue]:
        width = len(cells)
        while width and cells[width - 1] == "":
            # A broken file may be 65,000 columns wide.
            width -= 1
        if width < len(cells):
            cells = cells[:width]
        if fonts:
            return [
                self._text(cell, column, fonts[column] if column < len(fonts) else "")
                if isinstance(cell, str) and not cell.isascii()
                else cell
                for column, cell in enumerate(cells)
            ]
        read_encodings = self._read
        return [
            read_encodings.get((cell, column)) or self._read_anew(cell, column)
            if isinstance(cell, str) and not cell.isascii()
            else cell
            for column, cell in enumerate(cells)
        ]

    def _read_anew(self, text: str, column: int) -> str:
        """The decoded text of a column, cached by text."""
        read = self._text(text, column, "")
        if len(text) <= LONGEST_KEPT:
            if len(self._read) >= MOST_KEPT:
                self._read.clear()
            self._read[text, column] = read
        return read

    def _text(self, text: str, column: int, font: CellFont) -> str:
        if isinstance(font, tuple):
            if "".join(run.text for run in font) == text:
                parts = (self._text(run.text, column, run.font) for run in font)
                return unicodedata.normalize("NFC", "".join(parts))
            font = main_font(font)
        encoding = self._choice or (encoding_of_font(font) if font else None)
        if encoding is None:
            encoding = self._columns[column] if column < len(self._columns) else "unicode"
        elif (column, encoding) in self._unicode_fonts:
            encoding = "unicode"
        if encoding != "unicode" and not is_beyond(text):
            self.encodings.add(encoding)
            text = CONVERTERS[encoding](text)
            if is_capital_font(font):
                text = text.upper()
        text = unicodedata.normalize("NFC", text)
        # Few texts have one: searching for it costs a tenth of a translation.
        for lookalike, letter in _LOOKALIKES.items():
            if lookalike in text:
                text = text.replace(lookalike, letter)
        return text


def _column_encodings(
    source: SheetSource,
) -> tuple[list[Encoding], Set[tuple[int, Encoding]]]:
    """The encoding of each column, by the cells whose font is inconclusive; the old fonts, by
    column, whose cells are in Unicode."""
    columns: list[EncodingVotes] = []
    counts: dict[tuple[int, str], int] = {}
    """{(column, text): the number of its cells}: lists repeat theirs, and each is read once."""
    old_fonts = _OldFonts()
    fonts = source.fonts() or iter(())
    for row, names in zip_longest(source.rows(), fonts):
        if row is None or row.number > MOST_COUNTED_ROWS:
            break
        for column, cell in enumerate(row.cells):
            if not isinstance(cell, str) or cell.isascii():
                continue
            font = main_font(names[column]) if names and column < len(names) else ""
            if font and (of_font := encoding_of_font(font)):
                old_fonts.add(column, of_font, cell)
                continue
            while len(columns) <= column:
                columns.append(EncodingVotes())
            if len(cell) > LONGEST_KEPT or len(counts) >= MOST_KEPT:
                columns[column].add(cell)
            else:
                counts[column, cell] = counts.get((column, cell), 0) + 1
    for (column, text), times in counts.items():
        columns[column].add(text, times)
    whole = EncodingVotes()
    for votes in columns:
        whole.merge(votes)
    usual = whole.decided() or "unicode"
    return [votes.decided() or usual for votes in columns], old_fonts.in_unicode()


class _OldFonts:
    """The text of cells in old fonts: some of it was typed in Unicode, which shows only where the
    fonts are installed."""

    def __init__(self) -> None:
        self._columns: dict[tuple[int, Encoding], EncodingVotes] = {}
        self._beyond: set[Encoding] = set()
        """Those in whose cells there are letters that no old font has."""

    def add(self, column: int, encoding: Encoding, text: str) -> None:
        """Count the text of a cell in a font of this encoding."""
        self._columns.setdefault((column, encoding), EncodingVotes()).add(text)
        if encoding not in self._beyond and is_beyond(text):
            self._beyond.add(encoding)

    def in_unicode(self) -> Set[tuple[int, Encoding]]:
        """The columns, and the encodings of their fonts, whose words are Unicode."""
        whole = {encoding: EncodingVotes() for encoding in self._beyond}
        votes = {key: votes for key, votes in self._columns.items() if key[1] in whole}
        for (_column, encoding), counted in votes.items():
            whole[encoding].merge(counted)
        return {
            key
            for key, counted in votes.items()
            if (counted.decided() or whole[key[1]].decided()) == "unicode"
        }


def lost_letters(rows: Sequence[SheetRow]) -> str | None:
    """A text of rows that have a question mark in the place of letters, None where they do not: a
    program that saves in a Western character set writes Nông V?n Bình."""
    damaged: list[str] = []
    filled = 0
    for row in rows:
        texts = [cell for cell in row.cells if isinstance(cell, str) and cell]
        filled += bool(texts)
        damaged += [text for text in texts if "?" in text and _LOST_LETTER.search(text)][:1]
    return damaged[0] if len(damaged) > 1 and len(damaged) * 3 > filled else None
