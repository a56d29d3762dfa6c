"""Every figure of a summary against the independent calculation in plain Python (recompute)."""

import datetime
import json
import random
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.i18n import set_language
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.figures.targets import set_baseline, set_target
from borderdesk.store.lists.listing import Filter
from tests.factories import PICKS, example
from tests.random_desks import (
    ACROSS,
    DEEDS,
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
from tests.recompute import EVENT, Months, Recompute, read_json

COLUMNS = (
    "value", "previous", "change", "change_pct", "year_to_date", "target", "target_pct", "late",
)  # fmt: skip


def told(summary):
    """The summary as the command's JSON, decimals exact."""
    return read_json(json.dumps(as_json(summary), ensure_ascii=False))


def exact(value):
    return None if value is None else Decimal(value)


def compare(desk, again, period, scope, **options):
    """Assert that the summary of the desk equals the recomputed one, row by row and column by
    column."""
    said = told(make_summary(desk, period, scope, **options))
    expected = again.rows(scope, period, **options)
    assert [row["key"] for row in said["rows"]] == list(expected)
    first, last = again.months.window(period)
    assert said["period"] == {"from": first.isoformat(), "to": last.isoformat()}
    wrong = {
        (row["key"], column): (row[column], expected[row["key"]][column])
        for row in said["rows"]
        for column in COLUMNS
        if exact(row[column]) != exact(expected[row["key"]][column])
    }
    assert not wrong, f"{scope} {period}: (said, recomputed) {wrong}"
    return said


def set_baseline_of(paper, qualifier, store):
    set_baseline(store, *paper, qualifier)


def set_target_of(goal, store):
    set_target(store, *goal)


PAPERS = st.lists(
    st.fixed_dictionaries({
        "indicator": st.sampled_from(["clearing_events", "household_pledges", "labour_days",
                                      "incidents_open", "pledge_coverage", "fines"]),
        "period": st.sampled_from(["2022", "2022-12", "2022-Q4", "2023-01", "2023-Q1", "2023-02",
                                   "2023-H1", "2023-07", "2022-12-10..2022-12-20"]),
        "scope": st.sampled_from(["province", "post:BS", "commune:06196"]),
        "value": st.sampled_from(["0", "7", "120", "12.5"]),
        "qualifier": st.sampled_from(["exact", "exact", "over", "under"]),
    }),
    max_size=8, unique_by=lambda p: (p["indicator"], p["period"], p["scope"]),
)  # fmt: skip
GOALS = st.lists(
    st.fixed_dictionaries({
        "indicator": st.sampled_from(["clearing_events", "household_pledges", "labour_days",
                                      "incidents_open", "pledge_coverage"]),
        "year": st.sampled_from([2022, 2023]),
        "scope": st.sampled_from(["province", "post:BS", "commune:06196"]),
        "value": st.sampled_from(["0", "9", "420", "12.5"]),
    }),
    max_size=6, unique_by=lambda t: (t["indicator"], t["year"], t["scope"]),
)  # fmt: skip


@pytest.mark.parametrize("cut", [0, 14], ids=["calendar", "cut-off 14"])
@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(data=st.data())
def test_every_row_and_column(hamlets_template, tmp_path, span, cut, data):
    folder, places = hamlets_template
    drawn, deeds = data.draw(RECORDS), data.draw(DEEDS)
    periods = data.draw(
        st.lists(st.sampled_from(PERIODS[span]), min_size=2, max_size=3, unique=True)
    )
    number = data.draw(NUMBERS)
    with copied(folder, tmp_path) as desk:
        if cut:
            desk.reference.set_setting("cut_off_day", str(cut))
        fill(desk, drawn, span, deeds)
        months = Months([("0001-01-01", cut)])
        again = Recompute(everything(desk), places, months, PICKS["programme"])
        for period in periods:
            scopes = scopes_of(span, months.window(period)[1])
            chosen = random.Random(number).sample(scopes, 3)
            wanted = {"province", "post:BS", "commune:06196", "commune:06148", *chosen}
            for scope in sorted(wanted & set(scopes)):
                compare(desk, again, period, scope)
            geography, others = other_geography(months.window(period)[1])
            for scope in random.Random(number).sample(others, 3):
                said = compare(desk, again, period, scope, geography=geography)
                assert said["geography"] == geography


CUTS = st.sampled_from([
    [("0001-01-01", 0)], [("0001-01-01", 14)], [("0001-01-01", 28)],
    [("0001-01-01", 0), ("2023-06-01", 14), ("2025-06-01", 20)],
    [("0001-01-01", 20), ("2023-03-01", 0), ("2025-02-01", 0)],
])  # fmt: skip
BEGINNINGS = st.fixed_dictionaries(
    {post: st.sampled_from([0, 0, 3, 7, 14]) for post in ("BS", "CL", "NH", "BX", "TT")}
)
"""{post: in which month of the span it begins}."""


def of_span(rows, span):
    """Papers and targets of 2022 and 2023, or moved to the two years of the other span; there
    without communes, which changed with the reform."""
    if span == Y2023:
        return rows
    later = {"2022": "2024", "2023": "2025"}
    moved = []
    for row in rows:
        if row["scope"].startswith("commune"):
            continue
        when = "year" if "year" in row else "period"
        text = str(row[when])
        for year, other in later.items():
            text = text.replace(year, other)
        moved.append({**row, when: int(text) if when == "year" else text})
    return moved


@pytest.mark.parametrize("span", [Y2023, ACROSS], ids=["2023", "across 01/07/2025"])
@QUIET
@given(
    before=RECORDS, after=RECORDS, number=NUMBERS, papers=PAPERS, goals=GOALS, cuts=CUTS,
    begins=BEGINNINGS, complete=st.sampled_from([None, None, "06-01", "12-01"]),
)  # fmt: skip
def test_posts_that_begin_at_different_times_papers_moves_and_a_second_year(
    hamlets_template, tmp_path, span, before, after, number, papers, goals, cuts, begins, complete
):
    """Everything that a second year may involve, against recomputing: changing cut-off days, posts
    that begin in different months, moves and splits in mid-year, both geographies."""
    folder, places = hamlets_template
    chance = random.Random(number)
    papers, goals = of_span(papers, span), of_span(goals, span)
    complete = complete and f"{span[0].year}-{complete}"
    first_days = {
        post: span[0] + datetime.timedelta(days=30 * months) for post, months in begins.items()
    }
    with copied(folder, tmp_path) as desk:
        for since, cut in cuts:
            desk.reference.set_setting("cut_off_day", str(cut), max(since, "2000-01-01"))
        if complete:
            desk.reference.set_setting("complete_from", complete)
        fill(desk, before, span, begins=first_days)
        for household in desk.lists.ids("household", Filter()):
            if chance.random() < 0.5:
                to = chance.choice(["06004-2023", "06202-2023", "06196-2023"])
                desk.records.edit("household", household, {"commune": to, "hamlet": "Nơi mới"})
        fill(desk, after, (datetime.date(span[1].year, 5, 1), span[1]), begins=first_days)
        for paper_row in papers:
            last = desk.calendar().parse(paper_row["period"]).last
            kept = desk.figures.scope_text(paper_row["scope"], last)
            one = (paper_row["indicator"], paper_row["period"], kept, paper_row["value"], "BC")
            desk.reference.write_targets(partial(set_baseline_of, one, paper_row["qualifier"]))
        for t in goals:
            kept = desk.figures.yearly_scope(t["scope"], t["year"])
            goal = (t["indicator"], t["year"], kept, t["value"])
            desk.reference.write_targets(partial(set_target_of, goal))
        months = Months(cuts)
        again = Recompute(
            everything(desk), places, months, PICKS["programme"], papers, goals, complete,
        )  # fmt: skip
        for period in chance.sample([p for p in PERIODS[span] if ".." not in p], 2):
            last = months.window(period)[1]
            there = scopes_of(span, last)
            wanted = {"province", "post:BS", "post:CL", "commune:06196", "district:Cao Lộc"}
            for scope in sorted(wanted & set(there)):
                compare(desk, again, period, scope)
            geography, others = other_geography(last)
            # A commune of the other geography is another one: papers of its namesake are not its.
            other = chance.choice([scope for scope in others if scope != "commune:06196"])
            compare(desk, again, period, other, geography=geography)


# ------------------------------------------------------------------- the records of figures


@QUIET
@given(drawn=RECORDS, deeds=DEEDS, number=NUMBERS)
def test_ids_lead_to_the_records_of_the_figure(hamlets_template, tmp_path, drawn, deeds, number):
    folder, places = hamlets_template
    span = (Y2023, ACROSS)[number % 2]
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, span, deeds)
        records = everything(desk)
        period = random.Random(number).choice(PERIODS[span])
        window = Months().window(period)
        for scope in random.Random(number).sample(scopes_of(span, window[1]), 3):
            said = told(make_summary(desk, period, scope, with_ids=True))
            for row in said["rows"]:
                ids = set(row["records"])
                assert len(ids) == len(row["records"])
                chosen = {k: [r for r in records[k] if r["id"] in ids] for k in EVENT}
                chosen["household"] = records["household"]
                again = Recompute(chosen, places, programmes=PICKS["programme"])
                figure = again.rows(scope, period)[row["key"]]["value"]
                assert exact(row["value"]) == exact(figure), (scope, period, row)
                assert sum(map(len, chosen.values())) - len(records["household"]) == len(ids)
                if row["key"] in ("border_hamlets_reached", "communes_active"):
                    for one in sorted(ids)[:3]:
                        alone = {k: [r for r in chosen[k] if r["id"] == one] for k in EVENT}
                        alone["household"] = records["household"]
                        again = Recompute(alone, places, programmes=PICKS["programme"])
                        assert again.rows(scope, period)[row["key"]]["value"] >= 1


