"""A row of widgets that goes on in the next line where the window is narrow or the text large."""

from functools import reduce

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSpacerItem, QWidget, QWidgetItem

SPACING = 8
QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's width of what has no limit, which PySide does not name."""


class FlowLayout(QLayout):
    """Items from left to right, each as wide as it asks for; what does not fit starts a line.

    Room that is left in a line goes to the items of that line that were given a stretch.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._stretch: dict[int, int] = {}
        self._sizes: dict[int, QSize] = {}
        self._heights: dict[int, int] = {}
        """How high the items stand in a width."""
        self._whole, self._least = QSize(), QSize()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(SPACING)
        if parent is not None:
            parent.setLayout(self)

    # ------------------------------------------------------------------- filling it

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item in at the end."""
        self._items.append(item)
        self.invalidate()

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add a widget; with a stretch it takes part of the room that is left."""
        self.addChildWidget(widget)
        item = QWidgetItem(widget)
        self._stretch[id(item)] = stretch
        self.addItem(item)

    def insert(self, place: int, widget: QWidget) -> None:
        """Add a widget in the place of an item, which moves on."""
        self.add(widget)
        self._items.insert(place, self._items.pop())

    def add_gap(self, width: int) -> None:
        """Add so much room, on top of the spacing."""
        self.addItem(QSpacerItem(width, 1))

    def add_stretch(self) -> None:
        """What follows stands at the right, as long as it is in the same line."""
        item = QSpacerItem(0, 1)
        self._stretch[id(item)] = 1
        self.addItem(item)

    def exchange(self, old: QWidget, new: QWidget) -> None:
        """Put a widget in the place of another, which leaves the layout."""
        place = next(n for n, item in enumerate(self._items) if item.widget() is old)
        self.addChildWidget(new)
        item = QWidgetItem(new)
        self._stretch[id(item)] = self._stretch.pop(id(self._items[place]), 0)
        self._items[place] = item
        self.invalidate()

    # --------------------------------------------------------------- what Qt asks for

    def invalidate(self) -> None:
        """Ask the items again how large they are."""
        self._sizes.clear()
        self._heights.clear()
        self._whole, self._least = QSize(), QSize()
        super().invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self._stretch.pop(id(item), None)
        self.invalidate()
        return item

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        # Kept: a layout is asked for its height again and again until the window is settled.
        if width not in self._heights:
            self._heights[width] = self._arrange(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        if not self._whole.isValid():
            self._whole = self._on_one_line()
        return self._whole

    def _on_one_line(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(hint.width() + self.spacing() for hint in shown) - self.spacing()
        return QSize(max(width, 0), max((hint.height() for hint in shown), default=0))

    def minimumSize(self) -> QSize:
        """As narrow as its widest item."""
        if not self._least.isValid():
            widgets = (item for item in self._items if item.widget() is not None)
            sizes = [item.minimumSize() for item in widgets]
            self._least = reduce(QSize.expandedTo, sizes, QSize(0, 0))
        return self._least

    def setGeometry(self, room: QRect) -> None:
        super().setGeometry(room)
        self._arrange(room, move=True)

    def _arrange(self, room: QRect, *, move: bool) -> int:
        """Place the items in a room, or only find how high they stand in it."""
        top = room.y()
        for line in self._lines(room.width()):
            height = max(self._size(item).height() for item in line)
            if move:
                self._place(line, QPoint(room.x(), top), room.width(), height)
            top += height + self.spacing()
        return max(top - self.spacing() - room.y(), 0)

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            if item.widget() is not None and item.isEmpty():
                continue
            needed = self._size(item).width() + self.spacing()
            if not lines or used + needed - self.spacing() > width:
                lines.append([])
                used = 0
            lines[-1].append(item)
            used += needed
        return lines

    def _size(self, item: QLayoutItem) -> QSize:
        known = self._sizes.get(id(item))
        if known is None:
            widget, known = item.widget(), item.sizeHint()
            if widget is not None:
                known = known.expandedTo(widget.minimumSize())
            self._sizes[id(item)] = known
        return known

    def _place(self, line: list[QLayoutItem], at: QPoint, width: int, height: int) -> None:
        whole = sum(self._size(item).width() + self.spacing() for item in line) - self.spacing()
        shares, x = self._shares(line, max(width - whole, 0)), at.x()
        for item, share in zip(line, shares, strict=True):
            size = self._size(item)
            wide = max(min(size.width() + share, width), 0)
            widget = item.widget()
            if widget is not None:
                high = min(widget.heightForWidth(wide), height) if share else size.height()
                high = size.height() if high <= 0 else max(high, size.height())
                down = (height - high) // 2
                item.setGeometry(QRect(x, at.y() + down, wide, high))
            x += wide + self.spacing()

    def _shares(self, line: list[QLayoutItem], left: int) -> list[int]:
        """What each item gets of the room left: what one may not take goes to the others."""
        shares = [0] * len(line)
        taking = [n for n, item in enumerate(line) if self._stretch.get(id(item), 0)]
        while left and taking:
            parts = sum(self._stretch[id(line[n])] for n in taking)
            whole = left
            for place, n in enumerate(taking):
                last = place == len(taking) - 1
                part = whole * self._stretch[id(line[n])] // parts
                share = min(left if last else part, self._most(line[n]) - shares[n])
                shares[n] += share
                left -= share
            taking = [n for n in taking if shares[n] < self._most(line[n])]
        return shares

    def _most(self, item: QLayoutItem) -> int:
        """How much wider than it asks for an item may be."""
        widget = item.widget()
        if widget is None:
            return QWIDGETSIZE_MAX
        return max(item.maximumSize().width() - self._size(item).width(), 0)
