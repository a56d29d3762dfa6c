"""Notifies open forms and grids that a person was erased, here or by another program."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.session.erasure_announcement import WATCHED, is_announced
from ui.base.own_clipboard import clear_own_clipboard
from ui.base.tasks import Runner

if TYPE_CHECKING:
    from borderdesk.session.personal_words import PersonalWords

    Persons = tuple[PersonalWords, ...]
    """The erased persons; () if another program erased them and announced nobody."""

LOOK_INTERVAL = 200
"""Milliseconds between two looks for an announced erasure, which waits for this."""
MOST_LOOKS = 300
"""After so many an erasure that was announced is taken for one that failed."""


class ErasureWatch(QObject):
    """Emits `erased` in the window's thread after any erasure, with the `PersonalWords` of the
    persons that this program erased or another one announced."""

    erased = Signal(tuple)

    def __init__(self, desk: Desk, tasks: Runner) -> None:
        super().__init__(tasks)
        self._desk, self._tasks = desk, tasks
        self._known = desk.drafts.erasures()
        self._announced: Persons = ()
        """Whom another program announced that it erases."""
        self._reading, self._looks = False, 0
        WATCHED.add(desk.store)
        desk.erasure_listeners.append(self._notify)
        self.erased.connect(self._clear_clipboard)
        clock = QTimer(self, interval=LOOK_INTERVAL)
        clock.timeout.connect(self._look_announced)
        # A closed window may have no desk any more; a look would open it again.
        tasks.closing.connect(clock.stop)
        clock.start()

    def _notify(self) -> None:
        """Listener, called in the thread that erased."""
        if isValid(self):
            self.erased.emit(self._desk.exchange.erasures.take_persons())

    def _clear_clipboard(self, persons: "Persons") -> None:
        if persons:
            clear_own_clipboard(lambda text: any(person.is_named_in(text) for person in persons))

    def persons(self) -> "Persons":
        """Whom another program erased, as far as it announced them."""
        is_erased = self._desk.drafts.is_erased
        return tuple(
            erased_person
            for erased_person in self._announced
            if all(map(is_erased, erased_person.records))
        )

    def _look_announced(self) -> None:
        if self._announced and self._looks:
            self._looks -= 1
            self.look()
        if is_announced(self._desk.folder) and not self._reading:
            self._reading = True
            read = self._desk.exchange.erasures.read_announced
            self._tasks.run(
                read, self._note_announced, lambda _error: self._note_announced(()), self
            )

    def _note_announced(self, persons: "Persons") -> None:
        self._reading = False
        self._announced, self._looks = self._announced + persons, MOST_LOOKS

    def look(self) -> None:
        """Check in the background whether another program erased personal data."""
        self._tasks.run(self._desk.drafts.erasures, self._compare, lambda _error: None, self)

    def _compare(self, count: int) -> None:
        if count != self._known:
            self._known = count
            persons = self.persons()
            # Others may be about to be erased still.
            self._announced = tuple(
                erased_person for erased_person in self._announced if erased_person not in persons
            )
            self.erased.emit(persons)


def erasure_watch_of(desk: Desk, tasks: Runner) -> ErasureWatch:
    """The erasure watch of a window, identified by its task runner."""
    existing: Any = tasks.findChild(ErasureWatch)
    return existing if isinstance(existing, ErasureWatch) else ErasureWatch(desk, tasks)


def erased_words() -> str:
    """The message of a form from which an erased person was removed."""
    return _(
        "A person you had typed here was erased meanwhile, and was taken out. The rest is kept."
    )
