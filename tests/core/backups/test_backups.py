"""Backups: each is verified by restoring it, and the status light shows their state."""

import datetime
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borderdesk.backups.backups import AUTOMATIC, LAST_FOLDER, Backup, outdated, prove_copy, restore
from borderdesk.backups.erasure_list import FILE_NAME, read_list
from borderdesk.backups.restoration import DeskCounts
from borderdesk.base.errors import CannotOpen, OperationRefused, UserError
from borderdesk.base.i18n import set_language
from borderdesk.base.paths import database_file
from borderdesk.base.progress import no_progress
from borderdesk.desk import Desk
from borderdesk.session.opening import verify_file
from borderdesk.store.connection.database import SCHEMA_VERSION
from borderdesk.store.connection.seal import LENGTH
from tests.conftest import ROOT
from tests.factories import example

KEY = bytes(range(32))


def clock(hours=0):
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def backup(province_template, tmp_path_factory):
    """The file of a backup in a folder of its own; tests must not change it."""
    folder = tmp_path_factory.mktemp("backup")
    shutil.copytree(province_template, folder / "desk")
    with Desk.open(folder / "desk") as desk:
        for n in range(3):
            desk.records.add("pledge", example("pledge", n))
        return desk.backups.make(folder / "stick").file


def refused_and_nothing_left(file, tmp_path, kind=CannotOpen, code=3, **more):
    before = names(tmp_path)
    content = file.read_bytes()
    with pytest.raises(kind) as told:
        restore(file, tmp_path / "again", **more)
    assert told.value.exit_code == code
    assert str(told.value)
    assert names(tmp_path) == before
    assert file.read_bytes() == content


# ------------------------------------------------------------------------ making


def test_a_backup_restores_to_the_desk(desk, tmp_path):
    for n in range(4):
        desk.records.add("pledge", example("pledge", n))
    made = desk.backups.make()
    told = desk.maintenance.verify()
    assert (made.records, made.revisions, made.totals_hash) == (
        told["records"], told["revisions"], told["totals_hash"],
    )  # fmt: skip
    assert names(desk.backups.folder()) == [made.file.name]
    assert made.is_in_place()
    assert made.size == made.file.stat().st_size
    restored = restore(made.file, tmp_path / "again")
    assert restored[:5] == (tmp_path / "again", *made[3:6], made.made)
    with Desk.open(tmp_path / "again") as again:
        assert again.maintenance.verify() == told
        assert again.identity.id != desk.identity.id
        assert again.identity == desk.identity._replace(id=again.identity.id)
        # The desk remembers what it was restored from.
        assert again.backups.newest() == made


def test_a_backup_goes_to_a_folder_whose_name_is_no_utf_8(desk, tmp_path):
    stick = tmp_path / "th\udce1ng"
    assert desk.backups.make(stick).file.exists()
    assert desk.backups.all()[0].file.parent.name == "th\N{REPLACEMENT CHARACTER}ng"
    assert desk.preferences.preferred(LAST_FOLDER) == str(stick)


