"""The first page read by walking an index equals the sorted one."""

import datetime

import pytest

from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists import list_pages, list_walks
from borderdesk.store.lists.listing import Filter, ListQuery, Sort
from borderdesk.store.lists.search_terms import search_terms

YEAR = (datetime.date(2023, 1, 1), datetime.date(2023, 12, 31))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walks") / "desk"
    make_demo(folder, records=3_000)
    with Desk.open(folder) as desk:
        yield desk


@pytest.fixture
def store(made):
    """Households of which several share a name, some have none, and one was deleted; restored after
    the test."""
    connection = made.store.connection()
    connection.execute("BEGIN")
    change = made.store.run
    change("UPDATE household SET head_key = 'b' WHERE row % 5 = 0")
    change("UPDATE household SET head_key = NULL WHERE row % 50 = 1")
    change("UPDATE household SET citizen_id = 'c' || row % 40 WHERE row % 3 = 0")
    change("DELETE FROM household WHERE row % 50 = 2")
    yield made.store
    connection.execute("ROLLBACK")


@pytest.fixture
def walking(monkeypatch):
    """Make a small desk use index walks like a large one; returns monkeypatch."""
    monkeypatch.setattr(list_walks, "STEP", 0)
    monkeypatch.setattr(list_walks, "SEARCHED_STEP", 0)
    monkeypatch.setattr(list_walks, "SAMPLED", 1)
    return monkeypatch


def pages(store, type_name, chosen, key, limit):
    """(walked page, sorted page) descending, then ascending; None where no walk applies."""
    model = ALL_TYPES[type_name]
    for descending in (True, False):
        asked = (store, model, chosen, Sort(key, descending))
        walked = list_walks.first_rows(*asked, limit)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(list_pages, "first_rows", lambda *_asked: None)
            ordered = list_pages.page(*asked, None, limit)
        assert list_pages.page(*asked, None, limit) == ordered
        yield walked, [entry.row for entry in ordered]


@pytest.mark.parametrize("type_name", ["pledge", "registration"])
@pytest.mark.parametrize("limit", [1, 3, 9])
@pytest.mark.usefixtures("walking")
def test_by_the_names_of_households(store, type_name, limit):
    posts = store.rows(f"SELECT post FROM {type_name} GROUP BY post ORDER BY COUNT(*) DESC LIMIT 1")
    halves = Filter(*YEAR), Filter(YEAR[0], datetime.date(2023, 6, 30))
    ways = 0
    for chosen in (*halves, halves[0]._replace(post=next(posts)[0])):
        for walked, ordered in pages(store, type_name, chosen, "household", limit):
            assert walked in (None, ordered)
            ways += walked is not None
    assert ways >= (6 if limit == 1 else 2)


@pytest.mark.parametrize("days", [1, 5, 40])
def test_a_list_that_ends_before_it_begins_is_empty(store, days):
    chosen = Filter(YEAR[0], YEAR[0] - datetime.timedelta(days=days))
    for walked, ordered in pages(store, "pledge", chosen, "household", 3):
        assert (walked, ordered) == (None, [])


@pytest.mark.parametrize("type_name", ["pledge", "registration"])
@pytest.mark.usefixtures("walking")
def test_the_records_of_a_household_are_found_by_an_index(store, type_name):
    said = []
    store.connection().set_trace_callback(said.append)
    asked = (store, ALL_TYPES[type_name], Filter(*YEAR), Sort("household", True))
    assert list_walks.first_rows(*asked, 3)
    store.connection().set_trace_callback(None)
    (walked,) = [sql for sql in said if "CROSS JOIN" in sql]
    steps = [row[3] for row in store.rows(f"EXPLAIN QUERY PLAN {walked}")]
    assert steps[0].startswith("SEARCH h USING INDEX household_by_head_key"), steps
    assert f"INDEX {type_name}_by_household (household=?" in steps[1], steps


