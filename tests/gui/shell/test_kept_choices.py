"""Choices on a page stay the same in another language and another text size."""

import pytest

from borderdesk.base.i18n import set_language
from tests.gui.records.test_record_page import RECORDS
from tests.gui.steps import go, work_until
from ui.base.text_size import set_text_size

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


@pytest.fixture
def lang():
    return "vi"


def speak(window, how):
    if how == "language":
        window.speak("en")
    else:
        window.set_text_size(125)


@pytest.fixture(params=["language", "size"])
def how(request, window, qapp):
    yield request.param
    # The window is closed by now: recreated pages would query a closed desk.
    window.tasks.finish()
    set_text_size(qapp, 100)
    set_language("vi")


def test_the_choosers_of_a_list_keep_what_they_mean(qtbot, window, how):
    page = go(qtbot, window, "clearing")
    chosen = page.filter
    chosen.kind.put("road_repair", chosen.kind.label_of("road_repair"))
    chosen.commune.put("06196-2025", chosen.commune.label_of("06196-2025"))
    chosen.review_state.put("missing", chosen.review_state.label_of("missing"))
    chosen.search.setText("Khuổi")
    year = f"{page.filter.period.period().year}"
    chosen.period.choose(year)
    before = chosen.value()
    assert (before.kind, before.review_state, before.first.month) == ("road_repair", "missing", 1)
    speak(window, how)
    page = go(qtbot, window, "clearing")
    assert page.filter.value() == before
    assert page.table.chosen == before


def test_a_list_nobody_chose_in_begins_as_ever(qtbot, window, how):
    go(qtbot, window, "clearing")
    speak(window, how)
    assert not go(qtbot, window, "clearing").filter.period.taken


@pytest.mark.parametrize("period", ["2023-Q2", "2023-01-05..2023-03-02"])
def test_the_report_chosen_is_the_report_afterwards(window, desk, how, period):
    window.show_page("report", {})
    chooser = window.current().chooser
    chooser.choose(desk.calendar().parse(period))
    chooser.choose_kind("register")
    chooser.type.setCurrentIndex(chooser.type.findData("outreach"))
    before = chooser.request()
    assert before.type == "outreach"
    # Otherwise the recreated page requests its report after the desk is closed.
    work_until(window.current().idle)
    speak(window, how)
    assert window.current().chooser.request() == before
    assert window.current().chooser is not chooser
    work_until(window.current().idle)


def test_days_markers_and_tabs_stay(window, desk, how):
    days = (desk.today().replace(day=1), desk.today())
    window.show_page("daybook", {"days": days})
    window.show_page("strip", {})
    strip = window.current()
    work_until(lambda: strip.period is not None and strip.idle())
    strip.kind.setCurrentIndex(strip.kind.findData("cleared"))
    window.show_page("settings", {"ledger": "units"})
    window.show_page("exchange", {"tab": "notes"})
    settings = window.page("settings").intent()
    bars = strip.intent()
    speak(window, how)
    # Recreated when shown, with the language changed twice meanwhile.
    speak(window, "size")
    assert window.page("daybook").days() == days
    assert window.page("strip").intent()["bars"] == bars["bars"]
    assert window.page("settings").intent() == settings
    assert window.page("exchange").intent() == {"tab": "notes"}


def test_a_commune_chosen_stays_what_it_became_when_the_year_changes(qtbot, window, desk):
    for day in ("2/5/2023", "2/5/2026"):
        line = {**RECORDS["clearing"], "started_on": day, "commune": "06004"}
        desk.records.add("clearing", line, typed=True)
    page = go(qtbot, window, "clearing")
    chosen = page.filter
    chosen.period.choose("2023-05")
    chosen.commune.put("06004-2023", chosen.commune.label_of("06004-2023"))
    for period, unit in (("2026-05", "06004-2025"), ("2023-05", "06004-2023")):
        chosen.period.choose(period)
        assert chosen.commune.known_code() == unit
        assert unit in chosen.value().units
    # A choice without a single successor shows everything, and is restored on the way back.
    chosen.commune.put("06238-2023", chosen.commune.label_of("06238-2023"))
    chosen.period.choose("2026-05")
    assert bool(chosen.commune.currentText()) == (chosen.value().units is not None)
    chosen.period.choose("2023-05")
    assert chosen.commune.known_code() == "06238-2023"
    # Everything chosen for a period without the place stays everything in another period.
    chosen.commune.put("06154-2023", chosen.commune.label_of("06154-2023"))
    chosen.period.choose("2026-05")
    assert chosen.commune.currentText() == ""
    chosen.show_everything()
    chosen.period.choose("2023-05")
    assert chosen.value().units is None


def test_the_scope_of_a_report_stays_what_it_became(window, desk):
    window.show_page("report", {})
    chooser = window.current().chooser
    calendar = desk.calendar()
    chooser.choose(calendar.parse("2023-05"))
    chooser.choose_scope("commune:06004-2023")
    for period, scope in (("2026-05", "commune:06004-2025"), ("2023-05", "commune:06004-2023")):
        chooser.choose(calendar.parse(period))
        assert chooser.scope.known_code() == scope
    chooser.choose_scope("district:183-2023")
    chooser.choose(calendar.parse("2026-05"))
    assert chooser.scope.known_code() == "post:BS"
    chooser.choose(calendar.parse("2023-05"))
    assert chooser.scope.known_code() == "district:183-2023"


def test_the_files_that_wait_to_be_taken_in_stay_in_the_list(qtbot, window, tmp_path, how):
    (tmp_path / "one.bdx").write_bytes(b"no package")
    window.show_page("exchange", {"tab": "receive", "paths": [tmp_path / "one.bdx"]})
    panel = window.current().panel("receive")
    qtbot.waitUntil(lambda: panel.idle() and len(panel.incoming_files) == 1)
    said = panel.incoming_files[0].outcome.reason
    speak(window, how)
    again = window.current().panel("receive")
    assert again is not panel
    qtbot.waitUntil(lambda: again.idle() and len(again.incoming_files) == 1)
    (broken,) = again.incoming_files
    assert (broken.outcome.reason == said) == (how == "size")
