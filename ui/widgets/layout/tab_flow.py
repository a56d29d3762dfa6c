"""Tab bar that wraps, so that all tabs stay visible."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QWidget

from ui.widgets.choosers.chooser import Chooser
from ui.widgets.layout.flow import FlowLayout

GAP = 0


class TabFlow(QWidget):
    """A tab bar; QTabBar hides tabs behind arrows where the window is narrow, the text large or
    tabs many.

    Tab moves the focus to the current tab, the arrow keys switch tabs. `fold` replaces the tabs by
    one combo box for windows too low for several rows of tabs.
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
        """Show a combo box instead of the tabs, or the tabs again."""
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
        """Whether the focus is inside, or returns here when a window above is closed."""
        inside = self.window().focusWidget()
        return inside is not None and self.isAncestorOf(inside)

    def _is_folded(self) -> bool:
        return not self._folded.isHidden()

    def _take_focus_proxy(self) -> None:
        tab = self._group.checkedButton()
        self.setFocusProxy(self._folded if tab is None or self._is_folded() else tab)

    def add_tab(self, words: str) -> None:
        """Append a tab; the first one becomes current."""
        self.insert_tab(self.count(), words)

    def insert_tab(self, place: int, words: str) -> None:
        """Insert a tab before index `place`; the current tab does not change."""
        tab = QPushButton(words)
        tab.setCheckable(True)
        tab.setProperty("tab", True)
        tab.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        tab.installEventFilter(self)
        self._group.addButton(tab)
        self._tabs.insert(place, tab)
        self._row.insert(1 + place, tab)
        if place:
            # The tab order follows the tabs, not the order of creation.
            QWidget.setTabOrder(self._tabs[place - 1], tab)
        if self._is_folded():
            tab.hide()
        self._folded.insertItem(place, words)
        if self.count() == 1:
            tab.setChecked(True)

    def remove_tab(self, place: int) -> None:
        """Remove a tab; if it was current, its successor becomes current."""
        if place == self.currentIndex():
            self.setCurrentIndex((place + 1) % self.count())
        tab = self._tabs.pop(place)
        self._group.removeButton(tab)
        self._row.removeWidget(tab)
        tab.deleteLater()
        self._folded.removeItem(place)

    def _toggled(self, tab: QPushButton, is_chosen: bool) -> None:
        if not is_chosen:
            return
        place = self._tabs.index(tab)
        self._folded.setCurrentIndex(place)
        self._take_focus_proxy()
        if self._has_keyboard():
            tab.setFocus()
        self.currentChanged.emit(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left and Right switch tabs across lines; QButtonGroup would go by geometry."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if by:
                self.step(by)
                return True
        return False

    def count(self) -> int:
        """The number of tabs."""
        return len(self._tabs)

    def currentIndex(self) -> int:
        """The index of the current tab, -1 for none."""
        return next((n for n, tab in enumerate(self._tabs) if tab.isChecked()), -1)

    def setCurrentIndex(self, place: int) -> None:
        """Switch to a tab."""
        self._tabs[place].setChecked(True)

    def tabText(self, place: int) -> str:
        """The text of a tab."""
        return self._tabs[place].text()

    def setTabText(self, place: int, words: str) -> None:
        """Change the text of a tab."""
        self._tabs[place].setText(words)
        self._folded.setItemText(place, words)

    def step(self, by: int) -> None:
        """Switch by so many tabs, cyclically, and focus the tab."""
        self.setCurrentIndex((self.currentIndex() + by) % self.count())
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
