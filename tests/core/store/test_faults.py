"""Faults of a desk's file and disk are told apart by SQLite's error codes."""

import os
import resource
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base import i18n
from borderdesk.base.errors import (
    CannotOpen,
    IncompleteSchema,
    NewerSchema,
    SchemaMismatch,
    UnsupportedSchema,
    UserError,
)
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.session.opening import explained, fault_of, verify_file
from borderdesk.store.connection.database import SCHEMA_VERSION, Store, damaged, explain, is_busy
from borderdesk.store.lists.listing import Filter
from tests.factories import example

DAMAGED, FULL, IN_USE = "damaged", "is full", "in use"
UNWRITABLE, UNREADABLE = "cannot be written to", "cannot be read or written"


@pytest.fixture(autouse=True)
def english():
    before = i18n.language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)


def altered(folder, *statements):
    """The desk in a folder, altered by these statements of another program."""
    raw = sqlcipher.connect(str(database_file(folder)), isolation_level=None)
    for statement in statements:
        raw.execute(statement)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return folder


def copied_file(folder, target):
    """The database alone, like a manual backup."""
    return Path(shutil.copy(database_file(folder), target))


def explained_by(action):
    """The explanation of the error that the action raises."""
    with pytest.raises(UserError) as met, explained():
        action()
    return met.value


# -------------------------------------------------------------------------- another schema


def test_a_newer_schema(desk_folder):
    altered(desk_folder, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    for way in (Desk.open, lambda folder: verify_file(database_file(folder))):
        with pytest.raises(NewerSchema, match="newer BorderDesk"):
            way(desk_folder)
    altered(desk_folder, "UPDATE meta SET value = '7.1.0' WHERE key = 'program'")
    with pytest.raises(NewerSchema, match=rf"7\.1\.0 \(schema {SCHEMA_VERSION + 1}\)"):
        Desk.open(desk_folder)
    assert isinstance(fault_of(database_file(desk_folder)), NewerSchema)


def test_a_schema_that_turns_newer_while_the_desk_is_open(desk):
    altered(desk.folder, f"PRAGMA user_version = {SCHEMA_VERSION + 1}", "DROP TABLE draft")
    with pytest.raises(NewerSchema):
        desk.store.value("SELECT COUNT(*) FROM draft")


@pytest.mark.parametrize(
    "statement", ["DROP TABLE schema_migration", "UPDATE schema_migration SET name = '0000_' || id"]
)
def test_a_schema_older_than_any_migration_can_lift(desk_folder, statement):
    altered(desk_folder, "PRAGMA user_version = 2", statement)
    content = database_file(desk_folder).read_bytes()
    with pytest.raises(UnsupportedSchema, match="older BorderDesk"):
        Desk.open(desk_folder)
    assert database_file(desk_folder).read_bytes() == content
    assert not (desk_folder / "backups").exists()


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("ALTER TABLE clearing DROP COLUMN hamlet", "clearing.hamlet"),
        ("DROP TABLE clearing_search", "clearing_search"),
        ("DROP TABLE soft_warning", "soft_warning"),
    ],
)
def test_a_schema_that_lacks_a_column_or_table(desk_folder, statement, lacking):
    altered(desk_folder, statement)
    with Desk.open(desk_folder) as desk:
        met = explained_by(lambda: desk.records.add("clearing", example("clearing")))
        assert isinstance(met, IncompleteSchema)
        assert met.lacking == (lacking,)
        assert lacking in str(met)
        assert "damaged" not in str(met)
    assert isinstance(fault_of(database_file(desk_folder)), SchemaMismatch)


def test_a_list_and_the_full_check_tell_what_is_lacking(desk_folder):
    altered(desk_folder, "ALTER TABLE clearing DROP COLUMN hamlet")
    with Desk.open(desk_folder) as desk:
        with pytest.raises(IncompleteSchema):
            list(desk.lists.stream("clearing", Filter()))
        with pytest.raises(IncompleteSchema):
            desk.maintenance.verify()


def test_a_desk_on_a_full_disk_is_only_read_and_says_so(desk_folder, monkeypatch):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    usage = shutil.disk_usage(desk_folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        assert UNREADABLE in str(explained_by(lambda: Desk.open(desk_folder)))
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=4096))
        with Desk.open(desk_folder) as desk:
            assert FULL in str(desk.barred)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_slip_of_ours_is_no_fault_of_the_file(desk):
    for sql in ("SELEC 1", "SELECT nothing FROM clearing", "SELECT * FROM nowhere"):
        with pytest.raises(sqlcipher.OperationalError) as met:
            desk.store.rows(sql)
        assert explain(met.value) is None
    with pytest.raises(sqlcipher.OperationalError):
        desk.store.many("INSERT INTO nowhere VALUES (?)", [(1,)])


def test_an_upgrade_of_a_file_that_lacks_a_table_tells_so(desk_folder):
    altered(
        desk_folder,
        f"PRAGMA user_version = {SCHEMA_VERSION - 2}",
        f"DELETE FROM schema_migration WHERE name > '{SCHEMA_VERSION - 1:04d}'",
        "DROP TABLE backup",
        "DROP TABLE waiting_package",
    )
    with pytest.raises(IncompleteSchema, match="waiting_package"):
        Desk.open(desk_folder)


