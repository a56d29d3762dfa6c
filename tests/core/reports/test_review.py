"""The review and the annex by commune: columns, total row and verdicts against recomputed ones."""

import datetime
import random
import re
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.periods import Calendar
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.regulations import load_regulation
from borderdesk.figures.scopes import make_view
from borderdesk.figures.targets import set_target
from borderdesk.figures.verdicts import YearProgress, judge, progress_of
from borderdesk.reports.blocks import Paragraph, Table
from borderdesk.reports.contents.commune_annex import PlaceAnnex
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.report_kinds import make_report
from tests.factories import PICKS, example
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
    other_geography,
    scopes_of,
)  # fmt: skip
from tests.recompute import Months, Recompute, Scope, day_of, percent
from tests.report_files import json_of, words_of, written

MEASURED = ["clearing_events", "patrols_unilateral", "household_pledges", "labour_days",
            "collectives_registered", "incidents_open", "outreach_attendance",
            "pledge_coverage"]  # fmt: skip


def exact(value):
    return None if value is None else Decimal(value)


def spoken(text, places):
    """A column's scope as `recompute` expects it: districts by name."""
    kind, _colon, unit = text.partition(":")
    return f"district:{places.units[unit]['name']}" if kind == "district" else text


def of_column(records, places, text, period, geography, post):
    """The figures of one unit (only of a post's own records, if the total is a post's)."""
    mine = {
        kind: [r for r in found if post is None or r.get("post", post) == post]
        for kind, found in records.items()
    }
    again = Recompute(mine, places, programmes=PICKS["programme"])
    first, last = Months().window(period)
    # After the reform the old view has columns of new communes, as they are.
    told_by = None if geography == "old" and text.startswith("commune") else geography
    return again.values(Scope(spoken(text, places), places, last, told_by), first, last)


# --------------------------------------------------------------------------- by commune


@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(drawn=RECORDS, number=NUMBERS)
def test_every_column_is_its_communes_own_figures(hamlets_template, tmp_path, span, drawn, number):
    folder, places = hamlets_template
    chance = random.Random(number)
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, span)
        records = everything(desk)
        again = Recompute(records, places, programmes=PICKS["programme"])
        period = chance.choice(PERIODS[span])
        first, last = Months().window(period)
        geography, others = other_geography(last)
        asked = [("province", None), ("post:BS", None), (chance.choice(others), geography),
                 (chance.choice(scopes_of(span, last)), None)]  # fmt: skip
        for text, told_by in asked:
            view = make_view(desk, period, text, told_by)
            found = PlaceAnnex(desk, view).figures()
            whole = again.values(Scope(text, places, last, told_by), first, last)
            for row in all_rows(desk.book):
                assert exact(found.whole[row.key].value) == exact(whole[row.key]), (text, row.key)
            for column, said in zip(found.columns, found.values, strict=True):
                if not column.text:
                    continue
                expected = of_column(records, places, column.text, period, told_by, view.scope.post)
                for row in all_rows(desk.book):
                    wanted = exact(expected[row.key])
                    assert exact(said[row.key]) == wanted, (text, column.text, row.key, period)
            check_places(again, found, Scope(text, places, last, told_by), first, last)


def check_places(again, found, scope, first, last):
    """Assert that every counted place of the scope has exactly one column."""
    own = [column for column in found.columns if not column.text.startswith("district:")]
    known = [unit for column in own for unit in column.units]
    assert len(known) == len(set(known))
    counted = [r for kind in again.records for r in again.dated(kind, scope, first, last)]
    for subject in ("collective", "household", "individual"):
        counted += again.alive(scope, subject, last)
    counted += [
        r for r in again.records["incident"]
        if scope.holds(r) and r["day"] <= last
        and (r["status"] == "open" or day_of(r["closed_on"]) >= first)
    ]  # fmt: skip
    for record in counted:
        units = list(record["units"])
        if scope.post in (None, record["post"]) and first <= record["day"] <= last:
            units += [
                again.places.commune(p["commune"], record["day"])
                for p in record.get("other_places") or ()
            ]
        inside = [u for u in units if not scope.by_unit or scope.within(u)]
        assert set(inside) <= set(known), (record, found.columns)


