"""A list that was ordered ahead gives the same pages as one sorted for each page."""

import datetime

import pytest

from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter, Sort

FEW = 7
YEAR = (datetime.date(2023, 1, 1), datetime.date(2023, 12, 31))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("order") / "demo"
    make_demo(folder, records=3_000)
    with Desk.open(folder) as desk:
        yield desk


def within(type_name):
    return Filter(*YEAR) if ALL_TYPES[type_name].event() is not None else Filter()


def walked(desk, type_name, chosen, sort):
    """Every page of a list, one after the other."""
    pages, after = [], None
    while True:
        page = desk.lists.page(type_name, chosen, sort, after, FEW)
        pages.append(page)
        if len(page) < FEW:
            return pages
        after = page[-1].place


def sorts(type_name):
    return [Sort(key, way) for key in ALL_TYPES[type_name].listed() for way in (True, False)]


@pytest.mark.parametrize("type_name", ALL_TYPES)
def test_the_pages_are_the_same(demo, type_name):
    for sort in sorts(type_name):
        chosen = within(type_name)
        demo.store.orders.invalidate()
        sorted_each = walked(demo, type_name, chosen, sort)
        demo.lists.order_ahead(type_name, chosen, sort)
        assert demo.store.orders.get((type_name, chosen, sort))[1], "nothing was ordered"
        assert walked(demo, type_name, chosen, sort) == sorted_each


def test_what_is_written_meanwhile_is_in_the_next_page(demo):
    chosen, sort = within("clearing"), Sort("participants", False)
    demo.lists.order_ahead("clearing", chosen, sort)
    first = demo.lists.page("clearing", chosen, sort, None, FEW)
    last = first[-1].values["participants"]
    raw = {
        "post": "BS", "kind": "sight_line", "started_on": "2023-11-05", "commune": "06196",
        "participants": last,
    }  # fmt: skip
    saved = demo.records.add("clearing", raw)
    following = [one for page in walked(demo, "clearing", chosen, sort)[1:] for one in page]
    assert saved.id in [one.id for one in following]
    demo.records.delete("clearing", saved.id, "Nhập nhầm")
    following = [one for page in walked(demo, "clearing", chosen, sort) for one in page]
    assert saved.id not in [one.id for one in following]


def test_an_order_is_what_the_next_page_comes_from(demo):
    """The cached order is used: reversed, it gives the records reversed."""
    chosen, sort = within("patrol"), Sort("participants", True)
    demo.lists.order_ahead("patrol", chosen, sort)
    asked = ("patrol", chosen, sort)
    newest, rows = demo.store.orders.get(asked)
    first = demo.lists.page("patrol", chosen, sort, None, FEW)
    place = rows.index(first[-1].row) + 1
    turned = rows[:place] + rows[place:][::-1]
    demo.store.orders.add(asked, (newest, turned))
    following = demo.lists.page("patrol", chosen, sort, first[-1].place, FEW)
    assert [one.row for one in following] == list(turned[place : place + FEW])


def test_only_the_last_few_orders_are_kept(demo):
    chosen = within("patrol")
    for sort in sorts("patrol"):
        demo.lists.order_ahead("patrol", chosen, sort)
    kept = [s for s in sorts("patrol") if demo.store.orders.get(("patrol", chosen, s)) is not None]
    assert kept == sorts("patrol")[-len(kept) :]
    assert 1 < len(kept) < len(sorts("patrol"))


def test_all_of_time_is_not_put_in_order(demo):
    demo.lists.order_ahead("patrol", Filter(), Sort("participants", True))
    assert demo.store.orders.get(("patrol", Filter(), Sort("participants", True))) is None
