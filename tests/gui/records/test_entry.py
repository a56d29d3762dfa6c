"""Entry by keyboard only: copied values, focus changes, drafts, composed text."""

import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QComboBox

from borderdesk.base.i18n import _, ngettext
from borderdesk.base.text import fold
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import Filter
from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import (
    COMPOSED,
    focused,
    go,
    household_parts,
    key,
    marked,
    offers,
    press,
    recent,
    typed,
    write,
)

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)

RETURN, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
CONTROL = Qt.KeyboardModifier.ControlModifier
MOST_STEPS = 60


class Keys:
    """Counts the keys a clerk presses."""

    def __init__(self):
        self.count = 0

    def press(self, code, modifier=Qt.KeyboardModifier.NoModifier):
        self.count += 1
        key(code, modifier)

    def write(self, text):
        self.count += len(text)
        write(text)


def field_of(page):
    """The key of the focused field."""
    inside = focused()
    return next((k for k, c in page.form.cells.items() if c.editor.holds(inside)), "")


def walk(page, values, keys=None):
    """Go through the form with Enter, typing the given texts."""
    keys, left, reached = keys or Keys(), dict(values), ""
    for _step in range(MOST_STEPS):
        reached = field_of(page)
        if reached in left:
            keys.press(Qt.Key.Key_A, CONTROL)
            keys.write(left.pop(reached).rpartition("|")[2])
        if not left:
            return keys
        keys.press(RETURN)
    raise AssertionError(f"Enter came to {reached} and not to {left}")


def test_every_type_is_entered_with_enter_and_ctrl_enter(qtbot, window, desk):
    for type_name in ALL_TYPES:
        page = go(qtbot, window, type_name)
        press("Ctrl+N")
        walk(page, RECORDS[type_name])
        key(RETURN, CONTROL)
        qtbot.waitUntil(page.idle)
        assert desk.lists.count(type_name, Filter()) == 1, (type_name, page.bar.text)
        assert page.form.record == ""
        assert not page.dirty, type_name
        assert field_of(page) == page.form.area.ordered()[0].key


