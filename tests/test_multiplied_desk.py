"""The large desk of the benchmarks could have been written by the product."""

import pytest

from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.tables import table_name
from borderdesk.store.lists.listing import Filter
from tests.bench.multiplied_desk import multiply

TIMES = 3


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("multiplied")
    make_demo(folder / "one", records=300)
    multiply(folder / "one", folder / "many", TIMES)
    with Desk.open(folder / "one") as one, Desk.open(folder / "many") as many:
        yield one, many


def test_a_multiplied_desk_has_every_record_n_times(desks):
    one, many = desks
    for model in ALL_TYPES.values():
        sql = f"SELECT COUNT(*), COUNT(DISTINCT id) FROM {table_name(model)}"
        assert many.store.one(sql) == tuple(TIMES * n for n in one.store.one(sql))
    parts = "SELECT COUNT(*) FROM private_part"
    assert many.store.value(parts) == TIMES * one.store.value(parts)


def test_verify_has_nothing_to_say_of_it(desks):
    _one, many = desks
    checked = many.maintenance.verify()
    assert checked["problems"] == []
    assert checked["ok"]


def test_its_indexes_are_those_of_every_desk(desks):
    names = "SELECT name, sql FROM sqlite_master ORDER BY name"
    one, many = (list(desk.store.rows(names)) for desk in desks)
    assert one == many


def test_copies_of_a_household_have_names_of_their_own(desks):
    one, many = desks
    heads = "SELECT COUNT(DISTINCT head) FROM household"
    assert many.store.value(heads) > 2 * one.store.value(heads)
    named = many.store.value("SELECT household FROM pledge WHERE household NOTNULL AND row % 3 = 0")
    head = many.store.value("SELECT head FROM household WHERE id = ?", (named,))
    found = many.lists.page("pledge", Filter(search=head))
    assert named in {entry.values["household"] for entry in found}


def test_rebuilt_it_is_the_same(desks):
    _one, many = desks
    assert many.maintenance.rebuild() == []
