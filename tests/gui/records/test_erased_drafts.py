"""An erased person is removed from everything open, also from unsaved content."""

from threading import Thread

import pytest

from borderdesk.base.i18n import _
from borderdesk.base.paths import window_lock_file
from borderdesk.session import erasure_announcement
from borderdesk.session.drafts import ErasedMeanwhile
from borderdesk.session.erasure_announcement import is_announced
from borderdesk.session.personal_words import personal_words
from borderdesk.store.connection.locks import Lock
from borderdesk.store.lists.listing import Filter
from tests.gui.records.test_record_page import RECORDS
from tests.gui.records.test_reopened_drafts import ERASED_HERE, PERSON, erased_beside
from tests.gui.steps import go, press
from ui.base.erasure_watch import erasure_watch_of

HEADS = ("Hứa Văn Lâm", "Nông Văn An")


@pytest.mark.parametrize("form", ["household", "pledge"])
def test_what_was_not_stored_yet_is_cleared_too(qtbot, window, desk, form):
    """An erasure of this program clears the form, not only its draft."""
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, form)
    typing = PERSON if form == "household" else {"household": PERSON, "witness": "đến sau"}
    page.form.restore(page.form.draft()._replace(raws={**page.form.raws(), **typing}))
    assert not page.drafts.keeper.settled()
    desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    qtbot.waitUntil(lambda: _(ERASED_HERE) in page.bar.text)
    qtbot.waitUntil(page.drafts.keeper.settled)
    assert "Lâm" not in str(page.form.raws())
    assert "Lâm" not in str(desk.drafts.drafts())
    assert page.dirty == (form == "pledge")


def test_a_table_that_was_not_stored_yet_is_cleared_too(qtbot, window, desk):
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, "pledge")
    page.show_grid()
    grid = page.grid
    grid.cells.write({(0, "household.head"): "Hứa Văn Lâm", (0, "witness"): "đến sau"})
    desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    qtbot.waitUntil(lambda: _(ERASED_HERE) in grid.bar.text)
    qtbot.waitUntil(grid.idle)
    assert grid.cells.rows[0] == {"witness": "đến sau"}
    assert "Lâm" not in str(desk.drafts.drafts())


def test_who_was_chosen_instead_of_an_erased_person_stays(qtbot, window, desk):
    record = desk.records.add("household", PERSON).id
    other = desk.records.add("household", {**PERSON, "head": "Nông Văn An"}).id
    page = go(qtbot, window, "pledge")
    keeper = page.drafts.keeper
    typing = {"household": PERSON, "witness": "đến sau"}
    page.form.restore(page.form.draft()._replace(raws={**page.form.raws(), **typing}))
    keeper.keep_now()
    qtbot.waitUntil(keeper.settled)
    erased_beside(desk, record)
    page.form.restore(page.form.draft()._replace(raws={**page.form.raws(), "household": other}))
    window._maintain()
    qtbot.waitUntil(lambda: desk.drafts.known_erasures("pledge") == desk.drafts.erasures())

    def household_kept():
        draft = desk.drafts.open_draft("pledge")
        return draft is not None and draft.texts["raws"]["household"]

    qtbot.waitUntil(lambda: keeper.settled() and household_kept() == other)
    assert page.form.raws()["household"] == other


def test_who_was_typed_over_an_erased_person_stays(qtbot, window, desk):
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, "pledge")
    page.show_grid()
    grid, head = page.grid, (0, "household.head")
    grid.cells.write({head: "Hứa Văn Lâm", (0, "household.hamlet"): "Nà Mỏ"})
    qtbot.waitUntil(grid.idle)
    erased_beside(desk, record)
    grid.cells.write({head: "Nông Văn An"})
    qtbot.waitUntil(lambda: _(ERASED_HERE) in grid.bar.text)
    qtbot.waitUntil(grid.idle)
    assert grid.cells.rows[0] == {"household.head": "Nông Văn An"}
    (draft,) = desk.drafts.drafts()
    assert draft.texts["rows"] == [{"household.head": "Nông Văn An"}]


def test_what_waits_to_be_stored_is_not_after_an_erasure(qtbot, window, desk):
    """The erasure and the draft are written in sequence; the form is cleared between them."""
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, "household")
    page.form.restore(page.form.draft()._replace(raws={**page.form.raws(), **PERSON}))
    drafts, keeper = desk.drafts, page.drafts.keeper
    store = keeper._work(page.form.draft())
    desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    qtbot.waitUntil(lambda: _(ERASED_HERE) in page.bar.text)
    with pytest.raises(ErasedMeanwhile):
        store()
    assert drafts.open_draft("household") is None


