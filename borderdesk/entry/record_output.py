"""Records as they leave the program: JSON, CSV, and lines for the terminal."""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from borderdesk.base.i18n import _
from borderdesk.base.spreadsheets import COMMA, SEMICOLON
from borderdesk.schema.kinds import ReferenceLookup, doubt_texts
from borderdesk.schema.record import RevisionedModel, Values
from borderdesk.schema.value_words import value_words
from borderdesk.store.lists.listing import ListEntry


def as_json(
    model: type[RevisionedModel], listed: ListEntry, book: ReferenceLookup
) -> dict[str, Any]:
    """A record in the shape of `list --format json`: every field, absent ones null or []. It is of
    a stream with the ids of versions."""
    assert listed.revision is not None
    head: dict[str, Any] = {
        "id": listed.id,
        "state": "final",
        "revision": listed.revision,
        "warnings": doubt_texts((field, doubt) for field, doubt in listed.doubts),
    }
    # A field among the head keys keeps its position in the dict and its value is replaced.
    return {
        **{key: head.get(key) for key in model.head_keys},
        **fields_json(model, listed.values, book),
    }


def fields_json(
    model: type[RevisionedModel], values: Values, book: ReferenceLookup
) -> dict[str, Any]:
    """Every field of a record as JSON gives it, absent ones null or []."""
    return {key: field.to_json(values.get(key), book) for key, field in model.fields().items()}


def json_array(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The records as the text of one JSON array, a record a line."""
    before = "["
    for record in records:
        yield f"{before}{json.dumps(record, ensure_ascii=False)}"
        before = ",\n"
    yield "[]\n" if before == "[" else "]\n"


def csv_lines(
    model: type[RevisionedModel],
    rows: Iterable[ListEntry],
    book: ReferenceLookup,
    separator: str = COMMA,
) -> Iterator[str]:
    """The records as CSV lines that `add --format csv` takes back; several values joined by ;
    and children as JSON. Between semicolons decimals have a comma, as where those are usual."""
    fields, numbers = model.fields(), model.columns()
    keys = [*model.head_keys, *(key for key in fields if key not in model.head_keys)]
    yield csv_line(keys, separator)

    def cell(key: str, listed: ListEntry) -> str:
        text = fields[key].to_csv(listed.values.get(key), book)
        local = separator == SEMICOLON and key in numbers and numbers[key].numeric
        return text.replace(".", ",") if local else text

    for listed in rows:
        record = as_json(model, listed, book)
        cells = [cell(key, listed) if key in fields else _head_cell(record[key]) for key in keys]
        yield csv_line(cells, separator)


def _head_cell(value: Any) -> str:
    """The CSV cell of a key that is no field; the doubts of a record are an object."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


def csv_line(cells: list[str], separator: str = COMMA) -> str:
    """The cells as a line of a CSV file."""
    buffer = StringIO()
    csv.writer(buffer, lineterminator="\r\n", delimiter=separator).writerow(cells)
    return buffer.getvalue()


def table_lines(
    model: type[RevisionedModel], rows: Iterable[ListEntry], book: ReferenceLookup
) -> Iterator[str]:
    """The listed fields as people read them, with tabs between; IDs are masked."""
    columns = model.columns()
    yield "\t".join(["id", *(_(columns[key].label) for key in model.listed())]) + "\n"
    for listed in rows:
        cells = [value_words(model, key, listed.values, book) for key in model.listed()]
        yield "\t".join([listed.id, *(" ".join(cell.split()) for cell in cells)]) + "\n"
