"""The way of Tab through a page, where widgets were made later than what stands after them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget


def tab_before(widget: QWidget, then: QWidget) -> None:
    """Let Tab come to `widget` and from there to `then`, and to neither twice."""
    before = then.previousInFocusChain()
    while before is not None and before is not then and not _tabbed(before):
        before = before.previousInFocusChain()
    if before is not None and before is not widget:
        QWidget.setTabOrder(before, widget)
    QWidget.setTabOrder(widget, then)


def go_on_by_enter(line: QLineEdit) -> None:
    """Let Enter in a line of a form go on as Tab does, over choosers, which it could not leave."""

    def go_on() -> None:
        line.focusNextPrevChild(True)
        there = QApplication.focusWidget()
        if isinstance(there, QComboBox):
            there.focusNextPrevChild(True)

    line.returnPressed.connect(go_on)


def _tabbed(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
