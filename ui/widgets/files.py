"""Asking for the file to save into, without holding up the window."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from borderdesk.base.i18n import N_, _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

KINDS = {
    ".pdf": N_("PDF files (*.pdf)"),
    ".xlsx": N_("Workbooks (*.xlsx)"),
    ".csv": N_("CSV files (*.csv)"),
    ".bdcard": N_("Cards (*.bdcard)"),
    ".bdsetup": N_("Set-up files (*.bdsetup)"),
    ".json": N_("JSON files (*.json)"),
    ".jpg": N_("Pictures (*.jpg)"),
    ".png": N_("Pictures (*.png)"),
}


def ask_where(
    owner: QWidget, name: str, suffix: str, then: Callable[[Path], None]
) -> "QFileDialog":
    """Ask where to save a file of this kind, and go on with the answer."""
    from PySide6.QtWidgets import QFileDialog

    dialog = QFileDialog(owner, _("Save As"), str(Path.home() / name), _(KINDS[suffix]))
    # The system's own would speak the system's language.
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix[1:])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()
    return dialog
