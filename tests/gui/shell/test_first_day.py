"""The first day: from the stick to the first saved record; the six tasks of the practice desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from borderdesk.base.i18n import _, set_language
from borderdesk.cli.app import run_command
from borderdesk.desk import Desk
from borderdesk.overview.practice import TASKS
from tests.exchanging import clearing
from tests.gui.steps import discard_everything, focused, key, press, recent, type_here, typed, write
from tools.environment import ROOT
from ui.records.record_page import RecordPage
from ui.shell.app import main_window
from ui.shell.first_run import FirstRunDialog
from ui.shell.main_window import MainWindow

MOST_CLICKS = 15
DOUBLE_CLICK = 2


class Mouse:
    """Clicks, and counts its clicks."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        window = widget.window()
        at = widget.mapTo(window, widget.rect().center())
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(at))
        self.clicks += 1


def installer_clicks() -> int:
    """The clicks of the installer: a double click on the set-up file, and a button on each of its
    pages."""
    script = (ROOT / "tools" / "packaging" / "windows" / "setup.nsi").read_text(encoding="utf-8")
    return DOUBLE_CLICK + len(re.findall(r"MUI_PAGE_\w+$", script, re.MULTILINE))


def shown(qtbot: QtBot, desk: Desk) -> MainWindow:
    window = main_window(desk, "vi")
    qtbot.addWidget(window, before_close_func=discard_everything)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: window.current().idle())
    return window


def test_from_the_stick_to_the_first_saved_record_in_fifteen_clicks(
    qtbot: QtBot, desk_folder: Path, tmp_path: Path
) -> None:
    """The installer is run, the province's set-up file opened, its fingerprint typed."""
    set_language("vi")
    file = tmp_path / "tinh.bdsetup"
    with Desk.open(desk_folder) as province:
        province.exchange.setups.make(file)
        fingerprint = province.exchange.cards.own().fingerprint
    mouse = Mouse()
    mouse.clicks = installer_clicks() + DOUBLE_CLICK
    dialog = FirstRunDialog(tmp_path / "new")
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    dialog.read_setup(file)
    type_here(fingerprint)
    for field, text in ((dialog.user, "Nong Van An"), (dialog.password.first, "nui cao song dai"),
                        (dialog.password.again, "nui cao song dai")):  # fmt: skip
        mouse.click(field)
        type_here(text)
    mouse.click(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok))
    assert dialog.result() == QDialog.DialogCode.Accepted, dialog.problem.text()
    assert dialog.opened is not None
    with Desk.open(dialog.folder, dialog.opened.key) as desk:
        dialog.opened.enter(desk)
        window = shown(qtbot, desk)
        # A new desk shows its recovery sheet first; the home page is one click away.
        mouse.clicks += 1
        mouse.click(window.current().quick[1])
        page = window.current()
        assert isinstance(page, RecordPage)
        qtbot.waitUntil(page.idle)
        typed(page, "kind", "thong")
        typed(page, "started_on", recent())
        typed(page, "participants", "12")
        typed(page, "commune", "ba son")
        press("Ctrl+S")
        qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
        window.tasks.finish()
    assert mouse.clicks <= MOST_CLICKS, mouse.clicks


def test_a_password_that_differs_is_typed_again_where_it_stands(
    qtbot: QtBot, tmp_path: Path
) -> None:
    set_language("vi")
    dialog = FirstRunDialog(tmp_path / "new")
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    write("Nong Van An")
    for text in ("nui cao", "nui thap"):
        key(Qt.Key.Key_Tab)
        write(text)
    key(Qt.Key.Key_Return)
    assert dialog.problem.isVisible()
    assert focused() is dialog.password.first
    type_here("nui cao song dai")
    type_here("nui cao song dai")
    dialog.user.setFocus()
    type_here("")
    key(Qt.Key.Key_Return)
    assert focused() is dialog.user


@pytest.fixture
def practising(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    set_language("vi")
    with Desk.create(tmp_path / "x-practice", "post", "BS", "Nông Văn An", practice=True) as desk:
        window = shown(qtbot, desk)
        yield window
        window.tasks.finish()


def test_the_practice_desk_leads_through_six_tasks_and_says_when_each_is_done(
    qtbot: QtBot, practising: MainWindow, tmp_path: Path
) -> None:
    window, desk = practising, practising.desk
    band = window.bands.practice
    assert band is not None
    assert [task.key for task in TASKS] == ["enter", "correct", "find", "close", "send", "restore"]
    qtbot.waitUntil(lambda: band.progress is not None)
    assert band.text.text().startswith("Bài 1/6: Nhập một bản ghi.")
    band.show_me.click()
    page = window.current()
    assert isinstance(page, RecordPage)
    kept: list[str] = []

    def done(number: int) -> None:
        band.look()
        qtbot.waitUntil(lambda: band.progress is not None and len(band.progress.done) == number)
        assert band.text.text().startswith(f"✓ Xong: {_(TASKS[number - 1].title)}.")

    kept.append(desk.records.add("clearing", clearing(post=None)).id)
    done(1)
    desk.records.edit("clearing", kept[0], {"participants": 19})
    done(2)
    page.receive({"search": "thong", "period": ""})
    qtbot.waitUntil(lambda: page.idle() and bool(page.table.lines))
    done(3)
    desk.closing.close_period("2023-12")
    done(4)
    band.show_me.click()
    send = window.current().panel("send")
    qtbot.waitUntil(send.idle)
    send.send()
    qtbot.waitUntil(send.idle)
    assert "sổ thật" in send.result.text()
    assert desk.exchange.exports.sent() == []
    done(5)
    backup = desk.backups.make()
    folder = str(desk.folder)
    into = str(tmp_path / "again")
    assert run_command(["--desk", folder, "restore", str(backup.file), "--into", into]) == 0
    done(6)
    assert "Đã xong cả 6 bài" in band.text.text()
    assert not band.show_me.isVisible()
