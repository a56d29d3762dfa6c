"""Runs the garbage collector in the window's thread alone while other threads are at work.

Python runs it in whichever thread allocates one object too many. A reference cycle may hold a
widget; destroyed in another thread, it waits there for the interpreter's lock while it holds a lock
of Qt's that the window's thread waits for: a deadlock. Destroyed in the midst of a restyling, in
whatever thread, it stands in the list that Qt goes through: a segmentation fault.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

PAUSE = 2_000
"""Milliseconds between two collections: the first comes when the start is over."""


class GarbageCollector(QTimer):
    """Collects garbage in Python's place, by Python's own thresholds."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner, interval=PAUSE)
        self.timeout.connect(collect_due)
        self._was_automatic = False

    def take_over(self) -> None:
        """From now on only this thread collects garbage."""
        if not self.isActive():
            self._was_automatic = gc.isenabled()
            self.start()
        gc.disable()

    def give_back(self) -> None:
        """The window closes, the other threads are at rest: as it was before."""
        if self.isActive() and self._was_automatic:
            gc.enable()
        self.stop()


@contextmanager
def no_collection() -> Iterator[None]:
    """Collect nothing meanwhile: Qt goes through the widgets of a window by their addresses, and
    handlers in Python are called on the way, in each of which the collector may destroy some."""
    by_python = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if by_python:
            gc.enable()


def collect_due() -> None:
    """Collect the oldest generation whose threshold is passed."""
    counts, limits = gc.get_count(), gc.get_threshold()
    due = [age for age, count in enumerate(counts) if 0 < limits[age] < count]
    if due:
        gc.collect(due[-1])
