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
        self._columns = columns

    def check(self, row: SheetRow) -> None:
        """Raise InvalidRecord for an overlong row."""
        if self._is_overlong(row):
            words = _(
                "Cells in this row: {count}, headings: {expected}. A separator within a number or a"
                " text may have parted one. Put that cell between quotation marks."
            )
            message = words.format(count=len(row.cells), expected=self._most)
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
        return 0 < self._most < len(row.cells) and not row.moved


def _doubtfulness(column: ReadColumn) -> int:
    """The order in which a column is marked: numbers, days and communes with the mark are none."""
    field = column.field
    kinds = (field.cell_kind == "number", field.is_date, field.refers_to == UNIT)
    return kinds.index(True) if True in kinds else len(kinds)