def test_without_ids_the_key_is_left_out(desk):
    assert all("records" not in row for row in told(make_summary(desk, "2023-12"))["rows"])


# ------------------------------------------------------------------- paper and targets


@QUIET
@given(drawn=RECORDS, papers=PAPERS, goals=GOALS, number=NUMBERS)
def test_paper_figures_and_targets(hamlets_template, tmp_path, drawn, papers, goals, number):
    folder, places = hamlets_template
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, Y2023)
        for p in papers:
            last = desk.calendar().parse(p["period"]).last
            paper = (
                p["indicator"],
                p["period"],
                desk.figures.scope_text(p["scope"], last),
                p["value"],
                "BC",
            )
            desk.reference.write_targets(partial(set_baseline_of, paper, p["qualifier"]))
        for t in goals:
            kept = desk.figures.yearly_scope(t["scope"], t["year"])
            goal = (t["indicator"], t["year"], kept, t["value"])
            desk.reference.write_targets(partial(set_target_of, goal))
        again = Recompute(
            everything(desk), places, programmes=PICKS["programme"], papers=papers, targets=goals
        )
        for period in random.Random(number).sample(PERIODS[Y2023], 3):
            for scope in ("province", "post:BS", "commune:06196"):
                compare(desk, again, period, scope)
                before = Months().compared(period)
                told = again.rows(scope, period)
                marked = {
                    p["indicator"]
                    for p in papers
                    if (p["scope"], p["qualifier"]) == (scope, "exact")
                    and told[p["indicator"]]["previous"] is not None
                    and (
                        Months().window(p["period"]) == before
                        or again.is_within(p["indicator"], scope, before)
                    )
                }
                year = Months().year(Months().year_of(before[1]))[0]
                covered = told["pledge_coverage"]["previous"] is not None
                if covered and again.is_within("household_pledges", scope, (year, before[1])):
                    marked.add("pledge_coverage")
                lines = make_summary(desk, period, scope).lines
                assert {x.key for x in lines if "previous" in x.from_paper} == marked


