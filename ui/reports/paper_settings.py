"""Settings that papers need once, asked before the first closing: addressees, symbol, signer."""

from collections.abc import Mapping

from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from borderdesk.base.i18n import _
from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.tab_order import go_on_by_enter


class PaperSettings(QWidget):
    """A line per missing setting; hidden if none is missing."""

    def __init__(
        self,
        elsewhere: Mapping[str, QLineEdit],
        beside: Mapping[str, Mapping[str, QLineEdit]],
    ) -> None:
        """elsewhere: {key: line edit of another form} for settings entered there, which get no line
        here but are saved from it; beside: {key: {key: line edits saved along with it}}."""
        super().__init__()
        self._elsewhere = elsewhere
        self._beside = beside
        self._unset: Mapping[str, str] = {}
        self.lines: dict[str, QLineEdit] = {}
        self._before: dict[str, str] = {}
        """Texts to restore once their lines exist, after a rebuild."""
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.hint = named(PlainLabel(_("Asked once for the papers of this desk:")), "notice")
        self.hint.setWordWrap(True)
        self.form.addRow(self.hint)
        self.hide()

    def ask_for(self, unset: Mapping[str, str]) -> None:
        """Show a line per setting of {key: label}; typed texts stay."""
        self._unset = unset
        asked_here = {key: words for key, words in unset.items() if key not in self._elsewhere}
        for key, line in list(self.lines.items()):
            if key not in asked_here:
                self.form.removeRow(line)
                del self.lines[key]
        for key, words in asked_here.items():
            if key not in self.lines:
                line = self.lines[key] = TextLine()
                line.setAccessibleName(words)
                line.setText(self._before.pop(key, ""))
                label = PlainLabel(words)
                label.setBuddy(line)
                self.form.addRow(label, line)
                go_on_by_enter(line)
        level_labels(self.form)
        self.setVisible(bool(self.lines))

    def choices(self) -> dict[str, str]:
        """{key: text} of the lines, for `choose_again`."""
        return {key: line.text() for key, line in self.lines.items() if line.text()}

    def choose_again(self, choices: Mapping[str, str]) -> None:
        """Restore texts once their lines exist."""
        self._before = dict(choices)

    def typed(self) -> dict[str, str]:
        """{key: value} of all typed texts."""
        unset = {key: line for key, line in self._elsewhere.items() if key in self._unset}
        lines = {**self.lines, **unset}
        for key in unset:
            lines.update(self._beside.get(key, {}))
        return {key: text for key, line in lines.items() if (text := line.text().strip())}
