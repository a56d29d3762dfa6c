"""Figures of a column whose heading names a unit other than the field's."""

import re
from decimal import Decimal

from borderdesk.base.i18n import N_
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.schema.kinds import typed_decimal
from borderdesk.schema.kinds.numbers import figure_alone, refuse_ambiguous
from borderdesk.schema.kinds.sheet_cell import CellReading
from borderdesk.schema.kinds.unit_scales import scaled

SCALED = N_("Turned into the unit of the field, from that of the heading: {value}.")
_FIGURE = re.compile(r"[\s\d.,]+\Z")


def in_unit_of_field(cell: CellValue, scale: Decimal, reading: CellReading) -> CellValue:
    """A figure in the unit of the field, before it is rounded to the field's precision; a unit in
    the cell itself has precedence. Raises FieldError for an ambiguous one."""
    number: Decimal | None = None
    cell = figure_alone(cell, reading)
    if isinstance(cell, str):
        if not _FIGURE.match(cell):
            return cell
        if scale >= 1:
            refuse_ambiguous(cell.strip())
        # Of a smaller unit (m of km) the point parts thousands.
        number = typed_decimal(cell)
    elif isinstance(cell, float):
        number = Decimal(str(cell))
    if number is None:
        return cell
    text = scaled(number, scale)
    reading.doubt(SCALED, f"{cell_text(cell)} → {text}")
    return text
