"""Pages are created ahead while the window is idle, and equal those created later."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from borderdesk.schema.records import ALL_TYPES
from tests.gui.steps import discard_everything, go
from ui.shell import import_ahead, pages_ahead
from ui.shell.app import main_window
from ui.shell.pages import PAGES

HOUR = 3_600_000


@pytest.fixture
def idle_window(qtbot, desk, lang, monkeypatch):
    """A window that counts as idle at once."""
    monkeypatch.setattr(import_ahead, "QUIET", 0)
    monkeypatch.setattr(pages_ahead, "QUIET", 0)
    monkeypatch.setattr(pages_ahead, "BREATH", 0)
    shown = main_window(desk, lang, "settings")
    qtbot.addWidget(shown, before_close_func=discard_everything)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    yield shown
    shown.tasks.finish()


def test_every_page_is_made_while_the_window_is_idle(qtbot, idle_window):
    qtbot.waitUntil(idle_window.ahead.done)
    assert idle_window.pages.keys() == PAGES.keys()
    assert idle_window.navigation.current() == "settings"
    for name in ALL_TYPES:
        page = idle_window.pages[name]
        assert not page.isVisible()
        qtbot.waitUntil(page.idle)
        assert page.form.cells.keys() >= {
            key for _heading, keys in ALL_TYPES[name].layout for key in keys.split()
        }


def test_a_page_made_ahead_is_laid_out_as_it_is_shown(qtbot, idle_window):
    qtbot.waitUntil(idle_window.ahead.done)
    page = idle_window.pages["patrol"]
    qtbot.waitUntil(page.idle)

    def places():
        editors = {key: cell.editor.widget.geometry() for key, cell in page.form.cells.items()}
        heads = page.view.horizontalHeader()
        # Not the height: the status bar may take some pixels more meanwhile.
        return page.width(), editors, [heads.sectionSize(at) for at in range(heads.count())]

    ahead = places()
    go(qtbot, idle_window, "patrol")
    assert places() == ahead


def test_what_was_left_in_a_form_is_there_on_a_page_made_ahead(qtbot, idle_window, desk):
    desk.drafts.keep_draft(
        "clearing", {"record": "", "revision": "", "raws": {"participants": "40"}, "loaded": {},
                     "multiplied": ["", ""]},
    )  # fmt: skip
    idle_window.speak({"vi": "en", "en": "vi"}[idle_window.language.currentData()])
    qtbot.waitUntil(idle_window.ahead.done)
    page = idle_window.pages["clearing"]
    assert page.dirty
    idle_window.nav.setCurrentItem(idle_window.items["clearing"])
    assert page.form.cells["participants"].editor.raw() == "40"


def test_what_was_added_to_a_list_meanwhile_is_offered(qtbot, idle_window, desk):
    qtbot.waitUntil(idle_window.ahead.done)
    code = desk.records.add_pick("incident_category", "Vụ mới")
    page = go(qtbot, idle_window, "incident")
    for chooser in (page.form.cells["category"].editor.combo, page.filter.kind):
        assert chooser.label_of(code) == "Vụ mới"


def test_nobody_has_seen_what_stands_on_a_page_made_ahead(qtbot, idle_window, desk):
    unit = next(iter(desk.book.area_on("BS", desk.today())))
    home = desk.records.add("household", {
        "head": "Lý Văn An", "commune": unit, "hamlet": "Pò Mã", "citizen_id": "020085001234",
    })  # fmt: skip
    desk.drafts.keep_draft(
        "household", {"record": home.id, "revision": home.revision, "raws": {"head": "Lý"},
                      "loaded": {}, "multiplied": ["", ""]},
    )  # fmt: skip
    before = [line.kind for line in desk.audit.lines()]
    idle_window.speak({"vi": "en", "en": "vi"}[idle_window.language.currentData()])
    qtbot.waitUntil(idle_window.ahead.done)
    for name in ALL_TYPES:
        qtbot.waitUntil(idle_window.pages[name].idle)
    assert idle_window.pages["household"].dirty
    assert [line.kind for line in desk.audit.lines()] == before


def test_a_key_puts_it_off(qtbot, idle_window, monkeypatch):
    qtbot.waitUntil(lambda: len(idle_window.pages) > 1)
    assert not idle_window.ahead.done()
    monkeypatch.setattr(pages_ahead, "QUIET", HOUR)
    QTest.keyClick(idle_window.windowHandle(), Qt.Key.Key_Shift)
    assert idle_window.ahead.findChild(QTimer).remainingTime() > HOUR / 2
