"""Tabs that are all in sight: what does not fit beside the others stands in the next line."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from ui.widgets.choosers.chooser import Chooser
from ui.widgets.layout.flow import FlowLayout

GAP = 0


class TabFlow(QWidget):
    """The tabs of a page, one of them chosen; Qt's own hides the last behind arrows where the
    window is narrow, the text large, or there are a dozen.

    Tab comes to the chosen one, the arrow keys go from one to the next and choose it. Where the
    window is so low that lines of tabs would leave no room for what they show, they fold into one
    chooser.
    """

    currentChanged = Signal(int)  # noqa: N815 - as of a QTabBar, whose place it takes

    def __init__(self) -> None:
        super().__init__()
        self._row = FlowLayout(self)
        self._row.setSpacing(GAP)
        self._group = QButtonGroup(self)
        self._group.buttonToggled.connect(self._toggled)
        self._tabs: list[QPushButton] = []
        self._folded = Chooser()
        self._folded.hide()
        self._folded.activated.connect(self.setCurrentIndex)
        self._row.add(self._folded)

    def fold(self, folded: bool) -> None:
        """Show one chooser in place of the tabs, or the tabs again."""
        if folded == self._is_folded():
            return
        focused = self._has_keyboard()
        self._folded.setAccessibleName(self.accessibleName())
        self._folded.setVisible(folded)
        for tab in self._tabs:
            tab.setVisible(not folded)
        self._take_focus_proxy()
        if focused:
            self.setFocus()

    def _has_keyboard(self) -> bool:
        """Whether the keyboard is here, or will be once a window above this one is closed."""
        inside = self.window().focusWidget()
        return inside is not None and self.isAncestorOf(inside)

    def _is_folded(self) -> bool:
        return not self._folded.isHidden()

    def _take_focus_proxy(self) -> None:
        tab = self._group.checkedButton()
        self.setFocusProxy(self._folded if tab is None or self._is_folded() else tab)

    def add_tab(self, words: str) -> None:
        """Add a tab at the end; the first is chosen."""
        self.insert_tab(self.count(), words)

    def insert_tab(self, place: int, words: str) -> None:
        """Add a tab before the one that stands in this place; the chosen one stays so."""
        tab = QPushButton(words)
        tab.setCheckable(True)
        tab.setProperty("tab", True)
        tab.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        tab.installEventFilter(self)
        self._group.addButton(tab)
        self._tabs.insert(place, tab)
        self._row.insert(1 + place, tab)
        if place:
            # Tabs follow each other, whatever was made between them.
            QWidget.setTabOrder(self._tabs[place - 1], tab)
        if self._is_folded():
            tab.hide()
        self._folded.insertItem(place, words)
        if self.count() == 1:
            tab.setChecked(True)

    def remove_tab(self, place: int) -> None:
        """Take a tab away; if it was the chosen one, the one after it is chosen now."""
        if place == self.currentIndex():
            self.setCurrentIndex((place + 1) % self.count())
        tab = self._tabs.pop(place)
        self._group.removeButton(tab)
        self._row.removeWidget(tab)
        tab.deleteLater()
        self._folded.removeItem(place)

    def _toggled(self, tab: QPushButton, chosen: bool) -> None:
        if not chosen:
            return
        place = self._tabs.index(tab)
        self._folded.setCurrentIndex(place)
        self._take_focus_proxy()
        if self._has_keyboard():
            tab.setFocus()
        self.currentChanged.emit(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go on from the end of a line to the next; Qt's own goes by where the tabs stand."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if by:
                self.step(by)
                return True
        return False

    def count(self) -> int:
        """How many tabs there are."""
        return len(self._tabs)

    def currentIndex(self) -> int:
        """The place of the chosen tab, from 0."""
        return next((n for n, tab in enumerate(self._tabs) if tab.isChecked()), -1)

    def setCurrentIndex(self, place: int) -> None:
        """Choose a tab."""
        self._tabs[place].setChecked(True)

    def tabText(self, place: int) -> str:
        """What a tab says."""
        return self._tabs[place].text()

    def setTabText(self, place: int, words: str) -> None:
        """Let a tab say something else."""
        self._tabs[place].setText(words)
        self._folded.setItemText(place, words)

    def step(self, by: int) -> None:
        """Choose the tab so many places on, and go on from the last to the first."""
        self.setCurrentIndex((self.currentIndex() + by) % self.count())
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
