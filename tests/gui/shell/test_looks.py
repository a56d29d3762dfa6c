"""The layout faults that the tour looks for are found, and only these."""

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QPushButton, QScrollArea, QWidget

from borderdesk.base.i18n import set_language
from tests.gui import looks

WORDS = "Phát quang đường thông tầm nhìn biên giới"


@pytest.fixture
def page(qtbot, qapp):
    del qapp
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    return made


def put(page, widget, x=10, y=10, width=400, height=40):
    widget.setParent(page)
    widget.setGeometry(x, y, width, height)
    widget.show()
    return widget


def wrapped(text):
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def with_placeholder(text):
    line = QLineEdit()
    line.setPlaceholderText(text)
    line.setAccessibleName("Tìm")
    return line


def test_a_page_in_order_has_no_faults(page):
    put(page, QLabel(WORDS))
    put(page, QPushButton("Lưu"), y=60)
    put(page, with_placeholder(WORDS), y=110)
    assert looks.faults(page) == []


@pytest.mark.parametrize(
    ("widget", "size"),
    [
        (lambda: QLabel(WORDS), (40, 40)),
        (lambda: QLabel(WORDS), (400, 5)),
        (lambda: QPushButton(WORDS), (40, 40)),
        (lambda: wrapped(WORDS * 4), (100, 30)),
        (lambda: with_placeholder(WORDS), (60, 30)),
    ],
)
def test_cut_text_is_found(page, widget, size):
    put(page, widget(), width=size[0], height=size[1])
    assert looks.cut(page, looks.shown_below(page))


def test_what_stands_outside_is_found(page):
    put(page, QLabel(WORDS), x=500)
    assert looks.outside(page, looks.shown_below(page))


def test_a_label_that_is_not_level_with_its_field_is_found(page):
    field, label = with_placeholder(""), QLabel("Tên")
    label.setBuddy(field)
    put(page, label, x=10, y=10, width=60, height=30)
    put(page, field, x=80, y=10, width=100, height=30)
    assert looks.unlevel(page, looks.shown_below(page)) == []
    label.move(10, 6)
    assert looks.unlevel(page, looks.shown_below(page))


def test_what_lies_over_another_is_found(page):
    put(page, QLabel(WORDS))
    put(page, QLabel(WORDS), y=30)
    assert looks.overlaid(page, looks.shown_below(page))


def test_a_page_that_scrolls_sideways_is_found(page, qtbot):
    inside = QLabel(WORDS * 9)
    area = QScrollArea()
    area.setWidget(inside)
    put(page, area, height=200)
    qtbot.waitUntil(lambda: area.horizontalScrollBar().maximum() > 0)
    assert looks.sideways(page, looks.shown_below(page))


def test_a_list_without_room_for_its_rows_is_found(page):
    rows = QListWidget()
    rows.addItems([WORDS] * 9)
    put(page, rows, height=30)
    assert looks.rowless(page, looks.shown_below(page))


def test_a_field_without_a_name_is_found(page):
    put(page, QLineEdit())
    assert looks.nameless(page, looks.shown_below(page))


@pytest.mark.parametrize("words", ["Save", "Choose the columns of the list"])
def test_english_left_over_is_found(page, words):
    set_language("vi")
    put(page, QPushButton(words))
    page.findChild(QPushButton).setToolTip("Lưu")
    assert looks.untranslated(page) == [words]


def test_labels_are_level_with_their_fields(qtbot, window):
    """Signing and closing of a report, and the password of the desk."""
    for key in ("report", "settings"):
        window.nav.setCurrentItem(window.items[key])
        page = window.current()
        qtbot.waitUntil(page.idle)
        page.tabs.setCurrentIndex(2)
        qtbot.waitUntil(page.idle)
        shown = looks.shown_below(page)
        assert [w for w in shown if isinstance(w, QLabel) and w.buddy()]
        assert looks.unlevel(page, shown) == []
