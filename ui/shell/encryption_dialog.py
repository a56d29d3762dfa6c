"""Progress dialog of encrypting a desk or changing its key, while its window is closed."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout

from borderdesk.base.errors import user_error
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from ui.base.asides import AsideWork
from ui.base.plain_text import PlainLabel
from ui.base.reopening import KeyRequest
from ui.base.style import dress

if TYPE_CHECKING:
    from borderdesk.backups import rekeying
else:
    rekeying = lazy_module("borderdesk.backups.rekeying")


class EncryptionDialog(QDialog):
    """Encrypts a closed desk or changes its key; cannot be cancelled.

    known: the present key, None if not encrypted; key: the key afterwards; words: the message to
    show then.
    """

    moved = Signal(int, int)

    def __init__(self, folder: Path, request: KeyRequest, known_key: bytes | None = None) -> None:
        super().__init__()
        dress(self)
        self.key = self._known = known_key
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
        self._work.begin(lambda: self._rekeyed(folder, request), self._done, self._failed)

    def _rekeyed(self, folder: Path, request: KeyRequest) -> "rekeying.RekeyedDesk":
        if request.password is not None:
            return rekeying.encrypt_desk(folder, request.password, self.moved.emit)
        assert self._known is not None
        return rekeying.change_key(folder, self._known, request.account, self.moved.emit)

    def _advance(self, done: int, whole: int) -> None:
        self.progress.setRange(0, whole)
        self.progress.setValue(done)

    def _done(self, desk: "rekeying.RekeyedDesk") -> None:
        self.key = desk.key
        parts = [
            _("The desk is encrypted. Make the recovery sheet now: Settings, Password.")
            if self._known is None
            else _("The desk has another key. Passwords and the recovery sheet stay as they are."),
            *(
                _("Still as it was, destroy it when there is a new one: {file}").format(file=file)
                for file in desk.elsewhere
            ),
        ]
        self.words = "\n\n".join(parts)
        super().accept()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, rekeying.UnconfirmedKey):
            self.key, self.words = error.key, str(error)
            super().accept()
            return
        words = (
            _("The desk was not encrypted and is as it was. {error}")
            if self._known is None
            else _("The key was not changed and the desk is as it was. {error}")
        )
        self.words = words.format(error=user_error(error))
        super().accept()

    def reject(self) -> None:
        """Ignore: the operation cannot be interrupted."""