def test_a_name_is_fit_for_every_stick_and_never_given_twice(desk, tmp_path):
    stick = tmp_path / "stick"
    made = [desk.backups.make(stick) for _ in range(3)]
    assert len({one.file for one in made}) == 3
    assert names(stick) == sorted(one.file.name for one in made)
    for one in made:
        assert one.file.name.startswith("sao-luu_20_")
        assert set(one.file.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-.")
    assert desk.backups.all() == made[::-1]
    assert desk.preferences.preferred(LAST_FOLDER) == str(stick)


def test_any_sqlite_program_reads_a_backup(backup):
    plain = sqlite3.connect(backup)
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert plain.execute("SELECT COUNT(*) FROM pledge").fetchone() == (3,)
    plain.close()
    assert verify_file(backup)["ok"]
    # Nor does it need a write-ahead log beside it, which a write-protected stick has no place for.
    assert backup.read_bytes()[18:20] == b"\1\1"


def test_an_encrypted_desk_has_encrypted_backups(tmp_path):
    with Desk.create(tmp_path / "desk", "post", "BS", "Người thử", key=KEY) as desk:
        desk.records.add("patrol", example("patrol"))
        made = desk.backups.make()
        told = desk.maintenance.verify()
    assert not made.file.read_bytes().startswith(b"SQLite format 3")
    refused_and_nothing_left(made.file, tmp_path)
    refused_and_nothing_left(made.file, tmp_path, key=bytes(32))
    restore(made.file, tmp_path / "again", key=KEY)
    with Desk.open(tmp_path / "again", KEY) as again:
        assert again.maintenance.verify() == told


def test_a_desk_that_is_damaged_has_no_backup_that_is_called_good(desk):
    for n in range(3):
        desk.records.add("clearing", example("clearing", n))
    good = desk.backups.make()
    desk.store.run("UPDATE clearing SET participants = participants + 1 WHERE row = 2")
    with pytest.raises(CannotOpen) as told:
        desk.backups.make()
    assert names(desk.backups.folder()) == [good.file.name]
    tried = desk.backups.all()
    assert [one.failed for one in tried] == [str(told.value), ""]
    assert not tried[0].is_in_place()
    assert desk.backups.status(clock()) == ("failed", good, 0)
    assert desk.backups.newest() == good


def test_what_restores_to_something_else_is_not_proven(desk, tmp_path):
    """A faulty stick may return a complete backup with other content than was written."""
    desk.records.add("clearing", example("clearing"))
    made = desk.backups.make()
    counted = DeskCounts(made.records, made.revisions, made.totals_hash)
    copy = tmp_path / "working" / "copy"
    copy.parent.mkdir()
    shutil.copy(made.file, copy)
    prove_copy(copy, counted, None, no_progress)
    shutil.rmtree(copy.parent / "trial")
    for change in ({"records": 2}, {"revisions": 2}, {"totals_hash": "0" * 64}):
        with pytest.raises(CannotOpen):
            prove_copy(copy, counted._replace(**change), None, no_progress)
        shutil.rmtree(copy.parent / "trial")


def test_a_folder_that_cannot_be_written_to_is_told_of(desk, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError) as told:
        desk.backups.make(tmp_path / "file")
    assert told.value.exit_code == 1
    assert desk.backups.status(clock()).state == "failed"
    assert desk.backups.all()[0].failed == str(told.value)
    desk.backups.make()
    assert desk.backups.status(clock()).state == "good"


def test_why_a_backup_failed_is_told_in_the_language_of_who_reads_it(desk, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError) as told:
        desk.backups.make(tmp_path / "file")
    # As an earlier version wrote it.
    former = "Không ghi được: hết chỗ."
    desk.store.run("UPDATE backup SET failed = ? WHERE id = 1", (former,))
    with pytest.raises(UserError):
        desk.backups.make(tmp_path / "file")
    assert [one.failed for one in desk.backups.all()] == [str(told.value), former]
    set_language("en")
    try:
        with pytest.raises(UserError) as english:
            desk.backups.make(tmp_path / "file")
        assert [one.failed for one in desk.backups.all()] == [str(english.value)] * 2 + [former]
        assert str(english.value).startswith("The backup could not be made: ")
    finally:
        set_language("vi")


def test_failures_are_not_kept_for_ever(desk, tmp_path):
    good = desk.backups.make()
    (tmp_path / "file").write_text("x")
    for _ in range(25):
        with pytest.raises(UserError):
            desk.backups.make(tmp_path / "file")
    assert len(desk.backups.all()) == 21
    assert desk.backups.all()[-1] == good


# ------------------------------------------------------------------------ the light


def test_the_light_says_how_the_desk_stands(desk):
    backups = desk.backups
    assert backups.status(clock()) == ("none", None, 0)
    assert not backups.due(clock())
    desk.records.add("clearing", example("clearing"))
    assert backups.status(clock()) == ("none", None, 1)
    assert backups.due(clock())
    made = backups.make()
    assert backups.status(clock()) == ("good", made, 0)
    assert not backups.due(clock())
    assert not backups.due(clock(25))
    desk.records.add("clearing", example("clearing", 1))
    assert backups.status(clock()) == ("good", made, 1)
    assert not backups.due(clock(19))
    assert backups.due(clock(21))
    # A clock set back by years does not postpone it for years.
    assert backups.due(clock(-30 * 365 * 24))
    assert backups.status(clock(24 * 7 - 1)).state == "good"
    assert backups.status(clock(24 * 7 + 1)).state == "old"


def test_a_backup_that_is_gone_does_not_count(desk, tmp_path):
    desk.records.add("clearing", example("clearing"))
    first = desk.backups.make()
    second = desk.backups.make(tmp_path / "folder")
    assert desk.backups.newest() == second
    shutil.rmtree(tmp_path / "folder")
    assert desk.backups.newest() == first
    assert desk.backups.status(clock()) == ("good", first, 0)
    first.file.write_bytes(first.file.read_bytes()[:-1])
    assert desk.backups.status(clock()) == ("none", None, 1)


def test_a_backup_on_a_stick_that_is_not_in_counts(desk, tmp_path):
    made = desk.backups.make(tmp_path / "stick")
    # As for a stick: on another device than the parent of its folder.
    desk.store.run("UPDATE backup SET device = '4711'")
    shutil.rmtree(tmp_path / "stick")
    assert not made.is_in_place()
    assert desk.backups.status(clock()) == ("good", made, 0)


def test_the_backups_of_a_desk_move_with_it(desk_folder, tmp_path):
    with Desk.open(desk_folder) as desk:
        made = desk.backups.make()
    desk_folder.rename(tmp_path / "moved")
    with Desk.open(tmp_path / "moved") as desk:
        assert desk.backups.newest() == made._replace(file=desk.backups.folder() / made.file.name)


def test_an_automatic_backup_is_due_only_where_it_makes_sense(desk, tmp_path):
    desk.records.add("clearing", example("clearing"))
    assert desk.backups.due(clock())
    desk.preferences.prefer(AUTOMATIC, "0")
    assert not desk.backups.due(clock())
    desk.preferences.prefer(AUTOMATIC, None)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError):
        desk.backups.make(tmp_path / "file")
    # Not every minute after a failure.
    assert not desk.backups.due(clock())
    assert desk.backups.due(clock(2))
    with Desk.create(tmp_path / "p", "post", "BS", "Người thử", practice=True) as practice:
        practice.records.add("patrol", example("patrol"))
        assert not practice.backups.due(clock())


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.reference.set_setting("due_day", "9"),
        lambda desk: desk.closing.close_period("2023-03"),
        lambda desk: desk.touch_reference(),
        lambda desk: desk.narratives.write_narrative("2023-03", parts={"situation": "Ổn định."}),
    ],
    ids=["setting", "closing", "reference", "narrative"],
)
def test_what_is_no_record_makes_a_backup_due_too(desk, change):
    desk.records.add("clearing", example("clearing"))
    desk.backups.make()
    assert not desk.backups.due(clock(21))
    change(desk)
    assert desk.backups.due(clock(21))


