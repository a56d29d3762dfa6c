"""A list is painted as Qt would paint it, and before the rest of its page is made."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from tests.factories import example
from tests.gui.steps import go
from ui.records.list_delegate import ListDelegate


@pytest.fixture
def desk(post_desk):
    post_desk.records.add("clearing", example("clearing"))
    return post_desk


class QtDelegate(QStyledItemDelegate):
    """Qt's own, to be asked what it would show."""


def shown(delegate, index):
    """What a cell shows, by a delegate."""
    option = QStyleOptionViewItem()
    delegate.initStyleOption(option, index)
    return option.text, option.displayAlignment, option.features, option.index.column()


def test_every_cell_shows_what_qt_would_show_of_it(qtbot, window):
    page = go(qtbot, window, "clearing")
    page.filter.period.choose("")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    ours, of_qt = page.view.itemDelegate(), QtDelegate(page.view)
    assert isinstance(ours, ListDelegate)
    for column in range(page.table.columnCount()):
        cell = page.table.index(0, column)
        assert shown(ours, cell) == shown(of_qt, cell)
    assert shown(ours, page.table.index(0, 0))[0]


def test_a_page_that_is_left_at_once_is_not_made_further(qtbot, window):
    # Nor is it made ahead, which a slow machine would come to meanwhile.
    window.ahead.findChild(QTimer).stop()
    window.nav.setCurrentItem(window.items["clearing"])
    left = window.current()
    left.repaint()
    go(qtbot, window, "patrol")
    assert not {"filter", "form"} & vars(left).keys()
    go(qtbot, window, "clearing")
    assert window.current() is left
    assert {"filter", "form"} <= vars(left).keys()
