"""The list as a clerk works with it: columns, many at once, totals, history; with keys only."""

import datetime
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from borderdesk.base.i18n import _, ngettext
from borderdesk.base.text import fold
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.store.lists.listing import DOUBTED, Filter
from tests.effort import tries
from tests.factories import example
from tests.gui.steps import discard_everything, go, key, press, write
from ui.base.style import small_bold
from ui.base.text_size import set_text_size
from ui.shell.app import main_window
from ui.widgets.tables.column_room import LEGIBLE, LESS, PADDING
from ui.widgets.tables.table_model import DOUBT_SIGN, PAGE, ListLine

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PEOPLE = [5, 7, 900, 11]


@pytest.fixture
def desk(post_desk):
    day = post_desk.today() - datetime.timedelta(days=1)
    unit = next(iter(post_desk.book.area_on("BS", day)))
    for people in PEOPLE:
        raw = {"kind": "sight_line", "started_on": day.isoformat(), "commune": unit,
               "participants": people}  # fmt: skip
        post_desk.records.add("clearing", raw)
    return post_desk


@pytest.fixture
def page(qtbot, window):
    page = go(qtbot, window, "clearing")
    page.filter.period.choose("")
    qtbot.waitUntil(page.idle)
    page.view.setFocus()
    return page


def chosen(page):
    return page.list.how_many()


def test_totals_of_what_is_shown_stand_below(qtbot, page):
    assert f"<b>{sum(PEOPLE)}</b>" in page.list.footer.totals.text()
    page.filter.review_state.put(DOUBTED, page.filter.review_state.label_of(DOUBTED))
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 1)
    assert "<b>900</b>" in page.list.footer.totals.text()


def test_a_total_of_one_commune_says_that_it_is_a_part_of_the_rows(qtbot, window, desk):
    here, other = sorted(desk.book.communes_on(desk.today()), key=lambda unit: not unit.border)[:2]
    day = (desk.today() - datetime.timedelta(days=1)).isoformat()
    desk.records.add("outreach", {
        "form": "small_scale", "held_on": day, "commune": here.id, "attendance": 34,
        "topics": [example("outreach")["topics"][0]],
        "other_places": [{"commune": other.id, "attendance": 10}],
    })  # fmt: skip
    page = go(qtbot, window, "outreach")
    said = page.list.footer.totals
    assert said.text().startswith(_("Total") + " ")
    page.filter.commune.put(other.id, page.filter.commune.label_of(other.id))
    qtbot.waitUntil(lambda: page.idle() and "<b>10</b>" in said.text())
    assert said.text().startswith(_("Of this commune alone:") + " ")


def test_several_are_deleted_and_taken_back_with_one_key(qtbot, page, desk):
    key(Qt.Key.Key_Home)
    key(Qt.Key.Key_Down, SHIFT)
    key(Qt.Key.Key_Down, SHIFT)
    assert chosen(page) == 3
    press("Delete")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 1)
    assert desk.lists.count("clearing", Filter()) == 1
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 4)
    assert desk.lists.count("clearing", Filter()) == 4


def test_a_new_form_leaves_no_row_chosen_below_the_list_either(qtbot, page):
    press("Ctrl+A")
    press("Ctrl+N")
    qtbot.waitUntil(page.idle)
    assert chosen(page) == 0
    assert _("{count} chosen").format(count=4) not in page.list.footer.words.text()


def test_a_date_is_whole_beside_the_sign_that_comes_to_it_later(page):
    assert page.table.exact(0)
    text = f"{DOUBT_SIGN} {page.table.lines[0].cells[0]}"
    assert page.view.fontMetrics().horizontalAdvance(text) <= widths(page)[0] - 2 * PADDING


