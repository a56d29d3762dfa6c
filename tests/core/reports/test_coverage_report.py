"""The coverage report against a calculation in plain Python over the records' JSON."""

import datetime
import random

import pytest
from hypothesis import given

from borderdesk.desk import Desk
from tests.random_desks import (
    ACROSS,
    NUMBERS,
    PERIODS,
    QUIET,
    RECORDS,
    Y2023,
    Maker,
    copied,
    everything,
    fill,
    other_geography,
    scopes_of,
)
from tests.recompute import REFERENCE, Months, Scope, day_of, table
from tests.report_files import json_of, words_of, written

CONDITIONS = ["intact", "intact", "damaged", "moved", "missing", "unreachable"]
SEEN = ["1166", "1166/1", "1167", "1228", "1249", "962", "1299", "1064", "1300/2"]
POSTS_OF = {row["code"]: row for row in table(REFERENCE / "posts.csv")}
REAL_POST = {
    invented: next(
        code for code, row in POSTS_OF.items()
        if row["invented"] == "0"
        and set(row["communes"].split()) & set(POSTS_OF[invented]["communes"].split())
    )
    for invented in (code for code, row in POSTS_OF.items() if row["invented"] == "1")
}  # fmt: skip
"""{invented post: the real one that keeps its markers on a real desk}."""
LISTED = [
    {**row, "post": REAL_POST.get(row["post"], row["post"])}
    for row in table(REFERENCE / "markers.csv")
]


def add_visits(desk, number, span):
    """Patrols and clearings concentrated on a few markers."""
    chance, maker = random.Random(number), Maker(number, span)
    for _ in range(chance.randint(0, 12)):
        day = maker.day()
        patrol = maker.patrol(day)
        patrol["inspected"] = [
            {"marker": m, "condition": chance.choice(CONDITIONS)}
            for m in chance.sample(SEEN, chance.randint(0, 4))
        ]
        patrol |= {"from_marker": "1166", "to_marker": "1167"}
        desk.records.add("patrol", {**patrol, "post": "BS", "started_on": day.isoformat()})
    for _ in range(chance.randint(0, 4)):
        day = maker.day()
        ends = {"from_marker": chance.choice(SEEN[:6]), "to_marker": chance.choice(SEEN[:6])}
        cut = {**maker.clearing(day), **ends, "post": "BS", "started_on": day.isoformat()}
        desk.records.add("clearing", cut)


def order(marker):
    main, _slash, auxiliary = marker.partition("/")
    return int(main), int(auxiliary or 0)


def months_within(months, first, last):
    """(year, month, first day, last day) of the months of a period, limited to it."""
    year, month = first.year, first.month
    if first > months.end(year, month):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    found = []
    while True:
        start, end = months.span(year, month, month)
        found.append((year, month, max(start, first), min(end, last)))
        if end >= last:
            return found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def naive(records, scope, first, last, months):
    """{marker: its entry in the report}, by loops over the records."""
    told = {}
    looks = [
        (day_of(p["started_on"]), row["marker"], row["condition"])
        for p in records["patrol"]
        for row in p["inspected"]
        if row["condition"] != "unreachable"
    ]
    for listed in LISTED:
        marker = listed["marker"]
        if scope.post is not None and listed["post"] != scope.post:
            continue
        if scope.by_unit and not scope.within(listed["commune"]):
            continue
        mine = [(day, condition) for day, m, condition in looks if m == marker]
        past = [(day, condition) for day, condition in mine if day <= last]
        newest = max((day for day, _condition in past), default=None)
        cuts = [
            day_of(c["started_on"])
            for c in records["clearing"]
            if day_of(c["started_on"]) <= last and (c["from_marker"] or c["to_marker"])
            for ends in (sorted(
                (c["from_marker"] or c["to_marker"], c["to_marker"] or c["from_marker"]), key=order
            ),)
            if order(ends[0]) <= order(marker) <= order(ends[1])
        ]  # fmt: skip
        told[marker] = {
            "post": listed["post"],
            "last_inspected": newest and newest.isoformat(),
            "days_since": newest and (last - newest).days,
            "conditions": {condition for day, condition in past if day == newest} or {None},
            "last_cleared": max(cuts).isoformat() if cuts else None,
            "inspections": [
                sum(start <= day <= end for day, _condition in mine)
                for _year, _month, start, end in months_within(months, first, last)
            ],
        }
    return told


