"""Backups in the window, by keyboard: made, reported, cancelled, restored, and automatic ones."""

import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit

from borderdesk.backups.backups import AUTOMATIC
from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.i18n import _, ngettext
from borderdesk.base.paths import database_file, new_folder
from borderdesk.desk import Desk
from borderdesk.overview.safety import moment
from borderdesk.reports.handouts.handbook import text_of
from borderdesk.store.connection.locks import Lock
from borderdesk.store.connection.meta import NEWEST_TIME, write_meta
from tests.conftest import ROOT
from tests.core.overview.test_safety import CLEARING, now
from tests.effort import tries
from tests.gui.liaison import WAIT, drop, settle
from tests.gui.looks import faults
from tests.gui.steps import CONTROL, focused, key, press
from ui.base.backup_runner import backup_runner_of
from ui.base.style import colour
from ui.base.text_size import set_text_size
from ui.shell.app import main_window
from ui.shell.backup_light import COLOURS
from ui.widgets.layout.cards import LinkRow

RETURN, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier
CONTROL_SHIFT = CONTROL | SHIFT


@pytest.fixture
def desk(post_desk):
    post_desk.records.add("clearing", CLEARING)
    return post_desk


@pytest.fixture
def panel(qtbot, window):
    """The backups tab, opened by its key."""
    key(Qt.Key.Key_F9, CONTROL)
    page = window.current()
    settle(qtbot, page)
    assert page is window.pages["settings"]
    assert focused() is page.backups.now_button
    return page.backups


def light(qtbot, window):
    """The text of the light after an update."""
    window.status.read_light()
    qtbot.waitUntil(lambda: window.status._reading is None)
    return window.status.light


def choose(owner, path):
    """Type a path into the open file dialog and press Enter."""
    line = owner.findChild(QFileDialog).findChild(QLineEdit)
    line.setText(str(path))
    line.setFocus()
    key(RETURN)


def long_ago(desk):
    """Date every backup long ago."""
    desk.store.run("UPDATE backup SET made = '2023-11-12T00:40:00.000Z'")


def fail_one(desk, folder):
    """Make a backup fail: a file is in the place of its folder."""
    (folder / "file").touch()
    with pytest.raises(UserError):
        desk.backups.make(folder / "file")


# -------------------------------------------------------------------------- the light


