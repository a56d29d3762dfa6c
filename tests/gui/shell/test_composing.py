"""Words composed by an input method (UniKey, ibus) arrive whole, in every text field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
)

from borderdesk.base.i18n import _
from tests.gui.steps import COMPOSED, CONTROL, compose, composing, go, key, press
from ui.records.record_page import RecordPage
from ui.settings.ledger_panel import LedgerPanel
from ui.shell.first_run import FirstRunDialog
from ui.shell.pages import PAGES
from ui.widgets.actions import all_actions
from ui.widgets.editors import text_line
from ui.widgets.editors.children_editor import ChildrenEditor
from ui.widgets.editors.household_editor import HouseholdEditor
from ui.widgets.editors.text_line import TextLine

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


@pytest.fixture
def lang():
    return "vi"


def fields_of(widget):
    """The fields that can be typed into: for choosers their line edits."""
    lines = [f for f in widget.findChildren(QLineEdit)
             if not isinstance(f.parentWidget(), QAbstractSpinBox)]  # fmt: skip
    found = [*lines, *widget.findChildren(QPlainTextEdit)]
    return [f for f in found if f.isVisible() and f.isEnabled() and not f.isReadOnly()]


def text_of(field):
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def hide_completing():
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.hide()


def try_every_field(widget):
    fields = fields_of(widget)
    for field in fields:
        if not (field.isVisible() and field.isEnabled()):
            continue  # the previous choice has closed it
        field.setFocus()
        field.clear()
        compose(field)
        assert text_of(field) == COMPOSED, field.accessibleName()
        hide_completing()
        field.clear()
    return len(fields)


def try_cell(view, place):
    view.go_to(place)
    line = QApplication.focusWidget()
    assert line is view.indexWidget(view.currentIndex())
    compose(line)
    assert line.text() == COMPOSED, place
    hide_completing()
    view.closeEditor(line, QAbstractItemDelegate.EndEditHint.RevertModelCache)
    QApplication.processEvents()


def test_in_every_field_of_every_page(qtbot, window):
    for page_key in PAGES:
        window.nav.setCurrentItem(window.items[page_key])
        page = window.current()
        qtbot.waitUntil(page.idle)
        try_page(qtbot, page)
        if isinstance(page, RecordPage):
            page.form.discard()


def try_page(qtbot, page):
    """Every field of a page, including those of child rows, of a new household and of grids under
    tabs."""
    if isinstance(page, RecordPage):
        for cell in page.form.cells.values():
            if isinstance(cell.editor, ChildrenEditor):
                cell.editor.add.click()
            if isinstance(cell.editor, HouseholdEditor):
                cell.editor.put({"head": "x"})
        assert try_every_field(page) >= 4
        return
    try_every_field(page)
    for place in range(page.tabs.count()) if hasattr(page, "tabs") else ():
        page.tabs.setCurrentIndex(place)
        qtbot.waitUntil(page.idle)
        try_every_field(page)
        for panel in page.findChildren(LedgerPanel):
            if panel.isVisible():
                if panel.in_form:
                    panel.turn()
                blank = next(n for n, cells in enumerate(panel.cells.rows) if not cells)
                for column in panel.cells.columns:
                    try_cell(panel.view, (blank, column.key))


def test_in_every_column_of_a_table(qtbot, window):
    for type_name in ("patrol", "pledge", "household"):
        page = go(qtbot, window, type_name)
        page.show_grid()
        page.grid.cells.show_columns(list(page.grid.cells.every))
        for column in page.grid.cells.columns:
            try_cell(page.grid.view, (0, column.key))
        page.grid.leave()


def test_composing_works_in_every_dialog(qtbot, window, tmp_path):
    key(Qt.Key.Key_K, CONTROL)
    box = window.findChild(QDialog)
    qtbot.waitUntil(lambda: box.search.hasFocus())
    assert try_every_field(box) == 1
    box.close()
    first = FirstRunDialog(tmp_path / "new")
    qtbot.addWidget(first)
    with qtbot.waitActive(first):
        first.show()
        first.activateWindow()
    assert try_every_field(first) >= 1


def test_a_composed_word_narrows_the_list_once_it_is_given(qtbot, window):
    key(Qt.Key.Key_K, CONTROL)
    box = window.findChild(QDialog)
    qtbot.waitUntil(lambda: box.search.hasFocus())
    everything = box.list.count()
    compose(box.search, _("Help"))
    assert 0 < box.list.count() < everything
    box.close()


def test_a_number_that_is_composed_stays_in_its_field(qtbot, window, monkeypatch):
    """fcitx also composes digits, passes Tab and Enter on first and commits the digits after
    them."""
    # A busy machine may need more than its 40 ms for the steps in between.
    monkeypatch.setattr(text_line, "OWED", 500)
    page = go(qtbot, window, "clearing")
    press("Ctrl+N")
    for leave in (Qt.Key.Key_Tab, Qt.Key.Key_Return):
        cell = page.form.cells["participants"].editor
        cell.put("")
        cell.focus()
        line = cell.widget
        composing(line, "40")
        QTest.keyClick(line.window().windowHandle(), leave)
        assert line.hasFocus()
        QApplication.sendEvent(line, QInputMethodEvent("", []))
        given = QInputMethodEvent("", [])
        given.setCommitString("40")
        QApplication.sendEvent(line, given)
        qtbot.waitUntil(lambda line=line: not line.hasFocus())
        assert cell.raw() == "40"


def test_a_key_that_acts_takes_the_word_along_that_is_composed(qtbot, monkeypatch):
    """Some input methods pass Ctrl+S on before the word."""
    line, found = TextLine(), []
    qtbot.addWidget(line)

    def commit():
        given = QInputMethodEvent("", [])
        given.setCommitString(line.seen_text())
        QApplication.sendEvent(line, given)

    monkeypatch.setattr(all_actions, "take_composed", commit)
    all_actions.bind(line, "ledger_save", lambda: found.append(line.text()))
    with qtbot.waitActive(line):
        line.show()
        line.activateWindow()
    line.setFocus()
    composing(line, COMPOSED)
    press("Ctrl+S")
    assert found == [COMPOSED]
