"""What was done since the window was opened, to be taken back step by step, the newest first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QObject

from borderdesk.base.progress import Progress
from ui.base.tasks import Runner


class UndoStep(NamedTuple):
    """What was done, in words, and what takes it back.

    page: the page it was done on, where it is taken back too, so that one sees it; title: what
    that is called (English key). work: takes it
    back, off the window's thread; nothing of it belongs to a page, which is made anew in another
    language. records: what it changes. intent: what the page is asked for besides.
    """

    page: str
    title: str
    words: str
    work: Callable[[Progress], object]
    records: Sequence[str] = ()
    intent: Mapping[str, Any] = {}


class UndoSteps(QObject):
    """The steps of a window: saved, edited, deleted, tagged, on every page."""

    def __init__(self, tasks: Runner) -> None:
        super().__init__(tasks)
        self._steps: list[UndoStep] = []

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
