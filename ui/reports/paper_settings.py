"""What the papers of a new desk need once, before its first closing: addressees, symbol, signer."""

from collections.abc import Mapping

from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.text_line import TextLine


class PaperSettings(QWidget):
    """A line for each setting that papers lack; hidden where they lack nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, QLineEdit] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.hint = named(PlainLabel(_("Asked once for the papers of this desk:")), "notice")
        self.hint.setWordWrap(True)
        self._form.addRow(self.hint)
        self.hide()

    def ask_for(self, unset: Mapping[str, str]) -> None:
        """Show a line for each of these settings, {key: label}; what was typed stays."""
        for key, line in list(self.lines.items()):
            if key not in unset:
                self._form.removeRow(line)
                del self.lines[key]
        for key, words in unset.items():
            if key not in self.lines:
                line = self.lines[key] = TextLine()
                line.setAccessibleName(words)
                label = PlainLabel(words)
                label.setBuddy(line)
                self._form.addRow(label, line)
        self.setVisible(bool(self.lines))

    def typed(self) -> dict[str, str]:
        """{key: value} of what was typed."""
        return {key: text for key, line in self.lines.items() if (text := line.text().strip())}
