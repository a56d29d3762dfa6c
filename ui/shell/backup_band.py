"""The line above every page after a backup that was begun by itself failed: why, and what to do."""

from typing import TYPE_CHECKING

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.plain_text import plain_tip
from ui.base.tasks import Runner
from ui.shell.band import Band

if TYPE_CHECKING:
    from borderdesk.overview import safety
    from ui.base import backup_runner
else:
    # Most windows never see a backup fail.
    safety = lazy_module("borderdesk.overview.safety")
    backup_runner = lazy_module("ui.base.backup_runner")

SEEN = "backup_failure_seen"
"""The preference with the time of the failure that a person has dismissed."""


class BackupBand(Band):
    """Tells each failure once: until it is put away, or a backup is good again."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._told = ""
        hint = _("Into the desk's own folder; to a stick under Settings, Backups")
        self.now = self.add_button(_("Back up now"), self.back_up, hint)
        self.close_button = self.add_button(_("Close"), self.put_away)
        self.hide()

    def show_light(self, found: "safety.BackupLightState") -> None:
        """Show the failure that the light reports, unless it was shown before."""
        failed = found.alone
        if failed is None:
            self.hide()
            return
        if failed.made == self._told or failed.made == self._desk.preferences.preferred(SEEN):
            return
        self._told = failed.made
        self.text.setText(f"{found.words}.")
        self.text.setToolTip(plain_tip(failed.failed))
        self.show()

    def back_up(self) -> None:
        """Try again; what becomes of it is seen by the light, and here where it fails."""
        runner = backup_runner.backup_runner_of(self._desk, self._tasks)
        if runner.work is None:
            runner.back_up()
        self.put_away()

    def put_away(self) -> None:
        """Do not show this failure again."""
        self.hide()
        desk, told = self._desk, self._told
        nothing = lambda _none: None  # noqa: E731
        self._tasks.later(lambda: desk.preferences.prefer(SEEN, told), nothing, nothing, self)
