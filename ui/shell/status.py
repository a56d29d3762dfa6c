"""The line below every page: whether the desk is backed up, how the newest period stands, whose
desk this is and who works at it."""

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QStatusBar, QWidget

from borderdesk.base.errors import UserError
from borderdesk.base.formats import format_number
from borderdesk.base.i18n import N_, _, language, ngettext
from borderdesk.base.lazy import lazy_module
from borderdesk.desk import Desk
from ui.base.plain_text import PlainLabel, plain_tip
from ui.base.style import named
from ui.base.tasks import Job, Runner

if TYPE_CHECKING:
    from borderdesk.base.periods import Period
    from borderdesk.figures import newest_month
    from borderdesk.overview import safety
    from ui.base import backup_runner
    from ui.shell import backup_light
    from ui.widgets.layout import cards
else:
    # The window is painted before its status is read.
    newest_month = lazy_module("borderdesk.figures.newest_month")
    safety = lazy_module("borderdesk.overview.safety")
    backup_runner = lazy_module("ui.base.backup_runner")
    backup_light = lazy_module("ui.shell.backup_light")
    cards = lazy_module("ui.widgets.layout.cards")

SIDE, BETWEEN = 12, 6
"""Pixels at the two ends of the bar, and those that Qt leaves between two parts."""

STATES: Mapping[str, str] = {
    "open": N_("Period {period}: not closed"),
    "closed": N_("Period {period}: closed"),
    "reopened": N_("Period {period}: opened again"),
    "amending": N_("Period {period}: being amended"),
}
"""How a period stands, in words, by the name of its state."""


MOMENT = 300
"""Milliseconds from a change of the desk until the status is read: another may follow at once."""


class StatusRoom(NamedTuple):
    """What is shown in so much room: the light in full, the warning, the desk, the person."""

    full: bool
    caution: bool
    desk: bool
    person: bool


ROOMS = (
    StatusRoom(True, True, True, True),
    StatusRoom(True, False, True, True),
    StatusRoom(False, False, True, True),
    StatusRoom(False, False, False, True),
    StatusRoom(False, False, False, False),
)
"""What gives way as room gets scarce, the least important first."""


class DeskStatus(QStatusBar):
    """What is always in sight; it is read off the window's thread.

    backups_wanted, notes_wanted: somebody wants to see more of the backups, of the notes that came;
    light_read: how the backups stand (`BackupLightState`).
    """

    backups_wanted = Signal()
    light_read = Signal(object)
    notes_wanted = Signal()

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self._job: Job | None = None
        self._reading: Job | None = None
        self._soon = QTimer(self, singleShot=True, interval=MOMENT)
        self._soon.timeout.connect(self.refresh)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(SIDE, 0, SIDE, 0)
        self.light: backup_light.BackupLight | None = None
        self.period = named(PlainLabel(), "period")
        self.caution = PlainLabel(_("Not for classified information"))
        self.who = PlainLabel()
        self.notes: cards.LinkButton | None = None
        self.addWidget(self.period)
        self.addWidget(self.caution)
        self.addPermanentWidget(self.who)
        for part in self._parts():
            # The window may be narrower than all of it in full.
            part.setMinimumWidth(1)

    def _parts(self) -> list[QWidget]:
        light = [] if self.light is None else [self.light]
        notes = [] if self.notes is None else [self.notes]
        return [*light, self.period, *notes, self.caution, self.who]

    # ----------------------------------------------------------------------- room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the text is large, what has to be known stays."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for room in ROOMS:
            self._furnish(room)
            shown = [part.sizeHint().width() for part in self._parts() if not part.isHidden()]
            if sum(shown) + BETWEEN * (len(shown) + 1) <= self.width() - 2 * SIDE:
                return

    def _furnish(self, room: StatusRoom) -> None:
        if self.light is not None:
            self.light.shorten(room.full)
        self.caution.setVisible(room.caution)
        person = self._desk.account.full_name
        if self._desk.store.key is None:
            person = _("{name} · no password").format(name=person)
        self.who.setText(f"{self._desk.title()} · {person}" if room.desk else person)
        self.who.setToolTip("" if room.desk else plain_tip(self._desk.title()))
        self.who.setVisible(room.person)

    # -------------------------------------------------------------------- reading

    def refresh_soon(self) -> None:
        """Refresh once for all that is done within a moment."""
        self._soon.start()

    def refresh(self) -> None:
        """Find out again how the newest period stands, then how the backups do; nothing for a
        window that was closed meanwhile, whose desk may be too."""
        if not self.isVisible():
            return
        if self._job is not None:
            self._job.forget()
        desk = self._desk

        def work() -> "tuple[Period, str, int]":
            month = newest_month.current_month(desk)
            arrived = len(desk.exchange.notes.arrived())
            return month, desk.closing.state(month.text).name, arrived

        self._job = self._tasks.run(work, self._show, self._failed, self)
        self.read_light()

    def _show(self, found: "tuple[Period, str, int]") -> None:
        self._job = None
        month, state, arrived = found
        self._show_notes(arrived)
        name = f"{month.number:02d}/{month.year}"
        self.period.setText(_(STATES[state]).format(period=name))
        self._fit()

    def _show_notes(self, arrived: int) -> None:
        """Tell how many notes came; nothing is there before the first one does."""
        if self.notes is None:
            if not arrived:
                return
            self.notes = cards.LinkButton()
            self.notes.setToolTip(_("Show the notes and answers that came"))
            self.notes.clicked.connect(lambda _checked=False: self.notes_wanted.emit())
            self.insertWidget(1 + (self.light is not None), self.notes)
        words = ngettext("{count} new note", "{count} new notes", arrived).format(
            count=format_number(arrived, language())
        )
        self.notes.setText(f"✉ {words}")
        self.notes.setAccessibleName(words)
        self.notes.setVisible(arrived > 0)

    def _failed(self, error: Exception) -> None:
        self._job = None
        if not isinstance(error, UserError):
            raise error
        self.period.clear()

    def read_light(self) -> None:
        """Find out again how the backups stand."""
        if self._reading is not None:
            self._reading.forget()
        desk = self._desk

        def work() -> "safety.BackupLightState":
            return safety.light(desk, datetime.datetime.now(datetime.UTC))

        self._reading = self._tasks.run(work, self._show_light, self._light_failed, self)

    def _show_light(self, found: "safety.BackupLightState") -> None:
        self._reading = None
        if self.light is None:
            self.light = self._make_light()
        self.light.show_light(found)
        self._fit()
        self.light_read.emit(found)

    def _make_light(self) -> "backup_light.BackupLight":
        """The light, made once there is something to show: the window is there by then."""
        light = backup_light.BackupLight()
        light.setMinimumWidth(1)
        light.clicked.connect(lambda _checked=False: self.backups_wanted.emit())
        self.insertWidget(0, light)
        backup_runner.backup_runner_of(self._desk, self._tasks).ended.connect(self.read_light)
        # A command may have made a backup beside the window, or a stick was pulled.
        QApplication.instance().applicationStateChanged.connect(self._returned)  # type: ignore[union-attr]
        return light

    def _light_failed(self, error: Exception) -> None:
        self._reading = None
        if not isinstance(error, UserError):
            raise error

    def _returned(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self.isVisible():
            self.read_light()
