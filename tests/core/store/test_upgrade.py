"""An older desk is upgraded to the newest schema in one transaction, from any path, keeping a
copy."""

import os
import shutil
import signal

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.errors import CannotOpen, IncompleteSchema, UserError
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.session.opening import run_migrations, verify_file
from borderdesk.session.ring_check import noted_ring
from borderdesk.store.connection import schema
from borderdesk.store.connection.database import SCHEMA_VERSION, Store
from tests.keep_schema import (
    FIRST_DESK,
    LOCKED,
    PASSWORD,
    desk_file,
    dump_file,
    unpack_desk,
    unpack_locked,
)

AWKWARD = "hồ sơ [a]#1%20 ?x=y&'\"“đồn”"
KEY = bytes(range(32))


def raw_rows(path, sql):
    raw = sqlcipher.connect(str(path))
    try:
        return raw.execute(sql).fetchall()
    finally:
        raw.close()


def old_desk(folder, version=FIRST_DESK):
    unpack_desk(version, database_file(folder))
    return folder


def copies(folder):
    return sorted(path.name for path in (folder / "backups").glob("*"))


def encrypted(plain, target):
    target.parent.mkdir()
    raw = sqlcipher.connect(str(plain), isolation_level=None)
    version = raw.execute("PRAGMA user_version").fetchone()[0]
    raw.execute(f"ATTACH ? AS locked KEY \"x'{KEY.hex()}'\"", (str(target),))
    raw.execute("PRAGMA locked.synchronous = OFF")
    raw.execute("SELECT sqlcipher_export('locked')")
    raw.execute(f"PRAGMA locked.user_version = {version}")
    raw.close()


def upgraded(folder, key=None):
    with Desk.open(folder, key) as desk:
        assert desk.store.schema_version() == SCHEMA_VERSION
        made = "".join(f"{sql};\n" for sql in schema.definition(desk.store).values())
        assert made == dump_file(SCHEMA_VERSION).read_text(encoding="utf-8")
        told = desk.maintenance.verify()
        assert told["problems"] == []
        return told["revisions"]


def test_a_desk_of_every_released_schema_opens_as_it_was_left(tmp_path):
    assert all(desk_file(v).is_file() for v in range(FIRST_DESK, SCHEMA_VERSION))
    for version in range(FIRST_DESK, SCHEMA_VERSION):
        folder = old_desk(tmp_path / str(version), version)
        kept = raw_rows(database_file(folder), "SELECT id FROM revision ORDER BY id")
        assert upgraded(folder) == len(kept)
        assert raw_rows(database_file(folder), "SELECT id FROM revision ORDER BY id") == kept
        assert copies(folder) == [f"before-upgrade-{version}-to-{SCHEMA_VERSION}.db"]
        shutil.rmtree(folder)


def test_an_encrypted_desk_of_a_released_schema_opens_by_its_password(tmp_path):
    assert LOCKED
    for version in LOCKED:
        folder = unpack_locked(version, tmp_path / str(version))
        ring = KeyRing(folder)
        before = ring.read()
        key = ring.unlock(None, PASSWORD)
        assert upgraded(folder, key) == 12
        assert ring.read() == before
        with Desk.open(folder, key) as desk:
            assert noted_ring(desk.store) == before


def test_it_is_told_how_far_an_upgrade_is(tmp_path):
    told = []
    folder = old_desk(tmp_path / "old")
    with Desk.open(folder, on_upgrade=lambda done, total: told.append(done / total)) as desk:
        assert desk.store.schema_version() == SCHEMA_VERSION
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) > SCHEMA_VERSION - FIRST_DESK
    told.clear()
    Desk.open(folder, on_upgrade=lambda *far: told.append(far)).close()
    assert told == []


def test_an_encrypted_desk_and_its_copy_stay_encrypted(tmp_path):
    plain = old_desk(tmp_path / "plain")
    encrypted(database_file(plain), database_file(tmp_path / "locked"))
    assert upgraded(tmp_path / "locked", KEY) == 12
    copy = tmp_path / "locked" / "backups" / copies(tmp_path / "locked")[0]
    for file in (database_file(tmp_path / "locked"), copy):
        assert not file.read_bytes().startswith(b"SQLite format 3")
    with Store(copy, KEY, read_only=True).connection_context() as _:
        pass


