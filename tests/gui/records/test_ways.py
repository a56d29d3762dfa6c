"""Paths to a list and actions on it: tasks, the end, copies, rounds, many at once."""

import datetime

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import TYPED_LATE, Filter, Sort
from tests.factories import example
from tests.gui.records.test_entry import Keys
from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import CONTROL, go, key, marked, press, typed
from ui.records.lists.column_widths import shared_beginnings
from ui.shell.command_list import CommandList, PageLink
from ui.widgets.actions.all_actions import ACTIONS

CLEARING = {"kind": "sight_line", "participants": 8}
MANY = 230


@pytest.fixture
def desk(post_desk):
    day = post_desk.today() - datetime.timedelta(days=1)
    unit = next(iter(post_desk.book.area_on("BS", day)))
    rows = [
        (n, {**CLEARING, "started_on": day.isoformat(), "commune": unit, "participants": n})
        for n in range(1, MANY + 1)
    ]
    post_desk.records.add_batch("clearing", rows)
    return post_desk


@pytest.fixture
def page(qtbot, window):
    page = go(qtbot, window, "clearing")
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    return page


def test_a_way_to_the_list_leaves_nothing_chosen_from_before(qtbot, window, page, desk):
    page.filter.search.setText("khong co")
    page.filter.kind.put("sight_line", page.filter.kind.label_of("sight_line"))
    qtbot.waitUntil(lambda: page.idle() and not page.table.lines)
    period = desk.calendar().month_of(desk.today() - datetime.timedelta(days=1)).text
    window.show_page("clearing", {"period": period, "task": "việc"})
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 100)
    assert page.filter.value() == page.table.chosen
    assert page.table.chosen._replace(first=None, last=None) == Filter()
    assert "việc" in page.bar.text
    window.show_page("clearing", {"period": period, "look": TYPED_LATE, "task": "muộn"})
    qtbot.waitUntil(lambda: page.idle() and not page.table.lines)
    page.bar.buttons[0].click()
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 100)


@pytest.mark.parametrize("key", ["started_on", "participants"])
def test_the_end_is_one_key_away_and_the_rows_above_follow(qtbot, page, desk, key):
    page.list.columns.sort_by(key)
    qtbot.waitUntil(page.idle)
    order = page.table.order
    wanted = [one.id for one in desk.lists.page("clearing", page.table.chosen, order, limit=999)]
    page.view.setFocus()
    press("Ctrl+End")
    qtbot.waitUntil(lambda: page.idle() and page.table.lines[-1].id == wanted[-1])
    assert page.view.currentIndex().row() == len(page.table.lines) - 1
    press("Ctrl+Home")
    qtbot.waitUntil(lambda: page.idle() and page.table.lines[0].id == wanted[0])
    assert page.view.currentIndex().row() == 0 or len(page.table.lines) == len(wanted)


def test_the_end_and_the_start_are_the_only_row_chosen(qtbot, page):
    page.table.read_end()
    qtbot.waitUntil(lambda: page.idle() and not page.table.more())
    page.view.setFocus()
    last = len(page.table.lines) - 1
    for keys, row in (("Ctrl+End", last), ("Ctrl+Home", 0), ("End", last), ("Home", 0)):
        press(keys)
        qtbot.waitUntil(page.idle)
        chosen = page.view.selectionModel().selectedRows()
        assert [index.row() for index in chosen] == [row]


def test_rows_above_the_end_are_read_when_they_are_scrolled_to(qtbot, page, desk):
    page.table.read_end(50)
    qtbot.waitUntil(page.idle)
    assert len(page.table.lines) == 50
    for rows in (150, 230, 230):
        page.table.fetch_above()
        qtbot.waitUntil(page.idle)
        assert len(page.table.lines) == rows
    wanted = [one.id for one in desk.lists.page("clearing", page.table.chosen, Sort(), limit=999)]
    assert [line.id for line in page.table.lines] == wanted
    assert not page.table.above


def test_a_record_near_the_end_stays_open_when_the_list_is_read_again(qtbot, page):
    page.table.read_end(50)
    qtbot.waitUntil(page.idle)
    page.view.selectRow(40)
    record = page.form.record
    assert record == page.table.lines[40].id
    press("F5")
    qtbot.waitUntil(page.idle)
    rows = page.view.selectionModel().selectedRows()
    assert [page.table.lines[index.row()].id for index in rows] == [record] == [page.form.record]