def test_a_stock_of_a_split_unit_has_its_column_though_nothing_happened_there(desk):
    desk.records.add("registration", {**example("registration"), "commune": "06622"})
    found = PlaceAnnex(desk, make_view(desk, "2026-03", "province")).figures()
    assert (found.columns[-1].name, found.columns[-1].text) == ("Bính Xá", "")
    assert found.values[-1]["collectives_registered"] == 1


def test_the_annex_has_a_table_of_all_communes_by_district_and_says_what_may_not_be_added(desk):
    patrol = {**example("patrol"), "communes": ["06196", "06202"]}
    desk.records.add("patrol", patrol)
    blocks = list(PlaceAnnex(desk, make_view(desk, "2023-03", "province")).by_commune())
    tables = [block for block in blocks if isinstance(block, Table)]
    assert len(tables) == 1  # 21 communes stand on one landscape sheet, by district
    assert [*dict.fromkeys(column.over for column in tables[0].columns if column.over)] == [
        "Huyện Cao Lộc", "Huyện Đình Lập", "Huyện Lộc Bình", "Huyện Tràng Định", "Huyện Văn Lãng",
    ]  # fmt: skip
    (row,) = [row for row in tables[0].rows if row.cells[1:2] == ("Tuần tra song phương",)]
    titles = [column.title for column in tables[0].columns]
    told = dict(zip(titles, row.cells, strict=True))
    assert (told["Cao Lâu"], told["Xuất Lễ"], told["Toàn địa bàn"]) == (1, 1, 1)
    assert any("Không cộng số liệu các xã" in b.text for b in blocks if isinstance(b, Paragraph))
    # A single commune has no annex by commune; a month without events is reported as such.
    assert list(PlaceAnnex(desk, make_view(desk, "2023-03", "commune:06202")).by_commune()) == []
    (nothing,) = PlaceAnnex(desk, make_view(desk, "2020-03", "province")).by_commune()
    assert nothing.text == "Trong kỳ không có hoạt động nào."


def test_a_split_unit_keeps_a_column_of_its_own_in_the_new_view(desk):
    desk.records.add("clearing", {**example("clearing"), "commune": "06622"})
    found = PlaceAnnex(desk, make_view(desk, "2023-03", "province", "new")).figures()
    assert (found.columns[-1].name, found.columns[-1].text) == ("Bính Xá", "")
    assert found.values[-1]["clearing_events"] == found.whole["clearing_events"].value == 2
    blocks = list(PlaceAnnex(desk, make_view(desk, "2023-03", "province", "new")).by_commune())
    assert any("Bính Xá: không thuộc" in b.text for b in blocks if isinstance(b, Paragraph))


# ----------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("rule", "below", "equal", "above"),
    [
        ("at_least", "missed", "met", "exceeded"), ("at_most", "met", "met", "missed"),
        ("maintain", "missed", "met", "met"), ("percent", "missed", "met", "exceeded"),
    ],
)  # fmt: skip
@given(target=st.integers(0, 10**6), gap=st.integers(1, 10**6))
def test_verdicts_go_by_the_rule(rule, below, equal, above, target, gap):
    goal, over = Decimal(target), YearProgress(12, ended=True)
    assert judge(rule, target - gap, goal, over) == below
    assert judge(rule, goal, goal, over) == equal
    assert judge(rule, target + gap, goal, over) == above
    assert judge(rule, Decimal(target) + Decimal("0.1"), goal, over) == above
    for progress in (over, YearProgress(6, ended=False)):
        assert judge(rule, None, goal, progress) is None
        assert judge(rule, target, None, progress) is None


@pytest.mark.parametrize("rule", ["at_least", "at_most", "maintain", "percent"])
@given(done=st.integers(0, 200), target=st.integers(0, 100), months=st.integers(0, 12))
def test_inside_the_year_targets_are_judged_by_pace(rule, done, target, months):
    verdict = judge(rule, done, Decimal(target), YearProgress(months, ended=False))
    if rule == "at_most":
        assert verdict == ("within_limit" if done <= target else "over_limit")
    else:
        assert verdict == ("on_pace" if 12 * done >= months * target else "behind")


