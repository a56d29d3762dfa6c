"""Ctrl+Z in the window: every operation can be undone, or the window says why not."""

import re

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from borderdesk.base.i18n import _, ngettext
from borderdesk.base.stored_words import stored_words
from borderdesk.session.operations import OPERATIONS
from borderdesk.store.lists.listing import Filter
from tests.effort import tries
from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import go, press, typed
from ui.base.final_operations import FINAL, UNASKED, UNDOABLE
from ui.base.undo_steps import UndoStep, undo_steps_of
from ui.widgets.pages.tabbed_page import TabbedPage

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


def test_every_operation_is_taken_back_or_is_final_or_is_none_of_the_window():
    assert FINAL.keys() | UNDOABLE | UNASKED >= OPERATIONS.keys()
    assert len(FINAL) + len(UNDOABLE) + len(UNASKED) == len(FINAL.keys() | UNDOABLE | UNASKED)


def test_what_is_final_names_places_and_buttons_as_the_window_does():
    named = [
        (name, final.why) for final in FINAL.values() for name in re.findall("“([^”]+)”", final.why)
    ]
    assert [(name, why) for name, why in named if f"“{_(name)}”" not in _(why)] == []
    assert "Leave as it was signed" in FINAL["Closing.amend_period"].why


@pytest.mark.parametrize("lang", tries(["vi"], ["vi", "en"]), indirect=True)
def test_what_is_final_is_told_by_ctrl_z_on_every_page_and_hides_nothing(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    for name, text in RECORDS["clearing"].items():
        typed(page, name, text)
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    steps = undo_steps_of(window.tasks)
    pages = ["home", "report", "exchange", "settings", "daybook", "clearing"]
    for number, (name, final) in enumerate(FINAL.items()):
        window.nav.setCurrentItem(window.items[pages[number % len(pages)]])
        here = window.current()
        here.setFocus()
        assert desk.on_operation is not None
        desk.on_operation(name)
        qtbot.waitUntil(lambda: bool(steps.newest().why))
        press("Ctrl+Z")
        assert _(final.what) in here.bar.text, name
        assert _(final.why) in here.bar.text
        assert desk.lists.count("clearing", Filter()) == 1
        # The next press reaches the earlier step.
        assert steps.newest().page == "clearing"
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and not desk.lists.count("clearing", Filter()))


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_what_was_done_in_one_language_is_told_in_the_next(qtbot, window, desk):
    steps = undo_steps_of(window.tasks)
    said = stored_words(_("edited: {what}").format(what="1.250"))
    steps.push(UndoStep("clearing", "", said, lambda _report: None))
    many = ngettext("{count} record saved.", "{count} records saved.", 6).format(count=6)
    steps.push(UndoStep("clearing", "", stored_words(many), lambda _report: None))
    assert steps.newest().words == "Đã lưu 6 bản ghi"
    desk.on_operation("Closing.keep_signature")
    qtbot.waitUntil(lambda: bool(steps.newest().why))
    window.speak("en")
    window.nav.setCurrentItem(window.items["daybook"])
    qtbot.waitUntil(window.current().idle)
    window.current().setFocus()
    press("Ctrl+Z")
    assert "A paper was signed digitally" in window.current().bar.text
    assert steps.pop().words == "6 records saved"
    assert steps.pop().words == "edited: 1.250"


def test_a_setting_chosen_in_the_window_says_so(qtbot, window):
    window.nav.setCurrentItem(window.items["settings"])
    page = window.current()
    page.show_tab("window")
    page.paper.activated.emit(1 - page.paper.currentIndex())
    # Until it is announced, which follows the recording of the step.
    qtbot.waitUntil(
        lambda: undo_steps_of(window.tasks).newest() is not None and page.bar.text != ""
    )
    page.tabs.setFocus()
    press("Ctrl+Z")
    assert _(FINAL["ReferenceEditor.set_setting"].why) in page.bar.text
    press("Ctrl+Z")
    assert _("There is nothing to take back.") in page.bar.text


def test_what_is_destroyed_with_the_keyboard_in_it_leaves_the_page_alone(qtbot, window):
    for name in ("exchange", "settings"):
        window.nav.setCurrentItem(window.items[name])
        page = window.current()
        assert isinstance(page, TabbedPage)
        qtbot.waitUntil(page.idle)
        box = QWidget(page.stack.currentWidget())
        line, _other = QLineEdit(box), QLineEdit(box)
        box.show()
        line.setFocus()
        assert line.hasFocus()
        box.deleteLater()
        # Searching children while they are being destroyed would crash here.
        QApplication.sendPostedEvents(box, QEvent.Type.DeferredDelete)
        assert not isValid(box), name