def test_what_is_chosen_stays_chosen_and_is_copied(qtbot, page):
    flags = page.view.selectionModel().SelectionFlag
    for row in (1, 3):
        page.view.selectionModel().select(page.table.index(row, 0), flags.Select | flags.Rows)
    chosen = page.list.chosen()
    press("F5")
    qtbot.waitUntil(page.idle)
    assert page.list.chosen() == chosen
    page.view.setFocus()
    press("Ctrl+C")
    lines = QApplication.clipboard().text().split("\n")
    assert len(lines) == 3
    header = page.view.horizontalHeader()
    heads = [
        str(page.table.headerData(header.logicalIndex(at), Qt.Orientation.Horizontal))
        for at in range(header.count())
    ]
    assert lines[0].split("\t") == heads
    assert lines[1].split("\t") == list(page.table.lines[1].cells)


def test_one_field_of_the_chosen_is_changed_and_comes_back(qtbot, page, desk):
    page.view.setFocus()
    press("Ctrl+A")
    press("Ctrl+Alt+F")
    window = page.mass.window
    window.field.put("length_m", window.field.label_of("length_m"))
    window.text.setText("12,5")
    window.show_preview()
    qtbot.waitUntil(lambda: window.apply.isEnabled(), timeout=60_000)
    assert len(window.table.texts.rows) == MANY
    window.carry_out()
    qtbot.waitUntil(lambda: page.idle() and bool(page.bar.buttons), timeout=60_000)
    assert desk.lists.count("clearing", Filter(search="12,5")) == MANY
    press("Ctrl+Z")
    qtbot.waitUntil(
        lambda: page.idle() and desk.lists.count("clearing", Filter(search="12,5")) == 0,
        timeout=60_000,
    )


@pytest.mark.parametrize(
    ("texts", "apart"),
    [
        ({"Phát quang đường tuần tra", "Phát quang đường thông tầm nhìn"}, "Phát quang đường tu"),
        ({"a", "b"}, "b"), (set(), ""), ({"một"}, ""), ({"Pò", "Pò Mã"}, "Pò "),
    ],
)  # fmt: skip
def test_two_texts_are_told_apart_by_their_first_letters(texts, apart):
    assert shared_beginnings(texts)[-1:] == [apart][: len(apart)]


# ------------------------------------------------------------------- round, household


def test_the_round_of_a_hamlet_comes_back_as_pledges(qtbot, window, desk):
    unit = next(iter(desk.book.area_on("BS", desk.today())))
    for n in range(40):
        home = {"head": f"Lý Văn {chr(65 + n % 26)}{n}", "commune": unit, "hamlet": "Pò Mã"}
        desk.records.add("household", home)
    page, keys = go(qtbot, window, "pledge"), Keys()
    press("Ctrl+Alt+R")
    box = page.round.window
    qtbot.waitUntil(lambda: box.commune.hasFocus())
    programme = box.programme.known()[0].label
    for words in (desk.book.unit_name(unit), "Pò Mã", programme):
        for letter in fold(words):
            keys.write(letter)
            if marked() == words:
                break
        keys.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: box.list.count() == 40)
    while not box.search.hasFocus():
        keys.press(Qt.Key.Key_Return)
    for number in range(1, 41):
        keys.write(str(number))
        keys.press(Qt.Key.Key_Return)
    assert len(box.signed()) == 40
    key(Qt.Key.Key_Escape)
    assert not box.isVisible()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    press("Ctrl+Alt+R")
    qtbot.waitUntil(lambda: box.isActiveWindow() and QApplication.focusWidget() is not None)
    assert len(box.signed()) == 40
    keys.press(Qt.Key.Key_Return, CONTROL)
    # Two minutes at 1.5 seconds a key, which is slow.
    assert keys.count <= 180
    qtbot.waitUntil(lambda: page.idle() and desk.lists.count("pledge", Filter()) == 40,
                    timeout=60_000)  # fmt: skip
    assert page.bar.buttons[0].text() == _("Undo   Ctrl+Z")
    page.list_actions.undo()
    qtbot.waitUntil(lambda: page.idle() and desk.lists.count("pledge", Filter()) == 0,
                    timeout=60_000)  # fmt: skip


