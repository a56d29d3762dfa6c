"""Changing the text size by keys while typing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import CONTROL, go, key, write
from ui.base.text_size import set_text_size, text_size
from ui.reports.report_panels import CLOSING
from ui.shell.command_list import KEYS, CommandList
from ui.shell.help_window import HelpWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _usual_size(window, qapp):
    yield
    window.tasks.finish()
    set_text_size(qapp, 100)


def sized(qtbot, percent):
    qtbot.waitUntil(lambda: text_size() == percent)
    QApplication.processEvents()


def test_the_keys_of_every_browser_change_the_size_of_the_text(qtbot, window):
    go(qtbot, window, "clearing")
    for code, held, percent in (
        (Qt.Key.Key_Plus, CONTROL, 110),
        (Qt.Key.Key_Equal, CONTROL, 125),
        (Qt.Key.Key_Minus, CONTROL, 110),
        (Qt.Key.Key_0, CONTROL, 100),
    ):
        key(code, held)
        sized(qtbot, percent)


def test_the_size_waits_for_what_is_being_saved(qtbot, window, desk):
    """The page would be destroyed under the key that began to save."""
    page = go(qtbot, window, "clearing")
    page.form.cells["note"].editor.focus()
    write("rain")
    page.size_wanted.emit(110)
    page.drafts.park()
    sized(qtbot, 110)
    assert [draft.texts["raws"]["note"] for draft in desk.drafts.drafts("clearing")] == ["rain"]


def test_a_key_right_after_the_size_means_one_thing(window):
    window.set_text_size(110)
    key(Qt.Key.Key_F1)
    assert window.findChild(HelpWindow).isVisible()


def test_a_report_page_is_made_larger_and_not_the_text(qtbot, window):
    window.show_page("report", {})
    page = window.current()
    qtbot.waitUntil(page.idle)
    before = page.paper.scale(0)
    key(Qt.Key.Key_Plus, CONTROL)
    assert page.paper.scale(0) > before
    key(Qt.Key.Key_0, CONTROL)
    assert page.paper.scale(0) == before
    key(Qt.Key.Key_PageUp, CONTROL | SHIFT)
    sized(qtbot, 110)
    qtbot.waitUntil(window.current().idle)


def test_no_key_is_offered_for_two_things_among_reports(qtbot, window):
    window.show_page("report", {})
    qtbot.waitUntil(window.current().idle)
    key(Qt.Key.Key_K, CONTROL)
    box = window.findChild(CommandList)
    keys = [box.list.item(row).data(KEYS) or "" for row in range(box.list.count())]
    box.reject()
    told = [one for entry in keys if entry for one in entry.split(" · ")]
    assert {"Ctrl++", "Ctrl+0"} <= set(told)
    assert [one for one in told if told.count(one) > 1] == []


@pytest.mark.parametrize("field", ["participants", "kind", "note"])
def test_typing_goes_on_in_the_field_where_the_text_was_made_larger(qtbot, window, field):
    page = go(qtbot, window, "clearing")
    page.begin()
    page.form.cells[field].editor.focus()
    write("12")
    key(Qt.Key.Key_Left)
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    write("5")
    again = window.current()
    assert again is not page
    assert again.form.cells[field].editor.raw() == "152"
    assert not again.bar.isVisible()


def test_a_search_that_was_not_begun_yet_is_typed_where_it_stood(qtbot, window):
    go(qtbot, window, "clearing").filter.begin_search()
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    write("y")
    page = window.current()
    assert page.filter.search.text() == "y"
    qtbot.waitUntil(page.idle)


def test_a_search_goes_on_and_the_record_that_was_open_is(qtbot, window, desk):
    record = desk.records.add("clearing", RECORDS["clearing"], typed=True).id
    page = go(qtbot, window, "clearing")
    page.open(record)
    page.filter.begin_search()
    write("x")
    key(Qt.Key.Key_Equal, CONTROL)
    sized(qtbot, 110)
    write("y")
    page = window.current()
    assert page.filter.search.text() == "xy"
    assert page.form.record == record
    qtbot.waitUntil(page.idle)


def test_a_word_half_typed_in_a_cell_is_typed_to_its_end(qtbot, window):
    page = go(qtbot, window, "clearing")
    page.show_grid()
    column = [one.key for one in page.grid.cells.columns].index("from_marker")
    page.grid.view.setCurrentIndex(page.grid.cells.index(2, column))
    write("116")
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    write("8")
    grid = window.current().grid
    assert grid.view.typed_rows()[2] == {"from_marker": "1168"}


def test_a_table_of_the_settings_that_was_not_the_first_one_shown_is_typed_on_in(qtbot, window):
    for table in ("hamlets", "markers"):
        window.show_page("settings", {"ledger": table})
    window.current().panel().view.setFocus()
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    view = window.current().panel().view
    assert view.in_cell()
    write("11")
    assert view.typed_rows()[0]["marker"] == "11"
    window.current().panel().drop()


def test_a_paper_is_numbered_on_where_the_text_was_made_larger(qtbot, window):
    window.show_page("report", {})
    page = window.current()
    qtbot.waitUntil(page.idle)
    page.side.show_tab(CLOSING)
    asked = next(iter(page.closing.papers.lines))
    page.closing.papers.lines[asked].setFocus()
    write("so")
    page.closing.number.setFocus()
    write("0")
    key(Qt.Key.Key_PageUp, CONTROL | SHIFT)
    sized(qtbot, 110)
    write("5")
    closing = window.current().closing
    assert closing.number.text() == "05"
    qtbot.waitUntil(window.current().idle)
    assert closing.number.hasFocus()
    assert closing.papers.lines[asked].text() == "so"


def test_a_search_in_a_table_of_the_settings_goes_on_and_a_password_does_not(qtbot, window):
    window.show_page("settings", {"ledger": "password"})
    known = window.current().stack.currentWidget().known
    known.show_typed(True)
    known.insert("secret")
    known.setModified(True)
    window.show_page("settings", {"ledger": "markers"})
    window.current().panel().search.setFocus()
    write("11")
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    write("6")
    page = window.current()
    search = page.panel().search
    assert (search.text(), search.hasFocus()) == ("116", True)
    qtbot.waitUntil(page.idle)
    hidden = [page.panel().view.isRowHidden(row) for row in range(20)]
    assert True in hidden
    page.show_tab("password")
    assert page.stack.currentWidget().known.text() == ""


@pytest.mark.parametrize("part", ["todos", "goals"])
def test_the_keyboard_stays_on_a_page_that_fills_itself_later(qtbot, window, desk, part):
    desk.records.add("clearing", RECORDS["clearing"], typed=True)
    window.show_page("home", {})
    page = window.current()
    page.refresh()

    def place(page):
        return getattr(page, part).links()[0]

    qtbot.waitUntil(lambda: page.idle() and page.safety is not None)
    place(page).setFocus()
    assert place(page).hasFocus()
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    again = window.current()
    qtbot.waitUntil(lambda: again.idle() and again.safety is not None)
    assert again is not page
    qtbot.waitUntil(lambda: place(again).hasFocus())
    again.refresh()
    qtbot.waitUntil(again.idle)
    assert place(again).hasFocus()


def test_the_marker_that_was_looked_at_is_shown_again(qtbot, window):
    window.show_page("strip", {})
    page = window.current()
    qtbot.waitUntil(lambda: page.idle() and bool(page.markers))
    page.strip.setFocus()
    for code in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        key(code)
    qtbot.waitUntil(page.idle)
    shown = page.marker_card.title.text()
    key(Qt.Key.Key_Plus, CONTROL)
    sized(qtbot, 110)
    again = window.current()
    qtbot.waitUntil(lambda: again.idle() and again.marker_card.title.text() == shown)
    qtbot.waitUntil(again.strip.hasFocus)
    assert again.strip.current().marker in shown
