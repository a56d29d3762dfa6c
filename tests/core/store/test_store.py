"""The store: durability, encryption, refused files, locks, copies."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.errors import CannotOpen, UserError
from borderdesk.base.paths import MIGRATIONS, database_file
from borderdesk.desk import Desk
from borderdesk.session.opening import verify_file
from borderdesk.store.connection.database import SCHEMA_VERSION, Store
from borderdesk.store.connection.locks import Lock
from borderdesk.store.lists.listing import Filter
from tests.factories import example

ROOT = Path(__file__).resolve().parents[3]
KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))


def pragmas(store):
    names = ("journal_mode", "synchronous", "foreign_keys")
    return tuple(store.value(f"PRAGMA {name}") for name in names)


# ----------------------------------------------------------------------------- durability


def test_every_connection_of_every_thread_is_durable_and_checks_keys(desk):
    found = [pragmas(desk.store)]

    def look():
        with desk.in_thread():
            found.append(pragmas(desk.store))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("wal", 2, 1)] * 4


def test_a_row_without_its_revision_is_refused(desk):
    with pytest.raises(sqlcipher.IntegrityError), desk.store.transaction_for_writing():
        desk.store.run("INSERT INTO patrol (id, revision) VALUES ('x', 12345)")


def test_an_error_undoes_the_whole_transaction(desk):
    before = [*desk.store.rows("SELECT * FROM meta")]

    def fail():
        with desk.store.transaction_for_writing():
            desk.store.run("INSERT INTO meta (key, value) VALUES ('a', 'b')")
            assert desk.store.value("SELECT value FROM meta WHERE key = 'a'") == "b"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [*desk.store.rows("SELECT * FROM meta")] == before
    with desk.store.transaction_for_writing():
        desk.store.run("INSERT INTO meta (key, value) VALUES ('a', 'c')")
    assert desk.store.value("SELECT value FROM meta WHERE key = 'a'") == "c"


def test_what_was_saved_is_there_for_another_process(desk):
    saved = desk.records.add("clearing", example("clearing"))
    told = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall())"
    )
    sql = "SELECT id FROM clearing"
    done = subprocess.run(
        [sys.executable, "-c", told, str(desk.store.path), sql],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == repr([(saved.id,)])


# ----------------------------------------------------------------------------- encryption


@pytest.fixture
def locked_folder(tmp_path):
    with Desk.create(tmp_path / "desk", "post", "BS", "Người thử", key=KEY) as desk:
        desk.records.add("pledge", example("pledge"))
    return tmp_path / "desk"


def test_an_encrypted_desk_cannot_be_read_without_its_key(locked_folder):
    content = database_file(locked_folder).read_bytes()
    assert not content.startswith(b"SQLite format 3")
    assert "Bản Phạc".encode() not in content
    plain = sqlite3.connect(database_file(locked_folder))
    with pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM meta")
    plain.close()


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_a_wrong_key_opens_nothing_and_changes_nothing(locked_folder, key):
    content = database_file(locked_folder).read_bytes()
    with pytest.raises(CannotOpen):
        Desk.open(locked_folder, key)
    assert database_file(locked_folder).read_bytes() == content


def test_the_right_key_opens_it_again(locked_folder):
    with Desk.open(locked_folder, KEY) as desk:
        assert desk.maintenance.verify()["ok"]
        assert desk.households.find("Bản Phạc")


def test_a_copy_of_an_encrypted_desk_is_encrypted(locked_folder, tmp_path):
    with Desk.open(locked_folder, KEY) as desk:
        desk.store.copy_to(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")
    copy = Store(tmp_path / "copy.db", KEY)
    with copy.connection_context():
        assert copy.value("SELECT COUNT(*) FROM pledge") == 1


# ------------------------------------------------------------------- what cannot be opened


def refused_and_untouched(folder):
    content = database_file(folder).read_bytes()
    with pytest.raises(CannotOpen) as refused:
        Desk.open(folder)
    assert refused.value.exit_code == 3
    assert str(refused.value)
    assert database_file(folder).read_bytes() == content
    # The lock was released.
    with Lock(folder / "desk.lock") as lock:
        assert lock.take(exclusive=True)


def set_version(folder, number):
    plain = sqlite3.connect(database_file(folder))
    plain.execute(f"PRAGMA user_version = {number}")
    plain.commit()
    plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()


def test_a_desk_of_a_newer_program_is_refused_and_left_alone(desk_folder):
    set_version(desk_folder, SCHEMA_VERSION + 1)
    refused_and_untouched(desk_folder)


def test_a_database_that_is_no_desk_is_refused(desk_folder):
    database_file(desk_folder).unlink()
    plain = sqlite3.connect(database_file(desk_folder))
    plain.execute("CREATE TABLE songs (title TEXT)")
    # A desk keeps its write-ahead mode in the file; set here too, so that no byte changes.
    plain.execute("PRAGMA journal_mode = WAL")
    plain.close()
    refused_and_untouched(desk_folder)


def test_a_text_file_in_place_of_the_desk_is_refused(desk_folder):
    database_file(desk_folder).write_text("Đồn Biên phòng Ba Sơn\n" * 1_000, encoding="utf-8")
    refused_and_untouched(desk_folder)


def test_a_desk_cut_short_is_refused(desk_folder):
    path = database_file(desk_folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 20])
    refused_and_untouched(desk_folder)


def test_a_desk_with_an_overwritten_beginning_is_refused(desk_folder):
    path = database_file(desk_folder)
    path.write_bytes(os.urandom(4_096) + path.read_bytes()[4_096:])
    refused_and_untouched(desk_folder)


def test_damage_in_the_middle_is_found_by_verify(desk_folder, tmp_path):
    with Desk.open(desk_folder) as desk:
        for n in range(40):
            desk.records.add("clearing", example("clearing", n))
        desk.store.copy_to(tmp_path / "copy.db")
    assert verify_file(tmp_path / "copy.db")["ok"]
    copy = sqlite3.connect(tmp_path / "copy.db")
    copy.execute("UPDATE clearing SET participants = participants + 1 WHERE row = 7")
    copy.execute("UPDATE revision SET author = 'ai đó' WHERE seq = 9")
    copy.commit()
    copy.close()
    found = verify_file(tmp_path / "copy.db")
    assert not found["ok"]
    assert len(found["problems"]) == 2


def test_a_folder_without_a_desk_is_refused(tmp_path):
    with pytest.raises(CannotOpen):
        Desk.open(tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_desk_is_never_made_over_another(desk_folder):
    content = database_file(desk_folder).read_bytes()
    with pytest.raises(UserError):
        Desk.create(desk_folder, "post", "BS", "Người thử")
    assert database_file(desk_folder).read_bytes() == content


def test_a_desk_has_been_through_exactly_our_migrations(desk):
    ours = sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
    columns = [row[1] for row in desk.store.rows("PRAGMA table_info(schema_migration)")]
    rows = [
        dict(zip(columns, r, strict=True))
        for r in desk.store.rows("SELECT * FROM schema_migration")
    ]
    assert sorted(row["name"] for row in rows) == ours
    assert len(ours) == SCHEMA_VERSION == desk.store.schema_version()


# ---------------------------------------------------------------------------- upgrading

OLDER = -1
"""There is no version before the first; this number stands for one that needs no migration."""


def test_an_older_desk_is_copied_then_brought_up_to_date(desk_folder):
    with Desk.open(desk_folder) as desk:
        desk.records.add("patrol", example("patrol"))
    set_version(desk_folder, OLDER)
    before = everything(database_file(desk_folder))
    with Desk.open(desk_folder) as desk:
        assert desk.store.schema_version() == SCHEMA_VERSION
        assert desk.maintenance.verify()["ok"]
    (copy,) = (desk_folder / "backups").iterdir()
    assert everything(copy) == before
    plain = sqlite3.connect(copy)
    assert plain.execute("PRAGMA user_version").fetchone() == (OLDER,)
    plain.close()


def test_an_older_desk_that_is_open_elsewhere_is_not_brought_up_to_date(desk_folder):
    set_version(desk_folder, OLDER)
    with Holder(desk_folder / "desk.lock", "shared") as other:
        assert other.got
        with pytest.raises(CannotOpen):
            Desk.open(desk_folder)
    assert not (desk_folder / "backups").exists()
    Desk.open(desk_folder).close()


def test_a_desk_that_was_brought_up_to_date_is_open_to_others(desk_folder):
    set_version(desk_folder, OLDER)
    with Desk.open(desk_folder), Holder(desk_folder / "desk.lock", "shared") as other:
        assert other.got


# ------------------------------------------------------------------------------------ locks

HOLD = """
import sqlite3, sys
from pathlib import Path
from borderdesk.store.connection.locks import Lock
path, way = Path(sys.argv[1]), sys.argv[2]
if way == "writing":
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    print(True, flush=True)
else:
    lock = Lock(path)
    print(lock.take(exclusive=way == "exclusive"), flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process that takes a lock and keeps it until it is killed."""

    def __init__(self, path, way):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path), way],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.got = self.process.stdout.readline().strip() == "True"

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize(
    ("held", "wanted", "got"),
    [
        ("shared", "shared", True), ("shared", "exclusive", False),
        ("exclusive", "shared", False), ("exclusive", "exclusive", False),
    ],
)  # fmt: skip
def test_a_lock_is_shared_or_exclusive_between_processes(tmp_path, held, wanted, got):
    path = tmp_path / "desk.lock"
    with Lock(path) as mine:
        with Holder(path, held) as other:
            assert other.got
            assert mine.take(exclusive=wanted == "exclusive") is got
            mine.release()
        # The kernel releases the locks of a killed process.
        assert mine.take(exclusive=True)


def test_a_desk_that_another_program_writes_to_is_said_to_be_in_use(desk):
    # Waiting for the other is cut short for the test.
    desk.store.run("PRAGMA busy_timeout = 10")
    with Holder(desk.store.path, "writing") as other:
        assert other.got
        with pytest.raises(CannotOpen):
            desk.records.add("clearing", example("clearing"))
        assert [*desk.lists.stream("clearing", Filter())] == []
    desk.records.add("clearing", example("clearing"))


def test_a_desk_being_restored_is_refused(desk_folder):
    with Holder(desk_folder / "desk.lock", "exclusive") as restore:
        assert restore.got
        with pytest.raises(CannotOpen):
            Desk.open(desk_folder)
    Desk.open(desk_folder).close()


def test_an_open_desk_keeps_a_restore_away_until_it_is_closed(desk_folder):
    desk = Desk.open(desk_folder)
    with Holder(desk_folder / "desk.lock", "exclusive") as restore:
        assert not restore.got
    desk.close()
    with Holder(desk_folder / "desk.lock", "exclusive") as restore:
        assert restore.got


# ----------------------------------------------------------------------------------- copies


def everything(path):
    """Every row of every table of a file."""
    plain = sqlite3.connect(path)
    try:
        tables = [
            r[0]
            for r in plain.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'")
        ]
        return {t: sorted(map(repr, plain.execute(f'SELECT * FROM "{t}"'))) for t in tables}
    finally:
        plain.close()


def test_a_copy_holds_all_that_the_desk_holds(desk, tmp_path):
    for n in range(3):
        desk.records.add("pledge", example("pledge", n))
    target = tmp_path / "copies" / "copy.db"
    desk.store.copy_to(target)
    assert everything(target) == everything(desk.store.path)
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    assert verify_file(target)["totals_hash"] == desk.maintenance.verify()["totals_hash"]


def test_a_copy_opens_as_a_desk(desk, tmp_path):
    desk.records.add("patrol", example("patrol"))
    desk.store.copy_to(database_file(tmp_path / "other"))
    with Desk.open(tmp_path / "other") as other:
        assert other.maintenance.verify() == desk.maintenance.verify()


def test_a_copied_folder_is_a_desk_of_its_own(desk_folder, tmp_path):
    other = Path(shutil.copytree(desk_folder, tmp_path / "other"))
    with Desk.open(desk_folder) as one, Desk.open(other) as two:
        one.records.add("patrol", example("patrol"))
        assert two.maintenance.verify()["revisions"] == 0
