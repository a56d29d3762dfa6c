"""A selection of records: the part of a scope it covers, and that everything is computed once."""

import datetime
import shutil
from collections import Counter

import pytest

from borderdesk.desk import Desk
from borderdesk.figures.figures import Figures
from borderdesk.figures.indicator import FlowIndicator, StockIndicator
from borderdesk.figures.indicators import all_rows, types_reaching_later
from borderdesk.figures.quantities import DateRange
from borderdesk.figures.scopes import make_view
from borderdesk.figures.sources import LIFESPANS, SOURCES, Summand
from borderdesk.schema.records import RECORD_TYPES
from tests.core.test_closing import clearing, incident, pledge, registration

OCTOBER = DateRange(datetime.date(2023, 10, 1), datetime.date(2023, 10, 31))


class CountedStore:
    """A store that counts its queries."""

    def __init__(self, store):
        self.store = store
        self.asked = Counter()

    def __getattr__(self, name):
        return getattr(self.store, name)

    def one(self, sql, params):
        self.asked[sql.partition(" FROM ")[2].partition(" WHERE ")[0]] += 1
        return self.store.one(sql, params)


def figures_of(desk, scope="post:BS", period="2023-10"):
    view = make_view(desk, period, scope)
    return Figures(desk.store, desk.book, desk.calendar(), view.scope, view.day)


def row_of(desk, key):
    return next(row for row in all_rows(desk.book) if row.key == key)


def test_each_table_is_asked_once_for_all_figures(post_desk):
    figures = figures_of(post_desk)
    figures.store = store = CountedStore(post_desk.store)
    figures.values(OCTOBER)
    pieces = {p for row in figures.rows for p in row.pieces if not p.rows.in_units}
    several = {SOURCES[name].tables for name in {piece.source for piece in pieces}}
    assert store.asked.keys() == several | {"registration t"}
    # An incident counts by the day it happened, by the day it was settled, and while it is open.
    assert {tables: times for tables, times in store.asked.items() if times > 1} == {
        "incident t": 3
    }
    asked = store.asked.copy()
    figures.values(OCTOBER)
    for row in figures.rows:
        assert figures.value(row, OCTOBER) == figures.values(OCTOBER)[row.key]
    assert store.asked == asked


def test_what_was_worked_out_stays_until_it_is_forgotten(post_desk):
    desk, figures = post_desk, figures_of(post_desk)
    flow, stock = row_of(desk, "clearing_participants"), row_of(desk, "incidents_open")
    homes = row_of(desk, "households_registered")

    def found():
        return (
            figures.values(OCTOBER)[flow.key], figures.amount(flow.pieces[0], OCTOBER),
            figures.alive("incident", "COUNT(1)", OCTOBER.last), stock.value(figures, OCTOBER),
            len(homes.standing(figures, OCTOBER.last)),
        )  # fmt: skip

    assert found() == (0,) * 5
    desk.records.add("clearing", clearing("2023-10-05", 7))
    desk.records.add("incident", incident("2023-10-05"))
    desk.records.add("registration", registration("2023-10-05"))
    assert found() == (0,) * 5
    rest = figures.without(frozenset())
    assert rest.value(flow, OCTOBER) == 7
    assert found() == (0,) * 5
    figures.forget()
    assert found() == (7, 7, 1, 1, 1)
    made = []
    assert [figures.cached("key", lambda: made.append(1) or 5) for _again in range(2)] == [5, 5]
    assert made == [1]


def test_a_selection_without_some_units_or_posts_leaves_the_whole_as_it_is(post_desk):
    commune = figures_of(post_desk, "commune:06196", "2025-08")
    units = commune.scope.units
    rest = commune.without(frozenset({"06202-2023"}))
    assert (rest.scope.units, commune.scope.units) == (units - {"06202-2023"}, units)
    post = figures_of(post_desk)
    assert (post.posts, post.without(frozenset({"BS"})).posts) == (("BS",), ())
    assert post.posts == ("BS",)
    assert figures_of(post_desk, "province").posts == ()
    assert figures_of(post_desk, "province").without(frozenset({"x"})).scope.units is None