def test_everything_is_found_by_one_search(qtbot, window, desk):
    unit = next(iter(desk.book.area_on("BS", desk.today())))
    desk.records.add("household", {"head": "Hoàng Tìm Thấy", "commune": unit, "hamlet": "Pò Mã"})
    press("Ctrl+K")
    (box,) = window.findChildren(CommandList)

    def lines(typed):
        box.search.setText(typed)
        box.search.textEdited.emit(typed)
        qtbot.wait(1)
        return [box.list.item(n).text() for n in range(box.list.count())]

    assert any(_("Close – print – send") in line for line in lines(_("Close – print – send")))
    assert any("›" in line for line in lines(_("Cards")))
    lines("tìm thấy")

    def found():
        return [n for n in range(box.list.count()) if "Tìm Thấy" in box.list.item(n).text()]

    qtbot.waitUntil(lambda: bool(found()))
    row = found()[0]
    lead = box.list.item(row).data(Qt.ItemDataRole.UserRole)
    assert isinstance(lead, PageLink)
    box.list.setCurrentRow(row)
    box.accept()
    qtbot.waitUntil(lambda: window.navigation.current() == "household")
    qtbot.waitUntil(lambda: bool(window.current().form.record))


def test_a_marker_is_found_by_its_number(qtbot, window, desk):
    own = [marker for marker, (post, *_more) in desk.book.markers.items() if post == "BS"]
    press("Ctrl+K")
    (box,) = window.findChildren(CommandList)
    QTest.keyClicks(box.search, f"moc {own[0]}")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.navigation.current() == "strip")
    page = window.current()
    qtbot.waitUntil(lambda: page.idle() and page.strip.current() is not None)
    assert page.strip.current().marker == own[0]


def test_enter_in_the_search_waits_for_what_is_not_found_yet(qtbot, window, desk):
    unit = next(iter(desk.book.area_on("BS", desk.today())))
    desk.records.add("household", {"head": "Lò Thị Tìm Thấy", "commune": unit, "hamlet": "Pò Mã"})
    press("Ctrl+K")
    (box,) = window.findChildren(CommandList)
    QTest.keyClicks(box.search, "zzzz zzzz")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(box.hint.text()))
    assert box.isVisible()
    box.search.selectAll()
    QTest.keyClicks(box.search, "thi tim thay")
    assert box.hint.text() == ""
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.navigation.current() == "household")
    qtbot.waitUntil(lambda: bool(window.current().form.record))


def test_the_day_book_shows_a_day_and_leads_to_its_records(qtbot, window):
    window.nav.setCurrentItem(window.items["daybook"])
    page = window.current()
    qtbot.waitUntil(page.idle)
    assert page.entries == []
    press("Alt+Left")
    qtbot.waitUntil(lambda: page.idle() and len(page.entries) == MANY)
    page.table.opened.emit(0)
    qtbot.waitUntil(lambda: window.navigation.current() == "clearing")


@pytest.mark.parametrize("size", [(911, 512), (683, 384)])
def test_a_small_window_shows_list_or_form_whole_wherever_the_keyboard_is(qtbot, window, size):
    window.resize(*size)
    page = go(qtbot, window, "clearing")
    save, split = page.form.save_button, page._split

    def in_sight(widget):
        corner = widget.mapTo(window, widget.rect().topLeft())
        return window.rect().contains(QRect(corner, widget.size()))

    press("Ctrl+N")
    qtbot.waitUntil(lambda: in_sight(save))
    assert split.verticalScrollBar().maximum() == 0
    for name, text in RECORDS["clearing"].items():
        typed(page, name, text.rpartition("|")[2])
        assert in_sight(save), name
    press("Ctrl+S")
    qtbot.waitUntil(page.idle)
    assert in_sight(page.bar)
    assert page.bar.text
    QTest.mouseClick(split.turning, Qt.MouseButton.LeftButton)
    assert page.view.hasFocus()
    qtbot.waitUntil(lambda: in_sight(page.toolbar.add_button))
    assert page.view.height() > page.view.rowHeight(0) * 2
    press("Ctrl+N")
    press("Ctrl+F")
    assert page.filter.search.hasFocus()
    qtbot.waitUntil(lambda: in_sight(page.filter.search))
    QTest.mouseClick(split.turning, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: in_sight(save))
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: in_sight(save) and in_sight(page.toolbar.add_button))
    assert not split.turning.isVisible()
    page.bar.notify("x")
    assert in_sight(page.bar)


