"""Shortcuts for larger and smaller text."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from ui.base.text_size import SIZES, text_size
from ui.widgets.actions.all_actions import bind
from ui.widgets.pages.page import Page

STEPS = {"larger_text": 1, "smaller_text": -1}


class TextKeys:
    """Changes the text size by shortcuts; pages with zoom of their own take some of them."""

    def __init__(self, window: QWidget, resize: Callable[[int], object]) -> None:
        """resize: sets the text size in percent."""
        self._resize = resize
        self._actions = [bind(window, key, partial(self._step, by)) for key, by in STEPS.items()]
        self._actions.append(bind(window, "usual_text", lambda: self._take(SIZES[0])))
        self._keys = [action.shortcuts() for action in self._actions]

    def _step(self, by: int) -> None:
        place = SIZES.index(text_size()) + by
        if 0 <= place < len(SIZES):
            self._take(SIZES[place])

    def _take(self, percent: int) -> None:
        # Rebuilds all pages, so not without a change.
        if percent != text_size():
            self._resize(percent)

    def follow(self, page: Page) -> None:
        """Release the shortcuts that the current page uses for its own zoom."""
        has_own_zoom = page.own_zoom
        for action, keys in zip(self._actions, self._keys, strict=True):
            action.setShortcuts(
                [shortcut for shortcut in keys if not has_own_zoom or _is_long(shortcut)]
            )


def _is_long(keys: QKeySequence) -> bool:
    """Whether a shortcut includes Shift, which no page uses for zoom."""
    return keys.toString(QKeySequence.SequenceFormat.PortableText).count("Shift+") > 0
