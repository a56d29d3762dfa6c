"""Rules of typing that hold in every field of every page, so that new fields are covered
automatically. Keys and wheel events go to the window, as from the system."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QMenu, QWidget

from borderdesk.base.text import fold
from borderdesk.ledgers.editor import form_of
from borderdesk.schema.records import ALL_TYPES
from tests.gui.records.test_record_page import RECORDS
from tests.gui.shell.test_composing import fields_of, text_of
from tests.gui.steps import (
    CONTROL,
    composing,
    focused,
    go,
    key,
    marked,
    offers,
    press,
    recent,
    typed,
    write,
)
from ui.records.record_page import RecordPage
from ui.shell.pages import PAGES
from ui.widgets.editors.children_editor import ChildrenEditor
from ui.widgets.editors.combo_editor import ComboEditor
from ui.widgets.editors.hamlet_editor import HamletEditor
from ui.widgets.editors.household_editor import HouseholdEditor
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.editors.several_editor import SeveralEditor
from ui.widgets.layout.tab_flow import TabFlow

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
ALT = Qt.KeyboardModifier.AltModifier
RETURN = Qt.Key.Key_Return


@pytest.fixture
def lang():
    return "vi"


def shown(qtbot, window, page_key):
    """A page with all its editors created and shown, tab by tab."""
    window.nav.setCurrentItem(window.items[page_key])
    page = window.current()
    qtbot.waitUntil(page.idle)
    yield page
    for place in range(1, page.tabs.count()) if hasattr(page, "tabs") else ():
        page.tabs.setCurrentIndex(place)
        qtbot.waitUntil(page.idle)
        yield page


def turn_wheel(widget):
    """Turn the wheel one notch over the middle of a widget that does not have the focus."""
    window = widget.window()
    middle = widget.mapTo(window, widget.rect().center())
    event = QWheelEvent(
        QPointF(middle), QPointF(window.mapToGlobal(middle)), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(window.windowHandle(), event)
    QApplication.processEvents()


def test_the_wheel_turns_no_chooser_and_no_tab_that_was_not_opened(qtbot, window):
    for page_key in PAGES:
        for page in shown(qtbot, window, page_key):
            choosers = [*page.findChildren(QComboBox), window.language]
            for chooser in (one for one in choosers if one.isVisible() and one.count() > 1):
                before = chooser.currentIndex(), chooser.currentText()
                for focus in (False, True):
                    if focus:
                        chooser.setFocus()
                    turn_wheel(chooser)
                    assert (chooser.currentIndex(), chooser.currentText()) == before
            # Nor does it take the focus from the edited field.
            for one in [*page.findChildren(QWidget), window.language]:
                assert one.focusPolicy() != Qt.FocusPolicy.WheelFocus, one
            for tabs in (one for one in page.findChildren(TabFlow) if one.isVisible()):
                place = tabs.currentIndex()
                turn_wheel(tabs)
                assert tabs.currentIndex() == place


def test_nothing_is_typed_with_alt_held(qtbot, window):
    for page_key in PAGES:
        for page in shown(qtbot, window, page_key):
            for field in fields_of(page):
                if not (field.isVisible() and field.isEnabled()):
                    continue
                field.setFocus()
                before = text_of(field)
                for code in ("9", "q", ";"):
                    QTest.keyClick(field.window().windowHandle(), code, ALT)
                assert text_of(field) == before, field.accessibleName()


def test_alt_and_a_digit_begins_a_record_on_every_page(qtbot, window):
    for page_key in ("household", "settings", "clearing"):
        window.nav.setCurrentItem(window.items[page_key])
        qtbot.waitUntil(window.current().idle)
        if page_key == "clearing":
            # The form is restored before the grid, which keeps what was typed.
            window.current().show_grid()
            window.current().grid.view.go_to((0, "participants"))
            write("40")
        key(Qt.Key.Key_2, ALT)
        qtbot.waitUntil(lambda: window.current() is window.pages["clearing"])
        qtbot.waitUntil(window.current().idle)
        assert focused().isVisible()
        assert not window.current().in_table
    assert window.current().grid.cells.rows[0] == {"participants": "40"}


def editors(page):
    """Every visible editor of a form, including those of child rows and of a new household."""
    for cell in page.form.area.ordered():
        editor = cell.editor
        yield editor
        if isinstance(editor, ChildrenEditor):
            editor.add.click()
            yield from editor.rows[-1].editors.values()
        if isinstance(editor, HouseholdEditor):
            editor.put({"head": "x"})
            yield from editor.parts.values()


def forms(qtbot, window, type_name):
    """The form of a type in each of its shapes: once for every value that other fields depend
    on."""
    page = go(qtbot, window, type_name)
    press("Ctrl+N")
    deciding = {f.when[0] for f in ALL_TYPES[type_name].conditional()}
    yield page
    for name in sorted(deciding):
        field = ALL_TYPES[type_name].columns()[name]
        for value in [*field.options][1:] or ["2"]:
            page.form.cells[name].editor.put(value)
            QApplication.processEvents()
            yield page


def line_of(editor):
    return editor.combo.line() if isinstance(editor, ComboEditor) else editor.line


def test_enter_takes_the_best_and_what_follows_goes_into_the_next_field(qtbot, window):
    for type_name in ALL_TYPES:
        for page in forms(qtbot, window, type_name):
            typed_day(page)
            for editor in editors(page):
                if not isinstance(editor, ComboEditor | SeveralEditor):
                    continue
                options = (
                    editor.combo.known() if isinstance(editor, ComboEditor) else editor.offered()
                )
                if not options or not editor.widget.isVisible():
                    continue
                begin(editor)
                write(fold(options[-1].label)[:2])
                best = marked()
                assert best, editor.widget.accessibleName()
                key(RETURN)
                qtbot.waitUntil(lambda: not editor.holds(focused()))  # noqa: B023
                text = line_of(editor).text()
                assert text == best
                write("7")
                assert line_of(editor).text() == text
                QApplication.processEvents()


def typed_day(page):
    event = ALL_TYPES[page.form.model.type_name].event()
    if event is not None:
        page.form.cells[event.name].editor.put(recent())


def begin(editor):
    """Focus a field and clear it."""
    editor.focus()
    key(Qt.Key.Key_A, CONTROL)
    key(Qt.Key.Key_Delete)


def test_what_is_being_composed_is_offered_and_found(qtbot, window):
    for type_name in ALL_TYPES:
        page = go(qtbot, window, type_name)
        choosers = [c for c in page.findChildren(SearchCombo) if c.isVisible() and c.known()]
        assert choosers
        for chooser in choosers:
            chooser.setFocus()
            key(Qt.Key.Key_A, CONTROL)
            key(Qt.Key.Key_Delete)
            label = chooser.known()[-1].label
            composing(chooser, label[:3].casefold())
            assert label in offers(), chooser.accessibleName()
            composing(chooser, label.casefold())
            assert marked() == label
            composing(chooser, " ")


def test_a_blank_form_is_never_red(qtbot, window):
    for type_name in ALL_TYPES:
        page = go(qtbot, window, type_name)
        press("Ctrl+N")
        for name, text in RECORDS[type_name].items():
            typed(page, name, text.rpartition("|")[2])
        for act in (save_next, put_aside, commands, handbook, walk, away):
            act(qtbot, window, page)
            noted = [c.key for c in page.form.cells.values() if c.has_note()]
            assert not page.form.contents.changes()
            assert noted == [], act.__name__


def save_next(qtbot, _window, page):
    key(RETURN, CONTROL)
    qtbot.waitUntil(page.idle)


def put_aside(qtbot, _window, page):
    name, text = next(iter(RECORDS[page.form.model.type_name].items()))
    page.form.cells[name].editor.focus()
    write(text.rpartition("|")[2])
    press("Ctrl+P")
    qtbot.waitUntil(lambda: not page.dirty)


def commands(qtbot, window, _page):
    press("Ctrl+K")
    box = window.findChild(QDialog)
    qtbot.waitUntil(lambda: box.search.hasFocus())
    key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: focused().window() is window)


def handbook(qtbot, window, _page):
    press("F1")
    qtbot.waitUntil(lambda: focused().window() is not window)
    focused().window().close()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


def walk(_qtbot, _window, page):
    page.form.begin()
    for _step in range(3):
        key(RETURN)


def away(_qtbot, _window, page):
    page.form.begin()
    page.toolbar.add_button.setFocus()


def hamlets(desk, *names):
    for number, name in enumerate(names):
        desk.records.add(
            "household", {"head": f"Lý A {number}", "commune": "06196", "hamlet": name}
        )


@pytest.mark.parametrize(
    ("known", "cases"),
    [
        (
            ["Bản Lán", "Thôn Nà Căng", "Nà Mỏ"],
            {
                "bản lạn": "bản lạn", "bản lân": "bản lân", "ban lan": "Bản Lán",
                "na cang": "Thôn Nà Căng", "Nà Mò": "Nà Mò",
            },
        ),
        (["Bản Lán", "Bản Lạn"], {"Bản Lán": "Bản Lán", "ban lan": "ban lan"}),
    ],
)  # fmt: skip
def test_folding_finds_a_hamlet_and_never_decides_between_accents(
    qtbot, window, desk, known, cases
):
    hamlets(desk, *known)
    for type_name, model in ALL_TYPES.items():
        names = [key for key, field in model.columns().items() if field.refers_to == "hamlet"]
        children = [f for f in model.children().values() if f.child.referring("hamlet")]
        if not names and not children:
            continue
        page = go(qtbot, window, type_name)
        press("Ctrl+N")
        typed_day(page)
        for editor in editors(page):
            if isinstance(editor, HamletEditor) and editor.widget.isVisible():
                in_commune(page, editor, "06196-2025")
                for text, kept in cases.items():
                    assert left_with_each_key(qtbot, editor, text) == {kept}, (type_name, text)
                editor.put("bản lạn")
                editor.focus()
                key(Qt.Key.Key_Tab)
                assert editor.raw() == "bản lạn", "it was only passed"


def left_with_each_key(qtbot, editor, text):
    """The content of a field after a text was typed into it and left with Tab, and with Enter."""
    held = set()
    for leave in (Qt.Key.Key_Tab, RETURN):
        begin(editor)
        qtbot.waitUntil(editor.learnt)
        QTest.keyClicks(focused(), text) if text.isascii() else compose_whole(text)
        key(leave)
        qtbot.waitUntil(lambda: not editor.holds(focused()))
        held.add(editor.raw())
    return held


def in_commune(page, hamlet, commune):
    """Choose the commune that a hamlet is in: beside it, whichever that is."""
    for editor in editors_beside(page, hamlet):
        editor.put(commune)


def editors_beside(page, hamlet):
    for cell in page.form.cells.values():
        groups = [r.editors for r in getattr(cell.editor, "rows", ())]
        groups += [cell.editor.parts] if isinstance(cell.editor, HouseholdEditor) else []
        for group in groups:
            if hamlet in group.values():
                return [group["commune"]]
    return [page.form.cells["commune"].editor]


def compose_whole(text):
    composing(focused(), text)
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(focused(), event)


def test_every_field_has_its_height_and_its_place_in_the_way_of_tab(qtbot, window):
    for type_name in ALL_TYPES:
        for page in forms(qtbot, window, type_name):
            page.form.area.ordered()[0].editor.focus()
            wanted = [cell.key for cell in page.form.area.ordered()]
            met = []
            for cell in page.form.area.ordered():
                widget = cell.editor.widget
                assert widget.height() > 24, cell.key
                if widget.layout() is not None:
                    assert widget.height() >= widget.layout().minimumSize().height(), cell.key
            for _step in range(120):
                inside = focused()
                here = next((c.key for c in page.form.cells.values() if c.editor.holds(inside)), "")
                if here and here not in met:
                    met.append(here)
                if not here:
                    break
                key(Qt.Key.Key_Tab)
            assert met == wanted


def test_what_must_be_filled_in_for_another_value_carries_its_star(qtbot, window):
    for type_name in ALL_TYPES:
        rules = ALL_TYPES[type_name].required_when
        page = go(qtbot, window, type_name)
        press("Ctrl+N")
        for rule in rules:
            field = ALL_TYPES[type_name].columns()[rule.other]
            for value in field.options or ("1", "2"):
                page.form.cells[rule.other].editor.put(value)
                meant = value if field.options else int(value)
                label = page.form.cells[rule.field].label.text()
                assert ("*" in label) == (meant in rule.values), (rule.field, value)


def test_every_type_has_a_record_page(window):
    for name in ALL_TYPES:
        window.nav.setCurrentItem(window.items[name])
        assert isinstance(window.current(), RecordPage)


def test_of_two_entries_alike_without_accents_the_one_typed_is_taken(qtbot, window, desk):
    rows = desk.ledgers.rows("picks")
    lists = {row["code"]: row["list"] for row in rows}
    twins = [
        {"list": lists[beside], "vi": name, "code": code}
        for beside in ("huyen_uy", "gian_lan")
        for name, code in (("Bản Lán", "lan1"), ("Bản Lạn", "lan2"))
    ]
    desk.ledgers.save("picks", rows, list(enumerate([*rows, *twins])), form_of("picks"))
    for type_name, name in (("outreach", "partners"), ("incident", "category")):
        page = go(qtbot, window, type_name)
        press("Ctrl+N")
        editor = page.form.cells[name].editor
        for text, code in (("Bản Lán", "lan1"), ("Bản Lạn", "lan2")):
            for leave in (Qt.Key.Key_Tab, RETURN):
                begin(editor)
                compose_whole(text)
                key(leave)
                qtbot.waitUntil(lambda: not editor.holds(focused()))  # noqa: B023
                assert (line_of(editor).text(), editor.raw()) == (text, code)
            editor.put(code)
            assert editor.raw() == code


def test_enter_at_a_button_presses_it_but_not_while_its_menu_is_open(qtbot, window):
    window.show_page("outreach", {})
    page = window.current()
    qtbot.waitUntil(page.idle)
    more = page.toolbar.buttons[-1]
    more.setFocus()
    key(RETURN)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    held = QKeyEvent(QEvent.Type.KeyPress, RETURN, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(window.windowHandle(), held)
    assert menu.isVisible()
    assert menu.activeAction() is None
    key(RETURN)
    assert QApplication.activePopupWidget() in (menu, None)
    menu.close()
