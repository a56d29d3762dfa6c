"""The window as a whole: languages, accessible names, closing, a second window."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
)

from borderdesk.base.i18n import _, language
from borderdesk.closing.editions import MODES
from borderdesk.desk import Desk
from borderdesk.schema.records import ALL_TYPES
from borderdesk.schema.settings import SETTINGS
from borderdesk.store.connection.locks import Lock
from borderdesk.store.lists.listing import Filter
from tests.display import bare_display
from tests.gui.steps import go, recent, typed
from ui.base.neighbours import screen_of
from ui.base.translator import QT_TEXTS
from ui.settings.settings_page import OF_WINDOW
from ui.shell.app import _first_page
from ui.shell.command_list import CommandList
from ui.shell.crash_dialog import CrashDialog
from ui.shell.first_run import FirstRunDialog
from ui.shell.pages import page_title
from ui.shell.places import places

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)

ROOT = Path(__file__).resolve().parents[3]
SAME = frozenset(
    {"English", "Tiếng Việt", "BorderDesk", "×", "+", "−", "", "Lưu PDF", "Lưu XLSX", *MODES}
)
"""Texts equal in both languages, or the names of the languages."""
FIELDS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractButton, QAbstractItemView)


def texts(root):
    """Every readable text on the window's pages created so far."""
    found = set()
    for widget in root.findChildren(QLabel) + root.findChildren(QAbstractButton):
        found.add(widget.text())
    for widget in root.findChildren(QLineEdit):
        found.add(widget.placeholderText())
    for widget in root.findChildren(QComboBox):
        found |= {widget.itemText(row) for row in range(widget.count())}
    for view in root.findChildren(QAbstractItemView):
        model = view.model()
        if model is not None and view.objectName() == "nav":
            found |= {model.index(row, 0).data() for row in range(model.rowCount())}
    for widget in to_use(root):
        found |= {widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()}
    found |= {root.windowTitle()}
    return found


def to_use(root):
    """Every widget in it that a person types into, presses or chooses from."""
    return [widget for kind in FIELDS for widget in root.findChildren(kind)]


def every_page(qtbot, window):
    for type_name in ALL_TYPES:
        go(qtbot, window, type_name)
    window.nav.setCurrentItem(window.items["report"])


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
def test_no_english_is_left_in_vietnamese(qtbot, window):
    every_page(qtbot, window)
    vietnamese = texts(window)
    window.speak("en")
    every_page(qtbot, window)
    english = texts(window)
    names = {unit.name for unit in window.desk.book.units.values()}
    names |= {window.desk.book.unit_name(unit) for unit in window.desk.book.units}
    names |= {post.name for post in window.desk.book.posts.values()}
    both = {t for t in vietnamese & english if any(c.isalpha() for c in t)}
    left = {t for t in both - SAME - names if window.desk.title() not in t}
    assert left == set()


@pytest.mark.parametrize("lang", ["vi"], indirect=True)
@pytest.mark.usefixtures("window")
def test_qts_own_words_are_vietnamese():
    untranslated = {text for text in QT_TEXTS if _(text) == text} - {"%1 KB"}
    assert untranslated == set()
    for context, source in (("QWidgetTextControl", "&Paste"), ("QLineEdit", "Cu&t")):
        assert QCoreApplication.translate(context, source) == _(source.replace("&", ""))


def test_everything_to_use_has_an_accessible_name(qtbot, window):
    every_page(qtbot, window)
    for page_key in window.items:
        window.page(page_key).prepare_whole()
    for widget in to_use(window):
        inside = isinstance(widget.parentWidget(), QComboBox) or not widget.objectName().find("qt_")
        popup = widget.window() is not window
        if not (inside or popup or widget.isHidden()):
            assert widget.accessibleName() or getattr(widget, "text", str)(), widget


def test_another_language_at_once_and_unsaved_text_moves_along(qtbot, window):
    page = go(qtbot, window, "clearing")
    typed(page, "participants", "17")
    other = "en" if language() == "vi" else "vi"
    window.speak(other)
    page = window.current()
    qtbot.waitUntil(page.idle)
    assert language() == other
    assert page.form.cells["participants"].editor.raw() == "17"
    assert page.dirty


