"""Boundaries: days equal to a period's first and last, the last record before closing, one-day
gaps."""

import datetime
import itertools
from decimal import Decimal

import pytest

from borderdesk.base.errors import OperationRefused, UserError
from borderdesk.base.i18n import set_language
from borderdesk.closing.edition_events import make_final
from borderdesk.closing.editions import counted_in, standing
from borderdesk.closing.facts import SummaryFacts
from borderdesk.closing.guard import ClosedPeriodError
from borderdesk.closing.lines import figures_hash, values_hash
from borderdesk.closing.summary import make_summary
from borderdesk.figures.changes import added_since
from borderdesk.figures.figures import Figures, first_day, joint_activities, open_incidents
from borderdesk.figures.indicators import all_rows
from borderdesk.figures.paper_figures import BaselineSpan, told_apart
from borderdesk.figures.quantities import DateRange, percent
from borderdesk.figures.scopes import make_view, parse_scope
from borderdesk.figures.targets import Baseline, set_baseline
from borderdesk.schema.revisions import (
    RevisionNode,
    broken_links,
    current,
    heads,
    is_double,
    split_parents,
)
from borderdesk.store.lists.listing import Filter
from borderdesk.store.records.history import last_seq
from tests.core.test_closing import (
    COMMUNE,
    OTHER,
    clearing,
    incident,
    line,
    patrol,
    pledge,
    registration,
    sent,
)

DAY = datetime.date.fromisoformat
FIRST, LAST = DAY("2023-10-01"), DAY("2023-10-31")


def add(desk, kind, *rows):
    return [desk.records.add(kind, row).id for row in rows]


def figures(desk, last=LAST, scope="post:BS"):
    found = parse_scope(desk.book, scope, last)
    return Figures(desk.store, desk.book, desk.calendar(), found, last)


def values(desk, first=FIRST, last=LAST, scope="post:BS"):
    return figures(desk, last, scope).values(DateRange(first, last))


def row_of(desk, key):
    return next(row for row in all_rows(desk.book) if row.key == key)


# ------------------------------------------------------------------------- days of figures


def test_a_flow_counts_its_first_and_last_day_and_no_other(post_desk):
    ids = add(
        post_desk, "clearing", *(clearing(day, number) for day, number in (
            ("2023-09-30", 1), ("2023-10-01", 10), ("2023-10-31", 100), ("2023-11-01", 1000),
        ))
    )  # fmt: skip
    assert values(post_desk)["clearing_participants"] == 110
    row, window = row_of(post_desk, "clearing_participants"), DateRange(FIRST, LAST)
    chosen = figures(post_desk)
    assert chosen.record_ids(row, window) == sorted(ids[1:3])
    assert row.by_day(chosen, window) == {FIRST: 10, LAST: 100}
    assert chosen.value(row, DateRange(LAST, LAST)) == 100
    assert first_day(post_desk.store) == DAY("2023-09-30")


def test_a_registration_counts_on_the_day_it_begins_and_on_the_day_it_ends(post_desk):
    add(
        post_desk, "registration",
        registration("2023-10-31", "Lý A"), registration("2023-11-01", "Lý B"),
        registration("2023-09-01", "Lý C", to_on="2023-10-31"),
        registration("2023-09-01", "Lý D", to_on="2023-10-30"),
    )  # fmt: skip
    assert values(post_desk)["households_registered"] == 2
    movements = SummaryFacts(make_summary(post_desk, "2023-10"), post_desk).movements()
    assert movements["households_registered"] == [2, 1, 1, 2]


def test_an_incident_is_open_until_the_day_it_is_settled(post_desk):
    settled = {"status": "closed", "handling": "xong"}
    add(
        post_desk, "incident",
        incident("2023-10-31"), incident("2023-11-01"),
        incident("2023-10-01", closed_on="2023-10-31", **settled),
        incident("2023-10-01", closed_on="2023-11-01", **settled),
    )  # fmt: skip
    assert values(post_desk)["incidents_open"] == 2
    assert values(post_desk)["incidents_closed"] == 1
    assert values(post_desk, DAY("2023-11-01"), DAY("2023-11-30"))["incidents_closed"] == 1
    whole, oldest = open_incidents(figures(post_desk), LAST, 1)
    assert (whole, [on for on, *_rest in oldest]) == (2, [FIRST])
    assert [one[0] for one in open_incidents(figures(post_desk), LAST, 9)[1]] == [FIRST, LAST]


