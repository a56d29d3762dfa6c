"""Tables that stand side by side on one sheet to save paper, with the same headings: read as one,
the left one first."""

import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from borderdesk.entry.headings import heading_words
from borderdesk.sheets.columns.spread_rows import MergedCells
from borderdesk.sheets.sources.cells import SheetRow, column_letters
from borderdesk.sheets.sources.decoding import SheetText

FEWEST_COLUMNS = 3
"""The least number of repeated headings for side-by-side tables: fewer are columns of a single
table."""


class TableBlocks(NamedTuple):
    """The layout of tables with the same headings side by side: the position of the first column of
    the first, the number of columns of each, the distance from one table to the next, and their
    number."""

    start: int
    width: int
    step: int
    tables: int

    def spans(self) -> list[str]:
        """The columns of each table: A–E."""
        begins = range(self.start + 1, self.start + 1 + self.step * self.tables, self.step)
        return [
            f"{column_letters(begin)}–{column_letters(begin + self.width - 1)}" for begin in begins
        ]


def blocks_of(headings: Sequence[str], keys: Sequence[str | None]) -> TableBlocks | None:
    """The tables that repeated headings belong to; None for a single table.

    keys: the key of each column; columns without a key make no table.
    """
    words = [heading_words(text) for text in headings]
    while words and not words[-1]:
        words.pop()
    start = next((place for place, word in enumerate(words) if word), len(words))
    for step in range(FEWEST_COLUMNS, len(words) - start):
        block = words[start : start + step]
        while block and not block[-1]:
            block.pop()
        count = 1
        while words[start + step * count : start + step * count + len(block)] == block:
            count += 1
        heading_count = sum(word != "" for word in block)
        read = sum(key is not None for key in keys[start : start + len(block)])
        whole = start + step * (count - 1) + len(block) == len(words)
        if count > 1 and whole and heading_count >= FEWEST_COLUMNS and read > 1:
            return TableBlocks(start, len(block), step, count)
    return None


class SideBySideText(SheetText):
    """The rows of a sheet with its side-by-side tables below one another: those of the first
    unchanged, then those of the next ones in its columns, each with its row number in the sheet."""

    def __init__(self, whole: SheetText, blocks: TableBlocks, first: int, last: int) -> None:
        """first, last: the numbers of the rows of headings."""
        self._whole = whole
        self._blocks = blocks
        self._first, self._last = first, last
        merged = whole.source.merged
        self._merged = [span for span in merged if span[0] > last]
        self.source = copy.copy(whole.source)
        self.source.merged = [span for span in merged if span[0] <= last]
        self.encodings = whole.encodings

    def rows(self) -> Iterator[SheetRow]:
        """The rows from the top, blank ones too. Raises UserError."""
        end = self._blocks.start + self._blocks.width
        for row in self._filled():
            yield row if row.number < self._first else row._replace(cells=[*row.cells[:end]])
        for number in range(1, self._blocks.tables):
            yield from self._rows_of(number)

    def _filled(self) -> Iterator[SheetRow]:
        merged = MergedCells(self._merged, None)
        return (
            merged.filled(row) if row.number > self._last else row for row in self._whole.rows()
        )

    def _rows_of(self, number: int) -> Iterator[SheetRow]:
        """The rows of a table further right, in the columns of the first."""
        start, width, step, _tables = self._blocks
        behind = step * number
        moved = (*range(start), *range(start + behind, start + behind + width))
        for row in self._filled():
            cells = row.cells[start + behind : start + behind + width]
            if row.number > self._last and any(cell != "" for cell in cells):
                yield row._replace(cells=[*[""] * start, *cells], moved=moved)