def test_everything_shown_is_tagged_and_untagged(qtbot, page, desk):
    press("Ctrl+A")
    assert chosen(page) == 4
    assert _("{count} chosen").format(count=4) in page.list.footer.words.text()
    code = next(iter(desk.book.picks["tag"]))
    page.tags.tag(code, True)
    qtbot.waitUntil(page.idle)
    tags = [one.values.get("tags") for one in desk.lists.stream("clearing", Filter())]
    assert tags == [[code]] * 4
    press("Ctrl+Z")
    qtbot.waitUntil(page.idle)
    assert not any(one.values.get("tags") for one in desk.lists.stream("clearing", Filter()))


def test_more_than_is_read_is_chosen_too(qtbot, page, desk):
    raw = next(desk.lists.stream("clearing", Filter())).values
    plain = {**raw, "started_on": raw["started_on"].isoformat()}
    desk.records.add_batch("clearing", [(n, {**plain, "times": 2 + n}) for n in range(150)])
    page.refresh()
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) >= 100)
    assert page.table.more()
    press("Ctrl+A")
    assert chosen(page) == 154
    press("Delete")
    qtbot.waitUntil(
        lambda: page.idle() and desk.lists.count("clearing", Filter()) == 0, timeout=60_000
    )
    press("Ctrl+Z")
    qtbot.waitUntil(
        lambda: page.idle() and desk.lists.count("clearing", Filter()) == 154, timeout=60_000
    )


def test_everything_stays_chosen_when_it_is_read_again_and_in_no_other_list(qtbot, page, desk):
    raw = next(desk.lists.stream("clearing", Filter())).values
    plain = {**raw, "started_on": raw["started_on"].isoformat()}
    desk.records.add_batch("clearing", [(n, {**plain, "times": 2 + n}) for n in range(PAGE)])
    page.refresh()
    qtbot.waitUntil(page.idle)
    page.view.selectRow(1)  # its record is marked in the list after each reload
    press("Ctrl+A")
    for on in (True, False):
        page.tags.tag("chi_thi_01", on)
        qtbot.waitUntil(page.idle)
        assert chosen(page) == PAGE + 4
        assert _("{count} chosen").format(count=PAGE + 4) in page.list.footer.words.text()
    assert not any(one.values.get("tags") for one in desk.lists.stream("clearing", Filter()))
    press("Ctrl+N")
    press("Ctrl+A")
    page.filter.review_state.put(DOUBTED, page.filter.review_state.label_of(DOUBTED))
    assert page.list.chosen().review_state == ""  # these rows are in sight until the others come
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 1)
    assert chosen(page) == 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_list_is_written_to_a_file(qtbot, page, tmp_path, suffix):
    target = tmp_path / f"ds{suffix}"
    page.list_actions.export(target)
    qtbot.waitUntil(page.idle)
    assert target.stat().st_size > 100
    many = ngettext("1 row saved as {file}.", "{count} rows saved as {file}.", 4)
    assert page.bar.text.endswith(many.format(count=4, file=target.name))
    page.view.selectRow(1)
    page.list_actions.export(target)  # the selected row; the whole list only on request
    qtbot.waitUntil(page.idle)
    alone = target.stat().st_size
    page.bar.buttons[0].click()
    qtbot.waitUntil(page.idle)
    assert target.stat().st_size > alone


def test_the_file_is_called_by_the_name_of_the_list(page):
    press("Ctrl+E")
    dialog = page.findChild(QFileDialog)
    assert _(ALL_TYPES["clearing"].title) in dialog.selectedFiles()[0]
    dialog.reject()


def test_a_csv_is_with_commas_or_with_what_excel_in_vietnamese_opens(qtbot, page, tmp_path):
    for keys, first in (("Ctrl+Shift+E", ","), ("Ctrl+Alt+E", ";")):
        for change in (False, True):
            press(keys)
            dialog = page.findChild(QFileDialog)
            if change:
                dialog.selectNameFilter(dialog.nameFilters()[1])
            target = tmp_path / f"{keys}{change}.csv"
            dialog.fileSelected.emit(str(target))
            dialog.reject()
            qtbot.waitUntil(lambda t=target: t.exists() and page.idle())
            qtbot.waitUntil(lambda: page.findChild(QFileDialog) is None)
            text = target.read_bytes().decode("utf-8")
            assert text.startswith("\ufeffid" if keys == "Ctrl+Alt+E" else "\ufeff")
            assert text.splitlines()[0].count({",": ";", ";": ","}[first] if change else first) > 5


