"""Shares of single records in a figure: they add up to it, and other records have none."""

from decimal import Decimal

import pytest

from borderdesk.base.i18n import language, set_language
from borderdesk.closing.comparison import as_signed, differing, signed_summary
from borderdesk.closing.lines import YearToDateParts, number_of, number_text
from borderdesk.closing.summary import make_summary
from borderdesk.figures import indicators
from borderdesk.figures.indicator import FlowIndicator, StockIndicator
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.quantities import FLOW, STOCK, DateRange
from borderdesk.figures.shares import RecordShares
from borderdesk.figures.sources import Summand
from borderdesk.store.records.counted_revisions import CountedRevisions
from borderdesk.store.records.history import last_seq
from tests.core.test_boundaries import FIRST, LAST, add, figures, row_of
from tests.core.test_closing import (
    COMMUNE,
    OTHER,
    clearing,
    incident,
    patrol,
    pledge,
    registration,
    sent,
)

MONTH = DateRange(FIRST, LAST)
SCOPES = ("province", "post:BS", "post:TL", f"commune:{COMMUNE}", f"commune:{OTHER}")

PLACES_WORKED = FlowIndicator(
    "places_worked", "", "", "",
    (Summand("clearing", "t.commune", distinct=True),
     Summand("outreach", "t.commune", distinct=True)),
)  # fmt: skip
"""Distinct things from two sources: the same commune from each counts twice."""


def outreach(day, **more):
    return {"post": "BS", "form": "session", "held_on": day, "commune": COMMUNE, "sessions": 2,
            "attendance": 100, "topics": ["phao"], **more}  # fmt: skip


@pytest.fixture
def busy(desk):
    """A desk with a record for every kind of count, some on the first and last day."""
    add(
        desk, "clearing",
        clearing("2023-10-01", 7, length_m=12.5, labour_days=1.5),
        clearing("2023-10-31", 3, commune=OTHER), clearing("2023-11-01", 1000),
        clearing("2023-10-31", 4, commune=OTHER, length_m=0.1),
    )  # fmt: skip
    elsewhere = [{"commune": OTHER, "attendance": 30}]
    add(desk, "outreach", outreach("2023-10-01", other_places=elsewhere), outreach("2023-10-31"))
    add(
        desk, "patrol",
        patrol("2023-10-01", "1185", "1185", "1186"), patrol("2023-10-31", "1186"),
        patrol("2023-10-02"),
    )  # fmt: skip
    add(desk, "pledge", pledge("2023-10-01"), pledge("2023-10-31", "Lý B"))
    add(
        desk, "registration",
        registration("2023-10-31"), registration("2023-09-01", "Lý B", to_on="2023-10-31"),
        registration("2023-09-01", "Lý C", to_on="2023-10-30"), registration("2023-11-01", "Lý D"),
    )  # fmt: skip
    add(
        desk, "incident", incident("2023-10-31", persons=2),
        incident("2023-09-30", status="closed", closed_on="2023-10-31", persons=3),
    )  # fmt: skip
    return desk


# ------------------------------------------------------------------- figures and their records


@pytest.mark.parametrize("scope", SCOPES)
def test_shares_add_up_to_the_figure(busy, scope):
    chosen = figures(busy, scope=scope)
    for row in [row for row in all_rows(busy.book) if row.kind == FLOW and row.pieces]:
        shares, value = row.shares(chosen, MONTH), row.value(chosen, MONTH)
        if row.counts_things:
            assert len(frozenset().union(*shares.values())) == value, row.key
            assert len(row.things(chosen, MONTH)) == value, row.key
        else:
            total = Decimal(sum(shares.values())).scaleb(-1) if row.tenths else sum(shares.values())
            assert total == value, row.key
            assert sum(row.by_day(chosen, MONTH).values()) == value, row.key
        assert shares.keys() <= set(chosen.record_ids(row, MONTH)), row.key


