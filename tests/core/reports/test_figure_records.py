"""Every figure of every column links to the records that it is computed from."""

import random

import pytest
from hypothesis import given

from borderdesk.closing.summary import make_summary
from borderdesk.figures.targets import set_baseline
from borderdesk.reports.contents.figure_records import COLUMNS, addends_behind, records_behind
from borderdesk.reports.contents.requests import Request
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
)
from tests.recompute import EVENT, Months, Recompute, Scope


def windows(period):
    """The days of each column."""
    months = Months()
    first, last = months.window(period)
    begin = months.year(months.year_of(last))[0]
    before = months.compared(period)
    return {"value": (first, last), "previous": before, "year_to_date": (begin, last)}


@QUIET
@given(drawn=RECORDS, number=NUMBERS)
def test_the_records_behind_a_figure_give_it_again(hamlets_template, tmp_path, drawn, number):
    folder, places = hamlets_template
    chance = random.Random(number)
    span = (Y2023, ACROSS)[number % 2]
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, span)
        records = everything(desk)
        period = chance.choice(PERIODS[span])
        last = Months().window(period)[1]
        geography, others = other_geography(last)
        for text, told_by in (
            (chance.choice(scopes_of(span, last)), None), (chance.choice(others), geography),
        ):  # fmt: skip
            request = Request("summary", period, text, geography=told_by)
            scope = Scope(text, places, last, told_by)
            lines = make_summary(desk, period, text, geography=told_by).lines
            for line in chance.sample(lines, 8):
                for column, days in windows(period).items():
                    found = records_behind(desk, request, line.key, column)
                    figure = getattr(line, column)
                    if figure is None and column == "previous":
                        assert found == {}
                        continue
                    chosen = {
                        kind: [r for r in records[kind] if r["id"] in set(found.get(kind, ()))]
                        for kind in EVENT
                    } | {"household": records["household"]}
                    again = Recompute(chosen, places, programmes=PICKS["programme"])
                    assert again.values(scope, *days)[line.key] == figure, (column, line)
                    assert found.keys() <= EVENT.keys()
                    assert all(ids == sorted(set(ids)) for ids in found.values())
                    assert sum(map(len, found.values())) == sum(len(chosen[k]) for k in EVENT)


def test_what_paper_says_has_no_records(desk):
    saved = {
        day: desk.records.add("clearing", {**example("clearing"), "started_on": day}).id
        for day in ("2022-12-05", "2023-01-05", "2023-02-05", "2023-03-05")
    }
    request = Request("summary", "2023-03", "province")
    both = ("clearing_events", "year_to_date")
    assert len(records_behind(desk, request, *both)["clearing"]) == 3
    desk.reference.write_targets(
        lambda s: set_baseline(s, "clearing_events", "2023-01", "province", "9", "BC")
    )
    after = records_behind(desk, request, *both)["clearing"]
    assert after == sorted([saved["2023-02-05"], saved["2023-03-05"]])
    desk.reference.write_targets(
        lambda s: set_baseline(s, "clearing_events", "2022-03", "province", "9", "BC")
    )
    assert records_behind(desk, request, "clearing_events", "previous") == {}


def test_what_came_after_closing_is_behind_late_only(desk):
    kept = desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-05"}).id
    desk.closing.close_period("2023-03", "province")
    late = desk.records.add("clearing", {**example("clearing"), "started_on": "2023-03-06"}).id
    march, april = (Request("summary", period, "province") for period in ("2023-03", "2023-04"))
    assert records_behind(desk, march, "clearing_events") == {"clearing": [kept]}
    assert records_behind(desk, april, "clearing_events", "late") == {"clearing": [late]}
    assert records_behind(desk, april, "leaflets", "late") == {}
    assert records_behind(desk, april, "clearing_events") == {}


def test_what_came_later_takes_no_place_of_what_was_signed(desk):
    """A household's earlier signature, a marker's earlier inspection."""
    home = {"head": "Nông Văn Sáu", "commune": "06196", "hamlet": "Bản Lán"}
    signed = {**example("pledge"), "post": "BS", "household": home, "signed_on": "2023-03-10"}
    seen = {**example("patrol"), "started_on": "2023-03-10", "ended_on": None,
            "inspected": [{"marker": "1146", "condition": "intact"}]}  # fmt: skip
    kept = {
        key: desk.records.add(kind, {**record, "commune": None} if kind == "pledge" else record).id
        for key, kind, record in (
            ("household_pledges", "pledge", signed), ("markers_covered", "patrol", seen),
        )
    }  # fmt: skip
    desk.closing.close_period("2023-03", "province")
    other = {**signed, "commune": None, "signed_on": "2023-03-05", "programme": "phao"}
    desk.records.add("pledge", other)
    desk.records.add("patrol", {**seen, "started_on": "2023-03-05"})
    march = Request("summary", "2023-03", "province")
    for key, record in kept.items():
        lines = make_summary(desk, "2023-03", "province", with_ids=True).lines
        (line,) = [one for one in lines if one.key == key]
        assert (line.value, line.records) == (1, [record])
        assert [*records_behind(desk, march, key).values()] == [[record]]
        assert addends_behind(desk, march, key) in ({record: 1}, {})


def test_an_unknown_figure_is_said_to_be_none(desk):
    request = Request("summary", "2023-03", "province")
    for key, column in (("moon", "value"), ("clearing_events", "moon")):
        with pytest.raises(LookupError):
            records_behind(desk, request, key, column)
    assert COLUMNS == ("value", "previous", "year_to_date", "late")
