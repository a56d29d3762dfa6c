"""The way of Tab through a page, where widgets were made later than what stands after them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_before(widget: QWidget, then: QWidget) -> None:
    """Let Tab come to `widget` and from there to `then`, and to neither twice."""
    before = then.previousInFocusChain()
    while before is not None and before is not then and not _tabbed(before):
        before = before.previousInFocusChain()
    if before is not None and before is not widget:
        QWidget.setTabOrder(before, widget)
    QWidget.setTabOrder(widget, then)


def _tabbed(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
