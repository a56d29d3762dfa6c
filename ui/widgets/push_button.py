"""A button of a panel whose work is no action of the whole window."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from ui.base.rights import permit


def push_button(
    words: str,
    hint: str,
    act: Callable[[], object],
    *,
    main: bool = False,
    flat: bool = False,
    takes: str = "",
) -> QPushButton:
    """A button with its sentence; main: the first one of its row; flat: without a frame; takes: the
    permission that who presses it has to hold."""
    made = QPushButton(words)
    made.setAccessibleName(words)
    made.setToolTip(hint)
    made.setProperty("main", main)
    made.setProperty("flat", flat)
    made.clicked.connect(lambda _checked=False: act())
    permit(made, takes)
    return made