@pytest.fixture(scope="module")
def busy(province_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("selection") / "desk"
    with Desk.open(shutil.copytree(province_template, folder)) as desk:
        for post, commune, day in (
            ("BS", "06196", "2023-10-01"), ("BS", "06202", "2023-10-31"),
            ("CM", "06196", "2023-10-15"), ("BS", "06196", "2023-11-01"),
        ):  # fmt: skip
            raw = {**clearing(day, 5), "post": post, "commune": commune, "labour_days": 1.5}
            desk.records.add("clearing", raw)
        yield desk


@pytest.mark.parametrize(
    ("scope", "days", "places"),
    [
        ("province", ["01", "15", "31"], {"06196-2023", "06202-2023"}),
        ("post:BS", ["01", "31"], {"06196-2023", "06202-2023"}),
        ("commune:06196", ["01", "15"], {"06196-2023"}),
        ("post:TT", [], set()),
    ],
)
def test_records_of_a_scope_by_day_and_place(busy, scope, days, places):
    figures = figures_of(busy, scope)
    people, work = row_of(busy, "clearing_participants"), row_of(busy, "labour_days")
    on = [datetime.date(2023, 10, int(day)) for day in days]
    assert isinstance(people, FlowIndicator)
    assert people.by_day(figures, OCTOBER) == dict.fromkeys(on, 5)
    assert {str(one) for one in work.by_day(figures, OCTOBER).values()} == (
        {"1.5"} if on else set()
    )
    assert figures.places(OCTOBER) == figures.units_in(SOURCES["clearing"], OCTOBER) == places
    assert len(figures.record_ids(people, OCTOBER)) == len(on)
    assert figures.records(people, OCTOBER).keys() == ({"clearing"} if on else set())


def test_a_unit_lies_in_a_scope_by_its_day(busy):
    province, post = figures_of(busy, "province"), figures_of(busy)
    commune, later = figures_of(busy, "commune:06196"), figures_of(busy, "post:BS", "2025-08")
    units = ("06196-2023", "06202-2023", "06004-2023", "06622-2023")
    assert [[one.holds(unit) for unit in units] for one in (province, post, commune, later)] == [
        [True] * 4, [True, True, False, False], [True, False, False, False],
        [True, True, False, False],
    ]  # fmt: skip
    assert [later.mapped(unit) for unit in units[1:]] == [{"06196-2025"}, {"06004-2025"}, set()]
    assert post.mapped("06622-2023") == {"06622-2023"}


def test_a_piece_of_shares_counts_where_units_are_asked_alone(busy):
    shares = (Summand("outreach_here", "c.attendance"), Summand("outreach", "1"))
    assert [figures_of(busy, "post:BS").applies(one) for one in shares] == [False, True]
    assert [figures_of(busy, "commune:06196").applies(one) for one in shares] == [True, True]


def test_what_reaches_later_periods_is_told_by_type(busy):
    found = types_reaching_later(busy.book)
    assert found == {"registration", "incident", "pledge"}
    for row in all_rows(busy.book):
        assert row.reaches_later >= row.counts_earlier
        assert {*row.types} <= {*RECORD_TYPES}
        if isinstance(row, StockIndicator):
            assert row.counts_earlier == {LIFESPANS[row.lifespan].type}
            assert (row.adds_up, row.counts_things, row.pieces) == (False, False, ())


def test_sources_are_dated_by_their_event_or_say_that_they_are_not():
    dated = {name for name, source in SOURCES.items() if source.is_dated_by_event}
    assert SOURCES.keys() - dated == {"incident_closed"}
    assert Summand("pledge", "t.count").aggregate == "SUM(t.count)"
    assert Summand("pledge", "t.count", distinct=True).aggregate == "COUNT(DISTINCT t.count)"
    with pytest.raises(ValueError, match="odd"):
        FlowIndicator("odd", "g", "l", "u", (Summand("pledge", "1"), Summand("pledge", "2", True)))


def test_of_records_with_the_same_thing_the_first_brings_it(post_desk):
    ids = [post_desk.records.add("registration", registration("2023-10-02")).id for _n in range(2)]
    other = post_desk.records.add("registration", registration("2023-10-03", "Lý B")).id
    row, figures = row_of(post_desk, "households_registered"), figures_of(post_desk)
    first = sorted([*ids, other])
    addends = row.addends(figures, OCTOBER)
    assert [*addends] == first
    assert sum(addends.values()) == row.value(figures, OCTOBER) == 2
    assert {addends[one] for one in ids} == {0, 1}
    assert addends[min(ids)] == 1
    promise = post_desk.records.add("pledge", pledge("2023-10-05")).id
    signed = row_of(post_desk, "household_pledges")
    assert signed.addends(figures, OCTOBER) == {promise: 1}


DAYS = (datetime.date(2023, 10, 31), datetime.date(2022, 10, 31), datetime.date(2023, 3, 31))


def test_what_is_alive_on_several_days_is_read_in_one_pass(post_desk):
    spans = (("2022-05-01", "2022-12-31"), ("2022-10-31", None), ("2023-10-31", "2023-10-31"),
             ("2023-11-01", None), ("2021-01-01", "2022-10-30"))  # fmt: skip
    for number, (first, last) in enumerate(spans):
        ends = {} if last is None else {"to_on": last}
        post_desk.records.add("registration", registration(first, f"Lý {'ABCDE'[number]}", **ends))
    post_desk.records.add("incident", incident("2022-10-30"))
    together = figures_of(post_desk)
    together.store = store = CountedStore(post_desk.store)
    together.read_stocks(*DAYS)
    assert store.asked == {"registration t": 1, "incident t": 1}
    stocks = [row for row in together.rows if isinstance(row, StockIndicator)]
    counted = {
        (row.key, day): row.value(together, DateRange(day, day)) for row in stocks for day in DAYS
    }
    assert store.asked == {"registration t": 1, "incident t": 1}
    each = figures_of(post_desk)
    assert counted == {
        (row.key, day): row.value(each, DateRange(day, day)) for row in stocks for day in DAYS
    }
    assert [counted["households_registered", day] for day in DAYS] == [2, 2, 1]
