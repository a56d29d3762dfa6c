"""Indicators invented by a test: declared once, correct everywhere."""

import pytest

from borderdesk.closing.guard import ClosedPeriodError
from borderdesk.closing.summary import as_json, make_summary
from borderdesk.figures import indicators, sources
from borderdesk.figures.indicator import FlowIndicator, StockIndicator
from borderdesk.figures.sources import Lifespan, Summand
from borderdesk.reports.contents.figure_records import LATE, records_behind
from borderdesk.reports.contents.requests import Request
from tests.core.test_closing import COMMUNE, OTHER, clearing, line, sent

THIRD = "06238"

CLEARED = FlowIndicator(
    "communes_cleared", indicators.CLEARING, "Xã đã phát quang", "xã",
    (Summand("clearing", "t.commune", distinct=True),), translated=False, how="các xã khác nhau",
)  # fmt: skip
STANDING = StockIndicator(
    "programmes_standing", indicators.PROGRAMMES, "Mô hình hiện có", "mô hình",
    "programme", "1", translated=False, how="các mô hình đã làm",
)  # fmt: skip


@pytest.fixture
def desk(post_desk, monkeypatch):
    """A desk whose report has an additional count of distinct things, and an additional stock."""
    rows = (*indicators.AFTER_PROGRAMMES, CLEARED, STANDING)
    monkeypatch.setattr(indicators, "AFTER_PROGRAMMES", rows)
    # A completed programme counts permanently.
    lifespan = Lifespan("programme", "done_on", "? IS NOT NULL")
    monkeypatch.setitem(sources.LIFESPANS, "programme", lifespan)
    return post_desk


def programme(day, **more):
    return {"post": "BS", "programme": "luy_tre", "done_on": day, "commune": COMMUNE,
            "quantity": 5, **more}  # fmt: skip


def add(desk, kind, *rows):
    return [desk.records.add(kind, row).id for row in rows]


# ------------------------------------------------------------------------- different things


def test_different_things_of_two_months_do_not_add_up_after_one_was_signed(desk):
    add(desk, "clearing", clearing("2023-10-07"), clearing("2023-10-08"))
    sent(desk, "2023-10")
    add(desk, "clearing", clearing("2023-11-07"), clearing("2023-11-08", commune=OTHER))
    now = line(desk, "2023-11", CLEARED.key)
    assert (now.value, now.year_to_date, now.late, now.carry) == (2, 2, 0, None)
    (row,) = [r for r in as_json(make_summary(desk, "2023-11"))["rows"] if r["key"] == CLEARED.key]
    assert (row["value"], row["year_to_date"], row["late"]) == (2, 2, 0)


def test_only_a_thing_that_was_not_counted_is_late(desk):
    add(desk, "clearing", clearing("2023-10-07"))
    sent(desk, "2023-10")
    add(desk, "clearing", clearing("2023-11-07", commune=OTHER))
    add(desk, "clearing", clearing("2023-10-31"))
    assert line(desk, "2023-11", CLEARED.key).late == 0
    (late,) = add(desk, "clearing", clearing("2023-10-31", commune=THIRD))
    now = line(desk, "2023-11", CLEARED.key)
    assert (now.value, now.year_to_date, now.late) == (1, 3, 1)
    assert (
        late in records_behind(desk, Request("summary", "2023-11"), CLEARED.key, LATE)["clearing"]
    )
    moved = {m.column: m.difference for m in make_summary(desk, "2023-10").moved
             if m.key == CLEARED.key}  # fmt: skip
    assert moved == {"value": 1, "year_to_date": 1}


def test_what_only_one_record_of_a_signed_month_brought_is_kept(desk):
    one, other = add(
        desk, "clearing", clearing("2023-10-07"), clearing("2023-10-07", commune=OTHER)
    )
    # Deleting a clearing changes sums as well: the edit changes nothing but the commune.
    add(desk, "clearing", clearing("2023-10-20"))
    sent(desk, "2023-10")
    with pytest.raises(ClosedPeriodError, match="Xã đã phát quang"):
        desk.records.edit("clearing", other, {"commune": COMMUNE})
    assert line(desk, "2023-10", CLEARED.key).value == 2
    assert one in line(desk, "2023-10", CLEARED.key, with_ids=True).records


def test_sums_and_different_things_do_not_mix():
    with pytest.raises(ValueError, match="wrong"):
        FlowIndicator(
            "wrong", "", "", "", (Summand("clearing", "1"), Summand("clearing", "t.commune", True))
        )


# ----------------------------------------------------------------------------------- stocks


def test_a_stock_is_what_stands_on_the_last_day_and_no_sum(desk):
    add(desk, "programme", programme("2023-09-30"), programme("2023-10-31"))
    assert line(desk, "2023-10", STANDING.key).value == 2
    sent(desk, "2023-10")
    add(
        desk, "programme", programme("2023-11-01"), programme("2023-11-30"), programme("2023-12-01")
    )
    now = line(desk, "2023-11", STANDING.key)
    assert (now.value, now.year_to_date, now.late, now.carry) == (4, 4, 0, None)
    (late,) = add(desk, "programme", programme("2023-10-31"))
    now = line(desk, "2023-11", STANDING.key, with_ids=True)
    assert (now.value, now.year_to_date, now.late, now.late_records) == (5, 5, 1, [late])


def test_a_stock_counts_records_of_before_its_period(desk):
    (one,) = add(desk, "programme", programme("2023-09-30"))
    sent(desk, "2023-10")
    assert line(desk, "2023-10", STANDING.key, with_ids=True).records == [one]
    with pytest.raises(ClosedPeriodError, match="Mô hình hiện có"):
        desk.records.delete("programme", one, "sai")
    with pytest.raises(ClosedPeriodError, match="Mô hình hiện có"):
        desk.records.edit("programme", one, {"done_on": "2023-11-01"})
    desk.records.edit("programme", one, {"done_on": "2023-09-01"})


def test_every_fact_is_asked_of_the_indicator(desk):
    rows = {row.key: row for row in indicators.all_rows(desk.book)}
    assert rows[CLEARED.key].counts_things
    assert not rows[CLEARED.key].adds_up
    assert rows[CLEARED.key].types == ("clearing",)
    assert rows[STANDING.key].counts_earlier == {"programme"}
    assert "programme" in indicators.types_reaching_later(desk.book)
    reach = {key: set(row.reaches_later) for key, row in rows.items() if row.reaches_later}
    assert reach == {
        "collectives_registered": {"registration"}, "households_registered": {"registration"},
        "individuals_registered": {"registration"}, "household_pledges": {"pledge"},
        "incidents_closed": {"incident"}, "incidents_open": {"incident"},
        STANDING.key: {"programme"},
    }  # fmt: skip
    things = [key for key, row in rows.items() if row.counts_things]
    assert things == [
        "markers_covered", "border_hamlets_reached", "communes_active", CLEARED.key,
    ]  # fmt: skip
