"""A record split over places has its share wherever a place is reported."""

import re

import pytest
from hypothesis import given

from borderdesk.base.i18n import _
from borderdesk.closing.summary import make_summary
from borderdesk.figures.scopes import make_view
from borderdesk.reports.blocks import Table, plain_of
from borderdesk.reports.contents.figure_records import addends_behind, records_behind
from borderdesk.reports.contents.register import register_blocks
from borderdesk.reports.contents.requests import Request
from borderdesk.store.lists.listing import Filter
from tests.factories import PICKS
from tests.random_desks import NUMBERS, QUIET, RECORDS, Y2023, copied, fill
from tests.random_desks import desk_with_hamlets as with_hamlets
from tests.report_files import json_of


@pytest.fixture
def session(desk):
    """One session of 100 listeners: 66 in its commune, 34 in another; and one of 10 there."""
    for raw in (
        {"attendance": 100, "commune": "06202", "leaflets": 50,
         "other_places": [{"commune": "06196", "attendance": 34}]},
        {"attendance": 10, "commune": "06196", "leaflets": 5},
    ):  # fmt: skip
        desk.records.add("outreach", {"post": "BS", "form": "session", "held_on": "2023-11-04",
            "topics": [next(iter(PICKS["topic"]))], **raw})  # fmt: skip
    return desk


def line(desk, scope, key="outreach_attendance"):
    return next(ln for ln in make_summary(desk, "2023-11", scope).lines if ln.key == key)


@pytest.mark.parametrize(("scope", "listeners", "sessions"), [("06202", 66, 1), ("06196", 44, 1)])
def test_list_register_and_report_tell_the_same_share(session, scope, listeners, sessions):
    units = frozenset(session.book.lineage(f"{scope}-2023"))
    totals = session.lists.totals("outreach", Filter(units=units))
    assert (totals["attendance"], totals["sessions"]) == (listeners, sessions)
    assert totals["leaflets"] == (50 if scope == "06202" else 5)
    assert line(session, f"commune:{scope}").value == listeners
    view = make_view(session, "2023-11", f"commune:{scope}")
    (table,) = [b for b in register_blocks(session, view, "outreach") if isinstance(b, Table)]
    rows = list(table.rows)
    at = next(n for n, c in enumerate(table.columns) if c.title == _("Attendance"))
    column = [plain_of(row.cells[at]) for row in rows]
    assert (sum(column[:-1]), column[-1]) == (listeners, listeners)
    assert session.lists.totals("outreach", Filter())["attendance"] == 110


@pytest.mark.parametrize(
    ("scope", "parts"),
    [("commune:06202", ["1 buổi · 66 lượt người"]),
     ("commune:06196", ["1 buổi · 10 lượt người", "34 lượt người"]),
     ("post:BS", ["1 buổi · 10 lượt người", "1 buổi · 100 lượt người"])],
)  # fmt: skip
def test_the_day_book_of_a_place_has_the_part_that_lies_there(session, tmp_path, scope, parts):
    found = json_of(session, tmp_path, "daybook", "2023-11", scope=scope)["rows"]
    told = [re.findall(r"\d+ (?:buổi|lượt người)", row["text"]) for row in found]
    assert sorted(" · ".join(one) for one in told) == parts


def test_why_shows_each_addend_and_their_sum(session):
    request = Request("summary", "2023-11", "commune:06196")
    found = addends_behind(session, request, "outreach_attendance")
    assert sorted(found.values()) == [10, 34]
    assert found.keys() == set(records_behind(session, request, "outreach_attendance")["outreach"])


@pytest.fixture(scope="module")
def template(province_template, tmp_path_factory):
    return with_hamlets(province_template, tmp_path_factory.mktemp("shares"))


@QUIET
@given(drawn=RECORDS, number=NUMBERS)
def test_the_addends_of_a_figure_are_its_records_and_add_up_to_it(
    template, tmp_path, drawn, number
):
    folder, _places = template
    with copied(folder, tmp_path) as desk:
        fill(desk, drawn, Y2023)
        scope = ["province", "post:BS", "commune:06196", "district:Cao Lộc"][number % 4]
        for ln in make_summary(desk, "2023-12", scope).lines:
            request = Request("summary", "2023-12", scope)
            found = addends_behind(desk, request, ln.key)
            ids = {i for some in records_behind(desk, request, ln.key).values() for i in some}
            if found or ln.kind != "ratio":
                assert sum(found.values()) == ln.value, ln.key
                assert {record for record, adds in found.items() if adds} <= ids
