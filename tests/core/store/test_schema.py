"""The migrations are the only schema: the result of each released version never changes."""

import shutil

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.store.connection import schema
from borderdesk.store.connection.database import SCHEMA_VERSION
from tests import keep_schema
from tests.keep_schema import DUMPS, desk_file, dump, dump_file, keep_what_lacks, unpack_desk


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION + 1))
def test_the_migrations_of_a_version_make_the_tables_that_it_was_released_with(version):
    assert dump(version) == dump_file(version).read_text(encoding="utf-8")


def test_every_version_has_its_dump():
    assert [int(path.stem) for path in sorted(DUMPS.iterdir())] == [
        *range(1, len(schema.names()) + 1)
    ]
    assert len(schema.names()) == SCHEMA_VERSION


@pytest.mark.parametrize("version", [1, 3, 6])
def test_a_desk_of_an_older_version_comes_to_the_same_tables_as_a_new_one(version):
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database, version)
        assert schema.is_upgradable(database, version)
        schema.migrate(database)
        found = "".join(f"{sql};\n" for sql in schema.definition(database).values())
    assert found == dump_file(SCHEMA_VERSION).read_text(encoding="utf-8")


def test_what_a_file_lacks_is_named():
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database)
        raw = database.connection()
        assert schema.lacking(raw, SCHEMA_VERSION) == []
        raw.execute("DROP TABLE preference")
        raw.execute("ALTER TABLE card DROP COLUMN vouched")
        assert schema.lacking(raw, SCHEMA_VERSION) == ["card.vouched", "preference"]
        # Tables that the first version did not have yet are not missing.
        assert schema.lacking(raw, 1) == []


def test_one_altered_letter_of_any_definition_is_seen():
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database)
        raw = database.connection()
        assert schema.altered(database, SCHEMA_VERSION) == []
        kept = raw.execute("SELECT rowid, name, sql FROM sqlite_schema").fetchall()
        raw.execute("PRAGMA writable_schema = ON")
        for row, name, sql in kept:
            place = len(sql or "") // 2
            letter = chr(ord(sql[place]) ^ 1) if sql else "x"
            for column, altered in (
                ("sql", f"{(sql or '')[:place]}{letter}{(sql or '')[place + 1 :]}"),
                ("tbl_name", "other"),
                ("type", "view"),
            ):
                raw.execute("BEGIN")
                raw.execute(
                    f"UPDATE sqlite_schema SET {column} = ? WHERE rowid = ?", (altered, row)
                )
                assert schema.altered(database, SCHEMA_VERSION) == [name], column
                raw.execute("ROLLBACK")
        assert len(kept) > 100


def test_what_was_planted_in_a_file_is_named_by_the_full_check(desk):
    desk.store.run("CREATE TRIGGER planted AFTER INSERT ON revision BEGIN SELECT 1; END")
    assert schema.altered(desk.store, SCHEMA_VERSION) == ["planted"]
    problems = desk.maintenance.verify()["problems"]
    assert problems == ["planted: phần khai báo trong tệp không còn như BorderDesk đã lập."]


def test_a_desk_goes_whose_dump_went(tmp_path, monkeypatch):
    """Its migration was replaced by another one."""
    for name in ("DUMPS", "DESKS"):
        shutil.copytree(getattr(keep_schema, name), tmp_path / name)
        monkeypatch.setattr(keep_schema, name, tmp_path / name)
    dump_file(SCHEMA_VERSION).unlink()
    for version in (SCHEMA_VERSION - 1, SCHEMA_VERSION):
        desk_file(version).write_bytes(b"of before")
    keep_what_lacks()
    assert dump_file(SCHEMA_VERSION).read_text(encoding="utf-8") == dump(SCHEMA_VERSION)
    assert desk_file(SCHEMA_VERSION - 1).read_bytes() == b"of before"
    with sqlcipher.connect(unpack_desk(SCHEMA_VERSION, tmp_path / "kept.db")) as kept:
        assert schema.lacking(kept, SCHEMA_VERSION) == []
