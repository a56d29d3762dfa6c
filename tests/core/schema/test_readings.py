"""Cached readings: a record equal to an earlier one except for its household is cleaned as if it
came alone."""

import datetime

import pytest

from borderdesk.entry.entry_rules import EntryRules
from borderdesk.schema.cleaning import clean
from borderdesk.schema.readings import ReadingCache
from borderdesk.schema.records import ALL_TYPES

TODAY = datetime.date(2023, 12, 1)
HOME = {"head": "Nông Văn An", "commune": "06202", "hamlet": "Nà Mỏ"}
OTHER_HOME = {**HOME, "head": "Lý Thị Hoa"}
LISTED = {"signed_on": "1/6/2023", "programme": "khu_vuc_bien_gioi", "tags": "tu_quan;dan_van_kheo"}
RAW = [
    {**LISTED, "household": HOME},
    {**LISTED, "household": OTHER_HOME, "id": "018c0000-0000-7000-8000-000000000001"},
    {**LISTED, "household": OTHER_HOME, "commune": "06202"},
    LISTED,
    {**LISTED, "household": ""},
    {**LISTED, "household": "not an id"},
    {**LISTED, "household": 5},
    {**LISTED, "household": HOME, "count": "1"},
    {**LISTED, "household": HOME, "count": "2"},
    {**LISTED, "household": HOME, "signed_on": "1/13/2023"},
    {**LISTED, "household": HOME, "unknown": "x"},
]


@pytest.fixture
def entry(post_desk):
    return EntryRules(post_desk.store, post_desk.book, TODAY, post_desk.writable())


def test_records_that_name_others_are_read_as_if_each_came_alone(entry):
    model, readings = ALL_TYPES["pledge"], ReadingCache(keeps_dated=True)
    for raw in (*RAW, *RAW):
        entry.on = None
        alone, day = clean(model, raw, entry, typed=True), entry.on
        entry.on = None
        among = clean(model, raw, entry, typed=True, readings=readings)
        assert (among.values, among.problems, entry.on) == (alone.values, alone.problems, day), raw
        assert among.doubts == alone.doubts
        # Changing one record does not change the next.
        among.values["household"] = "found"
        among.values.get("tags", []).append("?")
        among.doubts.append("late")


def test_a_part_of_unseen_signs_is_no_value_of_several(entry):
    for text, meant in (("\u200b", None), ("\u200b;tu_quan; ;\u2060", ["tu_quan"])):
        raw = {**LISTED, "tags": text, "household": HOME}
        assert clean(ALL_TYPES["pledge"], raw, entry, typed=True).values.get("tags") == meant


def test_what_a_rule_may_depend_on_is_read_each_time(entry):
    """A type with rules of its own caches no records, nor does a list that may add picks."""
    household, pledge = ALL_TYPES["household"], ALL_TYPES["pledge"]
    for model, raw, keeps in ((household, HOME, True), (pledge, RAW[0], False)):
        readings = ReadingCache(keeps_dated=keeps)
        clean(model, raw, entry, typed=True, readings=readings)
        assert not readings.alike


def test_of_a_record_that_says_the_same_of_another_only_whom_it_names_is_read(entry):
    model, readings = ALL_TYPES["pledge"], ReadingCache(keeps_dated=True)
    first = clean(model, RAW[0], entry, typed=True, readings=readings)
    assert len(readings.alike) == 1
    readings.clear()
    for raw in {**RAW[0], "household": OTHER_HOME}, RAW[0]:
        entry.on = None
        found = clean(model, raw, entry, typed=True, readings=readings)
        assert (found.values["tags"], entry.on) == (first.values["tags"], first.values["signed_on"])
        assert found.values["household"] == raw["household"]
    assert (dict(readings), len(readings.alike)) == ({}, 1)
