"""The program's own few icons."""

from functools import cache

from PySide6.QtGui import QIcon

from borderdesk.paths import RESOURCES


@cache
def icon(name: str) -> QIcon:
    """The icon of that name in resources/icons."""
    return QIcon(str(RESOURCES / "icons" / f"{name}.svg"))
