"""Drafts: open, put aside, thrown away for some weeks, gone."""

import datetime

from borderdesk.schema.revisions import utc_stamp
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


def test_what_was_thrown_away_long_ago_goes_with_the_next(post_desk):
    drafts = post_desk.drafts
    for note in ("old", "new"):
        drafts.keep_draft("clearing", {"raws": {"note": note}})
        drafts.throw_draft("clearing")
        long_ago = datetime.timedelta(days=THROWN_DAYS, minutes=1)
        if note == "old":
            then = utc_stamp(datetime.datetime.now(datetime.UTC) - long_ago)
            post_desk.store.execute(DraftRow.update(touched=then))
    assert [d.texts["raws"]["note"] for d in drafts.thrown_drafts("clearing")] == ["new"]
    assert len(list(post_desk.store.fetch(DraftRow.select(DraftRow.id)))) == 1
