"""The interface of the pages of the window."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.layout.tab_order import go_to_first
from ui.widgets.pages.messages import MessageBar


class Page(QWidget):
    """A page of the window. A page is made when it is first shown and then kept.

    changed: its unsaved text came or went. wanted: another page is asked for, with what to do there
    (`intent` of that page: keywords it understands). language_wanted, size_wanted: the window is to
    speak or to be written otherwise, rebuild_wanted: to be rebuilt, with what to say then; the page
    does not outlive that. filled: what it reads in the background is shown.
    """

    changed = Signal()
    wanted = Signal(str, object)
    language_wanted = Signal(str)
    size_wanted = Signal(int)
    rebuild_wanted = Signal(str)
    filled = Signal()
    bar: MessageBar
    own_undo = False
    """Whether Ctrl+Z means something of its own here."""
    own_zoom = False
    """Whether Ctrl++, Ctrl+- and Ctrl+0 are of what it shows, and not of the text of the window."""
    help_topic = ""
    """The page of the handbook that F1 opens; the page's own key without one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")

    def refresh(self) -> None:
        """Reload what is shown; called each time the page is come back to."""

    def prepare(self) -> bool:
        """Make one more part of what is made after the first painting, for the page is made ahead;
        whether there is another."""
        return False

    def prepare_whole(self) -> None:
        """Make all of it."""
        while self.prepare():
            pass

    def prepare_seen(self) -> None:
        """Make all of it, unless somebody has turned to another page by now."""
        if self.isVisible():
            self.prepare_whole()

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Do what another page asked for."""

    def take_keyboard(self) -> None:
        """Have the keyboard in what is shown: somebody came by a word of it."""
        go_to_first(self)

    def intent(self) -> Mapping[str, Any]:
        """What is chosen here, as `receive` takes it: the page is rebuilt in another language or
        size, and goes on with what was meant."""
        return {}

    def keep_now(self) -> None:
        """Keep what is typed and not saved: the window closes, or something went wrong."""

    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return True

    @property
    def dirty(self) -> bool:
        """Whether it holds what is not saved."""
        return False
