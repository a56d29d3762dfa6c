"""The figure that a period is compared with: only for days completely covered by records or exact
papers."""

import json
from decimal import Decimal

import pytest

from borderdesk.base.errors import UserError
from borderdesk.closing.calculation import late_records_of, lines_compared, record_days_of
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_baseline, set_target

KEY = "clearing_events"


def work(day, post="BS", **more):
    return {"kind": "road_clearing", "post": post, "started_on": day, "participants": 5,
            "commune": "06196" if day >= "2025-07-01" else "06202", **more}  # fmt: skip


def add(desk, *days, post="BS", **more):
    for day in days:
        desk.records.add("clearing", work(day, post, **more))


def paper(desk, period, value, qualifier="exact", *, key=KEY, scope="post:BS"):
    row = (key, period, scope, str(value), "BC")
    desk.reference.write_targets(lambda store: set_baseline(store, *row, qualifier))


def line(desk, period, key=KEY, scope=None):
    return next(ln for ln in make_summary(desk, period, scope).lines if ln.key == key)


@pytest.fixture
def begun_in_june(post_desk):
    """Records from 10 June 2025 on, earlier months from paper; the next year is complete."""
    desk = post_desk
    for month, told in enumerate((8, 7, 8, 8, 8), start=1):
        paper(desk, f"2025-{month:02}", told)
    add(desk, *(f"2025-06-{day:02}" for day in range(10, 20)))
    add(desk, "2025-08-02", *(f"2026-0{1 + n % 6}-15" for n in range(55)))
    return desk


def test_papers_and_records_of_a_half_year_are_one_value(begun_in_june):
    half, year = line(begun_in_june, "2025-H1"), line(begun_in_june, "2025-06")
    assert (half.value, half.year_to_date, year.year_to_date) == (49, 49, 49)
    assert (year.value, year.own_value, half.own_value) == (10, 10, 10)
    assert {"value", "year_to_date"} <= half.from_paper


def test_the_next_year_is_compared_with_both(begun_in_june):
    found = line(begun_in_june, "2026-H1")
    assert (found.previous, found.change, found.change_pct) == (49, 6, Decimal("12.2"))
    assert "previous" in found.from_paper
    assert line(begun_in_june, "2026-05").previous == 8
    assert line(begun_in_june, "2026-Q2").previous == 8 + 8 + 10


def days(desk, period, column):
    row = next(row for row in all_rows(desk.book) if row.key == KEY)
    found = record_days_of(desk, make_view(desk, period), row, column)
    return [(str(days.first), str(days.last)) for _figures, days in found]


def test_the_days_whose_records_a_figure_adds_up(begun_in_june):
    desk = begun_in_june
    assert days(desk, "2026-Q2", "value") == [("2026-04-01", "2026-06-30")]
    assert days(desk, "2026-Q2", "year_to_date") == [("2026-01-01", "2026-06-30")]
    # Five months of the half year before are from paper, and the records begin after them.
    assert days(desk, "2026-H1", "previous") == [("2025-06-01", "2025-06-30")]
    assert days(desk, "2025-H1", "value") == [("2025-06-01", "2025-06-30")]
    # A whole month from paper has no records; the beginning of another one is unknown.
    assert days(desk, "2026-05", "previous") == days(desk, "2026-06", "previous") == []
    desk.reference.set_setting("complete_from", "2025-06-01")
    assert days(desk, "2026-06", "previous") == [("2025-06-01", "2025-06-30")]


def test_a_line_to_be_compared_with_a_paper_is_that_of_the_summary(begun_in_june):
    desk = begun_in_june
    for period in ("2025-05", "2025-H1", "2026-H1"):
        whole = {one.key: one for one in make_summary(desk, period).lines}
        for one in lines_compared(desk, make_view(desk, period)):
            told = whole[one.key]
            assert (one[:5], one.year_to_date) == (told[:5], told.year_to_date)
            assert one.from_paper == told.from_paper - {"previous"}
            assert (one.previous, one.change, one.target, one.late) == (None, None, None, 0)
            assert one.records is None


def test_a_line_has_its_target_and_the_records_of_its_own_days(begun_in_june):
    desk = begun_in_june
    desk.reference.write_targets(lambda store: set_target(store, KEY, 2026, "post:BS", "110"))
    half = line(desk, "2026-H1")
    assert (half.target, half.target_pct) == (110, Decimal("50.0"))
    assert line(desk, "2025-H1").target is None
    found = make_summary(desk, "2026-02", with_ids=True)
    assert found.compared.text == "2025-02"
    (one,) = [each for each in found.lines if each.key == KEY]
    assert len(one.records) == one.value == 9
    assert one.year_to_date == 19


def test_a_bound_is_not_compared(post_desk):
    for period, qualifier in (("2025-01", "exact"), ("2026-01", "over")):
        paper(post_desk, period, 9, qualifier)
    found = line(post_desk, "2026-01")
    assert (found.value, found.previous, found.change, found.change_pct) == (9, 9, None, None)


