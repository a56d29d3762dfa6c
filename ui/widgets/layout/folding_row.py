"""A row of buttons that stays on one line, and leaves the room of a low window to what is below."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ui.widgets.layout.flow import FlowLayout


class FoldingRow(FlowLayout):
    """Buttons of a page, on one line; the last one offers the rarely used ones that have no
    room."""

    def __init__(self, *, more_stays: bool) -> None:
        """more_stays: whether the last button is there too where nothing is folded, with more to
        offer."""
        super().__init__()
        self._more_stays = more_stays
        self._always: list[QWidget] = []
        self._seldom: dict[QWidget, Sequence[QAction]] = {}
        self._others: Sequence[QAction] = ()
        self._folded: Sequence[QWidget] = ()
        self._more: QPushButton | None = None

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget; after the last button it may stand on a line of its own."""
        if self._more is None:
            self._always.append(widget)
        super().add(widget, stretch)

    def add_seldom(self, shown: QWidget, *actions: QAction) -> None:
        """Add what is not asked for daily: what shows it, and the actions of that."""
        self._seldom[shown] = actions
        super().add(shown)

    def add_more(self, more: QPushButton) -> None:
        """Add the last button, which calls `show_more`."""
        self._more = more
        super().add(more)

    def offer_more(self, actions: Sequence[QAction]) -> None:
        """What the last button offers, folded or not."""
        self._others = actions

    def fold(self, width: int, *, low: bool) -> None:
        """Have the rarely used ones that do not fit into so many pixels offered by the last button,
        and all of them where the page is low."""
        assert self._more is not None
        seldom = list(self._seldom)
        shown = 0 if low else self._fitting(seldom, width)
        self._folded = seldom[shown:]
        for one in seldom:
            one.setVisible(one not in self._folded)
        self._more.setVisible(bool(self._folded) or self._more_stays)

    def _fitting(self, seldom: Sequence[QWidget], width: int) -> int:
        """How many of the rarely used ones fit beside the others on one line."""
        assert self._more is not None
        needed = [self._width(one) for one in seldom]
        left = width - sum(self._width(one) for one in self._always)
        if not self._more_stays and sum(needed) - self.spacing() <= left:
            return len(seldom)
        left -= self._width(self._more) - self.spacing()
        return sum(sum(needed[: number + 1]) <= left for number in range(len(needed)))

    def _width(self, shown: QWidget) -> int:
        # Before it is shown for the first time it has not the look that makes it wider.
        shown.ensurePolished()
        return shown.sizeHint().expandedTo(shown.minimumSize()).width() + self.spacing()

    def show_more(self) -> None:
        """Open the menu of the last button; its actions keep their keys."""
        assert self._more is not None
        menu = QMenu(self._more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([action for one in self._folded for action in self._seldom[one]])
        menu.addActions(self._others)
        menu.popup(self.menu_place())

    def menu_place(self) -> QPoint:
        """Where on the screen a menu of the last button opens."""
        assert self._more is not None
        return self._more.mapToGlobal(self._more.rect().bottomLeft())
