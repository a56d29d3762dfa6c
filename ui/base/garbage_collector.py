"""Garbage is looked for in the window's thread alone, while other threads are at work.

Python looks for rings of objects in whichever thread happens to make one too many. Such a ring may
hold a widget: destroyed in a reader's thread, it waits there for the interpreter while it holds a
lock of Qt's that the window's thread waits for, and both stand still for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE = 2_000
"""Milliseconds between two looks: the first comes when the start of the program is over."""


class GarbageCollector(QTimer):
    """Looks for garbage in Python's place, by Python's own measure of when it is time."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner, interval=PAUSE)
        self.timeout.connect(look)

    def take_over(self) -> None:
        """From now on only this thread looks for garbage."""
        gc.disable()
        if not self.isActive():
            self.start()

    def give_back(self) -> None:
        """The other threads are at rest: Python may look for it again."""
        self.stop()
        gc.enable()


def look() -> None:
    """Look through the oldest generation of objects that it is time for."""
    counts, limits = gc.get_count(), gc.get_threshold()
    due = [age for age, count in enumerate(counts) if 0 < limits[age] < count]
    if due:
        gc.collect(due[-1])