def paper(desk, key, period, value, qualifier="exact"):
    row = (key, period, "province", value, "BC 12")
    desk.reference.write_targets(partial(set_baseline_of, row, qualifier))


def test_a_year_is_paper_for_its_periods_and_records_for_the_rest(desk):
    for month in range(1, 13):
        desk.records.add("clearing", work(f"2023-{month:02}-15"))
    paper(desk, "clearing_events", "2023-01", "1000")
    assert figures(desk, "2023-06")["clearing_events"]["year_to_date"] == 1005
    # The longer paper holds; what lies within it is not added again.
    paper(desk, "clearing_events", "2023-Q1", "20")
    assert figures(desk, "2023-06")["clearing_events"]["year_to_date"] == 23
    assert figures(desk, "2023-02")["clearing_events"]["year_to_date"] == 1001
    paper(desk, "clearing_events", "2023-05", "300", "over")
    assert figures(desk, "2023-06")["clearing_events"]["year_to_date"] == 322
    paper(desk, "clearing_events", "2023-05", "300")
    assert figures(desk, "2023-06")["clearing_events"]["year_to_date"] == 322
    assert figures(desk, "2023-06")["clearing_events"]["value"] == 1
    assert figures(desk, "2023-06", "post:BS")["clearing_events"]["year_to_date"] == 6
    (line,) = [x for x in make_summary(desk, "2023-06").lines if x.key == "clearing_events"]
    assert line.from_paper == {"year_to_date"}


