"""In which unit the figures of a column are: what the brackets of its heading say, else the line of
units above the headings."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from borderdesk.entry.headings import in_brackets
from borderdesk.schema.kinds import Field
from borderdesk.schema.kinds.unit_scales import SCALES, scale_of

_UNIT_LINE = re.compile(r"(?:đơn vị tính|đơn vị|đvt)\s*:\s*(.{1,60})", re.IGNORECASE)


class ColumnUnits:
    """The units that the headings and titles of one table name."""

    def __init__(self, titles: Iterable[str]) -> None:
        lines = (found[1] for text in titles if (found := _UNIT_LINE.search(text)))
        self._of_titles = [part for line in lines for part in line.split(",")]

    def _named(self, heading: str) -> Sequence[str]:
        return in_brackets(heading) or self._of_titles

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