def taken(qtbot, page, key, typed):
    """The value stored for a text typed for a field of many records, confirmed with Enter."""
    page.view.selectAll()
    page.mass.show()
    box = page.mass.window
    qtbot.waitExposed(box)
    box.activateWindow()
    box.field.put(key, box.field.label_of(key))
    box.text.setFocus()
    qtbot.waitUntil(box.text.hasFocus)
    QTest.keyClicks(box.text, typed)
    QTest.keyClick(box.text, Qt.Key.Key_Return)
    assert box.preview.hasFocus()
    box.show_preview()
    qtbot.waitUntil(box.apply.isEnabled)
    return box.typed().text


def test_what_cannot_be_done_yet_is_not_told_as_done(page):
    for name in (
        "history", "tag", "duplicate", "slip", "mass_edit", "keep_doubts", "fill_stretch",
        "times_days", "drafts", "undo", "save",
    ):  # fmt: skip
        page.bar.clear()
        page.view.clearSelection()
        page.form.cells["started_on"].editor.focus()
        press(ACTIONS[name].keys.split()[0])
        assert page.bar.text.startswith("→ "), name
    page.bar.notify("x")
    assert page.bar.text == "✓ x"


def test_enter_after_what_is_looked_for_goes_on_to_the_new_text(qtbot, page):
    page.view.selectAll()
    page.mass.show()
    box = page.mass.window
    qtbot.waitExposed(box)
    box.field.put("participants", box.field.label_of("participants"))
    box.part.setFocus()
    qtbot.waitUntil(box.part.hasFocus)
    key(Qt.Key.Key_Return)
    assert box.text.hasFocus()
    qtbot.waitUntil(page.idle)
    # A space typed next would remove nothing.
    assert not box.table.texts.rows
    assert not box.apply.isEnabled()


def test_down_goes_from_the_search_to_what_it_found(qtbot, page):
    def chosen_rows():
        return [index.row() for index in page.view.selectionModel().selectedRows()]

    page.filter.begin_search()
    wanted = page.form.model.columns()["kind"].options["sight_line"]
    QTest.keyClicks(page.filter.search, fold(_(wanted)))
    key(Qt.Key.Key_Down)
    # The rows of before are not those of the word.
    assert page.view.hasFocus()
    assert chosen_rows() == []
    page.filter.begin_search()
    qtbot.waitUntil(lambda: page.idle() and not page.filter.pending())
    key(Qt.Key.Key_Down)
    assert page.view.hasFocus()
    assert chosen_rows() == [0]
    key(Qt.Key.Key_Down)
    page.filter.begin_search()
    key(Qt.Key.Key_Down)
    assert chosen_rows() == [1]


def test_what_is_chosen_from_a_list_is_offered_where_many_are_changed(qtbot, page):
    wanted = _(page.form.model.columns()["kind"].options["road_clearing"])
    assert taken(qtbot, page, "kind", fold(wanted)[:-2]) == wanted


def test_places_are_offered_as_they_were_in_the_period_listed(qtbot, window, desk):
    old = {"started_on": "2023-12-05", "commune": "06196"}
    desk.records.add("clearing", {**CLEARING, **old})
    page = go(qtbot, window, "clearing")
    page.receive({"period": "2023-12"})
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 1)
    assert taken(qtbot, page, "commune", "xuat l") == "Xã Xuất Lễ"


def test_a_blank_form_has_the_only_commune_that_the_screen_fills_in(qtbot, window, post_desk):
    page = go(qtbot, window, "clearing")
    (only,) = post_desk.book.area_on("BS", post_desk.today())
    known = page.papers._known()
    assert known == {"commune": only}


def test_a_blank_form_takes_the_place_of_a_record_with_rows_below_it(
    qtbot, window, post_desk, tmp_path
):
    for name, model in ALL_TYPES.items():
        if not model.children():
            continue
        raw = example(name)
        made = post_desk.records.add(name, raw)
        page = go(qtbot, window, name)
        page.open(made.id)
        qtbot.waitUntil(lambda page=page, made=made: page.form.record == made.id)
        assert any(page.form.contents.check().values.get(key) for key in model.children()), name
        file = tmp_path / f"{name}.pdf"
        page.papers.write_blank(file)
        qtbot.waitUntil(file.exists)
        assert page.papers._known().keys() & {"commune", "communes"}, name


def test_the_last_button_of_a_list_stands_beside_the_first_at_every_width(window, qtbot):
    toolbar = go(qtbot, window, "clearing").toolbar
    for width in range(800, 1_100, 11):
        window.resize(width, 768)
        QApplication.processEvents()
        assert toolbar.buttons[-1].y() == toolbar.add_button.y(), width
