"""Dialog for a damaged desk: restore the newest proven backup, or salvage readable records."""

import datetime
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from borderdesk.backups.backups import restore
from borderdesk.backups.restoration import RestoredDesk
from borderdesk.backups.salvage import SalvagedDesk, key_source, proven_backups, salvage
from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language
from borderdesk.base.paths import new_folder
from borderdesk.session import file_keys
from ui.base.child_process import start_apart
from ui.base.plain_text import PlainLabel
from ui.base.style import dress
from ui.widgets.editors.text_line import TextLine
from ui.widgets.secret_dialog import ask_backup_password

WIDTH = 640


class DeskRescue(QObject):
    """Runs a restore or salvage in a thread of its own.

    done(result); failed(UserError).
    """

    done = Signal(object)
    failed = Signal(object)

    def begin(self, work: Callable[[], Any]) -> None:
        """Start the thread; one of the signals follows."""

        def do() -> None:
            try:
                answer = work()
            except UserError as error:
                self.failed.emit(error)
            except Exception as error:
                words = _("The desk could not be saved: {error}")
                self.failed.emit(UserError(words.format(error=type(error).__name__)))
            else:
                self.done.emit(answer)

        # Daemon: it ends with the program; the next run removes the incomplete folder.
        threading.Thread(target=do, daemon=True).start()


class DamageDialog(QDialog):
    """Says what is wrong with a desk and offers to restore its newest backup or to salvage it, each
    into a new folder; the damaged desk is not changed."""

    def __init__(
        self, folder: Path, words: str, key: bytes | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        dress(self)
        self._folder, self._key = folder, key
        self.backup = next(proven_backups(folder), None)
        self._made = ""
        self._rescue = DeskRescue(self)
        self._rescue.done.connect(self._show)
        self._rescue.failed.connect(self._fail)
        self.setWindowTitle(_("The desk is damaged"))
        self.setMinimumWidth(WIDTH)
        self.words = _text(words)
        self.newest = _text(self._newest())
        self.into = TextLine(str(new_folder(folder.parent, folder.name)))
        self.into.setAccessibleName(_("New folder of the restored desk"))
        self.restore = QPushButton(_("Restore this backup"))
        self.restore.setEnabled(self.backup is not None)
        self.restore.clicked.connect(lambda _checked=False: self.begin_restore())
        self.salvage = QPushButton(_("Salvage what can be read"))
        self.salvage.clicked.connect(lambda _checked=False: self.begin_salvage())
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(_("Restoring and checking every record…"))
        self.progress.hide()
        self.outcome = _text("")
        self.open_new = QPushButton(_("Open it in a new window"))
        self.open_new.clicked.connect(lambda _checked=False: self._open())
        self.open_new.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        place = PlainLabel(_("Into this new folder:"))
        place.setBuddy(self.into)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self.words, self.newest, place, self.into, self.restore, self.salvage):
            column.addWidget(widget)
        for below in (self.progress, self.outcome, self.open_new, buttons):
            column.addWidget(below)

    def _newest(self) -> str:
        if self.backup is None:
            return _("There is no backup in the desk's own folder; sticks may have one.")
        made_at = datetime.datetime.fromtimestamp(self.backup.stat().st_mtime).astimezone()
        return _(
            "Newest backup: {file}, of {moment}. It is checked whole while it is restored."
        ).format(file=self.backup.name, moment=f"{made_at:%d/%m/%Y %H:%M}")

    def idle(self) -> bool:
        """Whether no restore or salvage is running."""
        return self.progress.isHidden()

    def begin_restore(self) -> None:
        """Restore the newest backup."""
        backup, into = self.backup, Path(self.into.text().strip())
        assert backup is not None
        self._with_key(backup, lambda key: restore(backup, into, key=key))

    def begin_salvage(self) -> None:
        """Salvage what can still be read."""
        into = Path(self.into.text().strip())
        file = key_source(self._folder)
        self._with_key(file, lambda key: salvage(self._folder, into, key=key))

    def _with_key(self, file: Path, work: Callable[[bytes | None], Any]) -> None:
        """Start an operation with the key of a file: the known key, or that which the password or
        recovery code asked for here unlocks."""
        if not file_keys.asks_password(file, self._key):
            self._begin(lambda: work(self._key))
            return

        def begin(typed: str) -> None:
            self._begin(lambda: work(file_keys.unlock_file(file, None, typed)))

        ask_backup_password(self, file.name, begin)

    def _begin(self, work: Callable[[], Any]) -> None:
        self.outcome.clear()
        self._set_busy(True)
        self._rescue.begin(work)

    def _set_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.restore.setEnabled(not busy and self.backup is not None)
        self.salvage.setEnabled(not busy)

    def _show(self, outcome: RestoredDesk | SalvagedDesk) -> None:
        self._set_busy(False)
        self._made = str(outcome.desk)
        self.outcome.setText(_account(outcome))
        self.open_new.show()
        self.open_new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, error: UserError) -> None:
        self._set_busy(False)
        self.outcome.setText(f"✗ {error}")

    def _open(self) -> None:
        start_apart(["--desk", self._made])
        self.accept()


def _account(outcome: RestoredDesk | SalvagedDesk) -> str:
    if isinstance(outcome, RestoredDesk):
        return _("✓ Restored and checked: {count} records in {folder}.").format(
            count=format_number(outcome.records, language()), folder=outcome.desk
        )
    return _(
        "✓ Salvaged and checked: {records} records in {folder}. Versions read: {read}, of these in"
        " the backup already: {in_backup}, added to it: {added}, fitting no log: {apart}. Only in"
        " the backup: {only_in_backup}. Lost: {unreadable} unreadable, {altered} altered;"
        " {partless} without their personal part. Records put aside as drafts, to be looked through"
        " and saved: {drafts}."
    ).format(folder=outcome.desk, **_counts(outcome))


def _counts(outcome: SalvagedDesk) -> dict[str, str]:
    lang, counted = language(), outcome._asdict().items()
    return {name: format_number(value, lang) for name, value in counted if isinstance(value, int)}


def _text(words: str) -> QLabel:
    label = PlainLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    return label
