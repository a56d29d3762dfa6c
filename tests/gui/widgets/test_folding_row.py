"""A row of buttons, of which a low window shows the daily ones."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ui.widgets.folding_row import FoldingRow
from ui.widgets.low_page import LINES, is_low


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
        row.fold(folded)
        assert [one.isVisible() for one in (daily, seldom)] == [True, not folded]
        assert more.isVisible() == (folded or more_stays)
        row.show_more()
        menu = more.findChildren(QMenu)[-1]
        assert menu.actions() == [word] * folded + [history] * more_stays
        if folded:
            menu.actions()[0].trigger()
        menu.close()
    assert done == ["word"]


def test_a_page_is_low_below_so_many_lines(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    enough = LINES * page.fontMetrics().lineSpacing()
    for height in (enough - 1, enough):
        page.resize(100, height)
        assert is_low(page) == (height < enough)