@pytest.mark.parametrize("cut", [0, 14], ids=["calendar", "cut-off 14"])
@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(drawn=RECORDS, number=NUMBERS)
def test_every_marker_stands_as_the_records_say(
    hamlets_template, tmp_path, span, cut, drawn, number
):
    folder, places = hamlets_template
    chance = random.Random(number)
    with copied(folder, tmp_path) as desk:
        if cut:
            desk.reference.set_setting("cut_off_day", str(cut))
        fill(desk, drawn, span)
        add_visits(desk, number, span)
        records = everything(desk)
        months = Months([("0001-01-01", cut)])
        period = chance.choice(PERIODS[span])
        first, last = months.window(period)
        geography, others = other_geography(last)
        asked = [(scope, None) for scope in {"province", "post:BS", *chance.sample(
            scopes_of(span, last), 2)}] + [(chance.choice(others), geography)]  # fmt: skip
        for text, told_by in asked:
            said = json_of(desk, tmp_path, "coverage", period, scope=text, geography=told_by)
            expected = naive(records, Scope(text, places, last, told_by), first, last, months)
            rows = {row["marker"]: row for row in said["rows"]}
            assert list(rows) == sorted(expected, key=order), (text, period)
            for marker, row in rows.items():
                wanted = expected[marker]
                assert row["condition"] in wanted.pop("conditions")
                assert {key: row[key] for key in wanted} == wanted, (text, period, marker)
                assert row["total"] == sum(row["inspections"])
            check_totals(said["totals"], list(rows.values()))
            if text == "province":
                known = {row["marker"] for row in LISTED}
                seen = {
                    row["marker"]
                    for p in records["patrol"]
                    if first <= day_of(p["started_on"]) <= last
                    for row in p["inspected"]
                    if row["condition"] != "unreachable"
                }
                assert set(said["not_listed"]) == seen - known


def check_totals(totals, rows):
    assert totals == {
        "markers": len(rows),
        "covered": sum(row["total"] > 0 for row in rows),
        "wrong": sum(row["condition"] in ("damaged", "moved", "missing") for row in rows),
        "overdue": sum((row["days_since"] or 0) > 60 for row in rows),
        "never": sum(row["last_inspected"] is None for row in rows),
        "uncleared": sum(row["last_cleared"] is None for row in rows),
    }


# ------------------------------------------------------------------------------- by hand


def patrol(day, *seen, **more):
    return {
        "post": "BS", "kind": "unilateral", "started_on": day, "from_marker": "1166",
        "to_marker": "1167", "communes": ["06196"], "participants": 4, "result": "unchanged",
        "inspected": [{"marker": m, "condition": c} for m, c in seen], **more,
    }  # fmt: skip


def test_the_coverage_paper_has_its_figures(desk, tmp_path):
    desk.records.add("patrol", patrol("2023-11-20", ("1166", "intact"), ("1167", "unreachable")))
    desk.records.add("patrol", patrol("2023-12-05", ("1166", "damaged"), ("1300/2", "intact")))
    pdf = written(desk, tmp_path, ".pdf", "coverage", "2023-Q4", scope="post:BS")
    words = words_of(pdf)
    assert "Đồn Biên phòng Ba Sơn" in words
    assert "Từ ngày 01/10/2023 đến ngày 31/12/2023" in words
    assert "1166 Cao Lâu 05/12/2023 26 Hư hỏng – 1 1 2" in words
    assert "1167 Cao Lâu – Chưa kiểm tra – – – 0" in words
    assert "1300/2" in words_of(written(desk, tmp_path, ".pdf", "coverage", "2023-Q4"))


def test_a_scope_without_markers_has_a_page_that_says_so(desk, tmp_path):
    pdf = written(desk, tmp_path, ".pdf", "coverage", "2023-12", scope="commune:06187")
    assert "Danh mục không có mốc nào thuộc phạm vi này." in words_of(pdf)
    said = json_of(desk, tmp_path, "coverage", "2023-12", scope="commune:06187")
    assert said["rows"] == []


def test_markers_of_a_unit_that_was_split_are_named_and_not_given_away(desk, tmp_path):
    split = [row["marker"] for row in LISTED if row["commune"] == "06622-2023"]
    assert split
    for commune in ("06625", "06613"):
        said = json_of(desk, tmp_path, "coverage", "2026-03", scope=f"commune:{commune}")
        assert said["not_placed"] == split
        assert not {row["marker"] for row in said["rows"]} & set(split)
    whole = json_of(desk, tmp_path, "coverage", "2026-03", scope="district:Đình Lập",
                    geography="old")  # fmt: skip
    assert set(split) <= {row["marker"] for row in whole["rows"]}
    assert whole["not_placed"] == []


def test_a_period_that_is_not_over_is_told_as_of_today(desk, tmp_path):
    today = desk.today()
    said = json_of(desk, tmp_path, "coverage", str(today.year + 1), scope="post:BS")
    assert said["day"] == today.isoformat()
    assert datetime.date.fromisoformat(said["period"]["to"]) > today


def test_a_post_desk_covers_its_own_markers(post_desk, tmp_path):
    assert isinstance(post_desk, Desk)
    rows = json_of(post_desk, tmp_path, "coverage", "2023-12")["rows"]
    assert {row["post"] for row in rows} == {"BS"}
