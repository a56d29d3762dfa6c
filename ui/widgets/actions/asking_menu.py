"""Menu that answers a question of the message bar."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu


def ask_again_unless_chosen(menu: QMenu, ask: Callable[[], None]) -> None:
    """Call `ask` again when the menu closes without a choice; delete the menu once it is closed.

    The message bar hid its question when the menu was opened, so a closed menu would leave the
    question unanswered and invisible.
    """
    again = QTimer(menu, singleShot=True)
    # aboutToHide is emitted before triggered: the timer waits one turn of the event loop.
    menu.aboutToHide.connect(again.start)
    menu.triggered.connect(again.stop)
    menu.triggered.connect(menu.deleteLater)
    again.timeout.connect(ask)
    again.timeout.connect(menu.deleteLater)
