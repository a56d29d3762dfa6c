"""The last line of a pick list's offers: what was typed, to be added to the list in place."""

from collections.abc import Sequence

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from ui.widgets.editors.offers import ComboOption

ADDITION = "+"
"""What the code of the line begins with; the label follows. No code of a pick begins so."""
SHORTEST = 2


def addition(text: str, options: Sequence[ComboOption]) -> list[ComboOption]:
    """The line that adds a text to a list, where no entry is that text; [] for none."""
    typed = " ".join(text.split())
    if len(typed) < SHORTEST or any(fold(option.label) == fold(typed) for option in options):
        return []
    words = _("Add “{label}” to the list").format(label=typed)
    return [ComboOption(f"{ADDITION}{typed}", words)]


def is_addition(option: ComboOption) -> bool:
    """Whether an entry is the line that adds one."""
    return option.code.startswith(ADDITION)


def added_label(code: str) -> str:
    """The label that the line of this code adds."""
    return code.removeprefix(ADDITION)
