"""Working days: weekends, public holidays, days worked instead, and what a desk adds."""

import csv
import datetime

import pytest

from borderdesk.entry.person_requests import unchecked_note
from borderdesk.entry.working_days import HOLIDAYS, OFF, shipped_days, working_days
from borderdesk.overview.waiting import waiting
from tests.factories import example

DAY = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-11-25", "2026-11-27"),  # Wednesday to Friday
        ("2026-11-26", "2026-11-30"),  # over a weekend
        ("2026-11-27", "2026-12-01"),
        ("2026-11-28", "2026-12-01"),  # come on a Saturday
        ("2026-11-29", "2026-12-01"),
        ("2026-08-28", "2026-09-04"),  # 31/8 exchanged, 1/9 and 2/9 free
        ("2026-08-21", "2026-08-24"),  # Saturday the 22nd is worked for it
        ("2026-02-13", "2026-02-24"),  # Tết
        ("2026-04-24", "2026-04-29"),  # 10/3 of the moon on a Sunday: free on Monday
        ("2026-04-29", "2026-05-05"),
        ("2025-12-31", "2026-01-06"),
        ("2027-02-04", "2027-02-12"),
        ("2050-01-03", "2050-01-05"),  # beyond the table: weekends only
    ],
)
def test_the_second_working_day_is_computed(desk, day, last):
    assert working_days(desk).after(DAY(day), 2) == DAY(last)


def test_a_desk_adds_days_and_takes_them_back(desk, cli_inline):
    def given(value):
        return cli_inline("--desk", desk.folder, "setting", "set", "days_off", value)

    assert given("2026-11-24; +2026-11-28;+2026-09-02").returncode == 0
    days = working_days(desk)
    assert not days.is_worked(DAY("2026-11-24"))
    assert days.is_worked(DAY("2026-11-28"))
    assert days.is_worked(DAY("2026-09-02"))
    for wrong in ("24/11", "2026-02-30", "++2026-11-28", "2026-11-24 2026-11-25"):
        refused = given(wrong)
        assert refused.returncode == 1
        assert "days_off" in refused.stderr


def test_requests_are_due_by_working_days(desk):
    made = desk.records.add("household", example("household"))
    noted = desk.requests.note_request(made.id, "view", DAY("2026-08-28"))
    assert (noted.acknowledge_by, noted.due) == (DAY("2026-09-04"), DAY("2026-09-07"))
    desk.reference.set_setting("days_off", "2026-09-03")
    assert desk.requests.of(made.id)[0].acknowledge_by == DAY("2026-09-07")


def test_a_day_reckoned_with_days_off_that_nobody_checked_says_so(desk, cli_inline):
    made = desk.records.add("household", example("household"))
    noted = desk.requests.note_request(made.id, "view", DAY("2026-08-28"))
    fixed = desk.requests.note_request(made.id, "view", DAY("2026-11-25"))
    assert (noted.unchecked, fixed.unchecked) == (True, False)
    assert "chưa đối chiếu" in unchecked_note([fixed, noted])
    assert unchecked_note([fixed]) == ""
    told = cli_inline("--desk", desk.folder, "person", "requests")
    assert "Yêu cầu 1: hạn trả lời" in told.stderr
    asked = ("person", "request", made.id, "--kind", "view", "--on")
    assert "đối chiếu" in cli_inline("--desk", desk.folder, *asked, "2026-02-13").stderr
    assert cli_inline("--desk", desk.folder, *asked, "2026-11-25").stderr == ""
    assert any("chưa đối chiếu" in line.text for line in waiting(desk))
    # The desk's own days count as confirmed.
    desk.reference.set_setting("days_off", "2026-08-31;2026-09-01")
    assert not next(one for one in desk.requests.all() if one.number == noted.number).unchecked


def test_every_row_of_the_table_has_its_source():
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["day"] for row in rows] == sorted({row["day"] for row in rows})
    assert all(row["source"] and row["name"] and row["kind"] in {OFF, "worked"} for row in rows)
    # Replacement working days are on weekends; each year has its fixed holidays.
    assert all(DAY(row["day"]).weekday() >= 5 for row in rows if row["kind"] != OFF)
    for year in range(2024, 2036):
        for day in ("01-01", "04-30", "05-01", "09-02"):
            assert shipped_days()[DAY(f"{year}-{day}")]