# ----------------------------------------------------------------------- the file, the disk


def test_a_file_that_is_no_database(desk_folder):
    database_file(desk_folder).write_bytes(b"no database " * 2_000)
    assert DAMAGED in str(explained_by(lambda: Desk.open(desk_folder)))
    assert DAMAGED in str(fault_of(database_file(desk_folder)))


def test_a_page_that_is_damaged(desk_folder, tmp_path):
    with Desk.open(desk_folder) as desk:
        for n in range(40):
            desk.records.add("clearing", example("clearing", n))
    altered(desk_folder, "PRAGMA journal_mode = DELETE")
    path = copied_file(desk_folder, tmp_path / "copy.db")
    plain = sqlite3.connect(path)
    (page,) = plain.execute("SELECT rootpage FROM sqlite_master WHERE name = 'clearing'").fetchone()
    plain.close()
    with path.open("rb+") as file:
        file.seek((page - 1) * 4096)
        file.write(os.urandom(4096))
    store = Store(path, read_only=True)
    with store.connection_context(), explained():
        met = explained_by(lambda: list(store.rows("SELECT * FROM clearing")))
    assert DAMAGED in str(met)
    assert not isinstance(met, SchemaMismatch)
    assert DAMAGED in str(fault_of(path))


def test_a_disk_that_is_full(desk):
    pages = desk.store.value("PRAGMA page_count")
    desk.store.run(f"PRAGMA max_page_count = {pages + 2}")

    def fill():
        with desk.store.transaction_for_writing():
            desk.store.run("INSERT INTO meta VALUES ('long', ?)", ("x" * 1_000_000,))

    met = explained_by(fill)
    assert FULL in str(met)
    assert not isinstance(met, CannotOpen)


def test_a_full_disk_that_surfaces_as_a_failed_rollback():
    def fail():
        try:
            raise coded(sqlcipher.SQLITE_FULL)
        finally:
            raise coded(sqlcipher.SQLITE_ERROR)

    with pytest.raises(sqlcipher.OperationalError) as met:
        fail()
    assert FULL in str(explain(met.value))


def test_a_desk_that_cannot_be_written_to(desk_folder):
    store = Store(database_file(desk_folder), read_only=True)
    with store.connection_context():
        met = explained_by(lambda: store.run("DELETE FROM meta"))
    assert UNWRITABLE in str(met)


def test_a_desk_that_cannot_be_opened(tmp_path):
    store = Store(tmp_path / "nowhere" / "desk.db")
    assert UNWRITABLE in str(explained_by(store.connect))


def test_a_desk_that_is_locked(desk):
    desk.store.run("PRAGMA busy_timeout = 10")
    other = Store(desk.store.path)
    with other.connection_context(), other.transaction_for_writing():
        assert IN_USE in str(explained_by(lambda: desk.store.run("BEGIN IMMEDIATE")))


def coded(code):
    """An error of the database library with a code and an unspecific text."""
    error = sqlcipher.OperationalError("…")
    error.sqlite_errorcode = code
    return error


EXTENDED = 0x300


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlcipher.SQLITE_BUSY, IN_USE), (sqlcipher.SQLITE_LOCKED, IN_USE),
        (sqlcipher.SQLITE_NOTADB, DAMAGED), (sqlcipher.SQLITE_CORRUPT, DAMAGED),
        (sqlcipher.SQLITE_FULL, FULL), (sqlcipher.SQLITE_READONLY, UNWRITABLE),
        (sqlcipher.SQLITE_CANTOPEN, UNWRITABLE), (sqlcipher.SQLITE_IOERR, UNREADABLE),
    ],
)  # fmt: skip
def test_faults_are_told_apart_by_their_code(code, words):
    for number in (code, code | EXTENDED):
        assert words in str(explain(coded(number)))
        assert is_busy(coded(number)) is (words == IN_USE)


@pytest.mark.parametrize("words", ["database is locked", "disk full", "malformed", "readonly"])
def test_words_alone_do_not_count(words):
    assert explain(sqlcipher.OperationalError(words)) is None
    assert explain(ValueError(words)) is None


def test_every_fault_has_its_words_in_vietnamese():
    newer = lambda: NewerSchema((17, 16), ("0.2.0", "0.1.0"))  # noqa: E731
    faults = (newer, UnsupportedSchema, lambda: IncompleteSchema(["a"]), damaged)
    english = [str(fault()) for fault in faults]
    i18n.set_language("vi")
    assert not set(english) & {str(fault()) for fault in faults}


def test_what_another_connection_wrote_to_the_search_is_no_damage(desk):
    """This connection holds the directory of the search as it last read it."""
    record = desk.records.add("clearing", example("clearing", 1)).id
    with Desk.open(desk.folder) as other:
        for _again in range(2):
            desk.lists.count("clearing", Filter(search="phat"))
            for number in range(17):
                other.records.edit("clearing", record, {"note": f"Đợt {number} " + "cỏ " * 9})
            assert desk.maintenance.check_quickly()
            assert desk.store.damage() == []
    with desk.store.snapshot():
        assert desk.store.damage() == []
