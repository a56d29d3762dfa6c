"""The draft windows of one page: each created once, and one per draft in the whole application
window."""

from collections.abc import Callable
from typing import TypeVar

from ui.records.drafts.draft_window import DraftWindow
from ui.records.page_parts import PageParts

W = TypeVar("W", bound=DraftWindow)


class DraftWindows:
    """Creates, shows and saves draft windows."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._made: list[DraftWindow] = []

    def made(self, make: Callable[[], W]) -> W:
        """Create a window and keep it."""
        window = make()
        window.page = self._parts.type_name
        window.finished.connect(self._parts.front.activateWindow)
        self._made.append(window)
        return window

    def show(self, window: DraftWindow) -> None:
        """Show a window with its draft. If another page shows the same draft, switch to that page:
        two windows would overwrite each other's draft."""
        open_window = self._elsewhere(window)
        if open_window is not None:
            self._parts.go_to(open_window.page, {open_window.way: True})
            return
        window.resume()
        window.show()
        window.activateWindow()

    def _elsewhere(self, window: DraftWindow) -> DraftWindow | None:
        form = window.draft.form
        others = self._parts.front.window().findChildren(DraftWindow)
        same_draft = (
            candidate
            for candidate in others
            if candidate.draft.form == form and candidate.page != window.page
        )
        return next(
            (
                candidate
                for candidate in same_draft
                if candidate.isVisible() or not candidate.draft.settled()
            ),
            None,
        )

    def keep_now(self) -> None:
        """Save all drafts: the page is closed or rebuilt."""
        for window in self._made:
            window.draft.keep_now()
