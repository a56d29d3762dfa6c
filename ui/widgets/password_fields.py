"""Line edits for passwords: one alone, and the pair for a new password with its "show" checkbox."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.base.text import without_pasted_signs
from borderdesk.keys.wrap_set import is_weak, require_password
from ui.widgets.editors.text_line import FilelessLine


def without_input_method(line: QLineEdit) -> None:
    """Disable input methods for a line edit: one would compose Â from AA."""
    line.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)


class PasswordLine(FilelessLine):
    """A line edit that masks its text as dots, and takes no sign that nobody could type again."""

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.show_typed(False)
        self.textEdited.connect(self._drop_pasted_signs)

    def _drop_pasted_signs(self, text: str) -> None:
        """A cell or a line that is copied brings its line end, which dots do not show."""
        if without_pasted_signs(text) != text:
            self.setText(without_pasted_signs(text))

    def show_typed(self, on: bool) -> None:
        """Show the text in clear, or masked as dots. Qt composes nothing in masked text, so nothing
        may be composed in shown text: the same keys have to give the same password."""
        mode = QLineEdit.EchoMode
        self.setEchoMode(mode.Normal if on else mode.Password)
        without_input_method(self)


class NewPasswordFields:
    """Two line edits for a new password and the checkbox that unmasks both; the caller adds them to
    a layout."""

    def __init__(self) -> None:
        self.first, self.again, self.shown = PasswordLine(), PasswordLine(), QCheckBox()
        self.shown.toggled.connect(self.first.show_typed)
        self.shown.toggled.connect(self.again.show_typed)
        self.translate()

    def translate(self) -> None:
        """Set labels, tooltips and placeholder in the current language."""
        self.first.setAccessibleName(_("New password"))
        self.again.setAccessibleName(_("The new password again"))
        self.shown.setText(_("Show what is typed"))
        hint = _("Three or four words, easy to keep in mind and hard to guess")
        self.first.setToolTip(hint)
        self.first.setPlaceholderText(_("Three or four words"))

    def password(self) -> str:
        """The password entered. Raises UserError if the two lines differ or it breaks the rules of
        accounts."""
        if self.first.text() != self.again.text():
            raise UserError(_("The two passwords differ. Type them again."))
        return require_password(self.first.text())

    def is_weak(self) -> bool:
        """Whether the password in the first line is easy to guess."""
        return is_weak(self.first.text())

    def clear(self) -> None:
        """Empty both lines and mask them again."""
        self.first.clear()
        self.again.clear()
        self.shown.setChecked(False)