@pytest.mark.parametrize("scope", SCOPES)
def test_standing_records_count_as_the_stock(busy, scope):
    chosen = figures(busy, scope=scope)
    stocks = [row for row in all_rows(busy.book) if isinstance(row, StockIndicator)]
    assert any(row.of_households for row in stocks)
    for row in stocks:
        assert row.kind == STOCK
        standing = row.standing(chosen, LAST)
        assert len(standing) == row.value(chosen, MONTH), row.key
        assert sorted(row.shares(chosen, MONTH)) == chosen.record_ids(row, MONTH), row.key


def test_shares_are_exact_numbers_of_their_records(busy):
    first, last, _later, short = [
        record for (record,) in busy.store.rows("SELECT id FROM clearing ORDER BY row")
    ]
    chosen = figures(busy)
    assert row_of(busy, "clearing_participants").shares(chosen, MONTH) == {
        first: 7, last: 3, short: 4,
    }  # fmt: skip
    assert row_of(busy, "clearing_length").shares(chosen, MONTH) == {first: 125, short: 1}


def test_a_record_that_adds_nought_is_not_behind_the_figure(busy):
    add(busy, "outreach", outreach("2023-10-01", leaflets=0))
    (one,) = add(busy, "outreach", outreach("2023-10-31", leaflets=1))
    chosen, row = figures(busy), row_of(busy, "leaflets")
    assert chosen.record_ids(row, MONTH) == [one]
    assert row.shares(chosen, MONTH) == {one: 1}


def test_other_places_change_what_a_record_brings_where_units_are_asked(busy):
    row = row_of(busy, "outreach_attendance")
    brought = {
        scope: sorted(row.shares(figures(busy, scope=scope), MONTH).values()) for scope in SCOPES
    }
    assert list(brought.values()) == [[100, 100], [100, 100], [], [70, 100], [30]]
    # Excluded records are not among the figure's records or days either.
    for scope, days in (("post:BS", [100, 100]), (f"commune:{OTHER}", [30])):
        chosen = figures(busy, scope=scope)
        assert list(row.by_day(chosen, MONTH).values()) == days
        assert len(row.records(chosen, MONTH)["outreach"]) == len(days)


def test_a_record_brings_each_of_its_things_once(busy):
    row = row_of(busy, "markers_covered")
    assert sorted(map(sorted, row.shares(figures(busy), MONTH).values())) == [
        ["1185", "1186"], ["1186"],
    ]  # fmt: skip


def test_different_things_of_two_sources_are_told_apart(busy):
    chosen = figures(busy)
    assert PLACES_WORKED.value(chosen, MONTH) == 3
    old_commune, old_other = f"{COMMUNE}-2023", f"{OTHER}-2023"
    assert PLACES_WORKED.things(chosen, MONTH) == {
        ("clearing", old_commune),
        ("clearing", old_other),
        ("outreach", old_commune),
    }
    assert {name: len(ids) for name, ids in PLACES_WORKED.records(chosen, MONTH).items()} == {
        "clearing": 3, "outreach": 2,
    }  # fmt: skip
    assert sorted(map(sorted, PLACES_WORKED.shares(chosen, MONTH).values())) == sorted(
        [[old_commune]] * 3 + [[old_other]] * 2
    )


def test_things_of_other_places_are_there_where_units_are_asked(busy):
    places = FlowIndicator(
        "other_places", "", "", "", (Summand("outreach_here", "c.commune", distinct=True),)
    )
    whole, part = figures(busy, scope="post:BS"), figures(busy, scope=f"commune:{OTHER}")
    for chosen, count in ((whole, 0), (part, 1)):
        assert places.value(chosen, MONTH) == count
        assert len(places.things(chosen, MONTH)) == count
        assert len(places.shares(chosen, MONTH)) == count
        assert len(chosen.record_ids(places, MONTH)) == count


def test_joined_households_bring_the_one_they_count_as(busy):
    row = row_of(busy, "households_registered")
    apart = row.shares(figures(busy), MONTH)
    one, other = apart.values()
    assert one != other
    busy.records.edit("household", other, {"merged_into": one})
    leader = min(one, other)
    assert row.shares(figures(busy), MONTH) == dict.fromkeys(apart, leader)
    assert row.standing(figures(busy), LAST) == {leader}
    assert row.value(figures(busy), MONTH) == 1


