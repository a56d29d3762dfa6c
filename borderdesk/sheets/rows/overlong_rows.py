"""Lines of a text file with more cells than the line of headings: a comma within a number or a text
has parted a cell, so that those behind it stand in the columns of others."""

from collections.abc import Sequence

from borderdesk.base.errors import InvalidRecord
from borderdesk.base.i18n import _
from borderdesk.base.spreadsheets import cell_text
from borderdesk.schema.kinds import UNIT
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.rows.cell_meanings import ReadColumn
from borderdesk.sheets.sources.cells import SheetRow

PARTED_SIGN = " [?]"


class OverlongRows:
    """Refuses the overlong rows of one table."""

    def __init__(self, table: SheetTable, columns: Sequence[ReadColumn]) -> None:
        widths = table.text.source.widths
        self._most = max((widths.get(n, 0) for n in range(table.first, table.last + 1)), default=0)
        heads = [row.cells for row in table.head_rows if row.number >= table.first]
        self._headings = max(
            (n for cells in heads for n, cell in enumerate(cells, start=1) if cell_text(cell)),
            default=0,
        )
        self._columns = columns

    def check(self, row: SheetRow) -> None:
        """Raise InvalidRecord for an overlong row."""
        if self._is_overlong(row):
            words = _(
                "Cells in this row: {count}, headings: {expected}. A separator within a number or a"
                " text may have parted one. Put that cell between quotation marks."
            )
            message = words.format(count=len(row.cells), expected=self._headings)
            raise InvalidRecord({self._columns[0].key: message})

    def as_refused(self, row: SheetRow) -> SheetRow:
        """A row as it is written for correction: as cells of a workbook it would be read again, so
        that the first cell which may be another's is marked."""
        if not self._is_overlong(row):
            return row
        cells = [*row.cells]
        place = min(self._columns, key=_doubtfulness).place
        cells[place] = f"{cell_text(cells[place])}{PARTED_SIGN}"
        return row._replace(cells=cells)

    def _is_overlong(self, row: SheetRow) -> bool:
        if self._most == 0 or row.moved:
            return False
        count = len(row.cells)
        # Where the line of headings goes on with separators alone and this one does not, its last
        # cell has no heading.
        is_beyond = self._headings < count < self._most and cell_text(row.cells[-1]) != ""
        return count > self._most or is_beyond


def _doubtfulness(column: ReadColumn) -> int:
    """The order in which a column is marked: numbers, days and communes with the mark are none."""
    field = column.field
    kinds = (field.cell_kind == "number", field.is_date, field.refers_to == UNIT)
    return kinds.index(True) if True in kinds else len(kinds)
