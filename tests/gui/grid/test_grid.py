"""The grid as a clerk fills it: pasted, typed, filled down, corrected and saved, with keys only."""

import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _, ngettext
from borderdesk.entry.day_order import MONTH_FIRST
from borderdesk.entry.grid import form_of
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.lists.listing import Filter
from tests.gui.steps import focused, go, key, marked, press, write
from ui.grid.grid_model import CellState
from ui.shell.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
SHIFT = Qt.KeyboardModifier.ShiftModifier
CLEARING = ALL_TYPES["clearing"].columns()


@pytest.fixture
def page(qtbot, window):
    page = go(qtbot, window, "clearing")
    page.view.setFocus()
    press("Ctrl+B")
    qtbot.waitUntil(page.idle)
    return page


@pytest.fixture
def grid(page):
    return page.grid


def day(desk, back=1):
    return format_date(desk.today() - datetime.timedelta(days=back))


def kind():
    return _(CLEARING["kind"].options["sight_line"])


def heads(*keys):
    return [_(CLEARING[key].label) for key in keys]


def paste(rows):
    QGuiApplication.clipboard().setText("\n".join("\t".join(map(str, row)) for row in rows))
    press("Ctrl+V")


def sheet(desk, people):
    return [
        heads("started_on", "kind", "commune", "participants"),
        *([day(desk), kind(), "xa ba son", one] for one in people),
    ]


def cell(grid, row, key):
    return grid.cells.rows[row].get(key, "")


def test_sixty_rows_are_pasted_and_saved_at_once_and_taken_back_with_one_key(
    qtbot, page, grid, desk
):
    paste(sheet(desk, range(10, 70)))
    qtbot.waitUntil(grid.idle)
    assert "60/60" in grid.counter.text()
    assert cell(grid, 0, "commune") == "Xã Ba Sơn"
    press("Ctrl+S")
    qtbot.waitUntil(lambda: page.idle() and not grid.isVisible())
    assert desk.lists.count("clearing", Filter()) == 60
    assert desk.drafts.open_draft(form_of("clearing")) is None
    qtbot.waitUntil(lambda: bool(page.bar.text))
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and desk.lists.count("clearing", Filter()) == 0)


def test_a_wrong_cell_stops_the_saving_and_the_keyboard_stands_on_it(qtbot, page, grid, desk):
    paste(sheet(desk, [18, "nhiều", 20]))
    qtbot.waitUntil(grid.idle)
    assert "2/3" in grid.counter.text()
    assert grid.cells.state(1) is CellState.WRONG
    press("Ctrl+S")
    qtbot.waitUntil(lambda: grid.idle() and bool(grid.bar.text))
    assert desk.lists.count("clearing", Filter()) == 0
    assert grid.view.place(grid.view.currentIndex()) == (1, "participants")
    assert "✗" in grid.words.text()
    write("19")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(grid.idle)
    press("Ctrl+S")
    qtbot.waitUntil(lambda: page.idle() and not grid.isVisible())
    assert desk.lists.count("clearing", Filter()) == 3


def test_f4_goes_from_fault_to_fault_and_round(qtbot, grid, desk):
    paste(sheet(desk, ["x", 19, "y", "z"]))
    qtbot.waitUntil(grid.idle)
    grid.view.go_to((0, "kind"))
    seen = []
    for _turn in range(4):
        press("F4")
        seen.append(grid.view.place(grid.view.currentIndex()))
    assert seen == [(row, "participants") for row in (0, 2, 3, 0)]


def test_the_good_rows_can_be_saved_and_the_others_stay(qtbot, grid, desk):
    paste(sheet(desk, [18, "nhiều", 20]))
    qtbot.waitUntil(grid.idle)
    press("Ctrl+S")
    qtbot.waitUntil(lambda: grid.idle() and bool(grid.bar.buttons))
    grid.bar.buttons[0].click()
    qtbot.waitUntil(lambda: grid.idle() and desk.lists.count("clearing", Filter()) == 2)
    assert [cells["participants"] for cells in grid.cells.rows if cells] == ["nhiều"]
    kept = desk.drafts.open_draft(form_of("clearing"))
    assert [cells["participants"] for cells in kept.texts["rows"]] == ["nhiều"]


