"""Parts of a panel: below each other with headings, or under tabs."""

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from ui.base.neighbours import following
from ui.base.plain_text import PlainLabel
from ui.widgets.layout.parts_column import PartsColumn, column_part
from ui.widgets.layout.tab_flow import TabFlow

TITLES = ("Thẻ", "Tệp thiết lập", "Chuyển sổ")
LEAST = 60


@pytest.fixture
def parts(qtbot):
    column = PartsColumn("Thẻ")
    qtbot.addWidget(column)
    for place, title in enumerate(TITLES):
        part, inside = column_part()
        part.setMinimumHeight(LEAST)
        inside.addWidget(QPushButton(title))
        column.add(title, part, headed=place > 0)
    return column


def test_a_title_is_seen_once_above_its_part_or_on_its_tab(parts):
    headings = [one for one in parts.findChildren(PlainLabel) if one.text() in TITLES]
    assert [one.text() for one in headings] == list(TITLES[1:])
    for height in [*range(120, 320), *range(320, 120, -1)]:
        parts.resize(400, height)
        parts.show()
        QApplication.processEvents()
        shown = [one.text() for one in headings if one.isVisible()]
        assert shown == ([] if parts.is_parted() else list(TITLES[1:])), height
    parts.resize(400, 600)
    assert not parts.is_parted()


def test_a_part_alone_stands_under_its_tab(qtbot):
    """A part that needs no more space is not stretched."""
    column = PartsColumn("Thẻ")
    qtbot.addWidget(column)
    for title, stretch in (("Thẻ", 1), ("Chuyển sổ", 0)):
        part, inside = column_part()
        part.setMinimumHeight(LEAST * 4)
        inside.addWidget(QPushButton(title))
        column.add(title, part, stretch)
    column.resize(400, LEAST * 6)
    column.show()
    shown = {}
    for place in range(2):
        column.tabs.setCurrentIndex(place)
        QApplication.processEvents()
        [part] = [one for one in column._parts if one.widget.isVisible()]
        shown[part.stretch] = part.widget.height()
    assert column.is_parted()
    assert shown[0] == LEAST * 4
    assert shown[1] > LEAST * 4


def test_tabs_come_and_go_before_the_chosen_one(qtbot):
    tabs, told = TabFlow(), []
    qtbot.addWidget(tabs)
    for title in TITLES:
        tabs.add_tab(title)
    tabs.currentChanged.connect(told.append)
    tabs.setCurrentIndex(1)
    tabs.insert_tab(0, "Trang giấy")
    assert (tabs.currentIndex(), tabs.tabText(2), told) == (2, TITLES[1], [1])
    tabs.fold(True)
    tabs.insert_tab(4, "Mẫu riêng")
    assert [one.isHidden() for one in tabs.findChildren(QPushButton)] == [True] * 5
    tabs.setCurrentIndex(0)
    tabs.remove_tab(0)
    assert (tabs.currentIndex(), tabs.tabText(0), told) == (0, TITLES[0], [1, 0, 1])


def test_tab_goes_over_the_tabs_and_then_through_the_parts(parts):
    parts.resize(400, 200)
    parts.show()
    QApplication.processEvents()
    assert parts.is_parted()
    chain = []
    at = following(parts)
    while at is not parts:
        chain.append(at)
        at = following(at)
    assert [one.text() for one in chain if isinstance(one, QPushButton)] == [*TITLES, *TITLES]
