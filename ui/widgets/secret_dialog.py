"""Modal dialog that asks for a password or the recovery code of a file."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel
from ui.widgets.password_fields import PasswordLine


class SecretDialog(QDialog):
    """Asks for one password or code and passes it to a callback."""

    def __init__(self, owner: QWidget, words: str, then: Callable[[str], object]) -> None:
        super().__init__(owner)
        self._then = then
        self.setWindowTitle("BorderDesk")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        label = PlainLabel(words)
        label.setWordWrap(True)
        self.secret = PasswordLine(words)
        label.setBuddy(self.secret)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        for part in (label, self.secret, buttons):
            column.addWidget(part)

    def accept(self) -> None:
        """Close, and pass the text to the callback; an empty text keeps the dialog open."""
        secret = self.secret.text()
        if secret:
            self.secret.clear()
            super().accept()
            self._then(secret)


def ask_backup_password(owner: QWidget, file: str, then: Callable[[str], object]) -> SecretDialog:
    """Ask for the password or recovery code of a backup; returns the opened dialog."""
    words = _("Password of {file}, or the eight groups of its recovery sheet").format(file=file)
    dialog = SecretDialog(owner, words, then)
    dialog.open()
    return dialog
