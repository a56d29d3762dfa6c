"""An older key ring beside the desk: replaced or removed passwords never open it again."""

import itertools
import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.salvage import salvage
from borderdesk.base.paths import database_file, key_file, next_key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.keys.password_tries import FREE_TRIES, TooManyTries
from borderdesk.keys.wrap_set import WrapSet, WrongPassword
from borderdesk.session.desk_ring import DeskRing
from borderdesk.session.file_keys import unlock_file
from borderdesk.session.opening import verify_file
from borderdesk.session.ring_check import OlderKeys
from tests.conftest import PASSWORD
from tests.rings import edited, renewed_code

AN, NEW = "Người thử", "một mật khẩu khác"


def nothing() -> None:
    """A change of the ring that writes nothing else."""


def opened(folder: Path, password: str = PASSWORD) -> Desk:
    return Desk.open(folder, KeyRing(folder).unlock(AN, password))


def changed(folder: Path) -> bytes:
    """Change the password of a desk; returns the ring from before."""
    with opened(folder) as desk:
        before = key_file(folder).read_bytes()
        desk.part(DeskRing).change(AN, NEW, record=nothing, cost=LEAST_COST)
    assert key_file(folder).read_bytes() != before
    return before


def told(desk: Desk) -> int:
    return sum(line.kind == "desk.older_keys" for line in desk.audit.lines())


def test_an_older_ring_is_refused_replaced_and_told(locked_folder: Path) -> None:
    before = changed(locked_folder)
    today = key_file(locked_folder).read_bytes()
    for times in (1, 2):
        key_file(locked_folder).write_bytes(before)
        with pytest.raises(OlderKeys):
            opened(locked_folder)
        assert key_file(locked_folder).read_bytes() == today
        with pytest.raises(WrongPassword):
            opened(locked_folder)
        with opened(locked_folder, NEW) as desk:
            assert told(desk) == times
            assert desk.audit.check().problems == []


def test_the_command_ends_with_3_and_the_next_one_works(
    locked_folder: Path, cli_inline, monkeypatch
) -> None:
    desk = ("--desk", locked_folder)
    monkeypatch.setenv("BORDERDESK_PASSWORD", PASSWORD)
    monkeypatch.setenv("BORDERDESK_NEW_PASSWORD", NEW)
    before = key_file(locked_folder).read_bytes()
    assert cli_inline(*desk, "password").returncode == 0
    for command in (["list", "patrol"], ["backup"], ["encrypt", "--new-key"], ["password"]):
        key_file(locked_folder).write_bytes(before)
        refused = cli_inline(*desk, *command)
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "mật khẩu hiện nay" in refused.stderr
    monkeypatch.setenv("BORDERDESK_PASSWORD", NEW)
    lines = cli_inline(*desk, "audit", "--kind", "desk.older_keys", "--format", "json")
    assert [one["account"] for one in json.loads(lines.stdout)] == [""] * 4


def test_a_disabled_account_stays_out(locked_folder: Path) -> None:
    with opened(locked_folder) as desk:
        desk.accounts.add_account("Kẻ đã đi", "clerk", "một hai ba")
        with_both = key_file(locked_folder).read_bytes()
        desk.accounts.disable_account("Kẻ đã đi")
    key_file(locked_folder).write_bytes(with_both)
    key = KeyRing(locked_folder).unlock("Kẻ đã đi", "một hai ba")
    with pytest.raises(OlderKeys):
        Desk.open(locked_folder, key)
    assert KeyRing(locked_folder).names() == [AN]


def test_the_code_of_a_sheet_that_was_replaced_stays_worthless(locked_folder: Path) -> None:
    ring = KeyRing(locked_folder)
    code = renewed_code(ring, ring.unlock(AN, PASSWORD))
    opened(locked_folder).close()
    before = key_file(locked_folder).read_bytes()
    with opened(locked_folder) as desk:
        _new, apply = desk.part(DeskRing).prepare_recovery(cost=LEAST_COST)
        assert ring.unlock_with_code(code) == desk.store.key
        apply(nothing)
    key_file(locked_folder).write_bytes(before)
    with pytest.raises(OlderKeys):
        Desk.open(locked_folder, ring.unlock_with_code(code))


def test_the_ways_round_the_desk_are_shut_too(locked_folder: Path, tmp_path: Path) -> None:
    before = changed(locked_folder)
    key_file(locked_folder).write_bytes(before)
    key = KeyRing(locked_folder).unlock(AN, PASSWORD)
    database = database_file(locked_folder)
    with pytest.raises(OlderKeys):
        verify_file(database, key=key)
    with pytest.raises(OlderKeys):
        restore(database, tmp_path / "again", key=key)
    with pytest.raises(OlderKeys):
        salvage(locked_folder, tmp_path / "again", key=key)
    with pytest.raises(OlderKeys):
        Desk.open(locked_folder, key, read_only=True)
    assert not (tmp_path / "again").exists()


def test_a_backup_opens_by_its_own_ring_and_what_is_salvaged_by_todays(
    locked_folder: Path, tmp_path: Path
) -> None:
    with opened(locked_folder) as desk:
        made = desk.backups.make()
    changed(locked_folder)
    key = KeyRing(locked_folder).unlock(AN, NEW)
    restored = restore(made.file, tmp_path / "again", key=key)
    opened(restored.desk).close()
    salvage(locked_folder, tmp_path / "saved", key=key)
    opened(tmp_path / "saved", NEW).close()


