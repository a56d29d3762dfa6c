"""Base class of exchange tabs whose decisions can be undone."""

from collections.abc import Callable, Mapping
from typing import Any

from borderdesk.base.i18n import N_, _
from borderdesk.base.progress import Progress
from borderdesk.base.stored_words import stored_words
from ui.base.undo_steps import UndoStep, undo_steps_of
from ui.widgets.pages.desk_panel import DeskPanel

PAGE, TITLE = "exchange", N_("Send and receive")


class UndoablePanel(DeskPanel):
    """A panel whose decisions are undo steps of the window and are shown with an Undo button."""

    tab = ""
    """The key of the tab."""

    def notify_undoable(self, sentence: str, more: str, work: Callable[[Progress], object]) -> None:
        """Show what was done and push its undo step.

        sentence: the message, name of the step; more: further text of it; work: the undo, run in a
        worker thread.
        """
        step = UndoStep(PAGE, TITLE, stored_words(sentence), work, intent={"tab": self.tab})
        undo_steps_of(self._tasks).push(step)
        self.bar.notify(f"{sentence} {more}".strip(), (_("Undo   Ctrl+Z"), self.take_back))

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Undo the newest step (`undo`), or carry out the intent."""
        if "undo" in intent:
            self.take_back()
        else:
            self.begin(intent)

    def begin(self, intent: Mapping[str, Any]) -> None:
        """Carry out the intent of another part of the window."""

    def take_back(self) -> None:
        """Undo the newest step of the window if it was made in this tab."""
        steps = undo_steps_of(self._tasks)
        step = steps.newest()
        if step is None or step.intent.get("tab") != self.tab:
            return

        def done(_none: object) -> None:
            self.bar.notify(_("Taken back: {what}").format(what=step.words))
            self.changed.emit()
            self.refresh()

        steps.pop()
        self.write(lambda: step.work(lambda _done, _whole: None), done)
