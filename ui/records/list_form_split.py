"""How list and form share a page: side by side, or one at a time where it is narrow."""

from PySide6.QtCore import QMargins, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from ui.base.style import named
from ui.base.tasks import Runner
from ui.records.lists.record_list import RecordList
from ui.records.page_toolbar import PageToolbar
from ui.widgets.layout.low_page import is_low, page_margins
from ui.widgets.layout.scrolled import ScrolledContents

NARROW = 90
"""A page of fewer digits than this has no room for list and form side by side."""
LEAST_LINES = 8
"""So many lines a list has at least; a page lower than that scrolls."""
RIGHT = 12
"""Pixels right of the form, which keeps the rest of the margin for the bar that scrolls it."""
HANDLE = 24
"""Pixels between list and form side by side."""
UNBOUND = 16_777_215
"""As high as a widget can be."""
SIDE_BY_SIDE, ABOVE_POSTS = [590, 495], [665, 420]
"""List and form at first, in pixels of a window as wide as it is made; lists have a column more
where records are of several posts."""
SPLIT, SETTLED = "splitter", 600
"""Where list and form part is remembered, so many milliseconds after the last move."""


class ListFormSplit(QScrollArea):
    """The list, the form, and what stands above both.

    Where the page is narrow, for the text is large or the window small, the one that the keyboard
    is in has the whole of it: one above the other, the buttons of the form would stand below the
    fold. What is said of what was done stays in sight, with the way to the other beside it.
    """

    form_wanted = Signal()
    """The form is to have the keyboard."""

    def __init__(self, desk: Desk, tasks: Runner, records: RecordList) -> None:
        super().__init__(widgetResizable=True)
        self._desk = desk
        self._tasks = tasks
        self._records = records
        inside = named(ScrolledContents(), "page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        self._outer = outer = QVBoxLayout(inside)
        outer.setContentsMargins(*page_margins(low=False, right=RIGHT))
        outer.setSpacing(8)
        self._folding = QWidget()
        self.above = QVBoxLayout(self._folding)
        self.above.setContentsMargins(0, 0, 12, 0)
        self.above.setSpacing(8)
        outer.addWidget(self._folding)
        self._toolbar: PageToolbar | None = None
        self._line = QHBoxLayout()
        self._line.setContentsMargins(0, 0, 12, 0)
        self.turning = QPushButton()
        self.turning.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.turning.clicked.connect(self._turn)
        self._line.addWidget(self.turning)
        self.turning.hide()
        outer.addLayout(self._line)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._stand_in = QWidget()
        self._settle = QTimer(self, singleShot=True, interval=SETTLED)
        self._settle.timeout.connect(self._remember)
        self._fill()
        outer.addWidget(self.splitter, 1)
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]

    def _fill(self) -> None:
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(HANDLE)
        # As high as there is room, not as list and form would like: the page would scroll, and the
        # buttons of the form stand below the fold.
        self.splitter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.splitter.addWidget(self._records)
        self.splitter.addWidget(self._stand_in)
        self.splitter.setSizes(self._sizes())
        self.splitter.splitterMoved.connect(lambda *_place: self._settle.start())
        self.splitter.setStretchFactor(0, 1)

    def put_toolbar(self, toolbar: PageToolbar) -> None:
        """Put the buttons and the bar of messages above."""
        self._toolbar = toolbar
        self.above.addLayout(toolbar)

    def put_form(self, form: QWidget) -> None:
        """Put the form beside the list, where nothing stood until now."""
        self.splitter.replaceWidget(1, form)
        self._stand_in.deleteLater()
        if self.one_at_a_time:
            self._show_part(form=self._holds(form, QApplication.focusWidget()))

    @property
    def one_at_a_time(self) -> bool:
        """Whether list and form take turns."""
        return self.splitter.orientation() == Qt.Orientation.Vertical

    def adapt(self, page: QWidget) -> None:
        """Put list and form side by side where the page has room for both, and fewer buttons above
        them where it is low."""
        if self._toolbar is not None:
            low = is_low(page)
            margins = QMargins(*page_margins(low=low, right=RIGHT))
            taken = margins + self.above.contentsMargins()
            self._toolbar.fold(page.width() - taken.left() - taken.right(), low=low)
            self._outer.setContentsMargins(margins)
        narrow = page.width() < NARROW * page.fontMetrics().horizontalAdvance("0")
        if narrow == self.one_at_a_time or self._toolbar is None:
            return
        self.splitter.setChildrenCollapsible(narrow)
        self.splitter.setHandleWidth(0 if narrow else HANDLE)
        self.turning.setVisible(narrow)
        if narrow:
            self.splitter.setOrientation(Qt.Orientation.Vertical)
            self._toolbar.lend_bar(self._line)
            now = QApplication.focusWidget()
            self._show_part(form=self._holds(self.splitter.widget(1), now))
        else:
            self.splitter.setOrientation(Qt.Orientation.Horizontal)
            self._toolbar.take_bar(self._line)
            self._folding.setMaximumHeight(UNBOUND)
            self.splitter.setMinimumHeight(0)
            self.splitter.setSizes(self._sizes())

    @staticmethod
    def _holds(part: QWidget | None, inside: QWidget | None) -> bool:
        return part is not None and inside is not None and part.isAncestorOf(inside)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Show list or form, whichever the keyboard goes to."""
        if not self.one_at_a_time:
            return
        if self._holds(self.splitter.widget(1), now):
            self._show_part(form=True)
        elif self._holds(self._records, now) or self._holds(self._folding, now):
            self._show_part(form=False)

    def _show_part(self, *, form: bool) -> None:
        """Give the form all the room, or the list and what is above it. Neither is hidden: it can
        be given the keyboard, and comes with it."""
        self._folding.setMaximumHeight(0 if form else UNBOUND)
        least = 0 if form else self.fontMetrics().lineSpacing() * LEAST_LINES
        self.splitter.setMinimumHeight(least)
        self.splitter.setSizes([0, 1] if form else [1, 0])
        words = _("Back to the list") if form else _("To the form")
        self.turning.setText(words)
        self.turning.setAccessibleName(words)

    def _turn(self) -> None:
        if self.splitter.sizes()[1] > 0:
            self._records.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form_wanted.emit()

    def _sizes(self) -> list[int]:
        """How list and form share the room: as somebody moved it, or as at first."""
        first = SIDE_BY_SIDE if self._desk.identity.role == "post" else ABOVE_POSTS
        kept: list[int] = self._desk.preferences.preferred(SPLIT, first)
        return kept

    def _remember(self) -> None:
        desk, sizes = self._desk, self.splitter.sizes()
        if self.one_at_a_time:
            return
        self._tasks.later(
            lambda: desk.preferences.prefer(SPLIT, sizes),
            lambda _none: None,
            self._records.failed.emit,
            self,
        )