def test_a_year_ends_on_its_cut_off_day():
    calendar = Calendar(lambda _day: 15)
    year = calendar.parse("2026")
    day, later = datetime.date, datetime.date(2030, 1, 1)

    def reached(last, today=later):
        return tuple(progress_of(calendar, year, last, today))

    assert reached(day(2026, 6, 15)) == (6, False)
    assert reached(day(2026, 6, 14)) == (5, False)
    assert reached(day(2026, 12, 14)) == (11, False)
    assert reached(day(2026, 12, 15)) == (12, True)
    assert reached(day(2026, 12, 15), today=day(2026, 11, 28)) == (11, False)


CLAUSES = st.lists(
    st.fixed_dictionaries({
        "no": st.sampled_from(["1", "2a", "Đ3"]),
        "text": st.sampled_from(["", "Phát quang đường biên"]),
        "indicator": st.sampled_from(MEASURED),
        "rule": st.sampled_from(["at_least", "at_most", "maintain"]),
        "value": st.integers(0, 60),
        "scope": st.sampled_from(["province", "province", "post:BS", "commune:06196",
                                  "district:Cao Lộc"]),
    }),
    min_size=1, max_size=6,
)  # fmt: skip


@pytest.mark.parametrize("cut", [0, 14], ids=["calendar", "cut-off 14"])
@QUIET
@given(drawn=RECORDS, number=NUMBERS, clauses=CLAUSES)
def test_reviews_against_recomputing(hamlets_template, tmp_path, cut, drawn, number, clauses):
    folder, places = hamlets_template
    chance = random.Random(number)
    with copied(folder, tmp_path) as desk:
        if cut:
            desk.reference.set_setting("cut_off_day", str(cut))
        fill(desk, drawn, Y2023)
        regulation = {"number": "12/QC", "year": 2023, "clause": clauses}
        desk.reference.write_targets(
            lambda s: load_regulation(
                s, regulation, desk.figures.indicator_keys(), desk.figures.yearly_scope
            )
        )
        records = everything(desk)
        months = Months([("0001-01-01", cut)])
        again = Recompute(records, places, months, PICKS["programme"])
        period = chance.choice(["2023-H1", "2023", "2023-Q3", "2023-12", "2023-02-01..2023-10-05"])
        first, last = months.window(period)
        for text in ("province", chance.choice(["post:BS", "commune:06196", "district:Cao Lộc"])):
            said = json_of(desk, tmp_path, "review", period, scope=text)
            rows = [r for r in said["rows"] if r["scope"] == "province" or text == "province"]
            if text == "province":
                assert len(said["rows"]) == len(clauses)
            for row in rows:
                own = spoken(row["scope"], places) if text == "province" else text
                whole = again.rows(own, period)[row["key"]]
                assert exact(row["value"]) == exact(whole["value"])
                assert exact(row["year_to_date"]) == exact(whole["year_to_date"])
                judged = text == "province" or row["scope"] == text
                assert (row["target"] is not None) == judged
                check_verdict(row, passed(months, last))
                for column, value in zip(said["columns"], row["values"], strict=True):
                    if not column["scope"]:
                        continue
                    if text == "province" and row["scope"] not in ("province", column["scope"]):
                        assert value is None
                        continue
                    mine = {
                        k: [r for r in found if not text.startswith("post") or
                            r.get("post", "BS") == "BS"]
                        for k, found in records.items()
                    }  # fmt: skip
                    alone = Recompute(mine, places, months, PICKS["programme"])
                    scope = Scope(spoken(column["scope"], places), places, last)
                    wanted = alone.values(scope, first, last)[row["key"]]
                    assert exact(value) == exact(wanted), (text, column, row["key"])


def passed(months, last):
    """The completed months of the year on a day; all of them for None."""
    year = months.year_of(last)
    over = sum(months.end(year, month) <= last for month in range(1, 13))
    return None if over == 12 else over


