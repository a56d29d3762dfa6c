"""A table of texts that is read again: what was chosen is the same row, wherever it stands now."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.widgets.rows_table import RowsTable, TableColumn

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


def test_a_reading_while_a_key_is_down_chooses_nothing_more(table):
    table.setFocus()
    QTest.keyPress(table, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    table.show_rows(ROWS[1:])
    QTest.keyRelease(table, Qt.Key.Key_R)
    assert table.chosen_rows() == [0]
    assert QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
