"""The content of dialogs above a list stays until it is carried out."""

import datetime
from contextlib import contextmanager
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _
from borderdesk.entry.hamlet_round import ROUND_FORM, Signatures
from borderdesk.entry.mass_edit import change_form
from borderdesk.overview.overview import make_overview
from borderdesk.session.draft_forms import SPELLINGS
from borderdesk.store.lists.listing import Filter
from tests.gui.records.test_reopened_drafts import ERASED_HERE, erased_beside
from tests.gui.steps import CONTROL, compose, focused, go, key, press
from ui.records.actions.mass_actions import MassActions
from ui.records.actions.round_action import RoundAction
from ui.records.list_actions import wait_words

HAMLET, PROGRAMME = "Pò Mã", "buon_lau"
HEADS = ["Lý Văn An", "Lý Văn Ân", "Lý Văn An", "Lý Văn Bình"]


@pytest.fixture
def unit(post_desk):
    (only,) = post_desk.book.area_on("BS", post_desk.today())
    return only


@pytest.fixture
def homes(post_desk, unit):
    """The ids of the households, in the order of HEADS; the last signed, one day after the round
    below."""
    ids = [
        post_desk.records.add("household", {
            "head": head, "commune": unit, "hamlet": HAMLET, "citizen_id": f"02008500123{n}",
        }).id
        for n, head in enumerate(HEADS)
    ]  # fmt: skip
    post_desk.round.sign(ids[3:], Signatures(PROGRAMME, post_desk.today()))
    return ids


def said(text):
    """Enter a text into the focused field through the input method, with accents."""
    compose(focused(), text)


def opened(qtbot, page, keys):
    """The dialog opened by the keys, focused."""
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    press(keys)
    ways = {"Ctrl+Alt+R": page.round, "Ctrl+Alt+F": page.mass}
    box = ways[keys].window if keys in ways else page.mass.joining
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
    """The round of the hamlet, of yesterday; the only commune is preselected."""
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
    """The round in a new window, as after a crash."""
    page.round.window.hide()
    page.round = RoundAction(page._parts, page.list_actions)
    page.round.show()
    box = page.round.window
    qtbot.waitUntil(lambda: box.isActiveWindow() and box.list.count() == rows)
    return box


def both_ticked(qtbot, box):
    """A ticked household of each hamlet; the second hamlet is shown."""
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
    box.discard.click()
    assert not box.signed()
    assert not box.discard.isEnabled()
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


@pytest.mark.parametrize("by", ["window", "command"])
def test_who_is_ticked_while_another_is_erased_stays_ticked(qtbot, round_box, homes, post_desk, by):
    _page, box = round_box
    tick("ân")
    tick("binh")
    qtbot.waitUntil(box.draft.settled)
    if by == "command":
        erased_beside(post_desk, homes[1])
    box.list.tick([homes[0]], on=True)
    if by == "window":
        post_desk.exchange.erasures.erase_household(homes[1], "theo yêu cầu")
    qtbot.waitUntil(lambda: _(ERASED_HERE) in box.bar.text)
    assert set(box.list.kept) == {homes[0], homes[3]}
    qtbot.waitUntil(box.draft.settled)
    draft = post_desk.drafts.open_draft(ROUND_FORM)
    assert set(draft.texts["ticked"]) == {homes[0], homes[3]}


def test_a_round_without_households_says_what_to_do(qtbot, round_box):
    _page, box = round_box
    assert not box.hint.isVisible()
    for chooser in (box.programme, box.hamlet, box.commune):
        chooser.line().clear()
        qtbot.waitUntil(box.hint.isVisible)
        assert chooser.accessibleName().lower() in box.hint.text().lower()
    assert not box.list.isVisible()


def test_a_hamlet_called_otherwise_since_it_was_ticked_is_named_as_it_is(
    qtbot, round_box, homes, next_hamlet, post_desk, unit
):
    _page, box = round_box
    tick("ân")
    look_at(qtbot, box, "Nà Xa", 1)
    post_desk.mass.join_spellings(unit, [HAMLET], "Pò Mạ")
    look_at(qtbot, box, "Pò Mạ", len(HEADS))
    assert box.signed() == [homes[1]]
    look_at(qtbot, box, "Nà Xa", 1)
    assert box.list.elsewhere().keys() == {f"Pò Mạ, {post_desk.book.unit_name(unit)}"}
    assert next_hamlet not in box.list.kept


