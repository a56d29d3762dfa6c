"""The window of a desk with a password: opened, recovered with the sheet, locked, encrypted."""

import json
import os
import subprocess
import sys
import threading
import time
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
)

from borderdesk.base.paths import database_file, key_file
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.key_wrap import LEAST_COST
from borderdesk.session.desk_ring import DeskRing
from borderdesk.store.connection.cipher import is_encrypted
from tests.conftest import PASSWORD
from tests.display import bare_display
from tests.factories import example
from tests.gui.steps import compose, discard_everything, focused, go, key, typed, write
from tests.rings import renewed_code
from ui.base.child_process import ChildProcess, secrets_of
from ui.base.reopening import REOPENING
from ui.settings.password_panel import PasswordPanel
from ui.shell.app import main_window
from ui.shell.encryption_dialog import EncryptionDialog
from ui.shell.idle_lock import IdleLock
from ui.shell.login import LoginDialog

WAIT = 60_000


def shown(qtbot, dialog):
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    return dialog


def test_a_wrong_password_is_told_and_the_right_one_opens(qtbot, locked_folder):
    dialog = shown(qtbot, LoginDialog(locked_folder))
    assert dialog.password.hasFocus()
    assert not dialog.account.isVisible()
    write("sai")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.problem.isVisible, timeout=WAIT)
    assert dialog.isVisible()
    dialog.password.setText(PASSWORD)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted, timeout=WAIT)
    with Desk.open(locked_folder, dialog.opened.key) as desk:
        desk.enter(dialog.opened.account)
    assert dialog.password.text() == ""


def test_a_fourth_wrong_password_waits_in_the_window(qtbot, locked_folder):
    for _try in range(4):
        KeyRing(locked_folder).tries.begin("Người thử")
    dialog = shown(qtbot, LoginDialog(locked_folder))
    dialog.password.setText(PASSWORD)
    dialog.accept()
    qtbot.waitUntil(dialog.problem.isVisible, timeout=WAIT)
    assert not dialog.ok.isEnabled()
    KeyRing(locked_folder).tries.forget("Người thử")
    qtbot.waitUntil(dialog.ok.isEnabled, timeout=WAIT)
    dialog.reject()


def test_a_lost_password_is_mended_with_the_sheet(qtbot, locked_folder):
    ring = KeyRing(locked_folder)
    code = renewed_code(ring, ring.unlock(None, PASSWORD))
    dialog = shown(qtbot, LoginDialog(locked_folder))
    dialog.lost.click()
    assert dialog.code.hasFocus()
    dialog.code.setText(code[:-1] + ("0" if code[-1] != "0" else "1"))
    dialog.new.first.setText("mật khẩu mới tinh")
    dialog.new.again.setText("mật khẩu khác")
    dialog.accept()
    assert dialog.problem.isVisible()
    dialog.new.again.setText("mật khẩu mới tinh")
    dialog.accept()
    qtbot.waitUntil(lambda: "8" in dialog.problem.text(), timeout=WAIT)
    dialog.code.setText(code.lower().replace("-", "  "))
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.opened is not None, timeout=WAIT)
    assert ring.unlock(None, "mật khẩu mới tinh") == dialog.opened.key
    with Desk.open(locked_folder, dialog.opened.key) as desk:
        dialog.opened.enter(desk)
        assert [one.kind for one in desk.audit.lines(limit=2)] == ["login.ok", "account.mended"]


def test_the_same_keys_give_the_same_password_shown_or_not(qtbot, locked_folder):
    """Qt disables composing in masked fields: unmasked, Telex would turn the keys “maatj” into
    “mật”."""
    dialog = shown(qtbot, LoginDialog(locked_folder))
    new = dialog.new
    for on in (False, True, False):
        new.shown.setChecked(on)
        for line in (dialog.password, new.first, new.again, dialog.code):
            assert not line.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    dialog.reject()


@pytest.mark.parametrize("copied", ["{}\r\n", "\t{}\n", "{}\u200b", "\u2028{}"])
def test_a_password_is_what_keys_can_type_again(qtbot, locked_folder, copied):
    """Excel ends a copied cell with a line end, which dots do not show: nobody could type it."""
    dialog = shown(qtbot, LoginDialog(locked_folder))
    QApplication.clipboard().setText(copied.format("con ngựa sắt xanh"))
    for line in (dialog.password, dialog.new.first, dialog.new.again):
        line.paste()
        assert line.text() == "con ngựa sắt xanh"
    assert dialog.new.password() == "con ngựa sắt xanh"
    dialog.reject()


