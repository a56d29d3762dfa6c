"""What was done since the window was opened, to be taken back step by step, the newest first."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from borderdesk.base.i18n import _
from borderdesk.base.lazy import lazy_module
from borderdesk.base.progress import Progress
from borderdesk.desk import Desk
from ui.base.tasks import Runner

if TYPE_CHECKING:
    from ui.base import final_operations
else:
    # A start does nothing that is final.
    final_operations = lazy_module("ui.base.final_operations")


class UndoStep(NamedTuple):
    """What was done, in words, and what takes it back.

    page: the page it was done on, where it is taken back too, so that one sees it; title: what that
    is called (English key). work: takes it back, off the window's thread; nothing of it belongs to
    a page, which is rebuilt in another language. records: what it changes. intent: what the page is
    asked for besides. why: why it cannot be taken back, and what to do instead (English key); ""
    where it can.
    """

    page: str
    title: str
    words: str
    work: Callable[[Progress], object]
    records: Sequence[str] = ()
    intent: Mapping[str, Any] = {}
    why: str = ""


def _nothing(_report: Progress) -> None:
    """What is final has no work that takes it back."""


class UndoSteps(QObject):
    """The steps of a window: saved, edited, deleted, tagged, on every page; and what was done
    meanwhile that cannot be taken back, so that Ctrl+Z never passes it over in silence."""

    operation_heard = Signal(str)

    def __init__(self, tasks: Runner) -> None:
        super().__init__(tasks)
        self._steps: list[UndoStep] = []
        # Listeners are called in the thread that ran the operation.
        self.operation_heard.connect(self._note_final, Qt.ConnectionType.QueuedConnection)

    def listen(self, desk: Desk) -> None:
        """Listen for every operation on the desk from now on."""

        def hear(name: str) -> None:
            # A desk may outlive its window.
            if isValid(self):
                self.operation_heard.emit(name)

        desk.on_operation = hear

    def _note_final(self, name: str) -> None:
        final = final_operations.FINAL.get(name)
        if final is not None:
            self.push(UndoStep("", "", _(final.what), _nothing, why=final.why))

    def push(self, step: UndoStep) -> None:
        """Note what was done."""
        self._steps.append(step)

    def newest(self) -> UndoStep | None:
        """What would be taken back next."""
        return self._steps[-1] if self._steps else None

    def pop(self) -> UndoStep:
        """The newest step, which is about to be taken back."""
        return self._steps.pop()


def undo_steps_of(tasks: Runner) -> UndoSteps:
    """The steps of the window that runs these tasks: one list for each window."""
    found: Any = tasks.findChild(UndoSteps)
    return found if isinstance(found, UndoSteps) else UndoSteps(tasks)