def test_a_filter_while_another_hamlet_is_read_takes_no_tick(qtbot, round_box, homes, next_hamlet):
    page, box = round_box
    tick("ân")
    with held(page):
        box._offer_hamlets()
        box.hamlet.put("Nà Xa", "Nà Xa")
        box.waiting.click()
    qtbot.waitUntil(lambda: box.list.count() == 1)
    assert box.list.kept.keys() == {homes[1]}
    assert next_hamlet not in box.list.kept


def test_a_question_stays_when_the_households_are_read_again(qtbot, round_box, homes):
    page, box = round_box
    tick("binh")
    with held(page):
        box.read()
        key(Qt.Key.Key_Return, CONTROL)
        asked = box.bar.text
    qtbot.waitUntil(lambda: page._parts.tasks.unanswered() == [])
    assert HEADS[3] in box.bar.text == asked
    assert box.signed() == homes[3:]


def test_what_is_wrong_with_the_day_is_not_said_once_it_is_mended(qtbot, round_box):
    _page, box = round_box
    day = box.day.text()
    for typed in ("31/2/2023", day):
        box.day.setFocus()
        box.day.selectAll()
        said(typed)
        box.search.setFocus()
        qtbot.waitUntil(lambda wrong=typed != day: bool(box.bar.text) == wrong)


def test_a_round_taken_up_has_its_own_day_again(round_box, post_desk):
    _page, box = round_box
    assert box.texts()["day"]
    box.put({**box.texts(), "day": ""})
    assert (box.texts()["day"], box.day.text()) == ("", format_date(post_desk.today()))


def test_a_window_goes_with_its_page_when_that_is_made_anew(qtbot, window, round_box, post_desk):
    _page, box = round_box
    tick("ân")
    assert box.isActiveWindow()
    window.set_text_size(125)
    qtbot.waitUntil(lambda: not isValid(box))
    window.set_text_size(100)
    assert len(post_desk.drafts.open_draft(ROUND_FORM).texts["ticked"]) == 1


@contextmanager
def held(page):
    """Block all reads and writes of the desk within the context."""
    gate, tasks = Event(), page._parts.tasks
    for begin in (tasks.run, tasks.later):
        begin(lambda: gate.wait(60), lambda _set: None, page._parts.fail, page)
    try:
        yield
    finally:
        gate.set()


@contextmanager
def busy(qtbot, page):
    """Keep a list operation running within the context."""
    gate = Event()
    assert page.list_actions.run("Đang ghi…", lambda _report: gate.wait(60), lambda _set: None)
    try:
        yield
    finally:
        gate.set()
    qtbot.waitUntil(page.idle)


def test_a_round_that_must_wait_says_so_and_stays(qtbot, round_box, homes, post_desk):
    page, box = round_box
    tick("ân")
    with busy(qtbot, page):
        key(Qt.Key.Key_Return, CONTROL)
        assert box.isVisible()
        assert wait_words() in box.bar.text
        assert box.signed() == [homes[1]]
    key(Qt.Key.Key_Return, CONTROL)
    assert not box.isVisible()
    qtbot.waitUntil(lambda: page.idle() and post_desk.lists.count("pledge", Filter()) == 2)


def test_what_is_ticked_while_a_round_is_saved_is_all_that_stays(
    qtbot, round_box, homes, post_desk
):
    page, box = round_box
    with held(page):
        tick("ân")
        key(Qt.Key.Key_Return, CONTROL)
        assert opened(qtbot, page, "Ctrl+Alt+R") is box
        box.search.setFocus()
        tick("1")
        box.draft.keep_now()
    qtbot.waitUntil(lambda: page.idle() and box.draft.settled())
    assert post_desk.lists.count("pledge", Filter()) == 2
    assert post_desk.drafts.open_draft(ROUND_FORM).texts["ticked"].keys() == {homes[0]}