def test_paper_before_the_first_record_is_compared_with(desk):
    desk.records.add("clearing", work("2023-12-01"))
    for qualifier, previous in (("over", None), ("under", None), ("exact", 40)):
        paper(desk, "clearing_events", "2022-12", "40", qualifier)
        assert figures(desk, "2023-12")["clearing_events"]["previous"] == previous
        assert figures(desk, "2023-12")["leaflets"]["previous"] is None
    assert figures(desk, "2023-12")["clearing_events"]["change_pct"] == Decimal("-97.5")


# ------------------------------------------------------------------- by hand


def figures(desk, period, scope="province"):
    """{indicator: its row}."""
    return {row["key"]: row for row in told(make_summary(desk, period, scope))["rows"]}


def work(day, **more):
    return {"kind": "road_repair", "post": "BS", "started_on": day, "commune": "06196",
            "participants": 5, **more}  # fmt: skip


def test_an_empty_desk_says_nought_and_compares_with_nothing(desk):
    for key, row in figures(desk, "2023-12").items():
        without = key in ("pledge_coverage", "border_hamlets_reached")
        assert row["value"] == (None if without else 0), key
        assert (row["previous"], row["change"], row["change_pct"]) == (None, None, None)
        assert row["year_to_date"] == row["value"]
        assert (row["target"], row["target_pct"]) == (None, None)


def test_months_of_first_signatures_add_up_to_the_year(desk):
    desk.reference.set_setting("complete_from", "2022-01-01")
    home = {"head": "Nông A", "commune": "06196", "hamlet": "Pò Mã"}
    for day, programme in (
        ("2023-02-03", "phao"),
        ("2023-05-06", "ma_tuy"),
        ("2022-12-31", "phao"),
    ):
        desk.records.add("pledge", {"post": "BS", "signed_on": day, "programme": programme,
                                   "household": home})  # fmt: skip
    desk.records.add("pledge", {"post": "BS", "signed_on": "2023-05-07", "programme": "phao",
                               "count": 30, "commune": "06196", "hamlet": "Pò Mã",
                               "source_ref": "BB 7"})  # fmt: skip
    months = [figures(desk, f"2023-{m:02}")["household_pledges"]["value"] for m in range(1, 13)]
    year = figures(desk, "2023")
    assert months == [0, 1, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0]
    assert year["household_pledges"]["value"] == 31
    assert year["household_pledges_unlisted"]["value"] == 30
    assert year["pledges_signed"]["value"] == 32
    assert year["household_pledges"]["previous"] == 1