def test_doubts_stop_a_saving_once_and_are_kept_with_f8(qtbot, page, grid, desk):
    paste(sheet(desk, [18, 900]))
    qtbot.waitUntil(grid.idle)
    press("Ctrl+S")
    qtbot.waitUntil(lambda: grid.idle() and bool(grid.bar.text))
    assert desk.lists.count("clearing", Filter()) == 0
    assert grid.view.place(grid.view.currentIndex()) == (1, "participants")
    assert "⚠" in grid.words.text()
    press("F8")
    assert grid.cells.state(1) is CellState.RIGHT
    qtbot.waitUntil(grid.idle)
    press("Ctrl+S")
    qtbot.waitUntil(lambda: page.idle() and not grid.isVisible())
    assert desk.lists.count("clearing", Filter()) == 2


def test_a_row_is_typed_filled_down_emptied_and_taken_back(grid):
    grid.view.go_to((0, "participants"))
    write("18")
    key(Qt.Key.Key_Return)
    assert cell(grid, 0, "participants") == "18"
    assert grid.view.place(grid.view.currentIndex()) == (1, "participants")
    press("Ctrl+D")
    assert cell(grid, 1, "participants") == "18"
    key(Qt.Key.Key_Up)
    for _step in range(3):
        key(Qt.Key.Key_Down, SHIFT)
    press("Ctrl+D")
    assert [cell(grid, row, "participants") for row in range(4)] == ["18"] * 4
    press("Delete")
    assert not grid.cells.filled()
    press("Ctrl+Z")
    assert [cell(grid, row, "participants") for row in range(4)] == ["18"] * 4
    press("Ctrl+Z")
    assert [cell(grid, row, "participants") for row in range(4)] == ["18", "18", "", ""]


def test_a_day_number_is_a_day_of_the_month_shown(qtbot, window):
    page = go(qtbot, window, "clearing")
    month = page.filter.month()
    press("Ctrl+B")
    grid = page.grid
    grid.view.go_to((0, "started_on"))
    write("1")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(grid.idle)
    assert cell(grid, 0, "started_on") == format_date(month.first)


def test_a_choice_completes_without_accents_and_enter_takes_it(qtbot, grid):
    grid.view.go_to((0, "commune"))
    write("ba son")
    assert marked() == "Xã Ba Sơn"
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(grid, 0, "commune") == "Xã Ba Sơn")
    assert grid.view.place(grid.view.currentIndex()) == (1, "commune")


def test_a_composed_word_comes_into_the_cell_whole(grid):
    grid.cells.show_columns(list(grid.cells.every))
    grid.view.go_to((0, "note"))
    for part in ("d", "đ", "đồn"):
        QApplication.sendEvent(focused(), QInputMethodEvent(part, []))
    event = QInputMethodEvent()
    event.setCommitString("đồn biên phòng")
    QApplication.sendEvent(focused(), event)
    key(Qt.Key.Key_Return)
    assert cell(grid, 0, "note") == "đồn biên phòng"


def test_what_is_copied_is_a_table_for_a_spreadsheet(qtbot, grid, desk):
    paste(sheet(desk, [18, 20]))
    qtbot.waitUntil(grid.idle)
    grid.view.go_to((0, "participants"))
    key(Qt.Key.Key_Down, SHIFT)
    press("Ctrl+C")
    assert QGuiApplication.clipboard().text() == "18\n20\n"


def test_headings_that_name_a_hidden_column_show_it_and_unknown_ones_are_told(qtbot, grid):
    assert "note" not in [column.key for column in grid.cells.columns]
    paste([[*heads("participants", "note"), "Lạ"], ["18", "Trời mưa", "x"]])
    qtbot.waitUntil(grid.idle)
    assert cell(grid, 0, "note") == "Trời mưa"
    assert "note" in [column.key for column in grid.cells.columns]
    assert "Lạ" in grid.bar.text


def test_a_question_about_a_column_stays_until_it_is_answered(qtbot, grid):
    paste([[*heads("participants", "note"), "Lạ"], ["18", "Trời mưa", "7"], ["Tổng cộng", "", ""]])
    words = ngettext(
        "{count} row of totals was left out.", "{count} rows of totals were left out.", 1
    )
    assert words.format(count=1) in grid.bar.text
    grid.bar.buttons[0].click()
    assert grid.bar.text == ""
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Lạ" in grid.bar.text)
    grid.bar.buttons[0].click()
    menu = QApplication.activePopupWidget()
    menu.setActiveAction(menu.actions()[0])
    taken = next(k for k, c in grid.cells.every.items() if c.label == menu.actions()[0].text())
    QTest.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(grid, 0, taken) == "7")
    QApplication.processEvents()
    assert "Lạ" not in grid.bar.text


