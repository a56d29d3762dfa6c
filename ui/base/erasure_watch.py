"""Notifies open forms and grids that a person was erased, here or by another program."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from ui.base.own_clipboard import clear_own_clipboard
from ui.base.tasks import Runner

if TYPE_CHECKING:
    from borderdesk.session.personal_words import PersonalWords

    Persons = tuple[PersonalWords, ...]
    """The erased persons; () if another program erased them."""


class ErasureWatch(QObject):
    """Emits `erased` in the window's thread after any erasure, with the `PersonalWords` of the
    persons that this program erased."""

    erased = Signal(tuple)

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(tasks)
        self._desk, self._tasks = desk, tasks
        self._known = desk.drafts.erasures()
        desk.erasure_listeners.append(self._notify)
        self.erased.connect(self._clear_clipboard)

    def _notify(self) -> None:
        """Listener, called in the thread that erased."""
        if isValid(self):
            self.erased.emit(self._desk.exchange.erasures.take_persons())

    def _clear_clipboard(self, persons: "Persons") -> None:
        if persons:
            clear_own_clipboard(lambda text: any(person.is_named_in(text) for person in persons))

    def look(self) -> None:
        """Check in the background whether another program erased personal data."""
        self._tasks.run(self._desk.drafts.erasures, self._compare, lambda _error: None, self)

    def _compare(self, count: int) -> None:
        if count != self._known:
            self._known = count
            self.erased.emit(())


def erasure_watch_of(desk: Desk, tasks: Runner) -> ErasureWatch:
    """The erasure watch of a window, identified by its task runner."""
    existing: Any = tasks.findChild(ErasureWatch)
    return existing if isinstance(existing, ErasureWatch) else ErasureWatch(desk, tasks)


def erased_words() -> str:
    """The message of a form from which an erased person was removed."""
    return _(
        "A person you had typed here was erased meanwhile, and was taken out. The rest is kept."
    )