@pytest.fixture
def locked_desk(locked_folder):
    with Desk.open(locked_folder, KeyRing(locked_folder).unlock(None, PASSWORD)) as desk:
        yield desk


def test_a_lock_keeps_what_is_half_typed(qtbot, locked_desk, monkeypatch):
    window = shown(qtbot, main_window(locked_desk, "vi", "clearing"))
    page = go(qtbot, window, "clearing")
    typed(page, "participants", "24")
    lock = IdleLock(window)
    # The computer slept for an hour, and is woken by a key.
    slept = time.clock_gettime(time.CLOCK_BOOTTIME) + 3_600
    monkeypatch.setattr(time, "clock_gettime", lambda _clock: slept)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_7)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT)
    asked = lock.asked
    qtbot.addWidget(asked)
    assert asked.isVisible()
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [asked]
    asked.password.setText("sai")
    asked.accept()
    qtbot.waitUntil(asked.problem.isVisible, timeout=WAIT)
    assert not window.isVisible()
    asked.password.setText(PASSWORD)
    asked.accept()
    qtbot.waitUntil(window.isVisible, timeout=WAIT)
    assert page.form.raws()["participants"] == "24"
    discard_everything(window)
    window.close()


@pytest.mark.parametrize("then", ["cancel", "password"])
def test_what_is_still_being_done_ends_before_a_locked_window_closes(qtbot, locked_desk, then):
    window = shown(qtbot, main_window(locked_desk, "vi", "settings"))
    lock, go_on, answers = IdleLock(window), threading.Event(), []
    owner = window.current()
    window.tasks.long(lambda _report: go_on.wait(WAIT), answers.append, answers.append, owner)
    lock.lock()
    asked, left = lock.asked, []
    qtbot.addWidget(asked)
    # It would end the test process.
    asked.rejected.disconnect(lock._leave)
    asked.rejected.connect(lambda: left.append(list(answers)))
    cancel = asked.buttons.button(QDialogButtonBox.StandardButton.Cancel)
    cancel.click()
    cancel.click()
    assert asked.isVisible()
    assert "đang làm dở" in asked.hint.text()
    assert asked.hint.isVisible()
    if then == "password":
        asked.password.setText(PASSWORD)
        asked.accept()
        qtbot.waitUntil(window.isVisible, timeout=WAIT)
    go_on.set()
    qtbot.waitUntil(lambda: answers == [True])
    QApplication.processEvents()
    assert left == ([[True]] if then == "cancel" else [])
    lock.asked = None
    window.show()
    window.close()


def test_esc_closes_no_locked_window(qtbot, locked_desk):
    """Many press it to wake a screen."""
    window = shown(qtbot, main_window(locked_desk, "vi", "settings"))
    lock = IdleLock(window)
    lock.lock()
    qtbot.addWidget(lock.asked)
    lock.asked.password.setText("nửa mật khẩu")
    QTest.keyClick(lock.asked, Qt.Key.Key_Escape)
    assert lock.asked.isVisible()
    assert lock.asked.password.text() == ""
    lock.asked.password.setText(PASSWORD)
    lock.asked.accept()
    qtbot.waitUntil(window.isVisible, timeout=WAIT)
    window.close()


def test_the_window_of_a_disabled_account_is_locked_and_stays_so(qtbot, locked_desk):
    locked_desk.accounts.add_account("Nông Văn An", "administrator", PASSWORD)
    window = shown(qtbot, main_window(locked_desk, "vi", "clearing"))
    page = go(qtbot, window, "clearing")
    typed(page, "participants", "24")
    page.drafts.keeper.keep_now()
    qtbot.waitUntil(page.drafts.keeper.settled)
    lock = IdleLock(window)
    with Desk.open(locked_desk.folder, locked_desk.store.key) as beside:
        beside.enter("Nông Văn An")
        beside.accounts.disable_account("Người thử")
        lock._look()
        assert not window.isVisible()
        qtbot.addWidget(lock.asked)
        lock.asked.password.setText(PASSWORD)
        lock.asked.accept()
        qtbot.waitUntil(lambda: "đã bị khóa" in lock.asked.problem.text(), timeout=WAIT)
        assert not window.isVisible()
        # The text typed until then is offered again.
        (draft,) = beside.drafts.drafts("clearing")
        assert (draft.person, draft.texts["raws"]["participants"]) == ("Người thử", "24")
    lock.asked = None
    window.show()
    discard_everything(window)
    window.close()


