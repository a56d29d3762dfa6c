"""A new kind of field is one module: nothing else in the core refers to it."""

import datetime
import io
import json

import pytest

from borderdesk.entry.differences import shown
from borderdesk.entry.grid import GridColumn
from borderdesk.entry.record_input import csv_records
from borderdesk.entry.record_output import as_json, csv_lines, table_lines
from borderdesk.exchange.format.package_cells import ReferenceCodes, check_values
from borderdesk.exchange.format.package_tables import record_table
from borderdesk.reports.contents.register import _column
from borderdesk.reports.workbooks.list_files import spreadsheet_row
from borderdesk.schema.cleaning import clean
from borderdesk.schema.content import joined, split
from borderdesk.schema.kinds import doubt_text
from borderdesk.schema.kinds.context import NEUTRAL
from borderdesk.schema.revisions import canonical
from borderdesk.store.connection.tables import table_name, type_columns
from borderdesk.store.lists import list_pages
from borderdesk.store.lists.listing import Filter, ListEntry, Sort
from borderdesk.store.records.history import storing
from borderdesk.store.records.written_records import RecordWording
from tests.invented_kind import Watch

DAY, EVENING = "2023-12-04", datetime.time(19, 30)
RAW = {"held_on": DAY, "began_at": "19:30"}
FIELD = Watch.columns()["began_at"]


def cleaned(raw, *, typed=False):
    return clean(Watch, raw, NEUTRAL, typed=typed)


def values_of(raw=RAW):
    result = cleaned(raw)
    assert result.problems == {}
    return result.values


def in_list(number, values):
    return ListEntry(number, f"id{number}", "rev", values, [], (None, number))


def test_an_invented_kind_is_cleaned_and_required():
    assert values_of()["began_at"] == EVENING
    assert cleaned(RAW | {"began_at": " 19h30 "}, typed=True).values["began_at"] == EVENING
    assert [*cleaned(RAW | {"began_at": 1930}).problems] == ["began_at"]
    assert [*cleaned(RAW | {"began_at": "24:00"}).problems] == ["began_at"]
    assert [*cleaned({"held_on": DAY}).problems] == ["began_at"]
    night = cleaned(RAW | {"began_at": "03:15"})
    # The day itself is long past for a context that judges nothing by today.
    assert "03:15 is at night." in [doubt_text(doubt.message) for doubt in night.doubts]


def test_it_goes_out_as_json_and_comes_back(desk):
    record = as_json(Watch, in_list(1, values_of()), desk.book)
    assert record["began_at"] == "19:30"
    again = json.loads(json.dumps(record))
    fields = {key: again[key] for key in ("held_on", "began_at")}
    assert values_of(fields) == values_of()


def test_it_goes_out_as_csv_and_comes_back(desk):
    lines = "".join(csv_lines(Watch, [in_list(1, values_of())], desk.book))
    ((_line, raw),) = csv_records(Watch, io.StringIO(lines, newline=""))
    given = {key: text for key, text in raw.items() if key in ("held_on", "began_at")}
    assert cleaned(given, typed=True).values == values_of()


def test_it_stands_in_every_table_that_loops_over_fields(desk):
    listed = in_list(1, values_of())
    heading, line = table_lines(Watch, [listed], desk.book)
    assert heading.split("\t")[2:] == ["Began at\n"]
    assert line.split("\t")[2:] == ["19:30\n"]
    at = [*Watch.columns()].index("began_at") + 1
    assert spreadsheet_row(Watch, listed, desk.book)[at] == "19:30"
    assert (_column(FIELD).kind, _column(FIELD).weight) == ("text", 0.7)
    assert shown(FIELD, EVENING, desk.book) == "19:30"
    column = GridColumn("began_at", "Began at", FIELD, True)
    assert (column.required, column.numeric) == (True, False)


def test_a_revision_holds_it_and_gives_it_back(desk):
    values = values_of()
    public, private = split(Watch, values)
    assert (public["began_at"], private) == ("19:30", {})
    written = RecordWording(Watch, desk.book).of(values)
    assert (written.public, written.private) == (canonical(public), "")
    assert joined(Watch, public, None) == values


def test_a_package_describes_carries_and_checks_it():
    described = {field["name"]: field for field in record_table(Watch).fields}["began_at"]
    assert described["type"] == "time"
    assert described["constraints"] == {"required": True}
    public, _private = split(Watch, values_of())
    cell = FIELD.to_package(public["began_at"])
    read = FIELD.package_reader()
    assert (cell if read is None else read(cell)) == public["began_at"]
    codes = ReferenceCodes(frozenset(), frozenset(), frozenset(), {})
    assert check_values(Watch, public, None, codes) == values_of()
    with pytest.raises(ValueError, match="Began at"):
        check_values(Watch, public | {"began_at": "7:30"}, None, codes)


def test_it_is_stored_and_sorts_a_list(desk):
    store = desk.store
    columns = type_columns(Watch)
    store.run(f"CREATE TABLE {table_name(Watch)} ({', '.join(columns)})")
    converters = storing(Watch)
    for number, time in enumerate(("19:30", "07:05", "23:59"), start=1):
        values = values_of(RAW | {"began_at": time})
        stored = {key: (converters[key] or (lambda v: v))(value) for key, value in values.items()}
        row = {"row": number, "id": f"id{number}", "revision": number} | stored
        store.run(
            "INSERT INTO revision (seq, id, type, record, number, parents, author, desk, time,"
            " deleted) VALUES (?, ?, 'watch', ?, 1, x'', 'a', 'd', '2023-12-04T12:00:00.000Z', 0)",
            (number, bytes([number]) * 32, row["id"]),
        )
        store.run(
            f"INSERT INTO {table_name(Watch)} ({', '.join(row)})"
            f" VALUES ({', '.join('?' * len(row))})",
            tuple(row.values()),
        )
    page = list_pages.page(store, Watch, Filter(), Sort("began_at", False))
    assert [one.values["began_at"] for one in page] == [
        datetime.time(7, 5), EVENING, datetime.time(23, 59),
    ]  # fmt: skip
