"""Flow layout: a row of widgets that wraps where the window is narrow or the text large."""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSpacerItem, QWidget, QWidgetItem

SPACING = 8
QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's maximum width of a widget, which PySide does not export."""


class FlowItem(NamedTuple):
    """An item of the layout as measured: its widget (None for a gap), size hint, width, height and
    stretch factor."""

    item: QLayoutItem
    widget: QWidget | None
    hint: QSize
    width: int
    height: int
    stretch: int


class FlowLayout(QLayout):
    """Lays items out from left to right at their size hints and wraps to the next line.

    Room left in a line goes to the items of that line with a stretch factor.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._stretch: dict[int, int] = {}
        self._measured: list[FlowItem] | None = None
        self._broken: dict[int, list[list[FlowItem]]] = {}
        """Cache of the line breaks, by available width."""
        self._heights: dict[int, int] = {}
        self._whole, self._least = QSize(), QSize()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(SPACING)
        if parent is not None:
            parent.setLayout(self)

    # ------------------------------------------------------------------- filling it

    def addItem(self, item: QLayoutItem) -> None:
        """Append an item."""
        self._items.append(item)
        self.invalidate()

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Append a widget; with a stretch factor it shares the room left in its line."""
        self.addChildWidget(widget)
        item = QWidgetItem(widget)
        self._stretch[id(item)] = stretch
        self.addItem(item)

    def insert(self, place: int, widget: QWidget) -> None:
        """Insert a widget before the item at `place`."""
        self.add(widget)
        self._items.insert(place, self._items.pop())

    def add_gap(self, width: int) -> None:
        """Append a fixed gap, in addition to the spacing."""
        self.addItem(QSpacerItem(width, 1))

    def add_stretch(self) -> None:
        """Append a stretch: the items after it in the same line are aligned right."""
        item = QSpacerItem(0, 1)
        self._stretch[id(item)] = 1
        self.addItem(item)

    def exchange(self, old: QWidget, new: QWidget) -> None:
        """Replace a widget by another, which inherits its stretch factor."""
        index = next(n for n, item in enumerate(self._items) if item.widget() is old)
        self.addChildWidget(new)
        item = QWidgetItem(new)
        self._stretch[id(item)] = self._stretch.pop(id(self._items[index]), 0)
        self._items[index] = item
        self.invalidate()

    # --------------------------------------------------------------- what Qt asks for

    def invalidate(self) -> None:
        """Drop the cached measurements and line breaks."""
        self._measured = None
        self._broken.clear()
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
        # Cached: Qt asks for the height again and again until the window has its final size.
        height = self._heights.get(width)
        if height is None:
            lines = self._lines(width)
            height = sum(map(_height, lines)) + self.spacing() * max(len(lines) - 1, 0)
            self._heights[width] = height
        return height

    def sizeHint(self) -> QSize:
        if not self._whole.isValid():
            self._whole = self._on_one_line()
        return self._whole

    def _on_one_line(self) -> QSize:
        shown = [item.hint for item in self._items_shown() if item.widget is not None]
        spacing = self.spacing()
        width = sum(hint.width() + spacing for hint in shown) - spacing
        return QSize(max(width, 0), max((hint.height() for hint in shown), default=0))

    def minimumSize(self) -> QSize:
        """As narrow as the widest item."""
        if not self._least.isValid():
            widgets = (item for item in self._items if item.widget() is not None)
            sizes = [item.minimumSize() for item in widgets]
            self._least = reduce(QSize.expandedTo, sizes, QSize(0, 0))
        return self._least

    def setGeometry(self, room: QRect) -> None:
        """Set the geometry of all items."""
        super().setGeometry(room)
        top, spacing = room.y(), self.spacing()
        for line in self._lines(room.width()):
            height = _height(line)
            self._place(line, QPoint(room.x(), top), room.width(), height)
            top += height + spacing

    def _items_shown(self) -> list[FlowItem]:
        if self._measured is None:
            self._measured = [
                self._measure(item)
                for item in self._items
                if item.widget() is None or not item.isEmpty()
            ]
        return self._measured

    def _measure(self, item: QLayoutItem) -> FlowItem:
        widget, hint = item.widget(), item.sizeHint()
        size = hint if widget is None else hint.expandedTo(widget.minimumSize())
        stretch = self._stretch.get(id(item), 0)
        return FlowItem(item, widget, hint, size.width(), size.height(), stretch)

    def _lines(self, width: int) -> list[list[FlowItem]]:
        """The line breaks for a width, cached."""
        lines = self._broken.get(width)
        if lines is None:
            lines = self._broken[width] = self._break(width)
        return lines

    def _break(self, width: int) -> list[list[FlowItem]]:
        lines: list[list[FlowItem]] = []
        line_width, spacing = 0, self.spacing()
        for shown in self._items_shown():
            if not lines or line_width + shown.width > width:
                lines.append([])
                line_width = 0
            lines[-1].append(shown)
            line_width += shown.width + spacing
        return lines

    def _place(self, line: Sequence[FlowItem], at: QPoint, width: int, height: int) -> None:
        x, spacing = at.x(), self.spacing()
        whole = sum(item.width + spacing for item in line) - spacing
        for item, share in zip(line, _shares(line, max(width - whole, 0)), strict=True):
            width_given = max(min(item.width + share, width), 0)
            if item.widget is not None:
                high = (
                    min(item.widget.heightForWidth(width_given), height) if share else item.height
                )
                high = item.height if high <= 0 else max(high, item.height)
                down = (height - high) // 2
                item.item.setGeometry(QRect(x, at.y() + down, width_given, high))
            x += width_given + spacing


def _height(line: Sequence[FlowItem]) -> int:
    return max([item.height for item in line])


def _shares(line: Sequence[FlowItem], spare: int) -> list[int]:
    """The extra width of each item; what exceeds an item's maximum width goes to the others."""
    shares = [0] * len(line)
    taking = [n for n, item in enumerate(line) if item.stretch] if spare else []
    limits = {n: _most(line[n]) for n in taking}
    while spare and taking:
        parts = sum(line[n].stretch for n in taking)
        total = spare
        for place, n in enumerate(taking):
            last = place == len(taking) - 1
            part = total * line[n].stretch // parts
            share = min(spare if last else part, limits[n] - shares[n])
            shares[n] += share
            spare -= share
        taking = [n for n in taking if shares[n] < limits[n]]
    return shares


def _most(item: FlowItem) -> int:
    """The maximum width of an item minus its hint."""
    if item.widget is None:
        return QWIDGETSIZE_MAX
    return max(item.item.maximumSize().width() - item.width, 0)
