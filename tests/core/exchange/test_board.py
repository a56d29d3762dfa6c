"""The board of who has sent what, the comparisons, and the texts that ask for what is missing."""

import datetime
import json

import pytest

from borderdesk.closing.summary import as_json, make_summary
from borderdesk.exchange import request_texts
from borderdesk.exchange.board import AGAIN, LATE, MISSING, ON_TIME
from borderdesk.exchange.imports import IMPORTED, QUARANTINED, REFUSED
from tests.exchanging import clearing, new_desk, send, trust

TODAY = datetime.datetime.now().astimezone().date()
THIS = TODAY.replace(day=1)
BEFORE = (THIS - datetime.timedelta(days=1)).replace(day=1)
"""The month before this one is what a post sends now; the year before lies long back."""


@pytest.fixture
def desks(tmp_path):
    """Two posts and the province, which knows them."""
    with (
        new_desk(tmp_path / "bs", "post", "BS", 1) as one,
        new_desk(tmp_path / "cl", "post", "CL", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, two, province)
        # Whatever the day this runs on, the month before is not late yet.
        province.reference.set_setting("due_day", "28")
        yield one, two, province


def cell(province, unit, month, year=2023):
    table = province.exchange.board.table(year)
    (row,) = [row for row in table.rows if row.unit == unit]
    return row.cells[month - 1]


def test_the_board_has_a_row_for_every_post_and_nothing_was_sent(desks):
    _one, _two, province = desks
    table = province.exchange.board.table(2023)
    assert [row.unit for row in table.rows] == list(province.book.posts)
    assert {cell.state for row in table.rows for cell in row.cells} == {MISSING}
    assert all(cell.overdue for row in table.rows for cell in row.cells)
    following = province.exchange.board.table(TODAY.year + 1)
    assert not any(cell.overdue for row in following.rows for cell in row.cells)


def test_a_month_is_due_on_the_due_day_of_the_next(desks):
    _one, _two, province = desks
    board, calendar = province.exchange.board, province.calendar()
    assert board.due(calendar.parse("2023-11")) == datetime.date(2023, 12, 28)
    assert board.due(calendar.parse("2023-12")) == datetime.date(2024, 1, 28)
    province.reference.set_setting("due_day", "0")
    assert board.due(calendar.parse("2023-12")) == datetime.date(2024, 1, 1)


def test_on_time_late_and_sent_again(desks, tmp_path):
    one, _two, province = desks
    now = f"{BEFORE:%Y-%m}"
    for period in (now, "2023-05"):
        assert province.exchange.imports.take(send(one, tmp_path, period)).status == "unchanged"
    assert cell(province, "BS", BEFORE.month, BEFORE.year).state == ON_TIME
    may = cell(province, "BS", 5)
    assert (may.state, may.late, may.overdue, may.due) == (
        LATE, True, False, datetime.date(2023, 6, 28)
    )  # fmt: skip
    assert cell(province, "CL", 5).state == MISSING
    province.exchange.imports.take(send(one, tmp_path, "2023-05"))
    assert cell(province, "BS", 5).state == AGAIN
    assert cell(province, "BS", 6).state == MISSING
    second = cell(province, "BS", 5).batches[-1]
    province.exchange.batches.undo_batch(second)
    assert cell(province, "BS", 5).state == LATE


def test_a_package_of_a_longer_period_covers_its_months(desks, tmp_path):
    one, _two, province = desks
    province.exchange.imports.take(send(one, tmp_path, "2023-Q2"))
    states = [cell(province, "BS", month).state for month in (3, 4, 6, 7)]
    assert states == [MISSING, LATE, LATE, MISSING]


def test_two_laptops_that_send_the_same_month_have_not_sent_it_again(desks, tmp_path):
    one, _two, province = desks
    with new_desk(tmp_path / "second", "post", "BS", 4) as laptop:
        province.exchange.cards.accept_card(laptop.exchange.cards.own())
        for desk in (one, laptop):
            province.exchange.imports.take(send(desk, tmp_path, "2023-05"))
    assert cell(province, "BS", 5).state == LATE
    assert len(cell(province, "BS", 5).batches) == 2


def test_packages_that_never_came_are_named_by_their_numbers(desks, tmp_path):
    one, _two, province = desks
    paths = [send(one, tmp_path, f"2023-0{month}") for month in (1, 2, 3, 4)]
    for path in (paths[3], paths[1]):
        province.exchange.imports.take(path)
    (row,) = [r for r in province.exchange.board.table(2023).rows if r.unit == "BS"]
    assert row.gaps == ((one.identity.id, (1, 3)),)
    text = request_texts.gaps_request(province, "BS", row.gaps[0][1])
    assert "1, 3" in text
    assert province.book.post_name("BS") in text
    for path in paths:
        province.exchange.imports.take(path)
    (row,) = [r for r in province.exchange.board.table(2023).rows if r.unit == "BS"]
    assert row.gaps == ()


def test_waiting_and_broken_files_show_in_their_month(desks, tmp_path):
    one, _two, province = desks
    province.exchange.cards.revoke_card(one.identity.id)
    path = send(one, tmp_path, "2023-05")
    assert province.exchange.imports.take(path).status == QUARANTINED
    broken = tmp_path / path.name.replace("2023-05_1", "2023-06_2")
    broken.write_bytes(path.read_bytes()[:500])
    outcome = province.exchange.imports.take(broken)
    assert outcome.status == REFUSED
    assert cell(province, "BS", 5).waiting == 1
    assert cell(province, "BS", 6).broken == (broken.name,)
    text = request_texts.broken_request(province, broken.name, outcome.reason)
    for told in (broken.name, province.book.post_name("BS"), "tháng 6 năm 2023", outcome.reason):
        assert told in text
    assert "la.bdx" in request_texts.broken_request(province, "la.bdx", "Hỏng.")
    trust(one, province)
    good = send(one, tmp_path / "again", "2023-06")
    assert good.name == broken.name
    province.exchange.imports.take(good)
    assert cell(province, "BS", 6).broken == ()


def test_the_text_for_a_missing_month_says_who_what_and_when(desks):
    _one, _two, province = desks
    text = request_texts.missing_request(
        province, "CL", "2023-05", province.exchange.board.due(province.calendar().parse("2023-05"))
    )
    for told in (province.book.post_name("CL"), "tháng 5 năm 2023", "28/06/2023"):
        assert told in text


# ------------------------------------------------------------------------- comparisons


def test_stated_figures_agree_until_something_changes_them_here(desks, tmp_path):
    one, _two, province = desks
    kept = one.records.add("clearing", clearing(post=None, participants=18))
    outcome = province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    board = province.exchange.board
    assert cell(province, "BS", 12).differs is None
    assert board.compare(outcome.batch) == []
    assert cell(province, "BS", 12).differs is False
    one.records.edit("clearing", kept.id, {"participants": 20})
    province.exchange.imports.take(send(one, tmp_path, "2023-11"))
    assert cell(province, "BS", 12).differs is None
    (difference,) = board.compare(outcome.batch)
    assert (difference.key, difference.stated, difference.here) == (
        "clearing_participants", 18, 20
    )  # fmt: skip
    assert cell(province, "BS", 12).differs is True


def test_figures_are_compared_over_the_days_of_the_sender(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, started_on="2023-11-20"))
    one.reference.set_setting("cut_off_day", "14")
    outcome = province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    assert outcome.added == 1
    assert province.exchange.board.compare(outcome.batch) == []


