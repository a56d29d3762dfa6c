"""In which unit the figures of a column are: what the brackets of its heading say, else the line of
units above the headings."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal

from borderdesk.base.i18n import N_
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold
from borderdesk.entry.headings import in_brackets, without_unit
from borderdesk.schema.kinds import Field
from borderdesk.schema.kinds.unit_scales import SCALES, is_one_of_several, scale_of
from borderdesk.sheets.sources.cells import SheetRow

_UNIT_COLUMN = frozenset({"dvt", "don vi tinh", "dv tinh"})
"""Headings, folded, of the column that gives the unit of the figures beside it, row by row."""
UNIT_UNSAID = N_(
    "The column of units is blank, so this was read in the unit of the field: {value}."
)
_UNIT_WORD = re.compile(
    r"(?<!\w)(?:km|ki lo met|so met|trieu dong|nghin dong|ngan dong|ty dong)(?!\w)"
)
"""Units that a heading has without brackets: Số km, Kinh phí triệu đồng."""
_UNIT_LINE = re.compile(r"(?:đơn vị tính|đơn vị|đvt)\s*:\s*(.{1,60})", re.IGNORECASE)


class ColumnUnits:
    """The units that the headings and titles of one table name."""

    def __init__(self, titles: Iterable[str]) -> None:
        lines = (match[1] for text in titles if (match := _UNIT_LINE.search(text)))
        self._of_titles = [part for line in lines for part in line.split(",")]
        self._below: dict[int, str] = {}

    def note_below(self, rows: Iterable[SheetRow]) -> None:
        """Take the units of a row right below the headings: (km), (triệu đồng). The number of a
        column, (5) or (5=3+4), is none."""
        for row in rows:
            for place, text in enumerate(map(cell_text, row.cells)):
                if any(map(is_one_of_several, in_brackets(text))):
                    self._below[place] = text

    def in_full(self, heading: str, place: int) -> str:
        """A heading with what stands right below it."""
        return f"{heading} {self._below.get(place, '')}".strip()

    def _named(self, heading: str) -> Sequence[str]:
        """The units that a heading names, else those of the titles: (dự kiến), (5) are none."""
        inside = in_brackets(heading)
        if any(map(is_one_of_several, inside)):
            return inside
        return _UNIT_WORD.findall(fold(heading)) or self._of_titles

    def scale(self, heading: str, field: Field) -> Decimal | None:
        """The factor for figures in a unit other than the field's, None for none."""
        if not field.unit:
            return None
        units = self._named(heading)
        return next(filter(None, (scale_of(field.unit, text) for text in units)), None)

    def is_unsaid(self, heading: str, field: Field) -> bool:
        """Whether the unit of figures is not stated, for a field that lists give in several
        units."""
        return field.unit in SCALES and not self._named(heading)

    def columns(
        self, headings: Sequence[str], fields: Mapping[int, Field], free: Container[int]
    ) -> dict[int, int]:
        """{position of figures of an unsaid unit: that of the column beside it that gives it};
        fields: by position, free: the positions of columns without a field."""
        beside = {
            place for place, text in enumerate(headings) if without_unit(text) in _UNIT_COLUMN
        }
        unit_columns: dict[int, int] = {}
        for place, field in fields.items():
            if self.is_unsaid(headings[place], field):
                near = [at for at in (place + 1, place - 1) if at in beside and at in free]
                unit_columns |= {place: near[0]} if near else {}
        return unit_columns


def with_unit(figure: CellValue, unit: str) -> CellValue:
    """A figure with its unit behind it, as one cell; one with a unit of its own stays."""
    if isinstance(figure, float):
        return f"{cell_text(figure).replace('.', ',')} {unit}"
    return f"{cell_text(figure)} {unit}" if lacks_unit(figure) else figure


def lacks_unit(figure: CellValue) -> bool:
    """Whether a cell is a figure without a unit of its own."""
    text = cell_text(figure)
    return any(map(str.isdecimal, text)) and not text[-1:].isalpha()
