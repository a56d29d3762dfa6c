"""Permissions in the window: disables what the account may not do.

The core checks permissions too; the window uses the same table, so that no button leads to a
refusal.
"""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from borderdesk.session.permissions import ADMINISTRATOR, holds, permission_refusal
from ui.base.plain_text import plain_tip


class Rights:
    """The role of the account in the program's only window."""

    def __init__(self) -> None:
        self.role = ADMINISTRATOR

    def why_not(self, permission: str) -> str:
        """Why the account may not do this, and who may; "" if it may."""
        if not permission or holds(self.role, permission):
            return ""
        return str(permission_refusal(self.role, permission))


RIGHTS = Rights()


class _Disabled(QObject):
    """Event filter that keeps a widget disabled."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Disable it again."""
        if event.type() == QEvent.Type.EnabledChange and isinstance(watched, QWidget):
            watched.setEnabled(False)
        return False


def permit(target: QAction | QWidget, permission: str) -> str:
    """Disable an action or widget without its permission and explain it in the tooltip; returns the
    explanation, "" if permitted."""
    why = RIGHTS.why_not(permission)
    if why:
        forbid(target, why)
    return why


def forbid(target: QAction | QWidget, why: str) -> None:
    """Disable it permanently, with the explanation as tooltip."""
    target.setEnabled(False)
    target.setToolTip(plain_tip(why))
    if isinstance(target, QAction):
        target.enabledChanged.connect(lambda _on: target.setEnabled(False))
    else:
        target.setAccessibleDescription(why)
        target.installEventFilter(_Disabled(target))
