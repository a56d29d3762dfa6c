"""Queue of items, such as files, each processed as a background job of its own."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject

from borderdesk.base.errors import OperationStopped
from borderdesk.base.progress import Progress
from ui.base.tasks import BackgroundWork

I = TypeVar("I")  # noqa: E741 - an item
A = TypeVar("A")
STEPS = 1_000
"""Progress steps per item."""
Start = Callable[
    [Callable[[], Any], Callable[[Any], None], Callable[[Exception], None], QObject], object
]
"""How a job is started: `Runner.run` or `Runner.later`."""


class ItemQueue(Generic[I, A]):
    """Processes items one after the other; `do` gets the item and a progress callback.

    Other jobs run between two items. A stop takes effect between items or at a progress report:
    `then` receives the results so far, in order. `work` carries the progress.
    """

    def __init__(
        self,
        owner: QObject,
        start: Start,
        items: Sequence[I],
        do: Callable[[I, Progress], A],
        then: Callable[[list[A]], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self.work = BackgroundWork(owner)
        self._owner = owner
        self._start = start
        self._items = list(items)
        self._do = do
        self._then = then
        self._on_error = on_error
        self._answers: list[A] = []

    def go_on(self) -> None:
        """Start the next item, or finish."""
        finished = len(self._answers)
        try:
            self._report(finished)
        except OperationStopped:
            return self._end()
        if finished == len(self._items):
            return self._end()
        item = self._items[finished]

        def report(part: int, whole: int) -> None:
            self._report(finished + (part / whole if whole else 0))

        self._start(lambda: self._do(item, report), self._arrived, self._failed, self._owner)
        return None

    def _report(self, finished: float) -> None:
        """Report finished items plus the fraction of the current one. Raises OperationStopped."""
        self.work.report(round(finished * STEPS), len(self._items) * STEPS)

    def _arrived(self, answer: A) -> None:
        self._answers.append(answer)
        self.go_on()

    def _end(self) -> None:
        self.work.ended.emit()
        self._then(self._answers)

    def _failed(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, OperationStopped):
            self._on_error(error)
