"""Sample cells of a table's columns, shown beside the headings before the import."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from borderdesk.base.spreadsheets import cell_text
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.sources.cells import SheetRow

ROWS_SAMPLED = 200


class ColumnSample(NamedTuple):
    """The text of a cell as the file has it, and as it is read."""

    written: str
    read: str

    @property
    def converted(self) -> bool:
        """Whether it was written for an old font."""
        return self.written != self.read


def column_samples(table: SheetTable) -> list[ColumnSample]:
    """One sample cell of each column from the first rows: a converted one, if any, else the first
    that is not blank. Raises UserError."""
    samples = [ColumnSample("", "")] * len(table.columns)
    for written, read in islice(_row_pairs(table), ROWS_SAMPLED):
        for place in range(min(len(samples), len(read.cells))):
            sample = ColumnSample(cell_text(written.cells[place]), cell_text(read.cells[place]))
            if sample.read and (
                not samples[place].read or sample.converted > samples[place].converted
            ):
                samples[place] = sample
    return samples


def _row_pairs(table: SheetTable) -> Iterator[tuple[SheetRow, SheetRow]]:
    """The rows below the headings as they are in the file and as they are read."""
    for written, read in zip(table.text.source.rows(), table.text.rows(), strict=False):
        if read.number > table.last:
            yield written, read
