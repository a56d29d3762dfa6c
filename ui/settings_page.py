"""Thiết lập: how this window looks and speaks, and everything the desk judges records by."""

from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QSizePolicy, QWidget

from borderdesk.desk import WORDS, Desk
from borderdesk.i18n import N_, _, language
from borderdesk.reference.ledgers import LEDGERS
from ui.ledger_page import REFERENCE, LedgerPage
from ui.style import named
from ui.tasks import Runner
from ui.text_size import SIZES, text_size
from ui.translator import LANGUAGE_NAMES

WINDOW = N_("This window")


class SettingsPage(LedgerPage):
    """The window's own settings under the first tab, then the ledgers."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        names = {"window": _(WINDOW), **{name: _(LEDGERS[name]) for name in REFERENCE}}
        super().__init__(desk, tasks, _("Settings"), names)

    def make(self, key: str) -> QWidget:
        """The panel of a tab."""
        return self._window_panel() if key == "window" else super().make(key)

    def _window_panel(self) -> QWidget:
        panel = QWidget()
        form = QFormLayout(panel)
        form.setContentsMargins(0, 16, 0, 0)
        form.setSpacing(12)
        self.language = QComboBox()
        for code, name in LANGUAGE_NAMES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.language.activated.connect(
            lambda at: self.language_wanted.emit(self.language.itemData(at))
        )
        self.text = QComboBox()
        for percent in SIZES:
            self.text.addItem(f"{percent} %", percent)
        self.text.setCurrentIndex(self.text.findData(text_size()))
        self.text.activated.connect(lambda at: self.size_wanted.emit(self.text.itemData(at)))
        for words, box in ((_("Language"), self.language), (_("Size of the text"), self.text)):
            label = QLabel(words)
            label.setBuddy(box)
            box.setAccessibleName(words)
            box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            form.addRow(label, box)
        form.addRow(QLabel(_("Paper")), QLabel("A4"))
        identity = self._desk.identity
        for words, text in (
            (_("This desk is of a"), f"{_(WORDS[identity.role])}: {self._desk.title()}"),
            (_("Who works here"), identity.user),
            (_("Folder"), str(self._desk.folder.resolve())),
        ):
            value = QLabel(text)
            value.setWordWrap(True)
            form.addRow(QLabel(words), value)
        note = _("Light or dark follows the system. Not for classified information.")
        form.addRow(named(QLabel(note), "muted"))
        return panel