def check_verdict(row, passed):
    """Assert a verdict by the figure since the beginning of the year: within the year by pace."""
    done, goal = exact(row["year_to_date"]), exact(row["target"])
    if done is None or goal is None:
        assert (row["verdict"], row["pct"]) == (None, None)
        return
    assert exact(row["pct"]) == percent(done, goal)
    enough = done <= goal if row["rule"] == "at_most" else done >= goal
    if passed is not None:
        on_pace = "on_pace" if 12 * done >= passed * goal else "behind"
        limit = "within_limit" if enough else "over_limit"
        assert row["verdict"] == (limit if row["rule"] == "at_most" else on_pace)
        return
    assert (row["verdict"] != "missed") == enough
    assert (row["verdict"] == "exceeded") == (row["rule"] == "at_least" and done > goal)


# ------------------------------------------------------------------------------- by hand


def regulate(desk, *clauses, year=2023):
    read = {"number": "12/QC-BĐBP", "year": year, "signed_on": "2023-01-10",
            "parties": "BĐBP tỉnh; năm huyện", "clause": list(clauses)}  # fmt: skip
    desk.reference.write_targets(
        lambda s: load_regulation(s, read, desk.figures.indicator_keys(), desk.figures.yearly_scope)
    )


def clause(no, **more):
    return {"no": no, "text": f"Nội dung {no}", **more}


def measured(no, key, value, rule="at_least", **more):
    return clause(no, indicator=key, rule=rule, value=value, **more)


def test_the_five_districts_stand_beside_each_other_and_the_eleven_communes_later(desk, tmp_path):
    regulate(desk, measured("1", "clearing_events", 4))
    regulate(desk, measured("1", "clearing_events", 4), year=2026)
    columns = json_of(desk, tmp_path, "review", "2023-H1")["columns"]
    assert [c["name"] for c in columns] == [
        "Cao Lộc", "Đình Lập", "Lộc Bình", "Tràng Định", "Văn Lãng",
    ]  # fmt: skip
    later = json_of(desk, tmp_path, "review", "2026-H1")
    assert len(later["columns"]) == 11
    back = json_of(desk, tmp_path, "review", "2026-H1", geography="old")
    assert [c["name"] for c in back["columns"]] == [c["name"] for c in columns]
    communes = json_of(desk, tmp_path, "review", "2023-H1", scope="district:Đình Lập")
    assert [c["name"] for c in communes["columns"]] == ["Bắc Xa", "Bính Xá"]
    assert json_of(desk, tmp_path, "review", "2023", scope="commune:06202")["columns"] == []


def test_a_patrol_through_two_districts_is_one_as_a_whole(desk, tmp_path):
    desk.records.add("patrol", {**example("patrol"), "communes": ["06202", "06532"]})
    regulate(desk, measured("1", "patrols_bilateral", 1))
    said = json_of(desk, tmp_path, "review", "2023")
    (row,) = said["rows"]
    assert (row["values"], row["value"], row["verdict"]) == ([1, 0, 1, 0, 0], 1, "met")


def test_columns_of_a_signed_period_leave_out_what_came_later(desk, tmp_path):
    regulate(desk, measured("1", "clearing_events", 4))
    first = {**example("clearing"), "started_on": "2023-03-05", "times": 3}
    desk.records.add("clearing", first)
    desk.closing.close_period("2023-H1", "province")
    before = json_of(desk, tmp_path, "review", "2023-H1")
    desk.records.add("clearing", {**first, "started_on": "2023-03-06"})
    assert json_of(desk, tmp_path, "review", "2023-H1") == before
    assert before["rows"][0]["values"] == [3, 0, 0, 0, 0]
    # An open period, and another view of the same, contain the present figures.
    assert json_of(desk, tmp_path, "review", "2023")["rows"][0]["values"][0] == 6
    (row,) = json_of(desk, tmp_path, "review", "2023-H1", geography="new")["rows"]
    assert row["value"] == sum(row["values"]) == 6


