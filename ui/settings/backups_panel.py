"""Sao lưu: list of backups, making one, verifying, restoring as a new desk."""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox

from borderdesk.backups.backups import AUTOMATIC, LAST_FOLDER, Backup
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.base.paths import is_there
from borderdesk.desk import Desk
from borderdesk.overview.safety import BackupLightState, light, moment, outlives, size_text
from ui.base.backup_runner import backup_runner_of
from ui.base.child_process import start_apart
from ui.base.plain_text import PlainLabel, plain_tip
from ui.base.sticks import Stick, folder_now, sticks
from ui.base.style import named
from ui.base.tasks import Runner
from ui.settings.restore_row import RestoreRow
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.choosers.file_choosers import ask_files, ask_folder
from ui.widgets.choosers.stick_chooser import StickChooser
from ui.widgets.layout.flow import FlowLayout
from ui.widgets.layout.scrolled import scrolled_column
from ui.widgets.pages.desk_panel import DeskPanel
from ui.widgets.pages.messages import MessageBar
from ui.widgets.secret_dialog import ask_backup_password
from ui.widgets.tables.rows_table import RowsTable, TableColumn

if TYPE_CHECKING:
    from borderdesk.session import file_keys
else:
    file_keys = lazy_module("borderdesk.session.file_keys")


class BackupList(NamedTuple):
    """State of the backups, and the backups, newest first.

    left: the good ones whose file is not known to be gone; safe: whether one of them is on another
    disk than the desk; folder: the one used last; automatic: whether daily backups are on.
    """

    light: BackupLightState
    backups: list[Backup]
    left: list[Backup]
    sticks: list[Stick]
    folder: str
    automatic: bool
    safe: bool


