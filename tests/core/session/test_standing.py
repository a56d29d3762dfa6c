"""Changes of a desk's files below an open desk are reported, and nothing is written to replaced
files."""

import datetime
import json
import os
import re
import resource
import shutil
import threading

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from borderdesk.base.errors import CannotOpen, DamagedFile, FullDisk, UserError
from borderdesk.base.paths import database_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.session.damage import MARK, DamagedDesk, is_damaged, note_damage, noted_damage
from borderdesk.store.verification.verify import verify
from tests.conftest import PASSWORD
from tests.factories import example


def refused(desk, words):
    assert words in str(desk.hindrance())
    with pytest.raises(UserError, match=words):
        desk.records.add("pledge", example("pledge", 7))


def read_beside(desk, work=lambda desk: desk.store.value("SELECT COUNT(*) FROM pledge")):
    """The error of a window's worker that opens a further connection; "" for none."""
    told = []

    def read():
        try:
            with desk.in_thread():
                work(desk)
        except CannotOpen as error:
            told.append(str(error))

    worker = threading.Thread(target=read)
    worker.start()
    worker.join()
    return "".join(told)


def goes_on(desk, number):
    assert desk.hindrance() is None
    desk.records.add("pledge", example("pledge", number))
    assert verify(desk.store)["problems"] == []


def test_what_is_moved_away_or_closed_is_told_and_it_goes_on_when_it_is_back(desk, tmp_path):
    path = database_file(desk.folder)
    goes_on(desk, 1)
    away = tmp_path / "away"
    desk.folder.rename(away)
    refused(desk, "không còn ở chỗ cũ")
    assert "không còn ở chỗ cũ" in read_beside(desk)
    # The folder alone is no desk, and none is created in it.
    desk.folder.mkdir()
    refused(desk, "không còn ở chỗ cũ")
    assert list(desk.folder.iterdir()) == []
    desk.folder.rmdir()
    away.rename(desk.folder)
    goes_on(desk, 2)
    for file in (path, path.parent):
        mode = file.stat().st_mode
        file.chmod(mode & ~0o222)
        refused(desk, "chỉ được đọc")
        file.chmod(mode)
        goes_on(desk, 3 + (file == path))


def test_what_is_wrong_with_another_file_is_told_of_that_one(desk):
    def read_stick(_desk):
        raise CannotOpen("USB")

    database_file(desk.folder).chmod(0o400)
    refused(desk, "chỉ được đọc")
    assert read_beside(desk, read_stick) == "USB"


def test_a_file_put_in_the_desks_place_is_not_checked_with_the_log_of_the_other(
    desk_folder, tmp_path, cli_inline
):
    path = database_file(desk_folder)
    with Desk.open(desk_folder) as desk:
        goes_on(desk, 1)
        desk.store.copy_to(tmp_path / "copy.db")
        goes_on(desk, 2)
        path.rename(tmp_path / "former.db")
        shutil.copy(tmp_path / "copy.db", path)
        for way in ([path], []):
            told = cli_inline("--desk", desk_folder, "verify", *way)
            assert told.returncode == 3
            assert "tệp khác" in told.stderr, told
        assert cli_inline("verify", tmp_path / "copy.db").returncode == 0
        (tmp_path / "former.db").replace(path)
        assert cli_inline("--desk", desk_folder, "verify", path).returncode == 0
        goes_on(desk, 3)


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_log_taken_away_is_told_and_nothing_saved_is_lost(desk_folder, tmp_path, ending):
    path = database_file(desk_folder)
    with Desk.open(desk_folder) as desk:
        goes_on(desk, 1)
        log = path.with_name(path.name + ending)
        log.rename(tmp_path / "log")
        refused(desk, log.name)
        assert log.name in read_beside(desk)
        assert not log.exists()
        (tmp_path / "log").rename(log)
        goes_on(desk, 2)
        assert not read_beside(desk)
        log.unlink()
        refused(desk, log.name)
        assert log.name in read_beside(desk)
    with Desk.open(desk_folder) as desk:
        # Two pledges and their households.
        assert desk.maintenance.verify() | {"totals_hash": ""} == {
            "ok": True, "records": 4, "revisions": 4, "totals_hash": "", "problems": []
        }  # fmt: skip


def test_a_disk_that_is_full_at_the_start_is_said_and_the_desk_is_read(
    desk_folder, cli_inline, monkeypatch, tmp_path
):
    with Desk.open(desk_folder) as desk:
        desk.records.add("pledge", example("pledge", 1))
    usage = shutil.disk_usage(desk_folder)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with Desk.open(desk_folder) as desk:
            said = str(desk.hindrance())
            assert "Ổ đĩa đã đầy: sổ đang mở chỉ để đọc" in said
            refused(desk, said)
            assert desk.maintenance.verify()["records"] == 2
        listed = cli_inline("--desk", desk_folder, "list", "pledge", "--format", "json")
        assert (listed.returncode, len(json.loads(listed.stdout))) == (0, 1)
        assert said in listed.stderr
        # Reported once, by a command that is refused because of it.
        for words in ("delete pledge 0 --reason x", "setting set print.place x", "add pledge"):
            told = cli_inline("--desk", desk_folder, *words.split(), stdin="{}")
            assert told.returncode == 1, told
            assert told.stderr.count(said) == 1, told
        with pytest.raises(FullDisk):
            Desk.create(tmp_path / "new", "post", "BS", "Người thử")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with Desk.open(desk_folder) as desk:
        goes_on(desk, 2)


