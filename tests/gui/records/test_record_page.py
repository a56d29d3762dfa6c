"""Every type's page: type, save, list, edit, delete, undo."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from borderdesk.base.i18n import _, language
from borderdesk.schema.records import ALL_TYPES, RECORD_TYPES
from borderdesk.store.connection.database import Store
from borderdesk.store.lists.listing import Filter
from tests.gui.steps import (
    Heard,
    answer,
    focused,
    go,
    household_parts,
    in_list,
    marked,
    press,
    recent,
    type_here,
    typed,
    write,
)

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)

COMMUNE = "xa ba son"
RECORDS = {
    "patrol": {
        "kind": "don phuong|unilateral", "started_on": recent(), "from_marker": "1170",
        "to_marker": "1175", "communes": COMMUNE, "participants": "12", "result": "unchanged",
    },
    "clearing": {
        "kind": "sight_line", "started_on": recent(), "commune": COMMUNE, "times": "2",
        "participants": "124",
    },
    "track": {"completed_on": recent(), "commune": COMMUNE, "count": "3", "cost_vnd": "15000000"},
    "outreach": {
        "form": "session", "held_on": recent(), "sessions": "2", "topics": "bien_phong",
        "commune": COMMUNE, "attendance": "140",
    },
    "pledge": {
        "signed_on": recent(), "programme": "buon_lau", "count": "12", "commune": COMMUNE,
        "hamlet": "Khuoi Cap", "source_ref": "BB 41/12",
    },
    "registration": {
        "subject": "collective", "name": "To tu quan", "from_on": recent(), "commune": COMMUNE,
        "hamlet": "Khuoi Cap",
    },
    "programme": {
        "programme": "luy_tre", "done_on": recent(), "quantity": "2,5", "commune": COMMUNE,
    },
    "coordination": {
        "kind": "briefing", "happened_on": recent(), "counterpart": "domestic",
        "partner": "cong_an", "subject": "An ninh",
    },
    "incident": {
        "happened_on": recent(), "commune": COMMUNE, "category": "buon_lau", "status": "open",
    },
    "household": {"head": "Nong Van A", "commune": COMMUNE, "hamlet": "Khuoi Cap"},
}  # fmt: skip
"""A record of each type as a clerk types it, in the order of the form; codes go too."""
EDITS = {
    "patrol": ("participants", "14"), "clearing": ("participants", "33"),
    "track": ("count", "4"), "outreach": ("attendance", "150"), "pledge": ("count", "13"),
    "registration": ("name", "To hai"), "programme": ("quantity", "3,5"),
    "coordination": ("subject", "Buon lau"), "incident": ("persons", "2"),
    "household": ("head", "Nong Van B"),
}  # fmt: skip


def fill(page, type_name):
    for key, text in RECORDS[type_name].items():
        typed(page, key, text.rpartition("|")[2])


def test_every_type_has_a_record_to_type():
    assert set(RECORDS) == set(ALL_TYPES) == set(EDITS)


def test_a_record_is_typed_saved_edited_deleted_and_taken_back(qtbot, window, desk):
    for type_name in ALL_TYPES:
        live(qtbot, go(qtbot, window, type_name), desk, type_name)


def live(qtbot, page, desk, type_name):
    """The life of a record with keys only, from a blank form to the undone deletion."""
    press("Ctrl+N")
    fill(page, type_name)
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    assert page.bar.text.endswith(_("Saved.")), page.bar.text
    assert len(page.table.lines) == 1
    assert page.view.currentIndex().row() == 0
    record = page.form.record

    key, text = EDITS[type_name]
    typed(page, key, text)
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    assert len(desk.records.history(type_name, record)) == 2
    if key in page.table.keys:
        shown = text if language() == "vi" else text.replace(",", ".")
        assert in_list(page, shown) == [0], page.table.lines

    page.view.setFocus()
    press("Delete")
    qtbot.waitUntil(page.idle)
    assert page.table.lines == [], type_name
    press("Ctrl+Z")
    qtbot.waitUntil(page.idle)
    assert [line.id for line in page.table.lines] == [record]
    assert not page.dirty


def test_an_edit_sends_only_what_was_changed(qtbot, window, desk):
    for type_name in ALL_TYPES:
        page = go(qtbot, window, type_name)
        fill(page, type_name)
        assert page.form_actions.save(), type_name
        values, revision, _doubts = desk.records.read(type_name, page.form.record)
        assert not page.dirty, type_name
        assert page.form_actions.save()
        assert desk.records.read(type_name, page.form.record)[:2] == (values, revision), type_name


def test_a_bad_value_is_told_beside_its_field_and_everything_typed_stays(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    typed(page, "participants", "many")
    typed(page, "commune", "nowhere")
    typed(page, "from_marker", "abc")
    cell = page.form.cells["participants"]
    assert cell.note is not None
    assert cell.note.isVisible()
    assert cell.note.text().startswith("✗")
    before = page.form.raws()
    heard = Heard()
    press("Ctrl+S")
    assert heard.tones() == ["bad"]
    assert page.form.raws() == before
    assert page.form.cells["kind"].editor.holds(focused())
    assert desk.lists.count("clearing", Filter()) == 0
    required = [key for key, c in page.form.cells.items() if c.note and c.note.isVisible()]
    assert {"kind", "started_on", "participants", "from_marker"} <= set(required)


def test_a_doubt_stops_a_saving_once(qtbot, window):
    page = go(qtbot, window, "clearing")
    fill(page, "clearing")
    typed(page, "participants", "1.240")
    note = page.form.cells["participants"].note
    assert note is not None
    assert note.text().startswith("⚠")
    assert not page.form_actions.save()
    assert page.form.cells["participants"].editor.holds(focused())
    assert page.form_actions.save()
    qtbot.waitUntil(page.idle)
    assert page.table.index(0, 0).data().startswith("⚠")


def test_a_doubt_is_kept_with_one_key(qtbot, window):
    page = go(qtbot, window, "clearing")
    fill(page, "clearing")
    typed(page, "participants", "1.240")
    press("F8")
    note = page.form.cells["participants"].note
    assert note is not None
    assert note.text().startswith("✓")
    assert page.form_actions.save()
    qtbot.waitUntil(page.idle)
    assert page.table.index(0, 0).data().startswith("⚠")


def test_a_short_date_is_written_out_when_it_is_left(qtbot, window, desk):
    page = go(qtbot, window, "patrol")
    typed(page, "started_on", f"{desk.today():%d/%m}")
    assert page.form.cells["started_on"].editor.raw() == f"{desk.today():%d/%m/%Y}"


def test_conditional_fields_come_and_go_while_the_keyboard_stays(qtbot, window):
    page = go(qtbot, window, "pledge")
    cells = page.form.cells
    assert cells["household"].editor.widget.isVisible()
    assert not cells["commune"].editor.widget.isVisible()
    cells["count"].editor.focus()
    widget = focused()
    press("Ctrl+A")
    write("12")
    assert focused() is widget
    assert cells["commune"].editor.widget.isVisible()
    assert not cells["household"].editor.widget.isVisible()


def test_a_new_household_is_described_in_place(qtbot, window, desk):
    page = go(qtbot, window, "pledge")
    typed(page, "signed_on", recent())
    typed(page, "programme", "buon_lau")
    page.form.cells["household"].editor.focus()
    type_here("Hoang Thi B")
    parts = household_parts(page)
    assert parts["hamlet"].widget.isVisible()
    assert parts["commune"].holds(focused())
    type_here(COMMUNE)
    type_here("Khuoi Cap")
    assert page.form_actions.save(), page.bar.text
    found = desk.households.find("hoang thi b")
    assert [(one.head, one.hamlet) for one in found] == [("Hoang Thi B", "Khuoi Cap")]
    assert page.form.cells["household"].editor.raw() == found[0].id


def test_a_household_is_found_by_words_and_chosen(qtbot, window, desk):
    made = desk.records.add("household", RECORDS["household"], typed=True)
    page = go(qtbot, window, "pledge")
    editor = page.form.cells["household"].editor
    editor.focus()
    write("nong v")
    qtbot.waitUntil(lambda: marked() != "")
    press("Return")
    assert editor.raw() == made.id


def test_rows_below_a_record_are_added_told_off_and_removed(qtbot, window, desk):
    page = go(qtbot, window, "patrol")
    fill(page, "patrol")
    editor = page.form.cells["inspected"].editor
    for marker, condition in (("1170", "intact"), ("wrong", "damaged")):
        editor.add.click()
        type_here(marker)
        type_here(condition)
    assert not page.form_actions.save()
    assert editor.rows[1].note.isVisible()
    assert editor.rows[1].editors["marker"].holds(focused())
    type_here("1171")
    assert page.form_actions.save()
    values, _revision, _doubts = desk.records.read("patrol", page.form.record)
    assert [row["marker"] for row in values["inspected"]] == ["1170", "1171"]
    editor = page.form.cells["inspected"].editor
    editor.rows[0].remove.click()
    assert page.form_actions.save()
    values, _revision, _doubts = desk.records.read("patrol", page.form.record)
    assert [row["marker"] for row in values["inspected"]] == ["1171"]


def test_several_values_are_ticked_by_keyboard(qtbot, window):
    page = go(qtbot, window, "outreach")
    editor = page.form.cells["topics"].editor
    editor.focus()
    for keys in ("Down", "Space", "Down", "Space", "Return"):
        press(keys)
    assert editor.raw() == "bien_phong;bien_gioi"


def many(desk, number):
    line = {**RECORDS["clearing"], "hamlet": "Khuổi Cấp"}
    lines = [(n, {**line, "participants": str(n + 1)}) for n in range(number)]
    desk.records.add_batch("clearing", lines, typed=True)


def test_the_list_reads_on_page_after_page(qtbot, window, desk):
    many(desk, 250)
    page = go(qtbot, window, "clearing")
    assert page.table.rowCount() == 100
    for expected in (200, 250):
        page.view.scrollToBottom()
        page.table.fetchMore(page.table.index(-1, -1))
        qtbot.waitUntil(lambda expected=expected: page.table.rowCount() == expected)
    assert not page.table.canFetchMore(page.table.index(-1, -1))
    assert len({line.id for line in page.table.lines}) == 250
    assert page.count.text().startswith("250 ")


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(qtbot, window, desk):
    many(desk, 20)
    page = go(qtbot, window, "clearing")
    column = page.table.keys.index("participants")
    for way, first in ((Qt.SortOrder.AscendingOrder, "1"), (Qt.SortOrder.DescendingOrder, "20")):
        page.view.horizontalHeader().setSortIndicator(column, way)
        qtbot.waitUntil(page.idle)
        assert page.table.lines[0].cells[column] == first


@pytest.mark.parametrize(("words", "found"), [("khuoi", 1), ("Khuổi", 1), ("Khuối", 0)])
def test_search_ignores_accents_unless_they_are_typed(qtbot, window, desk, words, found):
    many(desk, 1)
    page = go(qtbot, window, "clearing")
    press("Ctrl+F")
    assert page.filter.search is focused()
    QApplication.sendEvent(focused(), committed(words))
    qtbot.waitUntil(lambda: page.table.chosen.search == words)
    qtbot.waitUntil(page.idle)
    assert len(page.table.lines) == found


def committed(text):
    """The event that an input method sends when a word is composed."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    return event


