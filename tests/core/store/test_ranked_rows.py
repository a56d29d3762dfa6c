"""The first page of a list sorted by codes, read without ranking all, equals the sorted one."""

import pytest

from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists import list_pages, list_walks, ranked_rows
from borderdesk.store.lists.list_order import by_code, shown_column
from borderdesk.store.lists.listing import Filter, Sort
from tests.core.store.test_list_walks import YEAR

RANKED = [
    (name, key)
    for name, model in ALL_TYPES.items()
    if model.event() is not None
    for key in (*model.listed(), "post")
    if model.columns()[key].order == "rank"
]
FILTERS = Filter(), Filter(*YEAR), Filter(*YEAR, post="BS", running=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranked") / "desk"
    make_demo(folder, records=3_000)
    with Desk.open(folder) as desk:
        yield desk


@pytest.fixture
def store(made, monkeypatch):
    """A desk of which a quarter of a short list is a sample; restored after the test."""
    monkeypatch.setattr(ranked_rows, "MANY", 1)
    monkeypatch.setattr(ranked_rows, "SAMPLED", 4)
    connection = made.store.connection()
    connection.execute("BEGIN")
    yield made.store
    connection.execute("ROLLBACK")


def compared(store, type_name, key, limits=(1, 4, 30)):
    """How many first pages were read from early codes; each is the sorted one."""
    early = 0
    for chosen in FILTERS:
        for descending in (True, False):
            for limit in limits:
                asked = (store, ALL_TYPES[type_name], chosen, Sort(key, descending))
                rows = list_walks.first_rows(*asked, limit)
                with pytest.MonkeyPatch.context() as patched:
                    patched.setattr(list_pages, "first_rows", lambda *_asked: None)
                    ordered = list_pages.page(*asked, None, limit)
                assert rows in (None, [entry.row for entry in ordered])
                assert list_pages.page(*asked, None, limit) == ordered
                early += rows is not None
    return early


@pytest.mark.parametrize(("type_name", "key"), RANKED)
def test_the_page_is_that_of_the_whole_list(store, type_name, key):
    assert compared(store, type_name, key) >= 4


@pytest.mark.parametrize(("type_name", "key"), [("pledge", "commune"), ("outreach", "topics")])
def test_codes_of_no_list_and_records_without_one(store, type_name, key):
    column = shown_column(ALL_TYPES[type_name], key).removeprefix("t.")
    for code, rest in (("'zz'", 3), ("'aa'", 4), ("NULL", 5), ("''", 6)):
        store.run(f"UPDATE {type_name} SET {column} = {code} WHERE row % 7 = {rest}")
    assert compared(store, type_name, key) >= 6


def test_rows_that_are_not_in_the_order_of_their_days(store):
    store.run("UPDATE pledge SET signed_on = date(signed_on, (row * 37 % 300 - 150) || ' days')")
    assert compared(store, "pledge", "programme", (1, 9)) >= 6


def test_a_list_that_is_all_one_code_or_empty(store):
    store.run("UPDATE pledge SET programme = 'ma_tuy'")
    store.run("DELETE FROM patrol")
    assert compared(store, "pledge", "programme") >= 6
    assert compared(store, "patrol", "kind") == 0


def test_a_small_desk_and_a_month_are_sorted(store, monkeypatch):
    asked = (store, ALL_TYPES["pledge"], Filter(*YEAR), Sort("post"), 1)
    assert ranked_rows.first_ranked_rows(*asked)
    monkeypatch.setattr(ranked_rows, "MANY", 1_000_000)
    assert ranked_rows.first_ranked_rows(*asked) is None
    monkeypatch.setattr(ranked_rows, "MANY", 1)
    monkeypatch.setattr(ranked_rows, "SAMPLED", 365)
    assert ranked_rows.first_ranked_rows(*asked) is None


@pytest.mark.parametrize("descending", [True, False])
def test_most_records_are_left_out_by_their_code_and_row(store, descending):
    said = []
    store.connection().set_trace_callback(said.append)
    asked = (store, ALL_TYPES["pledge"], Filter(*YEAR), Sort("programme", descending))
    assert ranked_rows.first_ranked_rows(*asked, 5)
    store.connection().set_trace_callback(None)
    condition = said[-1].partition(" AND CASE")[2].partition(" ORDER BY")[0]
    sql = f"SELECT COUNT(*) FROM pledge t WHERE t.signed_on BETWEEN ? AND ? AND CASE{condition}"
    assert 5 <= store.value(sql, [day.isoformat() for day in YEAR]) <= 8


@pytest.mark.parametrize(
    ("chosen", "key"),
    [(Filter(*YEAR), "signed_on"), (Filter(*YEAR), "count"), (Filter(*YEAR, search="12"), "post")],
)
def test_other_orders_and_searches_are_sorted(store, chosen, key):
    sorts = [Sort(key, descending) for descending in (True, False)]
    pages = [list_walks.first_rows(store, ALL_TYPES["pledge"], chosen, sort, 1) for sort in sorts]
    assert pages == [None, None]


def test_a_condition_that_few_meet_leads_back_to_sorting(store, monkeypatch):
    monkeypatch.setattr(ranked_rows, "_conditions", lambda *_asked: {"phao": "FALSE"})
    store.run("UPDATE pledge SET programme = 'phao'")
    assert compared(store, "pledge", "programme") == 0


def test_any_other_code_meets_the_condition_and_none_does(store):
    conditions = dict.fromkeys("bdfhjlnprt", "FALSE") | {"d": "t.n > 3"}
    values = ", ".join(f"('{code}', {n})" for n, code in enumerate("abcdefgdlz"))
    table = f"(SELECT column1 AS c, column2 AS n FROM (VALUES {values}, (NULL, 9)))"
    found = store.rows(f"SELECT c, n FROM {table} t WHERE {by_code(conditions, 't.c')} ORDER BY n")
    assert list(found) == [
        ("a", 0), ("c", 2), ("e", 4), ("g", 6), ("d", 7), ("z", 9), (None, 9),
    ]  # fmt: skip