def test_a_record_that_stands_for_itself_brings_that_it_is(busy):
    row = row_of(busy, "incidents_open")
    (brought,) = row.shares(figures(busy), MONTH).values()
    assert brought is True


# --------------------------------------------------------------------- some records alone


def shares(desk, records, until=None, scope="post:BS"):
    chosen = figures(desk, scope=scope)
    others = None if until is None else CountedRevisions(until)
    return RecordShares(desk.store, desk.book, desk.calendar(), chosen.scope, LAST, records, others)


def test_some_records_and_the_others_are_all(post_desk):
    ids = add(post_desk, "clearing", *(clearing("2023-10-31", 10**n) for n in range(4)))
    seq = last_seq(post_desk.store)
    add(post_desk, "clearing", clearing("2023-10-31", 10**4))

    def participants(records, until=None):
        return shares(post_desk, records, until).amounts(MONTH)["clearing_participants"]

    assert participants([]) == 0
    assert participants(ids[:1]) == 1
    assert participants(ids[1:3]) == 110
    assert participants([], seq) == 1111
    assert participants([], seq - 1) == 111
    assert participants(ids[:1], seq) == 1110
    assert participants(ids, seq) == 0
    parts = shares(post_desk, ids[:2]).parts(MONTH)
    assert parts["clearing_participants"] == {ids[0]: 1, ids[1]: 10}


@pytest.mark.parametrize(
    ("scope", "attendance", "households"),
    [("post:BS", 100, 2), (f"commune:{COMMUNE}", 70, 2), (f"commune:{OTHER}", 30, 0)],
)
def test_some_records_count_by_the_place_of_each_source(busy, scope, attendance, households):
    talks = busy.store.rows("SELECT id FROM outreach ORDER BY row LIMIT 1")
    homes = busy.store.rows("SELECT id FROM registration")
    amounts = shares(busy, [row[0] for row in (*talks, *homes)], scope=scope).amounts(MONTH)
    assert amounts["outreach_attendance"] == attendance
    assert amounts["households_registered"] == households


def test_amounts_are_of_what_adds_up_and_things_of_the_rest(post_desk):
    one = shares(post_desk, add(post_desk, "patrol", patrol("2023-10-01", "1185")))
    amounts, things = one.amounts(MONTH), one.different_things(MONTH)
    rows = {row.key: row for row in all_rows(post_desk.book)}
    assert amounts.keys().isdisjoint(things)
    assert rows.keys() - amounts.keys() - things.keys() == {
        key for key, row in rows.items() if row.is_derived
    }
    assert things["markers_covered"] == {("inspected", "1185")}
    assert amounts["markers_inspected"] == 1


# ---------------------------------------------------------------- a paper against the records


def test_ids_of_a_signed_paper_are_of_rows_that_are_still_there(post_desk):
    (first,) = add(post_desk, "clearing", clearing("2023-10-31"))
    add(post_desk, "clearing", clearing("2023-09-30"))
    sent(post_desk, "2023-09")
    edition = sent(post_desk, "2023-10")
    late, _also = add(post_desk, "clearing", clearing("2023-09-30"), clearing("2023-10-31"))
    by_key = {
        line.key: line
        for line in as_signed(post_desk, edition, "", with_ids=True).lines
    }  # fmt: skip
    assert by_key["clearing_events"].records == [first]
    assert by_key["clearing_events"].late_records == [late]
    assert by_key["incidents_new"].records == []
    assert by_key["incidents_new"].late_records == []


def test_a_signed_row_that_is_no_more_has_no_records_behind_it(post_desk, monkeypatch):
    add(post_desk, "clearing", clearing("2023-10-31"))
    rows = (*indicators.AFTER_PROGRAMMES, PLACES_WORKED)
    monkeypatch.setattr(indicators, "AFTER_PROGRAMMES", rows)
    edition = sent(post_desk, "2023-10")
    monkeypatch.setattr(indicators, "AFTER_PROGRAMMES", rows[:-1])
    (gone,) = [
        line for line in as_signed(post_desk, edition, "", with_ids=True).lines
        if line.key == PLACES_WORKED.key
    ]  # fmt: skip
    assert (gone.value, gone.records, gone.late_records) == (1, [], None)
    moved = as_signed(post_desk, edition, "").moved
    assert [(d.key, d.column, d.signed, d.now) for d in moved] == [
        (PLACES_WORKED.key, column, 1, 0) for column in ("value", "year_to_date")
    ]