def test_joined_households_count_once(desk):
    ids = [
        desk.records.add("household", {"head": head, "commune": "06196", "hamlet": "Pò Mã"}).id
        for head in ("Nông A", "Nông B", "Nông C")
    ]
    for n, household in enumerate(ids):
        desk.records.add("pledge", {"post": "BS", "signed_on": f"2023-0{n + 1}-02",
                                   "programme": "phao", "household": household})  # fmt: skip
    assert figures(desk, "2023")["household_pledges"]["value"] == 3
    desk.records.edit("household", ids[1], {"merged_into": ids[2]})
    desk.records.edit("household", ids[2], {"merged_into": ids[0]})
    assert figures(desk, "2023")["household_pledges"]["value"] == 1
    assert figures(desk, "2023-01")["household_pledges"]["value"] == 1
    assert figures(desk, "2023-03")["household_pledges"]["value"] == 0
    desk.records.edit("household", ids[1], {"merged_into": None})
    assert figures(desk, "2023")["household_pledges"]["value"] == 2


def test_other_places_count_attendance_alone(desk):
    desk.records.add("outreach", {
        "post": "BS", "form": "session", "held_on": "2023-12-05", "commune": "06196",
        "sessions": 2, "attendance": 100, "topics": ["phao"], "leaflets": 7,
        "other_places": [
            {"commune": "06202", "attendance": 30}, {"commune": "06004", "attendance": 9},
        ],
    })  # fmt: skip
    said = {
        scope: {k: figures(desk, "2023-12", scope)[k]["value"] for k in
                ("outreach_attendance", "outreach_sessions", "leaflets")}
        for scope in ("province", "post:BS", "commune:06196", "commune:06202", "district:Cao Lộc",
                      "district:Tràng Định")
    }  # fmt: skip
    assert [list(said[scope].values()) for scope in said] == [
        [100, 2, 7], [100, 2, 7], [61, 2, 7], [30, 0, 0], [91, 2, 7], [9, 0, 0],
    ]  # fmt: skip


def test_a_patrol_counts_whole_in_each_commune_and_once_above(desk):
    desk.records.add("patrol", {
        "post": "BS", "kind": "unilateral", "started_on": "2023-12-05", "from_marker": "1128",
        "to_marker": "1130", "communes": ["06196", "06202"], "participants": 12,
        "result": "unchanged", "with_posts": ["TL"],
        "inspected": [{"marker": m, "condition": "intact"} for m in ("1128", "1128", "1129")],
    })  # fmt: skip
    for scope, seen in (("province", 12), ("district:Cao Lộc", 12), ("commune:06196", 12),
                        ("commune:06202", 12), ("post:TL", 0)):  # fmt: skip
        rows = figures(desk, "2023-12", scope)
        assert rows["patrol_participants"]["value"] == seen
        assert rows["markers_inspected"]["value"] == seen // 4
        assert rows["markers_covered"]["value"] == seen // 6
    assert make_summary(desk, "2023-12", "post:TL").joint
    assert not make_summary(desk, "2023-12", "post:BS").joint


def test_joint_work_of_a_signed_paper_is_told_in_the_language_in_use(desk):
    desk.records.add("clearing", {**example("clearing"), "post": "BS", "with_posts": ["TL"],
                                  "started_on": "2023-12-05"})  # fmt: skip
    set_language("en")
    desk.closing.close_period("2023-12", "post:TL")
    assert make_summary(desk, "2023-12", "post:TL").joint == [("Clearing and repair", 1)]
    set_language("vi")
    assert make_summary(desk, "2023-12", "post:TL").joint == [("Phát quang, tu sửa", 1)]


