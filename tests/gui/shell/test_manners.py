"""Settings as tables, finding an action by name, the handbook, the list of keys, text size."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QStyleOptionViewItem

from borderdesk.base.i18n import LANGUAGES, _, set_language
from borderdesk.desk import Desk
from borderdesk.figures.targets import set_target, targets
from borderdesk.ledgers.editor import form_of
from borderdesk.reports.blocks import Picture
from borderdesk.reports.handouts.handbook import PAGES as HANDBOOK
from borderdesk.reports.handouts.handbook import blocks_of, text_of, topic_of, write_handbook
from tests.gui.steps import CONTROL, go, key, write
from ui.base.text_size import set_text_size
from ui.shell.command_list import KEYS
from ui.shell.first_run import FirstRunDialog
from ui.shell.help_window import HelpWindow
from ui.shell.pages import PAGES
from ui.widgets.actions.all_actions import ACTIONS, key_entries

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


def ledger(qtbot, window, page, name):
    window.show_page(page, {"ledger": name})
    panel = window.current().panel()
    qtbot.waitUntil(panel.idle)
    if panel.in_form:
        panel.turn()
    panel.view.setFocus()
    return panel


def settled(qtbot, panel):
    qtbot.waitUntil(panel.idle)


def test_next_years_targets_are_a_draft_until_saved(qtbot, window, desk):
    desk.reference.write_targets(lambda s: set_target(s, "clearing_events", 2023, "post:BS", "36"))
    panel = ledger(qtbot, window, "targets", "clauses")
    key(Qt.Key.Key_Y, CONTROL)
    settled(qtbot, panel)
    assert {t.year for t in targets(desk.store)} == {2023}
    assert desk.drafts.open_draft(form_of("clauses")) is not None
    panel.view.go_to((1, "value"))
    write("40")
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_S, CONTROL)
    settled(qtbot, panel)
    assert [(t.year, str(t.value)) for t in targets(desk.store)] == [(2023, "36"), (2024, "40")]
    assert desk.drafts.open_draft(form_of("clauses")) is None
    assert not panel.dirty


def test_a_wrong_cell_is_told_at_the_cell_and_nothing_is_saved(qtbot, window, desk):
    panel = ledger(qtbot, window, "settings", "settings")
    before = desk.ledgers.rows("settings")
    last = len(before)
    panel.cells.write({(last, "key"): "due_day"})
    panel.view.go_to((last, "value"))
    write("40")
    key(Qt.Key.Key_Return)
    settled(qtbot, panel)
    assert panel.cells.problem(last, "value")
    key(Qt.Key.Key_S, CONTROL)
    settled(qtbot, panel)
    assert desk.ledgers.rows("settings") == before
    assert panel.view.place(panel.view.currentIndex()) == (last, "value")
    assert panel.problem.text()
    panel.drop()
    settled(qtbot, panel)
    assert not panel.dirty


def test_who_uses_a_row_is_told_before_it_is_changed(qtbot, window, desk):
    desk.records.add("clearing", {"kind": "sight_line", "started_on": "2023-11-05",
                                 "commune": "06196", "participants": 12})  # fmt: skip
    panel = ledger(qtbot, window, "settings", "units")
    row = next(n for n, cells in enumerate(panel.cells.rows) if cells.get("code") == "06196")
    panel.view.go_to((row, "name"))
    qtbot.waitUntil(lambda: panel.usage.text() != "")
    assert _("Clearing and repair") in panel.usage.text()
    panel.view.go_to((row + 1, "name"))
    assert panel.usage.text() == ""


def test_a_table_is_searched_without_accents(qtbot, window):
    panel = ledger(qtbot, window, "settings", "units")
    key(Qt.Key.Key_F, CONTROL)
    write("xuat le")
    shown = [n for n in range(len(panel.cells.rows)) if not panel.view.isRowHidden(n)]
    assert shown
    assert all("Xuất Lễ" in panel.cells.rows[n]["name"] for n in shown)


def test_an_action_is_found_by_a_word_of_its_name(qtbot, window):
    window.nav.setCurrentItem(window.items["clearing"])
    page = window.current()
    qtbot.waitUntil(page.idle)
    key(Qt.Key.Key_K, CONTROL)
    box = window.findChild(QDialog)
    qtbot.waitUntil(lambda: box.search.hasFocus())
    box.search.setText(_("Enter as a table").split()[0])
    box.search.textEdited.emit(box.search.text())
    rows = [box.list.item(n).text() for n in range(box.list.count())]
    box.list.setCurrentRow(next(n for n, t in enumerate(rows) if _("Enter as a table") in t))
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "grid" in page.__dict__ and page.grid.isVisible())


def test_every_line_of_the_list_is_whole_and_off_its_keys(qtbot, window):
    window.show_backups()
    qtbot.waitUntil(window.current().idle)
    key(Qt.Key.Key_K, CONTROL)
    found = window.findChild(QDialog).list
    for row in range(found.count()):
        item = found.item(row)
        option = QStyleOptionViewItem()
        option.rect = found.visualItemRect(item)
        option.fontMetrics = found.fontMetrics()
        found.itemDelegate().initStyleOption(option, found.indexFromItem(item))
        assert option.text == item.text()
        words = found.fontMetrics().horizontalAdvance(item.text() + (item.data(KEYS) or ""))
        assert words < option.rect.width()


def test_a_page_is_found_in_the_same_list(qtbot, window):
    key(Qt.Key.Key_K, CONTROL)
    box = window.findChild(QDialog)
    qtbot.waitUntil(lambda: box.search.hasFocus())
    box.search.setText(_("State of the markers"))
    box.search.textEdited.emit(box.search.text())
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.current() is window.pages.get("strip"))
    qtbot.waitUntil(window.current().idle)


def test_f1_opens_the_handbook_at_the_page(qtbot, window):
    window.nav.setCurrentItem(window.items["strip"])
    qtbot.waitUntil(window.current().idle)
    key(Qt.Key.Key_F1)
    help_window = window.findChild(QDialog)
    assert help_window.contents.currentItem().text() == _("State of the markers")
    assert _("State of the markers") in help_window.text.toPlainText()
    help_window.close()


def test_f1_opens_the_handbook_at_the_table_while_that_is_shown(qtbot, window):
    page = go(qtbot, window, "clearing")
    for shown, topic in ((True, "grid"), (False, "records")):
        page.show_grid() if shown else page.grid.leave()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        key(Qt.Key.Key_F1)
        help_window = window.findChildren(QDialog)[-1]
        assert f"# {help_window.contents.currentItem().text()}\n" in text_of(topic)
        help_window.close()


def test_the_handbook_is_whole_in_both_languages(window, tmp_path):
    shapes = {}
    for lang in LANGUAGES:
        set_language(lang)
        texts = {page: text_of(page) for page in HANDBOOK}
        shapes[lang] = {
            page: (text.count("\n#"), re.findall(r"\]\(([\w.-]+)\)", text))
            for page, text in texts.items()
        }
        write_handbook(tmp_path / f"{lang}.pdf")
    assert shapes["vi"] == shapes["en"]
    told = "".join(text_of(page) for page in HANDBOOK)
    assert not set(told.replace("Bính Xá", "")) & set("ạảấầậắằặẽếềệỉịỏốồộớờợụủứừựỳỵỷỹđ")
    window.speak("en")
    window.help.show_handbook()
    (help_window,) = window.findChildren(HelpWindow)
    assert help_window.contents.currentItem().text() == "Home"
    help_window.close()


def test_every_page_has_its_place_in_the_handbook_and_every_picture_is_there():
    assert all(topic_of(page) in HANDBOOK for page in PAGES)
    for lang in LANGUAGES:
        set_language(lang)
        pictures = [b for page in HANDBOOK for b in blocks_of(page) if isinstance(b, Picture)]
        assert len(pictures) >= 9
        assert [p.file for p in pictures if not p.file.is_file()] == []
        assert {p.file.parent.name for p in pictures} == {lang}


def test_the_handbook_and_the_card_of_keys_are_printed(qtbot, window, tmp_path):
    from pypdfium2 import PdfDocument

    write_handbook(tmp_path / "handbook.pdf")
    with PdfDocument(tmp_path / "handbook.pdf") as book:
        text = "".join(page.get_textpage().get_text_range() for page in book)
    assert _("State of the markers") in text
    window.help.write_key_card(tmp_path / "keys.pdf")
    qtbot.waitUntil((tmp_path / "keys.pdf").exists)
    with PdfDocument(tmp_path / "keys.pdf") as card:
        text = " ".join("".join(p.get_textpage().get_text_range() for p in card).split())
    assert all(keys.split(" · ")[0] in text for _group, _name, keys, _does in key_entries())


def test_the_text_grows_and_what_was_typed_stays(qtbot, window, qapp, desk):
    window.nav.setCurrentItem(window.items["clearing"])
    page = window.current()
    qtbot.waitUntil(lambda: "form" in page.__dict__ and page.idle())
    page.form.cells["source_ref"].editor.focus()
    write("BB 12")
    before = page.fontMetrics().height()
    window.set_text_size(200)
    try:
        page = window.current()
        qtbot.waitUntil(lambda: "form" in page.__dict__ and page.idle())
        assert page.form.raws()["source_ref"] == "BB 12"
        assert page.fontMetrics().height() > before * 1.7
        assert desk.preferences.preferred("text_size") == 200
    finally:
        window.tasks.finish()
        set_text_size(qapp, 100)


def test_language_and_place_of_the_window_are_remembered(qtbot, window, desk):
    other = "en" if _("Home") != "Home" else "vi"
    window.speak(other)
    window.resize(window.width(), 700)
    window.close()
    assert desk.preferences.preferred("language") == other
    from ui.shell.main_window import MainWindow

    again = MainWindow(desk)
    qtbot.addWidget(again)
    assert again.height() == 700
    again.tasks.finish()


def test_practice_is_one_click_away_and_cannot_be_sent(qtbot, lang, tmp_path):
    from borderdesk.base.errors import OperationRefused
    from borderdesk.exchange.sending.exports import ExportOptions

    set_language(lang)
    dialog = FirstRunDialog(tmp_path / "desk")
    qtbot.addWidget(dialog)
    dialog.practise.click()
    assert dialog.folder != tmp_path / "desk"
    with Desk.open(dialog.folder) as desk:
        assert desk.identity.practice
        assert desk.banner()
        with pytest.raises(OperationRefused):
            desk.exchange.exports.export("2023-12", tmp_path, ExportOptions())
    again = FirstRunDialog(tmp_path / "desk")
    qtbot.addWidget(again)
    again.practise.click()
    assert again.folder == dialog.folder
    assert not (tmp_path / "desk").exists()


def test_every_keyed_action_has_keys_that_qt_knows():
    from PySide6.QtGui import QKeySequence

    for act in ACTIONS.values():
        for keys in act.keys.split():
            assert not QKeySequence(keys).isEmpty(), keys


def test_a_crash_keeps_what_is_typed(qtbot, window, desk):
    from ui.shell.crash_dialog import CrashDialog, catch

    window.nav.setCurrentItem(window.items["clearing"])
    page = window.current()
    qtbot.waitUntil(page.idle)
    page.form.cells["hamlet"].editor.focus()
    write("Khuoi Cap")
    assert desk.drafts.open_draft("clearing") is None
    catch(ZeroDivisionError, ZeroDivisionError("tried"), None)
    dialog = window.findChild(CrashDialog)
    assert dialog.isVisible()
    # An error message may quote typed text.
    (report,) = (desk.folder / "logs").glob("report-*.txt")
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")
    assert "tried" not in report.read_text(encoding="utf-8")
    assert str(report) in dialog.place.text()
    qtbot.waitUntil(page.drafts.keeper.settled)
    assert desk.drafts.open_draft("clearing").texts["raws"]["hamlet"] == "Khuoi Cap"
    dialog.reject()
    assert page.form.raws()["hamlet"] == "Khuoi Cap"
