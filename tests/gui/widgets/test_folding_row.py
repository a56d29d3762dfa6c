"""A row of buttons of which a low window shows only the most used."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ui.widgets.layout.folding_row import FoldingRow
from ui.widgets.layout.low_page import LINES, is_low
from ui.widgets.pages.messages import MessageBar

WIDE = 2_000
WIDTHS = range(0, 700, 10)


@pytest.mark.parametrize("more_stays", [True, False])
def test_what_is_folded_is_offered_by_the_last_button(qtbot, more_stays):
    page, row, done = QWidget(), FoldingRow(more_stays=more_stays), []
    qtbot.addWidget(page)
    page.setLayout(row)
    daily, seldom, more = QPushButton("Xem"), QPushButton("Lưu Word"), QPushButton("Việc khác…")
    word, history = QAction("Lưu Word", page), QAction("Lịch sử", page)
    word.triggered.connect(lambda: done.append("word"))
    row.add(daily)
    row.add_seldom(seldom, word)
    row.add_more(more)
    row.offer_more([history] if more_stays else [])
    page.show()
    for folded in (True, False):
        row.fold(WIDE, low=folded)
        assert [one.isVisible() for one in (daily, seldom)] == [True, not folded]
        assert more.isVisible() == (folded or more_stays)
        row.show_more()
        menu = more.findChildren(QMenu)[-1]
        assert menu.actions() == [word] * folded + [history] * more_stays
        if folded:
            menu.actions()[0].trigger()
        menu.close()
    assert done == ["word"]


@pytest.mark.parametrize("more_stays", [True, False])
def test_the_last_button_is_never_on_a_line_of_its_own(qtbot, more_stays):
    page, row = QWidget(), FoldingRow(more_stays=more_stays)
    qtbot.addWidget(page)
    page.setLayout(row)
    daily, more = QPushButton("Thêm mới"), QPushButton("Việc khác…")
    seldom = [QPushButton("Nhập từ bảng tính…") for _number in range(3)]
    row.add(daily)
    for one in seldom:
        row.add_seldom(one, QAction(one.text(), page))
    row.add_more(more)
    page.show()
    shown = []
    for width in WIDTHS:
        row.fold(width, low=False)
        there = [one for one in (daily, *seldom, more) if not one.isHidden()]
        shown.append(len(there) - 1 - (more in there))
        whole = sum(one.sizeHint().width() + row.spacing() for one in there) - row.spacing()
        assert whole <= width or there == [daily, more]
        assert (more in there) == (more_stays or shown[-1] < len(seldom))
    assert shown == sorted(shown)
    assert set(shown) == {0, 1, 2, 3} if more_stays else {0, 1, 3} <= set(shown)


def test_messages_are_on_the_line_of_the_buttons(qtbot):
    """Not below, where an empty line would stand; but no button is folded for nothing."""
    page, row, bar = QWidget(), FoldingRow(more_stays=True), MessageBar()
    qtbot.addWidget(page)
    page.setLayout(row)
    daily, more = QPushButton("Thêm mới"), QPushButton("Việc khác…")
    seldom = [QPushButton("Nhập từ bảng tính…") for _number in range(3)]
    row.add(daily)
    for one in seldom:
        row.add_seldom(one, QAction(one.text(), page))
    row.add_more(more)
    row.add(bar, 1)
    page.show()
    both = sum(one.sizeHint().width() + row.spacing() for one in (daily, more))
    for width in WIDTHS:
        row.fold(width, low=False)
        beside = row.heightForWidth(width) < daily.sizeHint().height() + bar.sizeHint().height()
        assert beside == (both + bar.sizeHint().width() <= width)
        there = [one for one in (daily, *seldom, more) if not one.isHidden()]
        whole = sum(one.sizeHint().width() + row.spacing() for one in there) - row.spacing()
        assert whole <= width or there == [daily, more]
    width = both + bar.sizeHint().width()
    row.fold(width, low=False)
    assert [one.isHidden() for one in seldom] == [True] * 3
    # What has no place while it is hidden takes none, nor what went elsewhere.
    row.removeWidget(bar)
    row.removeWidget(bar)
    busy = QPushButton("Hủy")
    row.add(busy)
    for hidden in (True, False):
        busy.setHidden(hidden)
        row.fold(both + seldom[0].sizeHint().width() + row.spacing(), low=False)
        assert seldom[0].isHidden() != hidden


def test_a_page_is_low_below_so_many_lines(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    enough = LINES * page.fontMetrics().lineSpacing()
    for height in (enough - 1, enough):
        page.resize(100, height)
        assert is_low(page) == (height < enough)