def test_a_month_sent_again_says_what_changed_and_why(desks, tmp_path):
    one, _two, province = desks
    gone = one.records.add("clearing", clearing(post=None, participants=18))
    province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    board = province.exchange.board
    assert board.resent("BS", "2023-12") == []
    one.records.delete("clearing", gone.id, "Nhập nhầm sang đồn khác")
    one.records.add("clearing", clearing(post=None, participants=30, started_on="2023-12-09"))
    province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    changed = {r.key: r for r in board.resent("BS", "2023-12")}
    assert (changed["clearing_participants"].before, changed["clearing_participants"].now) == (
        18, 30
    )  # fmt: skip
    assert "Nhập nhầm sang đồn khác" in changed["clearing_participants"].why
    assert "thêm 1" in changed["clearing_participants"].why
    assert "clearing_events" not in changed


def test_one_piece_of_work_that_two_posts_logged_is_pointed_out(desks, tmp_path):
    one, two, province = desks
    stretch = {"from_marker": "1146", "to_marker": "1150"}
    mine = one.records.add("clearing", clearing(post=None, **stretch))
    other = two.records.add("clearing", clearing(post=None, **stretch, participants=3))
    two.records.add("clearing", clearing(post=None, **{**stretch, "to_marker": "1151"}))
    one.records.add("clearing", clearing(post=None, **stretch, started_on="2023-11-04"))
    for desk in (one, two):
        assert province.exchange.imports.take(send(desk, tmp_path)).status == IMPORTED
    board = province.exchange.board
    (twice,) = board.logged_twice("2023-12")
    assert twice.records == (("BS", mine.id), ("CL", other.id))
    assert (twice.type, twice.day, twice.markers) == (
        "clearing", datetime.date(2023, 12, 4), "1146–1150"
    )  # fmt: skip
    assert board.logged_twice("2023-11") == []


def test_what_a_closed_month_stated_is_held_against_the_records_all_the_same(desks, tmp_path):
    one, _two, province = desks
    one.records.add("clearing", clearing(post=None, participants=18))
    one.closing.close_period("2023-12")
    first = province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    assert one.closing.state("2023-12").edition.final
    province.closing.close_period("2023-12", "post:BS")
    one.records.add("clearing", clearing(post=None, participants=5, started_on="2023-12-09"))
    late = province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    assert late.added == 1
    board = province.exchange.board
    changed = {d.key: (d.stated, d.here) for d in board.compare(first.batch)}
    assert changed["clearing_participants"] == (18, 23)
    # The province's own edition stays as it was signed, and says that something came since.
    signed = make_summary(province, "2023-12", "post:BS")
    figures = {row["key"]: row["value"] for row in as_json(signed)["rows"]}
    assert figures["clearing_participants"] == 18
    assert "clearing_participants" in {moved.key for moved in signed.moved}


def test_the_command_prints_the_board(desks, tmp_path, cli_inline):
    one, _two, province = desks
    province.exchange.imports.take(send(one, tmp_path, "2023-05"))
    told = cli_inline("--desk", province.folder, "board", "--year", 2023, "--compare")
    rows = {row["unit"]: row for row in map(json.loads, told.stdout.splitlines())}
    assert set(rows) == set(province.book.posts)
    may = rows["BS"]["months"]["2023-05"]
    assert (may["state"], may["differs"], may["due"]) == (LATE, False, "2023-06-28")
