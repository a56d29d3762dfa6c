"""The safety of a desk's data in accurate words, and commands with machine-readable progress."""

import datetime
import json
import subprocess
import sys

import pytest

from borderdesk.base.errors import UserError
from borderdesk.desk import Desk
from borderdesk.exchange.sending.exports import ExportOptions
from borderdesk.overview.safety import light, moment, outlives, quiet, safety, size_text
from borderdesk.store.connection.meta import NEWEST_TIME, write_meta
from tests.conftest import ROOT

CLEARING = {
    "kind": "sight_line", "started_on": "2023-11-05", "commune": "06196", "participants": 12,
}  # fmt: skip
DAY = datetime.timedelta(days=1)


def now():
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture
def desk(post_desk):
    post_desk.records.add("clearing", CLEARING)
    return post_desk


def test_a_desk_never_backed_up_is_told_and_is_something_to_do(desk):
    found = light(desk, now())
    assert (found.state, found.words) == ("none", "Chưa sao lưu lần nào")
    told = safety(desk, now())
    assert [(todo.text, todo.page) for todo in told.todos] == [(found.words, "settings")]
    assert told.calm == []


def test_an_empty_desk_and_a_practice_desk_have_nothing_to_lose(post_desk, tmp_path):
    assert safety(post_desk, now()).todos == []
    with Desk.create(tmp_path / "tap", "post", "BS", "Học viên", practice=True) as practice:
        practice.records.add("clearing", CLEARING)
        assert safety(practice, now()).todos == []


def test_a_good_backup_is_told_with_its_time_and_what_came_after(desk):
    made = desk.backups.make()
    found = light(desk, now())
    time = moment(made.made, now())
    assert found.state == "good"
    assert found.words == f"Sao lưu gần nhất {time}, đã khôi phục thử tốt"
    assert str(made.file) in found.more
    assert "chưa lưu thêm gì" in found.more
    assert f"1 bản ghi, {size_text(made.size)}" in found.more
    desk.records.add("clearing", CLEARING)
    assert "đã lưu thêm 1 lần" in light(desk, now()).more
    told = safety(desk, now())
    assert told.todos == []
    assert [line.text for line in told.calm] == [found.words]


def test_the_time_is_said_alone_today_and_with_its_date_later():
    here = datetime.datetime(2026, 11, 12, 7, 40).astimezone()
    stamp = f"{here.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    assert moment(stamp, here.replace(hour=23)) == "07:40"
    assert moment(stamp, here + DAY) == "12/11/2026 07:40"


def test_an_old_backup_is_old_even_when_it_was_good(desk):
    made = desk.backups.make()
    later = now() + 12 * DAY
    found = light(desk, later)
    assert found.state == "old"
    assert found.words == f"Sao lưu gần nhất {moment(made.made, later)}, đã 12 ngày"
    # A lost disk loses nothing as long as nothing was saved since the backup.
    assert [line.text for line in safety(desk, later).calm] == [found.words]
    desk.records.add("clearing", CLEARING)
    assert [todo.text for todo in safety(desk, later).todos] == [found.words]


def test_a_failed_backup_is_told_with_its_reason_beside_the_last_good_one(desk, tmp_path):
    good = desk.backups.make()
    (tmp_path / "file").touch()
    with pytest.raises(UserError) as failed:
        desk.backups.make(tmp_path / "file")
    found = light(desk, now())
    assert found.state == "failed"
    time = moment(desk.backups.all()[0].made, now())
    assert found.words == f"Lần sao lưu {time} không thành: đường dẫn có phần không phải là thư mục"
    assert str(failed.value) in found.more
    assert str(good.file) in found.more
    assert [todo.text for todo in safety(desk, now()).todos] == [found.words]


def test_a_long_reason_is_said_in_few_words_with_the_whole_behind(desk, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError):
        desk.backups.make(tmp_path / "file")
    whole = "Không đủ chỗ trong /media/usb: cần 12 MB, còn trống 3 MB. Hãy dọn bớt."
    desk.store.run("UPDATE backup SET failed = ?", (whole,))
    found = light(desk, now())
    assert found.words.endswith("thành: Không đủ chỗ trong /media/usb: cần 12 MB, còn trống 3 MB")
    assert found.more.startswith(whole)
    desk.store.run("UPDATE backup SET failed = ?", ("chữ " * 40,))
    assert found.words[-1] != "…"
    assert light(desk, now()).words.endswith("chữ…")