@pytest.mark.usefixtures("walking")
def test_those_whose_household_has_no_name_here_stand_with_those_that_name_nobody(store):
    unnamed = (
        "SELECT t.row FROM pledge t LEFT JOIN household h ON h.id = t.household"
        " WHERE t.signed_on >= '2023' AND t.household NOTNULL AND COALESCE(h.head_key, '') = ''"
    )
    rows = {row[0] for row in store.rows(unnamed)}
    nobody = store.value(
        "SELECT COUNT(*) FROM pledge WHERE signed_on >= '2023' AND household IS NULL"
    )
    _downwards, (walked, ordered) = pages(store, "pledge", Filter(*YEAR), "household", nobody)
    assert walked == ordered
    assert rows.intersection(walked)
    assert len(walked) == nobody > len(rows.intersection(walked))


@pytest.mark.usefixtures("walking")
def test_a_list_that_ends_before_the_page_is_sorted(store):
    found = pages(store, "pledge", Filter(*YEAR), "household", 3_000)
    assert [walked for walked, _ordered in found] == [None, None]


def test_a_walk_ends_where_it_does_not_lead_to_a_page_soon(store, walking):
    walking.setattr(list_walks, "SPARE", 0)
    (downwards, _ordered), _upwards = pages(store, "pledge", Filter(*YEAR), "household", 4)
    assert downwards is None


@pytest.mark.parametrize("key", ["commune", "citizen_id"])
@pytest.mark.parametrize("limit", [1, 17, 150, 3_000])
def test_households_by_a_column_with_an_index(store, key, limit):
    for walked, ordered in pages(store, "household", Filter(), key, limit):
        assert walked == ordered


@pytest.mark.parametrize("limit", [2, 30, 150])
def test_codes_of_no_list_stand_together_after_those_of_it(store, limit):
    store.run("UPDATE household SET commune = 'zz' WHERE row % 7 = 3")
    store.run("UPDATE household SET commune = 'aa' WHERE row % 7 = 5")
    store.run("UPDATE household SET commune = NULL WHERE row % 7 = 6")
    store.run("UPDATE household SET commune = '' WHERE row = 9")
    for walked, ordered in pages(store, "household", Filter(), "commune", limit):
        assert walked == ordered


def test_an_empty_text_stands_where_sorting_has_it(store):
    store.run("UPDATE household SET citizen_id = '' WHERE row % 9 = 4")
    assert [one for one, _ordered in pages(store, "household", Filter(), "citizen_id", 9)] == [
        None,
        None,
    ]


@pytest.mark.parametrize("key", ["head", "hamlet", "citizen_id"])
@pytest.mark.usefixtures("walking")
def test_households_that_a_search_finds(store, key):
    for search, limit in (("cam ket", 5), ("thi", 3), ("thi cam", 4)):
        for walked, ordered in pages(store, "household", Filter(search=search), key, limit):
            assert walked == ordered


@pytest.mark.parametrize("search", ["cam", "12", "cam ket 2", "2023", "hop"])
def test_the_newest_that_a_search_finds(store, walking, search):
    walking.setattr(list_walks, "SEARCHED", 0)
    store.run("UPDATE pledge SET signed_on = '2023-10-0' || (row % 9 + 1) WHERE row % 4 = 0")
    november = Filter(YEAR[0], datetime.date(2023, 11, 20), search=search)
    for chosen in (Filter(search=search), november, november._replace(post="BS")):
        for limit in (1, 6, 1_900):
            (newest, ordered), (oldest, _ordered) = pages(
                store, "pledge", chosen, "signed_on", limit
            )
            assert newest in (None, ordered)
            assert oldest is None
    (newest, ordered), _oldest = pages(store, "pledge", Filter(search="cam"), "signed_on", 6)
    assert newest == ordered
    assert len(newest) == 6


def test_a_small_desk_and_the_last_days_are_searched_at_once(store, monkeypatch):
    asked = (store, ALL_TYPES["pledge"], Sort("signed_on"), 1)
    search = Filter(search="cam")
    assert list_walks.first_rows(*asked[:2], search, *asked[2:]) is None
    monkeypatch.setattr(list_walks, "SEARCHED", 0)
    assert list_walks.first_rows(*asked[:2], search, *asked[2:])
    for chosen in (
        search._replace(first=datetime.date(2023, 12, 1)),
        search._replace(running=True),
    ):
        assert list_walks.first_rows(*asked[:2], chosen, *asked[2:]) is None


