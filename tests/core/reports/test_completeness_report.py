"""The completeness report against a plain count over records and their histories."""

import datetime
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given

from borderdesk.desk import Desk
from borderdesk.schema.revisions import local_date
from tests.factories import example
from tests.random_desks import (
    ACROSS,
    NUMBERS,
    PERIODS,
    QUIET,
    RECORDS,
    Y2023,
    copied,
    everything,
    fill,
    scopes_of,
)
from tests.recompute import EVENT, Months, Recompute, Scope, day_of
from tests.report_files import json_of, words_of, written


def retyped(desk, number):
    """Make the records look as if typed on various days before now."""
    chance = random.Random(number)
    for record, kind in list(desk.store.rows("SELECT DISTINCT record, type FROM revision")):
        if kind not in EVENT:
            continue
        found = desk.store.value(f"SELECT {EVENT[kind]} FROM {kind} WHERE id = ?", (record,))
        if found is None:
            continue
        day = day_of(found) + datetime.timedelta(days=chance.choice([0, 1, 4, 30, 60, 61, 300]))
        stamp = f"{day}T0{chance.randint(2, 9)}:00:00.000Z"
        desk.store.run(
            "UPDATE revision SET time = ? WHERE record = ? AND number = 1", (stamp, record)
        )


def typed_on(desk, kind, record):
    """The day on which a record was first saved, according to `history`."""
    return min(local_date(past.stamp.time) for past in desk.records.history(kind, record))


