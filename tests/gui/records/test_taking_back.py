"""Nothing typed or saved is lost: undo step by step, deleted records, drafts of deleted records."""

from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from borderdesk.base.i18n import _, ngettext
from borderdesk.entry.entry_rules import ENTERED
from borderdesk.schema.kinds import doubt_text
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import focused, go, key, marked, offers, press, recent, typed, write

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
LINE = {**RECORDS["clearing"], "hamlet": "Khuổi Cấp"}
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def lang():
    return "vi"


@pytest.fixture
def page(qtbot, window, desk):
    lines = [(n, {**LINE, "participants": str(n + 11)}) for n in range(3)]
    desk.records.add_batch("clearing", lines, typed=True)
    return go(qtbot, window, "clearing")


def people(desk):
    rows = desk.lists.stream("clearing", Filter())
    return sorted(row.values["participants"] for row in rows)


def test_undo_reaches_every_action_newest_first_and_says_what(qtbot, page, desk):
    page.view.selectRow(0)
    page.view.setFocus()
    press("Delete")
    qtbot.waitUntil(page.idle)
    page.view.selectRow(0)
    gone = desk.records.read("clearing", page.form.record)[0]["participants"]
    typed(page, "participants", "33")
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    press("Ctrl+N")
    for name, text in RECORDS["clearing"].items():
        typed(page, name, text)
    key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.idle)
    assert 124 in people(desk)
    page.view.setFocus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and 124 not in people(desk))
    assert "124" in page.bar.text or "thêm mới" in page.bar.text
    page.view.setFocus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and gone in people(desk))
    assert 33 not in people(desk)
    page.view.setFocus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and people(desk) == [11, 12, 13])
    page.view.setFocus()
    press("Ctrl+Z")
    assert _("There is nothing to take back.") in page.bar.text


def test_undo_goes_through_every_page_of_the_session(qtbot, page, window, desk):
    page.view.selectRow(0)
    page.view.setFocus()
    press("Delete")
    qtbot.waitUntil(page.idle)
    other = go(qtbot, window, "incident")
    press("Ctrl+N")
    for name, text in RECORDS["incident"].items():
        typed(other, name, text)
    press("Ctrl+S")
    qtbot.waitUntil(other.idle)
    assert desk.lists.count("incident", Filter()) == 1, other.bar.text
    window.speak("en")
    window.speak("vi")
    window.nav.setCurrentItem(window.items["daybook"])
    press("Ctrl+Z")  # from a page without steps to undo, to the page of the step
    other = window.current()
    qtbot.waitUntil(lambda: other.idle() and not desk.lists.count("incident", Filter()))
    title = _(ALL_TYPES["clearing"].title)
    assert title in other.bar.buttons[0].accessibleName()
    other.bar.buttons[0].click()
    page = window.current()
    qtbot.waitUntil(lambda: page.idle() and people(desk) == [11, 12, 13])
    assert page.list_actions.steps.newest() is None


def test_the_key_that_is_offered_takes_a_saving_back_at_once(qtbot, window, desk):
    for type_name in ALL_TYPES:
        save_and_take_back(qtbot, go(qtbot, window, type_name), desk, type_name)


def save_and_take_back(qtbot, other, desk, type_name):
    """Save a record by its key, then undo it from the following blank form."""
    press("Ctrl+N")
    for name, text in RECORDS[type_name].items():
        typed(other, name, text.rpartition("|")[2])
    key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(other.idle)
    assert desk.lists.count(type_name, Filter()) == 1, (type_name, other.bar.text)
    typed_key = next(cell.key for cell in other.form.area.ordered() if cell.editor.raw() == "")
    other.form.cells[typed_key].editor.focus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: other.idle() and not desk.lists.count(type_name, Filter()))


def test_the_key_means_what_is_typed_as_long_as_there_is_something(qtbot, page, desk):
    press("Ctrl+N")
    for name, text in RECORDS["clearing"].items():
        typed(page, name, text)
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    press("Ctrl+N")
    page.form.cells["source_ref"].editor.focus()
    write("BB 7")
    for _time in range(9):
        press("Ctrl+Z")
    assert page.form.raws()["source_ref"] == ""
    assert 124 in people(desk)
    write("BB 7")
    page.form.cells["labour_days"].editor.focus()
    press("Ctrl+Z")
    qtbot.waitUntil(page.idle)
    assert 124 in people(desk)
    assert "124" in page.bar.text or "thêm mới" in page.bar.text
    page.bar.buttons[0].click()
    qtbot.waitUntil(lambda: page.idle() and 124 not in people(desk))
    assert page.form.raws()["source_ref"] == "BB 7"


