"""Spreadsheets dropped on a list: fields proposed, rows previewed, saved, undone."""

import datetime
import os
import shutil
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.sheets.columns.child_columns import is_below
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files
from tests.effort import tries
from tests.factories import example
from tests.gui import steps
from tests.gui.liaison import drop
from tests.gui.looks import faults, untranslated
from tests.gui.steps import go, press
from ui.records.actions.sheet_action import outside_words

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
PICTURES = os.environ.get("BORDERDESK_TOUR", "")
PROGRAMME = "Khu vực biên giới"
TOPICS = "Luật Biên giới quốc gia"
SAMPLES = {
    "pledges.xlsx": ("pledge", {"programme": PROGRAMME}, 30, 0),
    "pledges_vntime.xlsx": ("pledge", {"programme": PROGRAMME}, 37, 3),
    "outreach.csv": ("outreach", {"topics": TOPICS}, 25, 0),
}


def settle(qtbot, page):
    qtbot.waitUntil(page.sheet.idle)
    QApplication.processEvents()
    qtbot.waitUntil(page.idle)


def dropped(qtbot, window, type_name, *paths):
    page = go(qtbot, window, type_name)
    drop(page, *paths)
    settle(qtbot, page)
    return page, page.sheet.panel


def test_a_list_dropped_on_a_field_is_read_and_the_field_stays_as_it_was(qtbot, window):
    page = go(qtbot, window, "outreach")
    press("Ctrl+N")
    qtbot.waitUntil(page.idle)
    note = page.form.cells["note"].editor.widget
    commune = page.form.cells["commune"].editor.combo.line()
    before = commune.text()
    for field in (page.filter.search, commune, note.viewport()):
        drop(field, DATA / "outreach.csv")
        assert (page.filter.search.text(), commune.text(), note.text()) == ("", before, "")
    settle(qtbot, page)
    assert page.sheet.panel.isVisible()


def fill(panel, fixed):
    for key, text in fixed.items():
        editor = panel.columns.values[key]
        line = editor.lineEdit() if hasattr(editor, "lineEdit") else editor
        line.setFocus()
        line.selectAll()
        QApplication.clipboard().setText(text)
        press("Ctrl+V")


def choose(bar, text):
    """The button of a message bar with this text."""
    return next((one for one in bar.findChildren(QPushButton) if one.text() == text), None)


def entries(desk, type_name):
    return list(desk.lists.stream(type_name, Filter()))


def look(window, name):
    QApplication.processEvents()
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        window.grab().save(f"{PICTURES}/{name}.png")
    assert faults(window) == []


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
@pytest.mark.parametrize(
    ("sample", "percent"),
    tries(list(zip(SAMPLES, (150, 100, 150), strict=True)), list(product(SAMPLES, (100, 150)))),
)
def test_a_sample_is_dropped_seen_and_taken_in(qtbot, window, desk, sample, percent, tmp_path):
    type_name, fixed, accepted, refused = SAMPLES[sample]
    window.resize(1366, 768)
    window.set_text_size(percent)
    page, panel = dropped(qtbot, window, type_name, DATA / sample)
    look(window, f"sheet-{sample}-{percent}-dropped")
    # Values needed by child rows only are not asked for.
    assert not any(map(is_below, panel.columns.values))
    numbering = panel.columns.choosers.get("TT")
    assert numbering is None or numbering.currentText() == _("(row numbers)")
    missing = {key: text for key, text in fixed.items() if key in panel.columns.values}
    fill(panel, missing)
    assert panel._take.isEnabled() != bool(missing)
    press("F5")
    settle(qtbot, page)
    look(window, f"sheet-{sample}-{percent}-seen")
    assert untranslated(window) == []
    wanted = desk.sheets.dry_run(type_name, DATA / sample, SheetRequest(fixed=fixed))
    assert (wanted.accepted, len(wanted.refused)) == (accepted, refused)
    assert entries(desk, type_name) == []
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    assert len(entries(desk, type_name)) == accepted
    if refused:
        panel.save_rejects(tmp_path / "r.xlsx")
        settle(qtbot, page)
        assert openpyxl.load_workbook(tmp_path / "r.xlsx").active.max_row >= refused + 1
        panel.setFocus()
        press("Escape")
    assert page._layers.currentWidget() is page._front
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: not entries(desk, type_name))
    settle(qtbot, page)
    window.set_text_size(100)
    desk.preferences.prefer("text_size", None)


