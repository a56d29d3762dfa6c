"""Focus chain: tab order of widgets created late, initial focus of a part, Enter as Tab."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from ui.base.key_filter import KeyFilter
from ui.base.neighbours import following, preceding


def tab_before(widget: QWidget, after: QWidget) -> None:
    """Insert `widget` right before `after` in the tab order."""
    before = preceding(after)
    while before is not None and before is not after and not _tabbed(before):
        before = preceding(before)
    if before is not None and before is not widget:
        QWidget.setTabOrder(before, widget)
    QWidget.setTabOrder(widget, after)


def go_to_first(part: QWidget) -> None:
    """Focus the part or the first focusable widget in it, unless the focus is already inside."""
    focused = part.window().focusWidget()
    candidate: QWidget | None = None if focused is not None and part.isAncestorOf(focused) else part
    while candidate is not None and not (
        (candidate is part or part.isAncestorOf(candidate))
        and (_tabbed(candidate) and candidate.isVisible() and candidate.isEnabled())
    ):
        candidate = following(candidate)
        if candidate is part:
            return
    if candidate is not None:
        candidate.setFocus(Qt.FocusReason.OtherFocusReason)


def go_on_by_enter(field: QLineEdit | QComboBox) -> None:
    """Make Enter in a line edit or closed combo box move the focus on as Tab does."""
    if isinstance(field, QLineEdit):
        field.returnPressed.connect(lambda: field.focusNextPrevChild(True))
    else:
        EnterStep(field)


class EnterStep(KeyFilter):
    """Key filter: Enter in a closed combo box moves the focus on; QComboBox ignores it."""

    def __init__(self, chooser: QComboBox) -> None:
        super().__init__(chooser)
        self._chooser = chooser

    def takes(self, event: QKeyEvent) -> bool:
        """Handle Enter."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() not in enter or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        self._chooser.focusNextPrevChild(True)
        return True


def _tabbed(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