def test_the_first_signature_of_a_year_counts_on_new_years_day_again(post_desk):
    desk = post_desk
    days = ("2022-12-31", "2023-01-01", "2023-01-01", "2023-10-31", "2024-01-01")
    ids = add(desk, "pledge", *(
        pledge(day, programme=programme)
        for day, programme in zip(days, ("phao", "phao", "ma_tuy", "ma_tuy", "phao"), strict=True)
    ))  # fmt: skip
    row = row_of(desk, "household_pledges")

    def counted(first, last):
        chosen, window = figures(desk, DAY(last)), DateRange(DAY(first), DAY(last))
        found = chosen.record_ids(row, window)
        assert len(found) == chosen.value(row, window)
        return found

    assert counted("2023-01-01", "2023-12-31") == [ids[1]]
    assert counted("2023-01-02", "2023-12-31") == []
    assert counted("2023-01-01", "2023-01-01") == [ids[1]]
    assert counted("2022-12-31", "2023-01-01") == sorted(ids[:2])
    assert counted("2022-12-31", "2024-01-01") == sorted([ids[0], ids[1], ids[4]])
    assert counted("2022-01-01", "2022-12-30") == []


def test_signatures_by_minutes_count_from_two_households_on(post_desk):
    by_minutes = {
        "post": "BS", "signed_on": "2023-10-01", "programme": "phao", "commune": COMMUNE,
        "hamlet": "Pò Mã", "source_ref": "BB 1", "count": 2,
    }  # fmt: skip
    add(post_desk, "pledge", pledge("2023-10-31", count=1), by_minutes)
    found = values(post_desk)
    assert (found["household_pledges"], found["household_pledges_unlisted"]) == (3, 2)


def test_joined_households_signed_first_on_the_earlier_day(post_desk):
    desk = post_desk
    add(desk, "pledge", pledge("2023-09-30", "Lý A"), pledge("2023-10-01", "Lý B"))
    one, other = sorted(desk.lists.ids("household", Filter()))
    for kept, joined in ((one, other), (other, one)):
        desk.records.edit("household", joined, {"merged_into": kept})
        assert values(desk)["household_pledges"] == 0
        assert values(desk, DAY("2023-09-01"))["household_pledges"] == 1
        desk.records.edit("household", joined, {"merged_into": None})
    assert values(desk)["household_pledges"] == 1


def test_a_joint_activity_counts_on_the_first_and_last_day_of_the_partner(desk):
    rows = [clearing(day, with_posts=["PM"]) for day in
            ("2023-09-30", "2023-10-01", "2023-10-31", "2023-11-01")]  # fmt: skip
    add(desk, "clearing", *rows)
    (found,) = joint_activities(desk.store, ("PM",), DateRange(FIRST, LAST))
    assert found[1] == 2
    assert values(desk, scope="post:PM")["clearing_events"] == 0


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(1, 3, "33.3"), (1, 800, "0.1"), (1, 2000, "0.1"), (1, 2001, "0.0"), (-1, 2000, "-0.1"),
     (3, 2, "150.0")],
)  # fmt: skip
def test_percentages_round_halves_away_from_zero(part, whole, shown):
    assert str(percent(part, whole)) == shown


# ----------------------------------------------------------------- days of closed periods


@pytest.mark.parametrize(("day", "late"), [
    ("2023-09-30", False), ("2023-10-01", True), ("2023-10-31", True), ("2023-11-01", False),
])  # fmt: skip
def test_additions_are_late_from_the_first_to_the_last_day(post_desk, day, late):
    post_desk.closing.close_period("2023-10")
    warning = post_desk.records.add("clearing", clearing(day)).warnings["started_on"]
    assert ("Bổ sung kỳ đã chốt" in warning) == late


@pytest.mark.parametrize("day", ["2023-10-01", "2023-10-31"])
def test_edits_are_refused_on_the_first_and_last_day(post_desk, day):
    (one,) = add(post_desk, "clearing", clearing(day))
    post_desk.closing.close_period("2023-10")
    with pytest.raises(ClosedPeriodError):
        post_desk.records.edit("clearing", one, {"participants": 6})
    with pytest.raises(ClosedPeriodError):
        post_desk.records.edit("clearing", one, {"started_on": "2023-11-01"})