def test_what_is_late_in_a_figure_is_told_by_its_records(post_desk):
    desk = post_desk
    add(desk, "2023-10-05", "2023-11-05")
    desk.closing.close_period("2023-10")
    late = desk.records.add("clearing", work("2023-10-06")).id
    row = next(row for row in all_rows(desk.book) if row.key == KEY)
    assert late_records_of(desk, make_view(desk, "2023-11"), row) == [late]
    assert late_records_of(desk, make_view(desk, "2023-09"), row) == []


def test_a_month_of_which_nobody_knows_the_beginning_is_not_compared(begun_in_june):
    assert line(begun_in_june, "2026-06").previous is None
    begun_in_june.reference.set_setting("complete_from", "2025-06-01")
    assert line(begun_in_june, "2026-06").previous == 10


def test_a_gap_between_papers_and_records_is_not_compared(post_desk):
    desk = post_desk
    paper(desk, "2025-Q1", 20)
    add(desk, "2025-06-10", "2026-02-02")
    assert line(desk, "2026-H1").previous is None
    assert line(desk, "2026-Q1").previous == 20
    paper(desk, "2025-04", 4)
    assert line(desk, "2026-H1").previous is None
    paper(desk, "2025-05", 4)
    assert line(desk, "2026-H1").previous == 29


def test_nothing_before_the_desk_began_is_no_zero(post_desk):
    add(post_desk, "2026-02-02")
    row = next(r for r in as_json(make_summary(post_desk, "2026-02"))["rows"] if r["key"] == KEY)
    assert json.loads(json.dumps(row))["previous"] is None
    assert (row["change"], row["change_pct"], row["value"]) == (None, None, 1)
    post_desk.reference.set_setting("complete_from", "2025-01-01")
    found = line(post_desk, "2026-02")
    assert (found.previous, found.change, found.change_pct) == (0, 1, None)


def test_a_registration_of_long_ago_tells_of_registrations_alone(post_desk):
    post_desk.records.add("registration", {"subject": "collective", "name": "Tổ 1", "hamlet": "A",
        "commune": "06202", "from_on": "2019-03-03"})  # fmt: skip
    add(post_desk, "2026-02-02")
    assert line(post_desk, "2026-02").previous is None
    assert line(post_desk, "2026-02", "collectives_registered").previous == 1


def test_each_post_of_a_scope_must_have_been_there(desk):
    add(desk, "2024-12-05", "2025-02-05", "2026-02-05")
    assert line(desk, "2026-02").previous == 1
    add(desk, "2025-03-03", "2026-02-06", post="CL")
    assert line(desk, "2026-02").previous is None
    assert line(desk, "2026-02", scope="post:BS").previous == 1
    assert line(desk, "2026-04").previous == 0
    # It existed before, but its February never arrived.
    add(desk, "2025-01-03", post="CL")
    assert line(desk, "2026-02").previous is None
    add(desk, "2025-02-03", post="CL")
    assert line(desk, "2026-02").previous == 2
    desk.reference.set_setting("complete_from", "2025-04-01")
    assert line(desk, "2026-02").previous == 2


def test_different_things_of_several_papers_are_no_more_than_a_bound(post_desk):
    """Adding markers of January and of February would count those inspected in both twice."""
    desk = post_desk
    key = "markers_covered"
    paper(desk, "2025-01", 30, key=key)
    assert line(desk, "2025-01", key).bound("value") is None
    assert (line(desk, "2025-Q1", key).value, line(desk, "2025-Q1", key).bound("value")) == (
        30,
        None,
    )
    paper(desk, "2025-02", 25, key=key)
    assert line(desk, "2025-02", key).bound("value") is None
    assert line(desk, "2025-02", key).bound("year_to_date") == ("<", 55)
    assert line(desk, "2025-Q1", key).bound("value") == ("<", 55)
    assert line(desk, "2026-Q1", key).change is None
    paper(desk, "2025-03", 40, "over", key=key)
    assert line(desk, "2025-Q1", key).bound("value") == (">", 40)


def test_a_bound_is_no_figure_to_compare_with_and_says_so(post_desk):
    desk = post_desk
    paper(desk, "2025-Q1", 300, "over")
    add(desk, "2025-04-01", "2026-02-02", "2026-04-03")
    quarter = line(desk, "2026-Q1")
    assert (quarter.previous, quarter.change, quarter.bound("previous")) == (None, None, (">", 300))
    half = line(desk, "2026-H1")
    assert (half.previous, half.bound("previous")) == (None, (">", 301))
    assert line(desk, "2025-H1").bound("value") == (">", 301)


