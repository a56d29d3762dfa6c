"""First-run dialog: creates a desk or restores one from a backup."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
)

from borderdesk.base.errors import UserError, reason
from borderdesk.base.held_files import move
from borderdesk.base.i18n import _, language, set_language
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import database_file, new_folder, practice_folder
from borderdesk.base.text import sort_key
from borderdesk.desk import Desk
from borderdesk.schema.reference.files import read_file, shipped_file
from borderdesk.schema.reference.post import PostTable
from borderdesk.schema.reference.unit import UnitTable
from borderdesk.session.identity import ROLE_NAMES, ROLES
from borderdesk.session.opening import PROVINCE
from borderdesk.session.preferences import LANGUAGE
from ui.base.child_process import ChildProcess
from ui.base.neighbours import screen_of
from ui.base.plain_text import PlainLabel, plain_tip
from ui.base.style import dress, named
from ui.shell.fitted_dialog import FittedDialog
from ui.shell.login import OpenedRing
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_files
from ui.widgets.choosers.file_drop import dropped_paths
from ui.widgets.choosers.language_chooser import language_chooser
from ui.widgets.editors.text_line import TextLine
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.password_fields import NewPasswordFields
from ui.widgets.secret_dialog import ask_backup_password

if TYPE_CHECKING:
    from borderdesk.exchange.desks import setup_file, setup_units, setups
    from borderdesk.session import file_keys
else:
    # Needed only with a set-up file or a backup.
    file_keys = lazy_module("borderdesk.session.file_keys")
    setup_units = lazy_module("borderdesk.exchange.desks.setup_units")
    setup_file = lazy_module("borderdesk.exchange.desks.setup_file")
    setups = lazy_module("borderdesk.exchange.desks.setups")

BACKUP = ".db"
"""Suffix of backup files."""
LEAST_LETTERS = 72
"""Minimum width of the dialog in characters."""


class FirstRunDialog(FittedDialog):
    """Asks for language, role, unit and name and creates the desk in `folder`, a practice desk
    beside it.

    A province's set-up file can be chosen or dropped: its posts are offered, and it is applied to
    the new desk. A backup can be chosen or dropped: the desk is restored from it. Afterwards
    `folder` is the desk's folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        dress(self)
        self.folder = folder
        self.setWindowTitle("BorderDesk")
        self.heading = named(PlainLabel("BorderDesk"), "title")
        self.intro, self.apart = named(PlainLabel(), "muted"), named(PlainLabel(), "muted")
        self.intro.setWordWrap(True)
        self.apart.setWordWrap(True)
        self.language = language_chooser()
        self.role, self.unit, self.user = Chooser(), Chooser(), TextLine()
        self.password, self.open_desk = NewPasswordFields(), QCheckBox()
        self.open_desk.toggled.connect(self._leave_open)
        self.opened: OpenedRing | None = None
        self.unit.setMaxVisibleItems(15)
        self.setup: setup_file.SetupFile | None = None
        self.offered: setup_units.SetupUnits | None = None
        self.take_setup = QPushButton()
        self.take_setup.setAutoDefault(False)
        self.take_setup.clicked.connect(self._choose_setup)
        self.take_backup = QPushButton()
        self.take_backup.setAutoDefault(False)
        self.take_backup.clicked.connect(self._choose_backup)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.restoring: ChildProcess | None = None
        self._aside: Path | None = None
        self.outcome = PlainLabel()
        self.outcome.setWordWrap(True)
        self.fingerprint = TextLine()
        self.setAcceptDrops(True)
        self.problem = named(PlainLabel(), "problem")
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
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("main", True)
        self._labels: dict[Chooser | QLineEdit, QLabel] = {}
        self._lay_out()
        self._translate()
        self.role.currentIndexChanged.connect(lambda _index: self._offer_units())
        self.language.activated.connect(self._language_chosen)
        self.user.setFocus()

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(24, 16, 24, 16)
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(24)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.heading)
        form.addRow(self.intro)
        for field in (self.language, self.role, self.unit, self.user):
            self._labels[field] = PlainLabel()
            self._labels[field].setBuddy(field)
            form.addRow(self._labels[field], field)
            self._labels[field].setMinimumHeight(field.sizeHint().height())
        # Side by side, so that the dialog fits a small screen at 200 % text.
        twice = QHBoxLayout()
        twice.setSpacing(8)
        twice.addWidget(self.password.first)
        twice.addWidget(self.password.again)
        label = self._labels[self.password.first] = PlainLabel()
        label.setBuddy(self.password.first)
        form.addRow(label, twice)
        form.addRow("", self.open_desk)
        files = FlowLayout()
        files.add(self.take_setup)
        files.add(self.take_backup)
        form.addRow(files)
        form.addRow(self.progress)
        form.addRow(self.outcome)
        self._labels[self.fingerprint] = PlainLabel()
        self._labels[self.fingerprint].setBuddy(self.fingerprint)
        form.addRow(self._labels[self.fingerprint], self.fingerprint)
        for row in (self.outcome, self.fingerprint, self.progress):
            form.setRowVisible(row, False)
        form.addRow(self.problem)
        form.addRow(self.apart)
        form.addRow(self.buttons)

    def _language_chosen(self, index: int) -> None:
        set_language(self.language.itemData(index))
        self._translate()
        self.fit_height()

    def _translate(self) -> None:
        """Set all texts in the current language; selections are kept."""
        self.intro.setText(_("Four questions, and the work can begin."))
        self.user.setPlaceholderText(_("Rank and full name"))
        self.password.translate()
        self.password.first.setPlaceholderText("")
        self.password.again.setPlaceholderText(_("Again"))
        self.open_desk.setText(_("No password: whoever has the folder reads it"))
        words: dict[Chooser | QLineEdit, str] = {
            self.language: _("Language"),
            self.role: _("This desk is of a"),
            self.unit: _("Post, district or province"),
            self.user: _("Your name"),
            self.password.first: _("Your password"),
            self.fingerprint: _("Fingerprint, as the province reads it out"),
        }
        for field, text in words.items():
            self._labels[field].setText(text)
            field.setAccessibleName(text)
        role = self.role.currentData() or ROLES[0]
        self.role.clear()
        for code in ROLES:
            name = _(ROLE_NAMES[code])
            self.role.addItem(name[:1].upper() + name[1:], code)
        self.role.setCurrentIndex(self.role.findData(role))
        make = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        make.setText(_("Make the desk"))
        make.setToolTip(plain_tip(str(self.folder)))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        self.take_setup.setText(_("Choose the province's set-up file, or drop it here…"))
        self.take_backup.setText(_("Restore from a backup…"))
        self.take_backup.setToolTip(_("Make the desk again from a backup, or drop one here"))
        self._show_setup()
        self.practise.setText(_("Practise first"))
        apart = _("To practise first opens a desk apart; this one can still be made afterwards.")
        self.apart.setText(apart)
        self.practise.setToolTip(apart)
        self._offer_units()

    def _offer_units(self) -> None:
        selected = self.unit.currentData()
        self.unit.clear()
        for name, unit in _units(self.role.currentData(), self.offered):
            self.unit.addItem(name, unit)
        self.unit.setCurrentIndex(max(self.unit.findData(selected), 0))
        self.fit_height()

    def fit_height(self) -> None:
        """Resize to the names of the units, whose ends tell posts apart, to the words of the check
        box, and to the height of all rows."""
        labels = max(
            label.sizeHint().width() for label in self._labels.values() if not label.isHidden()
        )
        margins = self._form.contentsMargins()
        sides = margins.left() + margins.right() + self._form.horizontalSpacing()
        least = self.fontMetrics().averageCharWidth() * LEAST_LETTERS
        widest = max(field.sizeHint().width() for field in (self.unit, self.open_desk))
        needed = max(least, labels + sides + widest)
        self.setMinimumWidth(min(needed, screen_of(self).availableGeometry().width()))
        super().fit_height()

    # ---------------------------------------------------------------- set-up files

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept local files."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the dropped set-up file, or restore the dropped backup."""
        event.acceptProposedAction()
        paths = dropped_paths(event)
        if paths[0].suffix.lower() == BACKUP:
            self.restore(paths[0])
        else:
            self._read_first(paths)

    def _choose_setup(self) -> None:
        ask_files(self, _("Set-up files"), f"*{setup_file.SUFFIX}", self._read_first)

    def _read_first(self, paths: Sequence[Path]) -> None:
        if paths:
            self.read_setup(paths[0])

    def takes(self, path: Path) -> bool:
        """Whether a file is a set-up file."""
        return path.suffix.lower() == setup_file.SUFFIX

    def read_setup(self, path: Path) -> None:
        """Read a set-up file and offer its posts, with the first without a card selected."""
        try:
            setup = setup_file.read_setup(path)
            self.offered = setup_units.setup_units(setup)
        except UserError as error:
            self._complain(error)
            self.take_setup.setFocus()
            return
        self.setup = setup
        self.problem.hide()
        self._show_setup()
        self.role.setCurrentIndex(self.role.findData("post"))
        self._offer_units()
        taken_units = self.offered.taken
        free = [n for n in range(self.unit.count()) if self.unit.itemData(n) not in taken_units]
        self.unit.setCurrentIndex(free[0] if free else 0)
        self.fingerprint.setFocus()

    def _show_setup(self) -> None:
        for row in (self.outcome, self.fingerprint):
            self._form.setRowVisible(row, self.setup is not None)
        if self.setup is not None:
            words = _(
                "{file}, no. {number}, will be applied. Call the province and have its"
                " fingerprint read out."
            )
            self.outcome.setText(words.format(file=self.setup.file, number=self.setup.number))
        self.fit_height()

    # --------------------------------------------------------------------- backups

    def _choose_backup(self) -> None:
        ask_files(self, _("Backups"), f"*{BACKUP}", lambda paths: self.restore(paths[0]))

    def restore(self, file: Path, password: str | None = None) -> None:
        """Restore the desk from a backup in a child process, with progress; Cancel stops it.

        password: password or recovery code of the backup; None asks for it if the backup needs one.
        """
        if self.restoring is not None:
            return
        if password is None and file_keys.asks_password(file, None):
            ask_backup_password(self, file.name, lambda typed: self.restore(file, typed))
            return
        try:
            self._aside = _put_aside(self.folder)
        except OSError as error:
            words = _("The folder {folder} cannot be written to: {error}")
            self._complain(UserError(words.format(folder=self.folder, error=reason(error))))
            return
        if self._aside is not None:
            if file.is_relative_to(self.folder):
                file = self._aside / file.relative_to(self.folder)
            words = _("What lay in {folder} is now in {aside}.")
            self.outcome.setText(words.format(folder=self.folder, aside=self._aside))
            self._form.setRowVisible(self.outcome, True)
        arguments = ["restore", "--watched", "--into", str(self.folder), "--", str(file)]
        secrets = None if password is None else {"password": password}
        self.restoring = ChildProcess(self, arguments, secrets)
        self.restoring.progress.connect(self._advance)
        self.restoring.ended.connect(self._restoring_over)
        self.restoring.done.connect(lambda _answer: QDialog.accept(self))
        self.restoring.failed.connect(self._not_restored)
        self.problem.hide()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(_("Restoring and checking every record…"))
        self._show_restoring(True)

    def _show_restoring(self, going: bool) -> None:
        self._form.setRowVisible(self.progress, going)
        make = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        questions = (self.language, self.role, self.unit, self.user, self.fingerprint)
        for widget in (*questions, self.take_setup, self.take_backup, self.practise, make):
            widget.setEnabled(not going)
        self.fit_height()

    def _advance(self, done: int, whole: int) -> None:
        self.progress.setRange(0, whole)
        self.progress.setValue(done)

    def _restoring_over(self) -> None:
        self.restoring = None
        self._show_restoring(False)

    def _not_restored(self, error: UserError) -> None:
        if self._aside is not None:
            move(self._aside, self.folder)
            self._aside = None
            self._show_setup()
        self._complain(error)

    def reject(self) -> None:
        """Stop a running restore, else close the dialog."""
        if self.restoring is not None:
            self.restoring.stop()
        else:
            super().reject()

    def _leave_open(self, on: bool) -> None:
        for field in (self.password.first, self.password.again, self.password.shown):
            field.setEnabled(not on)
        self.password.clear()

    def accept(self) -> None:
        """Create the desk; problems are shown above the buttons."""
        self._make(self.folder, self.user.text(), practice=False)

    def _practise(self) -> None:
        """Open the practice desk beside the real one, creating it at first use."""
        folder = practice_folder(self.folder)
        if database_file(folder).exists():
            self.folder = folder
            super().accept()
        else:
            self._make(folder, self.user.text() or _("Trainee"), practice=True)

    def _make(self, folder: Path, user: str, *, practice: bool) -> None:
        role, unit = self.role.currentData(), self.unit.currentData()
        try:
            is_unencrypted = practice or self.open_desk.isChecked()
            password = None if is_unencrypted else self.password.password()
        except UserError as error:
            self._complain(error)
            self.password.first.setFocus()
            return
        try:
            with self._new(folder, role, unit, user, practice, password) as desk:
                desk.preferences.prefer(LANGUAGE, language())
                if desk.store.key is not None:
                    self.opened = OpenedRing(desk.store.key, desk.account.name)
        except UserError as error:
            self._complain(error)
            (self.fingerprint if self.setup and not practice else self.user).setFocus()
            return
        self.folder = folder
        super().accept()

    def _new(
        self, folder: Path, role: str, unit: str, user: str, practice: bool, password: str | None
    ) -> Desk:
        if practice or self.setup is None:
            return Desk.create(folder, role, unit, user, practice=practice, password=password)
        return setups.create_from_setup(
            Desk,
            folder,
            self.setup,
            role,
            unit,
            user,
            vouched=self.fingerprint.text(),
            password=password,
        )

    def _complain(self, error: UserError) -> None:
        self.problem.setText(f"✗ {error}")
        self.problem.show()
        self.fit_height()


def _put_aside(folder: Path) -> Path | None:
    """Move the remains of a lost desk (its backups, say) to a folder beside it; returns that
    folder, None if there was nothing. Raises OSError."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    aside = new_folder(folder.parent, f"{folder.name}-cu")
    move(folder, aside)
    return aside


def _units(role: str, offered: "setup_units.SetupUnits | None") -> list[tuple[str, str]]:
    """The units that a desk of the role may belong to, as (name, argument of `Desk.create`), in
    Vietnamese collation."""
    if role == "post":
        posts = read_file(shipped_file(PostTable)).rows
        units = offered.posts if offered else [(row["name"], row["code"]) for row in posts]
    elif role == "liaison" and offered:
        units = offered.districts
    else:
        kind = "district" if role == "liaison" else "province"
        rows = read_file(shipped_file(UnitTable)).rows
        units = [(r["name"], r["id"]) for r in rows if r["kind"] == kind]
    if role == "province":
        units = [(name, unit) for name, unit in units if unit == PROVINCE]
    return sorted(units, key=lambda unit_pair: sort_key(unit_pair[0]))