def test_a_refused_edit_says_what_it_would_change_and_what_to_do(post_desk):
    set_language("en")
    (one,) = add(post_desk, "clearing", clearing("2023-10-05", length_m=20))
    edition = post_desk.closing.close_period("2023-10")
    with pytest.raises(ClosedPeriodError) as refused:
        post_desk.records.edit("clearing", one, {"participants": 6, "length_m": 30})
    assert refused.value.edition.id == edition.id
    said = str(refused.value)
    assert said.startswith(f"{edition.period.title} of {edition.scope.name} is closed")
    assert "would change what it counted: " in said
    assert said.count("; ") == 1
    assert said.endswith(". Reopen it first, with a reason.")
    make_final(post_desk.store, edition.id)
    with pytest.raises(
        ClosedPeriodError, match=r"\. Open it for an amendment first, with a reason"
    ):
        post_desk.records.edit("clearing", one, {"participants": 6})


@pytest.mark.parametrize("day", ["2023-09-30", "2023-11-01"])
def test_edits_are_free_on_the_day_before_and_after(post_desk, day):
    (one,) = add(post_desk, "clearing", clearing(day))
    post_desk.closing.close_period("2023-10")
    post_desk.records.edit("clearing", one, {"participants": 6})
    # It may not be moved into the period: it was there at closing, and was not counted.
    with pytest.raises(ClosedPeriodError):
        post_desk.records.edit("clearing", one, {"started_on": "2023-10-31"})
    with pytest.raises(ClosedPeriodError):
        post_desk.records.edit("clearing", one, {"started_on": "2023-10-01"})


def test_the_last_record_before_closing_is_counted_and_the_next_is_late(post_desk, monkeypatch):
    """Both have the same time: the order of arrival decides what the closing counted."""
    stamp = post_desk.stamp()
    monkeypatch.setattr(type(post_desk), "stamp", lambda _self: stamp)
    last, *_others = add(post_desk, "clearing", clearing("2023-10-31", 7))
    edition = post_desk.closing.close_period("2023-10")
    assert edition.last_seq == last_seq(post_desk.store)
    (after,) = add(post_desk, "clearing", clearing("2023-10-31", 8))
    assert added_since(post_desk.store, counted_in(post_desk.store, edition)) == {after}
    found = line(post_desk, "2023-10", "clearing_participants", with_ids=True)
    assert (found.value, found.records) == (7, [last])
    with pytest.raises(ClosedPeriodError):
        post_desk.records.edit("clearing", last, {"participants": 9})
    post_desk.records.edit("clearing", after, {"participants": 9}, reason="gõ nhầm")


def test_a_period_may_be_closed_on_its_last_day(post_desk, monkeypatch):
    monkeypatch.setattr(type(post_desk), "today", lambda _self: DAY("2023-10-30"))
    with pytest.raises(OperationRefused):
        post_desk.closing.close_period("2023-10")
    monkeypatch.setattr(type(post_desk), "today", lambda _self: LAST)
    assert post_desk.closing.close_period("2023-10").number == 1


def test_numbers_of_editions_go_on_over_withdrawn_ones(post_desk):
    closing = post_desk.closing
    assert closing.close_period("2023-10").number == 1
    closing.reopen_period("2023-10", None, "sai")
    assert closing.close_period("2023-10").number == 2
    closing.note_printed("2023-10")
    first = standing(post_desk.store, "2023-10", "post:BS")
    closing.note_sent("2023-10")
    assert standing(post_desk.store, "2023-10", "post:BS").final == first.final
    for number in (3, 4):
        closing.amend_period("2023-10", None, f"lần {number}")
        add(post_desk, "clearing", clearing("2023-10-31", number))
        assert closing.state("2023-10").reason == f"lần {number}"
        assert closing.close_period("2023-10").number == number
        closing.note_printed("2023-10")


# ------------------------------------------------------------ year to date over signed months


def test_the_paper_that_ends_on_the_eve_leaves_nothing_between(post_desk):
    add(post_desk, "clearing", *(
        clearing(day, number) for day, number in
        (("2023-09-30", 1), ("2023-10-01", 10), ("2023-10-31", 100), ("2023-11-01", 1000))
    ))  # fmt: skip
    post_desk.closing.close_period("2023-09")
    carry = line(post_desk, "2023-10", "clearing_participants").carry
    assert carry[1:] == (1, 0, 110, 0, 0)
    assert line(post_desk, "2023-11", "clearing_participants").carry[1:] == (1, 110, 1000, 0, 0)


