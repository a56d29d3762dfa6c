"""Status bar: backups, newest period, desk, and account."""

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
    # The status is read after the first paint.
    newest_month = lazy_module("borderdesk.figures.newest_month")
    safety = lazy_module("borderdesk.overview.safety")
    backup_runner = lazy_module("ui.base.backup_runner")
    backup_light = lazy_module("ui.shell.backup_light")
    cards = lazy_module("ui.widgets.layout.cards")

SIDE, BETWEEN = 12, 6
"""Pixels at both ends of the bar, and between two parts (as Qt's layout)."""

STATES: Mapping[str, str] = {
    "open": N_("Period {period}: not closed"),
    "closed": N_("Period {period}: closed"),
    "reopened": N_("Period {period}: opened again"),
    "amending": N_("Period {period}: being amended"),
}
"""The text of a period's state, by name of the state."""


MOMENT = 300
"""Debounce in milliseconds between a change of the desk and the reading of the status."""


class StatusRoom(NamedTuple):
    """Which parts are shown: full text of the backup light, warning, desk, person."""

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
"""Choices of parts from wide to narrow; the least important is dropped first."""


class DeskStatus(QStatusBar):
    """Status bar, filled by a worker thread.

    backups_wanted, notes_wanted: show the backups, the notes; light_read(BackupLightState): the
    state of the backups was read.
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
            # The window may be narrower than all parts.
            part.setMinimumWidth(1)

    def _parts(self) -> list[QWidget]:
        light = [] if self.light is None else [self.light]
        notes = [] if self.notes is None else [self.notes]
        return [*light, self.period, *notes, self.caution, self.who]

    # ----------------------------------------------------------------------- room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the parts that fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for choice in ROOMS:
            self._furnish(choice)
            shown = [part.sizeHint().width() for part in self._parts() if not part.isHidden()]
            if sum(shown) + BETWEEN * (len(shown) + 1) <= self.width() - 2 * SIDE:
                return

    def _furnish(self, choice: StatusRoom) -> None:
        if self.light is not None:
            self.light.shorten(choice.full)
        self.caution.setVisible(choice.caution)
        person = self._desk.account.full_name
        if self._desk.store.key is None:
            person = _("{name} · no password").format(name=person)
        self.who.setText(f"{self._desk.title()} · {person}" if choice.desk else person)
        self.who.setToolTip("" if choice.desk else plain_tip(self._desk.title()))
        self.who.setVisible(choice.person)

    # -------------------------------------------------------------------- reading

    def refresh_soon(self) -> None:
        """Refresh once after a burst of changes."""
        self._soon.start()

    def refresh(self) -> None:
        """Read the newest period and the backups again; not for a closed window, whose desk may be
        closed too."""
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

    def _show(self, status: "tuple[Period, str, int]") -> None:
        self._job = None
        month, state, arrived = status
        self._show_notes(arrived)
        self.period.setText(_(STATES[state]).format(period=month.short_words))
        self._fit()

    def _show_notes(self, arrived: int) -> None:
        """Show the number of new notes; the button is created with the first one."""
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
        """Read the state of the backups again."""
        if self._reading is not None:
            self._reading.forget()
        desk = self._desk

        def work() -> "safety.BackupLightState":
            return safety.light(desk, datetime.datetime.now(datetime.UTC))

        self._reading = self._tasks.run(work, self._show_light, self._light_failed, self)

    def _show_light(self, state: "safety.BackupLightState") -> None:
        self._reading = None
        if self.light is None:
            self.light = self._make_light()
        self.light.show_light(state)
        self._fit()
        self.light_read.emit(state)

    def _make_light(self) -> "backup_light.BackupLight":
        """Create the backup light, once there is something to show."""
        light = backup_light.BackupLight()
        light.setMinimumWidth(1)
        light.clicked.connect(lambda _checked=False: self.backups_wanted.emit())
        self.insertWidget(0, light)
        backup_runner.backup_runner_of(self._desk, self._tasks).ended.connect(self.read_light)
        # On return to the window: a command may have made a backup, or a stick was unplugged.
        QApplication.instance().applicationStateChanged.connect(self._returned)  # type: ignore[union-attr]
        return light

    def _light_failed(self, error: Exception) -> None:
        self._reading = None
        if not isinstance(error, UserError):
            raise error

    def _returned(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self.isVisible():
            self.read_light()