def test_what_an_undone_list_does_not_bring_back_is_told(qtbot, window, desk):
    given = {**example("outreach"), "held_on": "2023-12-04"}
    gone = desk.records.add("outreach", given).id
    page, panel = dropped(qtbot, window, "outreach", DATA / "outreach.csv")
    fill(panel, {"topics": TOPICS})
    press("F5")
    settle(qtbot, page)
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    row = next(one.id for one in entries(desk, "outreach") if one.id != gone)
    with Desk.open(desk.folder, desk.store.key) as beside:
        beside.doubles.mark_same("outreach", gone, row)
        beside.closing.close_period("2023-12-04..2023-12-04")
    page.list_actions.undo()
    qtbot.waitUntil(lambda: not entries(desk, "outreach"))
    settle(qtbot, page)
    told = page.bar.text
    assert _("Taken back: {what}").format(what="") in told
    assert "04/12/2023" in told


def rows(*heads):
    return [
        [n, head, "Mẫu Sơn", "Co Loi", "", f"{n:02}/03/2023"] for n, head in enumerate(heads, 1)
    ]


HEAD = ["TT", "Người đứng tên", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký"]


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_an_unknown_column_is_chosen_once_for_several_files(qtbot, window, desk, tmp_path):
    one = files.write_openpyxl(tmp_path / "a.xlsx", [HEAD, *rows("Nông Văn An", "Lý Thị Bé")])
    two = files.write_openpyxl(tmp_path / "b.xlsx", [HEAD, *rows("Hoàng Văn Cò", "Lý Thị Bé")])
    page, panel = dropped(qtbot, window, "pledge", one, two)
    chooser = panel.columns.choosers["Người đứng tên"]
    assert chooser.known_code() == "-"
    chooser.setFocus()
    chooser.put("household.head", chooser.label_of("household.head"))
    fill(panel, {"programme": PROGRAMME})
    press("F5")
    settle(qtbot, page)
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    assert len(entries(desk, "pledge")) == 3, (
        panel.bar.text,
        panel.outcome.counts.text(),
        panel.outcome.detail.text(),
    )
    drop(page, one)
    settle(qtbot, page)
    assert panel.columns.choosers["Người đứng tên"].known_code() == "household.head"
    assert panel.columns.values["programme"].currentText() == PROGRAMME
    assert "2" in panel.outcome.counts.text()
    assert not panel._take.isEnabled()
    assert panel._look.isEnabled()


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_a_dropped_folder_tells_of_the_folders_in_it(qtbot, window, tmp_path):
    (tmp_path / "lists" / "2022").mkdir(parents=True)
    for name in ("2.xlsx", "._2.xlsx"):
        shutil.copy(DATA / "pledges.xlsx", tmp_path / "lists" / name)
    _page, panel = dropped(qtbot, window, "pledge", tmp_path / "lists")
    assert panel.names.text() == "2.xlsx · Không đọc 1 thư mục con bên trong."


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_a_file_that_cannot_be_read_says_so(qtbot, window, tmp_path):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes((DATA / "pledges.xlsx").read_bytes()[:2_000])
    page, panel = dropped(qtbot, window, "pledge", broken)
    assert panel.bar.text
    assert not panel._take.isEnabled()
    # Among other files it is named, and one press skips it.
    for heading_row, good in (("1", DATA / "pledges.xlsx"), ("3", DATA / "calc.csv")):
        several = [broken, good] if heading_row == "1" else [good, broken]
        drop(page, *several)
        settle(qtbot, page)
        assert "broken.xlsx" in panel.bar.text
        press_offer = choose(panel.bar, _("Leave this file out"))
        press_offer.click()
        settle(qtbot, page)
        assert panel.paths == [good]
        assert panel.bar.text == ""
        assert panel.outcome.table.texts.rows
        assert panel.header.text() == heading_row
    shutil.copy(DATA / "pledges.xlsx", broken)
    drop(page, broken)
    settle(qtbot, page)
    assert panel.outcome.table.texts.rows


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_a_list_dropped_anywhere_opens_on_the_page_of_its_type(qtbot, window):
    for key in ("home", "exchange"):
        window.navigation.go_to(key)
        drop(window.current(), DATA / "pledges.xlsx")
        qtbot.waitUntil(lambda: window.navigation.current() == "pledge")
        page = window.current()
        settle(qtbot, page)
        assert page.sheet.panel.outcome.table.texts.rows
    wrong = go(qtbot, window, "patrol")
    drop(wrong, DATA / "outreach.csv")
    settle(qtbot, wrong)
    assert "Tuyên truyền" in wrong.sheet.panel.bar.text
    choose(wrong.sheet.panel.bar, "Mở ở trang đó").click()
    qtbot.waitUntil(lambda: window.navigation.current() == "outreach")
    settle(qtbot, window.current())


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_a_list_of_no_clear_type_is_asked_about(qtbot, window, tmp_path):
    unclear = files.write_openpyxl(
        tmp_path / "a.xlsx", [["TT", "Chủ hộ", "Xã", "Thôn", "Ngày ký"], *rows("Nông Văn An")]
    )
    window.navigation.go_to("home")
    drop(window.current(), unclear)
    bar = window.current().bar
    qtbot.waitUntil(lambda: "a.xlsx" in bar.text)
    assert choose(bar, "Đăng ký tự quản") is not None
    choose(bar, "Ký cam kết").click()
    qtbot.waitUntil(lambda: window.navigation.current() == "pledge")
    settle(qtbot, window.current())


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_a_list_of_no_known_type_may_be_of_any(qtbot, window, tmp_path):
    unknown = files.write_openpyxl(tmp_path / "u.xlsx", [["xyz", "abc"], ["1", "2"]])
    window.navigation.go_to("home")
    drop(window.current(), unknown)
    bar = window.current().bar
    qtbot.waitUntil(lambda: "u.xlsx" in bar.text)
    choose(bar, "Loại khác…").click()
    menu = window.findChild(QMenu)
    offered = {action.text(): action for action in menu.actions()}
    assert [*offered] == [_(model.title) for model in ALL_TYPES.values()]
    offered["Tuyên truyền"].trigger()
    menu.close()
    qtbot.waitUntil(lambda: window.navigation.current() == "outreach")
    settle(qtbot, window.current())


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_all_sheets_and_their_new_hamlets_are_taken_in_at_once(qtbot, window, desk, tmp_path):
    head = ["TT", "Chủ hộ", "Xã", "Thôn", "Ngày ký"]
    other = ["TT", "Ngày ký", "Người đứng tên", "Thôn", "Xã"]
    book = files.write_sheets(
        tmp_path / "năm.xlsx",
        {
            "Tháng 1": [head, [1, "Nông Văn An", "Mẫu Sơn", "Co Loi", "5/1/2023"]],
            "Ghi chú": [["Không có gì"]],
            "Tháng 2": [
                other,
                [1, "7/2/2023", "Lý Thị Bé", "Co Lòi", "Mẫu Sơn"],
                [2, "8/2/2023", "Hứa Văn Cò", "Pò Chát", "Mẫu Sơn"],
            ],
        },
    )
    page, panel = dropped(qtbot, window, "pledge", book)
    fill(panel, {"programme": PROGRAMME})
    panel.every.setChecked(True)
    panel.sheet.setCurrentIndex(2)
    panel.sheet.activated.emit(2)
    settle(qtbot, page)
    chooser = panel.columns.choosers["Người đứng tên"]
    chooser.put("household.head", chooser.label_of("household.head"))
    assert panel.columns.values["programme"].currentText() == PROGRAMME
    press("F5")
    settle(qtbot, page)
    assert "Ghi chú" in panel.outcome.notes.text()
    chooser = panel.hamlets.choosers["06238-2023", "co loi"]
    chooser.setCurrentIndex(chooser.findText("Co Loi"))
    panel.hamlets.add_new.setChecked(True)
    assert not panel._take.isEnabled()
    press("F5")
    settle(qtbot, page)
    look(window, "sheet-all-sheets")
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    assert len(entries(desk, "pledge")) == 3, (panel.bar.text, panel.outcome.counts.text())
    assert {one.values["hamlet"] for one in entries(desk, "household")} == {"Co Loi", "Pò Chát"}
    assert len({one.id for one in desk.sheet_batches.all()}) == 1


@pytest.mark.parametrize("lang", ["en"], indirect=True)
def test_refused_rows_are_mended_and_near_ones_joined(qtbot, window, desk, tmp_path):
    window.resize(1366, 768)
    window.set_text_size(150)
    head = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký"]
    near = rows("Nông Văn An", "Lý Thị Bé", "Nông Văn Ân", "Lý Thị Bê", "Hứa Văn Cò")
    near[4][5] = "31/02/2023"
    page, panel = dropped(
        qtbot, window, "pledge", files.write_openpyxl(tmp_path / "a.xlsx", [head, *near])
    )
    look(window, "sheet-en-150-dropped")
    fill(panel, {"programme": "Border area rules"})
    press("F5")
    settle(qtbot, page)
    look(window, "sheet-en-150-seen")
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    look(window, "sheet-en-150-taken")
    assert (len(entries(desk, "pledge")), len(entries(desk, "household"))) == (4, 4)
    panel.save_rejects(tmp_path / "r.xlsx")
    settle(qtbot, page)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.active["F2"].value == "31/02/2023"
    book.active["F2"].value = "28/02/2023"
    book.save(tmp_path / "r.xlsx")
    drop(page, tmp_path / "r.xlsx")
    settle(qtbot, page)
    assert panel.columns.values["programme"].currentText() == "Border area rules"
    look(window, "sheet-en-150-mended")
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    assert len(entries(desk, "pledge")) == 5
    window.show_page("exchange", {"tab": "pairs"})
    pairs = window.current().panel("pairs")
    qtbot.waitUntil(lambda: pairs.idle() and len(pairs.pairs) == 2)
    look(window, "sheet-en-150-pairs")
    pairs.table.setFocus()
    pairs.table.selectAll()
    press("Ctrl+1")
    pairs.bar.buttons[0].click()
    # A household that signed twice in a year is asked about in turn.
    signed = ["pledge", "pledge"]
    qtbot.waitUntil(lambda: pairs.idle() and [one.pair.type for one in pairs.pairs] == signed)
    look(window, "sheet-en-150-joined")
    joined = [one for one in entries(desk, "household") if one.values.get("merged_into")]
    assert len(joined) == 2
    assert [len(desk.records.history("household", one.id)) for one in joined] == [2, 2]
    fixed = {"programme": "khu_vuc_bien_gioi"}
    again = desk.sheets.dry_run("pledge", tmp_path / "a.xlsx", SheetRequest(fixed=fixed))
    assert (again.accepted, again.same) == (0, 4)
    window.set_text_size(100)
    desk.preferences.prefer("text_size", None)


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_near_rows_are_decided_one_by_one_with_the_keys(qtbot, window, desk, tmp_path):
    window.resize(1366, 768)
    head = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký"]
    near = rows("Nông Văn An", "Lý Thị Bé", "Hứa Văn Cò", "Nông Văn Ân", "Lý Thị Bê", "Hứa Văn Cỏ")
    near[5][4] = "020080012345"
    path = files.write_openpyxl(tmp_path / "a.xlsx", [head, *near])
    page, panel = dropped(qtbot, window, "pledge", path)
    fill(panel, {"programme": PROGRAMME})
    press("F5")
    settle(qtbot, page)
    panel.setFocus()
    press("Ctrl+S")
    settle(qtbot, page)
    assert "Trong đó 3 bản có thể trùng" in page.bar.text
    # The list shows the month of today.
    assert "thuộc ngày 01/03/2023 – 06/03/2023; hãy chọn kỳ đó" in page.bar.text
    # An undone import no longer waits; this is shown beside the outcome, not in it.
    assert page.list_actions.steps.newest().words == "Đã lưu 6 bản ghi"
    window.show_page("exchange", {"tab": "pairs"})
    pairs = window.current().panel("pairs")
    qtbot.waitUntil(lambda: pairs.idle() and len(pairs.pairs) == 3)
    assert QApplication.focusWidget() is pairs.table

    def heads():
        return [one.titles[0].split(" · ")[1] for one in pairs.pairs]

    def decided(keys, left):
        press(keys)
        qtbot.waitUntil(lambda: pairs.idle() and heads() == left)

    signed = ["01/03/2023", "03/03/2023"]
    # Joined households then have two signatures, which are asked about first; the next pair
    # follows.
    decided("Ctrl+1", [signed[0], "Hứa Văn Cò", "Lý Thị Bé"])
    assert pairs.current().titles[0].split(" · ")[1] == "Hứa Văn Cò"
    steps.key(Qt.Key.Key_Down)
    decided("Ctrl+3", [signed[0], "Hứa Văn Cò"])
    steps.key(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is pairs.view
    for _step in range(3):
        steps.key(Qt.Key.Key_Down)
    steps.key(Qt.Key.Key_Right)
    look(window, "sheet-pairs-chosen")
    decided("Ctrl+1", signed)
    homes = {one.values["head"]: one.values for one in entries(desk, "household")}
    assert homes["Hứa Văn Cò"]["citizen_id"] == "020080012345"
    joined = {name for name, values in homes.items() if values.get("merged_into")}
    assert joined == {"Nông Văn Ân", "Hứa Văn Cỏ"}
    press("Ctrl+Z")
    qtbot.waitUntil(lambda: pairs.idle() and heads() == [signed[0], "Hứa Văn Cò"])


def test_records_of_one_day_are_not_said_to_be_of_a_span_of_days():
    day = datetime.date(2023, 3, 6)
    assert outside_words(day, day) == outside_words(day, day + datetime.timedelta(1)).replace(
        " – 07/03/2023", ""
    )
    assert "06/03/2023" in outside_words(day, day)


def test_the_keyboard_is_at_the_value_that_every_row_lacks(qtbot, window):
    page, panel = dropped(qtbot, window, "pledge", DATA / "pledges_vntime.xlsx")
    assert {one.accepted for one in panel._outcomes} == {0}
    assert panel.columns.values["programme"].isAncestorOf(steps.focused())
    steps.write("khu vuc")
    steps.key(Qt.Key.Key_Return)
    press("F5")
    settle(qtbot, page)
    assert sum(one.accepted for one in panel._outcomes) == 37
    assert panel.columns.isAncestorOf(steps.focused())


def test_what_the_title_says_and_what_is_typed_is_not_said_to_be_lacking(qtbot, window, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["DANH SÁCH KÝ CAM KẾT XÃ BA SƠN"],
        ["TT", "Chủ hộ", "Thôn", "Ngày ký"],
        [1, "Vi Văn Hải", "Bản Lề", "12/11/2026"],
        [2, "Lý Thị Sinh", "Bản Lề", "12/11/2026"],
    ):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    _page, panel = dropped(qtbot, window, "pledge", tmp_path / "list.xlsx")

    def lacking():
        labels = panel.columns._labels
        return {key for key in panel.columns.values if labels[key].text().startswith("⚠")}

    assert "household.commune" in panel.columns.values
    assert lacking() == {"programme"}
    fill(panel, {"programme": PROGRAMME})
    assert lacking() == set()


def test_what_was_not_saved_is_taken_in_by_the_next_press(qtbot, window, desk, tmp_path):
    """The stick with the list is pulled out after the preview, and plugged in again."""
    type_name, fixed, accepted, _refused = SAMPLES["outreach.csv"]
    path = Path(shutil.copy(DATA / "outreach.csv", tmp_path / "d.csv"))
    page, panel = dropped(qtbot, window, type_name, path)
    fill(panel, {key: text for key, text in fixed.items() if key in panel.columns.values})
    panel.preview()
    settle(qtbot, page)
    path.rename(tmp_path / "away")
    panel.take_in()
    assert not panel._take.isEnabled()
    settle(qtbot, page)
    assert panel.bar.text.startswith("✗")
    assert entries(desk, type_name) == []
    (tmp_path / "away").rename(path)
    panel._take.trigger()
    settle(qtbot, page)
    assert len(entries(desk, type_name)) == accepted