def test_a_paper_of_the_years_first_day_and_one_of_its_last_are_of_the_year(post_desk):
    desk = post_desk
    add(desk, "clearing", clearing("2022-12-31", 1), clearing("2023-01-01", 10),
        clearing("2023-01-02", 100))  # fmt: skip
    desk.closing.close_period("2022-12")
    assert line(desk, "2023-01", "clearing_participants").carry is None
    desk.closing.close_period("2023-01-01..2023-01-01")
    carry = line(desk, "2023-01-02..2023-01-31", "clearing_participants").carry
    assert carry[1:] == (10, 0, 100, 0, 0)


def test_a_day_between_two_papers_is_told_apart(post_desk):
    desk = post_desk
    add(desk, "clearing", clearing("2023-10-30", 1), clearing("2023-10-31", 10),
        clearing("2023-11-01", 100))  # fmt: skip
    desk.closing.close_period("2023-10-01..2023-10-30")
    carry = line(desk, "2023-11", "clearing_participants").carry
    assert carry[1:] == (1, 10, 100, 0, 0)


def test_different_markers_of_a_signed_month_do_not_add_up(post_desk):
    desk = post_desk
    (one,) = add(desk, "patrol", patrol("2023-10-31", "1180", "1181"))
    sent(desk, "2023-10")
    add(desk, "patrol", patrol("2023-11-01", "1180", "1182"))
    assert line(desk, "2023-11", "markers_covered").value == 2
    now = line(desk, "2023-11", "markers_covered")
    assert (now.year_to_date, now.late, now.carry) == (3, 0, None)
    add(desk, "patrol", patrol("2023-10-31", "1180", "1182"))
    now = line(desk, "2023-11", "markers_covered")
    assert (now.year_to_date, now.late) == (3, 1)
    with pytest.raises(ClosedPeriodError):
        desk.records.edit("patrol", one, {"inspected": [{"marker": "1180", "condition": "intact"}]})


def test_records_of_after_the_paper_change_no_count_of_its_days(post_desk):
    """Only records dated up to the paper's last day, or changed ones, require a new count."""
    desk = post_desk
    add(desk, "patrol", patrol("2023-10-31", "1180"))
    sent(desk, "2023-10")
    add(desk, "patrol", patrol("2023-11-01", "1181"))
    assert line(desk, "2023-11", "markers_covered").late == 0
    add(desk, "patrol", patrol("2023-10-31", "1182"))
    assert line(desk, "2023-11", "markers_covered").late == 1


def test_gaps_between_papers_are_days_and_not_less():
    def gaps(*spans):
        told = Baseline("", "", "province", 0, "exact", "")
        part = frozenset({"province"})
        papers = [
            BaselineSpan(DateRange(DAY(first), DAY(last)), told, part) for first, last in spans
        ]
        found = told_apart(DateRange(FIRST, LAST), papers)
        return [(str(one.first)[5:], str(one.last)[5:]) for one, of in found if not of]

    assert gaps() == [("10-01", "10-31")]
    assert gaps(("2023-10-01", "2023-10-31")) == []
    assert gaps(("2023-10-02", "2023-10-31")) == [("10-01", "10-01")]
    assert gaps(("2023-10-01", "2023-10-30")) == [("10-31", "10-31")]
    assert gaps(("2023-10-17", "2023-10-31"), ("2023-10-01", "2023-10-15")) == [("10-16", "10-16")]
    assert gaps(("2023-10-01", "2023-10-15"), ("2023-10-16", "2023-10-31")) == []
    assert gaps(("2023-10-01", "2023-10-20"), ("2023-10-05", "2023-10-10")) == [("10-21", "10-31")]


def test_paper_figures_of_the_years_edges_count_in_the_year_to_date(post_desk):
    desk = post_desk
    add(desk, "clearing", clearing("2023-02-01", 100), clearing("2023-01-31", 7))
    for period, value in (("2022-12", "5000"), ("2023-01", "20"), ("2023-04", "6000")):
        set_baseline(desk.store, "clearing_participants", period, "post:BS", value, "báo cáo")
    found = line(desk, "2023-02", "clearing_participants")
    assert (found.year_to_date, found.from_paper) == (
        120,
        {"year_to_date", "previous"} & found.from_paper,
    )
    assert found.from_paper >= {"year_to_date"}
    assert line(desk, "2023-04", "clearing_participants").year_to_date == 6120


