"""The rules of each record type: groups of people, days, and derived values."""

import datetime

import pytest

from borderdesk.base.names import like_hamlet, like_head, tone_key
from borderdesk.base.text import person_key, sort_key
from borderdesk.schema.records import ALL_TYPES

DAY = datetime.date(2023, 5, 10)
ONE_DAY = datetime.timedelta(days=1)
GROUPS = [
    (name, key)
    for name, model in ALL_TYPES.items()
    for key in model.columns()
    if key.startswith("of_whom_")
]
STRETCHES = [
    ("patrol", "started_on", "ended_on"), ("clearing", "started_on", "ended_on"),
    ("incident", "happened_on", "closed_on"), ("registration", "from_on", "to_on"),
    ("household", "valid_from", "valid_to"),
]  # fmt: skip


def told(name, **values):
    return [(type(one).__name__, one.field) for one in ALL_TYPES[name].of(values).check()]


@pytest.mark.parametrize(("name", "group"), GROUPS)
def test_no_group_of_people_is_more_than_everybody(name, group):
    assert told(name, participants=5, **{group: 5}) == []
    assert told(name, participants=5, **{group: 6}) == [("Problem", "participants")]
    assert told(name, **{group: 1}) == [("Problem", "participants")]
    others = [key for of, key in GROUPS if of == name and key != group]
    for other in others:
        assert told(name, participants=5, **{group: 2, other: 3}) == []
        assert told(name, participants=4, **{group: 2, other: 3}) == [("Problem", "participants")]


def test_there_are_groups_of_people_and_stretches_of_days():
    assert {name for name, _key in GROUPS} == {"patrol", "clearing"}
    assert len(GROUPS) == 7


@pytest.mark.parametrize(("name", "first", "last"), STRETCHES)
def test_what_ends_does_not_end_before_it_begins(name, first, last):
    for days, found in ((-1, [("Problem", last)]), (0, []), (1, []), (15, [])):
        assert told(name, **{first: DAY, last: DAY + days * ONE_DAY}) == found
    for half in ({first: DAY}, {last: DAY}, {}):
        assert told(name, **half) == []


def test_a_patrol_of_more_than_fifteen_days_is_doubted():
    for days, found in ((15, []), (16, [("Doubt", "ended_on")])):
        assert told("patrol", started_on=DAY, ended_on=DAY + days * ONE_DAY) == found


def test_an_incident_being_handled_has_no_day_it_was_settled():
    for status, found in (("open", [("Doubt", "closed_on")]), ("closed", []), (None, [])):
        assert told("incident", happened_on=DAY, status=status, closed_on=DAY) == found
    assert told("incident", happened_on=DAY, status="open") == []


def test_the_attendance_of_other_places_is_within_that_of_all():
    places = [{"commune": "a", "attendance": 3}, {"commune": "b"}, {"attendance": 4}]
    for attendance, found in ((7, []), (6, ["attendance"]), (None, ["attendance"])):
        values = {"attendance": attendance, "other_places": places}
        assert [field for _kind, field in told("outreach", **values)] == found
    assert told("outreach", attendance=0) == told("outreach") == []


def test_a_household_is_found_and_doubted_by_its_keys():
    household = ALL_TYPES["household"]
    values = {"head": "Ông Nông Văn Hoà", "hamlet": "Thôn Pò Mã", "commune": "c"}
    assert household.derived(values) == {
        "head_key": person_key(values["head"]),
        "hamlet_key": sort_key(values["hamlet"]),
        "match_key": f"{tone_key(values['head'])}|{tone_key(values['hamlet'])}|c",
        "like_key": f"{like_head(values['head'])}|{like_hamlet(values['hamlet'])}|c",
    }
    other = household.derived({**values, "head": "Ông Nông Văn Hòa"})
    assert other["match_key"] == household.derived(values)["match_key"]
    assert household.derived({})["match_key"] == household.derived({})["like_key"] == "||"
    assert household.derived({"head": "A"})["match_key"] == f"{tone_key('A')}||"


def test_a_pledge_counts_in_its_own_commune_or_in_that_of_its_household():
    pledge = ALL_TYPES["pledge"]
    assert pledge.follows({"commune": "a"}, "b") == {"place": "a"}
    assert pledge.follows({}, "b") == {"place": "b"}
    assert pledge.follows({"commune": None}, None) == {"place": None}
