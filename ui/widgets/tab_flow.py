"""Tabs that are all in sight: what does not fit beside the others stands in the next line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from ui.widgets.flow import FlowLayout

GAP = 0


class TabFlow(QWidget):
    """The tabs of a page, one of them chosen; Qt's own hides the last behind arrows where the
    window is narrow, the text large, or there are a dozen.

    Tab comes to the chosen one, the arrow keys go from one to the next and choose it.
    """

    currentChanged = Signal(int)  # noqa: N815 - as of a QTabBar, whose place it takes

    def __init__(self) -> None:
        super().__init__()
        self._row = FlowLayout(self)
        self._row.setSpacing(GAP)
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self._toggled)

    def add_tab(self, words: str) -> None:
        """Add a tab at the end; the first is chosen."""
        tab = QPushButton(words)
        tab.setCheckable(True)
        tab.setProperty("tab", True)
        tab.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group.addButton(tab, self.count())
        self._row.add(tab)
        if self.count() == 1:
            tab.setChecked(True)
            self.setFocusProxy(tab)

    def _toggled(self, place: int, chosen: bool) -> None:
        if not chosen:
            return
        tab = self._group.button(place)
        self.setFocusProxy(tab)
        if any(other.hasFocus() for other in self._group.buttons()):
            tab.setFocus()
        self.currentChanged.emit(place)

    def count(self) -> int:
        """How many tabs there are."""
        return len(self._group.buttons())

    def currentIndex(self) -> int:
        """The place of the chosen tab, from 0."""
        return self._group.checkedId()

    def setCurrentIndex(self, place: int) -> None:
        """Choose a tab."""
        self._group.button(place).setChecked(True)

    def tabText(self, place: int) -> str:
        """What a tab says."""
        return self._group.button(place).text()

    def setTabText(self, place: int, words: str) -> None:
        """Let a tab say something else."""
        self._group.button(place).setText(words)

    def step(self, by: int) -> None:
        """Choose the tab so many places on, and go on from the last to the first."""
        self.setCurrentIndex((self.currentIndex() + by) % self.count())
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
