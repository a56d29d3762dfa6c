"""Row of buttons kept on one line, with the message bar; buttons that do not fit move into the menu
of the last one ("More")."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ui.widgets.layout.flow import FlowLayout


class FoldingRow(FlowLayout):
    """A flow layout of buttons on one line whose last button opens a menu of the rarely used ones
    that do not fit."""

    def __init__(self, *, more_stays: bool) -> None:
        """more_stays: whether the last button stays visible when nothing is folded, having other
        actions."""
        super().__init__()
        self._more_stays = more_stays
        self._always: list[QWidget] = []
        self._behind: list[QWidget] = []
        self._seldom: dict[QWidget, Sequence[QAction]] = {}
        self._others: Sequence[QAction] = ()
        self._folded: Sequence[QWidget] = ()
        self._more: QPushButton | None = None

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget that is never folded; after the last button it wraps to another line where
        folding makes no room for it."""
        (self._always if self._more is None else self._behind).append(widget)
        super().add(widget, stretch)

    def add_seldom(self, shown: QWidget, *actions: QAction) -> None:
        """Add a rarely used widget and the actions that replace it in the menu."""
        self._seldom[shown] = actions
        super().add(shown)

    def add_more(self, more: QPushButton) -> None:
        """Add the last button, which calls `show_more`."""
        self._more = more
        super().add(more)

    def removeWidget(self, widget: QWidget) -> None:
        """Remove a widget from behind the last button, if it is there."""
        self._behind = [other for other in self._behind if other is not widget]
        super().removeWidget(widget)

    def offer_more(self, actions: Sequence[QAction]) -> None:
        """Set the actions that the menu always offers."""
        self._others = actions

    def fold(self, width: int, *, low: bool) -> None:
        """Hide the rarely used widgets that do not fit into `width` pixels, all of them on a low
        page; the menu offers their actions."""
        assert self._more is not None
        seldom = list(self._seldom)
        shown = 0 if low else self._fitting(seldom, width)
        self._folded = seldom[shown:]
        for widget in seldom:
            widget.setVisible(widget not in self._folded)
        self._more.setVisible(bool(self._folded) or self._more_stays)

    def _fitting(self, seldom: Sequence[QWidget], width: int) -> int:
        """How many of the rarely used widgets fit on the line beside the others, and what is behind
        the last button too unless it needs a line of its own anyway."""
        assert self._more is not None
        needed = [self._width(widget) for widget in seldom]
        room = width - sum(self._width(widget) for widget in self._always)
        behind = sum(self._width(widget) for widget in self._behind if _takes_room(widget))
        if self._width(self._more) + behind - self.spacing() <= room:
            room -= behind
        if not self._more_stays and sum(needed) - self.spacing() <= room:
            return len(seldom)
        room -= self._width(self._more) - self.spacing()
        return sum(sum(needed[: number + 1]) <= room for number in range(len(needed)))

    def _width(self, shown: QWidget) -> int:
        # Polished first: before the first show the style sheet, which widens it, is not applied.
        shown.ensurePolished()
        return shown.sizeHint().expandedTo(shown.minimumSize()).width() + self.spacing()

    def show_more(self) -> None:
        """Open the menu of the last button."""
        assert self._more is not None
        menu = QMenu(self._more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([action for widget in self._folded for action in self._seldom[widget]])
        menu.addActions(self._others)
        menu.popup(self.menu_place())

    def menu_place(self) -> QPoint:
        """The global position at which the menu opens."""
        assert self._more is not None
        return self._more.mapToGlobal(self._more.rect().bottomLeft())


def _takes_room(widget: QWidget) -> bool:
    """Whether it is shown, or keeps its place as a message bar does."""
    return not widget.isHidden() or widget.sizePolicy().retainSizeWhenHidden()
