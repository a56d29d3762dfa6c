"""Tables outside the hash chains have a digest: an altered value is detected, a sound desk
passes."""

import shutil

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.errors import FullDisk
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.store.connection.database import Store, is_damage
from borderdesk.store.connection.table_digests import (
    TABLE,
    altered_tables,
    columns_of,
    current_digests,
    row_digest,
    written_tables,
)
from borderdesk.store.records import writer
from borderdesk.store.verification.verify import verify
from tests.factories import example


@pytest.fixture(scope="module")
def used(post_template, tmp_path_factory):
    """The database of a desk with nearly every kind of content; tests must not change it."""
    folder = tmp_path_factory.mktemp("used") / "desk"
    shutil.copytree(post_template, folder)
    with Desk.open(folder) as desk:
        for number in range(3):
            desk.records.add("pledge", example("pledge", number))
        desk.preferences.prefer("anything", 1)
        desk.drafts.keep_draft("clearing", {"participants": "3"})
        desk.exchange.exports.export("2023-05", folder / "out", ExportOptions())
        desk.backups.make()
    return database_file(folder)


def other_value(value):
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"1"
    if isinstance(value, str):
        return value + "z"
    return 1 if value is None else value + 1


def test_every_value_of_every_watched_table_is_seen(used):
    raw = sqlcipher.connect(str(used), isolation_level=None)
    looked_at = 0
    for table, rows, _digest in list(current_digests(raw)):
        for column in columns_of(raw, table) if rows else ():
            found = raw.execute(f"SELECT {column} FROM {table} LIMIT 1").fetchone()[0]
            raw.execute("BEGIN")
            try:
                where = f"{column} IS ?" if found is None else f"{column} = ?"
                raw.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {where}", (other_value(found), found)
                )
                altered = list(altered_tables(raw))
            except sqlcipher.IntegrityError:
                continue
            finally:
                raw.execute("ROLLBACK")
            assert altered == [table], column
            looked_at += 1
    assert list(altered_tables(raw)) == []
    assert looked_at > 60
    raw.close()


def test_rows_and_tables_that_are_gone_or_more_are_seen(used):
    raw = sqlcipher.connect(str(used), isolation_level=None)
    for statement in (
        "DELETE FROM setting WHERE rowid = (SELECT MAX(rowid) FROM setting)",
        "INSERT INTO preference (key, value) VALUES ('x', '1')",
        "DROP TABLE preference",
    ):
        raw.execute("BEGIN")
        raw.execute(statement)
        assert len(list(altered_tables(raw))) == 1
        raw.execute("ROLLBACK")
    raw.close()


def test_a_digest_of_a_table_that_never_was_is_seen(used):
    raw = sqlcipher.connect(str(used), isolation_level=None)
    empty = raw.execute(f"SELECT name FROM {TABLE} WHERE rows = 0 AND digest = 0").fetchone()[0]
    raw.execute("BEGIN")
    raw.execute(f"UPDATE {TABLE} SET name = ? WHERE name = ?", (f"{empty}e", empty))
    assert list(altered_tables(raw)) == [TABLE]
    raw.execute("ROLLBACK")
    raw.close()


def test_a_file_from_before_the_migrations_were_watched_is_sound(used):
    raw = sqlcipher.connect(str(used), isolation_level=None)
    raw.execute("BEGIN")
    assert raw.execute(f"DELETE FROM {TABLE} WHERE name = 'schema_migration'").rowcount == 1
    assert list(altered_tables(raw)) == []
    raw.execute("ROLLBACK")
    raw.close()


def test_the_digest_of_a_row_depends_on_types():
    assert len({row_digest(one) for one in (1, "1", b"1", 1.5, None, "", b"")}) == 7


def test_digests_follow_savepoints_upserts_and_what_a_deletion_takes_along(tmp_path):
    path = tmp_path / "x.db"
    path.touch()
    store = Store(path)
    with store.connection_context():
        store.run(f"CREATE TABLE {TABLE} (name TEXT PRIMARY KEY, rows INTEGER, digest INTEGER)")
        store.run("CREATE TABLE up (a INTEGER PRIMARY KEY, b)")
        store.run("CREATE TABLE low (a REFERENCES up (a) ON DELETE CASCADE, b)")
        store.many("INSERT INTO up VALUES (?, ?)", [(1, "x"), (2, "y"), (3, None)])
        store.many("INSERT INTO low VALUES (?, ?)", [(1, 1), (1, 1), (2, 2)])
        store.run("INSERT INTO up VALUES (1, 'z') ON CONFLICT (a) DO UPDATE SET b = excluded.b")
        store.run("SAVEPOINT s")
        store.run("UPDATE up SET b = 'lost'")
        store.run("ROLLBACK TO s")
        store.run("RELEASE s")
        assert store.altered_tables() == []
    # A connection that has not written to the child table yet.
    with store.connection_context():
        store.run("DELETE FROM up WHERE a = 1")
        assert store.altered_tables() == []
        assert store.value("SELECT COUNT(*) FROM low") == 1
        store.run("DELETE FROM up")
        assert store.altered_tables() == []
        # A temporary table belongs to its connection only.
        store.run("CREATE TEMP TABLE low2 (a)")
        store.run("INSERT INTO low2 VALUES (1)")


