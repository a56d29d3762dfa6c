"""The base of panels under tabs: they read and write off the window's thread."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from borderdesk.base.errors import user_error
from borderdesk.desk import Desk
from ui.base.tasks import BackgroundWork, Job, Runner
from ui.widgets.choosers.chooser import Chooser
from ui.widgets.layout.tab_order import go_to_first
from ui.widgets.pages.messages import MessageBar
from ui.widgets.password_fields import PasswordLine

T = TypeVar("T")


@runtime_checkable
class ChoiceHolder(Protocol):
    """A part of a panel that says what was chosen and typed in it, for when it is made anew."""

    def choices(self) -> Mapping[str, Any]:
        """What a person chose and typed here."""

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Go on with that."""


class DeskPanel(QWidget):
    """A panel of a page with tabs.

    changed: the desk holds something else now, so that what other tabs show is old; wanted: another
    tab is asked for, with what to do there; page_wanted: another page. rebuild_wanted: the desk is
    another one now, with what to say once every page is rebuilt.
    """

    changed = Signal()
    wanted = Signal(str, object)
    page_wanted = Signal(str, object)
    rebuild_wanted = Signal(str)
    middle: Sequence[QWidget | None] = ()
    """What it is there for, one of them shown; without, all of it is."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self.bar = bar
        self._reading: Job | None = None
        self._waiting = 0

    def refresh(self) -> None:
        """Reload what is shown."""

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Do what another part of the window asked for."""

    def take_keyboard(self) -> None:
        """Have the keyboard in it."""
        go_to_first(next((one for one in self.middle if one and one.isVisible()), self))

    def choices(self) -> Mapping[str, Any]:
        """What a person took in the choosers here and in the panels within, and typed into lines
        that are for no password, as `choose_again` takes it; nothing where nobody did."""
        choosers = {
            name: (one.currentData(), one.currentText())
            for name, one in vars(self).items()
            if isinstance(one, Chooser) and one.taken
        }
        lines = {
            name: one.text()
            for name, one in vars(self).items()
            if isinstance(one, QLineEdit) and one.isModified() and not isinstance(one, PasswordLine)
        }
        return {
            **choosers,
            **lines,
            **{name: c for name, one in self._parts_within() if (c := one.choices())},
        }

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Choose what `choices` gave: the panel is rebuilt in another language or size."""
        for name, part in self._parts_within():
            if name in choices:
                part.choose_again(choices[name])
        for name, one in vars(self).items():
            if isinstance(one, Chooser) and name in choices:
                one.take(*choices[name])
            elif isinstance(one, QLineEdit) and name in choices:
                one.setText(choices[name])
                one.setModified(True)

    def _parts_within(self) -> list[tuple[str, ChoiceHolder]]:
        parts = [(name, one) for name, one in vars(self).items() if isinstance(one, QWidget)]
        return [(name, one) for name, one in parts if isinstance(one, ChoiceHolder)]

    def keep_now(self) -> None:
        """Keep what is typed and not sent: the window closes."""

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return self._reading is None and self._waiting == 0

    def read(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Read in the background; what was being read before is wanted no longer."""
        if self._reading is not None:
            self._reading.forget()

        def done(answer: T) -> None:
            self._reading = None
            then(answer)

        def failed(error: Exception) -> None:
            self._reading = None
            self.fail(error)

        self._reading = self._tasks.run(work, done, failed, self)

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Read in the background, whatever else is read meanwhile."""
        self._waiting += 1
        self._tasks.run(work, *self._answers(then), self)

    def write(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Write in the background, in turn with other writes."""
        self._waiting += 1
        self._tasks.later(work, *self._answers(then), self)

    def long(
        self, work: Callable[[Callable[[int, int], None]], T], words: str, then: Callable[[T], None]
    ) -> BackgroundWork:
        """Do a long work; the bar shows how far it is, and stops it."""
        self._waiting += 1
        going = self._tasks.long(work, *self._answers(then), self)
        self.bar.follow(going, words)
        return going

    def _answers(
        self, then: Callable[[T], None]
    ) -> tuple[Callable[[T], None], Callable[[Exception], None]]:
        def done(answer: T) -> None:
            self._waiting -= 1
            then(answer)

        def failed(error: Exception) -> None:
            self._waiting -= 1
            self.fail(error)

        return done, failed

    def fail(self, error: Exception) -> None:
        """Show an error that a person can correct; a bug is raised."""
        self.bar.warn(user_error(error))
