"""Writes a list of records as .xlsx or .csv."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _, language
from borderdesk.entry.lists import RecordLists
from borderdesk.entry.record_output import csv_lines
from borderdesk.reports.blocks import Column, Document, Row, Table
from borderdesk.reports.xlsx import write_xlsx
from borderdesk.schema.book import Book
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.store.listing import Filter, ListEntry


def spreadsheet_row(model: type[Revisioned], listed: ListEntry, book: Book) -> tuple[Any, ...]:
    """The cells of a record in a spreadsheet: numbers and dates as such, the rest formatted."""
    cells: list[Any] = [listed.id]
    for key, field in model.columns().items():
        value = listed.values.get(key)
        plain = value is None or field.cell_kind != "text"
        cells.append(value if plain else field.show(value, book))
    return tuple(cells)


def spreadsheet_document(
    session: Session, model: type[Revisioned], rows: Iterable[ListEntry]
) -> Document:
    """A list as a spreadsheet with every field except the children."""
    columns = [
        Column("id", "text", 2.0),
        *(Column(_(field.label), field.cell_kind, 1.0) for field in model.columns().values()),
    ]
    book = session.book
    cells = (Row(spreadsheet_row(model, listed, book)) for listed in rows)
    return Document(
        title=_(model.title),
        subtitle=(session.title(),),
        blocks=(Table(tuple(columns), cells),),
        issuer=session.title(),
        lang=language(),
        author=session.identity.user,
        subject=model.type_name,
        banner=session.banner(),
    )


def write_list(
    session: Session,
    type_name: str,
    chosen: Filter,
    target: Path,
    progress: Callable[[int, int], None],
) -> int:
    """Write a list as .xlsx or .csv, atomically; the number of rows. Raises UserError."""
    model = ALL_TYPES[type_name]
    whole = session.part(RecordLists).count(type_name, chosen)
    rows = _reported(session.part(RecordLists).stream(type_name, chosen), whole, progress)
    if target.suffix.lower() == ".xlsx":
        write_xlsx(spreadsheet_document(session, model, rows), target)
        return whole
    # The byte order mark makes spreadsheet programs read the file as UTF-8.
    write_atomically(target, "".join(csv_lines(model, rows, session.book)).encode("utf-8-sig"))
    return whole


def _reported(
    rows: Iterable[ListEntry], whole: int, progress: Callable[[int, int], None]
) -> Iterator[ListEntry]:
    for done, listed in enumerate(rows):
        progress(done, whole)
        yield listed
