"""The home page and the border strip, by keyboard, in both languages."""

import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.overview.marker_visits import CLEARED
from borderdesk.store.lists.listing import Filter
from tests.core.test_coverage import clearing, patrol
from tests.gui.steps import go, key, press, typed
from ui.records.record_page import RecordPage

RETURN, ALT = Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(post_desk):
    today = post_desk.today()
    day = today - datetime.timedelta(days=1)
    seen = [("1166", "intact"), ("1167", "damaged")]
    near = {"communes": ["06196"]}
    post_desk.records.add("patrol", {**patrol(day, ("1166", "1170"), seen), **near})
    post_desk.records.add("clearing", clearing(day, ("1167", "1168"), "both"))
    return post_desk


def ready(qtbot, page):
    qtbot.waitUntil(page.idle)
    qtbot.waitUntil(lambda: page.period is not None and page.idle())


@pytest.mark.parametrize("press_key", [Qt.Key.Key_Space, RETURN])
def test_the_first_page_tells_the_period_and_leads_on(qtbot, window, press_key):
    page = window.current()
    ready(qtbot, page)
    qtbot.waitUntil(lambda: page.shown is not None)
    labels = {b.text() for b in page.goals.findChildren(QPushButton)}
    assert len(labels) == len(page.shown.goals) > 0
    never = [b for b in page.todos.findChildren(QPushButton) if "1166/1" in b.accessibleName()]
    assert len(never) == 1
    told = never[0].accessibleName()
    never[0].setFocus()
    key(press_key)
    assert window.nav.currentItem() is window.items["strip"]
    strip = window.current()
    qtbot.waitUntil(lambda: bool(strip.markers))
    assert {one.inspected for one in strip.overdue()} == {None}
    assert told in strip.bar.text
    assert strip.due.hasFocus()
    listed = strip.due.rowCount()
    assert format_number(listed, language()) in strip.due_card.title.text()
    strip.bar.buttons[0].click()
    assert strip.due.rowCount() >= listed
    assert strip.intent()["visits"] == ""


def test_a_draft_in_its_form_is_gone_on_with_from_the_first_page(qtbot, window):
    page = go(qtbot, window, "incident")
    typed(page, "handling", "Bien ban")
    page.keep_now()
    page.show_grid()
    home = led_by(qtbot, window, _("Draft"))
    assert home.isHidden()
    assert not page.in_table
    assert page.form.isAncestorOf(window.focusWidget())


def test_a_task_leads_the_keyboard_into_its_tab(qtbot, window):
    home = window.current()
    ready(qtbot, home)
    home.strip.setFocus()
    for key_of_page, intent in (("exchange", {"tab": "notes"}), ("settings", {"ledger": "picks"})):
        window.show_page(key_of_page, intent)
        shown = window.current().stack.currentWidget()
        assert shown.isAncestorOf(window.focusWidget())


def led_by(qtbot, window, words):
    """The page opened by Enter on the home page's task with these words."""
    window.nav.setCurrentItem(window.items["home"])
    home = window.current()
    ready(qtbot, home)

    def there():
        return [one for one in home.todos.links() if one.words.startswith(words)]

    qtbot.waitUntil(lambda: bool(there()))
    there()[0].setFocus()
    key(RETURN)
    return home


def tabbed(window, page):
    """The widgets that Tab reaches on a page, once around."""
    window.nav.setFocus()
    found = []
    while len(found) < 60:
        key(Qt.Key.Key_Tab)
        if window.focusWidget() is window.nav:
            return found
        if page.isAncestorOf(window.focusWidget()):
            found.append(window.focusWidget())
    raise AssertionError(found)


def test_tab_goes_over_the_first_page_as_it_is_read(qtbot, window):
    page = window.current()
    ready(qtbot, page)
    qtbot.waitUntil(lambda: page.safety is not None and page.idle())

    def goes_over_all():
        way = tabbed(window, page)
        # Queried afterwards: background reads recreate them.
        links = [*page.goals.links(), *page.todos.links()]
        assert links
        assert way[0] is page.period
        assert way[-1] is page.strip
        assert [widget for widget in way if widget in links] == links

    qtbot.waitUntil(goes_over_all)


def test_tab_comes_to_the_period_of_the_strip_first(qtbot, window):
    window.nav.setCurrentItem(window.items["strip"])
    page = window.current()
    ready(qtbot, page)
    assert tabbed(window, page)[:2] == [page.period, page.kind]


def test_a_marker_is_told_with_the_commune_of_the_day(qtbot, window, desk):
    window.nav.setCurrentItem(window.items["strip"])
    page = window.current()
    ready(qtbot, page)
    page.strip.choose("1167")
    page.show_marker("1167")
    qtbot.waitUntil(page.idle)
    (now,) = desk.book.communes_of_stretch("1167", "1167", page.day)
    assert desk.book.unit_name(now) in page.hint.text()
    before = desk.book.markers["1167"][1]
    assert before != now
    assert desk.book.unit_name(before) not in page.hint.text()


