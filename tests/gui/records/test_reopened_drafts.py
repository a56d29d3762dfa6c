"""A reopened draft: incomplete entries are pointed out, and nothing of another record stays in
it."""

import pytest
from PySide6.QtCore import Qt

from borderdesk.base.i18n import _, set_language
from borderdesk.desk import Desk
from borderdesk.entry.entry_rules import ENTERED
from borderdesk.schema.records import RECORD_TYPES
from borderdesk.store.lists.listing import Filter
from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import focused, go, key, press, typed, write
from ui.records.form.record_form import RecordForm

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
HALF = "7x"


@pytest.fixture
def lang():
    return "vi"


def filled(page, **others):
    for name, text in {**RECORDS["clearing"], **others}.items():
        page.form.cells[name].editor.put(text)


def told(form):
    """{field: the sign of its note}."""
    return {key: cell.note.text()[0] for key, cell in form.cells.items() if cell.has_note()}


@pytest.mark.usefixtures("lang")
@pytest.mark.parametrize("type_name", RECORD_TYPES)
def test_what_was_typed_half_is_pointed_out_and_nothing_else(qtbot, desk, type_name):
    form = RecordForm(desk, type_name)
    qtbot.addWidget(form)
    strict = [k for k in form.contents.shown if form.cells[k].field.numeric]
    strict += [k for k in form.contents.shown if form.cells[k].field.is_date]
    for name in strict:
        form.cells[name].editor.put(HALF)
    draft = form.draft()
    form.blank()
    form.restore(draft)
    assert told(form) == dict.fromkeys(strict, "✗")


@pytest.mark.parametrize("reopened", ["key", "start"])
def test_to_go_on_with_a_draft_begins_at_what_was_typed_half(qtbot, window, desk, reopened):
    page = go(qtbot, window, "clearing")
    filled(page, labour_days="5x")
    page.form.cells["note"].editor.focus()
    if reopened == "key":
        key(Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not page.dirty)
        page.drafts.take_up(desk.drafts.drafts("clearing")[0].id)
    else:
        page.drafts.restore(page.form.draft())
        page.form.begin()
    assert page.form.cells["labour_days"].editor.holds(focused())
    assert told(page.form) == {"labour_days": "✗"}
    typed(page, "labour_days", "5")
    qtbot.waitUntil(lambda: told(page.form) == {})