def test_composed_words_arrive_whole(qtbot, window, desk):
    page = go(qtbot, window, "incident")
    fill(page, "incident")
    for key in ("handling", "source_ref"):
        page.form.cells[key].editor.focus()
        for composing in ("đ", "đồ", "đồn"):
            QApplication.sendEvent(focused(), QInputMethodEvent(composing, []))
        QApplication.sendEvent(focused(), committed("đồn biên phòng"))
        assert page.form.cells[key].editor.raw() == "đồn biên phòng"
    assert page.form_actions.save()
    assert desk.records.read("incident", page.form.record)[0]["handling"] == "đồn biên phòng"


def test_another_row_puts_unsaved_text_aside(qtbot, window, desk):
    many(desk, 2)
    page = go(qtbot, window, "clearing")
    page.view.selectRow(0)
    first = page.form.record
    typed(page, "participants", "77")
    page.view.selectRow(1)
    qtbot.waitUntil(lambda: bool(page.bar.buttons) and page.bar.isVisible())
    assert page.form.record not in ("", first)
    assert [kept.parked for kept in desk.drafts.drafts("clearing")] == [True]
    answer(page, 0)
    assert page.form.record == first
    assert page.form.cells["participants"].editor.raw() == "77"
    assert page.form_actions.save()
    assert desk.records.read("clearing", first)[0]["participants"] == 77
    assert desk.drafts.drafts("clearing") == []


