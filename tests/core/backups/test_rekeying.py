"""Encrypting a desk in place or changing its key: completely or not at all, without plain copies
left."""

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.rekeying import UnconfirmedKey, change_key, encrypt_desk
from borderdesk.base.errors import CannotOpen, OperationRefused, UserError
from borderdesk.base.paths import backups_folder, database_file, key_file
from borderdesk.desk import Desk
from borderdesk.exchange.desks.cards import Cards
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.wrap_set import WrapSet, WrongPassword
from borderdesk.session.account_table import Account
from borderdesk.session.file_keys import unlock_file
from borderdesk.session.locked_desk import PasswordNeeded
from borderdesk.session.opening import verify_file
from borderdesk.session.rekey_plan import RekeyPlan
from borderdesk.store.connection.cipher import PLAIN_HEADER, is_encrypted
from borderdesk.store.connection.locks import Lock
from borderdesk.store.models.exchange import OwnKeyRow
from tests.conftest import PASSWORD
from tests.factories import example
from tests.rings import edited

HEAD = "Triệu Thị Mủi Nhình"
"""A household's head: a name that occurs nowhere else."""
ADMINISTRATOR = Account("Người thử", "Người thử", "administrator")
FOLDER_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


@pytest.fixture(scope="module")
def open_template(post_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain desk with a household, its keys, a backup, and another on a stick."""
    folder = Path(shutil.copytree(post_template, tmp_path_factory.mktemp("open") / "desk"))
    with Desk.open(folder) as desk:
        desk.records.add("household", {**example("household"), "head": HEAD})
        desk.part(Cards).own()
        desk.backups.make()
        desk.records.add("clearing", example("clearing"))
        desk.backups.make(folder.with_name("stick"))
    return folder


@pytest.fixture
def folder(open_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(open_template, tmp_path / "desk"))


def secrets_in(folder: Path, *secrets: str) -> list[Path]:
    """The files that contain one of the secrets in plain text."""
    searched = [text.encode() for text in secrets]
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if any(one in file.read_bytes() for one in searched)]


def signing_secret(folder: Path) -> str:
    """The signing key of a desk."""
    with Desk.open(folder) as desk:
        return str(desk.store.scalar(OwnKeyRow.select(OwnKeyRow.signing)))


def test_an_open_desk_is_encrypted_and_nothing_plain_stays(
    folder: Path, open_template: Path
) -> None:
    secret = signing_secret(folder)
    assert secrets_in(folder, HEAD) != [] != secrets_in(folder, secret)
    done = encrypt_desk(folder, PASSWORD)
    assert secrets_in(folder, HEAD, PASSWORD, secret, "SQLite format 3") == []
    assert {file.name for file in folder.iterdir()} == {
        "backups", "desk.db", "desk.keys", "desk.last", "desk.lock",
    }  # fmt: skip
    assert done.elsewhere == sorted(open_template.with_name("stick").glob("*.db"))
    assert done.unreadable == []
    with pytest.raises(PasswordNeeded):
        Desk.open(folder)
    key = KeyRing(folder).unlock(None, PASSWORD)
    with Desk.open(folder, key) as desk:
        assert desk.maintenance.verify()["ok"]
        logged = desk.backups.all()
        assert [one.is_in_place() for one in logged] == [True] * 3
    for file in backups_folder(folder).glob("*.db"):
        assert verify_file(file, key=unlock_file(file, None, PASSWORD))["ok"]
    with pytest.raises(OperationRefused):
        encrypt_desk(folder, PASSWORD)


def test_a_desk_that_is_open_somewhere_stays_as_it_is(folder: Path) -> None:
    with Desk.open(folder), pytest.raises(CannotOpen):
        encrypt_desk(folder, PASSWORD)
    assert not is_encrypted(database_file(folder))
    assert not key_file(folder).exists()


@pytest.mark.parametrize("late", [False, True], ids=["a copy", "the new database"])
def test_a_disk_that_does_not_keep_it_is_told_in_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    """Another program may fill the disk after the free space was checked, or the disk fails."""
    database, flush = database_file(folder), os.fsync

    def fail(file: int) -> None:
        name = Path(f"/proc/self/fd/{file}").readlink().name
        if is_encrypted(database) if late else name == "copy":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(file)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(UserError) as told:
            encrypt_desk(folder, PASSWORD)
    if late:
        assert isinstance(told.value, UnconfirmedKey)
        assert "mật khẩu hoặc khóa mới" in str(told.value)
        with Desk.open(folder, told.value.key) as desk:
            assert desk.maintenance.verify()["ok"]
        assert KeyRing(folder).unlock(None, PASSWORD) == told.value.key
    else:
        assert "đĩa đã đầy" in str(told.value)
        assert not is_encrypted(database)


def test_a_damaged_desk_is_not_encrypted(folder: Path) -> None:
    with Desk.open(folder) as desk:
        desk.store.run("DELETE FROM clearing")
    before = database_file(folder).read_bytes()
    with pytest.raises(CannotOpen):
        encrypt_desk(folder, PASSWORD)
    assert database_file(folder).read_bytes() == before
    assert not key_file(folder).exists()


def test_a_damaged_plain_backup_does_not_stay(folder: Path) -> None:
    (backup,) = backups_folder(folder).glob("*.db")
    backup.write_bytes(backup.read_bytes()[:-9])
    assert encrypt_desk(folder, PASSWORD).unreadable == [backup]
    assert not backup.exists()


def test_another_key_shuts_out_who_was_removed(folder: Path, tmp_path: Path) -> None:
    old = encrypt_desk(folder, PASSWORD).key
    ring = KeyRing(folder)
    edited(ring, WrapSet.adding, old, "Kẻ đã đi", "một")
    edited(ring, WrapSet.removing, old, "Kẻ đã đi")
    before = Path(shutil.copytree(folder, tmp_path / "before"))
    done = change_key(folder, old, ADMINISTRATOR)
    assert ring.unlock(None, PASSWORD) == done.key != old
    with pytest.raises(CannotOpen):
        Desk.open(folder, old)
    for file in backups_folder(folder).glob("*.db"):
        assert unlock_file(file, None, PASSWORD) == done.key
    with Desk.open(folder, done.key) as desk:
        assert desk.maintenance.verify()["ok"]
        told = [(line.kind, line.name) for line in desk.audit.lines(limit=2)]
    assert told == [("desk.rotated", "Người thử"), ("desk.encrypted", "Người thử")]
    assert KeyRing(before).unlock(None, PASSWORD) == old


@pytest.mark.long
@pytest.mark.parametrize("again", [False, True], ids=["encrypt", "new key"])
def test_a_kill_leaves_it_as_it_was_or_as_it_is_to_be(
    folder: Path, tmp_path: Path, again: bool
) -> None:
    key = encrypt_desk(folder, PASSWORD).key if again else None
    by = ADMINISTRATOR
    change = partial(change_key, key=key, account=by) if key else None
    work = change or partial(encrypt_desk, password=PASSWORD)
    outcomes = set()
    for number in killing_points(folder, tmp_path, work):
        copy = Path(shutil.copytree(folder, tmp_path / f"{number}"))
        killed_at(number, partial(work, copy))
        was_replaced = (
            database_file(copy).read_bytes()[:16] != database_file(folder).read_bytes()[:16]
        )
        outcomes.add(was_replaced)
        with pytest.raises(PasswordNeeded) if was_replaced or again else Desk.open(copy):
            Desk.open(copy).close()
        if was_replaced or again:
            found = KeyRing(copy).unlock(None, PASSWORD)
            assert (found == key) == (not was_replaced)
            assert secrets_in(copy, HEAD) == []
            with Desk.open(copy, found) as desk:
                assert desk.maintenance.verify()["ok"]
        else:
            assert not key_file(copy).exists()
        # A file that was being written is removed by the next write there.
        assert [left for left in copy.glob(".*.part") if left.is_dir()] == []
        assert not (copy / "desk.rekey").exists()
        shutil.rmtree(copy)
    assert outcomes == {False, True}


def killing_points(folder: Path, tmp_path: Path, work) -> Iterator[int]:
    """The file events of a whole run at which others are killed: a few before the real plan is
    written, every other one from then on."""
    copy = Path(shutil.copytree(folder, tmp_path / "whole"))
    told = tmp_path / "events"
    killed_at(10_000, partial(work, copy), told)
    events = told.read_text().splitlines()
    *_first, planned = (n for n, event in enumerate(events) if _is_plan(event))
    yield from range(4, planned - 2, max(planned // 3, 1))
    yield from range(planned - 2, len(events), 3)


def _is_plan(event: str) -> bool:
    return event.startswith("os.rename") and event.endswith("desk.rekey")


def killed_at(number: int, work, told: Path | None = None) -> None:
    """Run the work in a process that is killed at its n-th file event."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    seen = []

    def watch(event: str, args: tuple[object, ...]) -> None:
        if event in FOLDER_EVENTS and (event != "open" or _writes(args)):
            if len(seen) >= number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen.append(f"{event} {args[1] if event == 'os.rename' else args[0]}")

    sys.addaudithook(watch)
    try:
        work()
    finally:
        if told is not None:
            number = len(seen) + 10
            told.write_text("\n".join(seen))
        os._exit(0)


def _writes(args: tuple[object, ...]) -> bool:
    return isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def test_a_planted_plan_moves_nothing(folder: Path) -> None:
    victim = folder.with_name("victim")
    victim.write_text("ours")
    plain, work = PLAIN_HEADER.hex(), ".0123456789abcdef.part"
    plans = (
        RekeyPlan(plain, "../x", {}, ()),
        RekeyPlan(plain, work, {}, ("../../victim",)),
        RekeyPlan(plain, work, {"a": "../victim"}, ()),
        RekeyPlan(plain, work, {"../victim": "b"}, ()),
    )
    for planted in [*(json.dumps(plan._asdict()) for plan in plans), "[]"]:
        (folder / "desk.rekey").write_text(planted)
        with pytest.raises(CannotOpen, match=r"desk\.rekey"):
            Desk.open(folder)
    assert victim.read_text() == "ours"


def test_a_planted_plan_reaches_through_no_link(folder: Path) -> None:
    home, work = folder.with_name("home"), ".0123456789abcdef.part"
    home.mkdir()
    (home / "thesis.odt").write_text("ours")
    plain = PLAIN_HEADER.hex()
    plans = {
        folder / work: RekeyPlan(plain, work, {"thesis.odt": "a"}, ()),
        backups_folder(folder): RekeyPlan(plain, work, {}, ("thesis.odt",)),
    }
    backups_folder(folder).rename(folder / "kept")
    for link, plan in plans.items():
        link.symlink_to(home)
        (folder / "desk.rekey").write_text(json.dumps(plan._asdict()))
        with pytest.raises(CannotOpen, match=r"desk\.rekey"):
            Desk.open(folder)
        (folder / "desk.rekey").unlink()
        link.unlink()
    backups_folder(folder).symlink_to(home)
    with pytest.raises(OperationRefused, match="liên kết"):
        encrypt_desk(folder, PASSWORD)
    assert (home / "thesis.odt").read_text() == "ours"
    assert not is_encrypted(database_file(folder))


def test_a_backup_made_before_opens_with_the_password_of_then(folder: Path, tmp_path: Path) -> None:
    key = encrypt_desk(folder, PASSWORD).key
    (newest, *_rest) = sorted(backups_folder(folder).glob("*.db"), reverse=True)
    edited(KeyRing(folder), WrapSet.changing, key, "Người thử", "khác hẳn")
    with pytest.raises(WrongPassword, match="của ngày lập bản đó"):
        unlock_file(newest, None, "khác hẳn")
    restored = restore(newest, tmp_path / "again", key=unlock_file(newest, None, PASSWORD))
    assert KeyRing(restored.desk).unlock(None, PASSWORD) == key


def test_a_lock_of_another_process_holds_it_back(folder: Path) -> None:
    with Lock(folder / "desk.lock") as lock:
        assert lock.take(exclusive=True)
        with pytest.raises(CannotOpen):
            encrypt_desk(folder, PASSWORD)