def test_unsaved_text_elsewhere_is_marked_in_the_navigation(qtbot, window):
    page = go(qtbot, window, "clearing")
    typed(page, "participants", "17")
    go(qtbot, window, "patrol")
    assert window.items["clearing"].text().endswith("•")
    assert go(qtbot, window, "clearing").form.cells["participants"].editor.raw() == "17"


def test_closing_asks_nothing_and_keeps_what_was_typed(qtbot, window, desk, lang):
    from ui.shell.app import main_window

    page = go(qtbot, window, "household")
    for key, text in {"head": "Nong Van A", "commune": "xa ba son", "hamlet": "Khuoi"}.items():
        typed(page, key, text)
    before = page.form.raws()
    assert window.close()
    assert desk.lists.count("household", Filter()) == 0
    again = main_window(desk, lang)
    qtbot.addWidget(again)
    again.show()
    page = go(qtbot, again, "household")
    qtbot.waitUntil(page.bar.isVisible)
    assert page.form.raws() == before
    assert page.form_actions.save()
    assert desk.drafts.drafts() == []
    again.close()
    again.tasks.finish()


def test_a_demonstration_says_so(window, desk):
    assert window.findChild(QLabel, "demo") is None
    desk.identity = desk.identity._replace(demo=True)
    window.speak(language())
    assert not window.centralWidget().findChild(QLabel, "demo").isHidden()


def test_a_post_is_asked_for_and_shown_where_there_are_several(qtbot, lang, desk_folder):
    from borderdesk.desk import Desk
    from ui.shell.app import main_window

    with Desk.open(desk_folder) as desk:
        window = main_window(desk, lang)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        page = go(qtbot, window, "track")
        assert page.table.keys[1] == "post"
        for key, text in {
            "post": "ba son", "completed_on": recent(), "commune": "xa ba son", "count": "2",
        }.items():  # fmt: skip
            typed(page, key, text)
        assert page.form_actions.save(), page.form.raws()
        qtbot.waitUntil(page.idle)
        assert len(page.table.lines) == 1
        page.filter.post.put("TT", page.filter.post.label_of("TT"))
        qtbot.waitUntil(page.idle)
        assert page.table.lines == []
        window.tasks.finish()


def test_the_first_start_makes_a_desk(qtbot, lang, tmp_path):
    from borderdesk.base.i18n import set_language
    from borderdesk.desk import Desk

    set_language(lang)
    dialog = FirstRunDialog(tmp_path / "new")
    qtbot.addWidget(dialog)
    dialog.accept()
    assert not dialog.problem.isHidden()
    dialog.role.setCurrentIndex(1)
    dialog.user.setText("Trung úy Nông Văn Hòa")
    dialog.accept()
    assert not (tmp_path / "new").exists()
    dialog.password.first.setText("ba bốn từ dài")
    dialog.password.again.setText("ba bốn từ ngắn")
    dialog.accept()
    assert not (tmp_path / "new").exists()
    dialog.password.again.setText("ba bốn từ dài")
    dialog.accept()
    assert dialog.opened is not None
    with Desk.open(tmp_path / "new", dialog.opened.key) as desk:
        assert desk.identity.role == "liaison"
        desk.enter(dialog.opened.account)


