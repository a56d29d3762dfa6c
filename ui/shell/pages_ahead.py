"""Creates pages in advance, one part at a time while there is no input, so that the first switch to
a page is as fast as later ones."""

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QStackedWidget

from borderdesk.base.errors import UserError
from ui.base.presence import PRESENCE_EVENTS
from ui.widgets.pages.page import Page

QUIET, BREATH = 3_000, 100
"""Milliseconds without input before the first part, and between parts."""


class PagesAhead(QObject):
    """Creates all pages not shown yet; any input delays the next part."""

    def __init__(
        self,
        stack: QStackedWidget,
        keys: Iterable[str],
        page: Callable[[str], Page],
        ready: Callable[[], bool],
    ) -> None:
        """stack: the container of the pages; page: returns the page of a key, creating it if
        needed; ready: whether the modules of the pages are imported, without which a part would
        take long."""
        super().__init__(stack)
        self._stack, self._ready = stack, ready
        self._parts: Iterator[object] | None = _parts(keys, page, stack)
        self._next = QTimer(self, singleShot=True, interval=QUIET)
        self._next.timeout.connect(self._make_part)
        self._next.start()

    def done(self) -> bool:
        """Whether all pages are created."""
        return self._parts is None

    def _make_part(self) -> None:
        """Create one part (less than 50 ms) and schedule the next."""
        window = self._stack.window()
        handle = window.windowHandle()
        if self._parts is None:
            return
        if handle is None or not window.isVisible() or not self._ready():
            self._next.start(QUIET)
            return
        # Installing a filter twice calls it once. The native window gets input only, not the
        # internal events of its widgets.
        handle.installEventFilter(self)
        try:
            next(self._parts)
        except (StopIteration, UserError):
            # An unreadable desk is reported when the page is shown.
            self._parts = None
            handle.removeEventFilter(self)
        else:
            self._next.start(BREATH)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Delay the next part on input."""
        if event.type() in PRESENCE_EVENTS:
            self._next.start(QUIET)
        return False


def _parts(
    keys: Iterable[str], page: Callable[[str], Page], stack: QStackedWidget
) -> Iterator[object]:
    """Create the pages part by part, then lay each out; yields after each part."""
    for key in keys:
        created = page(key)
        yield created
        while created.prepare():
            yield created
        _lay_out(created, stack)
        yield created


def _lay_out(page: Page, stack: QStackedWidget) -> None:
    """Lay a page out at the size of the one shown and paint it to a pixmap. Qt would do so when
    the page is shown; painting also loads what the style sheet and the fonts need."""
    shown = stack.currentWidget()
    if shown is not None and page is not shown:
        page.setGeometry(shown.geometry())
        page.grab()