def test_enter_at_save_saves_without_going_on(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    walk(page, RECORDS["clearing"])
    only, going_on = (page.form.buttons.itemAt(place).widget() for place in (1, 2))
    assert page.form.save_button is going_on
    only.setFocus()
    key(RETURN)
    qtbot.waitUntil(page.idle)
    assert desk.lists.count("clearing", Filter()) == 1, page.bar.text
    assert page.form.record
    assert not page.dirty


def test_what_stays_is_there_for_the_next_record_and_after_a_restart(qtbot, window, desk, lang):
    from ui.shell.app import main_window

    page = go(qtbot, window, "outreach")
    press("Ctrl+N")
    walk(page, RECORDS["outreach"])
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    stays = {k for k, f in ALL_TYPES["outreach"].columns().items() if f.sticky}
    assert stays == {"held_on", "commune", "topics", "partners"}
    before = {k: page.form.cells[k].editor.raw() for k in stays}
    assert before["held_on"]
    assert before["commune"]
    assert page.form.cells["attendance"].editor.raw() == ""
    window.close()
    again = main_window(desk, lang)
    qtbot.addWidget(again)
    again.show()
    page = go(qtbot, again, "outreach")
    assert {k: page.form.cells[k].editor.raw() for k in stays} == before
    assert not page.dirty
    again.close()
    again.tasks.finish()


def until(page, key_of_field, keys):
    """Press Enter until a field is reached."""
    for _step in range(MOST_STEPS):
        if field_of(page) == key_of_field:
            return
        keys.press(RETURN)
    raise AssertionError(f"Enter never comes to {key_of_field}")


@pytest.mark.both_languages
def test_a_second_clearing_takes_at_most_fifteen_keys(qtbot, window, desk, lang):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    walk(page, RECORDS["clearing"])
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    keys = Keys()
    keys.write({"vi": "th", "en": "si"}[lang])
    until(page, "participants", keys)
    keys.write("18")
    keys.press(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    assert desk.lists.count("clearing", Filter()) == 2, page.bar.text
    second = next(one.values for one in desk.lists.stream("clearing", Filter())
                  if one.values["participants"] == 18)  # fmt: skip
    assert second["kind"] == "sight_line"
    assert second["started_on"] == desk.today() - datetime.timedelta(days=3)
    assert keys.count <= 15


@pytest.mark.both_languages
def test_a_patrol_of_seven_markers_takes_at_most_twenty_five_keys(qtbot, window, desk, lang):
    page = go(qtbot, window, "patrol")
    known = [m for m, (post, *_rest) in desk.book.markers.items() if post == "BS" and "/" not in m]
    first = next(m for m in known if len(desk.book.markers_between(m, stretch_end(desk, m))) == 7)
    press("Ctrl+N")
    keys = Keys()
    keys.write({"vi": "d", "en": "u"}[lang])
    keys.press(RETURN)
    keys.write(f"{desk.today().day}")
    until(page, "from_marker", keys)
    keys.write(first)
    keys.press(RETURN)
    keys.write(stretch_end(desk, first))
    until(page, "participants", keys)
    keys.write("12")
    keys.press(Qt.Key.Key_F7)
    keys.press(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    (patrol,) = (one.values for one in desk.lists.stream("patrol", Filter()))
    assert len(patrol["inspected"]) == 7
    assert patrol["result"] == "unchanged"
    assert keys.count <= 25


def stretch_end(desk, first):
    """The marker with a whole number six markers later."""
    known = list(desk.book.markers)
    return next(m for m in known[known.index(first) + 6 :] if "/" not in m)


def test_a_pledge_of_a_new_household_takes_at_most_twenty_keys(qtbot, window, desk):
    page = go(qtbot, window, "pledge")
    press("Ctrl+N")
    walk(page, {"signed_on": recent(), "programme": "buon_lau"})
    first = {"head": "Ly A Pao", "commune": "xa ba son", "hamlet": "Khuoi Cap"}
    page.form.cells["household"].editor.put(first)
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    keys = Keys()
    until(page, "household", keys)
    keys.write("Ly A Sang")
    keys.press(RETURN)
    assert household_parts(page)["commune"].holds(focused())
    keys.press(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    found = {one.head: one for one in desk.households.find("Ly A")}
    assert found["Ly A Sang"].hamlet == "Khuoi Cap"
    assert desk.lists.count("pledge", Filter()) == 2, page.bar.text
    assert keys.count <= 20


def test_a_field_is_filled_in_as_last_time(qtbot, window):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    walk(page, RECORDS["clearing"])
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    for name, cell in page.form.cells.items():
        before = page.form.memory.last(name)
        cell.editor.focus()
        key(Qt.Key.Key_Apostrophe, CONTROL)
        if before:
            assert cell.editor.raw() == before
            assert not cell.editor.holds(focused())
        else:
            assert _("Nothing stood in this field last time.") in page.bar.text


def test_names_are_offered_as_they_were_typed_last_and_most(qtbot, window):
    page = go(qtbot, window, "patrol")
    leader = page.form.cells["leader"].editor
    for name in ("Lý A", "Nông Văn An", "Lý A", "Lương Thế Bình"):
        leader.put(name)
        page.form.memory.keep(page.form.raws(), set(page.form.contents.shown))
    page.form._offer_recent()
    leader.put("")
    leader.focus()
    write("l")
    assert offers() == ["Lương Thế Bình", "Lý A"]
    assert marked() == ""
    write("y")
    assert offers() == ["Lý A"]
    key(Qt.Key.Key_Down)
    key(RETURN)
    assert leader.raw() == "Lý A"


def test_a_registration_takes_the_place_of_its_household(qtbot, window, desk):
    household = {"head": "Lý A Sáng", "commune": "06196", "hamlet": "Nà Mỏ"}
    made = desk.records.add("household", household)
    page = go(qtbot, window, "registration")
    press("Ctrl+N")
    page.form.cells["subject"].editor.put("household")
    page.form.cells["from_on"].editor.put(recent())
    page.form.cells["household"].editor.put(made.id)
    page.form.cells["household"].editor.focus()
    key(RETURN)
    assert page.form.raws()["hamlet"] == "Nà Mỏ"
    assert page.form.raws()["commune"] == desk.households.place(made.id)[0]


@pytest.mark.parametrize(
    ("type_name", "first"), [("pledge", "signed_on"), ("track", "completed_on")]
)
def test_what_stays_in_the_first_field_is_typed_over(qtbot, window, type_name, first):
    page = go(qtbot, window, type_name)
    press("Ctrl+N")
    walk(page, RECORDS[type_name])
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    assert page.form.raws()[first]
    write("5")
    assert page.form.raws()[first] == "5"


def test_a_refused_saving_stands_on_the_wrong_value_to_be_typed_over(qtbot, window):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    walk(page, RECORDS["clearing"] | {"commune": "nowhere"})
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)
    assert field_of(page) == "commune"
    write("x")
    assert page.form.raws()["commune"] == "x"


def test_escape_puts_the_field_back_then_the_form_aside_and_loses_neither(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    typed(page, "times", "7")
    page.form.cells["note"].editor.focus()
    write("a long note")
    key(ESCAPE)
    assert page.form.cells["note"].editor.raw() == ""
    assert page.form.cells["times"].editor.raw() == "7"
    key(ESCAPE)
    qtbot.waitUntil(lambda: not page.dirty)
    press("Ctrl+N")
    (kept,) = desk.drafts.drafts("clearing")
    assert kept.parked
    page.drafts.take_up(kept.id)
    assert page.form.cells["times"].editor.raw() == "7"
    assert page.form.cells["note"].editor.raw() == "a long note"


def test_what_is_thrown_away_is_among_the_drafts(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    typed(page, "participants", "18")
    page.drafts.throw_away()
    assert not page.dirty
    assert desk.drafts.drafts("clearing") == []
    (thrown,) = desk.drafts.thrown_drafts("clearing")
    key(Qt.Key.Key_O, CONTROL)
    menu = QApplication.activePopupWidget()
    assert [a.text().split()[-1] for a in menu.actions() if not a.isSeparator()] == ["18"]
    menu.close()
    page.drafts.take_up(thrown.id)
    assert page.form.cells["participants"].editor.raw() == "18"


def test_a_record_is_copied_into_a_new_one(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    walk_new(page, "clearing")
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    first = page.form.record
    page.form.cells["source_ref"].editor.put("BB 1")
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    press("Ctrl+D")
    assert field_of(page) == "started_on"
    assert page.form.raws()["started_on"] == page.form.raws()["source_ref"] == ""
    write(recent(2))
    typed(page, "times", "5")
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    copy = desk.records.read("clearing", page.form.record)[0]
    assert page.form.record != first
    whole = desk.records.read("clearing", first)[0]
    del whole["source_ref"]
    day = desk.today() - datetime.timedelta(days=2)
    assert copy == {**whole, "times": 5, "started_on": day}


def in_words(page, key):
    """The displayed text of a field."""
    widget = page.form.cells[key].editor.widget
    return widget.currentText() if isinstance(widget, QComboBox) else widget.text()


def test_enter_takes_what_the_typing_leaves_and_moves_on(qtbot, window):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    label = _(ALL_TYPES["clearing"].columns()["kind"].options["sight_line"])
    write(fold(label)[-8:])
    assert marked() == label
    key(RETURN)
    qtbot.waitUntil(lambda: field_of(page) == "started_on")
    assert in_words(page, "kind") == label


def test_enter_takes_the_best_of_several_and_goes_on(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    editor = page.form.cells["commune"].editor
    editor.focus()
    write("xa")
    best = marked()
    assert best == offers()[0]
    assert best.startswith("Xã ")
    key(RETURN)
    qtbot.waitUntil(lambda: field_of(page) == "hamlet")
    write("x")
    assert in_words(page, "commune") == best
    assert in_words(page, "hamlet") == "x"
    own = desk.book.area_on("BS", desk.today())
    assert editor.raw() in own


def test_every_one_of_several_values_is_completed_without_accents(qtbot, window, desk):
    page = go(qtbot, window, "outreach")
    editor = page.form.cells["topics"].editor
    editor.focus()
    first, second = (desk.book.pick_label("topic", code) for code in ("bien_phong", "ma_tuy"))
    write(fold(first))
    assert marked() == first
    key(RETURN)
    qtbot.waitUntil(lambda: field_of(page) != "topics")
    editor.focus()
    key(Qt.Key.Key_End)
    write("; " + fold(second)[-8:])
    key(Qt.Key.Key_Tab)
    assert in_words(page, "topics") == f"{first}; {second}"
    assert editor.raw() == "bien_phong;ma_tuy"


def test_the_communes_of_a_patrol_follow_its_markers_until_somebody_names_others(
    qtbot, window, desk
):
    page = go(qtbot, window, "patrol")
    communes = page.form.cells["communes"].editor
    typed(page, "started_on", recent())
    typed(page, "from_marker", "1170")
    assert communes.raw() == ""
    typed(page, "to_marker", "1175")
    day = desk.today() - datetime.timedelta(days=3)
    assert communes.raw().split(";") == desk.book.communes_of_stretch("1170", "1175", day) != [""]
    other = next(unit for unit in desk.book.communes_on(day) if unit.id not in communes.raw())
    typed(page, "communes", fold(other.name))
    typed(page, "to_marker", "1180")
    assert communes.raw() == other.id


def test_what_is_typed_in_a_field_that_was_just_filled_in_replaces_it(qtbot, window, desk):
    page = go(qtbot, window, "patrol")
    communes = page.form.cells["communes"].editor
    typed(page, "started_on", recent())
    typed(page, "from_marker", "1170")
    page.form.cells["to_marker"].editor.focus()
    write("1175")
    key(Qt.Key.Key_Return)
    assert communes.raw()
    assert communes.holds(QApplication.focusWidget())
    other = next(u for u in desk.book.communes_on(desk.today()) if u.id not in communes.raw())
    write(fold(other.name))
    key(Qt.Key.Key_Tab)
    assert communes.raw() == other.id


def test_a_day_alone_is_a_day_of_the_month_the_list_shows(qtbot, window, desk):
    day = desk.today() - datetime.timedelta(days=40)
    raw = {"kind": "sight_line", "started_on": day.isoformat(), "commune": "06196",
           "participants": 12}  # fmt: skip
    desk.records.add("clearing", raw)
    page = go(qtbot, window, "clearing")
    page.filter.period.choose(f"{day:%Y-%m}")
    typed(page, "started_on", "4")
    assert page.form.cells["started_on"].editor.raw() == f"04/{day:%m/%Y}"
    for text in ("4/1", "04012023", "4-1-23"):
        typed(page, "started_on", text)
        assert page.form.cells["started_on"].editor.raw().startswith("04/01/")


@pytest.mark.both_languages
def test_a_number_is_read_and_shown_grouped(qtbot, window, lang):
    page = go(qtbot, window, "clearing")
    told = "1.200" if lang == "vi" else "1,200"
    for text in ("1.200", "1200", "1 200"):
        typed(page, "participants", text)
        assert page._desk.records.check("clearing", page.form.raws()).values["participants"] == 1200
        assert told in page.form.cells["participants"].note.text()


def walk_new(page, type_name):
    press("Ctrl+N")
    walk(page, RECORDS[type_name])


def test_one_key_fills_in_the_markers_of_the_stretch_as_intact(qtbot, window, desk):
    page = go(qtbot, window, "patrol")
    typed(page, "from_marker", "1170")
    typed(page, "to_marker", "1175")
    press("F7")
    rows = page.form.cells["inspected"].editor.raw()
    assert [row["marker"] for row in rows] == desk.book.markers_between("1170", "1175")
    assert {row["condition"] for row in rows} == {"intact"}
    press("F7")
    assert page.form.cells["inspected"].editor.raw() == rows


def test_tab_goes_along_the_rows_and_enter_by_those_that_are_filled(qtbot, window):
    page = go(qtbot, window, "patrol")
    press("Ctrl+N")
    walk(page, {"from_marker": "1170", "to_marker": "1175"})
    key(Qt.Key.Key_F7)
    rows = page.form.cells["inspected"].editor
    before = page.form.cells["findings"].editor
    before.focus()
    key(Qt.Key.Key_Tab)
    assert focused() is rows.rows[0].editors["marker"].widget
    for _turn in range(sum(len(row.widgets()) - 1 for row in rows.rows)):
        key(Qt.Key.Key_Tab)
    assert focused() is rows.add
    key(Qt.Key.Key_Space)
    assert focused() is rows.rows[-1].editors["marker"].widget
    before.focus()
    key(RETURN)
    assert focused() is rows.rows[0].editors["marker"].widget
    rows.rows[-1].remove.click()
    before.focus()
    key(RETURN)
    assert focused() is rows.add
    key(RETURN)
    key(RETURN)
    assert field_of(page) == "source_ref"


def test_a_field_stays_in_sight_though_a_problem_is_told_above_it(qtbot, window):
    page = go(qtbot, window, "patrol")
    press("Ctrl+N")
    write("d")
    for _step in range(MOST_STEPS):
        inside = focused()
        qtbot.waitUntil(lambda: inside.visibleRegion().boundingRect() == inside.rect())  # noqa: B023
        if field_of(page) == "findings":
            break
        key(RETURN)
    assert not page.form.cells["result"].note.isHidden()


def test_each_key_of_the_form_says_what_it_did_or_why_nothing(qtbot, window):
    page = go(qtbot, window, "patrol")
    press("Ctrl+N")
    for pressed, nothing in (
        (Qt.Key.Key_F7, _("No markers to fill in: type the first and the last of a stretch.")),
        (Qt.Key.Key_F8, _("Nothing that was typed here looks doubtful.")),
        (Qt.Key.Key_F9, _("Nothing to multiply: type the people, and both days of the work.")),
    ):
        key(pressed)
        assert nothing in page.bar.text
    walk(page, {"from_marker": "1170", "to_marker": "1175"})
    key(Qt.Key.Key_F7)
    rows = page.form.cells["inspected"].editor.rows
    words = ngettext(
        "{count} marker of the stretch is filled in as intact.",
        "{count} markers of the stretch are filled in as intact.",
        len(rows),
    )
    assert words.format(count=len(rows)) in page.bar.text


def test_people_times_days_are_turns(qtbot, window):
    page = go(qtbot, window, "clearing")
    first = datetime.datetime.now().astimezone().date() - datetime.timedelta(days=9)
    typed(page, "started_on", f"{first:%d/%m/%Y}")
    typed(page, "ended_on", f"{first + datetime.timedelta(days=2):%d/%m/%Y}")
    typed(page, "participants", "18")
    note = page.form.cells["participants"].note
    assert note is not None
    assert "54" in note.text()
    press("F9")
    assert page.form.cells["participants"].editor.raw() == "54"
    press("F9")
    assert page.form.cells["participants"].editor.raw() == "54"
    assert _("These are turns already: nothing is multiplied a second time.") in page.bar.text
    page.drafts.restore(page.form.draft())
    press("F9")
    assert page.form.cells["participants"].editor.raw() == "54"
    typed(page, "ended_on", f"{first + datetime.timedelta(days=3):%d/%m/%Y}")
    press("F9")
    assert page.form.cells["participants"].editor.raw() == "72"
    typed(page, "participants", "20x3")
    assert page.form.cells["participants"].editor.raw() == "60"


def test_a_draft_is_in_the_desk_a_moment_after_the_key(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    page.form.cells["hamlet"].editor.focus()
    write("Khuoi")

    def kept():
        draft = desk.drafts.open_draft("clearing")
        return draft is not None and draft.texts["raws"]["hamlet"] == "Khuoi"

    qtbot.waitUntil(kept)
    assert desk.lists.count("clearing", Filter()) == 0
    qtbot.waitUntil(lambda: "nháp" in page.form.state.text() or "Draft" in page.form.state.text())


def test_drafts_are_put_aside_and_taken_up_again(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    for people in ("11", "22"):
        typed(page, "participants", people)
        press("Ctrl+P")
        qtbot.waitUntil(lambda: not page.dirty)
    first, second = reversed(desk.drafts.drafts("clearing"))
    assert first.parked
    assert second.parked
    assert page.drafts.parked_button.isVisible()
    page.drafts.take_up(first.id)
    assert page.form.cells["participants"].editor.raw() == "11"
    page.drafts.take_up(second.id)
    assert page.form.cells["participants"].editor.raw() == "22"
    assert {d.id: d.parked for d in desk.drafts.drafts()} == {first.id: True, second.id: False}
    assert desk.lists.count("clearing", Filter()) == 0


def retype(text):
    """Type a text as UniKey does: a bare letter, Backspace, then the accented letter."""
    for word in text.split(" "):
        for letter in word:
            key(Qt.Key.Key_X)
            key(Qt.Key.Key_Backspace)
            event = QInputMethodEvent("", [])
            event.setCommitString(letter)
            QApplication.sendEvent(focused(), event)
        key(Qt.Key.Key_Space)


def test_a_draft_put_aside_in_mid_word_is_told_by_it_and_closes_its_list(qtbot, window):
    page = go(qtbot, window, "patrol")
    press("Ctrl+N")
    write("o")
    assert offers()
    press("Ctrl+P")
    qtbot.waitUntil(lambda: page.bar.buttons != [])
    assert not offers()
    press("Ctrl+O")
    menu = QApplication.activePopupWidget()
    assert [action.text().split()[-1] for action in menu.actions()] == ["o"]
    menu.close()


def test_a_word_typed_over_with_backspace_stays_as_it_was_typed(qtbot, window):
    page = go(qtbot, window, "clearing")
    for name in ("commune", "hamlet", "source_ref"):
        editor = page.form.cells[name].editor
        editor.focus()
        retype(COMPOSED)
        text = editor.raw()
        assert text.strip() == COMPOSED, name


def test_a_hamlet_is_completed_without_accents(qtbot, window, desk):
    household = {"head": "Lý A Sáng", "commune": "xa ba son", "hamlet": "Khuổi Tát"}
    desk.records.add("household", household, typed=True)
    page = go(qtbot, window, "clearing")
    typed(page, "started_on", recent())
    typed(page, "commune", "xa ba son")
    editor = page.form.cells["hamlet"].editor
    editor.focus()
    write("khuoi t")
    qtbot.waitUntil(lambda: offers() == ["Khuổi Tát"])
    assert marked() == ""
    key(Qt.Key.Key_Down)
    key(RETURN)
    qtbot.waitUntil(lambda: field_of(page) != "hamlet")
    assert editor.raw() == "Khuổi Tát"
