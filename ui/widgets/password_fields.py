"""Fields for a new password: typed twice, unseen unless a person wants to see it."""

from PySide6.QtWidgets import QCheckBox, QLineEdit

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.keys.wrap_set import is_weak, require_password


class PasswordLine(QLineEdit):
    """A line for a password: shown as dots, and never offered again."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(words)

    def show_typed(self, on: bool) -> None:
        """Show what is typed, or dots."""
        mode = QLineEdit.EchoMode
        self.setEchoMode(mode.Normal if on else mode.Password)


class NewPasswordFields:
    """The two lines for a new password, and the tick that shows them; whoever uses them lays them
    out."""

    def __init__(self) -> None:
        self.first, self.again, self.shown = PasswordLine(), PasswordLine(), QCheckBox()
        self.shown.toggled.connect(self.first.show_typed)
        self.shown.toggled.connect(self.again.show_typed)
        self.translate()

    def translate(self) -> None:
        """Write the words in the language in use."""
        self.first.setAccessibleName(_("New password"))
        self.again.setAccessibleName(_("The new password again"))
        self.shown.setText(_("Show what is typed"))
        hint = _("Three or four words, easy to keep in mind and hard to guess")
        self.first.setToolTip(hint)
        self.first.setPlaceholderText(_("Three or four words"))

    def password(self) -> str:
        """The password. Raises UserError where the two differ, or nothing was typed."""
        if self.first.text() != self.again.text():
            raise UserError(_("The two passwords differ. Type them again."))
        return require_password(self.first.text())

    def is_weak(self) -> bool:
        """Whether what was typed is soon guessed."""
        return is_weak(self.first.text())

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.clear()
        self.again.clear()
        self.shown.setChecked(False)
