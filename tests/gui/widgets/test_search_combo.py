"""A searchable chooser: it shows its own list instead of Qt's."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMainWindow,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tests.gui.steps import compose, composing
from ui.base.style import dress
from ui.base.text_size import SIZES, set_text_size
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.text_line import TextLine

OPTIONS = [ComboOption("a", "Ba Sơn"), ComboOption("b", "Bắc Xa"), ComboOption("c", "Bắc Xa")]


@pytest.fixture
def shown(qtbot):
    """A chooser and a line edit in a window with the program's style."""
    window, page = QMainWindow(), QWidget()
    qtbot.addWidget(window)
    combo, line = SearchCombo(OPTIONS, "All"), TextLine()
    column = QVBoxLayout(page)
    column.addWidget(combo)
    column.addWidget(line)
    dress(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.setCentralWidget(page)
    yield combo, line
    window.close()


def test_qt_makes_no_list_that_is_never_shown(qtbot, shown):
    combo, line = shown
    qtbot.waitUntil(combo.isVisible)
    combo.setFocus()
    assert combo.grab().toImage().width() == combo.width()
    line.setFocus()
    assert combo.findChildren(QAbstractItemView) == []


def test_an_entry_that_is_typed_as_it_stands_is_chosen_and_told_once(shown):
    combo, line = shown
    told = []
    combo.entry_changed.connect(lambda: told.append(combo.code()))
    combo.setFocus()
    combo.setEditText("Ba Sơn")
    line.setFocus()
    assert told == ["a"]
    combo.put("a", "Ba Sơn")
    assert told == ["a"]
    combo.put("", "")
    assert told == ["a", ""]


@pytest.mark.parametrize("typed", ["", "Bản Chắt"])
def test_text_that_is_no_entry_any_more_is_told_once(shown, typed):
    combo, line = shown
    combo.put("a", "Ba Sơn")
    told = []
    combo.entry_changed.connect(lambda: told.append(combo.known_code()))
    combo.setFocus()
    combo.setEditText(typed)
    line.setFocus()
    assert told == [""]
    combo.put("a", "Ba Sơn")
    assert told == ["", "a"]


def test_the_button_that_clears_tells_at_once_and_a_composed_word_does_not(shown):
    combo, _line = shown
    combo.line().setClearButtonEnabled(True)
    combo.put("a", "Ba Sơn")
    told = []
    combo.entry_changed.connect(lambda: told.append(combo.known_code()))
    combo.setFocus()
    combo.line().selectAll()
    composing(combo.line(), "b")
    assert combo.currentText() == ""
    assert told == []
    compose(combo.line(), "")
    combo.put("b", "Bắc Xa")
    told.clear()
    combo.line().findChild(QToolButton).click()
    assert told == [""]


def test_an_entry_that_is_typed_without_its_accents_is_chosen(shown):
    combo, line = shown
    told = []
    combo.entry_changed.connect(lambda: told.append(combo.known_code()))
    combo.setFocus()
    combo.setEditText("ba son")
    line.setFocus()
    assert told == ["a"]


def test_whoever_hears_of_the_text_is_told_the_entry_that_was_chosen(shown):
    combo, _line = shown
    combo.put("a", "Ba Sơn")
    told = []
    combo.currentTextChanged.connect(lambda _text: told.append(combo.code()))
    combo.put("c", "Bắc Xa")
    assert told == ["c"]


def test_of_two_that_are_called_alike_the_one_that_was_chosen_stays(shown):
    combo, _line = shown
    combo.put("c", "Bắc Xa")
    assert combo.code() == "c"
    combo.offer(OPTIONS[1:])
    assert combo.code() == "c"
    combo.offer(OPTIONS[:1])
    assert (combo.code(), combo.currentText()) == ("c", "Bắc Xa")


def test_down_opens_the_whole_list_and_enter_takes_from_it(shown):
    combo, _line = shown
    combo.setFocus()
    QTest.keyClick(combo.line(), Qt.Key.Key_Down)
    assert [option.code for option in combo.completion().options()] == ["a", "b", "c"]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(combo.line(), key)
    assert combo.code() == "a"


@pytest.mark.parametrize("percent", SIZES)
def test_choosers_and_lines_of_one_row_are_equally_high(qtbot, qapp, percent):
    set_text_size(qapp, percent)
    try:
        window = QMainWindow()
        qtbot.addWidget(window)
        chooser = Chooser()
        chooser.addItem("Ba Sơn")
        fields = (chooser, SearchCombo(OPTIONS), TextLine())
        page = QWidget()
        window.setCentralWidget(page)
        column = QVBoxLayout(page)
        for field in fields:
            column.addWidget(field)
        dress(window)
        # Font heights are rounded in one place and truncated in another.
        heights = [field.sizeHint().height() for field in fields]
        assert max(heights) - min(heights) <= 1, heights
    finally:
        set_text_size(qapp, 100)


def test_entries_are_read_when_they_are_needed_and_what_is_typed_before_stays(qtbot, shown):
    combo, _line = shown
    read = []
    more = [*OPTIONS, ComboOption("d", "Cao Lâu")]

    def entries():
        read.append(True)
        return more

    qtbot.waitUntil(combo.isVisible)
    combo.offer_later(entries)
    combo.put("", "")
    assert (combo.code(), read) == ("", [])
    combo.setFocus()
    QTest.keyClicks(combo.line(), "cao")
    assert combo.line().cursorPosition() == len("cao")
    assert combo.completion().options() == more[-1:]
    assert combo.known() == more
    assert len(read) == 1


def test_entries_that_replace_the_one_shown_are_read_at_once(shown):
    combo, _line = shown
    combo.put("b", "")
    combo.offer_later(lambda: OPTIONS[:1])
    # Still the entry that was chosen, though it is not offered any more.
    assert (combo.code(), combo.known()) == ("b", OPTIONS[:1])


def test_entries_that_could_not_be_read_are_read_again(shown):
    combo, _line = shown
    ways = [lambda: 1 / 0, lambda: OPTIONS[:1]]
    combo.offer_later(lambda: ways.pop(0)())
    with pytest.raises(ZeroDivisionError):
        combo.known()
    assert combo.known() == OPTIONS[:1]


def test_fewer_entries_come_while_a_word_is_composed_over_the_one_shown(qtbot, shown):
    combo, line = shown
    qtbot.waitUntil(combo.isVisible)
    combo.put("c", "")
    combo.setFocus()
    combo.line().selectAll()
    composing(combo.line(), "b")
    assert combo.currentText() == ""
    combo.offer_later(lambda: OPTIONS[:1])
    with qtbot.captureExceptions() as faults:
        line.setFocus()
    assert faults == []
    assert combo.known() == OPTIONS[:1]


@pytest.mark.parametrize("searched", [True, False])
def test_a_text_that_is_too_wide_ends_in_three_dots(qtbot, searched):
    """It looks as a text would that is as short as that."""
    window = QWidget()
    column = QVBoxLayout(window)
    beside = QLineEdit()
    column.addWidget(beside)
    post = "Đồn Biên phòng cửa khẩu quốc tế Hữu Nghị"
    short = [f"{post[:n]}…" for n in range(10, 30)]
    combo = SearchCombo([]) if searched else Chooser()
    combo.setFixedWidth(180)
    column.addWidget(combo)
    dress(window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    beside.setFocus()

    def painted(text):
        if searched:
            combo.put("", text)
        else:
            combo.clear()
            combo.addItem(text)
        return combo.grab().toImage()

    whole = painted(post)
    assert any(painted(text) == whole for text in short)


@pytest.mark.parametrize("percent", SIZES)
def test_a_chooser_of_its_own_width_shows_its_entries_whole(qtbot, qapp, percent, monkeypatch):
    set_text_size(qapp, percent)
    try:
        chooser = Chooser()
        chooser.addItems(["100 %", "A4 (210 × 297 mm)", "Tiếng Việt", "Đồn Biên phòng Ba Sơn"])
        dress(chooser)
        qtbot.addWidget(chooser)
        chooser.show()
        chooser.resize(chooser.sizeHint())
        elided = []
        monkeypatch.setattr(QStylePainter, "drawControl", lambda *drawn: elided.append(drawn))
        for place in range(chooser.count()):
            chooser.setCurrentIndex(place)
            chooser.grab()
        assert elided == []
    finally:
        set_text_size(qapp, 100)