@pytest.mark.parametrize(
    "obstacle",
    [
        # The second last migration finds its table already there.
        "CREATE TABLE place_claim (x)",
        # Rows with dangling references.
        "INSERT INTO pledge_key (x) VALUES (1000000)",
    ],
)
def test_an_upgrade_that_fails_leaves_the_desk_as_it_was(tmp_path, obstacle):
    folder = old_desk(tmp_path / "old")
    raw = sqlcipher.connect(str(database_file(folder)), isolation_level=None)
    if "pledge_key" in obstacle:
        raw.execute("CREATE TABLE pledge_key (x REFERENCES household (row))")
    raw.execute(obstacle)
    raw.close()
    with pytest.raises((UserError, sqlcipher.Error)):
        Desk.open(folder)
    applied = raw_rows(database_file(folder), "SELECT COUNT(*) FROM schema_migration")
    assert applied == [(FIRST_DESK,)]
    assert raw_rows(database_file(folder), "PRAGMA user_version") == [(FIRST_DESK,)]
    tables = raw_rows(database_file(folder), "SELECT name FROM sqlite_master")
    assert ("log_entry",) not in tables


def test_a_version_is_stamped_only_where_the_tables_match(tmp_path):
    folder = old_desk(tmp_path / "old")
    raw = sqlcipher.connect(str(database_file(folder)), isolation_level=None)
    raw.execute("ALTER TABLE clearing DROP COLUMN hamlet")
    raw.close()
    with pytest.raises(IncompleteSchema, match=r"clearing\.hamlet"):
        Desk.open(folder)
    assert raw_rows(database_file(folder), "PRAGMA user_version") == [(FIRST_DESK,)]


def test_a_damaged_desk_is_not_upgraded(tmp_path):
    folder = old_desk(tmp_path / "old")
    content = bytearray(database_file(folder).read_bytes())
    content[-3000:] = os.urandom(3000)
    database_file(folder).write_bytes(content)
    with pytest.raises(CannotOpen):
        Desk.open(folder)
    assert database_file(folder).read_bytes() == content


def test_the_copy_from_before_is_never_overwritten(tmp_path):
    folder = old_desk(tmp_path / "old")
    first = folder / "backups" / f"before-upgrade-{FIRST_DESK}-to-{SCHEMA_VERSION}.db"
    first.parent.mkdir()
    first.write_text("quý")
    # A dangling link does not count as a free name either.
    first.with_stem(f"{first.stem}-2").symlink_to(tmp_path / "elsewhere")
    assert upgraded(folder) == 12
    assert first.read_text() == "quý"
    assert not (tmp_path / "elsewhere").exists()
    made = first.with_stem(f"{first.stem}-3")
    assert raw_rows(made, "PRAGMA user_version") == [(FIRST_DESK,)]


def upgrade_until_killed(folder, steps):
    left = [steps]

    def step():
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        store = Store(database_file(folder))
        with store.connection_context():
            store.connection().set_progress_handler(step, 200)
            run_migrations(store)
    finally:
        os._exit(0)


def test_a_kill_leaves_an_old_desk_or_a_new_one(tmp_path):
    for steps in (1, 4, 40, 160, 400, 900):
        folder = old_desk(tmp_path / str(steps))
        pid = os.fork()
        if pid == 0:
            upgrade_until_killed(folder, steps)
        os.waitpid(pid, 0)
        version = raw_rows(database_file(folder), "PRAGMA user_version")[0][0]
        recorded = raw_rows(database_file(folder), "SELECT COUNT(*) FROM schema_migration")
        assert version in (FIRST_DESK, SCHEMA_VERSION)
        assert recorded == [(version,)]
        assert upgraded(folder) == 12


def test_an_upgrade_works_at_an_awkward_path(tmp_path):
    folder = old_desk(tmp_path / AWKWARD)
    assert upgraded(folder) == 12
    with Desk.open(folder) as desk:
        made = desk.backups.make(tmp_path / AWKWARD / "sao [lưu] 100%")
    assert verify_file(made.file)["ok"]


def test_migrations_are_found_wherever_the_program_lies(tmp_path, monkeypatch):
    lies_in = tmp_path / "[x] 100% “đồn”"
    shutil.copytree(schema.MIGRATIONS, lies_in)
    monkeypatch.setattr(schema, "MIGRATIONS", lies_in)
    database = schema.ScratchDatabase()
    with database.connection_context():
        schema.migrate(database)
        assert len(schema.names()) == SCHEMA_VERSION
        assert schema.is_upgradable(database, SCHEMA_VERSION)
