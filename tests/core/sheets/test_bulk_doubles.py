"""All similar rows of a list decided at once: the same as an existing record, different, or
merged."""

import json
import shutil

import pytest

from borderdesk.base.errors import UserError
from borderdesk.exchange.decisions.double_choices import DoubleChoices
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from borderdesk.store.verification.verify import verify
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME

HEAD = ["TT", "Họ tên chủ hộ", "Xã", "Thôn", "Ngày ký", "Người làm chứng"]
PLACE = ["Xuất Lễ", "Nà Căng"]
HERE = [
    [1, "Hoàng Văn Thành", *PLACE, "5/3/2023", ""],
    [2, "Lý Thị Bé", *PLACE, "5/3/2023", ""],
    [3, "Vy Văn Long", *PLACE, "5/3/2023", "Hoàng A"],
]
AGAIN = [
    [1, "Hoàng Văn Thàn", *PLACE, "6/3/2023", "Hoàng B"],
    [2, "Ly Thi Be", *PLACE, "7/3/2023", "Hoàng B"],
    [3, "Vy Văn Long", *PLACE, "8/3/2023", "Hoàng B"],
    [4, "Nông Văn An", *PLACE, "8/3/2023", ""],
]


def take(desk, tmp_path, rows, name="l.csv"):
    path = files.write_csv(tmp_path / name, [HEAD, *rows])
    return desk.sheets.import_sheet("pledge", path, SheetRequest(fixed=PROGRAMME))


def decide(desk, verdict, **about):
    return [one for some in desk.part(DoubleChoices).decide(verdict, **about) for one in some]


def pledges(desk):
    return {one.id: one.values for one in desk.lists.stream("pledge", Filter())}


@pytest.fixture
def taken(post_desk, tmp_path):
    """The records that the two lists became."""
    first, second = take(post_desk, tmp_path, HERE), take(post_desk, tmp_path, AGAIN)
    assert (first.accepted, second.accepted, second.near) == (3, 4, 3)
    return first, second


@pytest.mark.parametrize(
    ("verdict", "witnesses"),
    [("same", [None, None, "Hoàng A"]), ("merge", ["Hoàng B", "Hoàng B", "Hoàng A"])],
)
def test_similar_rows_are_merged_into_records_here(post_desk, tmp_path, taken, verdict, witnesses):
    first, second = taken
    decided = decide(post_desk, verdict, batch=second.batch)
    # Three households and pledges; double signatures appear once the households are joined.
    assert sorted(one.type for one in decided) == ["household"] * 2 + ["pledge"] * 3
    left = pledges(post_desk)
    assert [left[one].get("witness") for one in first.records] == witnesses
    assert {*left} == {*first.records, second.records[3]}
    assert decide(post_desk, verdict, batch=second.batch) == post_desk.doubles.waiting() == []
    assert verify(post_desk.store)["problems"] == []
    # Deleted records are known: the list imports nothing again, and every verdict can be undone.
    again = take(post_desk, tmp_path, AGAIN)
    assert (again.accepted, again.same) == (0, 4)
    post_desk.doubles.take_back(decided)
    assert {*pledges(post_desk)} == {*first.records, *second.records}


def test_what_went_comes_again_when_what_stayed_went_too(post_desk, tmp_path, taken):
    first, second = taken
    decide(post_desk, "same", batch=second.batch)
    post_desk.records.delete("pledge", first.records[2], "Nhập nhầm")
    again = take(post_desk, tmp_path, AGAIN)
    assert (again.accepted, again.same) == (1, 3)


def test_near_rows_that_are_others_stay_and_are_asked_about_no_more(post_desk, taken):
    first, second = taken
    decided = decide(post_desk, "different", batch=second.batch[:6])
    assert len(decided) == 3
    assert {*pledges(post_desk)} == {*first.records, *second.records}
    assert post_desk.doubles.waiting() == []