@pytest.mark.parametrize(
    ("period", "scope"),
    [("2023-10", "post:TL"), ("2025-H2", "commune:06625"), ("2023-Q4", "post:BS")],
)
def test_a_signed_summary_is_the_one_that_was_made(busy, period, scope):
    add(busy, "patrol", patrol("2023-10-05", "1185", with_posts=["TL"]))
    add(busy, "clearing", clearing("2024-12-01", commune="06193"))
    made = make_summary(busy, period, scope)
    assert made.joint or made.remarks or period == "2023-Q4"
    edition = sent(busy, period, scope)
    signed = signed_summary(busy, edition)
    assert signed.edition == edition
    plain = [line._replace(records=None, late_records=None) for line in made.lines]
    assert [line._replace(records=None, late_records=None) for line in signed.lines] == plain
    for column in ("desk", "period", "compared", "scope", "geography", "joint", "remarks"):
        assert getattr(signed, column) == getattr(made, column), column
    assert signed.asked == edition.scope.text
    assert signed_summary(busy, edition, "Ba Sơn").asked == "Ba Sơn"
    assert as_signed(busy, edition, "Ba Sơn").asked == "Ba Sơn"
    assert {line.records for line in as_signed(busy, edition, "").lines} == {None}


def test_a_signed_summary_is_in_the_language_in_use(post_desk):
    edition = sent(post_desk, "2023-10")
    # Words of pick lists are the post's own: they stay as they were signed.
    rows = [row for row in all_rows(post_desk.book) if row.translated]
    before, spoken = language(), {}
    for lang in ("vi", "en"):
        set_language(lang)
        lines = {line.key: line for line in signed_summary(post_desk, edition).lines}
        spoken[lang] = [lines[row.key][1:4] for row in rows]
        assert spoken[lang] == [row.words for row in rows]
    set_language(before)
    assert spoken["vi"] != spoken["en"]


def test_differences_are_of_both_columns_and_of_rows_that_one_side_lacks(post_desk):
    add(post_desk, "clearing", clearing("2023-10-31"))
    lines = make_summary(post_desk, "2023-10").lines
    (at,) = [n for n, line in enumerate(lines) if line.key == "clearing_events"]
    was = lines[at]
    now = was._replace(value=3, year_to_date=None, label="mới")
    assert list(differing(lines, lines)) == []
    found = list(differing([was], [now]))
    assert [(d.key, d.column, d.signed, d.now, d.difference) for d in found] == [
        (was.key, "value", 1, 3, 2), (was.key, "year_to_date", 1, None, None),
    ]  # fmt: skip
    assert {(d.label, d.unit) for d in found} == {("mới", was.unit)}
    gone, come = list(differing([was], [])), list(differing([], [was]))
    assert [(d.label, d.column, d.signed, d.now, d.difference) for d in gone] == [
        (was.label, "value", 1, 0, -1), (was.label, "year_to_date", 1, 0, -1),
    ]  # fmt: skip
    assert [(d.signed, d.now, d.difference) for d in come] == [(0, 1, 1), (0, 1, 1)]


def test_a_figure_is_stored_exactly_and_read_back():
    for value, text in (
        (None, None), (0, "0"), (-7, "-7"), (Decimal("12.50"), "12.50"), (Decimal("1E+3"), "1000"),
    ):  # fmt: skip
        assert number_text(value) == text
        assert number_of(text) == value
    assert isinstance(number_of("1000"), int)
    assert isinstance(number_of("1.0"), Decimal)


def test_a_year_to_date_is_the_sum_of_all_four():
    assert YearToDateParts("id", 1, 20, 300, 4000, 50000).total == 4321