def test_another_file_in_its_place_is_not_written_to(desk, cli_inline, tmp_path):
    """Neither by this program nor by a command, which did not open the former one."""
    path = database_file(desk.folder)
    goes_on(desk, 1)
    path.rename(tmp_path / "own")
    path.write_bytes((tmp_path / "own").read_bytes())
    content = path.read_bytes()
    refused(desk, "Một tệp khác")
    # Its connection would write the write-ahead log into the other file, and remove it.
    assert "Một tệp khác" in read_beside(desk)
    log = path.with_name(path.name + "-wal").read_bytes()
    for words in ("list pledge", "add pledge", "verify", "backup", f"salvage --into {tmp_path}/s"):
        told = cli_inline("--desk", desk.folder, *words.split(), stdin="{}")
        assert (told.returncode, told.stdout) == (3, ""), told
        assert "Một chương trình khác đang mở sổ này" in told.stderr
    assert path.read_bytes() == content
    assert path.with_name(path.name + "-wal").read_bytes() == log
    os.replace(tmp_path / "own", path)  # noqa: PTH105 - over the other one
    goes_on(desk, 2)
    desk.close()
    with Desk.open(desk.folder) as again:
        assert again.maintenance.verify()["records"] == 4


def broken(folder, table):
    """Overwrite the first page of a table, which the quick check finds."""
    path = database_file(folder)
    raw = sqlcipher.connect(str(path))
    (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(content)


def test_a_damaged_desk_is_written_to_by_nobody(desk_folder):
    sound = database_file(desk_folder).read_bytes()
    broken(desk_folder, "patrol")
    content = database_file(desk_folder).read_bytes()
    for _time in range(2):
        with pytest.raises(DamagedDesk) as told:
            Desk.open(desk_folder)
        assert told.value.exit_code == 3
    assert is_damaged(desk_folder)
    with Desk.open(desk_folder, read_only=True) as desk:
        assert desk.title()
        with pytest.raises(DamagedFile):
            desk.records.add("pledge", example("pledge", 1))
        assert not desk.backups.due(datetime.datetime.now(datetime.UTC))
    assert database_file(desk_folder).read_bytes() == content
    # Put back by hand, and verified.
    database_file(desk_folder).write_bytes(sound)
    with Desk.open(desk_folder, read_only=True) as desk:
        assert desk.maintenance.verify()["ok"]
    assert not is_damaged(desk_folder)
    with Desk.open(desk_folder) as desk:
        goes_on(desk, 1)


def test_damage_that_a_check_finds_holds_for_every_program(desk_folder):
    with Desk.open(desk_folder) as desk, Desk.open(desk_folder) as other:
        goes_on(desk, 1)
        raw = sqlcipher.connect(str(database_file(desk_folder)), isolation_level=None)
        raw.execute("UPDATE revision SET author = 'ai đó'")
        raw.close()
        assert not desk.maintenance.verify()["ok"]
        with pytest.raises(DamagedDesk):
            desk.preferences.prefer("x", 1)
        with pytest.raises(DamagedDesk):
            Desk.open(desk_folder)
        with pytest.raises(DamagedDesk):
            other.preferences.prefer("x", 1)


def test_a_mark_that_nobody_can_read_is_one_and_the_first_one_stays(tmp_path):
    assert noted_damage(tmp_path) is None
    first = note_damage(tmp_path, 0)
    assert first.faults == 1
    assert note_damage(tmp_path, 9) == first
    (tmp_path / MARK).write_text("{")
    assert noted_damage(tmp_path).faults == 1
    assert isinstance(DamagedDesk(noted_damage(tmp_path)), CannotOpen)


def test_a_file_whose_texts_are_none_is_called_damaged(desk_folder, cli_inline, tmp_path):
    """The library's message names the table it cannot read, and the name is not valid text."""
    file = database_file(desk_folder)
    content = file.read_bytes()
    broken = re.sub(rb"CREATE TABLE (\"?audit\b)", rb"CREATE TABLX \1", content)
    assert broken != content
    broken = broken.replace(b"audit", b"\xff" * 5)
    (tmp_path / "a.db").write_bytes(broken)
    for words in ("verify {file}", "restore {file} --into {new}"):
        named = words.format(file=tmp_path / "a.db", new=tmp_path / "new").split()
        told = cli_inline("--desk", desk_folder, *named)
        assert (told.returncode, told.stdout) == (3, ""), told
    file.write_bytes(broken)
    for words in ("verify", "list patrol", f"backup {tmp_path}"):
        told = cli_inline("--desk", desk_folder, *words.split())
        assert (told.returncode, told.stdout) == (3, ""), told


@pytest.mark.parametrize("begin", ["desk_folder", "locked_folder"])
def test_a_full_disk_with_a_log_that_a_kill_left_is_read(begin, request):
    folder = request.getfixturevalue(begin)
    key = KeyRing(folder).unlock(None, PASSWORD) if begin == "locked_folder" else None
    child = os.fork()
    if child == 0:
        Desk.open(folder, key).records.add("pledge", example("pledge", 1))
        os._exit(0)
    os.waitpid(child, 0)
    (folder / "desk.db-shm").unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.MonkeyPatch.context() as patched:
        usage = shutil.disk_usage(folder)._replace(free=0)
        patched.setattr(shutil, "disk_usage", lambda _folder: usage)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        try:
            for _again in range(2):
                with Desk.open(folder, key) as desk, desk.in_thread():
                    refused(desk, "Ổ đĩa đã đầy: sổ đang mở chỉ để đọc")
                    assert desk.maintenance.verify()["records"] == 2
                    with pytest.raises(CannotOpen, match="chương trình khác đang mở sổ để đọc"):
                        Desk.open(folder, key)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with Desk.open(folder, key) as desk:
        goes_on(desk, 2)
