"""Contents that can be scrolled to where the window is low or the text is large."""

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
"""Rows of a table beyond which it keeps a bar of its own."""


class ScrolledContents(QWidget):
    """What is scrolled: no higher than it has to be, where it would rather be."""

    def heightForWidth(self, width: int) -> int:
        """The least height in a width; a layout's own answer is what it would like best."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class ScrolledRoom(QScrollArea):
    """A room with one bar at most: where its contents have to be scrolled, the tables in them are
    as high as their rows and have no bar of their own."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = named(inside, "page")
        self._least: dict[QAbstractItemView, int] = {}
        """The tables that were made as high as their rows, and their least height before."""
        self._heard: set[QAbstractItemView] = set()
        self._shared = QSize()
        """How large the room was when they were."""
        self._settled = QTimer(self, singleShot=True, interval=0)
        self._settled.timeout.connect(self._share)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inside)
        inside.installEventFilter(self)

    def sizeHint(self) -> QSize:
        """As high as the contents are in this width."""
        hint = super().sizeHint()
        if self._inside.hasHeightForWidth():
            hint.setHeight(self._inside.heightForWidth(self.viewport().width()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room again."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._settled.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the room again where the contents have another size."""
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
        """Make a table as high as its rows."""
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
        """Share the room again whenever a table has other rows, and follow its current one."""
        if view in self._heard:
            return
        self._heard.add(view)
        across = view.horizontalScrollBar()
        place = across.value()
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Qt scrolls to the cell at the top left, and what was in sight at the right is cut.
        across.setValue(place)
        view.verticalScrollBar().rangeChanged.connect(lambda *_ends: self._settled.start())
        view.selectionModel().currentChanged.connect(lambda at, _old: self._follow(view, at))

    def _follow(self, view: QAbstractItemView, at: QModelIndex) -> None:
        """Keep the current row of a table in sight that has no bar of its own."""
        if view not in self._least or not view.hasFocus():
            return
        row = view.visualRect(at)
        place = view.viewport().mapTo(self._inside, QPoint(0, row.center().y()))
        self.ensureVisible(0, place.y(), 0, row.height())


def scrolled(owner: QWidget, inside: QWidget) -> ScrolledRoom:
    """Give `owner` the contents `inside`, which scroll where they do not fit."""
    area = ScrolledRoom(inside)
    whole = QVBoxLayout(owner)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(8)
    whole.addWidget(area)
    # Python has to know of it as Qt does: its garbage collector destroys what it sees no holder of.
    vars(owner)["scrolled_room"] = area
    return area


def scrolled_column(owner: QWidget) -> QVBoxLayout:
    """Give `owner` contents that scroll, one below the other; the layout they are put into."""
    inside = ScrolledContents()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(8)
    scrolled(owner, inside)
    return column


def scrolled_form(owner: QWidget) -> QFormLayout:
    """Give `owner` a form that scrolls, no higher than it has to be; what `foot` then takes stands
    right below it."""
    inside = ScrolledContents()
    form = QFormLayout(inside)
    form.setContentsMargins(0, 16, 0, 0)
    form.setSpacing(12)
    scrolled(owner, inside).setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return form


def foot(owner: QWidget) -> QVBoxLayout:
    """What stands below the contents of `owner` that scroll, and is always there."""
    whole = owner.layout()
    assert isinstance(whole, QVBoxLayout)
    return whole
