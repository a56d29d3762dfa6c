"""Save dialogs: the offered name is valid on every system, and the suffix is never lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from ui.base.sticks import folder_now
from ui.reports.printing import ask_printer
from ui.widgets.choosers.file_choosers import READ, SAVED, ask_files, ask_folder, ask_where
from ui.widgets.choosers.file_drop import is_spreadsheet


@pytest.fixture
def asked(qtbot, tmp_path):
    """A save dialog with an offered name, and its answers."""
    owner, answers = QWidget(), []
    qtbot.addWidget(owner)
    owner.show()

    def ask(name):
        dialog = ask_where(owner, name, ".pdf", answers.append)
        dialog.setDirectory(str(tmp_path))
        return dialog, dialog.findChild(QLineEdit), answers

    return ask


@pytest.mark.parametrize(
    ("offered", "shown"),
    [
        ("Nông Văn An/Bế: 2023-12-04", "Nông Văn An-Bế- 2023-12-04.pdf"),
        ("con.pdf", "_con.pdf"),
        ("tờ quét. ", "tờ quét.pdf"),
        ("BorderDesk_BS-0123abcd.pdf", "BorderDesk_BS-0123abcd.pdf"),
    ],
)
def test_the_name_offered_is_one_on_windows_and_sticks(asked, offered, shown):
    dialog, line, _answers = asked(offered)
    assert line.text() == shown
    dialog.reject()


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("Tháng 12", "Tháng 12.pdf"),
        ("Tháng 12.2023", "Tháng 12.2023.pdf"),
        ("Tháng 12.", "Tháng 12.pdf"),
        ("Tháng.PDF", "Tháng.PDF"),
        ("Tháng.docx", "Tháng.docx"),
    ],
)
def test_a_name_gets_the_ending_of_its_kind(asked, qtbot, tmp_path, typed, saved):
    dialog, line, answers = asked("x")
    line.setText(typed)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [tmp_path / saved]


def test_the_folder_chosen_last_is_offered_again(qtbot, tmp_path, monkeypatch):
    """Twelve sticks are not searched from the home folder twelve times."""
    window, home, stick = QWidget(), tmp_path / "home", tmp_path / "stick"
    for folder in (home, stick, tmp_path / "papers"):
        folder.mkdir()
    (stick / "a.bdx").write_bytes(b"x")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    owner = QWidget(window)
    qtbot.addWidget(window)

    def begins(ask):
        dialog = ask()
        folder = Path(dialog.directory().absolutePath())
        dialog.reject()
        return folder

    def read():
        return ask_files(owner, "Gói tin", "*.bdx", lambda _files: None)

    def read_folder():
        return ask_folder(owner, "Thư mục", None, lambda _folder: None)

    def save():
        return ask_where(owner, "x.pdf", ".pdf", lambda _path: None)

    def save_many():
        return ask_folder(owner, "Thư mục", None, lambda _folder: None, SAVED)

    ways = (read, read_folder, save, save_many)
    assert [begins(ask) for ask in ways] == [home] * 4
    dialog = read()
    dialog.selectFile(str(stick / "a.bdx"))
    dialog.accept()
    dialog = save()
    dialog.setDirectory(str(tmp_path / "papers"))
    dialog.accept()
    papers = tmp_path / "papers"
    assert [begins(ask) for ask in ways] == [stick, stick, papers, papers]
    (stick / "a.bdx").unlink()
    stick.rmdir()
    assert begins(read) == home
    # For a stick pulled out the system only reports an error.
    for use in (READ, SAVED):
        window.setProperty(use, str(tmp_path / ("x" * 300)))
    assert [begins(ask) for ask in ways] == [home] * 4


def test_a_path_that_the_system_does_not_know_is_no_folder(tmp_path):
    lost = tmp_path / ("x" * 300)
    assert not is_spreadsheet(lost)
    assert folder_now(str(lost), []) == str(lost)


def test_qt_stores_nowhere_which_folders_were_looked_at(qtbot, asked, tmp_path):
    """Every Qt program of the person would read them, and a folder may be called after somebody."""
    looked_at = tmp_path / "Hộ Kjqwxz"
    looked_at.mkdir()
    dialog, _line, _answers = asked("a.pdf")
    dialog.setDirectory(str(looked_at))
    dialog.reject()
    qtbot.waitUntil(lambda: not isValid(dialog))
    stored = Path(QSettings(QSettings.Scope.UserScope, "QtProject").fileName())
    assert not stored.exists()


def test_nor_which_folder_a_paper_was_printed_into(qtbot, tmp_path):
    """The print dialog asks for its file by a dialog of Qt's own."""
    owner, scope = QWidget(), QSettings.Scope.UserScope
    qtbot.addWidget(owner)
    QSettings.setPath(QSettings.Format.NativeFormat, scope, str(tmp_path))
    ask_printer(owner, "Báo cáo", print).reject()
    assert tmp_path not in Path(QSettings(scope, "QtProject").fileName()).parents


@pytest.mark.parametrize("name", ["listView", "treeView"])
def test_nothing_is_deleted_moved_or_renamed_where_a_name_is_asked_for(
    asked, qtbot, tmp_path, name
):
    (tmp_path / "desk").mkdir()
    dialog, _line, _answers = asked("a.pdf")
    dialogs = [dialog, ask_folder(dialog.parentWidget(), "", tmp_path, print)]
    for one in dialogs:
        one.setViewMode(
            QFileDialog.ViewMode.List if name == "listView" else QFileDialog.ViewMode.Detail
        )
        view = one.findChild(QAbstractItemView, name)
        model = view.model()
        root = view.rootIndex
        qtbot.waitUntil(lambda root=root, model=model: model.rowCount(root()) == 1)
        view.setCurrentIndex(model.index(0, 0, root()))
        view.setFocus()
        deleting = [s for s in one.findChildren(QShortcut) if s.key() == QKeySequence("Del")]
        assert [shortcut.isEnabled() for shortcut in deleting] == [False, False]
        QTest.keyClick(view, Qt.Key.Key_Delete)
        assert one.findChildren(QMessageBox) == []
        assert not one.findChild(QAction, "qt_delete_action").isVisible()
        QTest.keyClick(view, Qt.Key.Key_F2)
        assert not one.findChild(QAction, "qt_rename_action").isVisible()
        assert view.findChildren(QLineEdit) == []
        assert (view.dragEnabled(), view.acceptDrops()) == (False, False)
        one.reject()
    assert (tmp_path / "desk").is_dir()


def test_a_new_folder_is_named_as_it_is_made(asked, qtbot, tmp_path):
    dialog, _line, _answers = asked("a.pdf")
    dialog.findChild(QToolButton, "newFolderButton").click()
    view = dialog.findChild(QAbstractItemView, "listView")
    if not view.isVisible():
        view = dialog.findChild(QAbstractItemView, "treeView")
    qtbot.waitUntil(lambda: bool(view.findChildren(QLineEdit)))
    assert len(list(tmp_path.iterdir())) == 1
    dialog.reject()


def test_nothing_is_deleted_where_the_print_dialog_asks_for_its_file(qtbot):
    owner, seen = QWidget(), []
    qtbot.addWidget(owner)
    dialog = ask_printer(owner, "Báo cáo", print)

    def look():
        [asking] = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)]
        deleting = [s for s in asking.findChildren(QShortcut) if s.key() == QKeySequence("Del")]
        seen.extend(shortcut.isEnabled() for shortcut in deleting)
        asking.reject()

    QTimer.singleShot(0, look)
    dialog.findChild(QToolButton, "fileBrowser").click()
    assert seen == [False, False]
    dialog.reject()
