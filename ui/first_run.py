"""The dialog of the first start: what this desk is and who sits before it."""

from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
)

from borderdesk.desk import ROLES, WORDS, Desk
from borderdesk.errors import UserError
from borderdesk.i18n import _, language, set_language
from borderdesk.opening import PROVINCE
from borderdesk.paths import database_file
from borderdesk.reference.load import read, shipped
from borderdesk.text import sort_key
from ui.main_window import LANGUAGE
from ui.style import named
from ui.translator import LANGUAGE_NAMES

PRACTICE = "practice"
"""Behind the name of the folder a practice desk lies beside."""


class FirstRun(QDialog):
    """Asks language, role, unit and name, and makes the desk in `folder`; for practice, beside it.

    `folder` is afterwards where the desk is.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.setWindowTitle("BorderDesk")
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
        self.intro = QLabel()
        self.intro.setWordWrap(True)
        self.language = QComboBox()
        for code, name in LANGUAGE_NAMES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.role, self.unit, self.user = QComboBox(), QComboBox(), QLineEdit()
        self.unit.setMaxVisibleItems(15)
        self.problem = named(QLabel(), "problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.practise = self.buttons.addButton("", QDialogButtonBox.ButtonRole.ResetRole)
        self.practise.setAutoDefault(False)
        self.practise.clicked.connect(self._practise)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._labels: dict[QComboBox | QLineEdit, QLabel] = {}
        self._lay_out()
        self._speak()
        self.role.currentIndexChanged.connect(lambda _index: self._offer_units())
        self.language.activated.connect(self._language_chosen)
        self.user.setFocus()

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setSpacing(12)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.addRow(self.intro)
        for field in (self.language, self.role, self.unit, self.user):
            self._labels[field] = QLabel()
            self._labels[field].setBuddy(field)
            form.addRow(self._labels[field], field)
        form.addRow(self.problem)
        form.addRow(self.buttons)

    def _language_chosen(self, index: int) -> None:
        set_language(self.language.itemData(index))
        self._speak()

    def _speak(self) -> None:
        """Write everything in the language in use; what was chosen stays."""
        self.intro.setText(_("There is no desk in {folder} yet. Four questions make one:").format(
            folder=self.folder))  # fmt: skip
        words: dict[QComboBox | QLineEdit, str] = {
            self.language: _("Language"), self.role: _("This desk is of a"),
            self.unit: _("Post, district or province"), self.user: _("Your name"),
        }  # fmt: skip
        for field, text in words.items():
            self._labels[field].setText(text)
            field.setAccessibleName(text)
        role = self.role.currentData() or ROLES[0]
        self.role.clear()
        for code in ROLES:
            self.role.addItem(_(WORDS[code]), code)
        self.role.setCurrentIndex(self.role.findData(role))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(_("Make the desk"))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        self.practise.setText(_("Practise first"))
        self.practise.setToolTip(
            _("Keep practice apart: it opens a desk of its own, and this one can still be made.")
        )
        self._offer_units()

    def _offer_units(self) -> None:
        kept = self.unit.currentData()
        self.unit.clear()
        for name, unit in _units(self.role.currentData()):
            self.unit.addItem(name, unit)
        self.unit.setCurrentIndex(max(self.unit.findData(kept), 0))

    def accept(self) -> None:
        """Make the desk; what is wrong is said above the buttons."""
        self._make(self.folder, self.user.text(), practice=False)

    def _practise(self) -> None:
        """Open the practice desk, made at the first time; it lies beside the true one."""
        folder = self.folder.with_name(f"{self.folder.name}-{PRACTICE}")
        if database_file(folder).exists():
            self.folder = folder
            super().accept()
        else:
            self._make(folder, self.user.text() or _("Trainee"), practice=True)

    def _make(self, folder: Path, user: str, *, practice: bool) -> None:
        role, unit = self.role.currentData(), self.unit.currentData()
        try:
            with Desk.create(folder, role, unit, user, practice=practice) as desk:
                desk.preferences.prefer(LANGUAGE, language())
        except UserError as error:
            self.problem.setText(f"✗ {error}")
            self.problem.show()
            self.user.setFocus()
            return
        self.folder = folder
        super().accept()


def _units(role: str) -> list[tuple[str, str]]:
    """What a desk of the role may be: (name, what `Desk.create` takes), in Vietnamese order."""
    if role == "post":
        found = [(row["name"], row["code"]) for row in read(shipped("posts")).rows]
    else:
        kind = "district" if role == "liaison" else "province"
        rows = read(shipped("units")).rows
        found = [(r["name"], r["id"]) for r in rows if r["kind"] == kind]
    if role == "province":
        found = [(name, unit) for name, unit in found if unit == PROVINCE]
    return sorted(found, key=lambda named: sort_key(named[0]))
