"""A menu that answers a question of the message bar."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu


def ask_again_unless_chosen(menu: QMenu, ask: Callable[[], None]) -> None:
    """Ask again when the menu goes without an answer; the menu is deleted after it is shown once.

    The bar hid its question when the menu was opened: what was asked would be lost unsaid.
    """
    again = QTimer(menu, singleShot=True)
    # A menu hides before it tells what was chosen.
    menu.aboutToHide.connect(again.start)
    menu.triggered.connect(again.stop)
    menu.triggered.connect(menu.deleteLater)
    again.timeout.connect(ask)
    again.timeout.connect(menu.deleteLater)