def test_of_the_pairs_only_those_asked_for_are_decided(post_desk, tmp_path, taken):
    _first, second = taken
    other = take(post_desk, tmp_path, [[1, "Nông Văn An", *PLACE, "9/4/2023", ""]])
    post_desk.doubles.catch_up()
    choices = post_desk.part(DoubleChoices)
    assert len(choices.pairs()) == 4
    assert [len(choices.pairs(batch=one.batch)) for one in (second, other)] == [4, 1]
    assert {pair.near for pair in choices.pairs(least=85)} == {90, 100}
    assert {pair.type for pair in choices.pairs(type_name="household")} == {"household"}
    (choice,) = decide(post_desk, "same", batch=other.batch)
    # The row of the later list is deleted, the earlier one stays.
    assert (choice.gone, choice.stays) == (other.records[0], second.records[3])
    with pytest.raises(UserError, match="Không có lần nhận nào"):
        choices.pairs(batch="0f0f")


def test_one_command_takes_a_list_in_and_decides(post_template, tmp_path, cli_inline):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    paths = [
        files.write_csv(tmp_path / f"{n}.csv", [HEAD, *rows])
        for n, rows in enumerate((HERE, AGAIN))
    ]

    def run(*words):
        return cli_inline("--desk", folder, *words)

    fixed = ("--set", "programme=Khu vực biên giới")
    assert run("sheet", "pledge", paths[0], *fixed, "--near", "same").returncode == 0
    waiting = run("sheet", "pledge", paths[1], *fixed)
    batch = json.loads(waiting.stdout)["batch"]
    pairs = [json.loads(one) for one in run("doubles", "--batch", batch).stdout.splitlines()]
    assert sorted(one["why"] for one in pairs) == ["alike", "alike", "signed"]
    decided = run("doubles", "--batch", batch, "--as", "merge")
    told = [json.loads(one) for one in decided.stdout.splitlines()]
    assert sorted(one["verdict"] for one in told) == ["same"] * 5
    assert [one["fields"] for one in told if "fields" in one] == [["witness"]] * 2
    assert "5 cặp" in decided.stderr
    assert len(json.loads(run("list", "pledge", "--format", "json").stdout)) == 4
    assert run("doubles").stdout == ""
    again = run("sheet", "pledge", paths[1], *fixed, "--near", "different")
    told = json.loads(again.stdout)
    assert (told["accepted"], told["same"]) == (0, 4)
    assert "chưa quyết định gì" in again.stderr
    tried = run("sheet", "pledge", paths[0], *fixed, "--near", "same", "--dry-run")
    assert "chưa quyết định gì" in tried.stderr


def test_of_three_alike_the_first_that_says_more_is_heard(post_desk, tmp_path):
    days = [("5/3/2023", ""), ("6/3/2023", "Hoàng B"), ("7/3/2023", "Hoàng C")]
    rows = [[n, "Vy Văn Long", *PLACE, day, told] for n, (day, told) in enumerate(days)]
    first, second = take(post_desk, tmp_path, rows[:1]), take(post_desk, tmp_path, rows[1:])
    decided = decide(post_desk, "merge", batch=second.batch)
    given = {one.gone: one.fields for one in decided if one.stays == first.records[0]}
    assert sum(map(bool, given.values())) == 1
    heard = next(gone for gone, fields in given.items() if fields)
    said = dict(zip(second.records, ("Hoàng B", "Hoàng C"), strict=True))
    left = pledges(post_desk)
    assert [(one, values["witness"]) for one, values in left.items()] == [
        (first.records[0], said[heard])
    ]
    post_desk.doubles.take_back(decided)
    assert pledges(post_desk)[first.records[0]].get("witness") is None


def test_what_came_in_is_told_when_the_near_rows_cannot_be_decided(
    post_template, tmp_path, cli_inline
):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    head = ["TT", "Ngày", "Nội dung", "Xã", "Từ mốc", "Đến mốc", "Số người", "Chiều dài (m)"]
    row = [1, "5/3/2023", "Phát quang đường thông tầm nhìn", "Cao Lâu", "1140", "1142", 12]
    paths = [
        files.write_csv(tmp_path / f"{n}.csv", [head, [*row, length]])
        for n, length in enumerate(("", 300))
    ]

    def run(*words):
        return cli_inline("--desk", folder, *words)

    assert run("sheet", "clearing", paths[0]).returncode == 0
    assert run("close", "--period", "2023-03").returncode == 0
    ran = run("sheet", "clearing", paths[1], "--near", "merge")
    assert ran.returncode == 4
    assert json.loads(ran.stdout)["accepted"] == 1
    assert "mở lại kỳ" in ran.stderr
    assert "Đã quyết định" not in ran.stderr
    assert len(run("doubles").stdout.splitlines()) == 1