def test_of_overlapping_paper_figures_the_longest_counts_and_adjacent_ones_both(post_desk):
    desk = post_desk
    for period, value in (
        ("2023-02", "7"),
        ("2023-Q1", "100"),
        ("2023-03", "9"),
        ("2023-04", "20"),
    ):
        set_baseline(desk.store, "clearing_participants", period, "post:BS", value, "báo cáo")
    add(desk, "clearing", clearing("2023-03-31", 1000), clearing("2023-05-01", 3))
    assert line(desk, "2023-05", "clearing_participants").year_to_date == 123


def test_a_marker_seen_on_the_first_day_was_inspected_in_the_period(post_desk):
    add(post_desk, "patrol", patrol("2023-09-30", "1180"), patrol("2023-10-01", "1181"))
    facts = SummaryFacts(make_summary(post_desk, "2023-10"), post_desk)
    seen, whole, never, longest = facts.markers()
    assert (seen, whole - never, longest) == (1, 2, 31)


def test_months_of_this_year_stand_beside_those_of_the_year_before(post_desk):
    # The last of 2021 says that the desk has all of 2022.
    days = ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01", "2023-10-31", "2023-11-01",
            "2023-12-31")  # fmt: skip
    add(post_desk, "clearing", *map(clearing, days))
    now, before = SummaryFacts(make_summary(post_desk, "2023-10"), post_desk).months()[
        "clearing_events"
    ]
    assert before == [1, *[0] * 10, 1]
    assert now == [1, *[0] * 8, 1, None, None]
    early = SummaryFacts(make_summary(post_desk, "2022-12"), post_desk).months()
    assert early["clearing_events"] == [[1, *[0] * 10, 1], [None] * 12]


def test_papers_within_a_quarter_are_late_inside_it(post_desk):
    """The last paper is the one ending with or within the period, not only before it."""
    add(post_desk, "clearing", clearing("2023-09-30", 1), clearing("2023-10-01", 10),
        clearing("2023-11-30", 100))  # fmt: skip
    for month in ("2023-09", "2023-10", "2023-11"):
        post_desk.closing.close_period(month)
    add(post_desk, "clearing", clearing("2023-11-30", 1000), clearing("2023-09-30", 5000))
    found = line(post_desk, "2023-Q4", "clearing_participants", with_ids=True)
    assert (found.value, found.year_to_date, found.late) == (1110, 6111, 6000)
    assert found.carry[1:] == (1, 0, 1110, 5000, 1000)
    assert len(found.late_records) == 2


def test_a_paper_over_new_year_is_carried_within_the_year_it_ends_in(post_desk):
    desk = post_desk
    add(desk, "clearing", clearing("2022-12-31", 1), clearing("2023-01-31", 10))
    desk.closing.close_period("2022-11")
    found = line(desk, "2022-12-15..2023-01-31", "clearing_participants")
    assert (found.value, found.year_to_date, found.carry, found.late) == (11, 10, None, 0)


def test_a_split_commune_is_nowhere_and_one_that_became_whole_is_its_successor(desk):
    units = desk.book.units
    iso = "2025-12-31"
    chosen = figures(desk, DAY(iso), "province")
    split = [u.id for u in units.values() if len(desk.book.successors_on(u.id, iso)) > 1]
    whole = [u.id for u in units.values() if u.kind == "commune" and u.valid_to < iso
             and len(desk.book.successors_on(u.id, iso)) == 1]  # fmt: skip
    assert all(chosen.mapped(unit) == set() for unit in split)
    assert whole
    assert all(chosen.mapped(u) == desk.book.successors_on(u, iso) != {u} for u in whole)


