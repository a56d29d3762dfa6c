"""Parts of a panel below each other, or one at a time where there is no room for all."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.base.plain_text import PlainLabel
from ui.base.style import named
from ui.widgets.layout.tab_flow import TabFlow

GAP = 8
"""Pixels between what stands below each other."""


class ColumnPart(NamedTuple):
    """A part, its share of the room that is left over, and what names it above while it has no
    tab."""

    widget: QWidget
    stretch: int
    heading: PlainLabel | None

    def least_height(self, width: int) -> int:
        """The height that it needs while all parts stand below each other."""
        above = 0 if self.heading is None else self.heading.sizeHint().height() + GAP
        return above + _least_height(self.widget, width)

    def place(self, top: int, width: int, height: int) -> None:
        """Show it from `top` on, under its heading."""
        if self.heading is not None:
            above = self.heading.sizeHint().height()
            self.heading.setGeometry(0, top, width, above)
            self.heading.show()
            top, height = top + above + GAP, height - above - GAP
        self.widget.setGeometry(0, top, width, height)
        self.widget.show()


class PartsColumn(QWidget):
    """Parts with a title each; where all of them do not fit, tabs show one at a time.

    They are laid out here by hand: a layout of Qt's would give a column its least height before it
    is known whether the parts stand below each other.
    """

    def __init__(self, name: str) -> None:
        """name: what the parts are parts of, for a screen reader."""
        super().__init__()
        self._parts: list[ColumnPart] = []
        self.tabs = TabFlow()
        self.tabs.setParent(self)
        self.tabs.setAccessibleName(name)
        self.tabs.hide()
        self.tabs.currentChanged.connect(lambda _place: self._turn())

    def add(self, title: str, part: QWidget, stretch: int = 1, *, headed: bool = False) -> None:
        """Add a part below those before; its title is that of its tab and, headed, stands above it
        where there are no tabs."""
        heading = named(PlainLabel(title, self), "heading") if headed else None
        # Before the part: Tab comes to what was placed first.
        self.tabs.add_tab(title)
        part.setParent(self)
        self._parts.append(ColumnPart(part, stretch, heading))
        if self.isVisible():
            self._place()

    def is_parted(self) -> bool:
        """Whether one part is shown at a time."""
        return not self.tabs.isHidden()

    def show_part(self, part: QWidget) -> None:
        """Bring a part to the front where they do not stand below each other."""
        place = next(n for n, one in enumerate(self._parts) if one.widget is part)
        self.tabs.setCurrentIndex(place)

    def _turn(self) -> None:
        if self.isVisible():
            self.updateGeometry()
            self._place()

    # ------------------------------------------------------------------ laying out

    def _place(self) -> None:
        """Give every part that is shown its room."""
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
            # What has no use for more room would be drawn asunder.
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
        """Part them, or put them together again."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out what was chosen while it was not seen."""
        super().showEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Part them where one of them needs more room than before."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """The room of the part in front below the tabs, or of the highest part."""
        width = max((part.widget.minimumSizeHint().width() for part in self._parts), default=0)
        wide = max(self.width(), width)
        asked = self._parts
        if self.is_parted():
            asked = [self._parts[self.tabs.currentIndex()]]
        height = max((_least_height(part.widget, wide) for part in asked), default=0)
        return QSize(width, height + self.tabs.heightForWidth(wide) + GAP)

    def sizeHint(self) -> QSize:
        """No more than that."""
        return self.minimumSizeHint()


def column_part() -> tuple[QWidget, QVBoxLayout]:
    """A part whose contents stand one below the other, and the layout they are put into."""
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
