"""The outcome of reading a sheet, row by row."""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from borderdesk.base.i18n import N_
from borderdesk.sheets.columns.table import SheetTable
from borderdesk.sheets.imports.rejects import RefusedRow, write_rejects
from borderdesk.sheets.sources.cells import SheetRow
from borderdesk.sheets.values.hamlets import UnknownHamlet

MOST_SHOWN = 500
"""The number of rows of each state stored with their cells, for the preview."""


REPEATS_ROW = N_("The same as row {value} of this list.")

RowState = Literal["refused", "near", "same", "doubtful", "new"]


class ReadRow(NamedTuple):
    """A row as it was read, what becomes of it, and the reasons: doubts as they are stored, or
    the text of a refusal."""

    row: SheetRow
    state: RowState
    reasons: tuple[str, ...] = ()


class SheetOutcome:
    """The outcome of a sheet: accepted + same + refused rows are its records.

    near: the number of accepted rows similar to a stored record; same_rows: rows equal to a record
    of before; repeated: {row: the row above it that says the same}; others: rows that are no
    records (totals, captions) with their first words; continued: continuation rows of the record
    above; members: rows of members of the household above; unused: {heading: rows in which its cell
    cannot be used}; batch: the id for its undo, shared with the other files of the import, None if
    nothing was saved; skipped: sheets of the workbook without such a table; unknown_hamlets: those
    of all sheets of the import, stored with the first; of_all_sheets: whether the other sheets of
    the workbook were read too; wrong: the keys of the fields that rows were refused for; days: the
    first and the last day of the accepted records, None for a type without.
    """

    def __init__(self, table: SheetTable, file: str, *, of_all_sheets: bool = False) -> None:
        self.of_all_sheets = of_all_sheets
        self.table = table
        self.file = file
        self.batch: str | None = None
        self.rows = 0
        self.accepted = 0
        self.same = 0
        self.near = 0
        self.same_rows: list[int] = []
        self.repeated: dict[int, int] = {}
        self.refused: list[RefusedRow] = []
        self.others: list[tuple[int, str]] = []
        self.examples: list[int] = []
        self.continued: list[int] = []
        self.members: list[int] = []
        self.unused: dict[str, list[int]] = {}
        self.hidden: list[int] = []
        self.doubts: dict[str, list[int]] = {}
        self.records: list[str] = []
        self.shown: dict[RowState, list[ReadRow]] = {}
        self.skipped: list[str] = []
        self.unknown_hamlets: list[UnknownHamlet] = []
        self.wrong: set[str] = set()
        self.days: tuple[datetime.date, datetime.date] | None = None

    def is_full(self, state: RowState) -> bool:
        """Whether as many rows of a state are kept as are shown."""
        return len(self.shown.get(state, ())) >= MOST_SHOWN

    def show(self, row: SheetRow, state: RowState, reasons: Iterable[str] = ()) -> None:
        """Keep a row to be shown, if it is one of the first of its state."""
        if not self.is_full(state):
            self.shown.setdefault(state, []).append(ReadRow(row, state, tuple(reasons)))

    def save_refused(self, target: Path) -> None:
        """Write the refused rows to a workbook like the list. Raises UserError."""
        headings = [column.heading for column in self.table.columns]
        source = self.table.text.source
        head_rows, below = self.table.head_rows, self.table.below_head
        name, merged = source.name, source.merged
        write_rejects(target, name, head_rows, headings, self.refused, merged, below)

    def note_day(self, day: datetime.date) -> None:
        """Note the day of an accepted record."""
        first, last = self.days or (day, day)
        if self.days is None or not first <= day <= last:
            self.days = min(first, day), max(last, day)

    def note_doubts(self, row: int, doubts: Iterable[tuple[str, str]]) -> None:
        """Note the doubts of an accepted row by their English key."""
        for _field, doubt in doubts:
            message = doubt.partition("\t")[0]
            rows = self.doubts.get(message)
            if rows is None:
                self.doubts[message] = [row]
            elif rows[-1] != row:
                rows.append(row)


def save_refused(outcomes: Iterable[SheetOutcome], target: Path) -> list[Path]:
    """Write the refused rows, a workbook for each file that has any, the further ones numbered;
    the workbooks. Raises UserError."""
    written = []
    for number, outcome in enumerate(
        (candidate for candidate in outcomes if candidate.refused), start=1
    ):
        file = target if number == 1 else target.with_stem(f"{target.stem} {number}")
        outcome.save_refused(file)
        written.append(file)
    return written
