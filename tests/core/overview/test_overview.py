"""The overview: its figures equal the summary's, its pace is arithmetic, and it lists what
waits."""

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.periods import Calendar
from borderdesk.closing.lines import SummaryLine
from borderdesk.closing.summary import make_summary
from borderdesk.figures.newest_month import newest_month
from borderdesk.figures.shown_figures import ShownFigure
from borderdesk.figures.targets import RULES, ClauseTable, set_target
from borderdesk.figures.verdicts import BEHIND, EXCEEDED, ON_PACE, WHOLE_YEAR, YearProgress, judge
from borderdesk.overview.overview import _goal, make_overview
from borderdesk.reports.contents.briefing import risks
from borderdesk.reports.contents.prose_figures import sentence_rules
from borderdesk.store.lists.listing import TYPED_LATE
from borderdesk.store.reference import insert_cells
from tests.core.test_posts_through_time import merge

YEAR = Calendar().period("year", 2023, 1)
CLEARING = {
    "kind": "sight_line", "started_on": "2023-11-05", "commune": "06196", "participants": 12,
    "times": 2,
}  # fmt: skip


def goal_of(rule, value, target, months, ended):
    group, label, unit = "I", "Phát quang", "lần"
    line = SummaryLine("x", group, label, unit, "flow", value, None, None, None, value,
                       Decimal(target), None, None, frozenset(), None)  # fmt: skip
    return _goal(line, rule, YearProgress(months, ended), "31/12")


@given(
    st.sampled_from(sorted(RULES)), st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 12),
    st.booleans(),
)  # fmt: skip
def test_the_pace_is_the_verdict_and_never_met_inside_the_year(rule, value, target, months, ended):
    goal = goal_of(rule, value, target, months, ended)
    assert goal.state == judge(rule, value, Decimal(target), YearProgress(months, ended))
    assert (goal.state in WHOLE_YEAR) == ended
    told = goal.pace.replace(".", "")
    if value != target:
        assert str(abs(target - value)) in told or (rule == "maintain" and value > target)
    if not ended:
        assert not re.search(r"vượt|đạt(?! tiến độ)|reached|exceeded", told)
    if rule == "at_least" and not ended:
        assert (goal.state == BEHIND) == (value * 12 < target * months)


def test_a_target_that_is_reached_early_is_on_pace_until_the_year_is_over(post_desk):
    """The home page showed “vượt” for a yearly target in the month it was passed."""
    post_desk.records.add("clearing", CLEARING)
    scope = post_desk.figures.yearly_scope("post:BS", 2023)
    post_desk.reference.write_targets(
        lambda store: set_target(store, "clearing_events", 2023, scope, "1")
    )
    (goal,) = make_overview(post_desk, "2023-11").goals
    assert (goal.state, goal.pace) == (ON_PACE, "đạt tiến độ, hơn kế hoạch năm 1 lần")
    (goal,) = make_overview(post_desk, "2023-12").goals
    assert (goal.state, goal.pace) == (EXCEEDED, "vượt 1 lần")


def test_the_goals_are_the_lines_of_the_summary_that_have_targets(post_desk):
    post_desk.records.add("clearing", CLEARING)
    plain = make_overview(post_desk, "2023-11").goals
    assert {g.key for g in plain} == {
        line.key
        for line in make_summary(post_desk, "2023-11").lines
        if line.value or line.year_to_date
    }
    scope = post_desk.figures.yearly_scope("post:BS", 2023)
    post_desk.reference.write_targets(
        lambda store: set_target(store, "clearing_events", 2023, scope, "8")
    )
    (goal,) = make_overview(post_desk, "2023-11").goals
    figures = (goal.value, goal.to_date, goal.reached)
    assert (goal.key, goal.target) == ("clearing_events", 8)
    assert figures == (ShownFigure(2), ShownFigure(2), ShownFigure(Decimal("25.0")))
    assert goal.state == BEHIND


def test_a_row_is_judged_by_the_goal_of_several_clauses(post_desk):
    """A share or a limit in a later clause replaced the year's goal, on every paper."""
    post_desk.records.add("clearing", {**CLEARING, "started_on": "2023-03-01"})
    key, scope = "clearing_events", post_desk.figures.yearly_scope("post:BS", 2023)
    clauses = [("at_least", "8"), ("at_least", "6"), ("at_most", "20"), ("percent", "95")]
    rows = [
        {"regulation": f"{number}/QC", "year": "2023", "no": "", "text": "", "indicator": key,
         "rule": rule, "value": value, "scope": scope}
        for number, (rule, value) in enumerate(clauses)
    ]  # fmt: skip
    for clause in rows:
        post_desk.reference.write_targets(lambda s, c=clause: insert_cells(s, ClauseTable, [c]))
    (goal,) = make_overview(post_desk, "2023-11").goals
    assert (goal.target, goal.state) == (8, BEHIND)
    summary = make_summary(post_desk, "2023-11")
    assert sentence_rules(post_desk, summary).limits == frozenset()
    assert risks(post_desk, summary)[0] == (
        "Phát quang, tu sửa: chậm, mới 2/8 lần của cả năm (25,0 %)."
    )