def test_a_share_of_the_year_has_the_papers_of_the_year_in_it(post_desk):
    """Households that signed before the desk began count as having signed this year."""
    desk = post_desk
    row = {"commune": "06202", "name": "Pò Mã", "is_border": 1, "households_total": 40,
           "valid_from": "2000-01-01", "valid_to": ""}  # fmt: skip
    file = desk.folder / "hamlets.csv"
    file.write_text(",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n", "utf-8")
    desk.reference.load(file)
    desk.records.add("pledge", {"signed_on": "2025-06-11", "programme": "phao", "count": 4,
        "commune": "06202", "hamlet": "Pò Mã", "source_ref": "BB"})  # fmt: skip
    assert line(desk, "2025-06", "pledge_coverage").value == 10
    paper(desk, "2025-Q1", 10, key="household_pledges")
    share = line(desk, "2025-06", "pledge_coverage")
    assert (share.value, share.shown("value").text("vi")) == (35, "35*")
    assert share.own_value == 10
    paper(desk, "2025-04", 2, "over", key="household_pledges")
    assert line(desk, "2025-06", "pledge_coverage").shown("value").text("vi") == ">40*"
    assert line(desk, "2026-06", "pledge_coverage").previous is None


OLD, NEW = ("06196-2023", "06202-2023", "06238-2023"), "commune:06196-2025"
"""Three communes, and the one they were merged into on 1 July 2025."""


def test_papers_of_old_communes_tell_their_part_of_what_they_became(post_desk):
    desk = post_desk
    add(desk, "2025-02-03", commune="06238")
    add(desk, "2025-06-10", "2025-08-02")
    for month in range(1, 6):
        for unit in OLD[:2]:
            paper(desk, f"2025-{month:02}", month, scope=f"commune:{unit}")
    add(desk, "2026-02-03", "2026-06-01")
    year = line(desk, "2025", scope=NEW)
    # 2 × 15 from paper; of the third commune, and since June, the records.
    assert (year.value, year.year_to_date, year.own_value) == (30 + 3, 33, 3)
    assert "value" in year.from_paper
    # Nothing covers the third one's months before the records began.
    assert line(desk, "2026-H1", scope=NEW).previous is None
    for month in range(1, 6):
        paper(desk, f"2025-{month:02}", 0, scope=f"commune:{OLD[2]}")
    found = line(desk, "2026-H1", scope=NEW)
    assert (found.value, found.previous, found.change) == (2, 31, -29)
    assert "previous" in found.from_paper


def test_a_paper_of_a_part_leaves_the_records_of_the_others(post_desk):
    desk = post_desk
    add(desk, "2025-03-01", "2025-03-02", commune="06196")
    add(desk, "2025-03-03", commune="06202")
    paper(desk, "2025-03", 9, scope=f"commune:{OLD[1]}")
    row = next(row for row in all_rows(desk.book) if row.key == KEY)
    view = make_view(desk, "2025", NEW)
    assert line(desk, "2025", scope=NEW).value == 2 + 9
    counted = record_days_of(desk, view, row, "value")
    found = {one for figures, days in counted for one in figures.record_ids(row, days)}
    assert len(found) == 2
    # The year as the old communes keep it is as it was.
    assert line(desk, "2025-Q1", scope=f"commune:{OLD[1]}").value == 9
    assert line(desk, "2025-Q1", scope=f"commune:{OLD[0]}").value == 2


def test_a_paper_of_what_a_commune_became_tells_no_day_twice(post_desk):
    desk = post_desk
    desk.baselines.set_paper(KEY, "2025-05", f"commune:{OLD[0]}", "3", "BC")
    with pytest.raises(UserError, match="Đã có số liệu"):
        desk.baselines.set_paper(KEY, "2025", NEW, "40", "BC")
    desk.baselines.set_paper(KEY, "2025-Q3", NEW, "40", "BC")
    assert line(desk, "2025", scope=NEW).value == 43


def test_a_paper_of_a_commune_that_was_split_is_in_none_of_its_parts(post_desk):
    desk = post_desk
    paper(desk, "2025-05", 3, scope="commune:06622-2023")
    for part in ("06625-2025", "06613-2025"):
        found = make_summary(desk, "2025", f"commune:{part}")
        assert next(ln for ln in found.lines if ln.key == KEY).value == 0
        assert any("Bính Xá" in remark for remark in found.remarks)


def test_papers_of_a_post_follow_it_to_what_it_became(desk, tmp_path):
    for post in ("BS", "CM"):
        paper(desk, "2025-03", 4, scope=f"post:{post}")
    add(desk, "2025-03-01", "2025-04-01", post="CM")
    rows = "code,name,gate,communes,communes_verified,invented,valid_from,valid_to,successors\n"
    file = tmp_path / "posts.csv"
    file.write_text(
        rows + "CM,Đồn Biên phòng Chi Ma,,06532 06541 06547,0,0,,2025-06-30,BS\n", encoding="utf-8"
    )
    desk.reference.load(file)
    assert line(desk, "2025-Q1", scope="post:CM").value == 4
    assert line(desk, "2025", scope="post:BS").value == 4 + 4 + 1