def test_a_folder_that_is_not_there_is_told_in_words(qtbot, page, tmp_path):
    page.list_actions.export(tmp_path / "nowhere" / "ds.csv")
    qtbot.waitUntil(page.idle)
    assert page.bar.text.startswith("✗")


def test_columns_are_chosen_sorted_and_remembered(qtbot, page, desk, lang):
    usual = list(page.table.keys)
    page.list.columns.show_column("hamlet", True)
    page.list.columns.show_column("times", False)
    page.view.horizontalHeader().resizeSection(0, 222)
    page.view.horizontalHeader().setSortIndicator(
        page.table.keys.index("participants"), Qt.SortOrder.AscendingOrder
    )
    qtbot.waitUntil(page.idle)
    assert page.table.keys == [*(k for k in usual if k != "times"), "hamlet"]
    shown = page.table.keys.index("participants")
    assert [line.cells[shown] for line in page.table.lines] == ["5", "7", "11", "900"]
    qtbot.waitUntil(lambda: desk.preferences.preferred("list:clearing") is not None)
    again = main_window(desk, lang)
    qtbot.addWidget(again)
    again.show()
    twin = go(qtbot, again, "clearing")
    assert twin.table.keys == page.table.keys
    assert twin.table.order == page.table.order
    assert twin.view.horizontalHeader().sectionSize(0) == 222
    twin.list.columns.as_at_first()
    assert twin.table.keys == usual
    again.tasks.finish()
    again.close()


def test_the_keyboard_sorts_by_any_column_and_turns_it_round(qtbot, page):
    column = page.table.keys.index("participants")
    for first in ("5", "900"):
        key(Qt.Key.Key_S, CONTROL | SHIFT)
        menu = QApplication.activePopupWidget()
        for _turn in range(column + 1):
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        qtbot.waitUntil(page.idle)
        assert page.table.lines[0].cells[column] == first


def test_the_history_of_a_record_is_told(qtbot, page, desk):
    key(Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(page.form.record))
    record = page.form.record
    desk.records.edit("clearing", record, {"times": 3}, reason="Đếm lại")
    press("Ctrl+H")
    qtbot.waitUntil(lambda: hasattr(page.history, "window"))
    tree = page.history.window.tree
    assert tree.topLevelItemCount() == 2
    newest = tree.topLevelItem(0)
    told = [[newest.child(n).text(c) for c in range(3)] for n in range(newest.childCount())]
    assert any("Đếm lại" in row[0] for row in told)
    assert any(row[1:] == ["1", "3"] for row in told)
    # The space above and below a line comes from the style sheet.
    around = tree.visualItemRect(newest).height() - tree.fontMetrics().height()
    assert around == 8
    page.history.window.close()


def typed_into(combo, text):
    combo.setFocus()
    write(text)
    key(Qt.Key.Key_Tab)


def test_a_chooser_takes_a_word_of_its_entry_and_gives_everything_back(qtbot, page, desk):
    kinds = ALL_TYPES["clearing"].columns()["kind"].options
    day = desk.today() - datetime.timedelta(days=2)
    raw = {"kind": "road_repair", "started_on": day.isoformat(), "commune": "06196",
           "participants": 33}  # fmt: skip
    desk.records.add("clearing", raw)
    page.refresh()
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == len(PEOPLE) + 1)
    typed_into(page.filter.kind, fold(_(kinds["road_repair"]))[:6])
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 1)
    assert page.filter.kind.currentText() == _(kinds["road_repair"])
    assert "<b>33</b>" in page.list.footer.totals.text()
    page.filter.kind.setFocus()
    key(Qt.Key.Key_A, CONTROL)
    key(Qt.Key.Key_Delete)
    key(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == len(PEOPLE) + 1)


