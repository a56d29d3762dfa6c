"""Factory of push buttons whose work is not one of the window's actions (ACTIONS)."""

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
    """A push button labelled `words` with the tooltip `hint` that calls `act` when clicked.

    main: styled as the first button of its row; flat: without a frame; takes: the permission of the
    core that pressing it needs ("" for none).
    """
    pressed = QPushButton(words)
    pressed.setAccessibleName(words)
    pressed.setToolTip(hint)
    pressed.setProperty("main", main)
    pressed.setProperty("flat", flat)
    pressed.clicked.connect(lambda _checked=False: act())
    permit(pressed, takes)
    return pressed
