"""The home page above the posts: missing, arrived and waiting submissions, each with its link."""

import datetime

import pytest

from borderdesk.overview.overview import make_overview
from tests.exchanging import clearing, new_desk, send, trust


@pytest.fixture
def desks(tmp_path):
    """A post that sent last month, one with an unaccepted card, and the province."""
    with (
        new_desk(tmp_path / "one", "post", "BS", 1) as one,
        new_desk(tmp_path / "two", "post", "CM", 2) as two,
        new_desk(tmp_path / "province", "province", "20", 3) as province,
    ):
        trust(one, province)
        yield one, two, province


def last_month(desk):
    calendar = desk.calendar()
    this = calendar.month_of(desk.today())
    return this, calendar.month_of(this.first - datetime.timedelta(days=1))


def test_who_is_missing_and_what_arrived(desks, tmp_path):
    one, two, province = desks
    this, month = last_month(province)
    for desk in (one, two):
        province.exchange.imports.take(send(desk, tmp_path, month.text))
    news = make_overview(province, this.text).arrivals
    assert (news.month, news.handed_in) == (month, 1)
    missing = {todo.intent.get("unit") for todo in news.missing}
    assert "BS" not in missing
    assert all(todo.intent["month"] == month.text for todo in news.missing)
    assert all(todo.intent["tab"] == "board" for todo in news.missing)
    (arrived,) = news.arrived
    (batch,) = province.exchange.batches.all()
    assert arrived.intent == {"tab": "batches", "batch": batch.id}
    assert make_overview(one, this.text).arrivals is None


def test_a_month_before_a_post_began_is_not_handed_in(desks, tmp_path):
    one, two, province = desks
    trust(two, province)
    this, month = last_month(province)
    province.exchange.imports.take(send(two, tmp_path, month.text))
    before = make_overview(province, this.text).arrivals
    province.exchange.imports.take(send(one, tmp_path, this.text))
    news = make_overview(province, this.text).arrivals
    assert (before.handed_in, news.handed_in) == (1, 1)
    assert news.expected == before.expected - 1


def test_a_month_that_is_over_is_told_itself(desks, tmp_path):
    one, _two, province = desks
    province.exchange.imports.take(send(one, tmp_path, "2023-12"))
    assert make_overview(province, "2023-12").arrivals.month.text == "2023-12"
    assert make_overview(province, "2023-Q4").arrivals.month.text == "2023-12"


def test_everything_that_waits_opens_its_thing(desks, tmp_path):
    one, two, province = desks
    _this, month = last_month(province)
    for people in (18, 19):
        one.records.add("clearing", clearing(post=None, participants=people))
        two.records.add("clearing", clearing(post=None, participants=people))
    broken = tmp_path / f"BorderDesk_BS-{1:08d}_{month.text}_7.bdx"
    broken.write_bytes(b"no package")
    province.exchange.imports.take(broken)
    province.exchange.imports.take(send(one, tmp_path))
    waits = {todo.intent["tab"]: todo for todo in make_overview(province, month.text).todos
             if todo.page == "exchange"}  # fmt: skip
    assert waits["board"].intent == {"tab": "board", "unit": "BS", "month": month.text}
    assert "cards" in waits
    assert "receive" not in waits
    province.exchange.imports.take(send(two, tmp_path))
    trust(two, province)
    province.exchange.imports.take_waiting()
    assert "pairs" not in [t.intent.get("tab") for t in make_overview(province, month.text).todos]
    province.doubles.catch_up()
    (pairs,) = [
        t for t in make_overview(province, month.text).todos if t.intent.get("tab") == "pairs"
    ]
    assert (pairs.intent["type"], pairs.lead) == ("clearing", "4")