def test_somebody_elses_change_is_told_and_the_text_stays(qtbot, window, desk):
    many(desk, 1)
    page = go(qtbot, window, "clearing")
    page.view.selectRow(0)
    desk.records.edit("clearing", page.form.record, {"participants": 9})
    typed(page, "participants", "77")
    assert not page.form_actions.save()
    assert page.form.cells["participants"].editor.raw() == "77"
    assert desk.records.read("clearing", page.form.record)[0]["participants"] == 9


def test_the_list_starts_at_the_month_of_the_newest_record(qtbot, window, desk):
    old = {**RECORDS["clearing"], "started_on": "04/12/2023", "commune": "xa cao lau"}
    desk.records.add("clearing", old, typed=True)
    page = go(qtbot, window, "clearing")
    assert page.filter.period.currentData() == "2023-12"
    assert len(page.table.lines) == 1


def test_every_record_type_is_in_the_navigation_in_order(window):
    shown = [item for item in window.items if item in RECORD_TYPES]
    assert shown == list(RECORD_TYPES)


def test_the_window_lives_while_another_program_writes(qtbot, window, desk):
    """A save waits for the other program's transaction; the window stays responsive."""
    page = go(qtbot, window, "clearing")
    fill(page, "clearing")
    other = Store(desk.store.path)
    other.connect()
    other.run("BEGIN IMMEDIATE")
    seen = []

    def let_go():
        seen.append(page.bar.text)
        other.run("ROLLBACK")

    # The message appears after a moment; the other program ends only after it.
    told = QTimer(interval=50)
    told.timeout.connect(lambda: page.bar.text and not seen and let_go())
    told.start()
    saved = page.form_actions.save()
    told.stop()
    other.close()
    assert saved, page.bar.text
    assert seen
    assert _("Saving; another program is writing to the desk.") in seen[0]
    assert page.bar.text.endswith(_("Saved."))
    assert desk.lists.count("clearing", Filter()) == 1
