"""File dialogs, opened without blocking, for files and folders to read or to save into."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QChildEvent, QEvent, QObject, QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QLineEdit, QWidget

from borderdesk.base.i18n import _
from borderdesk.base.paths import is_folder_there
from borderdesk.base.portable_names import portable_name
from ui.widgets.choosers.file_kinds import SAVED_KINDS

T = TypeVar("T")
READ, SAVED = "folder read from", "folder saved into"
"""Dynamic properties of the main window that hold the folder last read from and last saved into."""


class SaveDialog(QFileDialog):
    """Save dialog that appends the default suffix also after a dot in the name (“Tháng 12.2023”);
    Qt then asks before it overwrites a file."""

    def accept(self) -> None:
        """Complete the name with the suffix, then accept."""
        line = self.findChild(QLineEdit)
        if line is not None and self._lacks_ending(line.text().strip()):
            line.setText(f"{line.text().strip().rstrip('.')}.{self.defaultSuffix()}")
        super().accept()

    def _lacks_ending(self, name: str) -> bool:
        is_folder = is_folder_there(Path(self.directory().absolutePath(), name))
        return not is_folder and Path(name).suffix.lower() not in SAVED_KINDS


def ask_files(
    owner: QWidget, title: str, patterns: str, then: Callable[[Sequence[Path]], object]
) -> QFileDialog:
    """Open a dialog for several files that match `patterns`, starting in the folder last read from;
    `then` receives their paths."""
    dialog = _dialog(owner, title, _last_folder(owner, READ))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([f"{title} ({patterns})", f"{_('All files')} (*)"])
    dialog.filesSelected.connect(lambda names: _keep_folder(owner, READ, Path(names[0]).parent))
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()
    return dialog


def ask_folder(
    owner: QWidget,
    title: str,
    start: Path | None,
    then: Callable[[Path], object],
    use: str = READ,
) -> QFileDialog:
    """Open a dialog for a folder; `then` receives its path.

    start: the folder to begin at; None: the one last chosen for `use` (READ or SAVED), which is
    then updated.
    """
    dialog = _dialog(owner, title, start or _last_folder(owner, use))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    if start is None:
        dialog.fileSelected.connect(lambda name: _keep_folder(owner, use, Path(name)))
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()
    return dialog


def ask_where(owner: QWidget, name: str, suffix: str, then: Callable[[Path], None]) -> QFileDialog:
    """Open a save dialog for a file of one suffix; `then` receives the path."""
    kinds = {_(SAVED_KINDS[suffix]): None}
    return ask_where_as(owner, name, suffix, kinds, lambda path, _kind: then(path))


def ask_where_as(
    owner: QWidget,
    name: str,
    suffix: str,
    kinds: Mapping[str, T],
    then: Callable[[Path, T], None],
) -> QFileDialog:
    """Open a save dialog with several formats; `then` receives the path and the value of the
    format.

    kinds: {name filter as shown to people: value passed to `then`}.
    """
    proposed = portable_name(name.removesuffix(suffix)) + suffix
    keep_no_folders()
    dialog = SaveDialog(owner, _("Save As"), str(_last_folder(owner, SAVED) / proposed))
    dialog.setNameFilters(list(kinds))
    # The native dialog would be in the language of the system.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    _change_no_files(dialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.destroyed.connect(_forget_folders)
    dialog.fileSelected.connect(lambda path: _keep_folder(owner, SAVED, Path(path).parent))
    dialog.fileSelected.connect(lambda path: then(Path(path), kinds[dialog.selectedNameFilter()]))
    dialog.open()
    return dialog


def _main_window(owner: QWidget) -> QWidget:
    window = owner.window()
    while (parent := window.parentWidget()) is not None:
        window = parent.window()
    return window


def _last_folder(owner: QWidget, use: str) -> Path:
    """The folder last chosen; the home folder if that is gone (unplugged stick)."""
    last = Path(_main_window(owner).property(use) or Path.home())
    return last if is_folder_there(last) else Path.home()


def _keep_folder(owner: QWidget, use: str, folder: Path) -> None:
    _main_window(owner).setProperty(use, str(folder))


def _dialog(owner: QWidget, title: str, start: Path) -> QFileDialog:
    keep_no_folders()
    dialog = QFileDialog(owner, title, str(start))
    # The native dialog would be in the language of the system.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    _change_no_files(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.destroyed.connect(_forget_folders)
    return dialog


def keep_no_folders() -> None:
    """Have Qt store nowhere what its file dialogs showed, for all Qt programs of this person: the
    names of folders may be those of persons. Before the first dialog is made, of those too that the
    print dialog opens for its file."""
    scope = QSettings.Scope.UserScope
    QSettings.setPath(QSettings.Format.NativeFormat, scope, os.devnull)


def _forget_folders() -> None:
    """On Windows, where Qt stores them in the registry whatever the path is, remove them."""
    if sys.platform == "win32":
        stored = QSettings(QSettings.Scope.UserScope, "QtProject")
        for key in ("history", "lastVisited"):
            stored.remove(f"FileDialog/{key}")


class FileDialogGuard(QObject):
    """Has files left alone in the file dialogs that a widget of Qt opens by itself, as the print
    dialog does on Linux."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Change a file dialog before it is shown."""
        if event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QFileDialog):
                _change_no_files(child)
        return False


def guard_file_dialogs(dialog: QWidget) -> None:
    """Have files left alone in the file dialogs that parts of a dialog open."""
    guard = FileDialogGuard(dialog)
    for part in dialog.findChildren(QWidget):
        if part.metaObject().className() == "QUnixPrintWidget":
            part.installEventFilter(guard)


def _change_no_files(dialog: QFileDialog) -> None:
    """Qt's own dialog deletes what is marked, folders with all they hold: the Delete key at a list
    was one question away from a whole desk. A drag moves a file into the folder it ends on, and F2
    or a second click gives it another name, without a question. A new folder is still named."""
    for shortcut in dialog.findChildren(QShortcut):
        if shortcut.key() == QKeySequence(Qt.Key.Key_Delete):
            shortcut.setEnabled(False)
    for action in dialog.findChildren(QAction):
        if action.objectName() in ("qt_delete_action", "qt_rename_action"):
            action.setVisible(False)
    for name in ("listView", "treeView"):
        view = dialog.findChild(QAbstractItemView, name)
        if view is not None:
            view.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
            view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