def test_a_full_row_of_filters_does_not_wrap_while_a_text_is_typed(page):
    layout = page.filter.layout()
    height, hint = layout.heightForWidth(9_999), layout.sizeHint().width()
    full = next(w for w in range(hint, 9_999) if layout.heightForWidth(w) == height)
    press("Ctrl+F")
    write("b")
    assert page.filter.search.text() == "b"
    assert layout.heightForWidth(full) == height


def test_a_search_answers_at_each_key(qtbot, page, desk):
    desk.records.add("clearing", {
        "kind": "sight_line", "started_on": desk.today().isoformat(), "commune": "06196",
        "participants": 8, "source_ref": "Biên bản Khuổi Tát",
    })  # fmt: skip
    press("Ctrl+F")
    write("khuoi t")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 1)
    write("x")
    qtbot.waitUntil(lambda: page.idle() and not page.table.lines)
    assert page.empty.isVisible()
    assert page.empty.text()


def widths(page):
    header = page.view.horizontalHeader()
    return [header.sectionSize(n) for n in range(header.count())]


def test_columns_show_their_texts_and_stay_while_a_list_is_searched(qtbot, page):
    before, metrics = widths(page), page.view.fontMetrics()
    for place, wide in enumerate(before):
        assert all(wide > metrics.horizontalAdvance(word) for word in label_of(page, place).split())
    press("Ctrl+F")
    write("thong tam nhin")
    qtbot.waitUntil(page.idle)
    assert widths(page) == before
    page.view.horizontalHeader().resizeSection(1, before[1] + 30)
    page.resize(page.width() - 40, page.height())
    assert widths(page)[1] == before[1] + 30


# --------------------------------------------------------- the lists of a desk above the posts


@pytest.fixture(scope="module")
def province_folder(demo_template, tmp_path_factory):
    target = tmp_path_factory.mktemp("lists") / "province"
    folder = Path(shutil.copytree(demo_template, target))
    with Desk.open(folder) as desk:
        dear = {**example("track"), "completed_on": "2023-12-20", "cost_vnd": 129_000_000_000}
        desk.records.add("track", dear)
    return folder


@pytest.fixture
def province(qtbot, province_folder, lang):
    """The window of a province's desk, on the smallest supported screen."""
    with Desk.open(province_folder) as desk:
        shown = main_window(desk, lang)
        qtbot.addWidget(shown, before_close_func=discard_everything)
        shown.resize(1366, 768)
        with qtbot.waitActive(shown):
            shown.show()
            shown.activateWindow()
        yield shown
        shown.tasks.finish()


def label_of(page, column):
    return str(page.table.headerData(column, Qt.Orientation.Horizontal))


@pytest.mark.parametrize("lang", tries(["vi"], ["vi", "en"]), indirect=True)
def test_a_province_sees_every_column_of_every_list(qtbot, province, lang):
    for name in ALL_TYPES:
        page = go(qtbot, province, name)
        assert page.table.lines, name
        bar, room = page.view.horizontalScrollBar(), page.view.viewport().width()
        # A scroll bar appears only below a list wider than its space.
        assert (bar.maximum() == 0) == (sum(widths(page)) <= room), name
        # English names are long single words; the window speaks Vietnamese first.
        assert lang == "en" or bar.maximum() == 0, name


@pytest.mark.both_languages
def test_names_go_on_two_lines_before_words_are_cut_short(qtbot, province, lang):
    page = go(qtbot, province, "patrol")
    digit = page.view.fontMetrics().horizontalAdvance("0")
    words = [n for n in range(len(widths(page))) if not page.table.exact(n)]
    rooms = [widths(page)[n] - 2 * PADDING for n in words]
    longest = [max(map(page.view.fontMetrics().horizontalAdvance, page.table.longest(n)))
               for n in words]  # fmt: skip
    # In English the space does not suffice: the list scrolls, and its words are not cut.
    assert all(room >= min(most, LEGIBLE * digit)
               for room, most in zip(rooms, longest, strict=True))  # fmt: skip
    assert (page.view.horizontalScrollBar().maximum() > 0) == (lang == "en")


