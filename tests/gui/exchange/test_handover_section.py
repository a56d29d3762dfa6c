"""Handing a desk over to another post in the window: confirmed first, then every page shows the
other post."""

import datetime

import pytest

from borderdesk.store.lists.listing import Filter
from tests.gui.liaison import settle, work
from tests.gui.steps import press


@pytest.fixture
def panel(qtbot, window, desk):
    for day in ("2023-11-04", "2023-12-04"):
        desk.records.add("clearing", work("BS", datetime.date.fromisoformat(day)))
    window.show_page("exchange", {"tab": "cards"})
    settle(qtbot, window.current())
    return window.current().panel("cards")


def test_a_desk_goes_over_with_its_records_from_a_day_on(qtbot, panel, window, desk):
    section, page = panel.handover, window.current()
    offered = [section.to.itemData(row) for row in range(section.to.count())]
    assert "CL" in offered
    assert "BS" not in offered
    section.to.setCurrentIndex(section.to.findData("CL"))
    section.since.setText("31/02/2023")
    section.ask_hand_over()
    assert desk.identity.unit == "BS"
    section.since.setText("1/12/2023")
    section.ask_hand_over()
    settle(qtbot, page)
    assert "01/12/2023" in page.bar.text
    assert " 1 " in page.bar.text
    press("Escape")
    assert desk.identity.unit == "BS"
    section.ask_hand_over()
    settle(qtbot, page)
    page.bar.buttons[0].click()
    qtbot.waitUntil(lambda: window.current() is not page)
    settle(qtbot, window.current())
    name = desk.book.post_name("CL")
    assert desk.identity.unit == "CL"
    assert name in window.windowTitle()
    assert name in window.current().bar.text
    posts = [row.values["post"] for row in desk.lists.stream("clearing", Filter())]
    assert sorted(posts) == ["BS", "CL"]
    window.show_page("exchange", {"tab": "cards"})
    settle(qtbot, window.current())
    assert name in window.current().panel("cards").own_label.text()
