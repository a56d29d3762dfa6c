"""The list's own painting equals Qt's, and it is painted before the rest of its page is created."""

from itertools import pairwise

import pytest
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from tests.factories import example
from tests.gui.steps import go
from ui.base.neighbours import following
from ui.records.lists.list_delegate import ListDelegate


@pytest.fixture
def desk(post_desk):
    for _record in range(2):
        post_desk.records.add("clearing", example("clearing"))
    return post_desk


class QtDelegate(QStyledItemDelegate):
    """Qt's own delegate, for comparison."""


def shown(delegate, index):
    """(text, alignment, features, column) of a cell as initialised by a delegate."""
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


def painted(view, delegate):
    """The picture of a list painted by a delegate."""
    view.setItemDelegate(delegate)
    return view.viewport().grab().toImage()


def test_every_cell_is_painted_as_qt_would_paint_it(qtbot, window):
    """Right-aligned figures, elided texts, selected and other rows."""
    page = go(qtbot, window, "clearing")
    page.filter.period.choose("")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) > 1)
    ours, of_qt = page.view.itemDelegate(), QtDelegate(page.view)
    pictures = []
    for width in range(44, 60):
        page.list.mark(page.table.lines[0].id if width % 2 else "")
        for column in range(page.table.columnCount()):
            page.view.setColumnWidth(column, width)
        pictures.append(painted(page.view, ours))
        assert pictures[-1] == painted(page.view, of_qt)
    assert all(one != other for one, other in pairwise(pictures))


def test_cells_are_measured_anew_in_another_font(qtbot, window):
    page = go(qtbot, window, "clearing")
    page.filter.period.choose("")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) > 1)
    ours, anew = page.view.itemDelegate(), ListDelegate(page.table, page.view)
    pictures = [painted(page.view, ours)]
    font = page.view.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    page.view.setFont(font)
    pictures.append(painted(page.view, ours))
    assert pictures[0] != pictures[1] == painted(page.view, anew)


def test_a_page_that_is_left_at_once_is_not_made_further(qtbot, window):
    window.nav.setCurrentItem(window.items["clearing"])
    left = window.current()
    left.repaint()
    go(qtbot, window, "patrol")
    assert not {"filter", "form"} & vars(left).keys()
    go(qtbot, window, "clearing")
    assert window.current() is left
    assert {"filter", "form"} <= vars(left).keys()


def test_the_form_is_made_before_the_choosers(qtbot, window):
    window.nav.setCurrentItem(window.items["clearing"])
    page = window.current()
    made = []
    while page.prepare():
        made.append({"filter", "form"} & vars(page).keys())
    assert made == [{"form"}, {"filter", "form"}]
    qtbot.waitUntil(page.idle)


def test_tab_goes_from_the_choosers_to_the_form_whichever_was_made_first(qtbot, window):
    window.nav.setCurrentItem(window.items["patrol"])
    window.current().filter.begin_search()
    for name in ("patrol", "clearing"):
        page = go(qtbot, window, name)
        first = page.form.area.ordered()[0].editor.widget
        stops = [page.filter.period, page.filter.search, page.toolbar.add_button, page.view, first]
        place, way = page.filter.period, []
        while place not in way:
            way.append(place)
            place = following(place)
        assert [stop for stop in way if stop in stops] == stops, name