def test_the_daily_entries_begin_with_a_key(qtbot, window):
    key(Qt.Key.Key_2, ALT)
    qtbot.waitUntil(lambda: isinstance(window.current(), RecordPage))
    page = window.current()
    assert page is window.page("clearing")
    qtbot.waitUntil(page.idle)
    assert page.form.isAncestorOf(window.focusWidget())


def test_the_report_of_the_period_is_made(qtbot, window):
    page = window.current()
    qtbot.waitUntil(lambda: page.shown is not None)
    press("Ctrl+R")
    report = window.current()
    qtbot.waitUntil(lambda: report.shown is not None, timeout=20_000)
    assert report.shown.request.period == page.shown.period.text


def test_a_figure_of_the_first_page_leads_to_its_records(qtbot, window):
    page = window.current()
    qtbot.waitUntil(lambda: page.shown is not None)
    goal = next(g for g in page.shown.goals if g.key == "clearing_events")
    label = f"{goal.label} ({goal.unit})"
    link = next(b for b in page.goals.findChildren(QPushButton) if b.text() == label)
    link.setFocus()
    key(RETURN)
    report = window.current()
    rows = report.figures.records.texts
    qtbot.waitUntil(lambda: len(rows.rows) == 1, timeout=20_000)
    assert report.shown.request.scope == "post:BS"
    assert report.figures.records.hasFocus()


def test_who_went_on_keeps_the_keyboard_while_the_report_is_made(qtbot, window):
    ready(qtbot, window.current())
    window.show_page("strip", {"marker": "1167"})
    for intent in ({"figure": ("clearing_events", "year_to_date")}, {"close": True}):
        window.show_page("report", intent)
        report = window.current()
        window.nav.setCurrentItem(window.items["daybook"])
        window.current().first.setFocus()
        qtbot.waitUntil(report.idle)
        assert window.current().first.hasFocus()


def test_the_period_is_closed_from_the_first_page(qtbot, window):
    page = window.current()
    qtbot.waitUntil(lambda: page.shown is not None)
    page.closing.click()
    report = window.current()
    qtbot.waitUntil(report.idle, timeout=20_000)
    qtbot.waitUntil(report.closing.number.hasFocus, timeout=20_000)


def test_the_strip_is_walked_and_its_records_opened(qtbot, window):
    window.nav.setCurrentItem(window.items["strip"])
    page = window.current()
    ready(qtbot, page)
    qtbot.waitUntil(lambda: bool(page.markers))
    assert {m.post for m in page.markers} == {"BS"}
    page.strip.setFocus()
    key(Qt.Key.Key_Home)
    key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Right)
    assert page.strip.current().marker == "1167"
    assert "1167" in page.strip.accessibleDescription()
    key(RETURN)
    qtbot.waitUntil(lambda: page.visits.count() == 2)
    page.visits.setFocus()
    page.visits.setCurrentRow(0)
    key(RETURN)
    qtbot.waitUntil(lambda: isinstance(window.current(), RecordPage))
    opened = window.current()
    qtbot.waitUntil(lambda: bool(opened.form.record))


def test_what_is_due_is_listed_and_saved(qtbot, window, tmp_path):
    window.nav.setCurrentItem(window.items["strip"])
    page = window.current()
    qtbot.waitUntil(lambda: bool(page.markers))
    due = [m.marker for m in page.overdue()]
    assert "1166" not in due
    assert "1168" in due
    assert page.due.rowCount() == len(due)
    target = tmp_path / "due.pdf"
    page.save_due(target)
    qtbot.waitUntil(lambda: target.exists() and page.idle())
    assert page.bar.text.endswith(_("Saved as {file}").format(file="due.pdf"))
    page.kind.setCurrentIndex(page.kind.findData(CLEARED))
    assert "1168" not in [m.marker for m in page.overdue()]
    assert "1166" in [m.marker for m in page.overdue()]


def test_a_folder_that_cannot_be_written_is_told(qtbot, window, tmp_path):
    window.nav.setCurrentItem(window.items["strip"])
    page = window.current()
    qtbot.waitUntil(lambda: bool(page.markers))
    page.save_due(tmp_path / "nowhere" / "due.pdf")
    qtbot.waitUntil(lambda: page.bar.text.startswith("✗"))


def test_the_line_below_says_how_the_newest_period_stands(qtbot, window, desk):
    month = desk.calendar().month_of(desk.today().replace(day=1) - datetime.timedelta(days=1))
    name = f"{month.number:02d}/{month.year}"
    for type_name in ("patrol", "clearing"):
        for record in desk.lists.ids(type_name, Filter()):
            desk.records.delete(type_name, record, "thử")
    desk.records.add("clearing", clearing(month.last, ("1167", "1168"), "both"))
    window.nav.setCurrentItem(window.items["report"])
    open_ = _("Period {period}: not closed").format(period=name)
    qtbot.waitUntil(lambda: window.status.period.text() == open_)
    desk.closing.close_period(month.text)
    window.nav.setCurrentItem(window.items["settings"])
    closed = _("Period {period}: closed").format(period=name)
    qtbot.waitUntil(lambda: window.status.period.text() == closed)
