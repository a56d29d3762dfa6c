"""What is typed and ticked in the windows above a list stays until it is carried out."""

import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from borderdesk.base.i18n import _
from borderdesk.entry.hamlet_round import ROUND_FORM, Signatures
from borderdesk.overview.overview import make_overview
from borderdesk.store.listing import Filter
from tests.gui.steps import CONTROL, compose, focused, go, key, press
from ui.records.round_action import RoundAction

HAMLET, PROGRAMME = "Pò Mã", "buon_lau"
HEADS = ["Lý Văn An", "Lý Văn Ân", "Lý Văn An", "Lý Văn Bình"]


@pytest.fixture
def unit(post_desk):
    (only,) = post_desk.book.area_on("BS", post_desk.today())
    return only


@pytest.fixture
def homes(post_desk, unit):
    """The ids of the households, in the order of HEADS; the last has signed, a day later than
    the round below."""
    ids = [
        post_desk.records.add("household", {
            "head": head, "commune": unit, "hamlet": HAMLET, "citizen_id": f"02008500123{n}",
        }).id
        for n, head in enumerate(HEADS)
    ]  # fmt: skip
    post_desk.round.sign(ids[3:], Signatures(PROGRAMME, post_desk.today()))
    return ids


def said(text):
    """Give the field with the keyboard a text, as an input method does: it may have accents."""
    compose(focused(), text)


def opened(qtbot, page, keys):
    """The window that the keys open, with the keyboard."""
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    press(keys)
    box = page.round.window if keys == "Ctrl+Alt+R" else page.mass.window
    qtbot.waitUntil(lambda: box.isActiveWindow() and QApplication.focusWidget() is not None)
    return box


def closed(qtbot, box):
    gone = []
    box.finished.connect(lambda _way: gone.append(True))
    key(Qt.Key.Key_Escape)
    assert gone
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


@pytest.fixture
def round_box(qtbot, window, post_desk, homes):
    """The round of the hamlet, of yesterday; the only commune stands there by itself."""
    page = go(qtbot, window, "pledge")
    box = opened(qtbot, page, "Ctrl+Alt+R")
    for chooser, words in (
        (box.hamlet, HAMLET),
        (box.programme, box.programme.label_of(PROGRAMME)),
    ):
        chooser.setFocus()
        said(words)
        key(Qt.Key.Key_Return)
    assert focused() is box.day
    box.day.selectAll()
    said(f"{post_desk.today() - datetime.timedelta(days=1):%d/%m/%Y}")
    box.search.setFocus()
    qtbot.waitUntil(lambda: box.list.count() == len(homes))
    return page, box


def tick(text):
    said(text)
    key(Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("typed", "ticked"),
    [
        (["ly van ân"], [1]),
        (["an ly"], [0]),
        (["ly van an", "ly van an"], [0, 2]),
        (["Lý Văn Ân", "Lý Văn Ân"], []),
        (["van ân", "an"], [0, 1]),
        (["3"], [1]),
        (["xx"], []),
    ],
)
def test_a_name_ticks_the_household_that_is_meant(round_box, homes, typed, ticked):
    _page, box = round_box
    for text in typed:
        box.search.clear()
        tick(text)
    assert {homes.index(one) for one in box.signed()} == set(ticked)


def test_a_tick_stays_behind_a_filter_and_another_hamlet(qtbot, round_box, homes, post_desk, unit):
    _page, box = round_box
    post_desk.records.add("household", {"head": "Lý Xa", "commune": unit, "hamlet": "Nà Xa"})
    tick("binh")
    tick("ân")
    box.waiting.click()
    assert box.signed() == [homes[1]]
    box.waiting.click()
    assert set(box.signed()) == {homes[1], homes[3]}
    box._offer_hamlets()
    box.hamlet.put("Nà Xa", "Nà Xa")
    qtbot.waitUntil(lambda: box.list.count() == 1)
    assert not box.signed()
    box.hamlet.put(HAMLET, HAMLET)
    qtbot.waitUntil(lambda: box.list.count() == len(HEADS))
    assert set(box.signed()) == {homes[1], homes[3]}