def test_percent_rules_measure_a_share(hamlets_template, tmp_path):
    folder, _places = hamlets_template
    with copied(folder, tmp_path) as desk:
        regulate(
            desk, measured("1", "border_hamlets_reached", 25, "percent"),
            measured("2", "communes_active", Decimal("4.8"), "percent"),
            measured("3", "clearing_events", 50, "percent"),
        )  # fmt: skip
        desk.records.add("outreach", {**example("outreach"), "commune": "06196", "other_places": [],
                                     "hamlet": "Bản Phạc", "held_on": "2023-03-01"})  # fmt: skip
        desk.records.add("clearing", {**example("clearing"), "commune": "06196"})
        hamlets, communes, nothing = json_of(desk, tmp_path, "review", "2023")["rows"]
        # One of five border hamlets, one of 21 border communes.
        assert (exact(hamlets["value"]), hamlets["unit"]) == (Decimal(20), "%")
        assert (hamlets["pct"], hamlets["verdict"]) == (Decimal("80.0"), "missed")
        assert (exact(communes["value"]), communes["verdict"]) == (Decimal("4.8"), "met")
        assert (nothing["value"], nothing["verdict"]) == (None, None)


def test_what_nobody_can_measure_is_what_was_typed(desk, tmp_path):
    regulate(desk, measured("1", "clearing_events", 4), clause("2"), clause("3"))
    desk.narratives.write_narrative(
        "2023-H1", "province", clauses={"12/QC-BĐBP#2": "Đã phối hợp chặt chẽ"}
    )
    said = json_of(desk, tmp_path, "review", "2023-H1")
    assert [row["text"] for row in said["rows"]] == ["", "Đã phối hợp chặt chẽ", ""]
    assert [row["key"] for row in said["rows"]] == ["clearing_events", None, None]
    words = words_of(written(desk, tmp_path, ".pdf", "review", "2023-H1"))
    assert "Đã phối hợp chặt chẽ" in words
    # A text typed for the half year is not printed for another period.
    assert "Đã phối hợp" not in words_of(written(desk, tmp_path, ".pdf", "review", "2023-H2"))


def test_the_paper_of_a_review(desk, tmp_path):
    for n in range(5):
        desk.records.add("clearing", {**example("clearing", n), "started_on": f"2023-0{n + 1}-10"})
    regulate(
        desk, measured("1a", "clearing_events", 8), measured("1b", "clearing_events", 10),
        measured("2", "patrols_unilateral", 3, "at_most"),
        measured("3", "collectives_registered", 24, "maintain"),
        measured("4", "clearing_events", 2, scope="post:BS"),
    )  # fmt: skip
    regulate(desk, measured("1a", "clearing_events", 40), year=2024)
    pdf = written(desk, tmp_path, ".pdf", "review", "2023")
    words = words_of(pdf)
    assert "Tổng kết năm 2023" in words
    assert "2 vượt, 2 đạt, 1 chưa đạt" in words
    # It is signed once the year is over, like the summary of its last month.
    assert re.search(r"ngày\s+tháng\s+năm 2024", words)
    for told in ("8 10 0 0 0 0 10 125,0 % Vượt", "10 10 0 0 0 0 10 100,0 % Đạt",
                 "Đồn Biên phòng Ba Sơn", "DỰ THẢO CHỈ TIÊU NĂM 2024", "năm 2023"):  # fmt: skip
        assert told in words, told
    assert "Sơ kết 6 tháng đầu năm 2023" in words_of(
        written(desk, tmp_path, ".pdf", "review", "2023-H1")
    )
    book = openpyxl.load_workbook(written(desk, tmp_path, ".xlsx", "review", "2023"))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "Vượt" in cells
    assert 40 in cells


def test_a_year_without_targets_has_a_page_that_says_so(desk, tmp_path):
    words = words_of(written(desk, tmp_path, ".pdf", "review", "2021"))
    assert "Năm này chưa giao chỉ tiêu" in words
    assert json_of(desk, tmp_path, "review", "2021")["rows"] == []


