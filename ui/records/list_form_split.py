"""Splitter of list and form: side by side, or one at a time in a narrow page."""

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
"""Width of the page in digits below which list and form are shown one at a time."""
LEAST_LINES = 8
"""Minimum height of the list in lines; a lower page scrolls."""
RIGHT = 12
"""Right margin of the form in pixels; the rest of the margin is for its scroll bar."""
HANDLE = 24
"""Width of the splitter handle in pixels."""
UNBOUND = 16_777_215
"""QWIDGETSIZE_MAX: no limit."""
SIDE_BY_SIDE, ABOVE_POSTS = [590, 495], [665, 420]
"""Initial sizes of list and form in pixels; above post level lists have one more column."""
SPLIT, SETTLED = "splitter", 600
"""Preference of the splitter sizes; debounce in milliseconds before they are saved."""


class ListFormSplit(QScrollArea):
    """Scroll area with toolbar, list and form.

    In a narrow page (large text or small window) only the part that has the focus is shown:
    stacked, the buttons of the form would be below the fold. The message bar stays visible beside
    the button that switches.
    """

    form_wanted = Signal()
    """The form shall get the focus."""

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
        # Ignored, so that it gets the available height: with the size hints of list and form the
        # page would scroll and hide the form's buttons.
        self.splitter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.splitter.addWidget(self._records)
        self.splitter.addWidget(self._stand_in)
        self.splitter.setSizes(self._sizes())
        self.splitter.splitterMoved.connect(lambda *_place: self._settle.start())
        self.splitter.setStretchFactor(0, 1)

    def put_toolbar(self, toolbar: PageToolbar) -> None:
        """Add toolbar and message bar above."""
        self._toolbar = toolbar
        self.above.addLayout(toolbar)

    def put_form(self, form: QWidget) -> None:
        """Add the form, replacing its placeholder."""
        self.splitter.replaceWidget(1, form)
        self._stand_in.deleteLater()
        if self.one_at_a_time:
            self._show_part(form=self._holds(form, QApplication.focusWidget()))

    @property
    def one_at_a_time(self) -> bool:
        """Whether list and form are shown one at a time."""
        return self.splitter.orientation() == Qt.Orientation.Vertical

    def adapt(self, page: QWidget) -> None:
        """Choose the layout for the size of the page, and fold the toolbar."""
        if self._toolbar is None:
            return
        narrow = page.width() < NARROW * page.fontMetrics().horizontalAdvance("0")
        if narrow != self.one_at_a_time:
            self._arrange(self._toolbar, narrow=narrow)
        low = is_low(page)
        margins = QMargins(*page_margins(low=low, right=RIGHT))
        all_margins = margins + self.above.contentsMargins()
        self._toolbar.fold(page.width() - all_margins.left() - all_margins.right(), low=low)
        self._outer.setContentsMargins(margins)

    def _arrange(self, toolbar: PageToolbar, *, narrow: bool) -> None:
        """List and form beside each other, or where it is narrow one at a time."""
        self.splitter.setChildrenCollapsible(narrow)
        self.splitter.setHandleWidth(0 if narrow else HANDLE)
        self.turning.setVisible(narrow)
        if narrow:
            self.splitter.setOrientation(Qt.Orientation.Vertical)
            toolbar.lend_bar(self._line)
            focused = QApplication.focusWidget()
            self._show_part(form=self._holds(self.splitter.widget(1), focused))
        else:
            self.splitter.setOrientation(Qt.Orientation.Horizontal)
            toolbar.take_bar(self._line)
            self._folding.setMaximumHeight(UNBOUND)
            self.splitter.setMinimumHeight(0)
            self.splitter.setSizes(self._sizes())

    @staticmethod
    def _holds(part: QWidget | None, inside: QWidget | None) -> bool:
        return part is not None and inside is not None and part.isAncestorOf(inside)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Show the part that got the focus."""
        if not self.one_at_a_time:
            return
        if self._holds(self.splitter.widget(1), now):
            self._show_part(form=True)
        elif self._holds(self._records, now) or self._holds(self._folding, now):
            self._show_part(form=False)

    def _show_part(self, *, form: bool) -> None:
        """Give the form all the room, or the list with its toolbar. The other one has size 0 but is
        not hidden, so that it can get the focus and then show."""
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
        """The sizes of list and form: saved ones, else the initial ones."""
        initial = SIDE_BY_SIDE if self._desk.identity.role == "post" else ABOVE_POSTS
        saved: list[int] = self._desk.preferences.preferred(SPLIT, initial)
        return saved

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