def test_a_disk_that_was_full_leaves_a_sound_desk(desk):
    """SQLite then rolls back by itself, and the window goes on with the same connection."""
    pages = desk.store.value("PRAGMA page_count")
    most = desk.store.value(f"PRAGMA max_page_count = {pages + 9}")
    lines = [(number, example("clearing", number)) for number in range(99)]

    def save():
        with desk.writing():
            desk.preferences.prefer("anything", 1)
            desk.records.add_batch("clearing", lines)

    with pytest.raises(FullDisk):
        save()
    desk.store.run(f"PRAGMA max_page_count = {most * 99}")
    save()
    assert desk.maintenance.verify()["problems"] == []


def test_a_desk_that_is_written_to_meanwhile_is_sound(desk_folder):
    """All parts of the check see one snapshot."""
    with Desk.open(desk_folder) as desk, Desk.open(desk_folder) as other:
        for number in range(3):
            desk.records.add("pledge", example("pledge", number))
        numbers = iter(range(3, 999))

        def write(*_steps):
            other.records.add("pledge", example("pledge", next(numbers)))

        before = desk.maintenance.verify()
        told = desk.maintenance.verify(write)
        assert next(numbers) > 4
        assert told == before
        assert desk.maintenance.verify()["revisions"] > before["revisions"]


def test_what_cannot_be_read_now_is_not_damaged(desk):
    with_code = sqlcipher.OperationalError("…")
    for code in ("BUSY", "LOCKED", "IOERR", "CANTOPEN", "FULL", "NOMEM", "READONLY", "INTERRUPT"):
        with_code.sqlite_errorcode = getattr(sqlcipher, f"SQLITE_{code}")
        assert not is_damage(with_code)
    for code in ("CORRUPT", "NOTADB"):
        with_code.sqlite_errorcode = getattr(sqlcipher, f"SQLITE_{code}")
        assert is_damage(with_code)
    assert not is_damage(MemoryError())
    assert not is_damage(OSError())

    def pulled(*_steps):
        raise OSError("Input/output error")

    with pytest.raises(OSError, match="Input"):
        verify(desk.store, pulled)


def preferred_in_vain(store):
    with store.transaction_for_writing():
        store.run("INSERT INTO preference (key, value) VALUES ('a', '1')")
        raise ZeroDivisionError


def drafted_in_vain(store):
    with store.savepoint():
        store.run("INSERT INTO draft VALUES ('x', 'clearing', 1, '{}', 'x', 'x')")
        raise ZeroDivisionError


def test_a_table_first_written_to_in_vain_is_watched_all_the_same(post_desk):
    """Triggers created within a transaction or savepoint are lost when it is rolled back."""
    store = post_desk.store
    with pytest.raises(ZeroDivisionError):
        preferred_in_vain(store)
    with store.transaction_for_writing():
        store.run("INSERT INTO preference (key, value) VALUES ('a', '1')")
        with pytest.raises(ZeroDivisionError):
            drafted_in_vain(store)
    post_desk.drafts.keep_draft("clearing", {"participants": "3"})
    assert post_desk.maintenance.verify()["problems"] == []


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("INSERT INTO household (row, hamlet, commune) VALUES (?, ?, ?)", {"household"}),
        ('INSERT OR REPLACE INTO "main"."setting" (key) SELECT key FROM draft', {"setting"}),
        ("REPLACE INTO draft VALUES (1)", {"draft"}),
        ('UPDATE "draft" SET "form" = ? WHERE id IN (SELECT id FROM note)', {"draft"}),
        ("update or ignore batch set unit = 1", {"batch"}),
        ("DELETE  FROM main.batch WHERE unit IN (SELECT id FROM unit)", {"batch"}),
        ("WITH one AS (SELECT 1) INSERT INTO meta SELECT * FROM one", {"meta"}),
        ("WITH one AS (SELECT 1) SELECT * FROM one", set()),
        ("SELECT * FROM setting", set()),
    ],
)
def test_the_table_that_is_written_to_is_watched_and_no_other(sql, tables):
    assert written_tables(sql) == tables


def test_a_desk_is_rebuilt_while_its_revisions_are_being_read(desk_folder, monkeypatch):
    """Columns of records have the names of watched reference tables."""
    with Desk.open(desk_folder) as desk:
        for number in range(5):
            desk.records.add("household", example("household", number))
    monkeypatch.setattr(writer, "FLUSH_ROWS", 2)
    with Desk.open(desk_folder) as desk:
        assert desk.maintenance.rebuild() == []
        assert desk.maintenance.verify()["problems"] == []