def test_a_file_taken_away_afterwards_is_told(desk):
    first, second = desk.backups.make(), desk.backups.make()
    second.file.unlink()
    found = light(desk, now())
    assert found.state == "gone"
    assert found.words == f"Sao lưu gần nhất {moment(second.made, now())}: tệp không còn"
    assert str(first.file) in found.more
    first.file.unlink()
    found = light(desk, now())
    assert found.state == "gone"
    assert "chưa có bản sao" in found.more
    assert [todo.text for todo in safety(desk, now()).todos] == [found.words]


def test_a_stick_in_a_drawer_still_counts_and_outlives_the_disk(desk, tmp_path):
    assert not outlives(desk.backups.make(), desk.folder)
    made = desk.backups.make(tmp_path / "usb")
    assert not outlives(made, desk.folder)
    (tmp_path / "usb").rename(tmp_path / "drawer")
    # As for a stick: on another device than the parent of its folder.
    desk.store.run("UPDATE backup SET device = '4711' WHERE file = ?", (str(made.file),))
    assert outlives(desk.backups.existing()[0], desk.folder)
    found = light(desk, now())
    assert found.state == "good"
    assert "lúc này không có ở máy" in found.more


def test_a_folder_deleted_with_its_backup_is_no_stick(desk, tmp_path):
    made = desk.backups.make(tmp_path / "usb")
    (tmp_path / "usb").rename(tmp_path / "bin")
    assert light(desk, now()).state == "gone"
    assert made not in desk.backups.existing()


def test_the_last_package_that_went_out_is_told(desk, tmp_path):
    desk.exchange.exports.export("2023-11", tmp_path / "usb", ExportOptions())
    day = f"{datetime.datetime.now().astimezone():%d/%m/%Y}"
    calm = safety(desk, now()).calm
    assert [line.text for line in calm] == [f"Gửi số liệu gần nhất: tháng 11 năm 2023, ngày {day}"]
    assert calm[0].page == "exchange"


def test_nobody_has_typed_for_some_minutes(desk):
    assert not quiet(desk, now())
    later = now() + datetime.timedelta(minutes=4)
    assert quiet(desk, later)
    write_meta(desk.store, {NEWEST_TIME: "2023-11-05T07:00:00.000Z"})
    assert quiet(desk, now())
    desk.drafts.keep_draft("patrol", {"raws": {}})
    assert not quiet(desk, now())
    assert quiet(desk, later)


def test_a_clock_that_went_wrong_holds_no_backup_up(desk):
    write_meta(desk.store, {NEWEST_TIME: "2099-11-05T07:00:00.000Z"})
    assert quiet(desk, now())


def test_a_size_is_said_in_megabytes():
    assert [size_text(size) for size in (10, 839_796, 12_345_678, 3_848_000_000)] == [
        "0,1 MB", "0,8 MB", "12,3 MB", "3.848 MB"
    ]  # fmt: skip


# ------------------------------------------------------------------- commands watched


def watched(*arguments):
    return subprocess.Popen(
        [sys.executable, "main.py", *map(str, arguments)], cwd=ROOT, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_a_watched_command_tells_its_steps_and_its_answer(desk, tmp_path):
    with watched("--desk", desk.folder, "backup", "--watched", tmp_path / "usb") as command:
        out, said = command.stdout.read(), command.stderr.read()
        assert command.wait() == 0
    answer = json.loads(out)
    assert [str(path) for path in (tmp_path / "usb").glob("*.db")] == [answer["file"]]
    steps = [json.loads(line) for line in said.splitlines()]
    assert steps
    assert all(0 <= done <= whole for done, whole in steps)
    into = tmp_path / "new"
    with watched("restore", "--watched", "--into", into, answer["file"]) as command:
        assert json.loads(command.stdout.read())["desk"] == str(into)
        assert json.loads(command.stderr.readline())
        assert command.wait() == 0
    with Desk.open(into) as restored:
        assert restored.maintenance.verify()["totals_hash"] == answer["totals_hash"]


def test_a_watched_command_ends_with_its_watcher_and_leaves_nothing(desk, tmp_path):
    command = watched("--desk", desk.folder, "backup", "--watched", tmp_path / "usb")
    _out, said = command.communicate()
    assert command.returncode == 1
    assert said.splitlines()[-1] == "Đã dừng. Chưa thay đổi gì."
    assert list((tmp_path / "usb").iterdir()) == []
    assert desk.backups.all() == []
