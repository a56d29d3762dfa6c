"""A flow layout: the remaining width goes to the items that stretch."""

from PySide6.QtWidgets import QPushButton, QWidget

from ui.widgets.layout.flow import FlowLayout


def row(qtbot, *stretches, most=0, spacer=True):
    """Items of 100 pixels in a row of 600 pixels, the last of them after a stretch."""
    owner = QWidget()
    qtbot.addWidget(owner)
    flow = FlowLayout(owner)
    items = []
    for _stretch in stretches:
        one = QWidget()
        one.setMinimumWidth(100)
        if most:
            one.setMaximumWidth(most)
        items.append(one)
    for one, stretch in zip(items[:-1], stretches, strict=False):
        flow.add(one, stretch)
    if spacer:
        flow.add_stretch()
    flow.add(items[-1], stretches[-1])
    owner.resize(600, 50)
    owner.show()
    return [(one.x(), one.x() + one.width()) for one in items]


def test_what_may_grow_only_so_far_still_stands_at_the_right_edge(qtbot):
    (left, _), (start, end) = row(qtbot, 0, 1, most=150)
    assert (left, start, end) == (0, 450, 600)


def test_two_that_may_grow_share_the_room_to_the_last_pixel(qtbot):
    (_, first), (_, last) = row(qtbot, 1, 2, spacer=False)
    assert (first, last) == (100 + (600 - 208) // 3, 600)


def test_all_at_their_widest_leave_the_rest_empty(qtbot):
    assert row(qtbot, 1, 1, most=150, spacer=False) == [(0, 150), (158, 308)]


def test_a_word_that_grows_goes_to_a_line_of_its_own(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    flow = FlowLayout(owner)
    first, last = QPushButton("a"), QPushButton("b")
    flow.add(first)
    flow.add(last)
    owner.resize(600, 50)
    owner.show()
    one = flow.heightForWidth(600)
    first.setText("a" * 200)
    qtbot.waitUntil(lambda: last.y() > first.y())
    assert flow.heightForWidth(600) == 2 * one + flow.spacing()
