"""A button of a panel whose work is no action of the whole window."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton


def push_button(
    words: str, hint: str, act: Callable[[], object], *, main: bool = False
) -> QPushButton:
    """A button with its sentence; main: the first one of its row."""
    made = QPushButton(words)
    made.setAccessibleName(words)
    made.setToolTip(hint)
    made.setProperty("main", main)
    made.clicked.connect(lambda _checked=False: act())
    return made
