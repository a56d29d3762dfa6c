"""A window left open over midnight, and over the end of a year."""

import datetime

import pytest

from borderdesk.base.formats import format_date
from tests.gui.steps import go, press

LAST, FIRST = datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)


@pytest.fixture
def days(monkeypatch, post_desk):
    now = [LAST]
    monkeypatch.setattr(type(post_desk), "today", lambda _self: now[0])
    return now


def test_every_page_knows_the_new_day(qtbot, days, window):
    def turn_to(key):
        window.nav.setCurrentItem(window.items[key])
        qtbot.waitUntil(window.current().idle)
        return window.current()

    keys = ("home", "clearing", "daybook", "strip", "report", "exchange")
    for key in keys:
        turn_to(key)
    days[0] = FIRST
    assert turn_to("home").period.currentData() == "2027-01"
    assert turn_to("clearing").filter.period.currentData() == "2027-01"
    assert turn_to("daybook").first.text() == format_date(FIRST)
    assert turn_to("strip").day == FIRST
    chooser = turn_to("report").chooser
    assert chooser.year.itemData(0) == 2027
    assert chooser.year.currentData() == 2026
    assert chooser.period().text == "2026-12"


def test_a_day_that_somebody_chose_stays(qtbot, days, window):
    window.nav.setCurrentItem(window.items["daybook"])
    page = window.current()
    page.step(-1)
    shown = page.first.text()
    days[0] = FIRST
    window.nav.setCurrentItem(window.items["home"])
    window.nav.setCurrentItem(window.items["daybook"])
    qtbot.waitUntil(page.idle)
    assert page.first.text() == shown


def test_a_day_alone_is_of_the_new_month(qtbot, days, window):
    page = go(qtbot, window, "clearing")
    days[0] = FIRST
    window.nav.setCurrentItem(window.items["home"])
    go(qtbot, window, "clearing")
    press("Ctrl+N")
    page.form.cells["started_on"].editor.focus()
    press("1")
    press("Tab")
    assert page.form.raws()["started_on"] == format_date(FIRST)