@pytest.mark.usefixtures("homes")
def test_windows_of_changes_that_must_wait_say_so_and_stay(qtbot, window, post_desk, unit):
    post_desk.records.add("household", {"head": "Lý Xa", "commune": unit, "hamlet": "Po Ma"})
    page = go(qtbot, window, "household")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    page.view.setFocus()
    press("Ctrl+A")
    box = opened(qtbot, page, "Ctrl+Alt+F")
    box.put({**box.texts(), "key": "hamlet", "text": "Nà Xa"})
    box.show_preview()
    qtbot.waitUntil(box.apply.isEnabled)
    page.mass.show_hamlets()
    joining = page.mass.joining
    qtbot.waitUntil(lambda: joining.list.count() == 2)
    joining.list.item(1).setCheckState(Qt.CheckState.Checked)
    joining.name.setText("Pò Mạ")
    with busy(qtbot, page):
        for one in (box, joining):
            one.carry_out()
            assert one.isVisible()
            assert wait_words() in one.bar.text
    box.carry_out()
    assert not box.isVisible()
    qtbot.waitUntil(page.idle)
    joining.close()


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
    box.carry_out()
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
    box.put({**box.texts(), "key": "hamlet", "text": "Nà Xa"})
    change = box.typed()
    box.show_preview()
    qtbot.waitUntil(box.apply.isEnabled)
    post_desk.records.delete("household", homes[0], "merged elsewhere")
    box.carry_out()
    qtbot.waitUntil(lambda: page.idle() and bool(page.bar.text))
    page.view.setFocus()
    press("Ctrl+A")
    assert opened(qtbot, page, "Ctrl+Alt+F").typed() == change


def died(page, box):
    """The dialogs are created anew, as after a crash of the program."""
    box.hide()
    page.mass = MassActions(page._parts, page.list_actions)
    page.list.choose_all()


@pytest.mark.usefixtures("homes")
def test_a_change_of_many_survives_a_window_that_dies(qtbot, window, post_desk):
    page = go(qtbot, window, "household")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    page.view.setFocus()
    press("Ctrl+A")
    box = opened(qtbot, page, "Ctrl+Alt+F")
    box.field.put("head", box.field.label_of("head"))
    for line, text in ((box.part, "Lý"), (box.text, "Ly")):
        line.setFocus()
        said(text)
    typed = box.typed()
    qtbot.waitUntil(box.draft.settled)
    died(page, box)
    page.mass.show()
    box = page.mass.window
    assert box.typed() == typed == ("head", "Ly", "Lý")
    box.text.setFocus()
    qtbot.waitUntil(box.text.hasFocus)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(box.apply.isEnabled)
    box.carry_out()
    qtbot.waitUntil(lambda: page.idle() and box.draft.settled())
    assert post_desk.drafts.open_draft(change_form("household")) is None
    assert post_desk.lists.count("household", Filter(search="Ly")) == len(HEADS)


@pytest.mark.usefixtures("homes", "next_hamlet")
def test_spellings_to_join_survive_a_window_that_dies(qtbot, window, post_desk, unit):
    page = go(qtbot, window, "household")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    box = opened(qtbot, page, "Ctrl+Alt+J")
    qtbot.waitUntil(lambda: box.list.count() == 2)
    box.list.item(1).setCheckState(Qt.CheckState.Checked)
    box.name.setFocus()
    box.name.selectAll()
    said("Pò Mạ")
    typed = box.typed()
    qtbot.waitUntil(box.draft.settled)
    died(page, box)
    page.mass.show_hamlets()
    box = page.mass.joining
    # Also before its spellings are read again.
    assert box.typed() == typed == (unit, [HAMLET], "Pò Mạ")
    qtbot.waitUntil(lambda: box.list.count() == 2)
    assert box.typed() == typed
    box.discard.click()
    qtbot.waitUntil(lambda: box.list.count() == 2 and bool(box.bar.buttons))
    assert (box.typed(), box.discard.isEnabled()) == ((unit, [], ""), False)
    assert post_desk.drafts.open_draft(SPELLINGS) is None
    box.bar.buttons[0].click()
    qtbot.waitUntil(lambda: box.list.count() == 2 and box.typed() == typed)


def test_one_draft_stands_in_one_window(qtbot, window, round_box, homes):
    page, box = round_box
    tick("ân")
    homes_page = go(qtbot, window, "household")
    homes_page.round.show()
    assert window.current() is page
    assert (box.isVisible(), homes_page.round.window.isVisible()) == (True, False)
    qtbot.waitUntil(box.isActiveWindow)
    closed(qtbot, box)
    qtbot.waitUntil(box.draft.settled)
    homes_page = go(qtbot, window, "household")
    homes_page.round.show()
    own = homes_page.round.window
    qtbot.waitUntil(lambda: own.isActiveWindow() and own.list.count() == len(HEADS))
    assert own.signed() == [homes[1]]


def test_what_is_typed_first_is_another_commune(qtbot, window):
    page = go(qtbot, window, "clearing")
    box = opened(qtbot, page, "Ctrl+Alt+J")
    line = box.commune.line()
    qtbot.waitUntil(line.hasFocus)
    only = line.text()
    assert only == box.commune.label_of(box.commune.known_code()) != ""
    said("q")
    assert only not in line.text()