def test_a_draft_goes_on_at_the_first_field_that_is_owed(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    filled(page, participants="", labour_days="5x")
    page.drafts.park()
    qtbot.waitUntil(lambda: not page.dirty)
    page.drafts.take_up(desk.drafts.drafts("clearing")[0].id)
    assert page.form.cells["participants"].editor.holds(focused())
    assert told(page.form) == {"labour_days": "✗"}


def test_a_part_of_a_household_typed_half_has_the_keyboard(qtbot, window):
    page = go(qtbot, window, "pledge")
    raws = {**RECORDS["pledge"], "count": "1"}
    raws["household"] = {"head": "Hứa Văn Lâm", "commune": "06196", "hamlet": "Nà Mỏ"}
    raws["household"]["citizen_id"] = "020012"
    for name in ("signed_on", "programme", "count", "household"):
        page.form.cells[name].editor.put(raws[name])
    draft = page.form.draft()
    page.form.blank()
    page.form.restore(draft)
    page.form.begin()
    household = page.form.cells["household"].editor
    assert household.parts["citizen_id"].holds(focused())
    note = household._notes["citizen_id"]
    key(Qt.Key.Key_Right)
    assert note.isVisible()
    write("085001")
    qtbot.waitUntil(lambda: not note.isVisible())
    assert household.parts["citizen_id"].holds(focused())


def test_what_was_kept_with_one_record_is_asked_again_with_another(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    filled(page, participants="1240")
    page.drafts.park()
    qtbot.waitUntil(lambda: not page.dirty and bool(desk.drafts.drafts("clearing")))
    [parked] = desk.drafts.drafts("clearing")
    filled(page, participants="1240", started_on="1/3/2023")
    page.form.cells["participants"].editor.focus()
    page.form.cells["note"].editor.focus()
    press("F8")
    assert told(page.form)["participants"] == "✓"
    page.drafts.take_up(parked.id)
    assert told(page.form)["participants"] == "⚠"


@pytest.mark.parametrize("way", ["put aside", "language", "size"])
def test_a_doubt_kept_with_a_key_stays_kept_in_its_draft(qtbot, window, desk, way):
    page = go(qtbot, window, "clearing")
    filled(page, participants="1240")
    page.form.cells["participants"].editor.focus()
    page.form.cells["note"].editor.focus()
    qtbot.waitUntil(page.drafts.keeper.settled)
    press("F8")
    # Confirming it changes the draft, though nothing was typed.
    qtbot.waitUntil(lambda: bool(desk.drafts.open_draft("clearing").texts.get("doubts")))
    if way == "put aside":
        page.drafts.park()
        qtbot.waitUntil(lambda: not page.dirty)
        page.drafts.take_up(desk.drafts.drafts("clearing")[0].id)
    else:
        window.set_text_size(125) if way == "size" else window.speak("en")
        page = window.current()
    try:
        assert told(page.form) == {"participants": "✓"}
        typed(page, "participants", "1350")
        qtbot.waitUntil(lambda: told(page.form) == {"participants": "⚠"})
        page.form.cells["participants"].editor.put("1240")
        assert page.form_actions.save()
    finally:
        window.set_text_size(100)
        set_language("vi")
    saved = desk.lists.ids("clearing", Filter())[0]
    assert [path for path, _doubt in desk.records.kept_doubts(saved)] == ["participants"]


def test_a_record_that_may_be_the_same_is_asked_again_in_a_draft(qtbot, desk):
    form = RecordForm(desk, "clearing")
    qtbot.addWidget(form)
    form.review.doubts.already([("participants", "x"), ("started_on", ENTERED)])
    assert form.draft().doubts == (("participants", "x"),)


def test_what_was_kept_with_a_record_stays_kept_in_a_draft_of_it(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    doubtful = {**RECORDS["clearing"], "participants": "1240"}
    saved = desk.records.add("clearing", doubtful, typed=True)
    page.open(saved.id)
    typed(page, "participants", "1240")
    typed(page, "source_ref", "BB 12")
    draft = page.form.draft()
    page.form.blank()
    page.form.restore(draft)
    assert page.form.review.doubts.open() == []


def opened_household(qtbot, window, desk):
    """The household page with a record in its form and a telephone number typed."""
    values = {"head": "Hứa Văn Lâm", "commune": "06196", "hamlet": "Nà Mỏ"}
    record = desk.records.add("household", {**values, "citizen_id": "020085001234"}).id
    page = go(qtbot, window, "household")
    page.open(record)
    typed(page, "phone", "0912345678")
    return page, record


@pytest.mark.parametrize("way", ["Save as a new record", "Throw away", "Compare…"])
@pytest.mark.parametrize("told_by", ["saving", "start"])
def test_typing_whose_record_was_erased_is_never_stuck(qtbot, window, desk, told_by, way):
    page, record = opened_household(qtbot, window, desk)
    desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    if told_by == "saving":
        press("Ctrl+S")
    else:
        page.drafts.keeper.keep_now()
        qtbot.waitUntil(page.drafts.keeper.settled)
        page.drafts.notify_restored(desk.drafts.open_draft("household"))
    erased = "What is personal in this record was erased meanwhile. Your text is kept."
    assert _(erased) in page.bar.text
    next(button for button in page.bar.buttons if button.text() == _(way)).click()
    if way == "Compare…":
        rows = {row[0]: row[1:] for row in page.form_actions.conflict.window.table.texts.rows}
        assert rows["Chủ hộ"] == ("–", "Hứa Văn Lâm")
        return
    qtbot.waitUntil(lambda: page.idle() and page.drafts.keeper.settled())
    assert desk.drafts.drafts("household") + desk.drafts.thrown_drafts("household") == []
    assert page.form.raws()["head"] == ("" if way == "Throw away" else "Hứa Văn Lâm")
    assert (page.form.record == record) == (way == "Throw away")


def test_a_household_erased_in_its_own_window_stands_in_no_form(qtbot, window, desk):
    page, record = opened_household(qtbot, window, desk)
    page.drafts.throw_away()
    page.household.show()
    qtbot.waitUntil(lambda: hasattr(page.household, "window"))
    rights = page.household.window.rights
    rights.reason.setText("theo yêu cầu")
    rights.erase()
    rights.erase()
    qtbot.waitUntil(lambda: page.form.raws()["head"] == "")
    assert page.form.record == record
    page.household.window.close()


def test_what_is_wrong_is_not_said_to_be_entered_already(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    desk.records.add("clearing", RECORDS["clearing"], typed=True)
    filled(page)
    press("Ctrl+S")
    assert page.form.saving.repeated() is not None
    page.form.cells["commune"].editor.put("nowhere")
    page.form.review.doubts.asked([("started_on", ENTERED)])
    press("Ctrl+S")
    assert _("Not saved yet: see what is said beside the fields.") in page.bar.text


def test_a_comparison_shows_what_was_typed_half_and_nothing_that_nobody_typed(qtbot, window, desk):
    page = go(qtbot, window, "clearing")
    record = desk.records.add("clearing", RECORDS["clearing"], typed=True).id
    page.open(record)
    typed(page, "labour_days", "5x")
    desk.records.delete("clearing", record, "x")
    page.form_actions.conflict.compare()
    shown = page.form_actions.conflict.window
    assert shown.table.texts.rows == [("Ngày công", "–", "5x")]
    shown.close()


def erased_beside(desk, record):
    """Another program erases a household on the same desk."""
    with Desk.open(desk.folder, desk.store.key) as beside:
        beside.exchange.erasures.erase_household(record, "theo yêu cầu")


PERSON = {"head": "Hứa Văn Lâm", "commune": "06196", "hamlet": "Nà Mỏ"}


@pytest.mark.parametrize("by", ["window", "command"])
def test_a_table_that_holds_an_erased_person_is_cleared_of_him(qtbot, window, desk, by):
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, "pledge")
    page.show_grid()
    grid = page.grid
    name, other = (0, "household.head"), (1, "household.head")
    grid.cells.write({name: "hứa văn lâm", other: "Nông Văn An", (0, "witness"): "đến sau"})
    qtbot.waitUntil(grid.idle)
    if by == "window":
        desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    else:
        erased_beside(desk, record)
        # The next key would write its draft again.
        grid.cells.write({(1, "witness"): "x"})
    qtbot.waitUntil(lambda: _(ERASED_HERE) in grid.bar.text)
    qtbot.waitUntil(grid.idle)
    assert grid.cells.rows[0] == {"witness": "đến sau"}
    assert grid.cells.rows[1]["household.head"] == "Nông Văn An"
    assert not grid.cells.undo()
    (draft,) = desk.drafts.drafts()
    assert "lâm" not in str(draft.texts).lower()
    assert "Nông Văn An" in str(draft.texts)


ERASED_HERE = (
    "A person you had typed here was erased meanwhile, and was taken out. The rest is kept."
)


@pytest.mark.parametrize("by", ["window", "command"])
@pytest.mark.parametrize("form", ["household", "pledge"])
def test_a_form_that_holds_an_erased_person_is_cleared_of_him(qtbot, window, desk, form, by):
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, form)
    raws = page.form.raws()
    typing = PERSON if form == "household" else {"household": PERSON, "witness": "đến sau"}
    page.form.restore(page.form.draft()._replace(raws={**raws, **typing}))
    page.drafts.keeper.keep_now()
    qtbot.waitUntil(page.drafts.keeper.settled)
    if by == "window":
        desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    else:
        erased_beside(desk, record)
        window._maintain()
    qtbot.waitUntil(lambda: _(ERASED_HERE) in page.bar.text)
    page.drafts.keeper.keep_now()
    qtbot.waitUntil(page.drafts.keeper.settled)
    assert "Lâm" not in str(page.form.raws())
    assert "Lâm" not in str(desk.drafts.drafts())
    assert page.dirty == (form == "pledge")


def test_a_draft_of_an_erased_record_holds_nothing_personal(qtbot, window, desk):
    page, record = opened_household(qtbot, window, desk)
    qtbot.waitUntil(page.drafts.keeper.settled)
    erased_beside(desk, record)
    typed(page, "phone", "0987654321")
    erased = "What is personal in this record was erased meanwhile. Your text is kept."
    qtbot.waitUntil(lambda: _(erased) in page.bar.text)
    qtbot.waitUntil(page.drafts.keeper.settled)
    assert page.form.raws()["phone"] == "0987654321"
    assert not {"Hứa Văn Lâm", "0987654321"} & set(str(desk.drafts.drafts()).split("'"))


def test_a_record_shown_is_read_again_where_another_program_erased_it(qtbot, window, desk):
    page, record = opened_household(qtbot, window, desk)
    page.drafts.throw_away()
    erased_beside(desk, record)
    window._maintain()
    qtbot.waitUntil(lambda: page.form.raws()["head"] == "")
    assert page.form.record == record
