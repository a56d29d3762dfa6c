"""The keys that write everything larger or smaller."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from ui.base.text_size import SIZES, text_size
from ui.widgets.actions.all_actions import bind
from ui.widgets.pages.page import Page

STEPS = {"larger_text": 1, "smaller_text": -1}


class TextKeys:
    """Changes the size of the text by keys; a page that shows paper has some of them for that."""

    def __init__(self, window: QWidget, resize: Callable[[int], object]) -> None:
        """resize: takes the size wanted, in percent."""
        self._resize = resize
        self._actions = [bind(window, key, partial(self._step, by)) for key, by in STEPS.items()]
        self._actions.append(bind(window, "usual_text", lambda: self._take(SIZES[0])))
        self._keys = [action.shortcuts() for action in self._actions]

    def _step(self, by: int) -> None:
        place = SIZES.index(text_size()) + by
        if 0 <= place < len(SIZES):
            self._take(SIZES[place])

    def _take(self, percent: int) -> None:
        # Every page is made anew.
        if percent != text_size():
            self._resize(percent)

    def follow(self, page: Page) -> None:
        """Leave the page shown the keys that mean something of its own there."""
        own = page.own_zoom
        for action, keys in zip(self._actions, self._keys, strict=True):
            action.setShortcuts([one for one in keys if not own or _is_long(one)])


def _is_long(keys: QKeySequence) -> bool:
    """Whether it is one of those that no page takes for itself: of three keys."""
    return keys.toString(QKeySequence.SequenceFormat.PortableText).count("Shift+") > 0
