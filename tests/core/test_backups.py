"""Backups: each is proven by restoring it, and what is restored is the desk."""

import datetime

import pytest

from borderdesk.backups import restore
from borderdesk.backups.erased import LIST
from borderdesk.desk import Desk
from borderdesk.errors import CannotOpen, Refused
from tests.factories import example


def clock(hours=0):
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_restores_to_the_desk(desk, tmp_path):
    for n in range(4):
        desk.add_record("pledge", example("pledge", n))
    made = desk.backups.make()
    told = desk.verify()
    assert (made.records, made.revisions, made.totals_hash) == (
        told["records"], told["revisions"], told["totals_hash"],
    )  # fmt: skip
    assert names(desk.backups.folder()) == [made.file.name]
    assert made.there()
    restored = restore(made.file, tmp_path / "again")
    assert restored[:5] == (tmp_path / "again", *made[3:6], made.made)
    with Desk.open(tmp_path / "again") as again:
        assert again.verify() == told
        assert again.identity == desk.identity
        assert [one.file for one in again.backups.all()] == [made.file]


def test_the_light_says_how_the_desk_stands(desk):
    backups = desk.backups
    assert backups.standing(clock()) == ("none", None, 0)
    assert not backups.due(clock())
    desk.add_record("clearing", example("clearing"))
    assert backups.standing(clock()) == ("none", None, 1)
    assert backups.due(clock())
    made = backups.make()
    assert backups.standing(clock()) == ("good", made, 0)
    assert not backups.due(clock())
    assert not backups.due(clock(25))
    desk.add_record("clearing", example("clearing", 1))
    assert backups.standing(clock()) == ("good", made, 1)
    assert not backups.due(clock(19))
    assert backups.due(clock(21))
    assert backups.standing(clock(24 * 8)).state == "old"
    made.file.unlink()
    assert backups.standing(clock()) == ("none", None, 2)


@pytest.mark.parametrize("at", [0, 100, 5_000, -200, -1])
def test_a_file_altered_by_a_byte_is_refused(desk, tmp_path, at):
    desk.add_record("clearing", example("clearing"))
    made = desk.backups.make()
    content = bytearray(made.file.read_bytes())
    content[at] ^= 1
    made.file.write_bytes(content)
    with pytest.raises(CannotOpen):
        restore(made.file, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not (tmp_path / "again.part").exists()


def test_nothing_is_restored_over_anything(desk, tmp_path):
    made = desk.backups.make()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("a")
    with pytest.raises(Refused):
        restore(made.file, tmp_path / "full")
    assert names(tmp_path / "full") == ["a"]
    (tmp_path / "empty").mkdir()
    assert restore(made.file, tmp_path / "empty").desk == tmp_path / "empty"


def test_an_erased_household_does_not_come_back(desk, tmp_path):
    home = desk.add_record("household", example("household")).id
    first = desk.backups.make(tmp_path / "stick")
    assert names(tmp_path / "stick") == [first.file.name]
    desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert names(tmp_path / "stick") == [LIST, first.file.name]
    restored = restore(first.file, tmp_path / "again")
    assert restored.erased == 1
    with Desk.open(tmp_path / "again") as again:
        assert "head" not in again.record("household", home)[0]
        assert again.verify()["ok"]