@pytest.mark.parametrize(("lang", "wide"), [("vi", 1366), ("en", 1180)], indirect=["lang"])
def test_a_list_that_is_narrow_keeps_figures_whole_and_names_readable(qtbot, province, wide):
    heads = QFontMetrics(small_bold())
    province.resize(wide, 768)
    for name in ALL_TYPES:
        page = go(qtbot, province, name)
        metrics, high = page.view.fontMetrics(), page.view.horizontalHeader().height()
        # Enough of the words is visible to tell them apart.
        some = metrics.horizontalAdvance("0") * LESS
        for place, width in enumerate(widths(page)):
            room, label = width - 2 * PADDING, label_of(page, place)
            longest = max(map(metrics.horizontalAdvance, page.table.longest(place)))
            assert room >= (longest if page.table.exact(place) else min(longest, some)), label
            assert all(heads.horizontalAdvance(word) <= room for word in label.split()), label
            wrapped = QRect(0, 0, room, 0)
            folded = heads.boundingRect(wrapped, Qt.TextFlag.TextWordWrap, label).height()
            assert folded <= 2 * heads.lineSpacing(), label
            assert high >= folded + 16, label


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_in_a_list_that_is_scrolled_sideways_no_two_values_look_alike(qtbot, qapp, province):
    province.set_text_size(150)
    try:
        scrolled = 0
        for name in ALL_TYPES:
            page = go(qtbot, province, name)
            scrolled += page.view.horizontalScrollBar().maximum() > 0
            cut = page.view.fontMetrics().elidedText
            for place, width in enumerate(widths(page)):
                if (
                    page.table.fields[place].several
                    or not page.view.horizontalScrollBar().maximum()
                ):
                    continue
                room = width - 2 * PADDING
                texts = set(page.table.longest(place, PAGE))
                seen = {cut(text, Qt.TextElideMode.ElideRight, room) for text in texts}
                assert len(seen) == len(texts), (name, label_of(page, place))
        assert scrolled > 5
    finally:
        province.tasks.finish()
        set_text_size(qapp, 100)


@pytest.mark.parametrize("percent", [100, 150])
@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_the_words_below_a_form_stand_on_one_line(qtbot, qapp, province, percent):
    province.set_text_size(percent)
    try:
        page = go(qtbot, province, "clearing")
        qtbot.waitUntil(page.idle)
        state = page.form.state
        room = QRect(0, 0, state.width(), 1_000)
        high = state.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, state.text())
        assert state.text() == "Bản ghi mới"
        assert high.height() <= state.fontMetrics().lineSpacing()
        above = state.geometry().bottom() < page.form.save_button.geometry().top()
        assert above == (percent == 150)
    finally:
        province.tasks.finish()
        set_text_size(qapp, 100)


def test_the_head_is_as_high_as_a_name_on_two_lines(qtbot, page):
    header, lines = page.view.horizontalHeader(), QFontMetrics(small_bold()).lineSpacing()
    place = next(n for n in range(header.count()) if " " in label_of(page, n))
    for other in range(header.count()):
        header.resizeSection(other, 300)
    qtbot.waitUntil(lambda: header.height() < 2 * lines + 16)
    header.resizeSection(place, header.minimumSectionSize())
    qtbot.waitUntil(lambda: header.height() >= 2 * lines + 16)


def test_of_texts_as_long_as_each_other_the_same_ones_are_measured(qtbot, window):
    table = go(qtbot, window, "clearing").table
    texts = [f"Tổ {letter}" for letter in "mlkjihgfedcba"]
    table.lines = [ListLine(text, ("", 0), (text,), "", "") for text in texts]
    assert table.longest(0) == texts[-5:]
    table.lines = []
