"""Where the bar of messages stands, and what it covers."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QPushButton, QWidget

from ui.widgets.flow import FlowLayout
from ui.widgets.messages import MessageBar

WORDS = "Ngày kết thúc trước ngày bắt đầu: sửa một trong hai rồi lưu lại."


@pytest.fixture
def row(qtbot):
    """A row of buttons with a bar after them."""
    page = QWidget()
    qtbot.addWidget(page)
    layout = FlowLayout(page)
    for name in ("Thêm mới", "Chép thành bản mới", "Nhập từ bảng tính…", "Việc khác…"):
        layout.add(QPushButton(name))
    bar = MessageBar()
    layout.add(bar, 1)
    page.resize(layout.sizeHint().width() + 100, 60)
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