def test_a_hamlet_added_meanwhile_is_offered_and_none_shows_nobody(
    qtbot, round_box, homes, post_desk, unit
):
    page, box = round_box
    tick("ân")
    closed(qtbot, box)
    post_desk.records.add("household", {"head": "Lý Xa", "commune": unit, "hamlet": "Nà Xa"})
    assert opened(qtbot, page, "Ctrl+Alt+R") is box
    assert [one.code for one in box.hamlet.known()] == ["Nà Xa", HAMLET]
    for typed, rows in (("", 0), (HAMLET, len(HEADS))):
        box.hamlet.setFocus()
        box.hamlet.line().selectAll()
        box.hamlet.setEditText(typed)
        box.search.setFocus()
        qtbot.waitUntil(lambda rows=rows: box.list.count() == rows)
    assert box.signed() == [homes[1]]


def test_who_signed_this_year_is_asked_about_and_kept_by_one_key_alone(
    qtbot, round_box, homes, post_desk
):
    page, box = round_box
    tick("binh")
    tick("ân")
    for _twice in range(2):
        key(Qt.Key.Key_Return, CONTROL)
        assert box.isVisible()
        assert HEADS[3] in box.bar.text
    assert post_desk.lists.count("pledge", Filter()) == 1
    box.bar.buttons[0].click()
    assert box.signed() == [homes[1]]
    tick("binh")
    key(Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.idle() and post_desk.lists.count("pledge", Filter()) == 3)
    assert opened(qtbot, page, "Ctrl+Alt+R") is box
    assert not box.signed()


def test_what_could_not_be_saved_stands_there_still(qtbot, round_box, homes, post_desk):
    page, box = round_box
    tick("ân")
    tick("1")
    box.witness.setFocus()
    said("To truong")
    post_desk.records.delete("household", homes[0], "merged elsewhere")
    key(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.idle() and bool(page.bar.text))
    assert post_desk.lists.count("pledge", Filter()) == 1
    assert opened(qtbot, page, "Ctrl+Alt+R") is box
    qtbot.waitUntil(lambda: box.list.count() == len(HEADS) - 1)
    assert (box.signed(), box.witness.text()) == ([homes[1]], "To truong")


@pytest.fixture
def next_hamlet(post_desk, unit):
    """A household of another hamlet of the commune."""
    home = {"head": "Lý Xa", "commune": unit, "hamlet": "Nà Xa"}
    return post_desk.records.add("household", home).id


def look_at(qtbot, box, hamlet, rows):
    box._offer_hamlets()
    box.hamlet.put(hamlet, hamlet)
    qtbot.waitUntil(lambda: box.list.count() == rows)


def again(qtbot, page, rows):
    """The round in a window of its own, as after one that died."""
    page.round.window.hide()
    page.round = RoundAction(page._parts, page.list_actions)
    page.round.show()
    box = page.round.window
    qtbot.waitUntil(lambda: box.isActiveWindow() and box.list.count() == rows)
    return box


def both_ticked(qtbot, box):
    """A household of each hamlet, the second one is looked at."""
    tick("ân")
    look_at(qtbot, box, "Nà Xa", 1)
    box.search.setFocus()
    tick("xa")


def test_ticks_of_every_hamlet_survive_a_window_that_dies(
    qtbot, round_box, homes, next_hamlet, post_desk
):
    page, box = round_box
    both_ticked(qtbot, box)
    box.source.setText("BB 12")
    day = box.day.text()
    qtbot.waitUntil(box.draft.settled)
    todos = make_overview(post_desk, f"{post_desk.today():%Y-%m}").todos
    (told,) = [one.text for one in todos if one.intent == {"round": True}]
    assert "2" in told
    box = again(qtbot, page, 1)
    assert box.signed() == [next_hamlet]
    assert (box.source.text(), box.day.text()) == ("BB 12", day)
    assert box.hamlet.known_code() == "Nà Xa"
    assert HAMLET in box.count.text()
    look_at(qtbot, box, HAMLET, len(HEADS))
    assert box.signed() == [homes[1]]


@pytest.mark.usefixtures("next_hamlet")
def test_what_is_saved_of_one_hamlet_leaves_the_ticks_of_another(
    qtbot, round_box, homes, post_desk
):
    page, box = round_box
    both_ticked(qtbot, box)
    key(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.idle() and post_desk.lists.count("pledge", Filter()) == 2)
    box = again(qtbot, page, 1)
    assert not box.signed()
    look_at(qtbot, box, HAMLET, len(HEADS))
    assert box.signed() == [homes[1]]
    key(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: page.idle() and post_desk.lists.count("pledge", Filter()) == 3)
    assert post_desk.drafts.open_draft(ROUND_FORM) is None


