"""The chooser of a period above a list: what it offers follows the records that there are."""

import datetime
from types import SimpleNamespace

import pytest

from borderdesk.schema.records import ALL_TYPES
from ui.widgets.period_chooser import span_of

DAYS = "2023-12-04", "2023-11-20"


@pytest.fixture
def saved(post_desk):
    return [
        post_desk.records.add("clearing", {"kind": "sight_line", "started_on": day,
                                           "commune": "06202", "participants": 12}).id
        for day in DAYS
    ]  # fmt: skip


@pytest.mark.usefixtures("saved")
def test_the_span_is_that_of_the_newest_and_the_oldest(post_desk):
    newest, oldest = map(datetime.date.fromisoformat, DAYS)
    assert span_of(post_desk, "clearing", ALL_TYPES["clearing"].event()) == (newest, oldest)


def test_records_that_go_between_two_readings_leave_no_span(post_desk, saved):
    class OtherProgram:
        """Reads for the window, and deletes what it has read before it is read again."""

        def page(self, *asked, **how):
            found = post_desk.lists.page(*asked, **how)
            while saved:
                post_desk.records.delete("clearing", saved.pop(), "nhập nhầm")
            return found

    asking = SimpleNamespace(lists=OtherProgram())
    assert span_of(asking, "clearing", ALL_TYPES["clearing"].event()) == (None, None)
