"""Permissions in the window: actions that are not allowed are disabled before they are tried.

The core refuses it in any case; the window asks the same table, so that no button leads to a
refusal.
"""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from borderdesk.session.permissions import ADMINISTRATOR, holds, permission_refusal
from ui.base.plain_text import plain_tip


class Rights:
    """The role of the person who works at the program's one window."""

    def __init__(self) -> None:
        self.role = ADMINISTRATOR

    def why_not(self, permission: str) -> str:
        """Why the person may not do this, and who may; "" where it is permitted."""
        if not permission or holds(self.role, permission):
            return ""
        return str(permission_refusal(self.role, permission))


RIGHTS = Rights()


class _Disabled(QObject):
    """Keeps a widget disabled, whoever enables it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Disable it again."""
        if event.type() == QEvent.Type.EnabledChange and isinstance(watched, QWidget):
            watched.setEnabled(False)
        return False


def permit(thing: QAction | QWidget, permission: str) -> str:
    """Disable what takes a permission that the person does not hold, with why as its hint; why."""
    why = RIGHTS.why_not(permission)
    if why:
        forbid(thing, why)
    return why


def forbid(thing: QAction | QWidget, why: str) -> None:
    """Disable it for good, with why as its hint."""
    thing.setEnabled(False)
    thing.setToolTip(plain_tip(why))
    if isinstance(thing, QAction):
        thing.enabledChanged.connect(lambda _on: thing.setEnabled(False))
    else:
        thing.setAccessibleDescription(why)
        thing.installEventFilter(_Disabled(thing))