@pytest.mark.parametrize("form", ["household", "pledge"])
def test_nobody_erased_by_another_program_is_saved_again_unasked(qtbot, window, desk, form):
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, form)
    pledge = {key: RECORDS["pledge"][key] for key in ("signed_on", "programme")}
    typing = PERSON if form == "household" else {**pledge, "count": "1", "household": PERSON}
    for name, raw in typing.items():
        page.form.cells[name].editor.put(raw)
    # Before its draft would be written.
    page.drafts.keeper.hold()
    erased_beside(desk, record)
    press("Ctrl+S")
    assert str(ErasedMeanwhile()) in page.bar.text
    assert page.form.contents.filled()["commune" if form == "household" else "count"]
    assert heads(desk) == {None}
    press("Ctrl+S")
    assert _("Saved.") in page.bar.text


def test_no_table_saves_anybody_erased_by_another_program_unasked(qtbot, window, desk):
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, "household")
    page.show_grid()
    grid = page.grid
    grid.cells.write({(0, key): text for key, text in PERSON.items()})
    erased_beside(desk, record)
    grid.save()
    qtbot.waitUntil(lambda: str(ErasedMeanwhile()) in grid.bar.text)
    assert heads(desk) == {None}


@pytest.mark.parametrize("by", ["window", "typing", "command"])
def test_a_change_of_many_that_names_the_person_is_emptied(qtbot, window, desk, by):
    record = desk.records.add("household", PERSON).id
    desk.records.add("household", {**PERSON, "head": "Nông Văn An"})
    page = go(qtbot, window, "household")
    qtbot.waitUntil(lambda: page.idle() and len(page.table.lines) == 2)
    page.list.choose_all()
    page.mass.show()
    box = page.mass.window
    box.field.put("head", box.field.label_of("head"))
    box.part.setText("Hứa Văn Lâm")
    box.show_preview()
    qtbot.waitUntil(lambda: bool(box.table.texts.rows))
    if by != "typing":
        qtbot.waitUntil(box.draft.settled)
    if by == "command":
        erased_beside(desk, record)
        # The next key would write its draft again.
        box.text.setText("x")
    else:
        desk.exchange.erasures.erase_household(record, "theo yêu cầu")
    qtbot.waitUntil(lambda: _(ERASED_HERE) in box.bar.text)
    qtbot.waitUntil(box.draft.settled)
    assert box.texts() == {"key": "", "find": "", "text": ""}
    assert box.table.texts.rows == []
    assert desk.drafts.drafts() == []
    box.close()


@pytest.mark.parametrize("form", ["household", "pledge", "table"])
def test_who_is_erased_by_another_program_is_told_from_what_is_typed(
    qtbot, window, desk, form, monkeypatch
):
    """Nothing was stored yet that the erasure could clear: the other program announces it."""
    # However busy the machine is, the window is waited for.
    for patience in ("PATIENCE", "ALL_PATIENCE"):
        monkeypatch.setattr(erasure_announcement, patience, 60.0)
    record = desk.records.add("household", PERSON).id
    page = go(qtbot, window, "pledge" if form == "table" else form)
    with Lock(window_lock_file(desk.folder)) as lock:
        assert lock.take(exclusive=True)
        if form == "table":
            page.show_grid()
            page.grid.cells.write({(0, "household.head"): PERSON["head"], (0, "witness"): "sau"})
            page.grid._soon.stop()
        else:
            typing = PERSON if form == "household" else {"household": PERSON, "witness": "sau"}
            page.form.restore(page.form.draft()._replace(raws={**page.form.raws(), **typing}))
            page.drafts.keeper.hold()
        beside = Thread(target=erased_beside, args=(desk, record))
        beside.start()
        bar = page.grid.bar if form == "table" else page.bar
        qtbot.waitUntil(lambda: _(ERASED_HERE) in bar.text)
        beside.join()
    typed = page.grid.view.typed_rows() if form == "table" else page.form.raws()
    assert "Lâm" not in str(typed)
    assert ("sau" in str(typed)) == (form != "household")
    assert "Lâm" not in str(desk.drafts.drafts())
    assert not is_announced(desk.folder)


def test_who_is_announced_is_not_forgotten_for_who_is_erased_before(qtbot, window, desk):
    records = [desk.records.add("household", {**PERSON, "head": head}).id for head in HEADS]
    announced = tuple(personal_words(desk.store, [record]) for record in records)
    watch, told = erasure_watch_of(desk, window.tasks), []
    watch.erased.connect(told.append)
    watch._note_announced(announced)
    for record in records:
        erased_beside(desk, record)
        watch.look()
        qtbot.waitUntil(lambda: watch._known == desk.drafts.erasures())
    assert told == [(one,) for one in announced]


def heads(desk):
    """The heads of the households in the desk's list, None for an erased one."""
    return {one.values.get("head") for one in desk.lists.stream("household", Filter())}
