"""Values derived from a record's version (sort and match keys, its place, its links) are covered by
the full check, as lists, figures and doubles use them."""

import shutil

import pytest

from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.tables import link_tables, table_name
from borderdesk.store.records.written_records import type_plan
from tests.factories import example

HOME = {"head": "Lý Văn Páo", "commune": "06196", "hamlet": "Bản Lạn"}
DERIVED = [(model, key) for model in ALL_TYPES.values() for key in type_plan(model).derived]
LINKS = [table for model in ALL_TYPES.values() for table in link_tables(model).values()]


@pytest.fixture(scope="module")
def filled(province_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("derived") / "desk"
    with Desk.open(shutil.copytree(province_template, folder)) as desk:
        pledge = {
            "post": "BS", "programme": "khu_vuc_bien_gioi", "household": HOME,
        }  # fmt: skip
        for day in ("2023-12-05", "2023-12-06"):
            desk.records.add("pledge", {**pledge, "signed_on": day}, new_picks=True)
        registered = {"post": "BS", "subject": "household", "household": HOME, "commune": "06196"}
        for day in ("2023-12-05", "2023-12-06"):
            desk.records.add("registration", {**registered, "from_on": day})
        desk.records.add("patrol", example("patrol"))
        assert desk.maintenance.verify()["ok"]
        yield desk


def told(desk, statement):
    """The findings of the full check on a desk altered so; the alteration is undone afterwards."""
    store = desk.store
    store.run("BEGIN")
    try:
        changed = store._raw().execute(statement).rowcount
        found = desk.maintenance.verify()
    finally:
        store.run("ROLLBACK")
    assert changed == 1
    assert found["ok"] is not bool(found["problems"])
    return found["ok"]


def test_there_are_derived_columns_and_link_tables():
    assert DERIVED
    assert LINKS


@pytest.mark.parametrize(("model", "key"), DERIVED, ids=lambda one: getattr(one, "type_name", one))
@pytest.mark.parametrize("value", ["'06004'", "NULL"])
def test_an_altered_column_shows(filled, model, key, value):
    table = table_name(model)
    last = f"row = (SELECT MAX(row) FROM {table})"
    assert not told(filled, f"UPDATE {table} SET {key} = {value} WHERE {last}")


@pytest.mark.parametrize("table", LINKS)
def test_an_altered_and_a_lost_link_show(filled, table):
    first = f"unit = (SELECT MIN(unit) FROM {table})"
    assert not told(filled, f"UPDATE {table} SET unit = '06004' WHERE {first}")
    assert not told(filled, f"DELETE FROM {table} WHERE {first}")


def test_an_altered_list_of_migrations_shows(filled):
    assert not told(filled, "UPDATE schema_migration SET name = '0001_fi2st' WHERE id = 1")
    assert not told(filled, "DELETE FROM schema_migration WHERE id = 1")
