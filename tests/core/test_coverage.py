"""The state of the markers, against a calculation in plain Python over the records."""

import datetime
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.desk import Desk
from borderdesk.figures.coverage import standing, visits
from borderdesk.overview.overview import make_overview
from borderdesk.reports.blocks import Table
from borderdesk.reports.handouts.due_markers import due_document
from borderdesk.store.lists.listing import Filter
from tests.exchanging import new_desk

FIRST, LAST = datetime.date(2021, 1, 1), datetime.date(2023, 12, 31)
MARKERS = ["1166", "1166/1", "1167", "1168", "1169", "1170", "962", "1299"]
CONDITIONS = ["intact", "damaged", "moved", "missing", "unreachable"]

days = st.dates(FIRST, LAST)
stretch = st.tuples(st.sampled_from(MARKERS), st.sampled_from(MARKERS))
seen = st.lists(
    st.tuples(st.sampled_from(MARKERS), st.sampled_from(CONDITIONS)), max_size=4,
    unique_by=lambda pair: pair[0],
)  # fmt: skip
patrols = st.lists(st.tuples(days, stretch, seen), max_size=8)
clearings = st.lists(st.tuples(days, stretch, st.sampled_from(["both", "from", "to"])), max_size=8)


def order(marker):
    main, _slash, auxiliary = marker.partition("/")
    return int(main), int(auxiliary or 0)


def within(marker, ends):
    low, high = sorted(ends, key=order)
    return order(low) <= order(marker) <= order(high)


def patrol(day, ends, inspected):
    return {
        "kind": "unilateral", "started_on": day.isoformat(), "from_marker": ends[0],
        "to_marker": ends[1], "communes": ["06196"], "participants": 4, "result": "unchanged",
        "inspected": [{"marker": m, "condition": c} for m, c in inspected], "post": "BS",
    }  # fmt: skip


def clearing(day, ends, given_ends):
    both = {"from_marker": ends[0], "to_marker": ends[1]}
    kept = {k: v for k, v in both.items() if given_ends in ("both", k.partition("_")[0])}
    return {
        "kind": "sight_line", "started_on": day.isoformat(), "commune": "06196",
        "participants": 3, "post": "BS", **kept,
    }  # fmt: skip


def add(desk, type_name, raws):
    for raw in raws:
        desk.records.add(type_name, raw)


@pytest.fixture(scope="module")
def module_desk(province_template, tmp_path_factory):
    import shutil

    folder = shutil.copytree(province_template, tmp_path_factory.mktemp("coverage") / "desk")
    with Desk.open(folder) as desk:
        yield desk


def emptied(desk):
    for type_name in ("patrol", "clearing"):
        for listed in list(desk.lists.stream(type_name, Filter())):
            desk.records.delete(type_name, listed.id, "test")


@settings(max_examples=25)
@given(patrols, clearings, days)
def test_every_marker_stands_as_its_records_say(module_desk, patrols, clearings, day):
    desk = module_desk
    emptied(desk)
    add(desk, "patrol", [patrol(*one) for one in patrols])
    add(desk, "clearing", [clearing(*one) for one in clearings])
    found = {one.marker: one for one in standing(desk.store, desk.book, day)}
    assert list(found) == list(desk.book.markers)
    for marker in MARKERS:
        looks = [
            (on, condition)
            for on, _ends, inspected in patrols
            for m, condition in inspected
            if m == marker and on <= day and condition != "unreachable"
        ]
        last = max((on for on, _condition in looks), default=None)
        assert found[marker].inspected == last
        kinds = {condition for on, condition in looks if on == last}
        assert (found[marker].condition in kinds) if kinds else found[marker].condition is None
        assert found[marker].condition != "intact" or kinds == {"intact"}
        cuts = [
            on
            for on, ends, given_ends in clearings
            for used in ({"both": ends, "from": ends[:1], "to": ends[1:]}[given_ends],)
            if on <= day and within(marker, (used[0], used[-1]))
        ]
        assert found[marker].cleared == max(cuts, default=None)


@settings(max_examples=15)
@given(patrols, clearings, days, st.sampled_from(MARKERS))
def test_the_records_of_a_marker_are_those_that_concern_it(
    module_desk, patrols, clearings, day, marker
):
    desk = module_desk
    emptied(desk)
    add(desk, "patrol", [patrol(*one) for one in patrols])
    add(desk, "clearing", [clearing(*one) for one in clearings])
    concerned = [
        on
        for on, ends, inspected in patrols
        if on <= day and (within(marker, ends) or marker in dict(inspected))
    ]
    for on, ends, given_ends in clearings:
        used = {"both": ends, "from": ends[:1], "to": ends[1:]}[given_ends]
        if on <= day and within(marker, (used[0], used[-1])):
            concerned.append(on)
    found = visits(desk.store, marker, day)
    assert [visit.day for visit in found] == sorted(concerned, reverse=True)
    assert len({visit.record for visit in found}) == len(found)
    known = {one.id: kind for kind in ("patrol", "clearing")
             for one in desk.lists.stream(kind, Filter())}  # fmt: skip
    assert [visit.type for visit in found] == [known[visit.record] for visit in found]
    assert [v.day for v in visits(desk.store, marker, day, most=1)] == [v.day for v in found[:1]]


def test_a_post_has_its_own_markers_and_the_paper_lists_what_is_given(desk):
    own = standing(desk.store, desk.book, LAST, "BS")
    assert {one.post for one in own} == {"BS"}
    assert 0 < len(own) < len(desk.book.markers)
    document = due_document(desk, own[:3], LAST, False, "vi")
    table = next(block for block in document.blocks if isinstance(block, Table))
    rows = list(table.checked_rows())
    numbers = count(1)
    assert [(row.cells[0], row.cells[1]) for row in rows] == [
        (next(numbers), one.marker) for one in own[:3]
    ]


def test_a_liaison_has_the_markers_of_the_district(tmp_path):
    """Of 474 along the border, those of another district are not its task."""
    with new_desk(tmp_path / "liaison", "liaison", "Cao Lộc", 3) as liaison:
        book, district = liaison.book, liaison.identity.unit
        own = {
            marker
            for marker, (_post, commune, _invented) in book.markers.items()
            if book.units[commune].parent == district
        }
        assert 0 < len(own) < len(book.markers)
        seen = make_overview(liaison, liaison.calendar().month_of(liaison.today()).text)
    assert {one.marker for one in seen.markers} == own
    assert [one.lead for one in seen.todos if one.page == "strip"] == [str(len(own))]
