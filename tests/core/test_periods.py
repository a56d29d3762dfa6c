"""Reporting periods: months that end on the cut-off day, and longer ones made of them."""

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import set_language
from borderdesk.base.periods import MONTHS, Calendar

DAY = datetime.timedelta(days=1)
PLAIN = Calendar()
FIFTEENTH = Calendar(lambda _day: 15)
some_days = st.dates(datetime.date(2001, 1, 1), datetime.date(2199, 12, 31))


def date(text):
    return datetime.date.fromisoformat(text)


@st.composite
def calendars(draw):
    """A cut-off day that changes from time to time."""
    dated = draw(
        st.dictionaries(
            st.dates(date("2019-01-01"), date("2024-12-31")), st.integers(0, 28), max_size=4
        )
    )
    before = draw(st.integers(0, 28))

    def cut_off(day):
        since = [start for start in dated if start <= day]
        return dated[max(since)] if since else before

    return Calendar(cut_off)


def test_a_calendar_month_is_the_default():
    month = PLAIN.parse("2024-02")
    assert (month.first, month.last) == (date("2024-02-01"), date("2024-02-29"))


def test_a_month_runs_from_the_day_after_the_cut_off_to_the_cut_off():
    month = FIFTEENTH.parse("2023-01")
    assert (month.first, month.last) == (date("2022-12-16"), date("2023-01-15"))
    year = FIFTEENTH.parse("2023")
    assert (year.first, year.last) == (date("2022-12-16"), date("2023-12-15"))


def test_a_cut_off_past_the_end_of_a_month_is_its_end():
    assert Calendar(lambda _day: 31).parse("2023-02").last == date("2023-02-28")


def test_the_cut_off_in_force_on_the_first_of_the_month_counts():
    calendar = Calendar(lambda day: 20 if day >= date("2023-05-01") else 0)
    april, may = calendar.parse("2023-04"), calendar.parse("2023-05")
    assert (april.last, may.first, may.last) == (
        date("2023-04-30"), date("2023-05-01"), date("2023-05-20"),
    )  # fmt: skip


@given(calendars(), st.sampled_from(sorted(MONTHS)))
def test_periods_of_a_kind_follow_each_other_without_gap_or_overlap(calendar, kind):
    every = [
        calendar.period(kind, year, number)
        for year in range(2018, 2026)
        for number in range(1, 12 // MONTHS[kind] + 1)
    ]
    assert all(period.first <= period.last for period in every)
    assert all(one.last + DAY == other.first for one, other in pairwise(every))


@given(calendars(), st.integers(2018, 2025), st.sampled_from(sorted(MONTHS)), st.data())
def test_a_longer_period_is_the_months_it_consists_of(calendar, year, kind, data):
    number = data.draw(st.integers(1, 12 // MONTHS[kind]))
    whole = calendar.period(kind, year, number)
    months = [calendar.period("month", year, n + 1) for n in range(12)]
    mine = months[(number - 1) * MONTHS[kind] : number * MONTHS[kind]]
    assert (whole.first, whole.last) == (mine[0].first, mine[-1].last)


@given(calendars(), st.dates(date("2018-01-01"), date("2025-12-31")))
def test_every_day_lies_in_its_month_and_its_year(calendar, day):
    month, year = calendar.month_of(day), calendar.year_of(day)
    assert month.first <= day <= month.last
    assert year.first <= day <= year.last
    assert year.year == month.year


@given(calendars(), st.integers(2018, 2025), st.sampled_from(sorted(MONTHS)), st.data())
def test_a_period_is_read_from_its_own_text(calendar, year, kind, data):
    period = calendar.period(kind, year, data.draw(st.integers(1, 12 // MONTHS[kind])))
    assert calendar.parse(period.text) == period
    assert calendar.parse(f"  {period.text.lower()} ") == period


@given(some_days, some_days)
def test_a_range_is_read_from_its_own_text(one, other):
    first, last = sorted((one, other))
    period = FIFTEENTH.parse(f"{first}..{last}")
    assert (period.kind, period.first, period.last) == ("range", first, last)
    assert FIFTEENTH.parse(period.text) == period


@pytest.mark.parametrize(
    "text",
    ["2023-13", "2023-00", "2023-Q5", "2023-Q0", "2023-H3", "23", "1999", "2201", "2023-1",
     "",
     "2023-01-15..2023-01-14", "2023-02-30..2023-03-01", "1999-12-31..2000-01-01", "2023-12\n2023",
     "٢٠٢٣", "2023-٠٥", "2023-Q٢"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text):
    with pytest.raises(UserError):
        PLAIN.parse(text)


def test_the_same_period_of_the_year_before():
    for text, before in [
        ("2023-12", "2022-12"), ("2023-Q4", "2022-Q4"), ("2024-H1", "2023-H1"), ("2023", "2022"),
        ("2024-02-01..2024-02-29", "2023-02-01..2023-02-28"),
        ("2023-12-16..2024-01-15", "2022-12-16..2023-01-15"),
        ("2025-02-01..2025-02-28", "2024-02-01..2024-02-29"),
        ("2025-02-28..2025-02-28", "2024-02-28..2024-02-28"),
        ("2025-02-20..2025-03-28", "2024-02-20..2024-03-28"),
        ("2024-12-31..2025-04-28", "2023-12-31..2024-04-28"),
    ]:  # fmt: skip
        assert FIFTEENTH.previous(FIFTEENTH.parse(text)).text == before


def test_a_period_is_called_in_words():
    assert "12" in PLAIN.parse("2023-12").title
    assert PLAIN.parse("2023-01-15..2023-02-14").title.count("/2023") == 2


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("12/2023", "2023-12"), (" Tháng 1/2023", "2023-01"), ("tháng 3 năm 2023", "2023-03"),
        ("t4-2023", "2023-04"), ("month 5 of 2023", "2023-05"), ("quý IV/2023", "2023-Q4"),
        ("Quý 2 năm 2023", "2023-Q2"), ("q1 2023", "2023-Q1"), ("quarter 3 of 2023", "2023-Q3"),
        ("6 tháng đầu năm 2023", "2023-H1"), ("6 tháng cuối năm 2023", "2023-H2"),
        ("second half of 2023", "2023-H2"), ("năm 2023", "2023"), ("2023", "2023"),
        ("15/1/2023 – 14/2/2023", "2023-01-15..2023-02-14"),
        ("từ 15/01/2023 đến 14/02/2023", "2023-01-15..2023-02-14"),
        ("31/12/2023", "2023-12-31..2023-12-31"),
    ],
)  # fmt: skip
def test_a_period_is_read_as_people_write_it(written, text):
    assert Calendar().parse(written).text == text


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("text", ["2023-02", "2023-Q3", "2023-H1", "2023-H2", "2023",
                                  "2023-01-15..2023-02-14"])  # fmt: skip
def test_a_period_is_read_as_it_is_printed(lang, text):
    set_language(lang)
    period = Calendar().parse(text)
    assert Calendar().parse(period.title) == Calendar().parse(period.short_words) == period


@pytest.mark.parametrize("written", ["13/2023", "0/2023", "quý 5/2023", "tháng 2", "31/2/2023"])
def test_words_that_name_no_period_are_refused_as_they_were_written(written):
    with pytest.raises(UserError, match=f"“{written}”"):
        Calendar().parse(f" {written} ")
