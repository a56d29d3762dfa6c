"""The period chooser above a list: its entries depend on the records there are."""

import datetime

import pytest

from tests.factories import example

DAYS = "2023-12-04", "2023-11-20"


@pytest.fixture
def saved(post_desk):
    return [
        post_desk.records.add("clearing", {"kind": "sight_line", "started_on": day,
                                           "commune": "06202", "participants": 12}).id
        for day in DAYS
    ]  # fmt: skip


def test_the_span_is_that_of_the_newest_and_the_oldest(post_desk, saved):
    newest, oldest = map(datetime.date.fromisoformat, DAYS)
    assert post_desk.lists.dates("clearing") == (newest, oldest)
    post_desk.records.delete("clearing", saved[0], "nhập nhầm")
    assert post_desk.lists.dates("clearing") == (oldest, oldest)


def test_without_records_or_without_dates_there_is_no_span(post_desk, saved):
    for record in saved:
        post_desk.records.delete("clearing", record, "nhập nhầm")
    assert post_desk.lists.dates("clearing") == (None, None)
    post_desk.records.add("household", example("household"))
    assert post_desk.lists.dates("household") == (None, None)