def test_what_comes_after_a_batch_was_taken_out_counts_as_written_since(desk):
    """The `seq` of a removed revision is not reused: what is written after a backup always counts
    as newer."""
    desk.records.add("clearing", example("clearing"))
    kept = desk.store.value("SELECT MAX(seq) FROM revision")
    desk.records.add("clearing", example("clearing", 1))
    desk.backups.make()
    for table in ("clearing", "clearing_search"):
        desk.store.run(f"DELETE FROM {table} WHERE rowid = 2")
    desk.store.run("DELETE FROM private_part WHERE revision > ?", (kept,))
    desk.store.run("DELETE FROM revision WHERE seq > ?", (kept,))
    desk.records.add("clearing", example("clearing", 2))
    assert desk.backups.status(clock()).written_since == 1
    assert desk.backups.due(clock(21))


# ------------------------------------------------------------------------ thinning out


def tried(made):
    return Backup(Path(f"/x/{made}.db"), made, 1, 0, 0, "", True, "")


@given(st.sets(st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2026, 1, 1))))
def test_seven_and_one_of_each_month_are_kept(days):
    backups = [tried(f"{day.isoformat()}Z") for day in sorted(days, reverse=True)]
    gone = outdated(backups)
    kept = [one for one in backups if one not in gone]
    months = {one.made[:7] for one in backups}
    assert kept[:7] == backups[:7]
    for month in sorted(months)[-12:]:
        newest = next(one for one in backups if one.made.startswith(month))
        assert newest in kept
    assert len(kept) <= 7 + 12
    newest_of = {next(one for one in backups if one.made.startswith(m)) for m in months}
    assert set(kept[7:]) <= newest_of


