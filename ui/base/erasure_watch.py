"""Tells what is open in the window that somebody was erased, here or by another program."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from ui.base.tasks import Runner

if TYPE_CHECKING:
    from borderdesk.entry.personal_words import PersonalWords

    Persons = tuple[PersonalWords, ...]
    """What is known of those who were erased: nothing where another program did."""


class ErasureWatch(QObject):
    """Emits `erased` in the window's thread after an erasure, whoever made it, with the
    `PersonalWords` of those whom this program erased."""

    erased = Signal(tuple)

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(tasks)
        self._desk, self._tasks = desk, tasks
        self._known = desk.drafts.erasures()
        desk.erasure_listeners.append(self._notify)

    def _notify(self) -> None:
        """Called in the thread that erased."""
        if isValid(self):
            self.erased.emit(self._desk.exchange.erasures.take_persons())

    def look(self) -> None:
        """Look whether another program erased somebody."""
        self._tasks.run(self._desk.drafts.erasures, self._compare, lambda _error: None, self)

    def _compare(self, count: int) -> None:
        if count != self._known:
            self._known = count
            self.erased.emit(())


def erasure_watch_of(desk: Desk, tasks: Runner) -> ErasureWatch:
    """The watch of the window that runs these tasks: one for each window."""
    found: Any = tasks.findChild(ErasureWatch)
    return found if isinstance(found, ErasureWatch) else ErasureWatch(desk, tasks)


def erased_words() -> str:
    """What a form says that was cleared of a person."""
    return _(
        "A person you had typed here was erased meanwhile, and was taken out. The rest is kept."
    )
