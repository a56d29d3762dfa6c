"""Rows of a table as a person reads and types them, and as the table stores them."""

import datetime
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from borderdesk.base.i18n import _
from borderdesk.entry.grid import GridColumn, RowReading
from borderdesk.ledgers.tables import ledgers
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import FieldError
from borderdesk.schema.reference.table import FIRST_DAY, Cells, EditableTable
from borderdesk.session.session import Session

Row = dict[str, str]
"""A row as a person reads it: {column: text}; blank texts are left out."""


class CellContext(NamedTuple):
    """The context of fields that read a typed text."""

    book: ReferenceBook
    today: datetime.date
    on: datetime.date | None = None

    def make_pick(self, _pick_list: str, _label: str) -> str | None:
        """New entries of pick lists are refused: they are rows of their own."""
        return None


def columns_of(book: ReferenceBook, table_key: str) -> list[GridColumn]:
    """The columns of a table for a grid, with the current choices."""
    return [
        GridColumn(key, _(column.label), column.at(book), True)
        for key, column in ledgers()[table_key].grid_columns().items()
    ]


class RowReader:
    """Reads and shows the rows of one table by a book as it is now."""

    def __init__(
        self, table: type[EditableTable], book: ReferenceBook, today: datetime.date
    ) -> None:
        self.table = table
        self._entry = CellContext(book, today)
        self._fields = {key: column.at(book) for key, column in table.grid_columns().items()}

    def show(self, cells: Cells) -> Row:
        """A stored row as a person would type it."""
        columns, book, cells = self.table.columns(), self._entry.book, self.table.as_typed(cells)
        texts = {
            key: field.as_typed(columns[key].from_cell(cells[key]), book)
            for key, field in self._fields.items()
        }
        return {key: text for key, text in texts.items() if text}

    def read(self, row: Mapping[str, str]) -> tuple[RowReading, Cells]:
        """The reading of a typed row, and its cells; a cell is blank if its text is refused."""
        columns, entry = self.table.columns(), self._entry._replace(on=self._first_day(row))
        problems, texts, typed = {}, {}, {}
        for key, field in self._fields.items():
            value = None
            try:
                value = field.read(row.get(key, ""), entry)  # type: ignore[arg-type]
                if value is None and columns[key].required:
                    problems[key] = _("Must be filled in.")
            except FieldError as error:
                problems[key] = str(error)
            if value is not None:
                texts[key] = field.as_typed(value, entry.book)
            typed[key] = columns[key].to_cell(value)
        cells = self.table.as_stored(typed)
        shown = self.table.as_typed(cells)
        texts |= {key: shown[key] for key in texts if shown[key] != cells[key]}
        problems = {**self.table.check_cells(cells), **problems}
        checked = RowReading(problems, {}, {k: t for k, t in texts.items() if t}, frozenset())
        return checked, {key: cells[key] for key in columns}

    def _first_day(self, row: Mapping[str, str]) -> datetime.date | None:
        """The day that a row holds from, by which units are named in it."""
        field = self._fields.get(FIRST_DAY)
        try:
            day = field and field.read(row.get(FIRST_DAY, ""), self._entry)  # type: ignore[arg-type]
        except FieldError:
            return None
        return day if isinstance(day, datetime.date) else None

    def completed(self, cells: Cells) -> Cells:
        """The cells of a row that a person typed, with what follows from them."""
        return self.table.completed(cells, self._entry.book)


def row_reader(session: Session, table_key: str) -> RowReader:
    """The reader of a table by its key, with the current choices."""
    return RowReader(ledgers()[table_key], session.book, session.today())


def check_rows(
    session: Session, table_key: str, rows: Iterable[Mapping[str, str]]
) -> list[RowReading]:
    """The reading of each row by itself."""
    reader = row_reader(session, table_key)
    return [reader.read(row)[0] for row in rows]