def test_a_field_that_was_left_still_takes_back_what_was_typed(page):
    page.view.selectRow(0)
    for name, short in (("started_on", recent(5)[:5]), ("participants", "1300")):
        before = page.form.raws()[name]
        typed(page, name, short)
        assert page.form.raws()[name] not in (before, short)
        page.form.cells[name].editor.focus()
        seen = []
        for _time in range(9):
            press("Ctrl+Z")
            seen.append(page.form.raws()[name])
        assert short in seen
        assert seen[-1] == before


def test_a_tag_taken_back_stays_taken_back(qtbot, page, desk):
    page.list.choose_all()
    code = next(iter(desk.book.picks["tag"]))
    page.tags.tag(code, True)
    qtbot.waitUntil(page.idle)
    for tagged in (3, 0, 0):
        rows = list(desk.lists.stream("clearing", Filter()))
        assert sum(row.values.get("tags") == [code] for row in rows) == tagged
        page.view.setFocus()
        press("Ctrl+Z")
        qtbot.waitUntil(page.idle)


def test_deleted_records_are_listed_and_several_taken_back(qtbot, page, desk):
    page.view.setFocus()
    press("Ctrl+A")
    press("Delete")
    qtbot.waitUntil(lambda: page.idle() and people(desk) == [])
    key(Qt.Key.Key_Delete, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: "window" in vars(page.deleted))
    shown = page.deleted.window
    qtbot.waitUntil(shown.isActiveWindow)
    assert len(shown.table.texts.rows) == 3
    assert shown.table.texts.rows[0][1] == desk.identity.user
    shown.search.setFocus()
    key(Qt.Key.Key_Down)
    assert shown.table.hasFocus()
    assert len(shown.chosen()) == 1
    shown.table.selectRow(0)
    key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(shown.chosen()) == 2
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.idle() and len(people(desk)) == 2)
    page.view.setFocus()
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and people(desk) == [])


@pytest.mark.parametrize("by_key", [True, False])
def test_a_record_taken_back_opens_though_its_row_is_chosen_already(qtbot, page, by_key):
    page.view.selectRow(0)
    record = page.form.record
    page.view.setFocus()
    press("Delete")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 2)
    page.list_actions.restore([record])
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 3)
    row = page.table.row_of(record)
    assert [one.row() for one in page.view.selectionModel().selectedRows()] == [row]
    assert page.form.record == ""
    if by_key:
        page.view.setFocus()
        key(Qt.Key.Key_Return)
    else:
        at = page.view.visualRect(page.table.index(row, 0)).center()
        QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.form.record == record


def open_and_change(page):
    page.view.selectRow(0)
    record = page.form.record
    typed(page, "participants", "77")
    return record


@pytest.mark.parametrize("way", ["new", "throw"])
@pytest.mark.parametrize("fate", ["deleted", "changed"])
def test_typing_whose_record_went_its_own_way_is_never_stuck(qtbot, page, desk, fate, way):
    record = open_and_change(page)
    if fate == "deleted":
        desk.records.delete("clearing", record, "x")
    else:
        desk.records.edit("clearing", record, {"times": 9})
    press("Ctrl+S")
    offers = {button.text(): button for button in page.bar.buttons}
    assert {_("Save as a new record"), _("Compare…"), _("Throw away")} <= offers.keys()
    assert page.form.raws()["participants"] == "77"
    if way == "new":
        offers[_("Save as a new record")].click()
        qtbot.waitUntil(page.idle)
        assert page.form.record not in ("", record)
        assert 77 in people(desk)
    else:
        offers[_("Throw away")].click()
        assert not page.dirty
        assert len(desk.drafts.thrown_drafts("clearing")) == 1
    assert desk.drafts.open_draft("clearing") is None


def test_what_was_typed_is_compared_and_saved_over_what_is_there(qtbot, page, desk):
    record = open_and_change(page)
    desk.records.edit("clearing", record, {"times": 9})
    press("Ctrl+S")
    next(b for b in page.bar.buttons if b.text() == _("Compare…")).click()
    shown = page.form_actions.conflict.window
    rows = {row[0]: row[1:] for row in shown.table.texts.rows}
    assert rows["Lượt người tham gia"][1] == "77"
    shown.buttons[0].click()
    qtbot.waitUntil(page.idle)
    values = desk.records.read("clearing", record)[0]
    assert (values["participants"], values["times"]) == (77, 9)


