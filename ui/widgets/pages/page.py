"""Base class of the pages of the window."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.layout.tab_order import go_to_first
from ui.widgets.pages.messages import MessageBar


class Page(QWidget):
    """A page of the window, created when first shown and then kept.

    changed: `dirty` changed; wanted(page, intent): switch to another page, intent being the
    keywords its `receive` knows; language_wanted(code), size_wanted(percent): change language or
    text size; rebuild_wanted(message): rebuild all pages and show the message, which destroys this
    page; filled: data read in the background is shown.
    """

    changed = Signal()
    wanted = Signal(str, object)
    language_wanted = Signal(str)
    size_wanted = Signal(int)
    rebuild_wanted = Signal(str)
    filled = Signal()
    bar: MessageBar
    own_undo = False
    """Whether the page handles Ctrl+Z itself."""
    own_zoom = False
    """Whether Ctrl++, Ctrl+- and Ctrl+0 zoom the page's contents instead of the window's text."""
    help_topic = ""
    """The handbook page that F1 opens; "" for the page's own key."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")

    def refresh(self) -> None:
        """Reload the contents; called whenever the page is shown again."""

    def prepare(self) -> bool:
        """Create the next part that is deferred until after the first paint; returns whether there
        are more. Called ahead of the first visit too."""
        return False

    def prepare_whole(self) -> None:
        """Create all deferred parts."""
        while self.prepare():
            pass

    def prepare_seen(self) -> bool:
        """Create one more deferred part while the page is shown; returns whether there may be
        more."""
        return self.isVisible() and self.prepare()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Carry out the intent that another page passed along."""

    def take_keyboard(self) -> None:
        """Focus the contents: a person came here by a link."""
        go_to_first(self)

    def intent(self) -> Mapping[str, Any]:
        """The selections on the page, as `receive` takes them to restore them after a rebuild in
        another language or text size."""
        return {}

    def keep_now(self) -> None:
        """Save drafts: the window is closing or an error occurred."""

    def idle(self) -> bool:
        """Whether no read or write is pending."""
        return True

    @property
    def dirty(self) -> bool:
        """Whether the page has unsaved changes."""
        return False
