"""Records that are late for a closed period, or for one with a figure from paper."""

import datetime

import pytest

from borderdesk.closing.guard import ClosedPeriodError, ClosedPeriodGuard, ClosedPeriods
from borderdesk.figures.targets import set_baseline
from borderdesk.schema.records.clearing import Clearing
from borderdesk.schema.records.household import Household
from borderdesk.schema.records.outreach import Outreach
from borderdesk.store.records.history import NewVersion
from tests.factories import example

OCTOBER = datetime.date(2023, 10, 1), datetime.date(2023, 10, 31)
AROUND = datetime.date(2023, 9, 30), datetime.date(2023, 11, 1)
NEW = "01890000-0000-7000-8000-000000000001"


def of(desk, commune="06196", post="BS"):
    return {"post": post, "commune": desk.book.commune_on(commune, OCTOBER[0])}


@pytest.mark.parametrize("scope", ["province", "post:BS", "commune:06196"])
def test_late_is_what_a_closed_edition_that_holds_it_did_not_count(desk, scope):
    raw = {**example("clearing"), "post": "BS", "commune": "06196", "started_on": "2023-10-31"}
    counted = desk.records.add("clearing", raw).id
    desk.closing.close_period("2023-10", scope)
    after = desk.records.add("clearing", raw).id
    closed = ClosedPeriods(desk)

    def late(values, day, record=NEW, home=None, model=Clearing):
        return closed.is_late(model, values, day, record, home)

    assert [late(of(desk), day) for day in (*OCTOBER, *AROUND)] == [True, True, False, False]
    assert [late(of(desk), OCTOBER[1], record) for record in (counted, after)] == [False, True]
    assert not late(of(desk), OCTOBER[1], model=Household)
    # A record of another place or post is late for the province only.
    elsewhere = of(desk, "06001", "CL")
    assert late(elsewhere, OCTOBER[1]) == (scope == "province")
    # A record without a place of its own counts at its household's.
    homeless, home = {"post": "BS"}, of(desk)["commune"]
    assert late(homeless, OCTOBER[1], home=home)
    assert late(homeless, OCTOBER[1]) == (not scope.startswith("commune"))


@pytest.mark.parametrize("scope", ["province", "post:BS", "commune:06196"])
def test_on_paper_is_what_counts_in_the_days_and_scope_of_a_figure_from_paper(desk, scope):
    set_baseline(desk.store, "clearing_participants", "2023-10", scope, "7", "báo cáo")
    closed = ClosedPeriods(desk)

    def on_paper(values, day, home=None, model=Clearing):
        return closed.is_on_paper(model, values, day, home)

    days = [on_paper(of(desk), day) for day in (*OCTOBER, *AROUND)]
    assert days == [True, True, False, False]
    assert [closed.holds(day) for day in (*OCTOBER, *AROUND)] == days
    assert not on_paper(of(desk), OCTOBER[0], model=Outreach)
    assert not on_paper(of(desk), OCTOBER[0], model=Household)
    assert on_paper(of(desk, "06001", "CL"), OCTOBER[0]) == (scope == "province")
    assert on_paper({"post": "BS"}, OCTOBER[0], home=of(desk)["commune"])
    assert on_paper({"post": "BS"}, OCTOBER[0]) == (not scope.startswith("commune"))


def test_a_change_is_watched_where_a_closed_period_is_near(post_desk):
    desk, guard = post_desk, post_desk.part(ClosedPeriodGuard)
    raw = {**example("clearing"), "post": "BS", "commune": "06196"}
    days = ("2023-09-30", "2023-10-31", "2023-11-01")
    before, within, after = (
        desk.records.add("clearing", {**raw, "started_on": day}).id for day in days
    )

    def watched(record, parents=(b"p",), **changed):
        values = {**desk.records.read("clearing", record)[0], **changed}
        values["started_on"] = datetime.date.fromisoformat(str(values["started_on"]))
        return guard.watch([NewVersion(Clearing, record, values, parents)])

    assert watched(within) is None
    desk.closing.close_period("2023-10", "post:BS")
    late = desk.records.add("clearing", {**raw, "started_on": "2023-10-30"}).id
    more = {"participants": 400}
    assert [watched(one, **more) is None for one in (before, within, after, late)] == [
        True, False, True, True
    ]  # fmt: skip
    assert watched(within, parents=(), **more) is None
    # Fields that no figure depends on are checked for no period.
    assert watched(within, note="x") is None
    assert watched(within, source_ref="x") is None
    assert watched(within, **more)() is None
    with pytest.raises(ClosedPeriodError):
        desk.records.edit("clearing", within, more)