def test_what_an_input_method_composes_is_use(qtbot, locked_desk, monkeypatch):
    window = shown(qtbot, main_window(locked_desk, "vi", "clearing"))
    page = go(qtbot, window, "clearing")
    lock = IdleLock(window)
    page.form.cells["source_ref"].editor.focus()
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    for minute in (9, 18):
        monkeypatch.setattr(time, "clock_gettime", lambda _clock, m=minute: now + m * 60)
        compose(focused())
    lock._look()
    assert lock.asked is None
    # No more input is accepted once it is due.
    monkeypatch.setattr(time, "clock_gettime", lambda _clock: now + 3_600)
    before = page.form.raws()["source_ref"]
    QApplication.sendEvent(focused(), QInputMethodEvent("đ", []))
    qtbot.waitUntil(lambda: lock.asked is not None, timeout=WAIT)
    qtbot.addWidget(lock.asked)
    assert page.form.raws()["source_ref"] == before
    discard_everything(window)
    window.close()


def test_a_window_that_was_closed_takes_no_key_from_what_comes_after_it(
    qtbot, locked_desk, monkeypatch
):
    """The desk is then encrypted again, and asks for its password, however long that takes."""
    window = shown(qtbot, main_window(locked_desk, "vi", "home"))
    lock = IdleLock(window)
    discard_everything(window)
    window.close()
    later = time.clock_gettime(time.CLOCK_BOOTTIME) + 3_600
    monkeypatch.setattr(time, "clock_gettime", lambda _clock: later)
    line = shown(qtbot, QLineEdit())
    QTest.keyClick(line.windowHandle(), Qt.Key.Key_7)
    assert line.text() == "7"
    assert lock.asked is None


NAME = "Lý Văn Páo"


