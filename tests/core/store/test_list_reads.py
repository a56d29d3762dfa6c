"""A list reads only the pages it shows: version ids lie on separate pages, and are read only on
request."""

import datetime
import shutil

import pytest

from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter, Sort


@pytest.fixture(scope="module")
def demo(demo_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reads") / "desk"
    with Desk.open(shutil.copytree(demo_template, folder)) as desk:
        yield desk


@pytest.fixture
def asked(demo):
    """The statements executed by the desk's connection."""
    statements = []
    connection = demo.store._raw()
    connection.set_trace_callback(statements.append)
    yield statements
    connection.set_trace_callback(None)


def of_revisions(statements):
    return [one for one in statements if "FROM revision" in one]


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_a_list_and_its_records_leave_the_revisions_unread(demo, asked, type_name):
    shown = demo.lists.page(type_name, Filter())
    streamed = {one.id for one in demo.lists.stream(type_name, Filter())}
    assert {one.id for one in shown} <= streamed
    assert len(shown) > 0 < len(asked)
    assert not of_revisions(asked)


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_a_stream_that_is_asked_for_them_names_the_current_versions(demo, asked, type_name):
    rows = list(demo.lists.stream(type_name, Filter(), limit=5, revisions=True))
    assert rows
    assert of_revisions(asked)
    for one in rows:
        assert one.revision == demo.records.history(type_name, one.id)[-1].id.hex()


def test_pledges_are_put_in_the_order_of_communes_by_an_index_alone(demo, asked):
    days = Filter(datetime.date(2023, 1, 1), datetime.date(2023, 12, 31))
    assert demo.lists.page("pledge", days, Sort("commune", False))
    (sorting,) = [sql for sql in asked if "t.row ASC LIMIT 100" in sql]
    steps = [row[3] for row in demo.store.rows(f"EXPLAIN QUERY PLAN {sorting}")]
    assert any("t USING COVERING INDEX pledge_summary" in step for step in steps), steps
