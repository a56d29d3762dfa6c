"""The position of the message bar, and what it covers."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from ui.widgets.layout.flow import FlowLayout
from ui.widgets.pages.messages import MessageBar

WORDS = "Ngày kết thúc trước ngày bắt đầu: sửa một trong hai rồi lưu lại."


@pytest.fixture
def row(qtbot):
    """A row of buttons followed by a message bar."""
    page = QWidget()
    qtbot.addWidget(page)
    layout = FlowLayout(page)
    for name in ("Thêm mới", "Chép thành bản mới", "Nhập từ bảng tính…", "Việc khác…"):
        layout.add(QPushButton(name))
    bar = MessageBar()
    layout.add(bar, 1)
    room = 12 * bar.fontMetrics().horizontalAdvance("0") + 100
    page.resize(layout.sizeHint().width() + room, 60)
    page.show()
    return page, bar


@pytest.mark.parametrize("repeated", [1, 2, 3])
def test_a_message_is_read_whole_and_covers_no_half_of_a_button(qtbot, row, repeated):
    page, bar = row
    bar.warn(" ".join([WORDS] * repeated))
    place = bar.geometry()
    qtbot.waitUntil(lambda: bar.geometry() != place or repeated == 1)
    for one in page.findChildren(QPushButton):
        inside = QRect(one.geometry()).intersected(bar.geometry())
        assert one.parentWidget() is bar or inside.isEmpty() or inside == one.geometry()
    assert "…" not in bar._label.text()


def test_what_fits_in_its_place_covers_nothing(row):
    _page, bar = row
    place = QRect(bar.geometry())
    bar.notify("Đã lưu.")
    bar._grow()
    assert bar.geometry() == place


@pytest.mark.parametrize("end", ["button", "Escape", "message", "clear"])
def test_the_keyboard_goes_back_to_where_it_was_with_the_buttons(qtbot, row, end):
    page, bar = row
    third = page.findChildren(QPushButton)[2]
    third.setFocus()
    acted = []
    bar.warn(WORDS, ("Bỏ", lambda: acted.append(third.hasFocus())))
    first = bar.buttons[0]
    first.setFocus()
    if end == "button":
        first.click()
        assert acted == [True]
    elif end == "Escape":
        qtbot.keyClick(first, Qt.Key.Key_Escape)
    elif end == "message":
        bar.notify("Đã lưu.")
    else:
        bar.clear()
    assert third.hasFocus()


def test_the_keyboard_that_went_on_meanwhile_stays_where_it_is(row):
    page, bar = row
    first, second, *_others = page.findChildren(QPushButton)
    first.setFocus()
    bar.warn(WORDS)
    second.setFocus()
    bar.clear()
    assert second.hasFocus()


@pytest.mark.parametrize("below", [True, False])
def test_a_message_without_room_beside_it_stands_over_what_is_below_or_above(qtbot, row, below):
    """A question cut off at 150 % text size would not say what to compare."""
    page, bar = row
    width = page.width() * 2 // 3
    page.resize(width, 200 if below else page.layout().heightForWidth(width))
    place = QRect(bar.geometry())
    bar.warn(" ".join([WORDS] * 3))
    qtbot.waitUntil(lambda: bar.height() > place.height())
    assert "…" not in bar._label.text()
    assert page.rect().contains(bar.geometry())
    assert (bar.y() == place.y()) == below
    bar.notify("Đã lưu.")
    assert bar.geometry() == place
    bar.clear()
    assert bar.geometry() == place


def test_in_a_window_of_another_size_it_goes_back_to_its_place_there(qtbot, row):
    page, bar = row
    place = QRect(bar.geometry())
    bar.warn(" ".join([WORDS] * 3))
    qtbot.waitUntil(lambda: bar.geometry() != place)
    page.resize(page.width() - 40, page.height())
    page.layout().activate()
    place.setWidth(place.width() - 40)
    qtbot.waitUntil(lambda: bar.geometry().right() == place.right() and bar.x() < place.x())
    bar.notify("Đã lưu.")
    assert bar.geometry() == place
