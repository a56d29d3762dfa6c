"""A desk upgraded by a version that then failed to open it is restored."""

import shutil
from pathlib import Path

import pytest

from borderdesk.base import version_state, versions
from borderdesk.base.errors import NewerSchema
from borderdesk.base.paths import database_file, migration_copies
from borderdesk.desk import Desk
from borderdesk.session.upgrade_undo import undo_upgrade
from borderdesk.store.connection.database import SCHEMA_VERSION, Store
from tests.exchanging import clearing


@pytest.fixture
def folder(post_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk, with a program whose update may be reverted."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    versions.versions_folder().mkdir()
    return Path(shutil.copytree(post_template, tmp_path / "desk"))


def upgraded(folder: Path) -> None:
    """Upgrade like a newer version: a copy, then its migration."""
    copies = migration_copies(folder)
    copies.mkdir(exist_ok=True)
    name = f"before-upgrade-{SCHEMA_VERSION}-to-{SCHEMA_VERSION + 1}.db"
    shutil.copyfile(database_file(folder), copies / name)
    store = Store(database_file(folder))
    with store.connection_context():
        store.run("CREATE TABLE newer (id INTEGER)")
        store.run(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def test_a_desk_that_a_version_that_gave_way_had_upgraded_is_put_back(folder: Path) -> None:
    with Desk.open(folder) as desk:
        record = desk.records.add("clearing", clearing(post=None)).id
    upgraded(folder)
    assert not undo_upgrade(folder, None), "no version gave way: its desk is left alone"
    version_state.go_back(versions.version_in("0.9.0"), "")
    with pytest.raises(NewerSchema):
        Desk.open(folder)
    assert undo_upgrade(folder, None)
    with Desk.open(folder) as desk:
        assert desk.maintenance.verify()["ok"]
        assert desk.records.history("clearing", record)
        desk.records.delete("clearing", record, "Nhập trùng")
    assert len(list(migration_copies(folder).glob("after-upgrade-*"))) == 1


def test_what_was_recorded_since_is_not_thrown_away(folder: Path) -> None:
    before = database_file(folder).read_bytes()
    with Desk.open(folder) as desk:
        desk.records.add("clearing", clearing(post=None))
    upgraded(folder)
    (copy,) = migration_copies(folder).glob("before-upgrade-*")
    copy.write_bytes(before)
    version_state.go_back(versions.version_in("0.9.0"), "")
    assert not undo_upgrade(folder, None)
    with pytest.raises(NewerSchema):
        Desk.open(folder)