def test_successors_are_compared_with_what_they_were(desk):
    desk.reference.set_setting("complete_from", "2024-07-01")
    for day, commune in (("2024-09-01", "06196"), ("2024-09-02", "06202"), ("2024-09-03", "06238"),
                         ("2024-09-04", "06193"), ("2024-09-05", "06622"), ("2025-02-01", "06202"),
                         ("2025-07-01", "06196"), ("2025-06-30", "06196")):  # fmt: skip
        desk.records.add("clearing", work(day, commune=commune))
    row = figures(desk, "2025-H2", "commune:06196")["clearing_events"]
    assert (row["value"], row["previous"], row["year_to_date"]) == (1, 3, 3)
    assert figures(desk, "2025-H1", "commune:06196")["clearing_events"]["value"] == 1
    # Bính Xá was split: it belongs to neither commune that came of it.
    for commune in ("06625", "06613"):
        torn = figures(desk, "2025-H2", f"commune:{commune}")["clearing_events"]
        assert (torn["value"], torn["previous"], torn["change"]) == (0, None, None)
        assert "Bính Xá" in str(make_summary(desk, "2025-H2", f"commune:{commune}").remarks)
        later = figures(desk, "2026-H2", f"commune:{commune}")["clearing_events"]
        assert later["previous"] == 0
    area = figures(desk, "2025-H2", "post:BS")["communes_active"]
    assert (area["value"], area["previous"], area["change"]) == (1, 1, 0)


def test_an_incident_is_open_until_the_day_it_is_settled(desk):
    made = {"post": "BS", "commune": "06196", "category": "phao", "happened_on": "2023-05-31"}
    desk.records.add("incident", {**made, "status": "closed", "closed_on": "2023-06-30",
                                 "from_tip": True, "persons": 3})  # fmt: skip
    desk.records.add("incident", {**made, "status": "open", "from_tip": False})
    may, june, july = (figures(desk, f"2023-0{m}") for m in (5, 6, 7))
    assert [m["incidents_open"]["value"] for m in (may, june, july)] == [2, 1, 1]
    assert [m["incidents_closed"]["value"] for m in (may, june, july)] == [0, 1, 0]
    assert (may["incidents_new"]["value"], may["incident_tips"]["value"]) == (2, 1)


def test_a_registration_holds_on_its_first_and_last_day(desk):
    made = {"post": "BS", "commune": "06196", "hamlet": "Pò Mã"}
    home = {"head": "Nông A", "commune": "06196", "hamlet": "Pò Mã"}
    for first, last in (("2023-03-31", "2023-05-31"), ("2023-04-01", "2023-04-30")):
        desk.records.add("registration", {**made, "from_on": first, "to_on": last,
                                         "subject": "collective", "name": "Tổ 1"})  # fmt: skip
        desk.records.add("registration", {**made, "from_on": first, "to_on": last,
                                         "subject": "household", "household": home})  # fmt: skip
    months = [figures(desk, f"2023-0{m}") for m in range(2, 7)]
    assert [m["collectives_registered"]["value"] for m in months] == [0, 1, 2, 1, 0]
    assert [m["households_registered"]["value"] for m in months] == [0, 1, 1, 1, 0]
    assert figures(desk, "2023")["collectives_registered"]["value"] == 0


def test_percentages_round_halves_away_from_zero(desk):
    desk.records.add("clearing", work("2022-11-30"))
    desk.records.add("clearing", work("2022-12-01", times=16))
    desk.records.add("clearing", work("2023-12-01", times=15))
    row = figures(desk, "2023-12")["clearing_events"]
    assert (row["change"], row["change_pct"]) == (-1, Decimal("-6.3"))  # -6.25
    desk.reference.write_targets(
        lambda store: set_target(store, "clearing_events", 2023, "province", "32")
    )
    assert figures(desk, "2023-12")["clearing_events"]["target_pct"] == Decimal("46.9")  # 46.875


def test_a_cut_off_that_changes_leaves_no_day_out(desk):
    desk.reference.set_setting("cut_off_day", "14", "2023-06-01")
    days = [datetime.date(2023, 1, 1) + datetime.timedelta(days=n) for n in range(348)]
    for day in days:
        desk.records.add("clearing", work(day.isoformat()))
    months = [figures(desk, f"2023-{m:02}")["clearing_events"]["value"] for m in range(1, 13)]
    assert sum(months) == figures(desk, "2023")["clearing_events"]["value"] == 348
    assert (months[4], months[5], months[6]) == (31, 14, 30)
