"""Every chooser of every page and panel keeps its choice in another language and text size."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from borderdesk.base.i18n import set_language
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from tests.exchanging import new_desk, trust
from tests.gui.liaison import work
from tests.gui.steps import work_until
from ui.base.text_size import set_text_size
from ui.exchange.package_options import LockKind
from ui.records.record_page import RecordPage
from ui.settings.ledger_panel import LedgerPanel
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.search_combo import SearchCombo
from ui.widgets.pages.tabbed_page import TabbedPage

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
DESKS = {"post": "BS", "province": "20"}
SETTING_THE_WINDOW = "window"
"""The tab whose choosers change the window itself."""
FEWEST = {"post": 17, "province": 2}
"""The least number of choosers that must take another entry, so that the loop tests something."""
OTHER_FOR_ONE_ABOVE = ("exchange",)
"""The pages with other panels on a desk above a post."""


@pytest.fixture
def lang():
    return "vi"


@pytest.fixture
def size_set_back(window, qapp):
    yield
    # What reads for the window still must not come to it while it is restyled.
    window.tasks.finish()
    set_text_size(qapp, 100)
    set_language("vi")


@pytest.fixture(params=DESKS)
def desk(request, tmp_path):
    with Desk.create(tmp_path / "desk", request.param, DESKS[request.param], "Người 1") as made:
        if request.param == "post":
            for year in (2023, made.today().year):
                made.records.add("clearing", work("BS", made.today().replace(year=year, day=1)))
        with new_desk(tmp_path / "other", "liaison", "183-2023", 3) as other:
            trust(made, other)
        yield made


def pages(window, role):
    """The tested pages: of record pages, whose choosers are of one class, one of each shape."""
    if role != "post":
        yield from OTHER_FOR_ONE_ABOVE
        return
    shapes = set()
    for key in window.items:
        model = ALL_TYPES.get(key)
        shape = (key,) if model is None else (bool(model.kind_key), model.event() is None)
        if shape not in shapes:
            yield key
        shapes.add(shape)


def turned_to(window, key):
    """Go to a page through the navigation, which asks no question."""
    window.nav.setCurrentItem(window.items[key])
    return window.current()


def places(window, key):
    """(page, tab) of every part of a page that has choosers."""
    page = turned_to(window, key)
    tabs = page._keys if isinstance(page, TabbedPage) else [""]
    return [(key, tab) for tab in tabs if tab != SETTING_THE_WINDOW]


def shown(window, key, tab):
    """The visible part, once it is idle."""
    page = turned_to(window, key)
    if tab:
        page.show_tab(tab)
    work_until(page.idle)
    # Qt shows widgets added to a layout with the next event.
    QApplication.processEvents()
    return page.made(tab) if tab else page.filter if isinstance(page, RecordPage) else page


def choosers(part):
    """The choosers of a part, in order."""
    if isinstance(part, LedgerPanel):
        # What stands in its rows is a draft of them.
        return []
    return [one for one in part.findChildren(Chooser) if one.isVisibleTo(part)]


def entries(chooser):
    if isinstance(chooser, SearchCombo):
        return [option.code for option in chooser.known()]
    return [chooser.itemData(place) for place in range(chooser.count())]


def value(chooser):
    return chooser.known_code() if isinstance(chooser, SearchCombo) else chooser.currentData()


def choose_last(chooser):
    """Choose the last entry, or the one before if that is chosen; whether there is another."""
    others = [entry for entry in entries(chooser) if entry != value(chooser)]
    if not others:
        return False
    if isinstance(chooser, SearchCombo):
        chooser.put(others[-1], chooser.label_of(others[-1]))
    else:
        chooser.setCurrentIndex(chooser.findData(others[-1]))
        chooser.activated.emit(chooser.currentIndex())
    return True


def state(part):
    return [value(chooser) for chooser in choosers(part)]


def choose_each(window, part):
    """Choose in every chooser of a part; each may change which others exist. The number that took
    another entry."""
    taken = at = 0
    while at < len(now := choosers(part)):
        if choose_last(now[at]):
            taken += 1
            work_until(window.current().idle)
            QApplication.processEvents()
        at += 1
    return taken


@pytest.mark.usefixtures("size_set_back")
def test_every_chooser_keeps_what_was_chosen(window, desk):
    role, before, taken = desk.identity.role, {}, 0
    for key in pages(window, role):
        for place in places(window, key):
            part = shown(window, *place)
            taken += choose_each(window, part)
            before[place] = state(part)
    window.speak("en")
    # Recreated twice before most of them are shown again.
    window.set_text_size(125)
    after = {place: state(shown(window, *place)) for place in before}
    assert {place: after[place] for place in before if after[place] != before[place]} == {}
    assert taken >= FEWEST[role], taken


def made_anew(window):
    """The pages recreated in another language."""
    try:
        window.speak("en")
    finally:
        set_language("vi")


@pytest.mark.parametrize("desk", ["post"], indirect=True)
def test_who_may_open_a_file_stays_and_never_becomes_everybody(window):
    window.show_page("exchange", {"tab": "send"})
    page = window.current()
    work_until(page.idle)
    options = page.panel("send").options
    options.lock.setCurrentIndex(options.lock.findData(LockKind.CARDS))
    options.cards.item(0).setCheckState(Qt.CheckState.Checked)
    options.private.setChecked(True)
    options.reason.setText("Đối chiếu danh sách hộ")
    before = options.export_options()
    assert len(before.cards) == 1
    made_anew(window)
    page = window.current()
    work_until(page.idle)
    again = page.panel("send").options
    assert (again is not options, again.isVisible(), again.export_options()) == (True, True, before)


@pytest.mark.parametrize("desk", ["post"], indirect=True)
def test_the_place_of_a_backup_and_what_is_looked_for_stay(window, tmp_path):
    window.show_page("settings", {"ledger": "audit"})
    page = window.current()
    page.made("audit").search.setText("thẻ")
    page.made("persons").reason.setText("Đã chuyển đi")
    page.made("backups").where.take(str(tmp_path), str(tmp_path))
    made_anew(window)
    page = window.current()
    assert page.made("audit").chosen().search == "thẻ"
    assert page.made("persons").reason.text() == "Đã chuyển đi"
    work_until(page.idle)
    assert page.made("backups").where.currentData() == str(tmp_path)


@pytest.mark.parametrize("desk", ["province"], indirect=True)
def test_the_year_of_the_board_stays(window):
    window.show_page("exchange", {"tab": "board"})
    page = window.current()
    work_until(page.idle)
    year = page.panel("board").year
    year.take(2024, "2024")
    made_anew(window)
    page = window.current()
    work_until(page.idle)
    board = page.panel("board")
    assert board.cell()[1].year == 2024
    assert page.intent()["panels"] == {"board": {"year": 2024}}
