"""Message of Ctrl+Z for operations that cannot be undone."""

from collections.abc import Callable

from borderdesk.base.i18n import _
from ui.base.undo_steps import UndoStep, UndoSteps
from ui.widgets.pages.messages import MessageBar, Offer


def undo_offer(
    step: UndoStep | None, current_page: str, undo: Callable[[], None]
) -> tuple[Offer, ...]:
    """The button that undoes `step` as well; () if it is None or cannot be undone.

    current_page: the current page, which the button does not name.
    """
    if step is None or step.why:
        return ()
    label = step.words if step.page == current_page else f"{_(step.title)}: {step.words}"
    return ((_("Take back “{what}” too   Ctrl+Z").format(what=label), undo),)


def warn_if_final(steps: UndoSteps, bar: MessageBar, undo: Callable[[], None]) -> bool:
    """Warn once if the newest step cannot be undone and drop it, so that the next Ctrl+Z reaches
    the step before; False if it can be undone or there is none."""
    step = steps.newest()
    if step is None or not step.why:
        return False
    steps.pop()
    words = _("This cannot be taken back: {what}. {why}")
    message = words.format(what=step.words, why=_(step.why))
    bar.caution(message, *undo_offer(steps.newest(), "", undo))
    return True
