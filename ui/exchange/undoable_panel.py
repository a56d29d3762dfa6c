"""A tab of the exchange whose decisions are steps of the window that can be taken back."""

from collections.abc import Callable, Mapping
from typing import Any

from borderdesk.base.i18n import N_, _
from borderdesk.base.progress import Progress
from ui.base.undo_steps import UndoStep, undo_steps_of
from ui.widgets.pages.desk_panel import DeskPanel

PAGE, TITLE = "exchange", N_("Send and receive")


class UndoablePanel(DeskPanel):
    """A decision made here is shown with a button that undoes it, and is the newest step of
    Ctrl+Z."""

    tab = ""
    """The key of this tab."""

    def notify_undoable(self, what: str, more: str, work: Callable[[Progress], object]) -> None:
        """Say what was done and what else there is to know, and note what takes it back.

        what: a sentence; work: takes it back, off the window's thread.
        """
        step = UndoStep(PAGE, TITLE, what.rstrip("."), work, intent={"tab": self.tab})
        undo_steps_of(self._tasks).push(step)
        self.bar.notify(f"{what} {more}".strip(), (_("Undo   Ctrl+Z"), self.take_back))

    def receive(self, intent: Mapping[str, Any]) -> None:
        """Take back what was decided last (`undo`), or do what the panel is asked for."""
        if "undo" in intent:
            self.take_back()
        else:
            self.begin(intent)

    def begin(self, intent: Mapping[str, Any]) -> None:
        """Do what another part of the window asked for."""

    def take_back(self) -> None:
        """Take back what was done last in the window, if that was decided here."""
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
