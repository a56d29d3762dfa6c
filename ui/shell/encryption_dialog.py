"""The desk is encrypted while its window is closed: how far that is, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from ui.base.asides import AsideWork
from ui.base.plain_text import PlainLabel

if TYPE_CHECKING:
    from borderdesk.backups import rekeying
else:
    rekeying = lazy_module("borderdesk.backups.rekeying")


class EncryptionDialog(QDialog):
    """Encrypts a desk that nobody has open; it cannot be left before that is done.

    key: the desk's, None where it stays open; words: what a person is to know afterwards.
    """

    moved = Signal(int, int)

    def __init__(self, folder: Path, password: str) -> None:
        super().__init__()
        self.key: bytes | None = None
        self.words = ""
        self._work = AsideWork(self)
        self.setWindowTitle("BorderDesk")
        label = PlainLabel(_("Backing up, proving, encrypting… Leave the computer on."))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(label.text())
        self.progress.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(label)
        column.addWidget(self.progress)
        self.moved.connect(self._advance)
        self._work.begin(
            lambda: rekeying.encrypt_desk(folder, password, self.moved.emit),
            self._done,
            self._failed,
        )

    def _advance(self, done: int, whole: int) -> None:
        self.progress.setRange(0, whole)
        self.progress.setValue(done)

    def _done(self, desk: "rekeying.RekeyedDesk") -> None:
        self.key = desk.key
        told = [
            _("The desk is encrypted. Make the recovery sheet now: Settings, Password."),
            *(
                _("Still as it was, destroy it when there is a new one: {file}").format(file=file)
                for file in desk.elsewhere
            ),
        ]
        self.words = "\n\n".join(told)
        super().accept()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, (UserError, OSError)):
            raise error
        self.words = _("The desk was not encrypted and is as it was. {error}").format(error=error)
        super().accept()

    def reject(self) -> None:
        """Stay: half of it is not possible."""
