"""Asking for files and folders to read, without holding up the window."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from borderdesk.base.i18n import _

PACKAGES = "*.bdx *.bdx.age"


def ask_files(
    owner: QWidget, title: str, patterns: str, then: Callable[[Sequence[Path]], object]
) -> QFileDialog:
    """Ask for files whose names match one of the patterns, and go on with them."""
    dialog = _dialog(owner, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([f"{title} ({patterns})", f"{_('All files')} (*)"])
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()
    return dialog


def ask_folder(
    owner: QWidget, title: str, start: Path, then: Callable[[Path], object]
) -> QFileDialog:
    """Ask for a folder, beginning at `start`, and go on with it."""
    dialog = _dialog(owner, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setDirectory(str(start))
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()
    return dialog


def _dialog(owner: QWidget, title: str) -> QFileDialog:
    dialog = QFileDialog(owner, title, str(Path.home()))
    # The system's own would speak the system's language.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