def test_only_automatic_backups_in_the_desks_own_folder_are_thinned_out(desk, tmp_path):
    desk.records.add("clearing", example("clearing"))
    by_hand = [desk.backups.make() for _ in range(2)]
    stick = [desk.backups.make(tmp_path / "stick", automatic=True) for _ in range(2)]
    made = [desk.backups.make(automatic=True) for _ in range(9)]
    for one in (*by_hand, *stick, *made[2:]):
        assert one.is_in_place()
    assert desk.backups.all() == [*reversed(made[2:]), *reversed(stick), *reversed(by_hand)]
    assert names(desk.backups.folder()) == sorted(b.file.name for b in (*by_hand, *made[2:]))


def test_nothing_behind_a_link_is_thinned_out(desk, tmp_path):
    """The log of a prepared desk can name any file as a backup of its own."""
    desk.records.add("clearing", example("clearing"))
    own, elsewhere = desk.backups.folder(), tmp_path / "elsewhere"
    own.rename(elsewhere) if own.exists() else elsewhere.mkdir()
    own.symlink_to(elsewhere)
    made = [desk.backups.make(automatic=True) for _ in range(9)]
    assert all(one.is_in_place() for one in made)
    own.unlink()
    elsewhere.rename(own)
    desk.backups.make(automatic=True)
    assert [one.is_in_place() for one in made] == [False] * 3 + [True] * 6


def test_an_automatic_backup_that_fails_removes_nothing(desk):
    made = [desk.backups.make(automatic=True) for _ in range(7)]
    desk.records.add("clearing", example("clearing"))
    desk.store.run("UPDATE clearing SET participants = 3")
    with pytest.raises(CannotOpen):
        desk.backups.make(automatic=True)
    assert all(one.is_in_place() for one in made)


# ------------------------------------------------------------------------ restoring


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_altered_by_a_byte_is_refused(backup, tmp_path, data):
    content = bytearray(backup.read_bytes())
    near = st.integers(0, 99)
    at = data.draw(st.integers(0, len(content) - 1) | near | near.map(lambda n: -1 - n))
    content[at] ^= data.draw(st.integers(1, 255))
    file = tmp_path / "altered.db"
    file.write_bytes(content)
    refused_and_nothing_left(file, tmp_path)
    with pytest.raises(CannotOpen):
        verify_file(file)


def test_what_nothing_opens_is_not_copied_first(tmp_path):
    file = tmp_path / "stick.db"
    with file.open("wb") as opened:
        opened.truncate(2**26)
    steps = []
    with pytest.raises(CannotOpen, match="không phải là sổ"):
        restore(file, tmp_path / "again", lambda *step: steps.append(step))
    assert (steps, names(tmp_path)) == ([], [file.name])


