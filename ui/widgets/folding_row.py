"""A row of buttons that leaves the room of a low window to what is below it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ui.widgets.flow import FlowLayout


class FoldingRow(FlowLayout):
    """Buttons of a page; folded, the last one offers the seldom ones in their place."""

    def __init__(self, *, more_stays: bool) -> None:
        """more_stays: whether the last button is there unfolded too, with more to offer."""
        super().__init__()
        self._more_stays = more_stays
        self._seldom: dict[QWidget, Sequence[QAction]] = {}
        self._others: Sequence[QAction] = ()
        self._folded = False

    def add_seldom(self, shown: QWidget, *actions: QAction) -> None:
        """Add what is not asked for daily: what shows it, and the actions of that."""
        self._seldom[shown] = actions
        self.add(shown)

    def add_more(self, more: QPushButton) -> None:
        """Add the last button, which calls `show_more`."""
        self._more = more
        self.add(more)

    def offer_more(self, actions: Sequence[QAction]) -> None:
        """What the last button offers, folded or not."""
        self._others = actions

    def fold(self, folded: bool) -> None:
        """Have the seldom ones offered by the last button, or shown again."""
        self._folded = folded
        for one in self._seldom:
            one.setVisible(not folded)
        self._more.setVisible(folded or self._more_stays)

    def show_more(self) -> None:
        """Open the menu of the last button; its actions keep their keys."""
        menu = QMenu(self._more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._folded:
            menu.addActions([action for actions in self._seldom.values() for action in actions])
        menu.addActions(self._others)
        menu.popup(self.menu_place())

    def menu_place(self) -> QPoint:
        """Where on the screen a menu of the last button opens."""
        return self._more.mapToGlobal(self._more.rect().bottomLeft())