def named_dialog(qtbot, parent):
    """A dialog that shows a name, also in its title, and a line edit."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(NAME)
    layout = QVBoxLayout(dialog)
    layout.addWidget(QLabel(NAME))
    layout.addWidget(QLineEdit())
    qtbot.addWidget(dialog)
    return dialog


def in_sight():
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


def colours(widget):
    picture = widget.grab().toImage()
    places = product(range(0, picture.width(), 3), range(0, picture.height(), 3))
    return {picture.pixel(*place) for place in places}


@pytest.mark.parametrize("lang", ["vi"])
def test_a_lock_puts_dialogs_out_of_sight_and_keeps_them(qtbot, locked_desk, lang):
    window = shown(qtbot, main_window(locked_desk, lang))
    beside, within = named_dialog(qtbot, window), named_dialog(qtbot, window)
    waiting = named_dialog(qtbot, within)
    beside.show()
    within.show()
    ended = []
    waiting.finished.connect(ended.append)
    waiting.open()
    qtbot.waitExposed(waiting)
    waiting.findChild(QLineEdit).setText("nửa chừng")
    QMenu(NAME, window).popup(window.pos())
    before = {one for one in in_sight() if isinstance(one, QDialog)}
    assert len(colours(waiting)) > 1
    lock = IdleLock(window)
    lock.lock()
    asked = lock.asked
    qtbot.addWidget(asked)
    # Hiding a question would answer it.
    assert {*in_sight()} == {asked, waiting}
    waiting.resize(waiting.size() * 2)
    assert len(colours(waiting)) == 1
    assert NAME not in {one.windowTitle() for one in in_sight()}
    assert QApplication.activeModalWidget() is asked, "the password could not be typed"
    asked.password.setText(PASSWORD)
    # Work that ends meanwhile opens dialogs.
    late, later = named_dialog(qtbot, window), named_dialog(qtbot, window)
    late.open()
    later.show()
    qtbot.waitUntil(lambda: {*in_sight()} == {asked, waiting, late}, timeout=WAIT)
    qtbot.waitUntil(lambda: len(colours(late)) == 1, timeout=WAIT)
    assert QApplication.activeModalWidget() is asked
    before |= {late, later}
    asked.accept()
    qtbot.waitUntil(window.isVisible, timeout=WAIT)
    assert before == {beside, within, waiting, late, later} == {*in_sight()} - {window}
    assert [one.windowTitle() for one in before] == [NAME] * 5
    assert len(colours(waiting)) > 1
    assert not ended
    assert waiting.findChild(QLineEdit).text() == "nửa chừng"
    for one in (late, later, waiting, within, beside, window):
        one.close()


def test_the_settings_change_the_password_and_make_the_sheet(qtbot, locked_desk, tmp_path):
    window = shown(qtbot, main_window(locked_desk, "vi", "settings"))
    page = window.current()
    page.receive({"ledger": "password"})
    panel = page.findChild(PasswordPanel)
    panel.known.setText(PASSWORD)
    panel.new.first.setText("mới nguyên")
    panel.new.again.setText("mới nguyên")
    panel.change.click()
    qtbot.waitUntil(panel.idle, timeout=WAIT)
    assert KeyRing(locked_desk.folder).unlock(None, "mới nguyên") == locked_desk.store.key
    panel.make_sheet(tmp_path / "phiếu.pdf")
    qtbot.waitUntil(panel.idle, timeout=WAIT)
    assert (tmp_path / "phiếu.pdf").stat().st_size > 1_000
    assert KeyRing(locked_desk.folder).recovery_made() is not None
    window.close()


def test_an_open_desk_is_encrypted_by_a_button(qtbot, desk_folder):
    with Desk.open(desk_folder) as desk:
        desk.records.add("clearing", example("clearing"))
        window = shown(qtbot, main_window(desk, "vi", "settings"))
        assert "mật khẩu" in window.windowTitle()
        page = window.current()
        page.receive({"ledger": "password"})
        panel = page.findChild(PasswordPanel)
        panel.encrypt.click()
        assert window.isVisible()
        panel.new.first.setText(PASSWORD)
        panel.new.again.setText(PASSWORD)
        panel.encrypt.click()
        assert not window.isVisible()
        window.tasks.finish()
    dialog = shown(qtbot, EncryptionDialog(desk_folder, REOPENING.take()))
    qtbot.waitUntil(lambda: dialog.key is not None, timeout=WAIT)
    assert is_encrypted(database_file(desk_folder))
    with Desk.open(desk_folder, dialog.key) as desk:
        assert desk.maintenance.verify()["ok"]


def test_a_child_process_opens_an_encrypted_desk(qtbot, locked_desk, monkeypatch):
    monkeypatch.setenv("BORDERDESK_PASSWORD", "of somebody else")
    arguments = ["--desk", str(locked_desk.folder), "backup", "--watched"]
    owner = QObject()
    work = ChildProcess(owner, arguments, secrets_of(locked_desk))
    answers = []
    work.done.connect(answers.append)
    work.failed.connect(answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT)
    assert is_encrypted(locked_desk.backups.all()[0].file), answers


def test_the_key_of_a_desk_is_changed_by_a_button(qtbot, locked_folder):
    key = KeyRing(locked_folder).unlock(None, PASSWORD)
    with Desk.open(locked_folder, key) as desk:
        window = shown(qtbot, main_window(desk, "vi", "settings"))
        page = window.current()
        page.receive({"ledger": "password"})
        page.findChild(PasswordPanel).new_key.click()
        page.bar.buttons[0].click()
        assert not window.isVisible()
        window.tasks.finish()
    # Watchers of an open desk ignore a closed one.
    IdleLock(window)._look()
    window.bands.hindrance.check()
    assert desk.store.is_closed()
    dialog = shown(qtbot, EncryptionDialog(locked_folder, REOPENING.take(), key))
    qtbot.waitUntil(lambda: dialog.key != key, timeout=WAIT)
    assert KeyRing(locked_folder).unlock(None, PASSWORD) == dialog.key


def test_a_locked_window_opens_by_what_the_desk_knows(qtbot, locked_desk):
    old = key_file(locked_desk.folder).read_bytes()
    locked_desk.part(DeskRing).change(
        "Người thử", "mới nguyên", record=lambda: None, cost=LEAST_COST
    )
    window = shown(qtbot, main_window(locked_desk, "vi", "clearing"))
    go(qtbot, window, "clearing")
    lock = IdleLock(window)
    lock.lock()
    qtbot.addWidget(lock.asked)
    key_file(locked_desk.folder).write_bytes(old)
    lock.asked.password.setText(PASSWORD)
    lock.asked.accept()
    qtbot.waitUntil(lock.asked.problem.isVisible, timeout=WAIT)
    assert not window.isVisible()
    lock.asked.password.setText("mới nguyên")
    lock.asked.accept()
    qtbot.waitUntil(window.isVisible, timeout=WAIT)
    window.close()
    window.tasks.finish()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X display")
def test_what_was_copied_is_not_there_to_paste_without_the_password(locked_folder):
    # Another program's clipboard is left alone, whatever it contains.
    script = Path(__file__).with_name("x_clipboard.py")
    with bare_display() as screen:
        told = subprocess.run(
            [sys.executable, script, locked_folder],
            env={**os.environ, "DISPLAY": screen, "BORDERDESK_PASSWORD": PASSWORD},
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    assert json.loads(told.stdout.splitlines()[-1]) == {
        "copied": ["020187001234", "020187001234"],
        "erased": ["", "của chương trình khác"],
        "locked": ["của chương trình khác", ""],
        "closed": ["", ""],
        # A drag grabs all input: no password could be typed.
        "dragging": [True, False],
    }
