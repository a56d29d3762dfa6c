"""Container that stacks parts of a panel vertically, or shows them in tabs where they do not all
fit."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.layout.tab_flow import TabFlow

GAP = 8
"""Pixels between stacked parts."""


class ColumnPart(NamedTuple):
    """A part: its widget, its share of spare height, and its heading (shown only without tabs)."""

    widget: QWidget
    stretch: int
    heading: PlainLabel | None

    def least_height(self, width: int) -> int:
        """The minimum height with heading, in stacked layout."""
        above = 0 if self.heading is None else self.heading.sizeHint().height() + GAP
        return above + _least_height(self.widget, width)

    def place(self, top: int, width: int, height: int) -> None:
        """Show it from `top` on, below its heading."""
        if self.heading is not None:
            above = self.heading.sizeHint().height()
            self.heading.setGeometry(0, top, width, above)
            self.heading.show()
            top, height = top + above + GAP, height - above - GAP
        self.widget.setGeometry(0, top, width, height)
        self.widget.show()


class PartsColumn(QWidget):
    """Parts with a title each, stacked; where they do not all fit, tabs show one at a time.

    Geometry is set by hand: a QVBoxLayout would report the minimum height of the stack before it is
    known whether the parts are stacked.
    """

    def __init__(self, name: str) -> None:
        """name: accessible name of the tabs."""
        super().__init__()
        self._parts: list[ColumnPart] = []
        self.tabs = TabFlow()
        self.tabs.setParent(self)
        self.tabs.setAccessibleName(name)
        self.tabs.hide()
        self.tabs.currentChanged.connect(lambda _place: self._turn())

    def add(self, title: str, part: QWidget, stretch: int = 1, *, headed: bool = False) -> None:
        """Append a part; `title` is the text of its tab. headed: the title is also shown above the
        stacked part."""
        heading = named(PlainLabel(title, self), "heading") if headed else None
        # Created before the part: the tab order follows the order of creation.
        self.tabs.add_tab(title)
        part.setParent(self)
        self._parts.append(ColumnPart(part, stretch, heading))
        if self.isVisible():
            self._place()

    def is_parted(self) -> bool:
        """Whether the parts are in tabs."""
        return not self.tabs.isHidden()

    def show_part(self, part: QWidget) -> None:
        """Switch to the tab of a part."""
        place = next(n for n, column_part in enumerate(self._parts) if column_part.widget is part)
        self.tabs.setCurrentIndex(place)

    def _turn(self) -> None:
        if self.isVisible():
            self.updateGeometry()
            self._place()

    # ------------------------------------------------------------------ laying out

    def _place(self) -> None:
        """Choose stacked or tabbed layout and set the geometry of all parts."""
        width = self.width()
        heights = [part.least_height(width) for part in self._parts]
        spare = self.height() - sum(heights) - GAP * (len(heights) - 1)
        self.tabs.setVisible(spare < 0)
        if spare < 0:
            self._place_one(width)
        else:
            self._place_all(width, heights, spare)

    def _place_one(self, width: int) -> None:
        line = self.tabs.heightForWidth(width)
        self.tabs.setGeometry(0, 0, width, line)
        room = max(0, self.height() - line - GAP)
        for place, (part, stretch, heading) in enumerate(self._parts):
            if heading is not None:
                heading.hide()
            part.setVisible(place == self.tabs.currentIndex())
            # A part without stretch would spread its rows over a larger room.
            height = room if stretch else min(room, _least_height(part, width))
            part.setGeometry(0, line + GAP, width, height)

    def _place_all(self, width: int, heights: list[int], spare: int) -> None:
        whole = sum(part.stretch for part in self._parts)
        top = 0
        for part, least in zip(self._parts, heights, strict=True):
            height = least + (spare * part.stretch // whole if whole else 0)
            part.place(top, width, height)
            top += height + GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the layout again for the new size."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out changes made while hidden."""
        super().showEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Choose the layout again when a part asks for another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """The minimum of the tab bar plus the current part, or plus the highest part if stacked."""
        width = max((part.widget.minimumSizeHint().width() for part in self._parts), default=0)
        usable = max(self.width(), width)
        counted = self._parts
        if self.is_parted():
            counted = [self._parts[self.tabs.currentIndex()]]
        height = max((_least_height(part.widget, usable) for part in counted), default=0)
        return QSize(width, height + self.tabs.heightForWidth(usable) + GAP)

    def sizeHint(self) -> QSize:
        """The same as the minimum."""
        return self.minimumSizeHint()


def column_part() -> tuple[QWidget, QVBoxLayout]:
    """An empty part and its vertical layout."""
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP)
    return part, column


def _least_height(part: QWidget, width: int) -> int:
    layout = part.layout()
    least = max(part.minimumHeight(), part.minimumSizeHint().height())
    if layout is not None and layout.hasHeightForWidth():
        least = max(least, layout.minimumHeightForWidth(width))
    return least
