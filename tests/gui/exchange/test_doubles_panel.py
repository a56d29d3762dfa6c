"""Possible doubles in the window: compared side by side, decided by keys, undone."""

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from borderdesk.base.i18n import ngettext
from borderdesk.desk import Desk
from borderdesk.exchange.decisions.doubles import DoubleChoice
from borderdesk.exchange.decisions.lost_doubles import LostDoubles
from borderdesk.store.lists.listing import Filter
from tests.core.exchange.test_doubles import HEAD, SESSION
from tests.gui.liaison import WAIT, settle
from tests.gui.steps import key, press
from ui.base.double_search import double_search_of
from ui.exchange.versions_view import DIFFERS
from ui.records.lists.list_footer import ListFooter

DOWN = Qt.Key.Key_Down


@pytest.fixture
def desk(post_template, tmp_path):
    """A post's desk with a session typed three times, once with more content, and two similar
    households."""
    with Desk.open(shutil.copytree(post_template, tmp_path / "post")) as opened:
        for more in ({}, {"leaflets": 40}, {}):
            opened.records.add("outreach", {**SESSION, **more})
        opened.records.add("household", HEAD)
        opened.records.add("household", {**HEAD, "hamlet": "Nà Căng"})
        yield opened


@pytest.fixture
def panel(qtbot, window):
    window.show_page("exchange", {"tab": "pairs"})
    settle(qtbot, window.current())
    return window.current().panel("pairs")


def shown(panel):
    return [one.pair.type for one in panel.pairs]


def ids(desk, type_name):
    return {row.id for row in desk.lists.page(type_name, Filter(), limit=9)}


def test_a_task_lists_its_type_alone_until_everything_is_asked_for(qtbot, window, panel):
    task = "1 Hộ gia đình: có thể ghi trùng, cần xem"
    window.show_page("exchange", {"tab": "pairs", "type": "household", "task": task})
    settle(qtbot, window.current())
    assert shown(panel) == ["household"]
    assert task in panel.bar.text
    panel.bar.buttons[0].click()
    settle(qtbot, window.current())
    assert shown(panel) == ["outreach"] * 3 + ["household"]


def test_when_what_a_task_names_is_done_the_others_are_listed(qtbot, window, panel):
    window.show_page("exchange", {"tab": "pairs", "type": "household", "task": "1 Hộ gia đình"})
    settle(qtbot, window.current())
    panel.mark_different()
    settle(qtbot, window.current())
    qtbot.waitUntil(lambda: shown(panel) == ["outreach"] * 3)


def test_two_stand_side_by_side_with_what_differs_marked(panel, window):
    assert shown(panel) == ["outreach"] * 3 + ["household"]
    model = panel.view.versions
    cells = [
        [model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())
    ]
    differing = [cells_of for cells_of in cells if cells_of[0].startswith(DIFFERS)]
    one = panel.current()
    wanted = [] if one.compared.lines == [] else [x for x in one.compared.lines if x.differs]
    assert [line[1:] for line in differing] == [
        [text or "–" for text in line.texts] for line in wanted
    ]
    assert panel.explanation.text()
    assert "(4)" in window.current().tabs.tabText(window.current()._keys.index("pairs"))


def test_the_keys_decide_one_pair_and_take_it_back(qtbot, panel, window, desk):
    first = panel.current().pair
    press("Ctrl+1")
    settle(qtbot, window.current())
    assert first.second not in ids(desk, "outreach")
    assert shown(panel) == ["outreach", "household"]
    panel.bar.buttons[0].click()
    settle(qtbot, window.current())
    assert first.second in ids(desk, "outreach")
    assert shown(panel) == ["outreach"] * 3 + ["household"]


def test_single_fields_are_taken_of_the_other(qtbot, panel, window, desk):
    place = next(n for n, one in enumerate(panel.pairs) if any(
        line.key == "leaflets" and line.differs for line in one.compared.lines))  # fmt: skip
    panel.table.go_to(place)
    pair = panel.current().pair
    values = [desk.records.read("outreach", record)[0] for record in (pair.first, pair.second)]
    having = next(n for n, one in enumerate(values) if one.get("leaflets"))
    panel.view.setFocus()
    row = next(n for n, line in enumerate(panel.current().compared.lines)
               if line.key == "leaflets")  # fmt: skip
    panel.view.setCurrentIndex(panel.view.versions.index(row, 0))
    key(Qt.Key.Key_Right if having == 1 else Qt.Key.Key_Left)
    if having == 0:
        panel.view.choose_all(0)
    panel.refresh()
    settle(qtbot, window.current())
    press(f"Ctrl+{2 - having}")
    settle(qtbot, window.current())
    stays = (pair.first, pair.second)[1 - having]
    assert desk.records.read("outreach", stays)[0]["leaflets"] == 40
    panel.bar.buttons[0].click()
    settle(qtbot, window.current())
    assert "leaflets" not in desk.records.read("outreach", stays)[0]


