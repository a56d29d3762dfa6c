"""Writes a list of records as .xlsx or .csv."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from borderdesk.base.files import write_atomically
from borderdesk.base.i18n import _, language
from borderdesk.base.progress import Progress
from borderdesk.base.spreadsheets import guarded
from borderdesk.entry.disclosures import Disclosures
from borderdesk.entry.lists import RecordLists
from borderdesk.entry.record_output import csv_line, csv_lines
from borderdesk.reports.blocks import Annex, Column, Document, Row, Table
from borderdesk.reports.xlsx import write_xlsx
from borderdesk.schema.book import Book
from borderdesk.schema.kinds import ChildrenField, ColumnField
from borderdesk.schema.record import Revisioned
from borderdesk.schema.records import ALL_TYPES
from borderdesk.session.session import Session
from borderdesk.store.listing import Filter, ListEntry


def spreadsheet_row(model: type[Revisioned], listed: ListEntry, book: Book) -> tuple[Any, ...]:
    """The cells of a record in a spreadsheet: numbers and dates as such, the rest formatted."""
    columns = model.columns().items()
    return (listed.id, *(_plain(field, listed.values.get(key), book) for key, field in columns))


def spreadsheet_document(
    session: Session, model: type[Revisioned], rows: Iterable[ListEntry]
) -> Document:
    """A list as a spreadsheet with every field, and a sheet for each kind of rows below."""
    columns = [
        Column("id", "text", 2.0),
        *(Column(_(field.label), field.cell_kind, 1.0) for field in model.columns().values()),
    ]
    book = session.book
    # Filled while the records are written, and read by the sheets after them.
    below: dict[str, list[tuple[Any, ...]]] = {key: [] for key in model.children()}

    def cells() -> Iterator[Row]:
        for listed in rows:
            for key, field in model.children().items():
                below[key] += _rows_below(model, field, listed, book)
            yield Row(spreadsheet_row(model, listed, book))

    return Document(
        title=_(model.title),
        subtitle=(session.title(),),
        blocks=(Table(tuple(columns), cells()),),
        annexes=tuple(
            Annex(
                _(field.label), (Table(_columns_below(model, field), map(Row, _each(below[key]))),)
            )
            for key, field in model.children().items()
        ),
        issuer=session.title(),
        lang=language(),
        author=session.account.full_name,
        subject=model.type_name,
        banner=session.banner(),
    )


def _each(rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows there are by the time they are asked for."""
    yield from rows


def _columns_below(model: type[Revisioned], field: ChildrenField) -> tuple[Column, ...]:
    """The columns of the rows below the records: id and day of the record, then the row's own."""
    event = model.event()
    day = (Column(_(event.label), "date", 1.0),) if event is not None else ()
    own = (Column(_(f.label), f.cell_kind, 1.0) for f in field.child.fields().values())
    return (Column("id", "text", 2.0), *day, *own)


def _rows_below(
    model: type[Revisioned], field: ChildrenField, listed: ListEntry, book: Book
) -> Iterator[tuple[Any, ...]]:
    event = model.event()
    day = (listed.values.get(event.name),) if event is not None else ()
    for row in listed.values.get(field.key) or ():
        own = (_plain(column, row.get(key), book) for key, column in field.child.fields().items())
        yield (listed.id, *day, *own)


def _plain(field: ColumnField, value: Any, book: Book) -> Any:
    """A number or a date as such, the rest in words."""
    return value if value is None or field.cell_kind != "text" else field.show(value, book)


def worded_lines(model: type[Revisioned], rows: Iterable[ListEntry], book: Book) -> Iterator[str]:
    """The records as CSV with the words of the screen, to be read by people; what is hidden there
    is hidden here."""
    fields = model.fields()
    yield csv_line(["id", *(_(field.label) for field in fields.values())])
    for listed in rows:
        shown = ((field, listed.values.get(key)) for key, field in fields.items())
        cells = ("" if value is None else field.show(value, book) for field, value in shown)
        yield csv_line([listed.id, *map(guarded, cells)])


def write_list(
    session: Session,
    type_name: str,
    chosen: Filter,
    target: Path,
    progress: Progress,
    *,
    words: bool = False,
) -> int:
    """Write a list as .xlsx or .csv, atomically; the number of rows. Raises UserError.

    words: a CSV has the words of the screen; without, it can be read back by `add`.
    """
    model = ALL_TYPES[type_name]
    whole = session.part(RecordLists).count(type_name, chosen)
    rows = _reported(session.part(RecordLists).stream(type_name, chosen), whole, progress)
    if target.suffix.lower() == ".xlsx":
        write_xlsx(spreadsheet_document(session, model, rows), target)
        session.part(Disclosures).note_list(model, "xlsx", target.name)
        return whole
    # The byte order mark makes spreadsheet programs read the file as UTF-8.
    lines = worded_lines if words else csv_lines
    write_atomically(target, "".join(lines(model, rows, session.book)).encode("utf-8-sig"))
    session.part(Disclosures).note_list(model, "csv", target.name, shown=words)
    return whole


def _reported(rows: Iterable[ListEntry], whole: int, progress: Progress) -> Iterator[ListEntry]:
    for done, listed in enumerate(rows):
        progress(done, whole)
        yield listed
