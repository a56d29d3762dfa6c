"""Notes about fields of a form have space of their own."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.steps import CONTROL, go, key, type_here, typed, write
from ui.shell.main_window import MainWindow
from ui.widgets.editors.household_editor import HouseholdEditor


def test_a_note_takes_no_height_from_fields_that_went_and_came_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = go(qtbot, window, "pledge")
    page.begin()
    typed(page, "signed_on", "5")
    # While that is no number, there is no household.
    typed(page, "count", "x")
    typed(page, "count", "1")
    household = page.form.cells["household"].editor
    assert isinstance(household, HouseholdEditor)
    household.focus()
    write("Vi A")
    key(Qt.Key.Key_Return)
    type_here("")
    type_here("Na Mo")
    high = household.parts["hamlet"].widget.height()
    key(Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: household.parts["commune"].widget.property("wrong"))
    qtbot.waitUntil(lambda: household.widget.height() == household.widget.sizeHint().height())
    assert household.parts["hamlet"].widget.height() == high


def test_the_only_commune_of_a_post_is_where_its_first_household_lives(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = go(qtbot, window, "pledge")
    page.begin()
    household = page.form.cells["household"].editor
    assert isinstance(household, HouseholdEditor)
    household.focus()
    write("Vi A")
    key(Qt.Key.Key_Return)
    (only,) = page.form.contents.desk.book.area_on("BS", page.form.contents.day())
    assert household.raw() == {"head": "Vi A", "commune": only}


def test_a_doubt_stands_in_its_frame_where_a_fault_stood_before(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = go(qtbot, window, "patrol")
    page.begin()
    cell = page.form.cells["participants"]
    typed(page, "participants", "x")
    assert cell.note is not None
    assert cell.note.objectName() == "problem"
    bare = cell.note.contentsMargins().left()
    typed(page, "participants", "500")
    assert cell.note.objectName() == "doubt"
    assert cell.note.contentsMargins().left() > bare
