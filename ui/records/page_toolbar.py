"""The buttons above a list, the last of which opens what else can be done."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton

from ui.records.page_parts import PageParts
from ui.widgets.actions import bind, button
from ui.widgets.flow import FlowLayout


class PageToolbar(FlowLayout):
    """Add, copy, delete, table, spreadsheet, more; the bar of messages stands after them."""

    def __init__(
        self,
        parts: PageParts,
        *,
        add: Callable[[], object],
        delete: Callable[[], object],
        duplicate: Callable[[], object],
        show_grid: Callable[[], object],
        show_sheet: Callable[[], object],
    ) -> None:
        super().__init__()
        front, flat = parts.front, True
        self._front = front
        self.add_button = button(bind(front, "add", add), main=True, keys=True)
        self.deleting = bind(front, "delete", delete, parts.list.view)
        self.deleting.setEnabled(False)
        remove = button(self.deleting, flat=flat)
        duplicating = bind(front, "duplicate", duplicate)
        copying = button(duplicating, flat=flat)
        self._more = button(bind(front, "more", self._show_more), flat=flat)
        gridding, reading = bind(front, "grid", show_grid), bind(front, "sheet", show_sheet)
        as_table = button(gridding, flat=flat)
        self.buttons: Sequence[QPushButton]
        sheet = button(reading, flat=flat)
        self.buttons = (self.add_button, copying, remove, as_table, sheet, self._more)
        self._others: Sequence[QAction] = ()
        self._seldom = (duplicating, self.deleting, gridding, reading)
        self._low = False
        for widget in self.buttons:
            self.add(widget)
        self._bar = parts.bar
        self.add(self._bar, 1)

    def lend_bar(self, line: QHBoxLayout) -> None:
        """Let the bar of messages stand in another line, which is in sight when this is not."""
        self.removeWidget(self._bar)
        line.addWidget(self._bar, 1)

    def take_bar(self, line: QHBoxLayout) -> None:
        """Have the bar of messages here again."""
        line.removeWidget(self._bar)
        self.add(self._bar, 1)

    def fold(self, low: bool) -> None:
        """Leave the room of a low window to the list: what is not asked for daily is offered by
        the last button, and has its keys."""
        self._low = low
        for widget in self.buttons[1:-1]:
            widget.setVisible(not low)

    def offer_more(self, actions: Sequence[QAction]) -> None:
        """What the last button offers."""
        self._others = actions

    def _show_more(self) -> None:
        menu = QMenu(self._front)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([*(self._seldom if self._low else ()), *self._others])
        menu.popup(self.menu_place())

    def menu_place(self) -> QPoint:
        """Where on the screen a menu of the last button opens."""
        return self._more.mapToGlobal(self._more.rect().bottomLeft())
