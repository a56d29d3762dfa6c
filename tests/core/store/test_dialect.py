"""SQL that PostgreSQL does not accept is confined to one module of the store."""

import re
from pathlib import Path

import pytest

from borderdesk.store.connection import dialect
from borderdesk.store.records.history import last_seq
from tests.factories import example

STORE = Path(dialect.__file__).parent
OUTSIDE = {"dialect.py", "database.py", "schema.py", "table_digests.py"}
"""The connection, the catalogue and the digest triggers are specific to SQLite."""

REFUSED = {
    "join order": r"CROSS JOIN|INDEXED BY",
    "insert or ignore": r"INSERT OR ",
    "full text": r" MATCH |fts5",
    "temporary tables": r"CREATE TEMP|VIRTUAL TABLE",
    "hex": r"[^.]\bhex\(|\bx'",
    "scalar max": r"MAX\((?!\w+\.?\w*\))",
}


@pytest.mark.parametrize("construct", REFUSED)
def test_a_construct_that_postgresql_refuses_is_a_word_of_the_dialect(construct):
    found = [
        f"{path.name}:{number}"
        for path in sorted(STORE.glob("*.py"))
        if path.name not in OUTSIDE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(REFUSED[construct], line) and not line.lstrip().startswith("#")
    ]
    assert found == []


def test_sqlite_accepts_every_word_of_the_dialect(desk):
    store = desk.store
    desk.records.add("clearing", example("clearing"))
    join = dialect.in_order("clearing c", "revision r", "r.seq = c.revision")
    assert store.value(f"SELECT COUNT(*) FROM {join}") == 1
    through = dialect.by_index("household h", "household_by_id")
    assert store.value(f"SELECT COUNT(*) FROM {through}") == 0
    words = f"SELECT COUNT(*) FROM clearing_search WHERE {dialect.matches('clearing_search')}"
    assert store.value(words, ('"nothing"',)) == 0
    for _twice in range(2):
        store.run(dialect.temporary_table("temp.noted", "record TEXT PRIMARY KEY"))
        store.run(dialect.word_counts("clearing_search", "counted"))
    assert store.value("SELECT COUNT(*) FROM temp.counted") > 0


def test_the_last_place_is_the_largest_of_what_was_noted(desk):
    assert last_seq(desk.store) == 0
    desk.records.add("clearing", example("clearing"))
    assert last_seq(desk.store) == 1
    desk.store.run(
        "INSERT INTO package_out VALUES (1, '2023', 'a', 'b', 7, 1, '', NULL, '2024', '')"
    )
    assert last_seq(desk.store) == 7
