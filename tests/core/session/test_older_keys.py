"""An older key ring beside the desk: what was changed or taken away since never opens it again."""

import json
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path

import pytest

from borderdesk.backups.backups import restore
from borderdesk.backups.salvage import salvage
from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.keys.wrap_set import WrapSet, WrongPassword
from borderdesk.session.desk_ring import DeskRing
from borderdesk.session.opening import verify_file
from borderdesk.session.ring_check import OlderKeys
from tests.conftest import PASSWORD
from tests.rings import edited, renewed_code

AN, NEW = "Người thử", "một mật khẩu khác"


def nothing() -> None:
    """What else is entered with a change of the ring."""


def opened(folder: Path, password: str = PASSWORD) -> Desk:
    return Desk.open(folder, KeyRing(folder).unlock(AN, password))


def changed(folder: Path) -> bytes:
    """Change the password of a desk; the ring from before."""
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
    """A ring without a number has a key without cipher settings: both are from before them."""
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


@pytest.mark.parametrize("kept", [False, True], ids=["before the commit", "before the file"])
def test_a_kill_leaves_the_old_password_or_the_new_one(locked_folder: Path, kept: bool) -> None:
    with opened(locked_folder):
        copy = Path(shutil.copytree(locked_folder, locked_folder.with_name("killed")))
    desk = opened(copy)
    child = os.fork()
    if not child:
        _change_and_die(desk, kept)
    os.waitpid(child, 0)
    desk.close()
    if kept:
        with pytest.raises(OlderKeys):
            opened(copy)
    with opened(copy, NEW if kept else PASSWORD) as desk:
        assert told(desk) == int(kept)
        assert desk.maintenance.verify()["ok"]


def _change_and_die(desk: Desk, kept: bool) -> None:
    def watch(event: str, args: tuple[object, ...]) -> None:
        # Given its own name, the file is only asked whether another program holds it.
        if event == "os.rename" and args[0] != args[1] and str(args[1]).endswith("desk.keys"):
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.addaudithook(watch)
        die = partial(os.kill, os.getpid(), signal.SIGKILL)
        desk.part(DeskRing).change(AN, NEW, record=nothing if kept else die, cost=LEAST_COST)
    finally:
        os._exit(1)


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
