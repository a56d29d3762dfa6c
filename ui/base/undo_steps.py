"""Undo steps of the window, newest last, with the operations that cannot be undone."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.base.stored_words import words_of_stored
from borderdesk.desk import Desk
from ui.base.tasks import Runner

if TYPE_CHECKING:
    from ui.base import final_operations
else:
    # The start runs no final operation.
    final_operations = lazy_module("ui.base.final_operations")


class UndoRemarks(NamedTuple):
    """What is to be told once a step is undone: what its undo could not do."""

    texts: Sequence[str]


class UndoStep(NamedTuple):
    """An operation of a person and how it is undone.

    page: key of the page where it was done and is undone; title: of that page (English key).
    description: what was done, as `stored_words` gives it. work: the undo, run in a worker thread;
    must not refer to a page, as those are rebuilt, and may return `UndoRemarks`. records: the ids
    it changes. intent: passed to the page besides. why: why it cannot be undone, and what to do
    instead (English key); "" if it can.
    """

    page: str
    title: str
    description: str
    work: Callable[[Progress], object]
    records: Sequence[str] = ()
    intent: Mapping[str, Any] = {}
    why: str = ""

    @property
    def words(self) -> str:
        """What was done, in the current language of the window, without a full stop."""
        return words_of_stored(self.description).rstrip(".")


def _nothing(_report: Progress) -> None:
    """The `work` of a step that cannot be undone."""


class UndoSteps(QObject):
    """The steps of a window, over all pages; includes operations that cannot be undone, so that
    Ctrl+Z does not skip them silently."""

    operation_heard = Signal(str)

    def __init__(self, tasks: Runner) -> None:
        super().__init__(tasks)
        self._steps: list[UndoStep] = []
        # Listeners run in the thread of the operation.
        self.operation_heard.connect(self._note_final, Qt.ConnectionType.QueuedConnection)

    def listen(self, desk: Desk) -> None:
        """Listen for all operations on the desk from now on."""

        def hear(name: str) -> None:
            # A desk may outlive its window.
            if isValid(self):
                self.operation_heard.emit(name)

        desk.on_operation = hear

    def _note_final(self, name: str) -> None:
        final = final_operations.FINAL.get(name)
        if final is not None:
            self.push(UndoStep("", "", final.what, _nothing, why=final.why))

    def push(self, step: UndoStep) -> None:
        """Add a step."""
        self._steps.append(step)

    def newest(self) -> UndoStep | None:
        """The step that would be undone next."""
        return self._steps[-1] if self._steps else None

    def pop(self) -> UndoStep:
        """Remove and return the newest step, which is about to be undone."""
        return self._steps.pop()


def undo_steps_of(tasks: Runner) -> UndoSteps:
    """The undo steps of a window, identified by its task runner."""
    existing: Any = tasks.findChild(UndoSteps)
    return existing if isinstance(existing, UndoSteps) else UndoSteps(tasks)
