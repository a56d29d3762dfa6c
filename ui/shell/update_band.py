"""Notice above all pages that offers an update and reports its outcome."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from borderdesk import __version__
from borderdesk.base.errors import OperationStopped, UserError
from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.tasks import Runner
from ui.shell.band import Band

if TYPE_CHECKING:
    from borderdesk.base import version_state
    from borderdesk.updates import update_file, update_offers, updating
    from ui.base import child_process, sticks
else:
    # Most windows never need them.
    version_state = lazy_module("borderdesk.base.version_state")
    update_file = lazy_module("borderdesk.updates.update_file")
    update_offers = lazy_module("borderdesk.updates.update_offers")
    updating = lazy_module("borderdesk.updates.updating")
    child_process = lazy_module("ui.base.child_process")
    sticks = lazy_module("ui.base.sticks")

FIRST_LOOK, LOOKED = 4_000, 30_000
"""Milliseconds until the first search for updates, and between two."""
SEEN = "update_put_away"
"""The preference with the version that was dismissed."""


class UpdateBand(Band):
    """Offers an update found on a stick or in the shared folder, or opened as a file; hidden
    without one."""

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._offer: update_file.UpdateFile | None = None
        self._unwanted = ""
        self._reported: set[str] = set()
        self._looking = False
        self.work: child_process.ChildProcess | None = None
        hint = _("The desk is backed up; the new version is tried on a copy before it is used")
        self.install_button = self.add_button(_("Update"), self.install, hint)
        self.stop_button = self.add_button(_("Stop"), self.stop)
        self.restart_button = self.add_button(_("Open it now"), self.restart)
        self.close_button = self.add_button(_("Close"), self.put_away)
        self.hide()
        tasks.closing.connect(self._end)
        QTimer.singleShot(FIRST_LOOK, self, self._begin)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.install_button, self.stop_button, self.restart_button, self.close_button

    # --------------------------------------------------------------------- looking

    def _begin(self) -> None:
        """Report a failed update, then start searching for updates periodically."""
        returned = version_state.returned_from()
        if returned is not None:
            self._unwanted = returned[0]
            words = _(
                "BorderDesk {version} could not open this desk; {own} is used again. Nothing was"
                " lost. {why}"
            )
            self._show(words.format(version=returned[0], own=__version__, why=returned[1]))
        if not update_offers.takes_updates():
            return
        clock = QTimer(self)
        clock.timeout.connect(self.look)
        clock.start(LOOKED)
        self.look()

    def look(self) -> None:
        """Search for an update in the background."""
        if self._looking or self.work is not None or not self.window().isVisible():
            return
        self._looking = True
        desk = self._desk

        def work() -> "update_offers.FoundUpdates":
            shared = desk.exchange.folder.place()
            folders = [stick.folder for stick in sticks.sticks()]
            return update_offers.find_updates([*folders, *([shared] if shared else [])])

        self._tasks.run(work, self.show_found, self._lost, self)

    def _lost(self, _error: Exception) -> None:
        self._looking = False

    def show_found(self, updates: "update_offers.FoundUpdates") -> None:
        """Offer the update found, or report refused files; once per version and file."""
        self._looking = False
        if self.work is not None:
            return
        if updates.offer is not None:
            version = updates.offer.version
            put_away = self._desk.preferences.preferred(SEEN) == version
            if not put_away and version not in self._reported:
                self.offer(updates.offer)
            return
        desk = self._desk
        for path, why in updates.refused.items():
            if str(path) not in self._reported and not self.isVisible():
                self._reported.add(str(path))
                self._show(why)
                self._later(partial(desk.audit_notes.note_anyway, "program.refused", path.name))

    def offer(self, update: "update_file.UpdateFile") -> None:
        """Offer an update."""
        self._offer = update
        self._unwanted = update.version
        self._reported.add(update.version)
        words = _(
            "BorderDesk {version} is in {place}; this is {own}. Updating backs the desk up first"
            " and takes a minute."
        )
        place = os.fspath(update.path)
        self._show(
            words.format(version=update.version, place=place, own=__version__), self.install_button
        )

    def open_file(self, path: Path) -> None:
        """Offer the update in a file opened by a person, or say why it is refused."""

        def work() -> "update_file.UpdateFile":
            with updating.refusal_noted(self._desk, path):
                update = update_file.read_update(path)
                updating.require_updatable(update)
            return update

        self._tasks.run(work, self.offer, self._failed, self)

    # ------------------------------------------------------------------ installing

    def install(self) -> None:
        """Install the update in a child process."""
        if self._offer is None or self.work is not None:
            return
        desk = ["--desk", str(self._desk.folder.resolve())]
        file = str(self._offer.path)
        self._show_progress(0, 1)
        self.work = child_process.ChildProcess(
            self, [*desk, "update", "--watched", "--", file], child_process.secrets_of(self._desk)
        )
        self.work.progress.connect(self._show_progress)
        self.work.ended.connect(self._over)
        self.work.done.connect(self._done)
        self.work.failed.connect(self._failed)

    def stop(self) -> None:
        """Stop at the next step, with nothing changed."""
        if self.work is not None:
            self.work.stop()

    def _show_progress(self, done: int, whole: int) -> None:
        words = _("Updating: the desk is backed up, the new version tried on a copy… {percent} %")
        self._show(words.format(percent=100 * done // max(whole, 1)), self.stop_button)

    def _over(self) -> None:
        self.work = None

    def _done(self, answer: Mapping[str, Any]) -> None:
        self._offer = None
        words = _(
            "BorderDesk {version} is installed and opened a copy of this desk. It is used from the"
            " next start; what is typed stays."
        )
        self._show(words.format(version=answer["version"]), self.restart_button)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        again = self.install_button if isinstance(error, OperationStopped) else None
        self._show(str(error), again if self._offer is not None else None)

    # --------------------------------------------------------------------- telling

    def _show(self, words: str, button: QPushButton | None = None) -> None:
        self.text.setText(words)
        for candidate in self._buttons:
            candidate.setVisible(candidate is button)
        self.close_button.setVisible(button is not self.stop_button)
        self.show()

    def restart(self) -> None:
        """Close the window and open the newest version on the same desk."""
        window = self.window()
        window.setProperty("restart", True)
        window.close()

    def put_away(self) -> None:
        """Hide this version for good."""
        self.hide()
        version_state.forget_return()
        if not self._unwanted:
            return
        self._later(partial(self._desk.preferences.prefer, SEEN, self._unwanted))

    def _later(self, write: Callable[[], None]) -> None:
        """Write to the desk in the background; errors are ignored."""
        ignore = lambda _none: None  # noqa: E731
        self._tasks.later(write, ignore, ignore, self)

    def _end(self) -> None:
        if self.work is not None:
            self.work.end()


def is_update(path: Path) -> bool:
    """Whether a file is an update by its suffix."""
    return path.suffix.lower() == update_file.SUFFIX
