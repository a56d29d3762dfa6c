"""The message of Ctrl+Z when the newest operation cannot be undone."""

from collections.abc import Callable

from borderdesk.base.i18n import _
from ui.base.undo_steps import UndoStep, UndoSteps
from ui.widgets.pages.messages import MessageBar, Offer


def undo_offer(step: UndoStep | None, here: str, undo: Callable[[], None]) -> tuple[Offer, ...]:
    """The button that takes the step before back too, naming its page unless that is `here`; none
    where there is nothing before, or what cannot be taken back."""
    if step is None or step.why:
        return ()
    what = step.words if step.page == here else f"{_(step.title)}: {step.words}"
    return ((_("Take back “{what}” too   Ctrl+Z").format(what=what), undo),)


def warn_if_final(steps: UndoSteps, bar: MessageBar, undo: Callable[[], None]) -> bool:
    """Say of the newest step why it cannot be taken back, once, so that the next press reaches the
    step before; False where it can be taken back, or there is none."""
    step = steps.newest()
    if step is None or not step.why:
        return False
    steps.pop()
    words = _("This cannot be taken back: {what}. {why}")
    message = words.format(what=step.words, why=_(step.why))
    bar.caution(message, *undo_offer(steps.newest(), "", undo))
    return True
