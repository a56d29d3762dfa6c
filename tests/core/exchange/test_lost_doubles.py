"""Doubles of which neither counts: one given up for the other, that deleted by hand elsewhere."""

import json

import pytest

from borderdesk.base.errors import UserError
from borderdesk.exchange.decisions.crossed_texts import unreturned_text
from borderdesk.exchange.decisions.doubles import DoubleChoice
from borderdesk.exchange.decisions.lost_doubles import LostDoubles
from borderdesk.overview.waiting import waiting
from borderdesk.store.records.history import last_seq
from tests.core.exchange.test_crossed_doubles import TYPE, circulate, left, pass_on, records
from tests.exchanging import clearing, new_desk, trust

TOLD = "Bị xóa ở hai nơi"
WAITS = "hai bản trùng đều đã bị xóa"


@pytest.fixture
def desks(tmp_path):
    """Two laptops of a post and the province."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "BS", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        yield one, two, province


@pytest.fixture
def lost(desks, tmp_path):
    """x given up for y at one, y deleted by hand at two: (x, y), known to both of them."""
    one, two, _province = desks
    x, y = records((one, two), tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.records.delete(TYPE, y, "Nhập hai lần")
    assert TOLD in pass_on(one, two, tmp_path).reason
    assert TOLD in pass_on(two, one, tmp_path).reason
    return x, y


def pairs(desk):
    return [(pair.first, pair.second) for pair in desk.part(LostDoubles).pairs()]


def tasks(desk):
    return [todo.intent for todo in waiting(desk) if WAITS in todo.text]


def test_whoever_receives_both_is_told_and_asked(desks, lost, tmp_path):
    one, two, province = desks
    assert TOLD in pass_on(two, province, tmp_path).reason
    for desk in desks:
        assert left(desk) == []
        assert pairs(desk) == [lost]
        assert tasks(desk) == [{"tab": "pairs", "type": TYPE}]
        assert desk.maintenance.verify()["ok"]
    # What was told stays on the list, and is not told with every later file.
    one.records.add(TYPE, clearing(started_on="2023-11-02"))
    assert TOLD not in (pass_on(one, two, tmp_path).reason or "")


@pytest.mark.parametrize("stays", [0, 1])
def test_one_of_the_two_is_restored_and_nobody_asks_again(desks, lost, tmp_path, stays):
    one = desks[0]
    choice = DoubleChoice(TYPE, lost[1 - stays], lost[stays])
    one.part(LostDoubles).restore([choice])
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[lost[stays]]] * 3
    assert [pairs(desk) for desk in desks] == [[]] * 3
    one.part(LostDoubles).take_back([choice])
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[]] * 3
    assert [pairs(desk) for desk in desks] == [[lost]] * 3


def test_two_different_records_are_both_restored(desks, lost, tmp_path):
    one = desks[0]
    one.part(LostDoubles).restore([DoubleChoice(TYPE, *lost)], both=True)
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [sorted(lost)] * 3
    assert [desk.doubles.count() for desk in desks] == [0] * 3


def test_both_stay_deleted_on_every_desk(desks, lost, tmp_path):
    two = desks[1]
    choice = DoubleChoice(TYPE, *lost)
    two.part(LostDoubles).leave_deleted([choice])
    circulate(desks, tmp_path)
    assert [(left(desk), pairs(desk), tasks(desk)) for desk in desks] == [([], [], [])] * 3
    two.part(LostDoubles).ask_again([choice])
    assert pairs(two) == [lost]


def test_only_a_pair_of_which_both_are_deleted_is_left_so(desks, tmp_path):
    one, two, _province = desks
    x, y = records((one, two), tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    for decide in (one.part(LostDoubles).leave_deleted, one.part(LostDoubles).restore):
        with pytest.raises(UserError, match="không có gì thay đổi"):
            decide([DoubleChoice(TYPE, x, y)])
    # The verdict stands.
    assert one.doubles.verdict_of(DoubleChoice(TYPE, x, y)) == "same"
    assert left(one) == [y]


def test_who_deletes_one_after_the_other_means_it(desks, tmp_path):
    one, two, _province = desks
    x, y = records((one, two), tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    one.records.delete(TYPE, y, "Không có việc này")
    assert TOLD not in (pass_on(one, two, tmp_path).reason or "")
    assert pairs(one) == pairs(two) == []


def test_one_that_is_left_is_no_loss(desks, tmp_path):
    one, two, _province = desks
    x, y = records((one, two), tmp_path, 2)
    one.doubles.mark_same(TYPE, x, y)
    two.records.delete(TYPE, x, "Nhập hai lần")
    circulate(desks, tmp_path)
    assert [left(desk) for desk in desks] == [[y]] * 3
    assert [pairs(desk) for desk in desks] == [[]] * 3


def test_commands_list_and_decide_a_lost_pair(desks, lost, cli_inline):
    one, two, _province = desks
    x, y = lost
    for desk in (one, two):
        desk.close()
    listed = cli_inline("--desk", one.folder, "inbox")
    line = json.loads(listed.stdout)
    assert (line["why"], line["ids"]) == ("both_deleted", [x, y])
    assert [record["values"]["times"] for record in line["records"]] == [3, 4]
    kept = cli_inline("--desk", one.folder, "resolve", TYPE, x, "--same-as", y)
    assert json.loads(kept.stdout) == {"id": x, "verdict": "same", "stays": y}
    gone = cli_inline("--desk", two.folder, "resolve", TYPE, x, "--deleted-with", y)
    assert json.loads(gone.stdout) == {"id": x, "verdict": "deleted"}
    for desk in (one, two):
        assert cli_inline("--desk", desk.folder, "inbox").stdout == ""
    assert cli_inline("--desk", two.folder, "resolve", TYPE, x, "--deleted-with", y).returncode == 1


def test_the_command_restores_two_different_records(desks, lost, cli_inline):
    one, (x, y) = desks[0], lost
    one.close()
    different = cli_inline("--desk", one.folder, "resolve", TYPE, x, "--different-from", y)
    assert json.loads(different.stdout) == {"id": x, "verdict": "different"}
    listed = cli_inline("--desk", one.folder, "list", TYPE, "--format", "json")
    assert sorted(record["id"] for record in json.loads(listed.stdout)) == sorted(lost)


@pytest.mark.parametrize("aside", [False, True])
def test_what_was_given_up_for_a_record_of_an_undone_file_counts_again(desks, tmp_path, aside):
    one, two, province = desks
    x = one.records.add(TYPE, clearing(post=None)).id
    y = two.records.add(TYPE, clearing(post=None)).id
    batch = pass_on(two, one, tmp_path).batch
    one.doubles.mark_same(TYPE, x, y)
    assert left(one) == [y]
    one.exchange.batches.undo_batch(batch, aside=aside)
    assert left(one) == [x]
    if aside:
        one.exchange.batches.take_back(batch)
    circulate(desks, tmp_path)
    # Both are here again, and which one stays is asked: neither is lost, neither counts unseen.
    assert [left(desk) for desk in desks] == [sorted((x, y))] * 3
    one.doubles.catch_up()
    assert [pair[1:3] for pair in one.doubles.waiting()] == [tuple(sorted((x, y)))]
    assert [pairs(desk) for desk in (one, two, province)] == [[]] * 3


def test_what_cannot_count_again_in_a_closed_period_is_told(desks, tmp_path):
    one, two, _province = desks
    x = one.records.add(TYPE, clearing(post=None)).id
    y = two.records.add(TYPE, clearing(post=None)).id
    batch = pass_on(two, one, tmp_path).batch
    one.doubles.mark_same(TYPE, x, y)
    one.closing.close_period("2023-12")
    undone = one.exchange.batches.undo_batch(batch)
    assert [double.record for double in undone.unreturned] == [x]
    assert left(one) == []
    text = unreturned_text(one, undone.unreturned[0])
    assert "Phát quang, tu sửa · 04/12/2023" in text
    assert "mở lại kỳ trước" in text
    # Once the period is open it is restored by hand; undone again, nothing is left to tell.
    one.closing.reopen_period("2023-12", None, "Rút tệp")
    one.records.undelete(TYPE, x)
    assert left(one) == [x]
    again = pass_on(two, one, tmp_path).batch
    assert one.exchange.batches.undo_batch(again).unreturned == []


@pytest.mark.parametrize("closed", [False, True])
def test_the_command_tells_what_an_undone_list_does_not_bring_back(post_desk, cli_inline, closed):
    gone = post_desk.records.add(TYPE, clearing(post=None)).id
    batch, (row,) = listed(post_desk, "05")
    post_desk.doubles.mark_same(TYPE, gone, row)
    if closed:
        # Of another month than the row, which may go.
        post_desk.closing.close_period("2023-12-01..2023-12-04")
    post_desk.close()
    done = cli_inline("--desk", post_desk.folder, "undo-batch", batch)
    assert json.loads(done.stdout)["revisions"] == (1 if closed else 2)
    assert ("Chưa khôi phục được" in done.stderr) == closed


def listed(desk, *days):
    """A list of clearings on these days of a month: (its batch, its records)."""
    first = last_seq(desk.store) + 1
    added = [
        desk.records.add(TYPE, clearing(post=None, started_on=f"2023-12-{day}")).id for day in days
    ]
    return desk.sheet_batches.add_batch(TYPE, ["T12.xlsx"], first, {}), added


@pytest.mark.parametrize("several", [False, True])
def test_what_was_given_up_for_a_record_of_an_undone_list_counts_again(post_desk, several):
    gone = post_desk.records.add(TYPE, clearing(post=None)).id
    meant = post_desk.records.add(TYPE, clearing(post=None, started_on="2023-12-05")).id
    batch, (row, other, deleted) = listed(post_desk, "04", "06", "05")
    post_desk.doubles.mark_same(TYPE, gone, row)
    post_desk.doubles.mark_same(TYPE, meant, deleted)
    post_desk.records.delete(TYPE, deleted, "Nhập nhầm")
    if several:
        post_desk.doubles.mark_same(TYPE, row, other)
    undone = post_desk.exchange.batch_list.undo_list(batch)
    # Of what was deleted by hand before, both stay deleted, as was meant.
    assert left(post_desk) == [gone]
    assert (undone.revisions, undone.kept) == (2 if several else 3, 0)
    assert post_desk.maintenance.verify()["ok"]


def test_what_was_given_up_for_a_record_that_stays_is_not_brought_back(post_desk):
    gone = post_desk.records.add(TYPE, clearing(post=None)).id
    stays = post_desk.records.add(TYPE, clearing(post=None, started_on="2023-12-05")).id
    batch, (row,) = listed(post_desk, "04")
    post_desk.doubles.mark_same(TYPE, gone, stays)
    post_desk.doubles.mark_same(TYPE, stays, row)
    post_desk.exchange.batch_list.undo(post_desk.exchange.batch_list.named(batch))
    assert left(post_desk) == [stays]
