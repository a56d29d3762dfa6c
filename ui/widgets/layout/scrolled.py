"""Scroll areas for contents that do not fit a low window or large text."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QFrame,
    QHeaderView,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.base.style import named

ENDLESS = 10_000
"""Tables with more rows keep their own scroll bar."""


class ScrolledContents(QWidget):
    """Contents of a scroll area that report their minimum height, not the preferred one."""

    def heightForWidth(self, width: int) -> int:
        """The layout's minimum height for a width (heightForWidth would be the preferred one); -1
        without a layout."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class ScrolledRoom(QScrollArea):
    """A scroll area with one scroll bar at most: while it scrolls, the tables inside are as high as
    their rows and do not scroll themselves."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = named(inside, "page")
        self._least: dict[QAbstractItemView, int] = {}
        """The enlarged tables and their minimum height before."""
        self._heard: set[QAbstractItemView] = set()
        self._shared = QSize()
        """The size of the area when they were enlarged."""
        self._settled = QTimer(self, singleShot=True, interval=0)
        self._settled.timeout.connect(self._share)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inside)
        inside.installEventFilter(self)

    def sizeHint(self) -> QSize:
        """As high as the contents at the current width."""
        hint = super().sizeHint()
        if self._inside.hasHeightForWidth():
            hint.setHeight(self._inside.heightForWidth(self.viewport().width()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Schedule a new distribution of the height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._settled.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Schedule it as well when the contents change size."""
        if event.type() == QEvent.Type.Resize and watched is self._inside:
            self._settled.start()
        return super().eventFilter(watched, event)

    def _share(self) -> None:
        if self._least and self.size() != self._shared:
            for view, least in self._least.items():
                if isValid(view):
                    view.setMinimumHeight(least)
            self._least.clear()
            self._settled.start()
        elif self._least or self.verticalScrollBar().maximum() > 0:
            self._shared = self.size()
            for view in self._inside.findChildren(QAbstractItemView):
                if not isinstance(view, QHeaderView) and view.isVisibleTo(self._inside):
                    self._grow(view)

    def _grow(self, view: QAbstractItemView) -> None:
        """Enlarge a table to the height of its rows."""
        self._hear(view)
        rows = view.model().rowCount() if view.model() is not None else 0
        if rows > ENDLESS:
            return
        least = self._least.setdefault(view, view.minimumHeight())
        around = view.height() - view.viewport().height()
        if isinstance(view, QTableView):
            inside = view.verticalHeader().length()
        else:
            inside = view.viewport().height() + view.verticalScrollBar().maximum()
        view.setMinimumHeight(max(least, around + inside))

    def _hear(self, view: QAbstractItemView) -> None:
        """Redistribute when the rows of a table change, and keep its current row visible."""
        if view in self._heard:
            return
        self._heard.add(view)
        horizontal = view.horizontalScrollBar()
        scroll_position = horizontal.value()
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Per-pixel scrolling moves to the top-left cell, which would cut columns visible at the
        # right.
        horizontal.setValue(scroll_position)
        view.verticalScrollBar().rangeChanged.connect(lambda *_ends: self._settled.start())
        view.selectionModel().currentChanged.connect(lambda at, _old: self._follow(view, at))

    def _follow(self, view: QAbstractItemView, at: QModelIndex) -> None:
        """Scroll the area to the current row of an enlarged table that has the focus."""
        # A selection model may outlive its view, and moves on when its model is emptied.
        if not isValid(view) or view not in self._least or not view.hasFocus():
            return
        row = view.visualRect(at)
        center = view.viewport().mapTo(self._inside, QPoint(0, row.center().y()))
        self.ensureVisible(0, center.y(), 0, row.height())


def scrolled(owner: QWidget, inside: QWidget) -> ScrolledRoom:
    """Put `inside` into a scroll area that fills `owner`; returns the area."""
    area = ScrolledRoom(inside)
    whole = QVBoxLayout(owner)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(8)
    whole.addWidget(area)
    # A reference besides Qt's: PySide may tie the area to another widget, and what is tied in a
    # circle is destroyed by the garbage collector (see `ui.base.neighbours`).
    vars(owner)["scrolled_room"] = area
    return area


def scrolled_column(owner: QWidget) -> QVBoxLayout:
    """Give `owner` a scrolling vertical layout and return that layout."""
    inside = ScrolledContents()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(8)
    scrolled(owner, inside)
    return column


def scrolled_form(owner: QWidget) -> QFormLayout:
    """Give `owner` a scrolling form layout, no higher than its minimum; widgets added to `foot`
    stand right below."""
    inside = ScrolledContents()
    form = QFormLayout(inside)
    form.setContentsMargins(0, 16, 0, 0)
    form.setSpacing(12)
    scrolled(owner, inside).setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return form


def foot(owner: QWidget) -> QVBoxLayout:
    """The layout below the scroll area of `owner`, which does not scroll."""
    whole = owner.layout()
    assert isinstance(whole, QVBoxLayout)
    return whole