def test_several_are_decided_at_once(qtbot, panel, window, desk):
    panel.table.setFocus()
    key(Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    for _step in range(2):
        QTest.keyClick(panel.table, DOWN, Qt.KeyboardModifier.ShiftModifier)
    assert len(panel.chosen()) == 3
    press("Ctrl+3")
    settle(qtbot, window.current())
    assert shown(panel) == ["household"]
    assert len(ids(desk, "outreach")) == 3
    press("Ctrl+2")
    settle(qtbot, window.current())
    assert shown(panel) == []
    assert desk.doubles.count() == 0


def test_others_that_look_alike_are_not_chosen_in_place_of_those_decided(
    qtbot, panel, window, desk
):
    for _more in range(2):
        desk.records.add("outreach", SESSION)
    panel.refresh()
    qtbot.waitUntil(lambda: len(panel.pairs) == 11, timeout=WAIT)
    settle(qtbot, window.current())
    panel.table.setFocus()
    panel.table.go_to(0)
    QTest.keyClick(panel.table, DOWN, Qt.KeyboardModifier.ShiftModifier)
    following = panel.pairs[2].pair
    press("Ctrl+3")
    settle(qtbot, window.current())
    assert [one.pair for one in panel.chosen()] == [following]
    assert panel.current().pair == following


def test_all_that_are_one_ask_once(qtbot, panel, window, desk):
    panel.table.selectAll()
    press("Ctrl+1")
    assert len(ids(desk, "outreach")) == 3
    panel.bar.buttons[0].click()
    settle(qtbot, window.current())
    assert len(ids(desk, "outreach")) == 1
    assert shown(panel) == []
    panel.bar.buttons[0].click()
    settle(qtbot, window.current())
    assert len(ids(desk, "outreach")) == 3
    assert len(panel.pairs) == 4


def test_a_key_opens_one_record_of_the_pair(qtbot, panel, window):
    record = panel.current().pair.second
    press("Ctrl+Shift+O")
    qtbot.waitUntil(lambda: window.navigation.current() == "outreach")
    opened = window.current()
    qtbot.waitUntil(lambda: opened.idle() and opened.form.record == record, timeout=WAIT)


def _possible(count):
    many = "{count} possible doubles to look at"
    return ngettext("{count} possible double to look at", many, count).format(count=count)


@pytest.mark.usefixtures("panel")
def test_the_list_counts_what_is_to_be_looked_at(qtbot, window):
    window.nav.setCurrentItem(window.items["outreach"])
    settle(qtbot, window.current())
    words = _possible(3)
    footer = window.current().findChild(ListFooter)
    qtbot.waitUntil(footer.idle, timeout=WAIT)
    assert words in footer.words.text()
    # Verdicts given elsewhere, or implied by an edit, are counted without reloading the list.
    record = min(ids(window.desk, "outreach"))
    window.desk.records.edit("outreach", record, {"attendance": 7})
    assert words in footer.words.text()
    double_search_of(window.desk, window.tasks).begin()
    fewer = _possible(1)
    qtbot.waitUntil(lambda: fewer in footer.words.text(), timeout=WAIT)


def test_of_two_that_are_both_deleted_one_is_restored(qtbot, panel, window, desk):
    first, second = panel.current().pair[1:3]
    desk.doubles.mark_same("outreach", first, second)
    desk.records.delete("outreach", second, "Nhập hai lần")
    desk.part(LostDoubles).ask_again([DoubleChoice("outreach", first, second)])
    assert panel._gone_button.isHidden()
    window.show_page("exchange", {"tab": "pairs", "record": first})
    settle(qtbot, window.current())
    assert panel.current().pair[1:4] == (first, second, "both_deleted")
    assert panel._gone_button.isVisible()
    assert [act.isEnabled() for act in panel._open] == [False, False]
    before = ids(desk, "outreach")
    for keys, back in (("Ctrl+1", {first}), ("Ctrl+3", {first, second}), ("Ctrl+4", set())):
        press(keys)
        settle(qtbot, window.current())
        assert ids(desk, "outreach") == before | back
        assert "both_deleted" not in [one.pair.why for one in panel.pairs]
        panel.bar.buttons[0].click()
        settle(qtbot, window.current())
        assert panel.pairs[0].pair.why == "both_deleted"
        panel.table.go_to(0)
    assert ids(desk, "outreach") == before


def test_a_note_on_a_double_names_nobody(panel):
    panel.table.go_to(len(panel.pairs) - 1)
    household = panel.current()
    assert household.pair.type == "household"
    assert HEAD["head"] in household.titles[0]
    noted = []
    panel.wanted.connect(lambda _tab, intent: noted.append(intent["text"]))
    panel.write_note()
    assert HEAD["head"] not in noted[0]
    assert "Nà Căng" in noted[0]
