"""Base class of the panels in tabs; reads and writes run in worker threads."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable

from PySide6.QtCore import Qt, Signal
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
    """A part of a panel whose selections are carried over when the panel is rebuilt."""

    def choices(self) -> Mapping[str, Any]:
        """The selections made and texts typed by a person."""

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned."""


class DeskPanel(QWidget):
    """A panel in a tab of a page.

    changed: the desk's data changed, other tabs are out of date; wanted(tab, intent): switch to
    another tab; page_wanted(page, intent): switch to another page; rebuild_wanted(message): another
    desk is open, rebuild all pages and show the message.
    """

    changed = Signal()
    wanted = Signal(str, object)
    page_wanted = Signal(str, object)
    rebuild_wanted = Signal(str)
    middle: Sequence[QWidget | None] = ()
    """The main contents, one visible at a time, which get the focus; empty: the whole panel
    does."""

    def __init__(self, desk: Desk, tasks: Runner, bar: MessageBar) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self.bar = bar
        self._reading: Job | None = None
        self._waiting = 0

    def refresh(self) -> None:
        """Reload the contents."""

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Carry out the intent passed along when this tab was requested."""

    def take_keyboard(self) -> None:
        """Focus the main contents."""
        go_to_first(next((widget for widget in self.middle if widget and widget.isVisible()), self))

    def lead_to(self, widget: QWidget) -> None:
        """Focus the widget of the next step once work has ended; not while another page or tab is
        shown, where Enter and Space would press a hidden button."""
        if self.isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def choices(self) -> Mapping[str, Any]:
        """What a person selected in combo boxes and typed into line edits (no passwords), by
        attribute name, including nested panels; the argument of `choose_again`."""
        choosers = {
            name: (widget.currentData(), widget.currentText())
            for name, widget in vars(self).items()
            if isinstance(widget, Chooser) and widget.taken
        }
        lines = {
            name: widget.text()
            for name, widget in vars(self).items()
            if isinstance(widget, QLineEdit)
            and widget.isModified()
            and not isinstance(widget, PasswordLine)
        }
        return {
            **choosers,
            **lines,
            **{name: c for name, widget in self._parts_within() if (c := widget.choices())},
        }

    def choose_again(self, choices: Mapping[str, Any]) -> None:
        """Restore what `choices` returned, after a rebuild in another language or text size."""
        for name, part in self._parts_within():
            if name in choices:
                part.choose_again(choices[name])
        for name, widget in vars(self).items():
            if isinstance(widget, Chooser) and name in choices:
                widget.take(*choices[name])
            elif isinstance(widget, QLineEdit) and name in choices:
                widget.setText(choices[name])
                widget.setModified(True)

    def _parts_within(self) -> list[tuple[str, ChoiceHolder]]:
        parts = [
            (name, widget) for name, widget in vars(self).items() if isinstance(widget, QWidget)
        ]
        return [(name, widget) for name, widget in parts if isinstance(widget, ChoiceHolder)]

    def keep_now(self) -> None:
        """Save drafts: the window is closing."""

    def idle(self) -> bool:
        """Whether no read or write is pending."""
        return self._reading is None and self._waiting == 0

    def read(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run a read in the background and pass its result to `then`; a read still running is
        ignored."""
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
        """Run a read in the background, besides others."""
        self._waiting += 1
        self._tasks.run(work, *self._answers(then), self)

    def write(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run a write in the background, after all writes queued before."""
        self._waiting += 1
        self._tasks.later(work, *self._answers(then), self)

    def long(
        self, work: Callable[[Callable[[int, int], None]], T], words: str, then: Callable[[T], None]
    ) -> BackgroundWork:
        """Run a long operation with progress and a Stop button in the message bar."""
        self._waiting += 1
        operation = self._tasks.long(work, *self._answers(then), self)
        self.bar.follow(operation, words)
        return operation

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
        """Show an error that a person can correct; any other exception is raised again."""
        self.bar.warn(user_error(error))
