"""A tour of every page and dialog, in both languages, at 1366 × 768 and with text twice as large.

If BORDERDESK_TOUR names a folder, a picture of each is saved there.
"""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableView, QTreeView, QWidget

from borderdesk.base.i18n import language
from borderdesk.demo import make_demo
from borderdesk.desk import Desk
from tests.effort import tries
from tests.gui.looks import faults, shown_below, untranslated
from tests.gui.steps import CONTROL, discard_everything
from ui.base.text_size import set_text_size
from ui.grid.grid_view import GridView
from ui.records.record_page import RecordPage
from ui.shell.app import main_window
from ui.shell.crash_dialog import CrashDialog
from ui.shell.first_run import FirstRunDialog
from ui.shell.main_window import MainWindow
from ui.shell.pages import PAGES
from ui.widgets.actions.all_actions import ACTIONS, actions_of
from ui.widgets.pages.page import Page
from ui.widgets.pages.tabbed_page import TabbedPage

WIDTH, HEIGHT = 1366, 768
PICTURES = os.environ.get("BORDERDESK_TOUR")

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tour") / "demo"
    make_demo(folder, records=600)
    return folder


@pytest.fixture
def desk(demo_folder):
    with Desk.open(demo_folder) as opened:
        yield opened


@pytest.fixture
def percent(request, qapp):
    """The text size in percent: 100, unless a test asks for every size."""
    yield getattr(request, "param", 100)
    set_text_size(qapp, 100)


at_every_size = pytest.mark.parametrize(
    ("lang", "percent"),
    tries([("vi", 200), ("en", 150)], [("vi", 100), ("vi", 200), ("en", 150), ("en", 200)]),
    indirect=True,
)


@pytest.fixture
def window(qtbot, desk, lang, percent):
    desk.preferences.prefer("text_size", percent)
    shown = main_window(desk, lang)
    qtbot.addWidget(shown, before_close_func=discard_everything)
    shown.resize(WIDTH, HEIGHT)
    with qtbot.waitActive(shown):
        shown.show()
        shown.activateWindow()
    yield shown
    shown.tasks.finish()
    desk.preferences.prefer("text_size", None)
    # A new text size is applied to all windows, which takes seconds in this one.
    discard_everything(shown)
    shown.close()
    shown.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def visit(qtbot, window: MainWindow, key: str) -> Page:
    window.nav.setCurrentItem(window.items[key])
    page = window.current()
    assert isinstance(page, Page)
    if isinstance(page, RecordPage):
        qtbot.waitUntil(lambda: "form" in page.__dict__)
    qtbot.waitUntil(page.idle)
    QApplication.processEvents()
    return page


def picture(widget: QWidget, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        widget.grab().save(str(Path(PICTURES) / f"{name}.png"))


def look(qtbot, widget: QWidget, name: str) -> None:
    """Fail on layout faults of a window once it is laid out."""
    wrong: list[str] = []

    def settled() -> bool:
        wrong[:] = faults(widget)
        return not wrong

    with suppress(qtbot.TimeoutError):
        qtbot.waitUntil(settled, timeout=1_000)
    picture(widget, name)
    assert widget.width() <= WIDTH, name
    assert widget.height() <= HEIGHT, name
    assert wrong == [], name
    if language() == "vi":
        assert untranslated(widget) == [], name


@at_every_size
def test_every_page_fits_and_has_its_names(qtbot, window, lang, percent):
    for key in PAGES:
        page = visit(qtbot, window, key)
        look(qtbot, window, f"{key}-{lang}-{percent}")
        for tab in range(page.tabs.count()) if hasattr(page, "tabs") else ():
            page.tabs.setCurrentIndex(tab)
            qtbot.waitUntil(page.idle)
            look(qtbot, window, f"{key}-{tab}-{lang}-{percent}")
        if isinstance(page, RecordPage):
            # Its buttons are in the window, where list and form are side by side.
            assert percent > 150 or page._split.verticalScrollBar().maximum() == 0, key
            page.show_grid()
            qtbot.waitUntil(page.grid.idle)
            look(qtbot, window, f"{key}-table-{lang}-{percent}")
            page.grid.leave()


SCALED = (WIDTH // 2, HEIGHT // 2)
"""The logical size of a screen scaled to 200 %."""


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_nothing_is_cut_nor_overlaid_where_the_screen_is_scaled_to_twice(qtbot, window, lang):
    window.resize(*SCALED)
    for key in PAGES:
        page = visit(qtbot, window, key)
        assert (window.width(), window.height()) == SCALED
        look(qtbot, window, f"{key}-{lang}-scaled")
        for tab in range(1, page.tabs.count()) if hasattr(page, "tabs") else ():
            page.tabs.setCurrentIndex(tab)
            qtbot.waitUntil(page.idle)
            look(qtbot, window, f"{key}-{tab}-{lang}-scaled")
    # The tab bars were replaced by one chooser, by keyboard as by mouse.
    page.tabs.setFocus()
    place = page.tabs.currentIndex()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Up)
    assert page.tabs.currentIndex() == place - 1
    window.resize(WIDTH, HEIGHT)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QPushButton))
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Right)
    assert page.tabs.currentIndex() == place