@pytest.mark.parametrize("cut", [1, LENGTH - 1, LENGTH + 1, 4_096, LENGTH + 4_096, 400_000])
def test_a_file_cut_short_is_refused(backup, tmp_path, cut):
    file = tmp_path / "short.db"
    file.write_bytes(backup.read_bytes()[:-cut])
    refused_and_nothing_left(file, tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"x", bytes(512), bytes(8_192), os.urandom(4_096), "Đồn Biên phòng\n".encode() * 99],
    ids=["empty", "byte", "block", "nothing", "noise", "text"],
)
def test_what_is_no_database_is_refused(tmp_path, content):
    file = tmp_path / "x.db"
    file.write_bytes(content)
    refused_and_nothing_left(file, tmp_path)


@pytest.mark.parametrize("version", [0, 3, SCHEMA_VERSION])
@pytest.mark.parametrize("tables", ["songs (title TEXT)", "meta (key TEXT, value TEXT)"])
def test_a_database_that_is_no_desk_is_refused(tmp_path, version, tables):
    file = tmp_path / "x.db"
    plain = sqlite3.connect(file)
    plain.execute(f"CREATE TABLE {tables}")
    plain.execute(f"PRAGMA user_version = {version}")
    plain.close()
    refused_and_nothing_left(file, tmp_path)


def unsealed(backup, target, *statements):
    """A modified backup database without its seal."""
    target.write_bytes(backup.read_bytes()[:-LENGTH])
    plain = sqlite3.connect(target)
    for statement in statements:
        plain.execute(statement)
    plain.commit()
    plain.close()
    return target


def test_a_file_of_a_newer_program_is_refused(backup, tmp_path):
    file = unsealed(backup, tmp_path / "x.db", f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(CannotOpen, match="mới hơn"):
        restore(file, tmp_path / "again")
    refused_and_nothing_left(file, tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pledge SET programme = 'x' WHERE row = 1",
        "UPDATE revision SET author = 'ai đó' WHERE seq = 1",
        "UPDATE revision SET body = 'x' WHERE seq = 1",
        "DELETE FROM meta",
        "DROP TABLE pledge",
    ],
)
def test_a_file_without_a_seal_is_checked_whole_all_the_same(backup, tmp_path, statement):
    assert restore(unsealed(backup, tmp_path / "a.db"), tmp_path / "good").made == ""
    refused_and_nothing_left(unsealed(backup, tmp_path / "b.db", statement), tmp_path)


