"""The overview: its figures are the summary's, its pace is arithmetic, and it tells what waits."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.periods import Calendar
from borderdesk.closing.summary import make_summary
from borderdesk.figures.newest_month import newest_month
from borderdesk.figures.targets import set_target
from borderdesk.overview.overview import (
    BEHIND,
    MET,
    ON_PACE,
    OVER,
    _pace,
    make_overview,
)
from borderdesk.store.listing import TYPED_LATE

YEAR = Calendar().period("year", 2023, 1)
CLEARING = {
    "kind": "sight_line", "started_on": "2023-11-05", "commune": "06196", "participants": 12,
    "times": 2,
}  # fmt: skip


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(0, 364))
def test_the_pace_says_what_is_left_and_whether_it_is_slow(value, target, passed):
    day = YEAR.first + datetime.timedelta(days=passed)
    state, words = _pace(Decimal(value), Decimal(target), "lần", "at_least", YEAR, day)
    if value >= target:
        assert state == MET
        assert value == target or str(value - target) in words.replace(".", "")
        return
    assert str(target - value) in words.replace(".", "")
    assert "31/12" in words
    assert (state == BEHIND) == (value * 365 < target * (passed + 1))
    assert state in (BEHIND, ON_PACE)


@pytest.mark.parametrize(
    ("rule", "value", "state"),
    [("at_most", 5, OVER), ("at_most", 3, ON_PACE), ("maintain", 4, MET), ("maintain", 3, BEHIND)],
)
def test_a_limit_and_what_is_to_be_kept_are_judged_by_themselves(rule, value, state):
    assert _pace(Decimal(value), Decimal(4), "hộ", rule, YEAR, YEAR.first)[0] == state


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
    assert (goal.key, goal.value, goal.to_date, goal.target) == ("clearing_events", 2, 2, 8)
    assert goal.reached == Decimal("25.0")
    assert goal.state == BEHIND


def leads(overview):
    return [(todo.page, todo.lead) for todo in overview.todos if todo.page != "strip"]


def test_what_waits_is_told(post_desk):
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


def test_a_period_sent_and_changed_since_is_told(post_desk, tmp_path):
    from borderdesk.exchange.exports import ExportOptions

    post_desk.records.add("clearing", CLEARING)
    post_desk.exchange.exports.export("2023-11", tmp_path, ExportOptions())

    def sent_words():
        todos = make_overview(post_desk, "2023-12").todos
        return [todo.lead for todo in todos if todo.page == "exchange"]

    assert sent_words() == []
    post_desk.records.add("clearing", {**CLEARING, "times": 3})
    assert sent_words() == ["1"]
