"""The windows above one page's list that are drafts: each made once, and one a draft in the whole
window."""

from collections.abc import Callable
from typing import TypeVar

from ui.records.drafts.draft_window import DraftWindow
from ui.records.page_parts import PageParts

W = TypeVar("W", bound=DraftWindow)


class DraftWindows:
    """Makes, shows and keeps them."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._made: list[DraftWindow] = []

    def made(self, make: Callable[[], W]) -> W:
        """Make one."""
        window = make()
        window.page = self._parts.type_name
        window.finished.connect(self._parts.front.activateWindow)
        self._made.append(window)
        return window

    def show(self, window: DraftWindow) -> None:
        """Show one of this page as it was left, or another page with its own, if the same draft
        stands there still: two windows would each write over what the other one kept."""
        other = self._elsewhere(window)
        if other is not None:
            self._parts.go_to(other.page, {other.way: True})
            return
        window.resume()
        window.show()
        window.activateWindow()

    def _elsewhere(self, window: DraftWindow) -> DraftWindow | None:
        form = window.draft.form
        others = self._parts.front.window().findChildren(DraftWindow)
        there = (one for one in others if one.draft.form == form and one.page != window.page)
        return next((one for one in there if one.isVisible() or not one.draft.settled()), None)

    def keep_now(self) -> None:
        """Keep what stands in them: the page is closed, or rebuilt."""
        for window in self._made:
            window.draft.keep_now()
