"""Notice above all pages while the desk cannot be written: reason and remedy."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal

from borderdesk.base.errors import DamagedFile
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from borderdesk.session.file_guard import ReadWhileFull
from ui.base.reopening import RESTART
from ui.base.tasks import Runner
from ui.shell.band import Band
from ui.widgets.pages.messages import MessageBar

if TYPE_CHECKING:
    from ui.shell import damage_dialog
else:
    # Not needed while the desk is sound.
    damage_dialog = lazy_module("ui.shell.damage_dialog")

ASKED = 400
"""Interval in milliseconds at which the desk's files are checked: changes show within a second."""
FIRST_CHECK, CHECKED = 3_000, 3_600_000
"""Milliseconds until the first quick integrity check, and the interval of later ones."""


class DeskBand(Band):
    """Says that the desk is damaged, moved, write-protected, or its disk full; hidden while it can
    be written.

    recovered: it can be written again.
    """

    recovered = Signal()

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        hint = _("The last proven backup, or all that can still be read")
        self.save = self.add_button(_("Restore or salvage…"), self.offer, hint)
        hint = _("Once some space is free on the disk")
        self.again = self.add_button(_("Open the desk again"), self._open_again, hint)
        self._hindered = False
        self.hide()
        clock = QTimer(self)
        clock.timeout.connect(self.refresh)
        clock.start(ASKED)
        checks = QTimer(self)
        checks.timeout.connect(self.check)
        checks.start(CHECKED)
        QTimer.singleShot(FIRST_CHECK, self, self.check)
        self.refresh()

    def refresh(self) -> None:
        """Check the desk's files again."""
        hindrance = self._desk.hindrance()
        if hindrance is None:
            self._desk.last.keep_up()
        else:
            self.text.setText(str(hindrance))
            self.save.setVisible(isinstance(hindrance, DamagedFile))
            self.again.setVisible(isinstance(hindrance, ReadWhileFull))
        if self._hindered == (hindrance is not None):
            return
        self._hindered = hindrance is not None
        self.setVisible(self._hindered)
        if not self._hindered:
            self._withdraw()
            self.recovered.emit()

    def _withdraw(self) -> None:
        """Remove warnings with the same text from the message bars."""
        for bar in self.window().findChildren(MessageBar):
            bar.withdraw(self.text.text())

    def check(self) -> None:
        """Run the quick integrity check in the background."""
        if not self._hindered and self.window().isVisible():
            self._tasks.run(
                self._desk.maintenance.check_quickly,
                lambda _sound: self.refresh(),
                lambda _error: None,
                self,
            )

    def _open_again(self) -> None:
        """Close the window and restart the program."""
        self.window().setProperty(RESTART, True)
        self.window().close()

    def offer(self) -> "damage_dialog.DamageDialog":
        """Open the dialog that restores or salvages the desk."""
        hindrance = self._desk.hindrance()
        dialog = damage_dialog.DamageDialog(
            self._desk.folder.resolve(), str(hindrance or ""), self._desk.store.key, self.window()
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog
