"""Toolbar above a list; its last button opens the menu of other actions."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton

from ui.records.page_parts import PageParts
from ui.widgets.actions.all_actions import bind, button
from ui.widgets.layout.folding_row import FoldingRow


class PageToolbar(FoldingRow):
    """Buttons add, copy, delete, grid, spreadsheet, more; then the message bar."""

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
        super().__init__(more_stays=True)
        front = parts.front
        self.add_button = button(bind(front, "add", add), main=True, keys=True)
        self.deleting = bind(front, "delete", delete, parts.list.view)
        self.deleting.setEnabled(False)
        seldom = {
            button(action, flat=True): action
            for action in (
                bind(front, "duplicate", duplicate),
                self.deleting,
                bind(front, "grid", show_grid),
                bind(front, "sheet", show_sheet),
            )
        }
        more = button(bind(front, "more", self.show_more), flat=True)
        self.buttons: Sequence[QPushButton] = (self.add_button, *seldom, more)
        self.add(self.add_button)
        for shown, action in seldom.items():
            self.add_seldom(shown, action)
        self.add_more(more)
        self._bar = parts.bar
        self.add(self._bar, 1)

    def lend_bar(self, line: QHBoxLayout) -> None:
        """Move the message bar to another line, while the toolbar is hidden."""
        self.removeWidget(self._bar)
        line.addWidget(self._bar, 1)

    def take_bar(self, line: QHBoxLayout) -> None:
        """Move the message bar back."""
        line.removeWidget(self._bar)
        self.add(self._bar, 1)
