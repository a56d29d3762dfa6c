"""Notice above all pages after an automatic backup failed: reason and remedy."""

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
    # Most windows never need it.
    safety = lazy_module("borderdesk.overview.safety")
    backup_runner = lazy_module("ui.base.backup_runner")

SEEN = "backup_failure_seen"
"""The preference with the time of the failure that was dismissed."""


class BackupBand(Band):
    """Shows each failure once, until it is closed or a backup succeeds."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._reported = ""
        hint = _("Into the desk's own folder; to a stick under Settings, Backups")
        self.now = self.add_button(_("Back up now"), self.back_up, hint)
        self.close_button = self.add_button(_("Close"), self.put_away)
        self.hide()

    def show_light(self, state: "safety.BackupLightState") -> None:
        """Show the failure in the backup state, unless it was shown before."""
        failed = state.alone
        if failed is None:
            self.hide()
            return
        if failed.made == self._reported or failed.made == self._desk.preferences.preferred(SEEN):
            return
        self._reported = failed.made
        self.text.setText(f"{state.words}.")
        self.text.setToolTip(plain_tip(failed.failed))
        self.show()

    def back_up(self) -> None:
        """Start a backup; the outcome is shown by the status bar, and here if it fails."""
        runner = backup_runner.backup_runner_of(self._desk, self._tasks)
        if runner.work is None:
            runner.back_up()
        self.put_away()

    def put_away(self) -> None:
        """Hide this failure for good."""
        self.hide()
        desk, reported = self._desk, self._reported
        ignore = lambda _none: None  # noqa: E731
        self._tasks.later(lambda: desk.preferences.prefer(SEEN, reported), ignore, ignore, self)