def test_a_crash_is_told_with_a_report_and_a_new_start(qtbot, window, desk, tmp_path):
    window.nav.setCurrentItem(window.items["patrol"])
    dialog = CrashDialog("ZeroDivisionError", None, window)
    qtbot.addWidget(dialog)
    assert "Traceback" not in dialog.words.text()
    dialog.write(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text() == "ZeroDivisionError"
    dialog.again.click()
    assert not window.isVisible()
    assert window.property("restart")
    assert _first_page(desk) == "patrol"
    assert _first_page(desk) == "home"


def run_window(folder, **env):
    import os

    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    code = "import sys; from pathlib import Path; from ui.shell.app import run;"
    code += "sys.exit(run(Path(sys.argv[1]), 'vi'))"
    clean.pop("QT_QPA_PLATFORM", None)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, env={**clean, **env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def test_a_second_window_is_refused(post_template, tmp_path):
    import shutil

    folder = Path(shutil.copytree(post_template, tmp_path / "desk"))
    with Lock(folder / "window.lock") as lock:
        assert lock.take(exclusive=True)
        second = run_window(folder, QT_QPA_PLATFORM="offscreen", BORDERDESK_BENCH_START="patrol")
        _out, said = second.communicate(timeout=60)
    assert second.returncode == 3
    assert _("This desk has a window open already. Use that one.") in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
def test_without_a_display_the_reason_is_printed(tmp_path):
    alone = run_window(tmp_path)
    _out, said = alone.communicate(timeout=60)
    assert alone.returncode == 3
    assert said.strip()


MOST_TRIES = 100


@pytest.fixture
def screen():
    """A display without a window manager; its name."""
    with bare_display() as name:
        yield name


def xdotool(screen, *words):
    """Have keys pressed at a display, or a window waited for."""
    import os

    there = {**os.environ, "DISPLAY": screen}
    subprocess.run(["xdotool", *words], env=there, check=True, capture_output=True, timeout=60)


def pressed_until(screen, keys, there):
    """Press keys of a display until something holds; a slow machine may miss the first ones."""
    for _turn in range(MOST_TRIES):
        xdotool(screen, "key", "--delay", "50", *keys.split())
        if there():
            return
    raise AssertionError(keys)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other screens are managed")
def test_a_window_that_nothing_manages_has_its_keys_and_gets_them_back(
    post_template, tmp_path, screen
):
    import shutil

    folder = Path(shutil.copytree(post_template, tmp_path / "desk"))

    def drafts():
        with Desk.open(folder) as desk:
            return desk.drafts.drafts("clearing")

    opened = run_window(folder, DISPLAY=screen)
    try:
        pressed_until(screen, "Home alt+2 t", drafts)
        for keys, title in (
            ("ctrl+k", _("Everything that can be done")),
            ("F1", _("Handbook of BorderDesk")),
        ):
            before = len(drafts())
            xdotool(screen, "key", keys)
            xdotool(screen, "search", "--sync", "--onlyvisible", "--name", title)
            xdotool(screen, "key", "Escape")
            pressed_until(screen, "t ctrl+p", lambda: len(drafts()) > before)  # noqa: B023
    finally:
        opened.kill()
        opened.communicate()


def test_the_bench_start_says_painted_and_ends(post_template, tmp_path):
    import shutil

    folder = Path(shutil.copytree(post_template, tmp_path / "desk"))
    started = run_window(folder, QT_QPA_PLATFORM="offscreen", BORDERDESK_BENCH_START="patrol")
    out, said = started.communicate(timeout=60)
    assert (started.returncode, out.strip()) == (0, "painted"), said


def test_every_tab_and_setting_is_found_by_the_keyboard(window, desk):
    known = {place.words: place for place in places(desk, "home")}
    for key in ("targets", "settings", "exchange"):
        page = window.page(key)
        for number, tab in enumerate(page._keys):
            if tab != "board":
                place = known[f"{page_title(key)} › {page.tabs.tabText(number)}"]
                assert tab in place.intent.values()
    for label in (*OF_WINDOW, *(rule.label for rule in SETTINGS.values())):
        assert _("Setting: {label}").format(label=_(label)) in known


def test_a_window_left_without_room_for_its_title_fills_the_screen(window):
    room = screen_of(window).availableGeometry()
    # As a window that was left so: the first one fills a small screen anyway.
    window._kept = "left"
    for free, filled in ((-100, True), (0, True), (200, False)):
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.setGeometry(room.adjusted(0, 0, 0, -free))
        window.fit_screen()
        assert window.isMaximized() is filled


@pytest.mark.parametrize("page", ["home", "clearing", "settings", "report"])
def test_what_another_page_does_is_begun_and_stands_once(qtbot, window, page):
    window.nav.setCurrentItem(window.items[page])
    qtbot.waitUntil(lambda: window.current().idle(), timeout=20_000)
    window.help.show_commands()
    box = window.findChild(CommandList)
    named = [words for words, _what in box._entries if words.startswith(_("Close – print – send"))]
    assert len(named) == 1
    box.search.setText(named[0])
    box.accept()
    qtbot.waitUntil(lambda: window.nav.currentItem() is window.items["report"])
    if page != "report":
        report = window.current()
        qtbot.waitUntil(lambda: report.closing.number.hasFocus(), timeout=20_000)