def test_nothing_is_restored_over_anything(backup, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("a")
    (tmp_path / "file").write_text("a")
    for into in ("full", "file"):
        with pytest.raises(OperationRefused) as told:
            restore(backup, tmp_path / into)
        assert told.value.exit_code == 4
    assert names(tmp_path) == ["file", "full"]
    assert names(tmp_path / "full") == ["a"]
    (tmp_path / "empty").mkdir()
    assert restore(backup, tmp_path / "empty").desk == tmp_path / "empty"
    assert names(tmp_path / "empty") == ["desk.db", "desk.last"]
    assert restore(backup, tmp_path / "deep" / "er").desk == tmp_path / "deep" / "er"
    assert names(tmp_path / "deep") == ["er"]


def test_what_comes_into_the_folder_meanwhile_is_not_overwritten(backup, tmp_path):
    (tmp_path / "again").mkdir()
    with pytest.raises(CannotOpen):
        restore(backup, tmp_path / "again", lambda *_: (tmp_path / "again" / "thư").write_text("x"))
    assert names(tmp_path) == ["again"]
    assert names(tmp_path / "again") == ["thư"]


def test_a_disk_that_is_full_on_trial_is_told_as_that(desk, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "")

    with pytest.raises(UserError, match="đầy") as told:
        desk.backups.make(
            progress=lambda done, _: monkeypatch.setattr(os, "fsync", full) if done > 250 else None
        )
    monkeypatch.undo()
    assert told.value.exit_code == 1
    assert names(desk.backups.folder()) == []


def test_a_folder_of_somebody_elses_is_left_alone(backup, tmp_path, desk):
    """Leftovers of a killed restoration are removed by the next one; other folders stay."""
    (tmp_path / "again.part").mkdir()
    (tmp_path / "again.part" / "thư").write_text("của tôi")
    restore(backup, tmp_path / "again")
    assert names(tmp_path / "again.part") == ["thư"]
    theirs = tmp_path / "stick" / "sao-luu_20_2023-01-01_000000.db.part"
    theirs.mkdir(parents=True)
    (theirs / "thư").write_text("của tôi")
    made = desk.backups.make(tmp_path / "stick")
    assert names(theirs.parent) == [theirs.name, made.file.name]
    assert names(theirs) == ["thư"]


def test_folders_made_for_a_restoration_that_fails_go_again(tmp_path):
    file = tmp_path / "x.db"
    file.write_bytes(b"x")
    with pytest.raises(CannotOpen):
        restore(file, tmp_path / "deep" / "er" / "still")
    assert names(tmp_path) == ["x.db"]


# ------------------------------------------------------------------------ what was erased


@pytest.fixture
def home(desk):
    """A household whose head occurs nowhere else."""
    raw = {**example("household"), "head": "Kjqwxz Fghijk", "phone": "0977665544"}
    return desk.records.add("household", raw).id


def test_an_erased_household_does_not_come_back(desk, home, tmp_path):
    first = desk.backups.make(tmp_path / "stick")
    assert names(tmp_path / "stick") == [first.file.name]
    desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert names(tmp_path / "stick") == [FILE_NAME, first.file.name]
    shutil.move(tmp_path / "stick", tmp_path / "drawer")
    restored = restore(first.file.parent.parent / "drawer" / first.file.name, tmp_path / "again")
    assert restored.erased == 1
    with Desk.open(tmp_path / "again") as again:
        assert "head" not in again.records.read("household", home)[0]
        assert again.households.find("kjqwxz") == []
        assert again.exchange.erasures.notices() == desk.exchange.erasures.notices()
        assert again.maintenance.verify() == desk.maintenance.verify()
    # Neither in what is shown nor in the bytes of the file.
    content = database_file(tmp_path / "again").read_bytes()
    for word in (b"Kjqwxz", b"kjqwxz", b"0977665544"):
        assert word not in content


def test_the_list_of_what_was_erased_says_nothing_personal(desk, home):
    desk.backups.make()
    desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    told = json.loads((desk.backups.folder() / FILE_NAME).read_text())
    assert [*told] == ["kind", "format", "lists"]
    (part,) = told["lists"]
    assert [*part] == ["desk", "key", "erased", "signature"]
    assert part["erased"] == [
        {"record": home, "reason": "Theo đề nghị", "desk": desk.identity.id,
         "time": desk.exchange.erasures.notices()[0][3]}
    ]  # fmt: skip


def test_a_list_is_written_with_every_backup_and_keeps_what_others_wrote(desk, home, tmp_path):
    with Desk.create(tmp_path / "other", "post", "BS", "Người thử") as other:
        gone = other.records.add("household", example("household", 2)).id
        other.backups.make(tmp_path / "stick")
        other.exchange.erasures.erase_household(gone, "Đã chuyển đi")
    desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert {one[0] for one in read_list(tmp_path / "stick")} == {gone}
    desk.backups.make(tmp_path / "stick")
    assert {one[0] for one in read_list(tmp_path / "stick")} == {gone, home}


def test_what_is_erased_during_a_backup_is_told_beside_it(desk, home, tmp_path):
    """The copy still contains it; the folder, which the erasure did not know, is listed at the
    end."""

    def erase(done, _whole):
        if done == 1_000 and not desk.exchange.erasures.notices():
            with Desk.open(desk.folder) as window:
                window.exchange.erasures.erase_household(home, "Theo đề nghị")

    made = desk.backups.make(tmp_path / "stick", progress=erase)
    assert restore(made.file, tmp_path / "again").erased == 1


def test_the_desk_beside_its_backups_is_asked_too(desk, home, tmp_path):
    made = desk.backups.make()
    desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    (desk.backups.folder() / FILE_NAME).unlink()
    assert restore(made.file, tmp_path / "again").erased == 1
    # A desk that cannot be read is the reason for restoring.
    folder = shutil.copytree(desk.backups.folder(), tmp_path / "ruin" / "backups")
    (tmp_path / "ruin" / "desk.db").write_bytes(bytes(9_000))
    assert restore(folder / made.file.name, tmp_path / "third").erased == 0


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"kind": "x", "erased": []}', '{"kind": "borderdesk-erasures"}',
     '{"kind": "borderdesk-erasures", "format": 2, "lists": [{"desk": "x"}]}'],
)  # fmt: skip
def test_a_damaged_list_is_not_passed_over(desk, home, tmp_path, text):
    made = desk.backups.make(tmp_path / "stick")
    (tmp_path / "stick" / FILE_NAME).write_text(text)
    refused_and_nothing_left(made.file, tmp_path)
    # With the next backup the desk rewrites what it knows.
    desk.exchange.erasures.erase_household(home, "Theo đề nghị")
    assert [one[0] for one in read_list(tmp_path / "stick")] == [home]