def test_nothing_of_backups_is_read_before_the_window_is_there(post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    code = (
        "import sys; from pathlib import Path; from borderdesk.desk import Desk;"
        "from ui.shell.app import application, main_window; app = application();"
        "window = main_window(Desk.open(Path(sys.argv[1])), 'vi');"
        "window.show(); window.grab(); window.tasks.finish();"
        "print(*(name for name in sys.modules if 'back' in name or name.endswith('safety')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, timeout=60, text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE,
    )  # fmt: skip
    # The band about a failed backup is part of the window.
    band = {"ui.widgets.actions.backup_actions", "ui.shell.backup_band"}
    read = {name for name in done.stdout.split() if name.startswith(("ui.", "borderdesk."))}
    assert read <= band


def test_the_light_tells_the_truth_of_each_state(qtbot, window, desk, tmp_path):
    qtbot.waitUntil(lambda: window.status.light is not None)

    def told(state, words):
        shown = light(qtbot, window)
        assert shown.found.state == state
        assert shown.text() == shown.accessibleName() == words
        middle = shown.icon().pixmap(shown.iconSize()).toImage().rect().center()
        dot = shown.icon().pixmap(shown.iconSize()).toImage().pixelColor(middle)
        assert dot == colour(COLOURS[state])

    told("none", _("Never backed up"))
    made = desk.backups.make()
    time = moment(made.made, now())
    told("good", _("Last backup {time}, restored on trial and good").format(time=time))
    assert str(made.file) in window.status.light.toolTip()
    fail_one(desk, tmp_path)
    tried = desk.backups.all()[0]
    assert _("Backup of {time} failed").format(time=moment(tried.made, now())) == (
        light(qtbot, window).found.few
    )
    assert tried.failed in window.status.light.toolTip()
    desk.store.run("DELETE FROM backup WHERE failed <> ''")
    made.file.unlink()
    told("gone", _("Last backup {time}: the file is no longer there").format(time=time))
    again = desk.backups.make()
    long_ago(desk)
    days = (now().astimezone().date() - again_day()).days
    time = moment("2023-11-12T00:40:00.000Z", now())
    told(
        "old",
        ngettext(
            "Last backup {time}, {days} day ago", "Last backup {time}, {days} days ago", days
        ).format(time=time, days=days),
    )
    assert again.file.exists()


def again_day():
    from borderdesk.schema.revisions import local_date

    return local_date("2023-11-12T00:40:00.000Z")


@pytest.mark.parametrize(
    ("state", "percent"),
    tries(
        [("none", 200), ("good", 100), ("failed", 200), ("old", 100)],
        [*product(("none", "good", "failed", "old"), (100, 200))],
    ),
)
def test_the_line_below_is_cut_in_no_state(qtbot, qapp, window, desk, tmp_path, state, percent):
    if state != "none":
        desk.backups.make()
    if state == "failed":
        fail_one(desk, tmp_path)
    if state == "old":
        long_ago(desk)
    window.set_text_size(percent)
    try:
        for width in (1366, 1600, 1366):
            window.resize(width, 768)
            qtbot.waitUntil(lambda width=width: window.width() == width)
            qtbot.waitUntil(lambda: window.status.light is not None)
            qtbot.waitUntil(lambda: window.status.period.text() != "")
            shown = light(qtbot, window)
            qtbot.waitUntil(lambda: faults(window.status) == [])
            assert shown.isVisible()
            assert shown.text() in (shown.found.words, shown.found.few)
            assert window.status.period.isVisible()
            if percent == 100:
                assert shown.text() == shown.found.words
                assert window.status.caution.isVisible()
                assert window.desk.title() in window.status.who.text()
    finally:
        window.tasks.finish()
        set_text_size(qapp, 100)


def test_a_narrow_window_keeps_what_has_to_be_known(qtbot, window, desk):
    desk.backups.make()
    qtbot.waitUntil(lambda: window.status.light is not None)
    light(qtbot, window)
    window.resize(480, 768)
    status = window.status
    qtbot.waitUntil(lambda: faults(window.status) == [])
    assert not status.caution.isVisible()
    assert status.light.isVisible()
    assert status.period.isVisible()


def test_the_light_sees_a_backup_made_beside_the_window(qtbot, qapp, window, desk, cli):
    qtbot.waitUntil(lambda: window.status.light is not None)
    assert light(qtbot, window).found.state == "none"
    assert cli("--desk", desk.folder, "backup").returncode == 0
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    qtbot.waitUntil(lambda: window.status.light.found.state == "good")


def test_the_light_leads_to_the_backups_by_the_keyboard(qtbot, window):
    qtbot.waitUntil(lambda: window.status.light is not None)
    window.status.light.setFocus()
    key(RETURN)
    page = window.current()
    settle(qtbot, page)
    assert focused() is page.backups.now_button
    key(Qt.Key.Key_F1)
    told = window.findChild(QDialog).contents.currentItem().text()
    assert f"# {told}\n" in text_of("backup")
    window.findChild(QDialog).close()


def test_the_first_page_tells_what_is_to_do_and_then_what_is_in_order(qtbot, window, desk):
    window.nav.setCurrentItem(window.items["home"])
    page = window.current()
    qtbot.waitUntil(lambda: page.safety is not None and page.idle())
    assert [todo.text for todo in page.safety.todos] == [_("Never backed up")]
    qtbot.waitUntil(lambda: _("Never backed up") in ways(page))
    backup_runner_of(desk, window.tasks).back_up()
    qtbot.waitUntil(lambda: page.safety.todos == [], timeout=WAIT)
    assert desk.backups.newest() is not None
    words = light(qtbot, window).found.words
    assert [line.text for line in page.safety.calm] == [words]
    assert words in ways(page)
    assert _("Never backed up") not in ways(page)
    next(w for w in page.todos.findChildren(LinkRow) if w.accessibleName() == words).setFocus()
    key(RETURN)
    assert window.current().backups.isVisible()
    settle(qtbot, window.current())


def ways(page):
    """The lines of the card with advice."""
    return [way.accessibleName() for way in page.todos.findChildren(LinkRow) if way.isVisible()]


# -------------------------------------------------------------------------- backing up


def test_the_desk_is_backed_up_with_one_key_and_proven(qtbot, window, panel, desk):
    assert not panel.table.texts.rows
    assert panel.table.empty
    press("Ctrl+S")
    assert not panel.now_button.isEnabled()
    settle(qtbot, panel)
    made = desk.backups.newest()
    assert made is not None
    assert made.is_in_place()
    assert not made.automatic
    assert made.file.name in panel.bar.text
    row = panel.table.texts.rows[0]
    assert row[0] == moment(made.made, now())
    assert row[1] == _("✓ restored on trial")
    assert row[2] == "1"
    assert row[5] == made.file.name
    assert panel.same_disk.isVisible()
    qtbot.waitUntil(lambda: window.status.light.found.state == "good")
    assert panel.state.text() == window.status.light.found.words


def test_saving_goes_on_meanwhile_and_is_in_the_desk(qtbot, panel, desk):
    press("Ctrl+S")
    saved = 1
    while panel.backing.work is not None:
        if saved < 100:
            desk.records.add("clearing", CLEARING)
            saved += 1
        QApplication.processEvents()
    settle(qtbot, panel)
    made = desk.backups.newest()
    assert made is not None
    assert made.records >= 1
    since = desk.backups.status(now()).written_since
    assert made.records + since == saved


def test_another_folder_is_chosen_and_proposed_again(qtbot, window, panel, desk, tmp_path):
    stick = tmp_path / "usb"
    stick.mkdir()
    press("Ctrl+O")
    choose(panel, stick)
    qtbot.waitUntil(lambda: panel.backing.work is not None)
    settle(qtbot, panel)
    assert [path.parent for path in (b.file for b in desk.backups.all())] == [stick]
    assert panel.where.currentData() == str(stick)
    window.speak("en" if _("Backups") != "Backups" else "vi")
    window.show_backups()
    settle(qtbot, window.current())
    assert window.current().backups.where.findData(str(stick)) > 0


def test_one_that_cannot_be_made_is_told_here_and_by_the_light(
    qtbot, window, panel, desk, tmp_path
):
    (tmp_path / "file").touch()
    panel.back_up_to(tmp_path / "file" / "usb")
    settle(qtbot, panel)
    tried = desk.backups.all()[0]
    assert tried.failed
    assert panel.bar.text == f"✗ {tried.failed}"
    assert panel.table.texts.rows[0][1] == f"✗ {tried.failed}"
    assert panel.state.text().endswith(tried.failed)
    qtbot.waitUntil(lambda: window.status.light.found.state == "failed")
    assert panel.now_button.isEnabled()


def test_stopping_leaves_nothing(qtbot, panel, desk):
    press("Ctrl+S")
    stop = panel.bar.buttons[0]
    assert stop.text() == _("Stop")
    stop.click()
    settle(qtbot, panel)
    assert str(OperationStopped()) in panel.bar.text
    assert desk.backups.all() == []
    assert [path for path in desk.folder.rglob("*") if "sao-luu" in path.name] == []


def test_it_goes_on_while_the_window_changes_its_language(qtbot, window, panel, desk):
    press("Ctrl+S")
    window.speak("en" if _("Backups") != "Backups" else "vi")
    window.show_backups()
    page = window.current()
    assert page.backups is not panel
    settle(qtbot, page)
    assert desk.backups.newest() is not None
    qtbot.waitUntil(lambda: bool(page.backups.table.texts.rows))


def test_a_file_taken_away_is_told_in_the_list(qtbot, panel, desk):
    desk.backups.make().file.unlink()
    panel.refresh()
    settle(qtbot, panel)
    assert panel.table.texts.rows[0][1] == _("– the file is no longer there")


# --------------------------------------------------------------------------- restoring


def choose_backup(qtbot, panel, file):
    key(Qt.Key.Key_O, CONTROL_SHIFT)
    choose(panel, file)
    qtbot.waitUntil(panel.row.isVisible)
    # What a window manager does after the file dialog is closed.
    panel.window().activateWindow()
    qtbot.waitUntil(panel.row.into.hasFocus)


def test_a_backup_is_restored_into_a_new_folder_and_opened(qtbot, panel, desk, monkeypatch):
    made = desk.backups.make()
    desk.records.add("clearing", CLEARING)
    choose_backup(qtbot, panel, made.file)
    into = Path(panel.row.into.text())
    assert into == new_folder(desk.folder.parent, desk.folder.name)
    key(RETURN)
    settle(qtbot, panel)
    assert not panel.row.isVisible()
    assert str(into) in panel.bar.text
    with Desk.open(into) as restored:
        assert restored.identity.id != desk.identity.id
        assert restored.maintenance.verify()["totals_hash"] == made.totals_hash
    assert focused().text() == _("Open it in a new window")
    # That window is closed as soon as it appears.
    monkeypatch.setenv("BORDERDESK_BENCH_START", "clearing")
    key(RETURN)
    lock = into / "window.lock"
    qtbot.waitUntil(lock.exists, timeout=WAIT)
    qtbot.waitUntil(lambda: is_free(lock), timeout=WAIT)


def test_nothing_is_restored_over_what_is_there(qtbot, panel, desk, tmp_path):
    made = desk.backups.make()
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("giữ", encoding="utf-8")
    choose_backup(qtbot, panel, made.file)
    panel.row.into.setText(str(taken))
    key(RETURN)
    settle(qtbot, panel)
    assert panel.bar.text.startswith("✗")
    assert str(taken) in panel.bar.text
    assert [path.name for path in taken.iterdir()] == ["letter.txt"]
    assert panel.row.isVisible()
    panel.row.into.setFocus()
    key(Qt.Key.Key_Escape)
    assert not panel.row.isVisible()
    assert focused() is panel.now_button


# --------------------------------------------------------------------------- by itself


def test_the_switch_of_automatic_backups_is_stored(qtbot, panel, desk):
    assert panel.automatic.isChecked()
    press("Ctrl+T")
    settle(qtbot, panel)
    assert desk.preferences.preferred(AUTOMATIC) == "0"
    assert not desk.backups.due(now())
    press("Ctrl+T")
    settle(qtbot, panel)
    assert desk.preferences.preferred(AUTOMATIC) == "1"


def looked(qtbot, window, backing):
    """Check the desk, and wait for the result."""
    answers = []
    backing.begin_if_due()
    window.tasks.run(lambda: True, answers.append, answers.append, window)
    qtbot.waitUntil(lambda: answers == [True])


def test_it_is_backed_up_by_itself_when_nobody_types(qtbot, window, desk):
    backing = backup_runner_of(desk, window.tasks)
    looked(qtbot, window, backing)
    assert backing.work is None
    write_meta(desk.store, {NEWEST_TIME: "2023-11-05T07:00:00.000Z"})
    looked(qtbot, window, backing)
    assert backing.work is not None
    qtbot.waitUntil(lambda: backing.work is None, timeout=WAIT)
    made = desk.backups.newest()
    assert made.automatic
    assert made.file.parent == desk.folder / "backups"
    qtbot.waitUntil(lambda: window.status.light.found.state == "good")
    looked(qtbot, window, backing)
    assert backing.work is None


def test_nothing_is_backed_up_by_itself_while_somebody_types(qtbot, window, desk):
    write_meta(desk.store, {NEWEST_TIME: "2023-11-05T07:00:00.000Z"})
    desk.drafts.keep_draft("patrol", {"raws": {}})
    backing = backup_runner_of(desk, window.tasks)
    looked(qtbot, window, backing)
    assert backing.work is None


def test_a_practice_desk_is_never_backed_up_by_itself(qtbot, lang, tmp_path):
    with Desk.create(tmp_path / "tap", "post", "BS", "Học viên", practice=True) as practice:
        practice.records.add("clearing", CLEARING)
        write_meta(practice.store, {NEWEST_TIME: "2023-11-05T07:00:00.000Z"})
        shown = main_window(practice, lang)
        qtbot.addWidget(shown)
        backing = backup_runner_of(practice, shown.tasks)
        looked(qtbot, shown, backing)
        assert backing.work is None
        shown.show_backups()
        settle(qtbot, shown.current())
        assert not shown.current().backups.automatic.isEnabled()
        assert not shown.current().backups.automatic.isChecked()
        shown.tasks.finish()
        shown.close()


def noted(folder):
    """The newest backup of a desk that is not open."""
    with Desk.open(folder) as desk:
        return desk.backups.newest()


def is_free(lock):
    """Whether the process that held this lock has ended."""
    with Lock(lock) as mine:
        return mine.take(exclusive=True)


@pytest.fixture
def folder(post_template, tmp_path):
    """The folder of a closed desk with a record."""
    folder = shutil.copytree(post_template, tmp_path / "desk")
    with Desk.open(folder) as desk:
        desk.records.add("clearing", CLEARING)
    return folder


def test_what_is_unfinished_when_the_window_closes_goes_on_without_it(
    qtbot, lang, folder, tmp_path
):
    with Desk.open(folder) as desk:
        shown = main_window(desk, lang)
        qtbot.addWidget(shown)
        backing = backup_runner_of(desk, shown.tasks)
        backing.back_up(tmp_path / "usb")
        shown.close()
        backing.wind_up()
        assert backing.work is None
    qtbot.waitUntil(lambda: noted(folder) is not None, timeout=WAIT)
    assert noted(folder).file.parent == tmp_path / "usb"
    qtbot.waitUntil(lambda: is_free(folder / "desk.lock"), timeout=WAIT)


def test_a_window_that_is_closed_leaves_a_backup_behind(qtbot, folder):
    code = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QTimer;"
        "from ui.shell.app import application, run; app = application();"
        "QTimer.singleShot(0, app, app.closeAllWindows); sys.exit(run(Path(sys.argv[1]), 'vi'))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    qtbot.waitUntil(lambda: noted(folder) is not None, timeout=WAIT)
    assert noted(folder).automatic
    qtbot.waitUntil(lambda: is_free(folder / "desk.lock"), timeout=WAIT)


# --------------------------------------------------------------------------- first run


def test_the_first_start_restores_a_backup_where_the_desk_belongs(qtbot, first_run, desk, tmp_path):
    made = desk.backups.make(tmp_path / "usb")
    first_run.take_backup.setFocus()
    key(Qt.Key.Key_Space)
    choose(first_run, made.file)
    qtbot.waitUntil(lambda: first_run.result() == QDialog.DialogCode.Accepted, timeout=WAIT)
    assert first_run.folder == tmp_path / "new"
    with Desk.open(first_run.folder) as restored:
        assert restored.maintenance.verify()["totals_hash"] == made.totals_hash


def test_a_file_that_is_no_backup_is_told_and_nothing_is_made(qtbot, first_run, tmp_path):
    (tmp_path / "PHOTO.DB").write_bytes(b"no desk" * 1_000)
    drop(first_run, tmp_path / "PHOTO.DB")
    assert first_run.progress.isVisible()
    assert not first_run.user.isEnabled()
    qtbot.waitUntil(first_run.problem.isVisible, timeout=WAIT)
    assert "PHOTO.DB" in first_run.problem.text()
    assert not first_run.progress.isVisible()
    assert first_run.user.isEnabled()
    assert not (tmp_path / "new").exists()


def test_the_first_start_gives_a_restoration_up(qtbot, first_run, desk, tmp_path):
    made = desk.backups.make(tmp_path / "usb")
    first_run.restore(made.file)
    key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: first_run.restoring is None, timeout=WAIT)
    assert first_run.isVisible()
    assert str(OperationStopped()) in first_run.problem.text()
    assert not (tmp_path / "new").exists()
    key(Qt.Key.Key_Escape)
    assert not first_run.isVisible()


