"""Parts of a form that are only sometimes shown are created at their first use."""

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.steps import go
from ui.base.neighbours import following
from ui.shell.main_window import MainWindow
from ui.widgets.editors.household_editor import HouseholdEditor


def tabbed_after(widget: QWidget, count: int) -> list[QWidget]:
    """The fields that Tab reaches from a widget; the line of a chooser counts as the chooser."""
    found: list[QWidget] = []
    place = following(widget)
    while place is not None and len(found) < count:
        above = place.parentWidget()
        if place.isVisible() and isinstance(place, QLineEdit):
            found.append(above if isinstance(above, QComboBox) else place)
        place = following(place)
    return found


def test_a_form_has_no_fields_of_a_new_household_before_one_is_described(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = go(qtbot, window, "pledge")
    household = page.form.cells["household"].editor
    assert isinstance(household, HouseholdEditor)
    assert household.widget.findChildren(QLineEdit) == [household.line]
    assert household.raw() == ""


def test_tab_leads_through_the_parts_of_a_new_household_and_on(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = go(qtbot, window, "pledge")
    page.begin()
    household = page.form.cells["household"].editor
    assert isinstance(household, HouseholdEditor)
    (then,) = tabbed_after(household.line, 1)
    household.put({"head": "Vi A", "hamlet": "Na Mo"})
    qtbot.waitUntil(lambda: household.parts["hamlet"].widget.isVisible())
    parts = [part.widget for part in household.parts.values()]
    assert tabbed_after(household.line, 4) == [*parts, then]
