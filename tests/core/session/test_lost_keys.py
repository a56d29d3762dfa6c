"""The key file of a desk is missing or damaged: nothing in the desk is lost with it."""

import errno
import os
from pathlib import Path

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.salvage import key_source, salvage
from borderdesk.base.errors import DamagedFile
from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.session.desk_ring import DeskRing
from borderdesk.session.file_keys import unlock_file
from borderdesk.store.lists.listing import Filter
from tests.conftest import PASSWORD
from tests.core.session.test_older_keys import AN, NEW, nothing, opened
from tests.factories import example


@pytest.fixture
def backed_up(locked_folder: Path) -> Path:
    """A desk with a backup, and with a record and another password since."""
    with opened(locked_folder) as desk:
        desk.records.add("clearing", {**example("clearing"), "post": "BS"})
        desk.backups.make()
        desk.records.add("clearing", {**example("clearing", 1), "post": "BS"})
        desk.part(DeskRing).change(AN, NEW, record=nothing, cost=LEAST_COST)
    return locked_folder


def test_taken_away_while_the_desk_is_open_they_are_written_anew(locked_folder: Path) -> None:
    ring = key_file(locked_folder)
    kept = ring.read_bytes()
    with opened(locked_folder) as desk:
        ring.unlink()
        desk.last.keep_up()
        assert ring.read_bytes() == kept
        assert ring.stat().st_mode & 0o777 == 0o600
        assert [line.kind for line in desk.audit.lines()].count("desk.keys_gone") == 1
        ring.unlink()
    assert ring.read_bytes() == kept
    opened(locked_folder).close()


@pytest.mark.parametrize("left", [None, b"", b"{ bad"])
def test_without_them_it_is_said_and_everything_is_salvaged(
    backed_up: Path, tmp_path: Path, left: bytes | None
) -> None:
    ring = key_file(backed_up)
    ring.unlink()
    if left is not None:
        ring.write_bytes(left)
    with pytest.raises(DamagedFile, match=r"desk\.keys: không có tệp này|Tệp khóa của sổ bị hỏng"):
        Desk.open(backed_up, None if left is None else bytes(33))
    backup = key_source(backed_up)
    assert backup != database_file(backed_up)
    key = unlock_file(backup, None, PASSWORD)
    done = salvage(backed_up, tmp_path / "new", key=key)
    assert (done.records, done.in_backup, done.added) == (2, 1, 1)
    # With today's password, which the database knows, not with the backup's.
    with opened(tmp_path / "new", NEW) as desk:
        assert len(list(desk.lists.stream("clearing", Filter()))) == 2


def test_the_keys_of_a_sound_desk_are_its_own(backed_up: Path) -> None:
    assert key_source(backed_up) == database_file(backed_up)


def test_of_an_emptied_desk_the_backup_is_left(backed_up: Path, tmp_path: Path) -> None:
    database_file(backed_up).write_bytes(b"")
    for path in (database_file(backed_up), key_file(backed_up)):
        with pytest.raises(DamagedFile):
            Desk.open(backed_up)
        assert database_file(backed_up).read_bytes() == b""
        key = unlock_file(key_source(backed_up), None, PASSWORD)
        assert salvage(backed_up, tmp_path / path.name, key=key).records == 1
        path.unlink()
        database_file(backed_up).touch()
    database_file(backed_up).unlink()
    database_file(backed_up).mkdir()
    with pytest.raises(DamagedFile, match="thư mục"):
        Desk.open(backed_up)


def test_of_a_desk_whose_first_sector_cannot_be_read_the_backup_is_left(
    backed_up: Path, tmp_path: Path
) -> None:
    """Reading the beginning of a process's memory (/proc) fails with an I/O error, like a bad
    disk."""
    database_file(backed_up).unlink()
    database_file(backed_up).symlink_to("/proc/self/mem")
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        database_file(backed_up).read_bytes()
    backup = key_source(backed_up)
    assert backup != database_file(backed_up)
    key = unlock_file(backup, None, PASSWORD)
    done = salvage(backed_up, tmp_path / "salvaged", key=key)
    assert (done.backup, done.read, done.only_in_backup, done.records) == (str(backup), 0, 1, 1)
    assert restore(backup, tmp_path / "restored", key=key).records == 1