class BackupsPanel(DeskPanel):
    """State of the backups, the button to make one, and their list."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__(desk, tasks, bar)
        self.backing = backup_runner_of(desk, tasks)
        self.backups: list[Backup] = []
        self.state = named(PlainLabel(), "figure")
        place = _("Where the copy is made")
        self.where = StickChooser(place, place, 26)
        self.automatic = QCheckBox(_("Back up by itself once a day, into the desk's own folder"))
        self.same_disk = named(PlainLabel(), "notice")
        self.row = RestoreRow()
        self.table = RowsTable(
            _("Backups"),
            [
                TableColumn(_("Time"), 16),
                TableColumn(_("Result"), 24),
                TableColumn(_("Records"), 8, numeric=True),
                TableColumn(_("Size"), 10, numeric=True),
                TableColumn(_("Made"), 10),
                TableColumn(_("File"), 31),
                TableColumn(_("Folder"), 20),
            ],
            _(
                "This desk was never backed up. Choose a stick and press “Back up now”: the copy is"
                " restored on trial before it is called good."
            ),
            awaited=True,
        )
        self._lay_out()
        self._connect()
        self.refresh()

    # -------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        outer = scrolled_column(self)
        outer.addLayout(self._buttons())
        self.same_disk.setText(
            _(
                "Every good copy lies on the same disk as the desk: they would be lost together."
                " Back up to a stick as well, and keep it in another place."
            )
        )
        for label in (self.state, self.same_disk):
            label.setWordWrap(True)
            outer.addWidget(label)
        self.same_disk.hide()
        self.row.hide()
        outer.addWidget(self.row)
        outer.addWidget(self.table, 1)
        outer.addWidget(self.automatic)

    def _buttons(self) -> FlowLayout:
        row = FlowLayout()
        row.add(self.where)
        self._now = bind(self, "backup_now", self.back_up)
        self._to = bind(self, "backup_to", self.choose_folder)
        self._restore = bind(self, "backup_restore", self.choose_file)
        self.now_button = button(self._now, main=True, keys=True)
        row.add(self.now_button)
        row.add(button(self._to))
        row.add(button(self._restore))
        self._verify = bind(self, "verify_desk", self.verify)
        self._verify_file = bind(self, "verify_file", self.choose_checked)
        row.add(button(self._verify))
        row.add(button(self._verify_file))
        return row

    def _works(self) -> tuple[QAction, ...]:
        """The actions of which only one runs at a time."""
        return (self._now, self._to, self._restore, self._verify, self._verify_file)

    def _connect(self) -> None:
        switch = bind(self, "backup_automatic", self.automatic.click)
        switch.setEnabled(not self._desk.identity.practice)
        self.automatic.setEnabled(switch.isEnabled())
        self.automatic.setToolTip(switch.toolTip())
        self.automatic.clicked.connect(self._set_automatic)
        self.row.wanted.connect(self._restore_file)
        self.row.left.connect(self.begin)
        self.backing.began.connect(self._show_progress)
        self.backing.ended.connect(self._ended)
        self.backing.made.connect(self._show_made)
        self.backing.restored.connect(self._show_restored)
        self.backing.verified.connect(self._show_verified)
        self.backing.failed.connect(self.fail)
        if self.backing.work is not None:
            self._show_progress()

    def begin(self) -> None:
        """Focus the button that makes a backup."""
        self.now_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # --------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Read the backups and the plugged-in sticks again."""
        desk = self._desk

        def work() -> BackupList:
            now = datetime.datetime.now(datetime.UTC)
            existing, plugged = desk.backups.existing(), sticks()
            return BackupList(
                light(desk, now),
                desk.backups.all(),
                existing,
                plugged,
                folder_now(desk.preferences.preferred(LAST_FOLDER, ""), plugged),
                desk.preferences.preferred(AUTOMATIC, "1") == "1",
                any(outlives(backup, desk.folder) for backup in existing),
            )

        self.read(work, self._show)

    def idle(self) -> bool:
        """Whether no read, backup or restore is running."""
        return super().idle() and self.backing.work is None

    def _show(self, content: BackupList) -> None:
        self.backups = content.backups
        failed = content.light.state == "failed"
        whole = (
            f"{content.light.few}: {content.backups[0].failed}" if failed else content.light.words
        )
        self.state.setText(whole)
        self.state.setToolTip(plain_tip(content.light.more))
        self.same_disk.setVisible(bool(content.left) and not content.safe)
        self.automatic.setChecked(content.automatic and self.automatic.isEnabled())
        self.offer(content.sticks, content.folder)
        now = datetime.datetime.now(datetime.UTC)
        self.table.show_rows(
            [_line(b, now, left=b in content.left) for b in content.backups],
            keys=[backup.file for backup in content.backups],
        )

    def offer(self, plugged: Sequence[Stick], folder: str) -> None:
        """Offer the desk's own folder, the sticks, and the folder used last."""
        chosen_folder = self.where.currentData() or ""
        own_folder = (_("The desk's own folder"), "")
        self.where.offer(plugged, (folder, chosen_folder), chosen_folder, [own_folder])

    # ------------------------------------------------------------------- backing up

    def back_up(self) -> None:
        """Make a backup in the selected folder."""
        if self.backing.work is None:
            text = str(self.where.currentData() or "")
            self.backing.back_up(Path(text) if text else None)

    def choose_folder(self) -> None:
        """Ask for a folder and make a backup there."""
        plugged = [Path(str(self.where.itemData(n))) for n in range(1, self.where.count())]
        ask_folder(
            self, _("Choose a folder"), plugged[0] if plugged else Path.home(), self.back_up_to
        )

    def back_up_to(self, folder: Path) -> None:
        """Make a backup in a folder, which is then offered too."""
        text = str(folder)
        self.offer([], text)
        self.where.setCurrentIndex(self.where.findData(text))
        self.back_up()

    def _set_automatic(self, on: bool) -> None:
        desk = self._desk
        self.write(
            lambda: desk.preferences.prefer(AUTOMATIC, "1" if on else "0"), lambda _none: None
        )

    def _show_progress(self) -> None:
        for action in self._works():
            action.setEnabled(False)
        assert self.backing.work is not None
        self.bar.follow(self.backing.work, self.backing.words)

    def _ended(self) -> None:
        for action in self._works():
            action.setEnabled(True)
        self.refresh()

    def _show_made(self, answer: dict[str, Any]) -> None:
        words = ngettext(
            "Backed up, restored on trial, the same: {file} · {count} record.",
            "Backed up, restored on trial, the same: {file} · {count} records.",
            answer["records"],
        )
        self.bar.notify(
            words.format(file=answer["file"], count=format_number(answer["records"], language()))
        )

    # ---------------------------------------------------------------- choosing a file

    def choose_file(self) -> None:
        """Ask for a backup file to restore, starting at the current row's."""
        self._choose(self.ask_target)

    def _choose(self, then: Callable[[Sequence[Path]], None]) -> None:
        row = self.table.row()
        chosen_file = self.backups[row].file if 0 <= row < len(self.backups) else None
        dialog = ask_files(self, _("Backups"), "*.db", then)
        if chosen_file is not None and is_there(chosen_file):
            dialog.setDirectory(str(chosen_file.parent))
            dialog.selectFile(chosen_file.name)

    def ask_target(self, files: Sequence[Path]) -> None:
        """Ask for the new folder to restore a file into."""
        if files:
            self.row.ask(files[0], self._desk.folder.resolve())

    # --------------------------------------------------------------------- checking

    def verify(self) -> None:
        """Verify the desk."""
        if self.backing.work is None:
            self.backing.verify()

    def choose_checked(self) -> None:
        """Ask for a backup file to verify, starting at the current row's."""
        self._choose(self.verify_file)

    def verify_file(self, files: Sequence[Path]) -> None:
        """Verify a backup file; asks for its password if the desk's key does not open it."""
        if not files or self.backing.work is not None:
            return
        file, verify = files[0], self.backing.verify
        if not file_keys.asks_password(file, self._desk.store.key):
            verify(file)
            return
        ask_backup_password(self, file.name, lambda typed: verify(file, typed))

    def _show_verified(self, result: dict[str, Any]) -> None:
        if result["ok"]:
            words = ngettext(
                "Checked from end to end, sound: {count} record, {versions} versions.",
                "Checked from end to end, sound: {count} records, {versions} versions.",
                result["records"],
            )
            counts = [format_number(result[key], language()) for key in ("records", "revisions")]
            self.bar.notify(words.format(count=counts[0], versions=counts[1]))
            return
        words = ngettext(
            "Not sound, {count} fault. {first}",
            "Not sound, {count} faults. The first: {first}",
            len(result["problems"]),
        )
        count = format_number(len(result["problems"]), language())
        self.bar.warn(words.format(count=count, first=result["problems"][0]))

    # -------------------------------------------------------------------- restoring

    def _restore_file(self, file: Path, into: Path) -> None:
        """Restore a file; asks for its password if the desk's key does not open it (another desk,
        or an older key)."""
        if not file_keys.asks_password(file, self._desk.store.key):
            self.backing.restore(file, into)
            return
        restore = self.backing.restore
        ask_backup_password(self, file.name, lambda typed: restore(file, into, typed))

    def _show_restored(self, answer: dict[str, Any]) -> None:
        self.row.hide()
        folder = str(answer["desk"])
        words = ngettext(
            "Restored and checked: {count} record in {folder}. This window still "
            "shows the desk as it was.",
            "Restored and checked: {count} records in {folder}. This window still "
            "shows the desk as it was.",
            answer["records"],
        )
        count = format_number(answer["records"], language())
        self.bar.ask(
            words.format(count=count, folder=folder),
            (_("Open it in a new window"), lambda: self._open(folder)),
            (_("Close"), self.begin),
        )

    def _open(self, folder: str) -> None:
        start_apart(["--desk", folder])


def _line(backup: Backup, now: datetime.datetime, *, left: bool) -> tuple[str, ...]:
    """The table row of a backup; left: its file is not known to be gone."""
    lang = language()
    count, size = format_number(backup.records, lang), size_text(backup.size)
    return (
        moment(backup.made, now),
        _result(backup, left=left),
        "–" if backup.failed else count,
        "–" if backup.failed else size,
        _("by itself") if backup.automatic else _("by hand"),
        backup.file.name,
        str(backup.file.parent),
    )


def _result(backup: Backup, *, left: bool) -> str:
    """Whether a backup can be restored, as text with a sign."""
    if backup.failed:
        return f"✗ {backup.failed}"
    if not left:
        return _("– the file is no longer there")
    if backup.is_in_place():
        return _("✓ restored on trial")
    return _("✓ restored on trial (not plugged in)")