def test_a_table_left_or_closed_is_there_again(qtbot, page, grid, desk):
    paste(sheet(desk, [18, 900]))
    qtbot.waitUntil(grid.idle)
    grid.view.setFocus()
    key(Qt.Key.Key_Escape)
    assert page.view.isVisible() or page.empty.isVisible()
    assert page.dirty
    again = MainWindow(desk, "clearing")
    qtbot.addWidget(again)
    again.show()
    qtbot.waitUntil(lambda: again.current().idle())
    other = again.current()
    other.show_grid()
    qtbot.waitUntil(other.idle)
    assert [cells["participants"] for cells in other.grid.cells.rows if cells] == ["18", "900"]
    again.tasks.finish()


@pytest.mark.parametrize("change", ["language", "size"])
def test_another_language_or_size_takes_the_table_along(qtbot, window, grid, change):
    write("don ph")
    if change == "language":
        window.speak({"vi": "en", "en": "vi"}[window.language.currentData()])
    else:
        window.set_text_size(125)
    qtbot.waitUntil(window.current().idle)
    try:
        page = window.current()
        assert page.in_table
        assert page.grid is not grid
        assert page.grid.cells.index(0, 0).data() == "don ph"
    finally:
        window.set_text_size(100)


def test_what_is_typed_in_a_cell_is_kept_before_the_cell_is_left(qtbot, grid, desk):
    grid.view.go_to((3, "participants"))
    write("18")
    qtbot.waitUntil(lambda: desk.drafts.open_draft(form_of("clearing")) is not None)
    qtbot.waitUntil(grid.idle)
    rows = desk.drafts.open_draft(form_of("clearing")).texts["rows"]
    assert rows == [{}, {}, {}, {"participants": "18"}]
    assert not grid.cells.filled()


def test_a_saving_that_is_stopped_leaves_every_row(qtbot, grid, desk):
    paste(sheet(desk, range(10, 300)))
    qtbot.waitUntil(grid.idle)
    other = Store(desk.store.path)
    other.connect()
    # It waits for another program, so it cannot end before it is cancelled.
    other.run("BEGIN IMMEDIATE")
    press("Ctrl+S")
    grid.bar.buttons[0].click()
    other.run("ROLLBACK")
    other.close()
    qtbot.waitUntil(grid.idle)
    assert desk.lists.count("clearing", Filter()) == 0
    assert len(grid.cells.filled()) == 290


def test_days_with_the_month_first_are_asked_for_cell_by_cell(qtbot, grid):
    days = ["02/08/2023", "04/21/2023", "03/15/2023"]
    paste(
        [heads("started_on", "commune", "participants"), *([one, "xa ba son", 4] for one in days)]
    )
    qtbot.waitUntil(grid.idle)
    assert [cell(grid, row, "started_on") for row in range(3)] == [f"{one} ?" for one in days]
    assert _(MONTH_FIRST) in grid.bar.text
    assert "0/3" in grid.counter.text()


def test_eight_hundred_households_are_pasted_and_saved(qtbot, window, desk):
    page = go(qtbot, window, "household")
    press("Ctrl+B")
    grid = page.grid
    columns = {column.key: column.label for column in grid.cells.columns}
    keys = ("head", "commune", "hamlet")
    rows = [(f"Lý A {number}", "Xã Ba Sơn", "Khuổi Tát") for number in range(800)]
    paste([[columns[key] for key in keys], *rows])
    qtbot.waitUntil(grid.idle, timeout=30_000)
    assert "800/800" in grid.counter.text()
    press("Ctrl+S")
    qtbot.waitUntil(lambda: page.idle() and not grid.isVisible(), timeout=30_000)
    assert desk.lists.count("household", Filter()) == 800


def test_what_is_being_typed_stays_when_the_row_before_it_is_read(qtbot, grid):
    grid.cells.write({(0, "participants"): "18"})
    grid.view.go_to((0, "times"))
    key(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: grid.cells.state(0) is not CellState.UNREAD)
    QApplication.processEvents()
    key(Qt.Key.Key_3)
    key(Qt.Key.Key_Return)
    assert grid.cells.rows[0]["times"] == "23"