def test_limits_of_nothing_and_far_exceeded_ones_are_the_first_risks(post_desk):
    """A limit of 0, the most usual one, has no percentage and was no risk."""
    post_desk.records.add("clearing", {**CLEARING, "started_on": "2023-03-01"})
    scope = post_desk.figures.yearly_scope("post:BS", 2023)
    rules = [("labour_days", "5", "at_least"), ("clearing_participants", "100", "at_most"),
             ("clearing_events", "1", "at_most"), ("communes_active", "0", "at_most")]  # fmt: skip
    for key, value, rule in rules:
        post_desk.reference.write_targets(
            lambda store, k=key, v=value, r=rule: set_target(store, k, 2023, scope, v, r)
        )
    for period, limit, goal in (("2023-11", "quá hạn mức", "chậm"), ("2023", *["chưa đạt"] * 2)):
        found = [one for one in risks(post_desk, make_summary(post_desk, period)) if "năm" in one]
        assert found == [
            f"Xã có hoạt động: {limit}, 1 so với hạn mức cả năm 0 xã.",
            f"Phát quang, tu sửa: {limit}, 2 so với hạn mức cả năm 1 lần.",
            f"Ngày công huy động: {goal}, mới 0/5 ngày công của cả năm (0,0 %).",
        ]


def leads(overview):
    return [(todo.page, todo.lead) for todo in overview.todos if todo.page != "strip"]


def test_the_home_page_lists_the_tasks(post_desk):
    post_desk.records.add("clearing", CLEARING)
    post_desk.drafts.keep_draft("patrol", {"raws": {}})
    december = make_overview(post_desk, "2023-12")
    told = leads(december)
    assert told[0][0] == "patrol"
    (missed,) = [todo for todo in december.todos if todo.page == "clearing"]
    assert " 1 " in missed.text
    assert missed.intent == {
        "period": "2023-11", "kind": "sight_line", "commune": "06196-2023",
    }  # fmt: skip
    assert any("11/2023" in todo.text for todo in december.todos if todo.page == "exchange")
    assert newest_month(post_desk).text == "2023-11"
    november = make_overview(post_desk, "2023-11")
    late = [t for t in november.todos if t.page == "clearing"]
    assert [(t.lead, t.intent) for t in late] == [("1", {"period": "2023-11", "look": TYPED_LATE})]


def test_what_is_logged_again_is_not_missed(post_desk):
    post_desk.records.add("clearing", CLEARING)
    post_desk.records.add("clearing", {**CLEARING, "started_on": "2023-12-02"})
    told = [t.intent for t in make_overview(post_desk, "2023-12").todos if t.page == "clearing"]
    assert told == [{"period": "2023-12", "look": TYPED_LATE}]


def test_work_goes_on_where_a_commune_or_post_has_another_name(post_desk, desk, tmp_path):
    for day, commune in (("2025-06-20", "06202"), ("2025-07-02", "06196")):
        record = {**CLEARING, "started_on": day, "commune": commune}
        post_desk.records.add("clearing", record)
    told = [t.intent for t in make_overview(post_desk, "2025-07").todos if t.page == "clearing"]
    assert told == [{"period": "2025-07", "look": TYPED_LATE}]
    desk.records.add("clearing", {**CLEARING, "post": "BS", "started_on": "2023-11-05"})
    desk.records.add("clearing", {**CLEARING, "post": "CL", "started_on": "2023-12-05"})
    missed = {"period": "2023-11", "post": "BS"}
    assert missed in [t.intent for t in make_overview(desk, "2023-12").todos]
    merge(desk, tmp_path, "2023-11-30", "BS", into="CL")
    assert missed not in [t.intent for t in make_overview(desk, "2023-12").todos]


def test_a_period_sent_and_changed_since_is_told(post_desk, tmp_path):
    from borderdesk.exchange.sending.exports import ExportOptions

    sent = post_desk.records.add("clearing", CLEARING)
    post_desk.exchange.exports.export("2023-11", tmp_path, ExportOptions())

    def sent_words():
        todos = make_overview(post_desk, "2023-12").todos
        return [todo.lead for todo in todos if todo.page == "exchange"]

    assert sent_words() == []
    post_desk.records.add("clearing", {**CLEARING, "times": 3})
    assert sent_words() == ["1"]
    # Later events do not change the month, until they are moved into it or out of it.
    december = post_desk.records.add("clearing", {**CLEARING, "started_on": "2023-12-01"})
    moved = post_desk.records.add("clearing", {**CLEARING, "started_on": "2023-12-02"})
    assert sent_words() == ["1"]
    post_desk.records.edit("clearing", moved.id, {"started_on": "2023-11-30"})
    assert sent_words() == ["2"]
    post_desk.records.edit("clearing", sent.id, {"started_on": "2023-12-05"})
    assert sent_words() == ["3"]
    post_desk.records.delete("clearing", december.id, "Nhập nhầm")
    assert sent_words() == ["3"]
