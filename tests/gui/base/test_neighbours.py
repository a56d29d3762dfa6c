"""What a widget refers to stays with its parent: the garbage collector destroys nothing of it."""

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import ownedByPython

from ui.base.neighbours import focus_proxy, following, preceding, screen_of
from ui.base.plain_text import PlainLabel
from ui.widgets.layout.tab_order import go_to_first, tab_before


@pytest.fixture
def room(qtbot) -> QWidget:
    """An empty column."""
    room = QWidget()
    qtbot.addWidget(room)
    QVBoxLayout(room)
    return room


@pytest.fixture
def parts(room) -> list[QWidget]:
    """Its parts: a line, a table, a label and a button."""
    parts = [QLineEdit(), QTableView(), PlainLabel("Mốc"), QPushButton()]
    for part in parts:
        room.layout().addWidget(part)
    return parts


def names(widget: QObject) -> list[object]:
    """The classes of all objects below a widget."""
    return [[child.metaObject().className(), names(child)] for child in widget.children()]


def walk(at: QWidget, to: QWidget, step: Callable[[QWidget], QWidget | None]) -> None:
    while at is not to:
        found = step(at)
        assert found is not None
        at = found


def test_who_walks_along_the_focus_chain_takes_nothing_out_of_its_parent(room, parts):
    before = names(room)
    assert "QHeaderView" in str(before)
    walk(parts[1], parts[3], following)
    walk(parts[3], parts[0], preceding)
    parts.clear()
    gc.collect()
    assert names(room) == before


def test_a_walk_around_the_whole_window_leaves_it_with_its_owner(room):
    box = QWidget(room)
    walk(room, box, following)
    walk(box, room, following)
    walk(box, room, preceding)
    assert (ownedByPython(room), ownedByPython(box)) == (True, False)


def test_what_becomes_tabbed_before_another_leaves_that_where_it_is(room, parts):
    """As when the focus goes into a panel, which then gets its chooser of periods."""
    before = names(room)
    room.show()
    go_to_first(parts[2])
    tab_before(parts[0], parts[3])
    parts.clear()
    gc.collect()
    assert names(room) == before


def test_the_line_of_a_combo_box_does_not_hold_the_combo_box(room):
    box = QComboBox()
    box.setEditable(True)
    room.layout().addWidget(box)
    assert focus_proxy(box.lineEdit()) is box
    assert focus_proxy(room) is None
    before = names(room)
    del box
    gc.collect()
    assert names(room) == before


def test_a_screen_outlives_the_dialogs_that_asked_for_it(room):
    assert screen_of(room) is QApplication.primaryScreen()
    dialog = QDialog()
    vars(dialog)["itself"] = dialog
    screen_of(dialog)
    del dialog
    gc.collect()
    assert screen_of(room).availableGeometry().isValid()
