"""A refreshed table of texts: the selection stays on the same row, wherever it is now."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.widgets.tables.rows_table import RowsTable, TableColumn

ROWS = [("Hứa Văn Lâm",), ("Lý Thị Sinh",), ("Nông Văn Páo",)]


@pytest.fixture
def table(qtbot):
    made = RowsTable("Hộ", [TableColumn("Chủ hộ", 20)], "", several=True)
    qtbot.addWidget(made)
    made.show_rows(ROWS)
    return made


def test_the_rows_chosen_stay_chosen_where_another_came_or_went(table):
    assert table.chosen_rows() == [0]
    table.go_to(1)
    table.show_rows([("Chu Văn An",), *ROWS])
    assert (table.row(), table.chosen_rows()) == (2, [2])
    table.selectAll()
    table.show_rows([*ROWS, ("Vi Văn Hải",)])
    assert table.chosen_rows() == [0, 1, 2]
    table.show_rows(ROWS[1:])
    assert table.chosen_rows() == [0, 1]


def test_home_and_end_go_to_the_first_and_the_last_row(table):
    for code, row in ((Qt.Key.Key_End, 2), (Qt.Key.Key_Home, 0)):
        QTest.keyClick(table, code)
        assert table.chosen_rows() == [row]


def test_of_rows_that_look_alike_the_nearest_is_meant(table):
    table.show_rows([ROWS[0]] * 3)
    table.go_to(2)
    table.show_rows([ROWS[0]] * 4)
    assert table.chosen_rows() == [2]


def test_in_the_place_of_a_row_that_went_is_the_next_or_where_it_matters_none(table):
    table.go_to(1)
    table.show_rows([ROWS[0], ROWS[2]])
    assert table.chosen_rows() == [1]
    table.show_rows([ROWS[0]], go_on=False)
    assert (table.chosen_rows(), table.row()) == ([], -1)
    table.show_rows(ROWS, go_on=False)
    assert table.chosen_rows() == []


def test_rows_that_look_alike_are_known_by_their_keys(table):
    """A removed row is not confused with an equal-looking one, wherever that stands or appears."""
    alike = [ROWS[0]] * 5
    table.show_rows(alike, keys="abcde")
    table.go_to(1)
    table.show_rows(alike, keys="xabcd")
    assert table.chosen_rows() == [2]
    for _row in range(2):
        QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.chosen_rows() == [2, 3, 4]
    table.show_rows([*alike, ROWS[1]], keys="xabefg")
    assert (table.row(), table.chosen_rows()) == (2, [2])
    table.show_rows([ROWS[0]], keys="x", go_on=False)
    assert table.chosen_rows() == []


def test_the_row_after_those_that_went_is_the_next(table):
    table.show_rows(ROWS * 2, keys="abcdef")
    table.go_to(1)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.chosen_rows() == [1, 2, 3]
    table.show_rows(ROWS, keys="aef")
    assert (table.row(), table.chosen_rows()) == (1, [1])


def test_after_a_row_that_went_is_the_next_though_others_came_in_front(table):
    table.show_rows(ROWS, keys="abc")
    table.go_to(0)
    table.show_rows([("Chu Văn An",), *ROWS[1:]], keys="xbc")
    assert (table.row(), table.chosen_rows()) == (1, [1])
    table.go_to(2)
    table.show_rows([("Chu Văn An",), ROWS[1]], keys="xb")
    assert table.row() == 1


def test_after_the_last_row_went_is_the_one_before_it_though_others_came_in_front(table):
    table.show_rows(ROWS, keys="abc")
    table.go_to(2)
    table.show_rows([("Chu Văn An",), ("Vi Văn Hải",), *ROWS[:2]], keys="xyab")
    assert (table.row(), table.chosen_rows()) == (3, [3])
    # Of a new list nothing is to be kept, and it begins at its first row.
    table.show_rows(ROWS, keys="abc", keep=False)
    assert table.row() == 0
    table.show_rows(ROWS, keys="abc", keep=False)
    assert table.row() == 0


WIDE = [
    ("2023", "Phát quang đường tuần tra", "36", "Đồn Biên phòng Ba Sơn", ""),
    ("2024", "Phát quang đường tuần tra", "1.234.567", "Đồn Biên phòng Ba Sơn", "x"),
]


@pytest.mark.parametrize("digits", [90, 62, 38])
def test_columns_share_the_room_and_figures_are_whole(qtbot, digits):
    titles = ("Năm", "Chỉ tiêu", "Giá trị", "Phạm vi", "Lời văn điều khoản")
    columns = [TableColumn(title, 0, title == "Giá trị") for title in titles]
    made = RowsTable("Chỉ tiêu", columns, "")
    qtbot.addWidget(made)
    digit = made.fontMetrics().horizontalAdvance("0")
    made.show_rows(WIDE)
    made.share_room(WIDE)
    made.resize(digits * digit, 300)
    made.show()
    header, needed = made.horizontalHeader(), made.fontMetrics().horizontalAdvance
    assert made.columnWidth(2) > needed("1.234.567")
    ends = [header.sectionViewportPosition(at) + header.sectionSize(at) for at in range(5)]
    assert ends[2] <= made.viewport().width()
    # Nothing is cut where there is space, and words are cut before a column needs scrolling.
    assert (made.columnWidth(1) > needed(WIDE[0][1])) == (digits == 90)
    assert made.columnWidth(1) > needed("Phát q…uần tra")
    assert (ends[4] <= made.viewport().width()) == (digits > 38)


def test_the_name_of_an_empty_column_gives_way_before_words_do(qtbot):
    titles = ("Năm", "Chỉ tiêu", "Lời văn điều khoản")
    made = RowsTable("Chỉ tiêu", [TableColumn(title, 0) for title in titles], "")
    qtbot.addWidget(made)
    rows = [("2023", "Phát quang đường tuần tra", "")]
    made.show_rows(rows)
    made.share_room(rows)
    made.resize(43 * made.fontMetrics().horizontalAdvance("0"), 300)
    made.show()
    assert made.columnWidth(1) > made.fontMetrics().horizontalAdvance(rows[0][1])
    made.share_room([(*rows[0][:2], "x")])
    assert made.columnWidth(1) < made.fontMetrics().horizontalAdvance(rows[0][1])


def test_a_reading_while_a_key_is_down_chooses_nothing_more(table):
    table.show()
    table.go_to(1)
    shown = table.windowHandle()
    QTest.keyPress(shown, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    try:
        assert QApplication.keyboardModifiers() == Qt.KeyboardModifier.ControlModifier
        table.show_rows([("Chu Văn An",), *ROWS])
        table.go_to(3)
    finally:
        QTest.keyRelease(shown, Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier)
    assert table.chosen_rows() == [3]


def test_nothing_is_told_of_rows_that_are_still_read(qtbot):
    """“Nothing looks entered twice” would be shown while 76 pairs are being read."""

    def shown(awaited):
        made = RowsTable("Hộ", [TableColumn("Chủ hộ", 20)], "Không có hộ nào.", awaited=awaited)
        qtbot.addWidget(made)
        made.resize(400, 200)
        return made, made.viewport().grab().toImage()

    _table, told = shown(awaited=False)
    table, before = shown(awaited=True)
    assert before != told
    table.show_rows([])
    assert table.viewport().grab().toImage() == told