def test_the_keyboard_begins_anew_in_a_form_that_was_put_aside(qtbot, page):
    press("Ctrl+N")
    typed(page, "participants", "7")
    cells = page.form.cells
    assert not cells["kind"].editor.holds(focused())
    key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.dirty)
    qtbot.waitUntil(lambda: cells["kind"].editor.holds(focused()))
    one = ngettext("{count} draft", "{count} drafts", 1).format(count=1)
    qtbot.waitUntil(lambda: one in page.count.text())


def test_a_draft_taken_up_tells_at_once_that_its_record_is_gone(qtbot, page, desk):
    record = open_and_change(page)
    press("Ctrl+N")
    qtbot.waitUntil(lambda: not page.dirty)
    desk.records.delete("clearing", record, "x")
    (kept,) = desk.drafts.drafts("clearing")
    page.drafts.take_up(kept.id)
    assert _("This record was deleted meanwhile. What you typed is kept.") in page.bar.text
    key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.dirty)


def test_what_may_be_entered_already_is_named_opened_and_kept_by_one_key_alone(qtbot, page, desk):
    first = desk.records.add("clearing", {**LINE, "participants": "55"}, typed=True)
    press("Ctrl+N")
    for name, text in {**LINE, "participants": "55"}.items():
        page.form.cells[name].editor.put(text)
    page.form.cells["participants"].editor.focus()
    for _turn in range(3):
        press("Ctrl+S")
        assert people(desk).count(55) == 1
    assert "Ba Sơn" in page.bar.text
    assert doubt_text(ENTERED) in page.form.cells["started_on"].note.text()
    typed(page, "participants", "56")
    assert not page.form.cells["started_on"].has_note()
    typed(page, "participants", "55")
    press("Ctrl+S")
    next(b for b in page.bar.buttons if b.text() == _("Open that one")).click()
    qtbot.waitUntil(lambda: page.form.record == first.id)
    (kept,) = desk.drafts.drafts("clearing")
    page.drafts.take_up(kept.id)
    press("Ctrl+S")
    press("F8")
    press("Ctrl+S")
    qtbot.waitUntil(lambda: page.idle() and people(desk).count(55) == 2)


def test_namesakes_are_offered_each_with_what_tells_them_apart(qtbot, window, desk):
    place = {"head": "Hoàng Văn Thành", "commune": "06196", "hamlet": "Bản Lề"}
    for more in ({"citizen_id": "020085001234"}, {"phone": "0912345678"}, {}):
        desk.records.add("household", {**place, **more})
    page = go(qtbot, window, "pledge")
    press("Ctrl+N")
    page.form.cells["signed_on"].editor.put(recent())
    page.form.cells["programme"].editor.put("buon_lau")
    editor = page.form.cells["household"].editor
    editor.focus()
    write("Hoang Van Thanh")
    qtbot.waitUntil(lambda: len(offers()) == 4)
    assert len(set(offers())) == 4
    assert marked() == offers()[0]
    key(Qt.Key.Key_Up)
    key(Qt.Key.Key_Return)
    assert editor.parts["commune"].holds(QApplication.focusWidget())
    editor.parts["commune"].put("06196-2025")
    editor.parts["hamlet"].put("Bản Lề")
    press("Ctrl+S")
    press("F8")
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    assert desk.lists.count("household", Filter()) == 4


@pytest.mark.parametrize("keys", ["Delete", "Ctrl+Z"])
def test_what_is_asked_while_something_goes_on_is_answered(qtbot, page, desk, keys):
    gate = Event()
    page.view.selectRow(0)
    page.view.setFocus()
    before = people(desk)
    assert page.list_actions.run("Đang ghi…", lambda _report: gate.wait(60), lambda _set: None)
    press(keys)
    told, stop = page.bar.text, page.bar.buttons[0]
    gate.set()
    qtbot.waitUntil(page.idle)
    assert told.endswith(
        _("{work} Nothing else was begun: do it again once this has ended.").format(
            work="Đang ghi…"
        )
    )
    assert stop.accessibleName() == _("Stop")
    assert people(desk) == before
    page.view.setFocus()
    press("Delete")
    qtbot.waitUntil(lambda: page.idle() and len(people(desk)) == len(before) - 1)
