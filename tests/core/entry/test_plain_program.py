"""The plain program of the benchmark of `add` leaves the same content as `add`."""

import shutil

import pytest

from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.entry.record_input import json_records
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.tables import link_tables, search_table, table_name, type_columns
from borderdesk.store.verification.verify import verify
from tests.bench.bulk import FIRST_DAY, SHARES, write_files
from tests.bench.harness import Ground, bare_connection
from tests.bench.plain_program import PlainProgram

RECORDS = 60
FIRST = {"post": "BS", "kind": "sight_line", "started_on": "2022-12-01", "commune": "06196",
         "participants": 5}  # fmt: skip


@pytest.fixture
def folders(desk_folder, tmp_path):
    """The same records added by `add` and by the plain program, each to a copy of a desk."""
    ours, plain = tmp_path / "ours", tmp_path / "plain"
    with Desk.open(desk_folder) as desk:
        # The plain program continues an existing log.
        desk.records.add("clearing", FIRST)
    for folder in (ours, plain):
        shutil.copytree(desk_folder, folder)
    with Desk.open(ours) as desk:
        files = write_files(desk.book, Ground(ours, tmp_path, 1, RECORDS), RECORDS)
        for name, file in files.items():
            with file.open("rb") as lines:
                desk.records.add_batch(name, json_records(lines))
    with Desk.open(plain) as desk:
        book, stamp = desk.book, desk.stamp()
    connection = bare_connection(database_file(plain))
    program = PlainProgram(connection, book, stamp, FIRST_DAY)
    for name, file in files.items():
        program.add_file(name, file)
    connection.close()
    return ours, plain


def test_the_plain_program_leaves_what_add_leaves(folders):
    found = []
    for folder in folders:
        with Desk.open(folder) as desk:
            assert verify(desk.store)["problems"] == []
            assert desk.store.altered_tables() == []
            found.append(_content(desk.store))
    ours, plain = found
    for about, rows in ours.items():
        assert rows == plain[about], about
    assert len(ours["pledge"]) == RECORDS * SHARES["pledge"]


def _content(store):
    """The content without ids, salts, hashes and times."""
    found = {}
    households = dict(store.rows("SELECT id, match_key FROM household"))
    for name in (*SHARES, "household"):
        model = ALL_TYPES[name]
        columns = [c for c in type_columns(model) if c not in ("id", "revision")]
        rows = store.rows(f"SELECT {', '.join(columns)} FROM {table_name(model)} ORDER BY row")
        found[name] = [tuple(households.get(cell, cell) for cell in row) for row in rows]
        below = [table_name(field.child) for field in model.children().values()]
        for table in (*below, *link_tables(model).values()):
            found[table] = sorted(store.rows(f"SELECT * FROM {table}"))
        words = search_table(model)
        store.run(f"CREATE VIRTUAL TABLE temp.{words}_v USING fts5vocab(main, {words}, instance)")
        found[words] = sorted(store.rows(f"SELECT term, doc FROM temp.{words}_v"))
    by_table = {
        "revision": "type, number, parents, author, deleted, substr(body, 1, instr(body, '}'))",
        "private_part": "length(salt), part",
        "log_entry": "log, kind, revision, length(chain)",
        "soft_warning": "doubts",
    }
    for table, columns in by_table.items():
        rows = store.rows(f"SELECT {columns} FROM {table}")
        found[table] = sorted(_without(row, households) for row in rows)
    return found


def _without(row, households):
    """A row, with each household's id replaced by its match key."""
    cells = []
    for cell in row:
        for one, key in households.items() if isinstance(cell, str) else ():
            cell = cell.replace(one, key)
        cells.append(cell)
    return tuple(cells)
