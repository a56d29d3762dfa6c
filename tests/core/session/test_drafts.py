"""Drafts: open, put aside, discarded and restorable for some weeks, gone."""

import datetime

import pytest

from borderdesk.schema.revisions import utc_stamp
from borderdesk.session.account_table import Account, disable_account, insert_account
from borderdesk.session.drafts import THROWN_DAYS
from borderdesk.store.models.desk import DraftRow


def test_what_is_thrown_away_is_there_for_weeks_and_is_no_task(post_desk):
    drafts = post_desk.drafts
    drafts.keep_draft("clearing", {"raws": {"note": "x"}})
    drafts.throw_draft("clearing")
    assert drafts.drafts() == []
    assert drafts.open_draft("clearing") is None
    (thrown,) = drafts.thrown_drafts("clearing")
    drafts.unpark_draft(thrown.id)
    assert drafts.open_draft("clearing").texts == {"raws": {"note": "x"}}
    assert drafts.thrown_drafts("clearing") == []


def thrown_at(desk, moment):
    """Discard a draft at a local time."""
    desk.drafts.keep_draft("clearing", {"raws": {"note": "x"}})
    desk.drafts.throw_draft("clearing")
    desk.store.execute(DraftRow.update(touched=utc_stamp(moment)))


@pytest.mark.parametrize(
    ("days", "clock", "there"),
    [
        (30, datetime.time.max, True),
        (30, datetime.time(0, 0), True),
        (31, datetime.time(23, 59, 59), False),
        (31, datetime.time(0, 0), False),
    ],
    ids=["last day", "first minute of the last day", "minute before it", "day after"],
)
def test_thirty_days_are_whole_days_wherever_this_machine_stands(post_desk, days, clock, there):
    day = post_desk.today() - datetime.timedelta(days=days)
    thrown_at(post_desk, datetime.datetime.combine(day, clock))
    assert len(post_desk.drafts.thrown_drafts("clearing")) == there
    # The next discarded draft removes expired ones, and nothing else.
    post_desk.drafts.keep_draft("clearing", {"raws": {"note": "y"}})
    post_desk.drafts.throw_draft("clearing")
    assert len(list(post_desk.store.fetch(DraftRow.select(DraftRow.id)))) == 1 + there


def test_what_was_thrown_away_long_ago_goes_with_the_next(post_desk):
    drafts = post_desk.drafts
    for note in ("old", "new"):
        drafts.keep_draft("clearing", {"raws": {"note": note}})
        drafts.throw_draft("clearing")
        long_ago = datetime.timedelta(days=THROWN_DAYS + 1)
        if note == "old":
            then = utc_stamp(datetime.datetime.now(datetime.UTC) - long_ago)
            post_desk.store.execute(DraftRow.update(touched=then))
    assert [d.texts["raws"]["note"] for d in drafts.thrown_drafts("clearing")] == ["new"]
    assert len(list(post_desk.store.fetch(DraftRow.select(DraftRow.id)))) == 1


def test_a_draft_is_of_who_typed_it_and_of_nobody_else(post_desk):
    first = post_desk.account
    clerk = Account("Bình", "Bế Thị Bình", "clerk", "", utc_stamp(), first.name)
    with post_desk.writing():
        insert_account(post_desk.store, clerk)
    drafts = post_desk.drafts

    def typed(account, note):
        post_desk.account = account
        drafts.keep_draft("clearing", {"raws": {"note": note}})

    def seen(account):
        post_desk.account = account
        return [(d.texts["raws"]["note"], d.parked, d.person) for d in drafts.drafts("clearing")]

    typed(first, "của An")
    assert seen(clerk) == []
    typed(clerk, "của Bình")
    assert seen(first) == [("của An", False, "")]
    assert drafts.open_draft("clearing").form == "clearing"
    drafts.drop_draft("clearing")
    assert seen(clerk) == [("của Bình", False, "")]
    with post_desk.writing():
        disable_account(post_desk.store, "Bình", utc_stamp())
    assert seen(first) == [("của Bình", True, "Bế Thị Bình")]
    assert drafts.open_draft("clearing") is None
    drafts.unpark_draft(drafts.drafts()[0].id)
    assert seen(first) == [("của Bình", False, "")]
    assert drafts.open_draft("clearing") is not None
