"""What is read for one paper is of one moment, whatever another program saves meanwhile."""

import itertools
import json
import threading

import pytest

from borderdesk.closing.summary import as_json, make_summary
from borderdesk.desk import Desk
from borderdesk.overview.overview import make_overview
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.period_state import period_state
from borderdesk.reports.preview import all_pages, first_page
from borderdesk.reports.report_kinds import write_report

MONTH = "2023-10"
TRACKS = "marker_tracks_built"
TRACK = {"post": "BS", "completed_on": "2023-10-20", "commune": "06202", "count": 3}


@pytest.fixture
def desk(post_desk):
    post_desk.records.add("track", TRACK)
    return post_desk


def save_another(desk):
    """Save a track by another program, as it were: with a connection of its own."""

    def save():
        with Desk.open(desk.folder) as other:
            other.records.add("track", TRACK | {"completed_on": "2023-10-21"})

    thread = threading.Thread(target=save)
    thread.start()
    thread.join()


def read_while_saving(desk, read, number):
    """What `read` gives if a track is saved before its statement `number` that reads tracks."""
    connection, statements = desk.store.connection(), itertools.count(1)

    def note(sql):
        if " track " in sql and next(statements) == number:
            save_another(desk)

    connection.set_trace_callback(note)
    try:
        return read()
    finally:
        connection.set_trace_callback(None)
        assert next(statements) > number


def figures(desk):
    rows = {row["key"]: row for row in as_json(make_summary(desk, MONTH))["rows"]}
    return rows[TRACKS]["value"], rows[TRACKS]["year_to_date"]


@pytest.mark.parametrize("number", [2, 3])
def test_a_month_and_its_year_are_of_one_moment(desk, number):
    assert read_while_saving(desk, lambda: figures(desk), number) == (3, 3)
    assert figures(desk) == (6, 6)


def test_a_written_report_is_of_one_moment(desk, tmp_path):
    target, request = tmp_path / "a.json", Request("summary", MONTH)
    read_while_saving(desk, lambda: write_report(desk, request, target), 2)
    rows = {row["key"]: row for row in json.loads(target.read_text("utf-8"))["rows"]}
    assert (rows[TRACKS]["value"], rows[TRACKS]["year_to_date"]) == (3, 3)


def test_the_first_page_is_of_one_moment(desk):
    def tracks():
        return {goal.key: goal.value.value for goal in make_overview(desk, MONTH).goals}[TRACKS]

    assert read_while_saving(desk, tracks, 1) == 3
    assert tracks() == 6


def test_the_changes_of_an_amendment_are_of_one_moment(desk, tmp_path):
    desk.closing.close_period(MONTH)
    write_report(desk, Request("summary", MONTH), tmp_path / "signed.pdf")
    desk.closing.amend_period(MONTH, None, "thử")
    request = Request("summary", MONTH)
    assert read_while_saving(desk, lambda: period_state(desk, request), 2).changes == []
    changes = period_state(desk, request).changes
    assert {change.column for change in changes if change.key == TRACKS} == {
        "value", "year_to_date",
    }  # fmt: skip


def test_all_pages_are_of_one_moment_whatever_the_first_page_shows(desk, tmp_path):
    request = Request("summary", MONTH, annex_registers=("track",))
    first = first_page(desk, request, tmp_path / "first.pdf")
    save_another(desk)
    pages = all_pages(desk, first, tmp_path / "all.pdf")
    values = [{line.key: line.value for line in p.summary.lines}[TRACKS] for p in (first, pages)]
    assert values == [3, 6]


def test_a_snapshot_within_a_transaction_is_of_its_moment(desk):
    with desk.store.snapshot(), desk.store.snapshot():
        assert figures(desk) == (3, 3)
        save_another(desk)
        assert figures(desk) == (3, 3)
    assert not desk.store.in_transaction()
    assert figures(desk) == (6, 6)