def test_a_district_is_not_judged_by_the_provinces_common_targets(desk, tmp_path):
    desk.reference.write_targets(lambda s: set_target(s, "clearing_events", 2023, "province", "4"))
    (row,) = json_of(desk, tmp_path, "review", "2023", scope="district:Cao Lộc")["rows"]
    assert (row["target"], row["verdict"], row["value"]) == (None, None, 0)
    own = desk.figures.yearly_scope("district:Cao Lộc", 2023)
    desk.reference.write_targets(lambda s: set_target(s, "clearing_events", 2023, own, "0"))
    (row,) = json_of(desk, tmp_path, "review", "2023", scope="district:Cao Lộc")["rows"]
    assert (row["target"], row["verdict"]) == (0, "met")


@pytest.mark.parametrize(("closed", "counted"), [("province", 2), ("district:Cao Lộc", 7)])
def test_a_clause_of_a_part_goes_by_what_the_whole_counts_there(desk, tmp_path, closed, counted):
    """The province's signed review excludes later records; an open one includes all of them, also
    where the part signed less."""
    regulate(
        desk, measured("1", "clearing_events", 4),
        measured("2", "clearing_events", 4, scope="district:Cao Lộc"),
    )  # fmt: skip
    done = {**example("clearing"), "post": "BS", "commune": "06196", "started_on": "2023-05-01"}
    first = desk.records.add("clearing", {**done, "times": 2}).id
    desk.closing.close_period("2023-H1", closed)
    late = desk.records.add("clearing", {**done, "started_on": "2023-05-02", "times": 5}).id
    whole, part = json_of(desk, tmp_path, "review", "2023-H1", with_ids=True)["rows"]
    assert (whole["value"], whole["values"][0]) == (counted, counted)
    assert (part["value"], part["year_to_date"], part["values"][0]) == (counted,) * 3
    assert part["records"] == sorted([first] if counted == 2 else [first, late])


def test_a_target_that_was_changed_after_closing_is_told_with_the_signed_one(desk, tmp_path):
    def aim(value):
        desk.reference.write_targets(
            lambda store: set_target(store, "clearing_events", 2023, "province", value)
        )

    aim("1.000")
    desk.closing.close_period("2023-H1", "province")
    (row,) = json_of(desk, tmp_path, "review", "2023-H1")["rows"]
    assert "signed_target" not in row
    aim("500")
    (row,) = json_of(desk, tmp_path, "review", "2023-H1")["rows"]
    assert (row["target"], row["signed_target"]) == (500, 1000)
    told = words_of(written(desk, tmp_path, ".pdf", "review", "2023-H1"))
    assert "chỉ tiêu đã thay đổi sau khi chốt; khi chốt là 1.000." in told
    # An open period has no other figures.
    (row,) = json_of(desk, tmp_path, "review", "2023")["rows"]
    assert "signed_target" not in row


def test_a_target_of_what_a_signed_year_had_no_row_of_goes_by_what_was_counted(desk, tmp_path):
    desk.closing.close_period("2023", "province")
    picks = tmp_path / "picks.csv"
    picks.write_text(
        "list,code,vi,en,unit,valid_to\nprogramme,moi_la,Mô hình mới,New model,cây,\n", "utf-8"
    )
    desk.reference.load(picks)
    done = {**example("programme"), "post": "BS", "programme": "moi_la", "done_on": "2023-05-01"}
    desk.records.add("programme", done)
    key = "programme:moi_la"
    desk.reference.write_targets(lambda store: set_target(store, key, 2023, "province", "9"))
    (row,) = json_of(desk, tmp_path, "review", "2023", with_ids=True)["rows"]
    assert (row["target"], row["value"], row["year_to_date"], row["records"]) == (9, 0, 0, [])


def test_clauses_of_one_unit_are_read_together(desk):
    """The queries for a unit do not increase with its number of clauses."""

    def statements(*keys):
        for key in keys:
            desk.reference.write_targets(
                lambda store, key=key: set_target(store, key, 2023, "post:BS", "5")
            )
        said = []
        desk.store.connection().set_trace_callback(said.append)
        make_report(desk, Request("review", "2023-H1", "province"))
        desk.store.connection().set_trace_callback(None)
        return len(said)

    few, many = statements("clearing_events"), statements("leaflets", "talks", "fines", "exchanges")
    assert many < few + 20
