"""Records as they leave the program: JSON, CSV cells, and rows for the screen."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import TYPE_CHECKING, Any

from borderdesk.base.i18n import _
from borderdesk.entry.editing import doubt_words
from borderdesk.schema.fields import Children, Kind, Text
from borderdesk.schema.record import Record, Revisioned, Values
from borderdesk.store.listing import ListEntry

if TYPE_CHECKING:
    from borderdesk.schema.book import Book

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "'")
GUARD = "'"
"""Put before a text that a spreadsheet would take for a formula; `unguarded` takes it off."""


def head_keys(model: type[Revisioned]) -> tuple[str, ...]:
    """The keys every record of the type begins with."""
    if issubclass(model, Record):
        return ("id", "post", "state", "revision", "warnings")
    return ("id", "revision", "warnings")


def as_json(model: type[Revisioned], listed: ListEntry, book: "Book") -> dict[str, Any]:
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


def csv_lines(model: type[Revisioned], rows: Iterable[ListEntry], book: "Book") -> Iterator[str]:
    """The records as CSV lines that `add --format csv` takes back; several values joined by ;
    and children as JSON."""
    keys = [*head_keys(model), *(k for k in model.fields() if k != "post")]
    yield _csv_line(keys)
    for listed in rows:
        told = as_json(model, listed, book)
        yield _csv_line([_cell(model.fields().get(key), key, told, listed, book) for key in keys])


def _cell(
    field: Kind | Children | None, key: str, told: dict[str, Any], listed: ListEntry, book: "Book"
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


def table_lines(model: type[Revisioned], rows: Iterable[ListEntry], book: "Book") -> Iterator[str]:
    """The listed fields as people read them, with tabs between; IDs are masked."""
    columns = model.columns()
    yield "\t".join(["id", *(_(columns[key].label) for key in model.listed())]) + "\n"
    for listed in rows:
        cells = [columns[key].show(listed.values.get(key), book) for key in model.listed()]
        yield "\t".join([listed.id, *(" ".join(cell.split()) for cell in cells)]) + "\n"
