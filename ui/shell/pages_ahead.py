"""Pages are made ahead, a part at a time, while nobody uses the window: turning to one the first
time costs little more than the second."""

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from borderdesk.base.errors import UserError
from ui.base.presence import PRESENCE_EVENTS
from ui.widgets.pages.page import Page

QUIET, BREATH = 3_000, 100
"""Milliseconds without a key or the mouse before a part is made, and from one part to the next."""


class PagesAhead(QObject):
    """Makes every page that nobody has turned to yet; a key or the mouse puts it off."""

    def __init__(
        self,
        stack: QWidget,
        keys: Iterable[str],
        page: Callable[[str], Page],
        ready: Callable[[], bool],
    ) -> None:
        """stack: what the pages stand in; page: gives that of a key, made now if it is not yet;
        ready: whether what pages are made of is imported, which would make a part long."""
        super().__init__(stack)
        self._stack, self._ready = stack, ready
        self._parts: Iterator[object] | None = _parts(keys, page)
        self._next = QTimer(self, singleShot=True, interval=QUIET)
        self._next.timeout.connect(self._make_part)
        self._next.start()

    def done(self) -> bool:
        """Whether every page is made."""
        return self._parts is None

    def _make_part(self) -> None:
        """Make one part, which takes less than 50 ms, and the next one a little later."""
        window = self._stack.window()
        handle = window.windowHandle()
        if self._parts is None:
            return
        if handle is None or not window.isVisible() or not self._ready():
            self._next.start(QUIET)
            return
        # Installed again it is still asked once; it gets no events from inside a window.
        handle.installEventFilter(self)
        try:
            next(self._parts)
        except (StopIteration, UserError):
            # A desk that cannot be read is reported when somebody turns to the page.
            self._parts = None
            handle.removeEventFilter(self)
        else:
            self._next.start(BREATH)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Somebody is there."""
        if event.type() in PRESENCE_EVENTS:
            self._next.start(QUIET)
        return False


def _parts(keys: Iterable[str], page: Callable[[str], Page]) -> Iterator[object]:
    """Make the pages, each in the parts that it has."""
    for key in keys:
        made = page(key)
        yield made
        while made.prepare():
            yield made