def test_ticks_thrown_away_go_and_can_be_had_back(qtbot, round_box, next_hamlet, post_desk):
    page, box = round_box
    both_ticked(qtbot, box)
    box.untick.click()
    assert not box.signed()
    assert not box.untick.isEnabled()
    qtbot.waitUntil(box.draft.settled)
    assert post_desk.drafts.open_draft(ROUND_FORM) is None
    box = again(qtbot, page, 0)
    box.show_others()
    menu = QApplication.activePopupWidget()
    (thrown,) = menu.actions()
    assert "2" in thrown.text()
    thrown.trigger()
    menu.close()
    qtbot.waitUntil(lambda: box.signed() == [next_hamlet])


def test_a_round_without_households_says_what_to_do(qtbot, round_box):
    _page, box = round_box
    assert not box.hint.isVisible()
    for chooser in (box.programme, box.hamlet, box.commune):
        chooser.line().clear()
        qtbot.waitUntil(box.hint.isVisible)
        assert chooser.accessibleName().lower() in box.hint.text().lower()
    assert not box.list.isVisible()


@pytest.mark.usefixtures("homes")
def test_escape_loses_nothing_of_a_change_of_many(qtbot, window):
    page = go(qtbot, window, "household")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    page.view.setFocus()
    press("Ctrl+A")
    box = opened(qtbot, page, "Ctrl+Alt+F")
    box.field.put("head", box.field.label_of("head"))
    box.part.setFocus()
    said("Lý")
    box.text.setFocus()
    said("Ly")
    typed = box.typed()
    closed(qtbot, box)
    box = opened(qtbot, page, "Ctrl+Alt+F")
    assert box.typed() == typed == ("head", "Ly", "Lý")
    box.text.setFocus()
    box.text.selectAll()
    box.show_preview()
    said("Lyx")
    qtbot.waitUntil(lambda: bool(box.count.text()))
    assert not box.apply.isEnabled()
    box.show_preview()
    qtbot.waitUntil(box.apply.isEnabled)
    box.carry_out()
    qtbot.waitUntil(lambda: page.idle() and bool(page.bar.buttons))
    assert page.bar.buttons[0].text() == _("Undo   Ctrl+Z")
    assert opened(qtbot, page, "Ctrl+Alt+F").typed() == ("", "", "")


@pytest.mark.usefixtures("homes")
def test_escape_loses_nothing_of_spellings_to_join(qtbot, window, post_desk, unit):
    post_desk.records.add("household", {"head": "Lý Xa", "commune": unit, "hamlet": "Po Ma"})
    page = go(qtbot, window, "household")
    box = opened(qtbot, page, "Ctrl+Alt+J")
    qtbot.waitUntil(lambda: box.list.count() == 2)
    box.list.setFocus()
    box.list.setCurrentRow(1)
    key(Qt.Key.Key_Space)
    box.name.selectAll()
    box.name.setFocus()
    said("Pò Mạ")
    typed = box.typed()
    assert typed[1:] == ([box.list.item(1).data(Qt.ItemDataRole.UserRole)[0]], "Pò Mạ")
    closed(qtbot, box)
    box = opened(qtbot, page, "Ctrl+Alt+J")
    qtbot.waitUntil(lambda: box.list.count() == 2)
    assert box.typed() == typed
    page.mass.window.carry_out()
    qtbot.waitUntil(lambda: page.idle() and bool(page.bar.buttons))
    assert opened(qtbot, page, "Ctrl+Alt+J").typed() == (unit, [], "")


def test_a_change_of_many_that_could_not_be_made_stands_there_still(
    qtbot, window, post_desk, homes
):
    page = go(qtbot, window, "household")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    page.view.setFocus()
    press("Ctrl+A")
    box = opened(qtbot, page, "Ctrl+Alt+F")
    change = box.typed()._replace(key="hamlet", text="Nà Xa")
    box.begin(change)
    box.show_preview()
    qtbot.waitUntil(box.apply.isEnabled)
    post_desk.records.delete("household", homes[0], "merged elsewhere")
    box.carry_out()
    qtbot.waitUntil(lambda: page.idle() and bool(page.bar.text))
    page.view.setFocus()
    press("Ctrl+A")
    assert opened(qtbot, page, "Ctrl+Alt+F").typed() == change
