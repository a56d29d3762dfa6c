"""Going to a place by a word (Ctrl+K): the focus is on its main widget."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget
from shiboken6 import delete

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.ledgers.tables import ledgers
from borderdesk.schema.settings import SETTINGS
from tests.gui.steps import focused, key, press, work_until, write
from ui.grid.cell_line import CellLine
from ui.settings.settings_page import OF_WINDOW
from ui.shell.command_list import FOUND, ActionTarget, CommandList
from ui.shell.places import places
from ui.widgets.actions.all_actions import ACTIONS, bind


def go_by_word(window, words):
    press("Ctrl+K")
    box = window.findChild(CommandList)
    box.search.setText(words)
    key(Qt.Key.Key_Return)
    QApplication.processEvents()
    work_until(window.current().idle)


def stops(panel):
    return [
        one
        for one in panel.findChildren(QWidget)
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def test_the_keyboard_is_in_every_tab_that_is_gone_to(window, desk):
    # Another tab is in front now.
    window.show_page("settings", {"ledger": "window"})
    window.current().tabs.setFocus()
    for place in [*places(desk, "home")]:
        if place.words.count("›"):
            go_by_word(window, place.words)
            panel = window.current().stack.currentWidget()
            # Without conflicting versions no widget takes the focus.
            assert panel.isAncestorOf(focused()) or not stops(panel), place.words
            search = getattr(panel, "search", None)
            listed = [one for one in panel.findChildren(QAbstractItemView) if one.isVisible()]
            if search is not None and listed:
                search.setFocus()
                key(Qt.Key.Key_Down)
                assert isinstance(focused(), (QAbstractItemView, CellLine)), place.words


def test_the_keyboard_is_in_the_field_of_a_setting_gone_to(window):
    for label in (*OF_WINDOW, *(rule.label for rule in SETTINGS.values())):
        go_by_word(window, _("Setting: {label}").format(label=_(label)))
        assert focused().accessibleName() == _(label)


def test_what_is_typed_after_the_word_is_the_first_free_row(window):
    title = _(ledgers()["hamlets"].title)
    go_by_word(window, f"{window.navigation.titles['settings']} › {title}")
    assert isinstance(focused(), CellLine)
    press("Ctrl+N")
    write("Ba")
    page = window.current()
    assert page.panel().view.typed_rows() == [{"commune": "Ba"}]


@pytest.mark.parametrize("name", ["send_folder", "save_due", "print"])
def test_a_word_of_what_is_done_elsewhere_leads_to_its_button(window, name):
    hint = _(ACTIONS[name].hint)
    words = _(ACTIONS[name].name)
    go_by_word(window, f"{words} — {hint[:1].lower()}{hint[1:]}")
    at = focused()
    assert isinstance(at, QPushButton)
    assert at.accessibleName() == words


@pytest.mark.both_languages
def test_enter_takes_what_is_called_as_typed(window):
    # Actions of this page speak of numbers, days and pledges in what is said of them.
    window.show_page("outreach", {})
    work_until(window.current().idle)
    press("Ctrl+K")
    box = window.findChild(CommandList)
    for page, title in window.navigation.titles.items():
        for typed in (title, fold(title)):
            box.search.setText(typed)
            first = box.list.item(0)
            at = first.data(FOUND)
            assert at == page or first.text().partition(" — ")[0].removeprefix("+ ") == title
    box.search.setText(_("Backups"))
    assert _("Backups") in box.list.item(0).text()
    box.reject()


def test_typed_accents_come_first_and_hide_nothing(window):
    box = CommandList({"a": "Mâu", "b": "Mẫu"}, [], [], lambda *_asked: None, window)
    for typed, order in (("mau", "ab"), ("Mâ", "ab"), ("mẫ", "ba")):
        box.search.setText(typed)
        assert "".join(box.list.item(row).data(FOUND) for row in range(2)) == order


@pytest.mark.parametrize("typed", ["", "sao"])
def test_what_was_destroyed_since_the_list_was_opened_is_not_carried_out(window, typed):
    """A size chosen just before Ctrl+K rebuilds the pages below the list, with their actions."""
    actions = [bind(window, "backups", lambda: None), bind(window, "help", lambda: None)]
    box = CommandList({}, actions, [], lambda *_asked: None, window)
    assert {type(box.list.item(row).data(FOUND)) for row in range(2)} == {ActionTarget}
    for action in actions:
        delete(action)
    if typed:
        box.search.setText(typed)
        assert box.list.count() == 0
    box.accept()
    assert box.result() == (0 if typed else 1)


def test_the_mark_of_the_keyboard_is_on_the_tab_in_front(window):
    window.show_page("settings", {"ledger": "window"})
    page = window.current()
    page.tabs.setFocus()
    press("Ctrl+K")
    page.tabs.setCurrentIndex(3)
    window.findChild(CommandList).reject()
    assert window.focusWidget() is page.tabs._tabs[3]
