"""What was done on a page since the window was opened, to be taken back step by step."""

from collections.abc import Callable
from typing import NamedTuple

from borderdesk.base.i18n import _
from ui.widgets.messages import MessageBar


class UndoStep(NamedTuple):
    """What was done, in words, and what takes it back."""

    words: str
    back: Callable[[], None]


class UndoSteps:
    """The steps of a page: saved, edited, deleted, tagged, the newest taken back first."""

    def __init__(self, bar: MessageBar) -> None:
        self._bar = bar
        self._steps: list[UndoStep] = []

    def push(self, words: str, back: Callable[[], None]) -> None:
        """Note what was done; `back` takes it back and says so by `taken_back`."""
        self._steps.append(UndoStep(words, back))

    def undo(self) -> None:
        """Take back what was done last."""
        if not self._steps:
            self._bar.notify(_("There is nothing to take back."))
            return
        self._steps.pop().back()

    def next_words(self) -> str:
        """What the next step back would take back, "" for nothing."""
        return self._steps[-1].words if self._steps else ""

    def taken_back(self, words: str) -> None:
        """Say what was taken back, and offer the step before it."""
        text = _("Taken back: {what}").format(what=words)
        before = self.next_words()
        offers = [(_("Take back “{what}” too   Ctrl+Z").format(what=before), self.undo)]
        self._bar.notify(text, *(offers if before else []))
