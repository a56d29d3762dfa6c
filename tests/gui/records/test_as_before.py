"""The key for “as last time” in a part of a field copies only that part."""

import pytest
from PySide6.QtCore import Qt

from borderdesk.base.i18n import _
from borderdesk.schema.kinds import HOUSEHOLD
from borderdesk.schema.record import RevisionedModel
from borderdesk.schema.records import ALL_TYPES
from tests.gui.steps import CONTROL, focused, go, key, press
from ui.widgets.editors.children_editor import ChildrenEditor


def rows_of(model: type[RevisionedModel]):
    """The keys of the fields that are rows."""
    return sorted(set(model.fields()) - set(model.columns()))


WITH_ROWS = [name for name, model in ALL_TYPES.items() if rows_of(model)]
NAMING = [name for name, model in ALL_TYPES.items() if model.referring(HOUSEHOLD)]


def sample(editor, number):
    """A value that the editor of a cell accepts, different for every row."""
    options = [one.code for one in editor.combo.known()] if hasattr(editor, "combo") else []
    editor.put(options[number % len(options)] if options else str(number + 1))


def two_rows(editor):
    editor.put([])
    editor.add.click()
    editor.add.click()
    for number, row in enumerate(editor.rows):
        for cell in row.editors.values():
            sample(cell, number)
    return [row.raw() for row in editor.rows]


def remember(page):
    """Remember the form's values as saving does, and begin another record."""
    page.form.memory.keep(page.form.raws(), set(page.form.cells))
    page.drafts.throw_away()
    press("Ctrl+N")


def as_before():
    key(Qt.Key.Key_Apostrophe, CONTROL)


@pytest.mark.parametrize("type_name", WITH_ROWS)
def test_a_cell_of_a_row_takes_its_own_and_the_rows_typed_stay(qtbot, window, type_name):
    page = go(qtbot, window, type_name)
    for name in rows_of(ALL_TYPES[type_name]):
        editor = page.form.cells[name].editor
        assert isinstance(editor, ChildrenEditor)
        if editor.widget.isHidden():
            continue
        before = two_rows(editor)
        remember(page)
        for _turn in range(3):
            editor.add.click()
        first, second, third = editor.rows
        sample(next(iter(first.editors.values())), 4)
        kept = first.raw()
        for row, was in ((second, before[1]), (third, before[1])):
            for column, cell in row.editors.items():
                cell.focus()
                as_before()
                assert cell.raw() == was.get(column, ""), (name, column)
                assert not cell.holds(focused())
        assert (editor.rows, first.raw()) == ([first, second, third], kept)
        editor.add.setFocus()
        as_before()
        assert _("Nothing stood in this field last time.") in page.bar.text
        assert first.raw() == kept
        remember(page)
        editor.add.setFocus()
        as_before()
        assert [row.raw() for row in editor.rows] == [kept, second.raw(), third.raw()]


@pytest.mark.parametrize("chosen", [False, True])
@pytest.mark.parametrize("type_name", NAMING)
def test_a_part_of_a_new_household_takes_the_place_alone(
    qtbot, window, post_desk, type_name, chosen
):
    page = go(qtbot, window, type_name)
    (name,) = ALL_TYPES[type_name].referring(HOUSEHOLD)
    editor = page.form.cells[name].editor
    (unit,) = post_desk.book.area_on("BS", post_desk.today())
    known = {"head": "Ly A", "commune": unit, "hamlet": "Pò Mã", "citizen_id": "020085001230"}
    home = post_desk.records.add("household", known).id
    editor.put(home if chosen else known)
    remember(page)
    editor.put({"head": "Ly B"})
    for part in ("commune", "hamlet"):
        editor.parts[part].focus()
        as_before()
        assert editor.parts[part].raw() == known[part]
    editor.parts["citizen_id"].focus()
    as_before()
    assert editor.raw() == {"head": "Ly B", "commune": unit, "hamlet": "Pò Mã"}


@pytest.mark.parametrize("type_name", ["household", "pledge", "registration"])
def test_the_disk_remembers_no_person_of_the_record_saved_last(qtbot, window, post_desk, type_name):
    memory = go(qtbot, window, type_name).form.memory
    person = {"head": "Kjqwxz Ly A", "citizen_id": "020085001230", "phone": "0912345678"}
    person |= {"purpose": "kjqwxz", "hamlet": "Pò Mã", "commune": "06196-2025"}
    raws = {**person, "household": person, "name": "Kjqwxz", "from_on": "1/12", "source_ref": "12"}
    raws |= {"note": "kjqwxz"} if type_name == "household" else {}
    fields = {key: raw for key, raw in raws.items() if key in ALL_TYPES[type_name].columns()}
    memory.keep(fields, set(fields))
    assert memory.last("household" if type_name == "pledge" else "hamlet")
    memory.write()
    home = post_desk.records.add("household", {**person, "head": "Ly B"}).id
    post_desk.exchange.erasures.erase_household(home, "x")
    assert not any(memory.last(key) for key in ("head", "household", "name", "phone"))
    assert memory.last("hamlet") or memory.last("source_ref")
    memory.write()
    kept = post_desk.preferences.preferred(f"memory/{type_name}")
    assert {"hamlet", "source_ref"} & kept["last"].keys()
    written = str(kept).lower()
    assert [word for word in ("kjqwxz", "020085001230", "0912345678") if word in written] == []
