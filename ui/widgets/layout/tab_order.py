"""The way of Tab and Enter through a page: where it begins, over choosers, and to widgets that were
made later than what stands after them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from ui.base.key_filter import KeyFilter


def tab_before(widget: QWidget, then: QWidget) -> None:
    """Let Tab come to `widget` and from there to `then`, and to neither twice."""
    before = then.previousInFocusChain()
    while before is not None and before is not then and not _tabbed(before):
        before = before.previousInFocusChain()
    if before is not None and before is not widget:
        QWidget.setTabOrder(before, widget)
    QWidget.setTabOrder(widget, then)


def go_to_first(part: QWidget) -> None:
    """Put the keyboard into a part, or the first in it that Tab comes to, unless it is there."""
    inside = part.window().focusWidget()
    place: QWidget | None = None if inside is not None and part.isAncestorOf(inside) else part
    while place is not None and not (
        (place is part or part.isAncestorOf(place))
        and (_tabbed(place) and place.isVisible() and place.isEnabled())
    ):
        place = place.nextInFocusChain()
        if place is part:
            return
    if place is not None:
        place.setFocus(Qt.FocusReason.OtherFocusReason)


def go_on_by_enter(field: QLineEdit | QComboBox) -> None:
    """Let Enter in a line or a closed chooser of a form go on as Tab does."""
    if isinstance(field, QLineEdit):
        field.returnPressed.connect(lambda: field.focusNextPrevChild(True))
    else:
        EnterStep(field)


class EnterStep(KeyFilter):
    """Enter goes on from a chooser, whose open list has it for itself; Qt leaves it there."""

    def __init__(self, chooser: QComboBox) -> None:
        super().__init__(chooser)
        self._chooser = chooser

    def takes(self, event: QKeyEvent) -> bool:
        """Enter."""
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() not in enter or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        self._chooser.focusNextPrevChild(True)
        return True


def _tabbed(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