def test_hashes_see_every_day_and_column(post_desk):
    add(post_desk, "clearing", clearing("2023-10-01", 7))
    lines = make_summary(post_desk, "2023-10").lines
    view = make_view(post_desk, "2023-10")
    longer = view.period._replace(last=DAY("2023-11-01"))
    earlier = view.period._replace(first=DAY("2023-09-30"))
    hashes = {figures_hash(p, view.scope, lines) for p in (view.period, longer, earlier)}
    for column in ("value", "previous", "year_to_date", "target"):
        changed = [lines[0]._replace(**{column: Decimal("0.1")}), *lines[1:]]
        hashes.add(figures_hash(view.period, view.scope, changed))
    assert len(hashes) == 7
    same = [ln._replace(value=ln.value and Decimal(ln.value).quantize(Decimal("0.0")))
            for ln in lines]  # fmt: skip
    assert values_hash(same) == values_hash(lines)
    assert values_hash([*lines, lines[0]._replace(key="x", value=0)]) == values_hash(lines)
    assert values_hash([*lines, lines[0]._replace(key="x", value=1)]) != values_hash(lines)


# ------------------------------------------------------------------------------ amendments


def test_an_amendment_names_the_records_that_differ_from_the_versions_signed(post_desk):
    desk = post_desk
    back, still, deleted = add(
        desk, "clearing", clearing("2023-10-01", 5), clearing("2023-10-31", 5),
        clearing("2023-10-31", 50, kind="road_clearing"),
    )  # fmt: skip
    for record in (back, still):
        desk.records.edit("clearing", record, {"participants": 6})
    sent(desk, "2023-10")
    desk.closing.amend_period("2023-10", None, "sai số")
    desk.records.edit("clearing", back, {"participants": 5}, reason="như sổ")
    desk.records.edit("clearing", still, {"note": "đã xem"}, reason="ghi chú")
    desk.records.delete("clearing", deleted, "trùng")
    (late,) = add(desk, "clearing", clearing("2023-10-31", 300))
    edition = desk.closing.close_period("2023-10")
    found = {
        m.column: m for m in desk.closing.differences(edition.id)
        if m.key == "clearing_participants"
    }  # fmt: skip
    for column in ("value", "year_to_date"):
        one = found[column]
        assert (one.signed, one.now, one.difference) == (62, 311, 249)
        assert set(one.records) == {back, deleted, late}
        assert set(one.reasons) >= {"như sổ", "trùng"}
        assert sum("nhập bổ sung" in reason for reason in one.reasons) == 1
        assert "ghi chú" not in one.reasons


def test_only_a_period_that_is_closed_is_reopened_or_amended(post_desk):
    closing = post_desk.closing
    for deed in (closing.reopen_period, closing.amend_period):
        with pytest.raises(OperationRefused):
            deed("2023-10", None, "sai")
    assert closing.note_printed("2023-10") is None
    closing.close_period("2023-10", number="5")
    closing.note_printed("2023-10")
    closing.amend_period("2023-10", None, "sai")
    with pytest.raises(OperationRefused):
        closing.amend_period("2023-10", None, "sai")
    assert closing.note_sent("2023-10") is None
    with pytest.raises(UserError):
        closing.close_period("2023-10", number="5")
    with pytest.raises(OperationRefused, match="đính chính"):
        closing.close_period("2023-10", number="6")
    add(post_desk, "clearing", clearing("2023-10-31", 7))
    assert closing.close_period("2023-10", number="6").document == "6"


def test_reopening_an_amendment_leaves_what_it_replaced_open(post_desk):
    closing = post_desk.closing
    sent(post_desk, "2023-10")
    closing.amend_period("2023-10", None, "sai số")
    add(post_desk, "clearing", clearing("2023-10-31", 7))
    closing.close_period("2023-10")
    state = closing.reopen_period("2023-10", None, "lại sai")
    assert (state.name, state.edition.number, state.reason) == ("amending", 1, "sai số")
    assert closing.close_period("2023-10").number == 3


def test_a_desk_that_agrees_with_its_editions_gives_no_notice(post_desk):
    (one,) = add(post_desk, "clearing", clearing("2023-10-31", 7))
    assert post_desk.closing.notice("2023-10") == ""
    edition = sent(post_desk, "2023-10")
    assert post_desk.closing.notice("2023-10") == ""
    assert post_desk.closing.moved(edition.id) == []
    add(post_desk, "clearing", clearing("2023-10-31", 3))
    assert "2023" in post_desk.closing.notice("2023-10")
    moved = {m.column: m for m in post_desk.closing.moved(edition.id)
             if m.key == "clearing_participants"}  # fmt: skip
    assert {c: (m.signed, m.now) for c, m in moved.items()} == {
        "value": (7, 10), "year_to_date": (7, 10),
    }  # fmt: skip
    assert one


