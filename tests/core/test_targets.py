"""Targets and paper figures as they are set: bounds, replacement, order."""

from decimal import Decimal

import pytest

from borderdesk.base.errors import UserError
from borderdesk.figures.regulations import load_regulation
from borderdesk.figures.targets import (
    MOST,
    Baseline,
    BaselineTable,
    ClauseTable,
    Target,
    amount,
    baselines,
    known_indicator,
    regulation_facts,
    remove_targets,
    set_baseline,
    set_target,
    targets,
)

KEY, SCOPE = "clearing_participants", "post:BS"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", "0"), (str(MOST), str(MOST)), ("3.848", "3848"), ("12.5", "12.5"), ("12,5", "12.5")],
)
def test_an_amount_is_read_exactly(text, number):
    assert str(amount(text)) == number


@pytest.mark.parametrize("text", ["", "-1", str(MOST + 1), "x", "1,2,3"])
def test_what_is_no_amount_is_named(text):
    with pytest.raises(UserError, match=f"“{text[:40]}”"):
        amount(text)


def test_a_target_takes_the_place_of_that_of_its_year_and_scope(post_desk):
    store = post_desk.store
    set_target(store, KEY, 2000, SCOPE, "1")
    set_target(store, KEY, 2200, SCOPE, "2", "at_most", "x" * 40)
    set_target(store, KEY, 2000, "province", "3")
    set_target(store, "clearing_events", 2000, SCOPE, "4")
    set_target(store, KEY, 2000, SCOPE, "5,5", "percent", "Điều 3")
    blank = ("", 2000)
    assert targets(store, 2000) == [
        Target(*blank, "", "", KEY, "at_least", Decimal(3), "province"),
        Target(*blank, "", "", "clearing_events", "at_least", Decimal(4), SCOPE),
        Target(*blank, "Điều 3", "", KEY, "percent", Decimal("5.5"), SCOPE),
    ]
    assert [(one.year, one.value) for one in targets(store)][-1] == (2200, 2)
    assert targets(store, 2001) == []
    assert regulation_facts(store, "", 2000) == ("", "")


def test_a_clause_of_a_regulation_goes_only_where_it_is_named(post_desk):
    store, year = post_desk.store, 2023
    clause = {"no": "3", "text": "", "indicator": KEY, "rule": "at_least", "value": 12,
              "scope": SCOPE}  # fmt: skip
    whole = {"number": "01/QC", "year": year, "clause": [clause, {**clause, "no": "4"}]}
    load_regulation(store, whole, [KEY], lambda scope, _year: scope)

    def there_are():
        return [(one.regulation, one.no, one.value) for one in targets(store, year)]

    clauses = [("01/QC", "3", 12), ("01/QC", "4", 12)]
    for value in (9, 8):
        set_target(store, KEY, year, SCOPE, str(value))
        assert there_are() == [("", "", value), *clauses]
    assert remove_targets(store, KEY, year, SCOPE, "02/QC") == 0
    assert remove_targets(store, KEY, year, SCOPE) == 1
    assert there_are() == clauses
    assert remove_targets(store, KEY, year, SCOPE, "01/QC", "4") == 1
    assert there_are() == clauses[:1]
    assert remove_targets(store, KEY, year, SCOPE, "01/QC") == 1
    assert there_are() == []


@pytest.mark.parametrize(
    "wrong",
    [{"year": 1999}, {"year": 2201}, {"rule": "about"}, {"clause": "x" * 41}, {"clause": "a\x07"},
     {"value": "-1"}],
)  # fmt: skip
def test_what_no_target_can_be_is_refused(post_desk, wrong):
    given = {"year": 2023, "value": "1", **wrong}
    with pytest.raises(UserError):
        set_target(post_desk.store, KEY, scope=SCOPE, **given)
    assert targets(post_desk.store) == []


def test_a_figure_from_paper_takes_the_place_of_that_of_its_period_and_scope(post_desk):
    store = post_desk.store
    for period, scope, value, source in (
        ("2023-02", SCOPE, "1", "a"), ("2023-01", SCOPE, "2", "x" * 500),
        ("2023-01", "province", "3", "b"), ("2023-02", SCOPE, "4,5", " c\u200b "),
    ):  # fmt: skip
        set_baseline(store, KEY, period, scope, value, source)
    set_baseline(store, "clearing_events", "2023-01", SCOPE, "6", "d", "over")
    assert baselines(store) == [
        Baseline("clearing_events", "2023-01", SCOPE, Decimal(6), "over", "d"),
        Baseline(KEY, "2023-01", SCOPE, Decimal(2), "exact", "x" * 500),
        Baseline(KEY, "2023-01", "province", Decimal(3), "exact", "b"),
        Baseline(KEY, "2023-02", SCOPE, Decimal("4.5"), "exact", "c"),
    ]
    assert [one.indicator for one in baselines(store, KEY)] == [KEY] * 3


@pytest.mark.parametrize(
    "wrong",
    [{"qualifier": "about"}, {"source": " "}, {"source": "x" * 501}, {"source": "a\x07"},
     {"value": "-1"}],
)  # fmt: skip
def test_what_no_figure_from_paper_can_be_is_refused(post_desk, wrong):
    given = {"value": "1", "source": "báo cáo", **wrong}
    with pytest.raises(UserError):
        set_baseline(post_desk.store, KEY, "2023-01", SCOPE, **given)
    assert baselines(post_desk.store) == []


def test_an_unknown_indicator_is_named_and_a_known_one_is_itself():
    assert known_indicator("a", ["b", "a"]) == "a"
    with pytest.raises(UserError, match="“" + "x" * 60 + "”"):
        known_indicator("x" * 61, ["a"])


def test_a_measured_clause_needs_its_rule_and_value():
    blank = {"indicator": "", "rule": "", "value": ""}
    assert ClauseTable.check_cells(blank) == {}
    measured = {**blank, "indicator": KEY}
    assert ClauseTable.check_cells(measured).keys() == {"rule", "value"}
    assert ClauseTable.check_cells({**measured, "rule": "at_least"}).keys() == {"value"}
    assert ClauseTable.check_cells({**measured, "rule": "at_least", "value": "0"}) == {}


def test_a_period_is_kept_as_the_command_line_writes_it(desk):
    period = BaselineTable.columns()["period"]
    for written in (" 2023-01 ", "1/2023", "Tháng 1 năm 2023"):
        kept = period.read(written, desk.records.rules())
        assert (kept, period.as_typed(kept)) == ("2023-01", "01/2023")
