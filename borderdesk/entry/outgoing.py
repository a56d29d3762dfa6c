"""Records as they leave the program: JSON, CSV cells, and rows for the screen."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from borderdesk.base.i18n import _, language
from borderdesk.entry.editing import doubt_words
from borderdesk.entry.lists import RecordLists
from borderdesk.schema.fields import Children, Day, Kind, Text
from borderdesk.schema.record import Record, Revisioned, Values
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.listing import Filter, Listed

if TYPE_CHECKING:
    from borderdesk.reports.blocks import Document
    from borderdesk.schema.book import Book
    from borderdesk.session.session import Session

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "'")
GUARD = "'"
"""Put before a text that a spreadsheet would take for a formula; `unguarded` takes it off."""


def head_keys(model: type[Revisioned]) -> tuple[str, ...]:
    """The keys every record of the type begins with."""
    if issubclass(model, Record):
        return ("id", "post", "state", "revision", "warnings")
    return ("id", "revision", "warnings")


def as_json(model: type[Revisioned], listed: Listed, book: "Book") -> dict[str, Any]:
    """A record in the shape of `list --format json`: every field, absent ones null or []."""
    told: dict[str, Any] = {"id": listed.id}
    if issubclass(model, Record):
        told["post"] = listed.values.get("post")
        told["state"] = "final"
    told["revision"] = listed.revision
    told["warnings"] = doubt_words((field, doubt) for field, doubt in listed.doubts)
    told.update({k: v for k, v in fields_json(model, listed.values, book).items() if k not in told})
    return told


def fields_json(model: type[Revisioned], values: Values, book: "Book") -> dict[str, Any]:
    """Every field of a record as JSON gives it, absent ones null or []."""
    return {
        key: _children(field, values.get(key), book)
        if isinstance(field, Children)
        else field.out(values.get(key), book)
        for key, field in model.fields().items()
    }


def _children(field: Children, rows: list[Values] | None, book: "Book") -> list[dict[str, Any]]:
    columns = field.child.fields()
    return [
        {key: column.out(row.get(key), book) for key, column in columns.items()}
        for row in rows or ()
    ]


def json_array(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The records as the text of one JSON array, a record a line."""
    before = "["
    for record in records:
        yield f"{before}{json.dumps(record, ensure_ascii=False)}"
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def csv_lines(model: type[Revisioned], rows: Iterable[Listed], book: "Book") -> Iterator[str]:
    """The records as CSV lines that `add --format csv` takes back; several values joined by ;
    and children as JSON."""
    keys = [*head_keys(model), *(k for k in model.fields() if k != "post")]
    yield _csv_line(keys)
    for listed in rows:
        told = as_json(model, listed, book)
        yield _csv_line([_cell(model.fields().get(key), key, told, listed, book) for key in keys])


def _cell(
    field: Kind | Children | None, key: str, told: dict[str, Any], listed: Listed, book: "Book"
) -> str:
    if isinstance(field, Children) or key == "warnings":
        return json.dumps(told[key], ensure_ascii=False) if told[key] else ""
    if field is None:
        return str(told[key])
    text = field.cell(listed.values.get(key), book)
    return guarded(text) if isinstance(field, Text) else text


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return GUARD + text if text.startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith(GUARD) and text[1:].startswith(FORMULA_SIGNS) else text


def _csv_line(cells: list[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def table_lines(model: type[Revisioned], rows: Iterable[Listed], book: "Book") -> Iterator[str]:
    """The listed fields as people read them, with tabs between; IDs are masked."""
    columns = model.columns()
    yield "\t".join(["id", *(_(columns[key].label) for key in model.listed())]) + "\n"
    for listed in rows:
        cells = [columns[key].show(listed.values.get(key), book) for key in model.listed()]
        yield "\t".join([listed.id, *(" ".join(cell.split()) for cell in cells)]) + "\n"


def spreadsheet_row(model: type[Revisioned], listed: Listed, book: "Book") -> tuple[Any, ...]:
    """The fields as cells of a spreadsheet: numbers and dates as such, the rest as shown."""
    cells: list[Any] = [listed.id]
    for key, field in model.columns().items():
        value = listed.values.get(key)
        plain = value is None or field.numeric or isinstance(field, Day)
        cells.append(value if plain else field.show(value, book))
    return tuple(cells)


def spreadsheet_document(
    desk: "Session", model: type[Revisioned], rows: Iterable[Listed]
) -> "Document":
    """A list as a spreadsheet: every field but the children, the desk and type named."""
    from borderdesk.reports.blocks import Column, Document, Row, Table

    columns = [Column("id", "text", 2.0)]
    for field in model.columns().values():
        kind: Any = "number" if field.numeric else "date" if isinstance(field, Day) else "text"
        columns.append(Column(_(field.label), kind, 1.0))
    book = desk.book
    cells = (Row(spreadsheet_row(model, listed, book)) for listed in rows)
    return Document(
        title=_(model.title),
        subtitle=(desk.title(),),
        blocks=(Table(tuple(columns), cells),),
        issuer=desk.title(),
        lang=language(),
        author=desk.identity.user,
        subject=model.type_name,
        banner=desk.banner(),
    )


def write_list(
    desk: "Session", type_name: str, chosen: Filter, target: Path, say: Callable[[int, int], None]
) -> int:
    """Write a list as .xlsx or .csv, whole or not at all; how many rows. Raises UserError."""
    from borderdesk.base.files import save_whole

    model = ALL_TYPES[type_name]
    whole = desk.part(RecordLists).count(type_name, chosen)
    rows = _told(desk.part(RecordLists).stream(type_name, chosen), whole, say)
    if target.suffix.lower() == ".xlsx":
        from borderdesk.reports.xlsx import write_xlsx

        write_xlsx(spreadsheet_document(desk, model, rows), target)
        return whole
    # The mark at the start makes spreadsheets read the file as UTF-8.
    save_whole(target, "".join(csv_lines(model, rows, desk.book)).encode("utf-8-sig"))
    return whole


def _told(rows: Iterable[Listed], whole: int, say: Callable[[int, int], None]) -> Iterator[Listed]:
    for done, listed in enumerate(rows):
        say(done, whole)
        yield listed
