"""The context of a kind of field while it parses a spreadsheet cell: what it may use, and where it
records doubts."""

import datetime
import re

from borderdesk.base.i18n import N_
from borderdesk.base.spreadsheets import CellValue, cell_text
from borderdesk.base.text import fold
from borderdesk.schema.kinds.doubts import stored_doubt

ZERO_RESTORED = N_("A leading zero that the spreadsheet dropped was restored: {value}.")
ROUNDED = N_("Rounded to one decimal: {value}.")
GROUPED = N_("{value} was read with the point between thousands.")
YEAR_ADDED = N_("The year was taken from the title of the list: {value}.")
YEAR_ABOVE = N_("The year was taken from a line above the rows: {value}.")
MONTH_ADDED = N_("Month and year were taken from the title of the list: {value}.")
MONTH_ABOVE = N_("Month and year were taken from a line above the rows: {value}.")
PHONE_RENUMBERED = N_("A number of before 2018 was renumbered: {value}.")

_DAY_1900 = datetime.date(1899, 12, 30)
_DAY_1904 = datetime.date(1904, 1, 1)
_LAST_SERIAL = 110_000
_FIRST_SERIAL = 61
"""1 March 1900: before it the calendar of spreadsheets has a day too many."""


class CellReading:
    """The context of a sheet, and the doubts about the cells of one row.

    year, month: those of the title if it names only one, or those of the line above the rows;
    year_told, month_told: the note added to a day completed with the year alone, or with both;
    starts_1904: whether its day 0 is 1 January 1904.
    """

    def __init__(
        self, year: int | None = None, month: int | None = None, *, starts_1904: bool = False
    ) -> None:
        self._title_year = year
        self.year = year
        self.month = month
        self.year_told, self.month_told = YEAR_ADDED, MONTH_ADDED
        self.starts_1904 = starts_1904
        self.doubts: list[tuple[str, str]] = []
        """(English key, value shown in it) of the cell that was read last."""

    def doubt(self, message: str, value: str) -> None:
        """Note a doubt about the cell."""
        self.doubts.append((message, value))

    def take_doubts(self, key: str) -> list[tuple[str, str]]:
        """The doubts about the cell as a record stores them, of the field `key`; none are left."""
        if not self.doubts:
            return []
        stored = [(key, stored_doubt(*doubt)) for doubt in self.doubts]
        self.doubts.clear()
        return stored

    def begin_year(self, year: int) -> None:
        """Take the year of a line above the rows that follow; its months are named below it."""
        self._title_year = self.year = year
        self.month, self.year_told = None, YEAR_ABOVE

    def begin_month(self, month: int, year: int | None) -> None:
        """Take the month, and the year if it has one, of a line above the rows that follow."""
        if year is not None:
            self.year, self.year_told = year, YEAR_ABOVE
        elif {self.month, month} == {1, 12}:
            # The year may have turned between them: only that of the title is sure.
            self.year, self.year_told = self._title_year, YEAR_ADDED
        self.month, self.month_told = month, MONTH_ABOVE

    def begin_list(self, month: int | None, year: int | None) -> None:
        """Set the month and the year from the title of a further list on the same sheet; missing
        ones are those of the list before, except a month of another year."""
        if year is not None:
            if year != self.year:
                self.month = None
            self._title_year = self.year = year
            self.year_told = YEAR_ABOVE
        if month is not None:
            self.month, self.month_told = month, MONTH_ABOVE

    def serial_day(self, number: float) -> datetime.date | None:
        """The day that a spreadsheet's number of days means; None for no such day."""
        if not _FIRST_SERIAL <= number < _LAST_SERIAL:
            return None
        start = _DAY_1904 if self.starts_1904 else _DAY_1900
        return start + datetime.timedelta(days=int(number))


NONE_WRITTEN = frozenset(
    {"khong", "khong co", "chua co", "chua", "ko", "ko co", "none"}
    | {"chua lam", "chua cap", "chua duoc cap", "dang lam", "that lac", "bi mat", "mat"}
)
"""Folded texts in lists for no number."""


def is_none(cell: CellValue) -> bool:
    """Whether a cell is text for “no number”."""
    return isinstance(cell, str) and fold(cell).strip(" .-–—/") in {"", *NONE_WRITTEN}


def is_dash(cell: CellValue) -> bool:
    """Whether a cell has only the dash that lists use for nothing."""
    return isinstance(cell, str) and cell.strip() in {"-", "–", "—", "−", "--"}


def digits_of(cell: CellValue) -> str:
    """A cell that holds a number of many digits, without the marks between them."""
    return re.sub(r"[\s.\-'’‘`´]", "", cell_text(cell))


_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+\Z")
MOST_EXACT_DIGITS = 15


def is_shortened(cell: CellValue) -> bool:
    """Whether a spreadsheet stored only the first digits of a number."""
    if isinstance(cell, float):
        return abs(cell) >= 10.0 ** (MOST_EXACT_DIGITS - 1)
    return isinstance(cell, str) and _SCIENTIFIC.match(cell.strip()) is not None