def test_the_last_day_before_the_first_record_is_not_compared(post_desk):
    desk = post_desk
    add(desk, "clearing", clearing("2022-10-01", 5), clearing("2023-10-31", 9))
    assert line(desk, "2023-10", "clearing_participants").previous is None
    add(desk, "clearing", clearing("2022-09-30", 1))
    found = line(desk, "2023-10", "clearing_participants")
    assert (found.previous, found.change, found.change_pct) == (5, 4, Decimal("80.0"))
    assert line(desk, "2023-09", "clearing_participants").previous is None


# ------------------------------------------------------------------- the graph of revisions


def node(name, *parents, number=1, time="2023-10-01T00:00:00.000Z", deleted=False):
    return RevisionNode(name * 32, tuple(p * 32 for p in parents), number, time, deleted)


def test_of_equal_numbers_the_later_time_counts_then_the_id():
    a, b = node(b"a", number=2), node(b"b", number=2)
    later = node(b"0", number=2, time="2023-10-01T00:00:00.001Z")
    higher = node(b"1", number=3, time="2022-01-01T00:00:00.000Z")
    gone = node(b"z", number=9, time="2024-01-01T00:00:00.000Z", deleted=True)
    for order in itertools.permutations((a, b)):
        assert current(order) is b
    for order in itertools.permutations((a, b, later)):
        assert current(order) is later
    for order in itertools.permutations((a, b, later, higher, gone)):
        assert current(order) is higher
    assert current([gone, node(b"y", number=8, deleted=True)]) is gone


def test_three_parents_are_all_revised():
    parents = [node(b"a", number=4), node(b"b", number=2), node(b"c", number=3)]
    for order in itertools.permutations(parents):
        merged = node(b"m", *(p.id[:1] for p in order), number=5)
        whole = [*order, merged]
        assert heads(whole) == [merged]
        assert current(whole) is merged
        assert not is_double(whole)
        assert [text for text in broken_links(whole) if merged.id.hex() in text] == []
        for wrong in (3, 4, 6):
            told = broken_links([*order, merged._replace(number=wrong)])
            assert len([text for text in told if merged.id.hex() in text]) == 1
        for lost in order:
            told = broken_links([p for p in whole if p is not lost])
            assert len([text for text in told if merged.id.hex() in text]) == 1
    assert split_parents(b"".join(p.id for p in parents)) == tuple(p.id for p in parents)
    assert split_parents(b"") == ()


def test_a_first_version_has_the_number_one():
    assert broken_links([node(b"a")]) == []
    (text,) = broken_links([node(b"a", number=2)])
    assert " 2 " in text
    assert len(broken_links([node(b"a", number=0)])) == 1


def test_a_person_chooses_between_two_heads_unless_both_are_deletions():
    one, other = node(b"a"), node(b"b")
    gone, also = node(b"c", deleted=True), node(b"d", deleted=True)
    assert not is_double([one])
    assert is_double([one, other])
    assert is_double([one, gone])
    assert not is_double([gone, also])


def test_views_of_a_district_hold_both_its_last_days(desk):
    """Districts ended on 30 June 2025: that day belongs to the old geography, the next to the new
    one."""
    assert make_view(desk, "2025-06", "district:Cao Lộc").geography == "old"
    assert make_view(desk, "2025-07", "province").geography == "new"
    assert make_view(desk, "2025-06-30..2025-06-30").geography == "old"
    assert make_view(desk, "2025-07-01..2025-07-01").geography == "new"
    add(desk, "clearing", clearing("2025-06-30", commune=OTHER), clearing("2025-06-01"))
    assert make_summary(desk, "2025-06", "district:Cao Lộc").lines


def test_what_came_late_of_different_things_is_counted_with_their_papers(post_desk):
    set_baseline(post_desk.store, "markers_covered", "2023-03", "post:BS", "5", "BC")
    add(post_desk, "patrol", patrol("2023-10-05", "1180"))
    post_desk.closing.close_period("2023-10")
    assert line(post_desk, "2023-11", "markers_covered").late == 0
    add(post_desk, "patrol", patrol("2023-10-06", "1181"))
    found = line(post_desk, "2023-11", "markers_covered")
    assert (found.year_to_date, found.late) == (7, 1)