@at_every_size
def test_every_dialog_fits_and_has_its_names(qtbot, window, lang, percent, tmp_path):
    visit(qtbot, window, "clearing")
    for name, show in {
        "commands": window.help.show_commands,
        "help": window.help.show_handbook,
    }.items():
        show()
        box = next(w for w in window.children() if isinstance(w, QWidget) and w.isWindow()
                   and w.isVisible())  # fmt: skip
        look(qtbot, box, f"{name}-{lang}-{percent}")
        box.close()
        qtbot.waitUntil(lambda box=box: not box.isVisible())
    with_file = FirstRunDialog(tmp_path / "new")
    window.desk.exchange.setups.make(tmp_path / "province.bdsetup")
    with_file.read_setup(tmp_path / "province.bdsetup")
    others = {
        "first": FirstRunDialog(tmp_path / "new"),
        "first-setup": with_file,
        "crash": CrashDialog("…", None),
    }
    for name, made in others.items():
        qtbot.addWidget(made)
        made.show()
        look(qtbot, made, f"{name}-{lang}-{percent}")
        made.close()


def has_undo(names):
    return any(ACTIONS["undo_last"].keys in ACTIONS[name].keys.split() for name in names)


PORTABLE = QKeySequence.SequenceFormat.PortableText


def test_every_action_has_words_a_place_and_no_key_of_another(qtbot, window):
    """The actions of all pages, each with those of its tabs, grid and dialogs."""
    done = {action.objectName() for action in window.actions()}
    for key in PAGES:
        page = visit(qtbot, window, key)
        layers = [page]
        if isinstance(page, RecordPage):
            layers = [page._front, page.grid, page.sheet.made()]
        if isinstance(page, TabbedPage):
            layers = [page.made(name) for name in page._keys]
        for layer in layers:
            own = {action.objectName() for action in actions_of(layer)}
            keys = Counter(
                keys
                for action in [
                    *actions_of(layer),
                    # The keys of daily entries belong to the window except on the home page; so
                    # does Ctrl+Z, unless a widget in front handles it.
                    *(
                        action
                        for action in window.actions()
                        if action.isEnabled()
                        and not (action.objectName() == "undo_last" and has_undo(own))
                    ),
                ]
                # The current ones: a page with a preview uses some of the window's.
                for keys in (one.toString(PORTABLE) for one in action.shortcuts())
            )
            assert [k for k, times in keys.items() if times > 1] == [], (key, keys)
        done |= {action.objectName() for action in actions_of(page)}
    # The form handles Escape itself, after its fields.
    assert done == set(ACTIONS) - {"leave"}
    assert all(act.name and act.hint for act in ACTIONS.values())


LONG = "Chưa lưu: việc này có thể là một với bản ghi đã có trong sổ. Bấm F8 để giữ cả hai. " * 3


def places(window, page, of=None):
    """The positions of a page's widgets: the visible ones in `of`, or all shown."""
    shown = shown_below(page) if of is None else [w for w in of if w.isVisible()]
    return {w: w.mapTo(window, w.rect().topLeft()) for w in shown}


@pytest.mark.parametrize("lang", ["vi"])
@pytest.mark.parametrize("percent", tries([100], [100, 200]), indirect=True)
def test_a_message_has_one_place_and_moves_nothing(qtbot, window, lang, percent):
    places_kept = set()
    for key in PAGES:
        page = visit(qtbot, window, key)
        page.bar.clear()
        QApplication.processEvents()
        for text, offers in ((LONG, [(LONG, page.bar.clear)]), ("Đã lưu.", [])):
            before = places(window, page)
            page.bar.warn(text, *offers)
            QApplication.processEvents()
            places_kept.add(page.bar.sizeHint().height())
            over = page.bar.height() - page.bar.sizeHint().height()
            # A sentence without space covers what is below it by two lines at most.
            assert (
                over == 0 if text != LONG else 0 <= over <= 2 * page.bar.fontMetrics().lineSpacing()
            )
            during = places(window, page, before)
            look(qtbot, window, f"{key}-message-{lang}-{percent}")
            page.bar.clear()
            QApplication.processEvents()
            after = places(window, page, before)
            # What the window reads beside may have arrived meanwhile, before or after the look.
            assert [w for w in during if during[w] not in (before[w], after.get(w))] == [], key
    assert len(places_kept) == 1


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_ctrl_c_takes_the_chosen_rows_of_every_table(qtbot, window):
    tried = set()
    for key in PAGES:
        page = visit(qtbot, window, key)
        for tab in range(page.tabs.count()) if hasattr(page, "tabs") else (0,):
            if hasattr(page, "tabs"):
                page.tabs.setCurrentIndex(tab)
                qtbot.waitUntil(page.idle)
            for view in (w for w in shown_below(page) if isinstance(w, QTableView | QTreeView)):
                if not view.model().rowCount() or isinstance(view, GridView):
                    continue
                view.setFocus()
                view.selectAll()
                if not view.selectionModel().hasSelection():
                    view.setCurrentIndex(view.model().index(0, 0))
                chosen = {i.row() for i in view.selectionModel().selectedIndexes()}
                QApplication.clipboard().setText("")
                QTest.keyClick(window.windowHandle(), Qt.Key.Key_C, CONTROL)
                lines = QApplication.clipboard().text().splitlines()
                assert len(lines) > len(chosen) or len(lines) > 100, (key, tab, view)
                assert lines[0].count("\t") >= view.model().columnCount() - 1
                tried.add(type(view).__name__)
    assert tried >= {"RowsTable", "BoardTable", "QTableWidget"}
