"""Mật khẩu: encryption of the desk, change of password, recovery sheet, idle lock."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QFormLayout, QPushButton, QSizePolicy

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_date
from borderdesk.base.i18n import _, language
from borderdesk.desk import Desk
from borderdesk.reports.handouts.recovery_paper import write_recovery_sheet
from borderdesk.session.desk_ring import DeskRing
from borderdesk.session.preferences import LOCK_MINUTES, LOCK_MINUTES_FIRST
from ui.base.plain_text import PlainLabel
from ui.base.reopening import REOPENING
from ui.base.rights import permit
from ui.base.style import named
from ui.base.tasks import Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.choosers.file_choosers import ask_where
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import foot, scrolled_form
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.password_fields import NewPasswordFields, PasswordLine

LOCK_CHOICES = (2, 5, 10, 15, 30, 60, 0)
"""Minutes until the window locks; 0 for never."""


class PasswordPanel(DeskPanel):
    """On an unencrypted desk: a new password, which encrypts it. On an encrypted one: change of
    password and key, recovery sheet, minutes until the window locks."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.state = named(PlainLabel(), "figure")
        self.more = named(PlainLabel(), "muted")
        for words in (self.state, self.more):
            words.setWordWrap(True)
        self.known, self.new = PasswordLine(_("Password")), NewPasswordFields()
        self.encrypt = _button(_("Encrypt the desk"), self.encrypt_desk)
        self.change = _button(_("Change the password"), self.change_password)
        self.sheet = _button(_("Make the recovery sheet…"), self.choose_sheet)
        self.new_key = _button(_("Change the key of the desk…"), self.ask_new_key)
        self.new_key.setToolTip(
            _("After somebody left: what is written from then on opens with no key copied before")
        )
        for managed in (self.encrypt, self.sheet, self.new_key):
            permit(managed, "account.manage")
        self.minutes = Chooser()
        self.minutes.setAccessibleName(_("Lock the window after minutes"))
        for minutes in LOCK_CHOICES:
            self.minutes.addItem(str(minutes) if minutes else _("never"), minutes)
        saved = int(desk.preferences.preferred(LOCK_MINUTES, LOCK_MINUTES_FIRST))
        self.minutes.setCurrentIndex(self.minutes.findData(saved))
        self.minutes.activated.connect(lambda _index: self._keep_minutes())
        form = scrolled_form(self)
        form.addRow(self.state)
        form.addRow(self.more)
        if desk.store.key is None:
            self._lay_out_new(form)
        else:
            form.addRow(_("Password"), self.known)
            self._lay_out_new(form)
            form.addRow(_("Lock the window after minutes"), self.minutes)
        level_labels(form)
        foot(self).addLayout(self._buttons())
        foot(self).addStretch(1)
        self.refresh()

    def _buttons(self) -> FlowLayout:
        row = FlowLayout()
        new = self._desk.store.key is None
        for push in (self.encrypt,) if new else (self.change, self.sheet, self.new_key):
            row.add(push)
        return row

    def _lay_out_new(self, form: QFormLayout) -> None:
        form.addRow(_("New password"), self.new.first)
        form.addRow(_("The new password again"), self.new.again)
        form.addRow("", self.new.shown)

    def refresh(self) -> None:
        """Show whether the desk is encrypted and has a recovery sheet."""
        if self._desk.store.key is None:
            self.state.setText(_("This desk has no password"))
            self.more.setText(
                _(
                    "Whoever opens its folder, or finds a stick with a backup, reads it. With a"
                    " password everything is encrypted where it stands: it is backed up and proven"
                    " first, and the window opens again when it is done."
                )
            )
            return
        self.state.setText(_("This desk is encrypted"))
        made_on = self._desk.part(DeskRing).recovery_made()
        self.more.setText(
            _("There is no recovery sheet: a lost password could not be replaced. Make one now.")
            if made_on is None
            else _("The recovery sheet was made on {day}.").format(
                day=format_date(date.fromisoformat(made_on))
            )
        )

    def encrypt_desk(self) -> None:
        """Close the window, encrypt the desk, and open it again."""
        try:
            self._desk.require("account.manage")
            password = self.new.password()
        except UserError as error:
            self.bar.warn(error)
            return
        self.new.clear()
        REOPENING.ask(self._desk.account, password)
        self.window().close()

    def ask_new_key(self) -> None:
        """Ask whether to change the key, which closes the window."""
        self.bar.ask(
            _(
                "Change the key of the desk? The window closes, everything is rewritten under"
                " another key, and it opens again. Passwords and the recovery sheet stay."
            ),
            (_("Change the key"), self.change_key),
            (_("Leave it"), self.bar.clear),
        )

    def change_key(self) -> None:
        """Close the window, change the key, and open the desk again."""
        try:
            self._desk.require("account.manage")
        except UserError as error:
            self.bar.warn(error)
            return
        REOPENING.ask(self._desk.account, None)
        self.window().close()

    def change_password(self) -> None:
        """Replace the account's password."""
        desk, current_password = self._desk, self.known.text()
        try:
            new = self.new.password()
        except UserError as error:
            self.bar.warn(error)
            return

        def work() -> None:
            desk.part(DeskRing).require_password(desk.account.name, current_password)
            desk.accounts.change_password(desk.account.name, new)

        self.write(work, lambda _none: self._changed())

    def _changed(self) -> None:
        self.known.clear()
        self.new.clear()
        name = self._desk.account.name
        self.bar.notify(_("The password of {name} is changed.").format(name=name))

    def choose_sheet(self) -> None:
        """Ask where to save the recovery sheet."""
        ask_where(self, f"{_('Recovery sheet')}.pdf", ".pdf", self.make_sheet)

    def make_sheet(self, file: Path) -> None:
        """Write a new recovery sheet, which invalidates the previous one."""
        desk, lang = self._desk, language()
        words = _(
            "The recovery sheet is in {file}. Print it, lock it away, then delete the file."
        ).format(file=file)

        def done(_none: None) -> None:
            self.refresh()
            self.bar.notify(words)

        self.write(lambda: write_recovery_sheet(desk, file, lang), done)

    def _keep_minutes(self) -> None:
        desk, minutes = self._desk, self.minutes.currentData()
        self.write(lambda: desk.preferences.prefer(LOCK_MINUTES, minutes), lambda _none: None)


def _button(words: str, act: Callable[[], None]) -> QPushButton:
    push = QPushButton(words)
    push.setAccessibleName(words)
    push.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    push.clicked.connect(lambda _checked=False: act())
    return push