def test_backups_beside_a_lost_database_make_the_desk_again(qtbot, first_run, desk, tmp_path):
    made = desk.backups.make(tmp_path / "new" / "backups")
    first_run.restore(made.file)
    qtbot.waitUntil(lambda: first_run.result() == QDialog.DialogCode.Accepted, timeout=WAIT)
    with Desk.open(tmp_path / "new") as restored:
        assert restored.maintenance.verify()["totals_hash"] == made.totals_hash
    kept = [path for path in tmp_path.rglob(made.file.name) if path.is_file()]
    assert len(kept) == 1
    assert kept[0].stat().st_size == made.size
    assert not database_file(kept[0].parent.parent).exists()


def test_what_was_put_aside_comes_back_when_nothing_is_restored(qtbot, first_run, tmp_path):
    broken = tmp_path / "new" / "backups" / "broken.db"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no desk" * 1_000)
    first_run.restore(broken)
    assert first_run.outcome.isVisible()
    qtbot.waitUntil(first_run.problem.isVisible, timeout=WAIT)
    assert not first_run.outcome.isVisible()
    assert broken.is_file()
    assert [path.name for path in tmp_path.iterdir() if "cu" in path.name] == []


# ------------------------------------------------------------------ checking, by itself


def test_the_desk_and_a_backup_are_checked_from_end_to_end(qtbot, window, panel, desk):
    made = desk.backups.make()

    def checked(begin):
        panel.bar.clear()
        begin()
        assert not panel._now.isEnabled()
        qtbot.waitUntil(lambda: panel.backing.work is None and panel.idle(), timeout=WAIT)
        return panel.bar.text

    sound = "Checked from end to end, sound: {count} record, {versions} versions."
    sound = ngettext(sound, sound.replace("record,", "records,"), 1).format(count=1, versions=1)
    assert sound in checked(lambda: key(Qt.Key.Key_S, CONTROL_SHIFT))
    assert sound in checked(lambda: panel.verify_file([made.file]))
    made.file.write_bytes(made.file.read_bytes()[:-9])
    assert made.file.name in checked(lambda: panel.verify_file([made.file]))
    desk.store.run("UPDATE clearing SET participants = participants + 1")
    assert checked(panel.verify).startswith("✗ ")
    qtbot.waitUntil(lambda: not window.bands.hindrance.isHidden(), timeout=WAIT)


def test_a_backup_that_fails_by_itself_is_told_once(qtbot, window, desk):
    def fail():
        own = desk.backups.folder()
        shutil.rmtree(own, ignore_errors=True)
        own.unlink(missing_ok=True)
        own.touch()
        with pytest.raises(UserError):
            desk.backups.make(automatic=True)

    qtbot.waitUntil(lambda: window.status.light is not None)
    light(qtbot, window)
    assert window.bands.failure.isHidden()
    fail()
    told = light(qtbot, window).found
    assert window.bands.failure.isVisible()
    assert window.bands.failure.text.text() == f"{told.words}."
    window.bands.failure.close_button.click()
    window.tasks.finish()
    light(qtbot, window)
    assert window.bands.failure.isHidden()
    fail()
    light(qtbot, window)
    assert window.bands.failure.isVisible()
    desk.backups.folder().unlink()
    window.bands.failure.now.click()
    qtbot.waitUntil(lambda: backup_runner_of(desk, window.tasks).work is None, timeout=WAIT)
    light(qtbot, window)
    assert window.bands.failure.isHidden()
    assert window.status.light.found.state == "good"