# ------------------------------------------------------------------------ commands


def test_the_commands(desk_folder, tmp_path, cli, cli_inline):
    with Desk.open(desk_folder) as desk:
        desk.records.add("clearing", example("clearing"))
        told = desk.maintenance.verify()
    done = cli_inline("--desk", desk_folder, "doctor")
    line = next(one for one in done.stdout.splitlines() if one.startswith("Sao lưu gần nhất"))
    assert line.endswith("\t!")
    done = cli_inline("--desk", desk_folder, "backup", tmp_path / "stick")
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert [*made] == ["file", "made", "size", "records", "revisions", "totals_hash", "seconds"]
    assert Path(made["file"]).parent == tmp_path / "stick"
    assert made["totals_hash"] == told["totals_hash"]
    done = cli("--desk", desk_folder, "backup", "--automatic")
    own = json.loads(done.stdout)
    assert Path(own["file"]).parent == desk_folder / "backups"
    (tmp_path / "file").write_text("x")
    assert cli_inline("--desk", desk_folder, "backup", tmp_path / "file").returncode in (1, 2)
    rows = [
        one.split("\t") for one in cli_inline("--desk", desk_folder, "backups").stdout.splitlines()
    ]
    assert [row[1] for row in rows[-2:]] == [own["file"], made["file"]]
    assert rows[-1][2:] == ["1", str(made["size"]), "Đã khôi phục thử tốt", "có"]
    assert len(rows[0]) == len(rows[-1])
    listed = cli_inline("--desk", desk_folder, "backups", "--format", "json").stdout
    last = json.loads(listed)[-1]
    assert last == {
        "made": made["made"], "file": made["file"], "records": 1, "size": made["size"],
        "failed": "", "there": True,
    }  # fmt: skip
    assert len(json.loads(listed)) == len(rows) - 1
    done = cli_inline("--desk", desk_folder, "doctor")
    line = next(one for one in done.stdout.splitlines() if one.startswith("Sao lưu gần nhất"))
    assert own["file"] in line
    assert line.endswith("\tok")
    done = cli_inline("restore", made["file"], "--into", tmp_path / "again")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "desk": str(tmp_path / "again"), "records": 1, "revisions": 1,
        "totals_hash": told["totals_hash"], "made": made["made"],
    }  # fmt: skip
    again = cli_inline("restore", made["file"], "--into", tmp_path / "again")
    assert (again.returncode, again.stdout) == (4, "")
    assert "không trống" in again.stderr
    Path(made["file"]).write_bytes(b"x" * 5_000)
    for words in (
        ["restore", made["file"], "--into", tmp_path / "third"],
        ["verify", made["file"]],
    ):
        done = cli_inline("--desk", desk_folder, *words)
        assert (done.returncode, done.stdout) == (3, "")
        assert "hỏng" in done.stderr
    assert not (tmp_path / "third").exists()


def test_the_window_starts_without_backups():
    code = "import sys, borderdesk.desk, ui.shell.app; print('borderdesk.backups' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "False")
