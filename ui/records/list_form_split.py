"""How list and form share a page: side by side, or one above the other where it is narrow."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from borderdesk.desk import Desk
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.record_list import RecordList

NARROW = 90
"""A page of fewer digits than this has no room for list and form side by side."""
LEAST_LINES, GAP = 16, 8
"""So many lines a list has at least above its form, and the room around what is scrolled to."""
SIDE_BY_SIDE, ABOVE_POSTS = [590, 495], [665, 420]
"""List and form at first, in pixels of a window as wide as it is made; lists have a column more
where records are of several posts."""
SPLIT, SETTLED = "splitter", 600
"""Where list and form part is remembered, so many milliseconds after the last move."""


class ListFormSplit(QScrollArea):
    """The list, the form, and what stands above both."""

    def __init__(self, desk: Desk, tasks: Runner, records: RecordList) -> None:
        super().__init__(widgetResizable=True)
        self._desk = desk
        self._tasks = tasks
        self._records = records
        inside = named(QWidget(), "page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        outer = QVBoxLayout(inside)
        # The form keeps the rest of its right margin for the bar that scrolls it.
        outer.setContentsMargins(24, 16, 12, 8)
        outer.setSpacing(8)
        self.above = QVBoxLayout()
        self.above.setContentsMargins(0, 0, 12, 0)
        outer.addLayout(self.above)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._stand_in = QWidget()
        self._settle = QTimer(self, singleShot=True, interval=SETTLED)
        self._settle.timeout.connect(self._remember)
        self._fill()
        outer.addWidget(self.splitter, 1)
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def _fill(self) -> None:
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(24)
        # As high as there is room, not as list and form would like: the page would scroll, and the
        # buttons of the form stand below the fold.
        self.splitter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.splitter.addWidget(self._records)
        self.splitter.addWidget(self._stand_in)
        self.splitter.setSizes(self._sizes())
        self.splitter.splitterMoved.connect(lambda *_place: self._settle.start())
        self.splitter.setStretchFactor(0, 1)

    def put_form(self, form: QWidget) -> None:
        """Put the form beside the list, where nothing stood until now."""
        self.splitter.replaceWidget(1, form)
        self._stand_in.deleteLater()

    def adapt(self, page: QWidget) -> None:
        """Put list and form side by side where the page has room for both, else one above the
        other."""
        narrow = page.width() < NARROW * page.fontMetrics().horizontalAdvance("0")
        way = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if self.splitter.orientation() != way:
            self.splitter.setOrientation(way)
            self.splitter.setSizes(self._sizes())
        # One above the other, each has nearly the whole page, which scrolls to where the keys go.
        rows = page.fontMetrics().lineSpacing() * LEAST_LINES
        each = max(page.height() - 2 * GAP, rows)
        self.splitter.setMinimumHeight(each + rows if narrow else 0)
        if narrow:
            self.splitter.setSizes([rows, each])

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Bring list or form into sight, whichever the keyboard goes to."""
        if now is None or self.splitter.orientation() != Qt.Orientation.Vertical:
            return
        for part in range(self.splitter.count()):
            widget = self.splitter.widget(part)
            if widget is not None and widget.isAncestorOf(now):
                self.ensureWidgetVisible(widget, 0, GAP)

    def _sizes(self) -> list[int]:
        """How list and form share the room: as somebody moved it, or as at first."""
        first = SIDE_BY_SIDE if self._desk.identity.role == "post" else ABOVE_POSTS
        kept: list[int] = self._desk.preferences.preferred(SPLIT, first)
        return kept

    def _remember(self) -> None:
        desk, sizes = self._desk, self.splitter.sizes()
        if self.splitter.orientation() == Qt.Orientation.Vertical:
            return
        self._tasks.later(
            lambda: desk.preferences.prefer(SPLIT, sizes),
            lambda _none: None,
            self._records.failed.emit,
            self,
        )
