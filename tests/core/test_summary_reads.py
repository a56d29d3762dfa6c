"""A summary reads only the rows of its days, and those of a table together: no full table scans."""

import shutil

import pytest

from borderdesk.closing.summary import make_summary
from borderdesk.desk import Desk
from borderdesk.schema.record import Record
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.connection.dialect import joined_ids
from borderdesk.store.connection.tables import link_tables

SCOPES = ("province", "post:BS", "commune:06196")


@pytest.fixture(scope="module")
def statements(demo_template, tmp_path_factory):
    """{scope: the statements of its month's summary}, and the desk they ran on."""
    folder = tmp_path_factory.mktemp("summary") / "desk"
    with Desk.open(shutil.copytree(demo_template, folder)) as desk:
        connection, found = desk.store.connection(), {}
        for scope in SCOPES:
            found[scope] = said = []
            connection.set_trace_callback(said.append)
            make_summary(desk, "2023-10", scope)
            connection.set_trace_callback(None)
        yield desk, found


def names_of(model: type[Record]) -> set[str]:
    """The names of record tables and their links in the plan of a statement."""
    return {model.type_name, "t", "l", *link_tables(model).values()}


@pytest.mark.parametrize("scope", SCOPES)
def test_no_table_of_records_is_read_whole(statements, scope):
    desk, found = statements
    tables = set().union(*map(names_of, RECORD_TYPES.values()))
    assert len(found[scope]) > 40
    scanned = [
        sql
        for sql in found[scope]
        for _id, _parent, _unused, step in desk.store.rows(f"EXPLAIN QUERY PLAN {sql}")
        if step.startswith("SCAN") and step.split()[1] in tables
    ]
    assert scanned == []


@pytest.mark.parametrize("scope", SCOPES)
def test_what_lasts_and_who_signed_first_are_read_once(statements, scope):
    _desk, found = statements
    lasting = [sql for sql in found[scope] if "registration t" in sql and "to_on IS NULL" in sql]
    so_far = "BETWEEN '2023-01-01'"
    signed = [
        sql for sql in found[scope] if "pledge t" in sql and "t.household" in sql and so_far in sql
    ]
    # The demonstration has one year; there is no earlier one to compare with.
    assert (len(lasting), len(signed)) == (1, 1)


def test_of_the_province_no_household_is_read(statements):
    """Whether one signed before, or is registered already, stands with its records."""
    _desk, found = statements
    assert not [sql for sql in found["province"] if joined_ids("t.household") in sql]
    assert [sql for sql in found["post:BS"] if joined_ids("t.household") in sql]


@pytest.mark.parametrize("scope", SCOPES)
def test_what_pledges_add_up_to_comes_along_with_who_signed_first(statements, scope):
    _desk, found = statements
    so_far = [
        sql
        for sql in found[scope]
        if "pledge t" in sql and "BETWEEN '2023-01-01'" in sql and "SUM(t.count)" in sql
    ]
    assert len(so_far) == 1
    assert "t.household" in so_far[0]


def test_a_type_that_can_bring_no_further_commune_is_not_read(statements):
    _desk, found = statements
    distinct = [sql for sql in found["commune:06196"] if sql.startswith("SELECT DISTINCT t.place")]
    assert distinct == []