APART = [
    (type_name, key)
    for type_name in ("pledge", "patrol")
    for key in ALL_TYPES[type_name].listed()
    if key != ALL_TYPES[type_name].event().name
]


@pytest.fixture
def apart(store, walking):
    """A desk on which what has a rare word is looked up apart, as on a large one; many figures
    are 12."""
    walking.setattr(list_walks, "MANY", 0)
    walking.setattr(list_walks, "LONG", 0)
    walking.setattr(list_walks, "COMMON", 1)
    store.run("UPDATE pledge SET count = 12 WHERE row % 9 = 1")
    store.run("UPDATE patrol SET participants = 12 WHERE row % 3 = 1")
    return store


@pytest.mark.parametrize(("type_name", "key"), APART)
def test_what_a_search_finds_by_a_word_or_a_column(apart, type_name, key):
    chosen = Filter(*YEAR, search="12")
    posts = apart.rows(f"SELECT post FROM {type_name} GROUP BY post ORDER BY COUNT(*) DESC LIMIT 1")
    filters = chosen, chosen._replace(search="100"), chosen._replace(post=next(posts)[0])
    ways = 0
    for list_filter in filters:
        for limit in (1, 6, 1_900):
            for found, ordered in pages(apart, type_name, list_filter, key, limit):
                assert found in (None, ordered)
                ways += found is not None
    assert ways >= 12


def test_some_have_the_word_and_some_the_figure(apart):
    chosen = Filter(*YEAR, search="12")
    (term,) = search_terms(ALL_TYPES["patrol"], "12", apart.orders)
    parts = term._replace(conditions=[], params=[]), term._replace(words=[]), term
    queries = [ListQuery(apart, ALL_TYPES["patrol"], chosen, terms=[part]) for part in parts]
    by_word, by_figure, both = (
        {row for (row,) in apart.rows(query.sql("t.row"), query.params)} for query in queries
    )
    assert by_word - by_figure
    assert by_figure - by_word
    assert both == by_word | by_figure
    assert "MATCH" not in queries[1].sql("t.row")


@pytest.mark.parametrize(
    ("search", "key"), [("1", "count"), ("1250", "count"), ("12 13", "count"), ("12", "signed_on")]
)
def test_other_searches_are_compared_at_once(apart, search, key):
    asked = (apart, ALL_TYPES["pledge"], Filter(*YEAR, search=search), Sort(key, False), 2)
    assert list_walks.first_rows(*asked) is None


@pytest.mark.parametrize("limit", ["MANY", "LONG", "COMMON"])
def test_a_common_word_and_that_of_a_short_list_are_compared_at_once(apart, monkeypatch, limit):
    asked = (apart, ALL_TYPES["pledge"], Filter(*YEAR, search="12"), Sort("count"), 2)
    assert list_walks.first_rows(*asked)
    monkeypatch.setattr(list_walks, limit, 1_000_000)
    assert list_walks.first_rows(*asked) is None


@pytest.mark.usefixtures("walking")
def test_households_of_some_communes(store):
    by_size = "SELECT commune FROM household GROUP BY commune ORDER BY COUNT(*) DESC LIMIT 4"
    largest, *others = [row[0] for row in store.rows(by_size)]
    for units, limit in (({largest}, 1), ({largest}, 7), ({*others}, 20), ({"zz"}, 1)):
        chosen = Filter(units=frozenset(units))
        for walked, ordered in pages(store, "household", chosen, "citizen_id", limit):
            assert walked == (ordered or None)


@pytest.mark.parametrize(
    ("type_name", "chosen", "key"),
    [("pledge", Filter(*YEAR), "household"), ("household", Filter(search="cam"), "head")],
)
def test_a_small_desk_sorts(store, type_name, chosen, key):
    found = pages(store, type_name, chosen, key, 100)
    assert [walked for walked, _ordered in found] == [None, None]
