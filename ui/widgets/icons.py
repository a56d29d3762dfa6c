"""The program's own few icons."""

from functools import cache

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QToolButton

from borderdesk.base.paths import RESOURCES


@cache
def icon(name: str) -> QIcon:
    """The icon of that name in resources/icons."""
    return QIcon(str(RESOURCES / "icons" / f"{name}.svg"))


def name_buttons(line: QLineEdit, name: str) -> None:
    """Give the small buttons inside a line their accessible name, which Qt leaves blank."""
    for button in line.findChildren(QToolButton):
        button.setAccessibleName(name)
