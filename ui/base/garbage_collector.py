"""Runs the garbage collector only in the window's thread while other threads are running.

Python runs it in whichever thread allocates. A reference cycle may hold a widget: destroyed in
another thread, it waits for the GIL while it holds a lock of Qt that the window's thread waits for
(deadlock). Destroyed during a restyle, in any thread, it is still in the list of widgets that Qt
iterates over (segmentation fault).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

PAUSE = 2_000
"""Milliseconds between two collections; the first is after the start."""


class GarbageCollector(QTimer):
    """Timer that collects garbage by Python's thresholds."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner, interval=PAUSE)
        self.timeout.connect(collect_due)
        self._was_automatic = False

    def take_over(self) -> None:
        """Collect garbage only in this thread from now on."""
        if not self.isActive():
            self._was_automatic = gc.isenabled()
            self.start()
        gc.disable()

    def give_back(self) -> None:
        """Restore automatic collection: the window closes and the other threads are idle."""
        if self.isActive() and self._was_automatic:
            gc.enable()
        self.stop()


@contextmanager
def no_collection() -> Iterator[None]:
    """Disable collection: while Qt iterates over widgets it calls Python handlers, in which the
    collector could destroy some."""
    by_python = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if by_python:
            gc.enable()


def collect_due() -> None:
    """Collect the oldest generation above its threshold."""
    counts, limits = gc.get_count(), gc.get_threshold()
    due = [age for age, count in enumerate(counts) if 0 < limits[age] < count]
    if due:
        gc.collect(due[-1])