def test_a_later_ring_and_one_of_a_former_version_are_taken(tmp_path: Path) -> None:
    """Rings without a number have a key without cipher settings: both are from before their
    introduction."""
    ring = KeyRing(tmp_path)
    key = ring.create(AN, PASSWORD, cost=LEAST_COST, key=bytes(range(32)))
    Desk.create(tmp_path, "post", "BS", AN, key=key).close()
    with opened(tmp_path) as desk:
        desk.store.run("DELETE FROM meta WHERE key = 'key_ring'")
    wraps = ring.read().wraps
    ring.put(WrapSet.signed(wraps, key, 0).content)
    assert json.loads(key_file(tmp_path).read_bytes())["version"] == 1
    opened(tmp_path).close()
    edited(ring, WrapSet.renaming, key, AN, "Tên khác")
    assert ring.read().serial == 1
    Desk.open(tmp_path, ring.unlock("Tên khác", PASSWORD)).close()
    ring.put(WrapSet.signed(wraps, key, 0).content)
    with pytest.raises(OlderKeys):
        opened(tmp_path)


FILE_CALLS = {"open", "os.rename", "os.remove"}


def test_a_kill_at_any_call_leaves_the_old_password_or_the_new_one(locked_folder: Path) -> None:
    with opened(locked_folder):
        copy = Path(shutil.copytree(locked_folder, locked_folder.with_name("killed")))
    found = []
    for call in itertools.count(1):
        trial = Path(shutil.copytree(copy, locked_folder.with_name(f"killed {call}")))
        killed = _killed_in_change(trial, call)
        found.append(_only_password(trial))
        if not killed:
            break
    changed_at = found.index(NEW)
    assert found == [PASSWORD] * changed_at + [NEW] * (len(found) - changed_at)
    # Before the file is written, between database and file, and after it: each occurred.
    assert changed_at > 3
    assert len(found) - changed_at > 2


def _only_password(folder: Path) -> str:
    """The only one of both passwords that opens a desk, at once and without a report."""
    works = []
    for password in (NEW, PASSWORD):
        with suppress(WrongPassword), opened(folder, password) as desk:
            works.append(password)
            assert told(desk) == 0
            assert desk.maintenance.verify()["ok"]
    assert len(works) == 1
    assert KeyRing(folder).wait(AN) == 0
    assert not next_key_file(folder).exists()
    return works[0]


def _killed_in_change(folder: Path, call: int) -> bool:
    """Change the password and be killed at a file call; whether there were so many calls."""
    child = os.fork()
    if not child:
        try:
            _change_and_die(folder, call)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _change_and_die(folder: Path, call: int) -> None:
    desk, calls = opened(folder), itertools.count(1)

    def watch(event: str, _args: tuple[object, ...]) -> None:
        if event in FILE_CALLS and next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    desk.part(DeskRing).change(AN, NEW, record=nothing, cost=LEAST_COST)
    os._exit(0)


def test_a_ring_laid_beside_by_somebody_opens_nothing(locked_folder: Path) -> None:
    """An old ring in the place of an interrupted change's, and today's beside an old one."""
    before = changed(locked_folder)
    today = key_file(locked_folder).read_bytes()
    for file, beside in ((today, before), (before, today)):
        key_file(locked_folder).write_bytes(file)
        next_key_file(locked_folder).write_bytes(beside)
        with pytest.raises(WrongPassword):
            opened(locked_folder)
        assert key_file(locked_folder).read_bytes() == today
        assert not next_key_file(locked_folder).exists()
    next_key_file(locked_folder).write_bytes(before)
    for _ in range(FREE_TRIES - 1):
        with pytest.raises(WrongPassword):
            opened(locked_folder, "sai")
    with pytest.raises(TooManyTries):
        opened(locked_folder, "sai")


def test_what_a_kill_left_is_settled_by_whoever_has_the_key(locked_folder: Path) -> None:
    """Child processes of a window receive the key and type no password."""
    before = changed(locked_folder)
    key = KeyRing(locked_folder).unlock(AN, NEW)
    for options in ({}, {"read_only": True}):
        key_file(locked_folder).rename(next_key_file(locked_folder))
        key_file(locked_folder).write_bytes(before)
        with Desk.open(locked_folder, key, **options) as desk:
            assert told(desk) == 0
        assert not next_key_file(locked_folder).exists()
    key_file(locked_folder).rename(next_key_file(locked_folder))
    key_file(locked_folder).write_bytes(before)
    assert unlock_file(database_file(locked_folder), AN, NEW) == key


def test_a_ring_of_the_key_before_is_told_from_damage(
    locked_folder: Path, cli_inline, monkeypatch
) -> None:
    desk = ("--desk", locked_folder)
    monkeypatch.setenv("BORDERDESK_PASSWORD", PASSWORD)
    before = key_file(locked_folder).read_bytes()
    assert cli_inline(*desk, "encrypt", "--new-key").returncode == 0
    today = key_file(locked_folder).read_bytes()
    key_file(locked_folder).write_bytes(before)
    refused = cli_inline(*desk, "list", "patrol")
    assert refused.returncode == 3
    assert "Mật khẩu đúng, nhưng khóa trong desk.keys" in refused.stderr
    key_file(locked_folder).write_bytes(today)
    assert cli_inline(*desk, "list", "patrol").returncode == 0
    assert cli_inline(*desk, "verify").returncode == 0
