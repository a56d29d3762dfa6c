"""Loader of the program's SVG icons, and accessible names for icon buttons inside line edits."""

from functools import cache

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QToolButton

from borderdesk.base.paths import RESOURCES


@cache
def icon(name: str) -> QIcon:
    """The icon `name`.svg of resources/icons, loaded once."""
    return QIcon(str(RESOURCES / "icons" / f"{name}.svg"))


def name_buttons(line: QLineEdit, name: str) -> None:
    """Set the accessible name of the tool buttons inside a line edit, which Qt leaves empty."""
    for button in line.findChildren(QToolButton):
        button.setAccessibleName(name)
