"""Writes a list of records as .xlsx or .csv."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _, language
from borderdesk.base.progress import Progress
from borderdesk.base.spreadsheets import BOM, COMMA, guarded
from borderdesk.entry.disclosures import Disclosures
from borderdesk.entry.lists import RecordLists
from borderdesk.entry.record_output import csv_line, csv_lines
from borderdesk.reports.blocks import Cell, Column, Document, Row, Table
from borderdesk.reports.contents.letterhead import issuing_body
from borderdesk.reports.contents.list_selection import selection_words
from borderdesk.reports.contents.rows_below import RowsBelow, cell_of
from borderdesk.reports.workbooks.xlsx import write_xlsx
from borderdesk.schema.book import ReferenceBook
from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.value_words import value_words
from borderdesk.session.session import Session
from borderdesk.store.lists.listing import Filter, ListEntry


def spreadsheet_row(
    model: type[RevisionedModel], listed: ListEntry, book: ReferenceBook
) -> tuple[Any, ...]:
    """The cells of a record in a spreadsheet: numbers and dates as such, the rest formatted."""
    cells = (
        value_words(model, key, listed.values, book) or None
        if field.refers_to == HOUSEHOLD
        else cell_of(field, listed.values.get(key), book)
        for key, field in model.columns().items()
    )
    return (listed.id, *cells)


def spreadsheet_document(
    session: Session,
    model: type[RevisionedModel],
    rows: Iterable[ListEntry],
    list_filter: Filter,
) -> Document:
    """A list as a spreadsheet with every field, and a sheet for each kind of rows below;
    `list_filter`: what it was limited to."""
    columns = [
        Column("id", "text", 2.0),
        *(
            Column(_(field.label), field.cell_kind, field.register_width)
            for field in model.columns().values()
        ),
    ]
    book, event = session.book, model.event()
    day = (Column(_(event.label), "date", 1.0),) if event is not None else ()
    below = RowsBelow(model, book, (Column("id", "text", 2.0), *day))

    def lead(listed: ListEntry) -> tuple[Cell, ...]:
        return (listed.id, *((listed.values.get(event.name),) if event is not None else ()))

    def cells() -> Iterator[Row]:
        for listed in rows:
            below.add(partial(lead, listed), listed)
            yield Row(spreadsheet_row(model, listed, book))

    return Document(
        title=_(model.title),
        subtitle=(session.title(), *selection_words(model, list_filter, book)),
        blocks=(Table(tuple(columns), cells(), below=below.tables()),),
        issuer=issuing_body(session),
        lang=language(),
        author=session.account.full_name,
        subject=model.type_name,
        banner=session.banner(),
        landscape=True,
    )


def worded_lines(
    model: type[RevisionedModel],
    rows: Iterable[ListEntry],
    book: ReferenceBook,
    separator: str = COMMA,
) -> Iterator[str]:
    """The records as CSV in display form, for people; fields hidden on the screen are hidden in it
    too."""
    fields = model.fields()
    yield csv_line(["id", *(_(field.label) for field in fields.values())], separator)
    for listed in rows:
        cells = (value_words(model, key, listed.values, book) for key in fields)
        yield csv_line([listed.id, *map(guarded, cells)], separator)


def write_list(
    session: Session,
    type_name: str,
    list_filter: Filter,
    target: Path,
    progress: Progress,
    *,
    words: bool = False,
    separator: str = COMMA,
) -> int:
    """Write a list as .xlsx or .csv, atomically; the number of rows. Raises UserError.

    words: a CSV has the words of the screen; without, it can be read back by `add`. separator: of a
    CSV, a comma or a semicolon.
    """
    model = ALL_TYPES[type_name]
    lists = session.part(RecordLists)
    whole = lists.count(type_name, list_filter)
    # Only a CSV that can be read back names versions.
    streamed = lists.stream(type_name, list_filter, revisions=not words)
    rows = _reported(streamed, whole, progress)
    if target.suffix.lower() == ".xlsx":
        write_xlsx(spreadsheet_document(session, model, rows, list_filter), target)
        session.part(Disclosures).note_list(model, "xlsx", target.name)
        return whole
    lines = worded_lines if words else csv_lines
    text = "".join(lines(model, rows, session.book, separator))
    write_atomically(target, (BOM + text).encode())
    session.part(Disclosures).note_list(model, "csv", target.name, shown=words)
    return whole


def _reported(rows: Iterable[ListEntry], whole: int, progress: Progress) -> Iterator[ListEntry]:
    for done, listed in enumerate(rows):
        progress(done, whole)
        yield listed
