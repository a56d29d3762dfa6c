"""A row of buttons that leaves the room of a low window to what is below it."""

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from borderdesk.base.i18n import _
from ui.widgets.flow import FlowLayout


class FoldingRow(FlowLayout):
    """Buttons of a page; folded, the seldom ones are offered by a menu in their place."""

    def __init__(self) -> None:
        super().__init__()
        self._seldom: list[QPushButton] = []
        self._folding: list[QWidget] = []
        self._more = QPushButton(_("More…"))
        self._more.setProperty("flat", True)
        self._menu = QMenu(self._more)
        self._menu.aboutToShow.connect(self._offer)
        self._more.setMenu(self._menu)
        self._more.hide()

    def add_seldom(self, *buttons: QPushButton, together: QWidget | None = None) -> None:
        """Add what is not asked for daily; `together` holds buttons that stay in one line."""
        self._seldom += buttons
        shown = [together] if together is not None else buttons
        self._folding += shown
        for one in shown:
            self.add(one)
        if self.indexOf(self._more) < 0:
            self.add(self._more)

    def fold(self, folded: bool) -> None:
        """Show a menu in place of the seldom buttons, or the buttons again."""
        for one in self._folding:
            one.setVisible(not folded)
        self._more.setVisible(folded)

    def _offer(self) -> None:
        self._menu.clear()
        for one in self._seldom:
            offered = self._menu.addAction(one.accessibleName() or one.text(), one.click)
            offered.setEnabled(one.isEnabled())
