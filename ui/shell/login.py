"""Login dialog of an encrypted desk: password of an account, or recovery code."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QPushButton

from borderdesk.base.errors import UserError
from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.keys.key_ring import KeyRing
from borderdesk.keys.password_tries import TooManyTries
from borderdesk.session.desk_ring import DeskRing
from ui.base.asides import AsideWork
from ui.base.plain_text import PlainLabel
from ui.base.style import dress, named
from ui.base.tasks import BackgroundWork
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.editors.form_labels import level_labels
from ui.widgets.editors.text_line import TextLine
from ui.widgets.password_fields import NewPasswordFields, PasswordLine, without_input_method

SECOND = 1_000


class OpenedRing(NamedTuple):
    """Result of unlocking: the desk's key and the account used."""

    key: bytes
    account: str

    def enter(self, desk: Desk) -> None:
        """Continue under this account; notes the login in the audit log."""
        desk.enter(self.account)


class LoginDialog(QDialog):
    """Asks for account and password, or for the recovery code and a new password; `opened` is set
    on accept.

    locked: the desk of a locked window, which only its current account may unlock; unfinished:
    returns the operations still running in that window, which end before a cancelled dialog closes
    it.
    """

    def __init__(
        self,
        folder: Path,
        title: str = "BorderDesk",
        locked: Desk | None = None,
        unfinished: Callable[[], Sequence[BackgroundWork]] = tuple,
    ) -> None:
        super().__init__()
        dress(self)
        self.opened: OpenedRing | None = None
        self._folder, self._locked = folder, locked
        self._unfinished, self._leaving = unfinished, False
        self._ring = KeyRing(folder)
        self._work = AsideWork(self)
        self._recovering = False
        self.setWindowTitle("BorderDesk")
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)
        self.heading = named(PlainLabel(title), "title")
        self.hint = named(PlainLabel(), "muted")
        self.hint.setWordWrap(True)
        self.account, self.password = Chooser(), PasswordLine(_("Password"))
        for name in self._ring.names() if locked is None else [locked.account.name]:
            self.account.addItem(name, name)
        preset = os.environ.get("BORDERDESK_USER") or ""
        self.account.setCurrentIndex(max(self.account.findData(preset), 0))
        self.account.setAccessibleName(_("Account"))
        self.code, self.new = TextLine(), NewPasswordFields()
        without_input_method(self.code)
        self.code.setAccessibleName(_("Code of the recovery sheet"))
        self.code.setPlaceholderText(_("Eight groups of five signs"))
        self.problem = named(PlainLabel(), "problem")
        self.problem.setWordWrap(True)
        self.lost = QPushButton(_("Lost password…"))
        self.lost.setAutoDefault(False)
        self.lost.clicked.connect(lambda _checked=False: self.recover(not self._recovering))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.addButton(self.lost, QDialogButtonBox.ButtonRole.ResetRole)
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setProperty("main", True)
        self.ok.setText(_("Open the desk"))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(
            _("Cancel") if locked is None else _("Close the program")
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._clock = QTimer(self, interval=SECOND)
        self._clock.timeout.connect(self._count_down)
        self._lay_out()
        self.recover(False)

    def _lay_out(self) -> None:
        self._form = form = QFormLayout(self)
        form.setContentsMargins(24, 24, 24, 16)
        form.setVerticalSpacing(16)
        form.setHorizontalSpacing(24)
        form.addRow(self.heading)
        form.addRow(self.hint)
        form.addRow(_("Account"), self.account)
        form.addRow(_("Password"), self.password)
        form.addRow(_("Code of the recovery sheet"), self.code)
        form.addRow(_("New password"), self.new.first)
        form.addRow(_("The new password again"), self.new.again)
        form.addRow("", self.new.shown)
        form.addRow(self.problem)
        form.addRow(self.buttons)
        level_labels(form)

    def recover(self, on: bool) -> None:
        """Switch to recovery code and new password, or back to the password."""
        self._recovering = on
        for row in (self.code, self.new.first, self.new.again, self.new.shown):
            self._form.setRowVisible(row, on)
        self._form.setRowVisible(self.password, not on)
        self._form.setRowVisible(self.account, self.account.count() > 1)
        self.hint.setText(self._hint())
        self._form.setRowVisible(self.hint, bool(self.hint.text()))
        self.lost.setText(_("Back to the password") if on else _("Lost password…"))
        self.ok.setText(_("Set the new password") if on else _("Open the desk"))
        self._complain("")
        (self.code if on else self.password).setFocus()

    def _hint(self) -> str:
        if not self._recovering:
            return "" if self.account.count() > 1 else self.account.currentText()
        if self._ring.recovery_made() is None:
            return _(
                "No recovery sheet was made for this desk. Somebody else who may administer it can"
                " give you a new password."
            )
        return _(
            "Take the recovery sheet out of its safe and type the eight groups as they are printed."
        )

    def accept(self) -> None:
        """Check the input in a thread; problems are shown above the buttons."""
        if self._work.busy() or self._clock.isActive():
            return
        self._leaving = False
        try:
            work = self._recovery() if self._recovering else self._trial()
        except UserError as error:
            self._complain(str(error))
            return
        self.ok.setEnabled(False)
        self._work.begin(work, self._done, self._failed)

    def _trial(self) -> Callable[[], OpenedRing]:
        ring, account, password = self._ring, self.account.currentData(), self.password.text()
        desk = self._locked
        if desk is None:
            return lambda: OpenedRing(ring.unlock(account, password), account)

        def work() -> OpenedRing:
            # Checked against the desk, not the key-ring file, which may have been replaced.
            with desk.in_thread():
                # It may have been disabled meanwhile.
                desk.work_as(account)
                desk_ring = desk.part(DeskRing)
                desk_ring.require_password(account, password)
                return OpenedRing(desk_ring.key(), account)

        return work

    def _recovery(self) -> Callable[[], OpenedRing]:
        ring, account, code = self._ring, self.account.currentData(), self.code.text()
        folder, password = self._folder, self.new.password()

        def work() -> OpenedRing:
            key = ring.unlock_with_code(code)
            with Desk.open(folder, key, checked=False) as desk:
                desk.work_as(account)
                desk.accounts.change_password(account, password, by_sheet=True)
            return OpenedRing(key, account)

        return work

    def _done(self, opened: OpenedRing) -> None:
        self.opened = opened
        self._forget()
        super().accept()

    def _failed(self, error: Exception) -> None:
        self.ok.setEnabled(True)
        if not isinstance(error, UserError):
            raise error
        self._complain(str(error))
        if isinstance(error, TooManyTries):
            self.ok.setEnabled(False)
            self._clock.start()
        field = self.code if self._recovering else self.password
        field.selectAll()
        field.setFocus()

    def _count_down(self) -> None:
        seconds = self._ring.wait(self.account.currentData())
        if seconds:
            self._complain(str(TooManyTries(seconds)))
            return
        self._clock.stop()
        self.ok.setEnabled(True)
        self._complain("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, which many press to wake a screen, closes no locked window: it empties the lines."""
        if self._locked is not None and event.key() == Qt.Key.Key_Escape:
            self._forget()
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Clear the fields and close; waits for running operations first."""
        self._forget()
        works = self._unfinished()
        if not works:
            super().reject()
            return
        self._leaving = True
        for work in works:
            work.ended.connect(self._leave_soon, Qt.ConnectionType.UniqueConnection)
        self.hint.setText(
            _(
                "Work is still going on in this window. The program closes as soon as it is done;"
                " whoever gives the password goes on instead."
            )
        )
        self._form.setRowVisible(self.hint, True)
        self._complain("")

    def _leave_soon(self) -> None:
        # Later: other receivers of `ended` run first.
        QTimer.singleShot(0, self, self._leave)

    def _leave(self) -> None:
        if self._leaving:
            self.reject()

    def _forget(self) -> None:
        self.password.clear()
        self.code.clear()
        self.new.clear()

    def _complain(self, words: str) -> None:
        self.problem.setText(f"✗ {words}" if words else "")
        self._form.setRowVisible(self.problem, bool(words))
        layout = self.layout()
        assert layout is not None
        self.resize(self.width(), layout.totalHeightForWidth(self.width()))