def due_of(year, month, day=5):
    return datetime.date(year + month // 12, month % 12 + 1, day)


@pytest.mark.parametrize("cut", [0, 14], ids=["calendar", "cut-off 14"])
@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(drawn=RECORDS, number=NUMBERS)
def test_counts_are_those_of_a_naive_count(hamlets_template, tmp_path, span, cut, drawn, number):
    folder, places = hamlets_template
    chance = random.Random(number)
    with copied(folder, tmp_path) as desk:
        if cut:
            desk.reference.set_setting("cut_off_day", str(cut))
        fill(desk, drawn, span)
        retyped(desk, number)
        months = Months([("0001-01-01", cut)])
        again = Recompute(everything(desk), places, months)
        period = chance.choice(PERIODS[span])
        first, last = months.window(period)
        for text in {"province", *chance.sample(scopes_of(span, last), 2)}:
            scope = Scope(text, places, last)
            said = json_of(desk, tmp_path, "completeness", period, scope=text)
            mine = [
                (kind, r) for kind in EVENT for r in again.records[kind]
                if first <= r["day"] <= last and scope.holds(r)
            ]  # fmt: skip
            check_months(said, months, first, last)
            posts = {row["post"] for row in said["rows"]}
            assert {r["post"] for _kind, r in mine} <= posts
            for row in said["rows"]:
                (month,) = [m for m in said["months"] if m["month"] == row["month"]]
                begin, end = day_of(month["from"]), day_of(month["to"])
                here = [
                    (kind, r)
                    for kind, r in mine
                    if r["post"] == row["post"] and begin <= r["day"] <= end
                ]
                check_row(desk, row, here, day_of(month["due"]), end)


def check_months(said, months, first, last):
    """Assert that the months follow each other and cover the period."""
    told = said["months"]
    assert (day_of(told[0]["from"]), day_of(told[-1]["to"])) == (first, last)
    for one, following in pairwise(told):
        assert day_of(following["from"]) == day_of(one["to"]) + datetime.timedelta(days=1)
    for month in told:
        year, number = int(month["month"][:4]), int(month["month"][5:])
        begin, end = months.window(month["month"])
        assert (day_of(month["from"]), day_of(month["to"])) == (max(begin, first), min(end, last))
        assert day_of(month["due"]) == due_of(year, number)


def check_row(desk, row, here, due, end):
    counts = Counter(kind for kind, _record in here)
    assert row["counts"] == {kind: counts[kind] for kind in row["counts"]}
    assert set(row["counts"]) == set(EVENT)
    typed = [(r["day"], typed_on(desk, kind, r["id"])) for kind, r in here]
    assert row["total"] == len(here)
    assert row["late"] == sum((on - day).days > 60 for day, on in typed)
    assert row["after_due"] == sum(on > due for _day, on in typed)
    assert row["after_closing"] == 0
    newest = max((on for _day, on in typed), default=None)
    assert row["last_entry"] == (newest and newest.isoformat())
    assert row["missing"] == (not here and end < desk.today())


# ------------------------------------------------------------------------------- by hand


def rows(desk, folder, period, **asked):
    said = json_of(desk, folder, "completeness", period, **asked)
    return {(row["month"], row["post"]): row for row in said["rows"]}


def test_what_came_after_closing_is_counted(desk, tmp_path):
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-05"})
    desk.closing.close_period("2023-03", "post:BS")
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-06"})
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-04-06"})
    found = rows(desk, tmp_path, "2023-H1")
    assert found["2023-03", "BS"]["after_closing"] == 1
    assert found["2023-04", "BS"]["after_closing"] == 0
    # Closed for the province: records present then are not late, whatever the post's edition says.
    desk.records.add("clearing", {**example("clearing"), "post": "TL", "started_on": "2023-03-06"})
    desk.closing.close_period("2023-03", "province")
    desk.records.add("clearing", {**example("clearing"), "post": "TL", "started_on": "2023-03-07"})
    found = rows(desk, tmp_path, "2023-03")
    assert found["2023-03", "TL"]["after_closing"] == 1
    assert rows(desk, tmp_path, "2023-03", scope="post:TL")["2023-03", "TL"]["after_closing"] == 0


def test_a_month_without_records_is_missing_and_one_to_come_is_not(desk, tmp_path):
    desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-05"})
    found = rows(desk, tmp_path, "2023-Q1", scope="post:BS")
    assert [found[f"2023-0{m}", "BS"]["missing"] for m in (1, 2, 3)] == [True, True, False]
    later = rows(desk, tmp_path, str(desk.today().year + 1), scope="post:BS")
    assert not any(row["missing"] for row in later.values())
    words = words_of(written(desk, tmp_path, ".pdf", "completeness", "2023-Q1", scope="post:BS"))
    assert "Ba Sơn thiếu thiếu 1 1" in words
    assert "Tháng 3 năm 2023 – hạn gửi số liệu 05/04/2023" in words


def test_a_due_day_that_is_set_counts_and_none_is_none(desk, tmp_path):
    desk.reference.set_setting("due_day", "28", "2023-01-01")
    said = json_of(desk, tmp_path, "completeness", "2023-01")
    assert said["months"][0]["due"] == "2023-02-28"
    desk.reference.set_setting("due_day", "0", "2023-02-01")
    assert json_of(desk, tmp_path, "completeness", "2023-02")["months"][0]["due"] is None


def test_a_liaison_desk_sees_the_posts_of_its_district(tmp_path):
    with Desk.create(tmp_path / "d", "liaison", "Cao Lộc", "A") as desk:
        found = rows(desk, tmp_path, "2023-12")
        assert {post for _month, post in found} == {"HN", "BL", "TL", "BS"}
        later = rows(desk, tmp_path, "2026-01")
        assert {post for _month, post in later} == {"HN", "BL", "TL", "BS"}


def test_a_scope_of_no_post_has_a_page_that_says_so(desk, tmp_path):
    asked = {"scope": "commune:06187"}
    assert json_of(desk, tmp_path, "completeness", "2023-12", **asked)["rows"] == []
    words = words_of(written(desk, tmp_path, ".pdf", "completeness", "2023-12", **asked))
    assert "Không có đồn nào phụ trách địa bàn thuộc phạm vi này." in words


def test_the_day_of_typing_is_that_of_the_first_revision(desk, tmp_path):
    saved = desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-05"})
    desk.store.run("UPDATE revision SET time = '2023-03-06T05:00:00.000Z'")
    desk.records.edit("clearing", saved.id, {"participants": 70})
    row = rows(desk, tmp_path, "2023-03")["2023-03", "BS"]
    assert (row["last_entry"], row["late"], row["after_due"]) == ("2023-03-06", 0, 0)


def test_posts_stand_in_the_order_of_the_names_that_are_shown(desk, tmp_path):
    """Tân Thanh stood before Na Hình, as it was sorted by “cửa khẩu Tân Thanh”."""
    names = "BS BL BX BN CL CM HN NH PM TT TL".split()
    assert [post for _month, post in rows(desk, tmp_path, "2023-03")] == names
    assert [row.unit for row in desk.exchange.board.table(2023).rows] == names
