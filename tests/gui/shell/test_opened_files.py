"""A double click on a file of the program opens the window, or shows the file in the open one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from ui.exchange.exchange_page import ExchangePage
from ui.shell.first_run import FirstRunDialog
from ui.shell.opened_files import FOLDER, OpenedFiles, hand_over, take_over

PACKAGE = ROOT / "tests" / "data" / "package-0.1.0.bdx"


def listed(window):
    page = window.current()
    assert isinstance(page, ExchangePage)
    return [incoming.path.name for incoming in page.panel("receive").incoming_files]


def test_what_is_opened_is_shown_at_the_start_and_later(qtbot, window, tmp_path):
    second = Path(shutil.copy(PACKAGE, tmp_path / "thứ hai.bdx"))
    OpenedFiles(window, PACKAGE)
    qtbot.waitUntil(lambda: listed(window) == [PACKAGE.name])
    window.show_page("home", {})
    hand_over(window.desk.folder, second)
    qtbot.waitUntil(lambda: isinstance(window.current(), ExchangePage))
    qtbot.waitUntil(lambda: set(listed(window)) == {PACKAGE.name, second.name})
    assert list((window.desk.folder / FOLDER).iterdir()) == []


def test_what_was_handed_over_while_the_window_started_is_shown(qtbot, window):
    hand_over(window.desk.folder, PACKAGE)
    OpenedFiles(window, None)
    qtbot.waitUntil(lambda: listed(window) == [PACKAGE.name])


@pytest.mark.parametrize("linked", [FOLDER, FOLDER.parent])
def test_nothing_behind_a_link_is_opened_or_deleted(desk_folder, tmp_path, linked):
    victim = tmp_path / "home" / FOLDER.relative_to(linked) / "thesis.odt"
    victim.parent.mkdir(parents=True)
    victim.write_bytes(b"/etc/passwd")
    (desk_folder / linked).parent.mkdir(exist_ok=True)
    (desk_folder / linked).symlink_to(tmp_path / "home")
    assert (desk_folder / FOLDER / victim.name).exists()
    assert take_over(desk_folder) == []
    assert victim.exists()


def test_a_second_start_with_a_file_hands_it_over(window):
    from borderdesk.store.connection.locks import Lock

    folder = window.desk.folder
    with Lock(folder / "window.lock") as lock:
        assert lock.take(exclusive=True)
        main = [sys.executable, str(ROOT / "main.py"), "--desk", str(folder), str(PACKAGE)]
        done = subprocess.run(main, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    (left,) = (folder / FOLDER).iterdir()
    assert left.read_text(encoding="utf-8") == str(PACKAGE)


def test_a_new_desk_takes_the_set_up_file_that_was_opened(qtbot, tmp_path):
    dialog = FirstRunDialog(tmp_path / "new")
    qtbot.addWidget(dialog)
    assert dialog.takes(Path("tinh.BDSETUP"))
    assert not dialog.takes(PACKAGE)
