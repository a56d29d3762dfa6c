"""The entry of a completion list that adds the typed text to a pick list."""

from collections.abc import Sequence

from borderdesk.base.i18n import _
from borderdesk.base.text import fold
from ui.widgets.editors.offers import ComboOption

ADDITION = "+"
"""Prefix of the entry's code, followed by the label to add; no pick code begins with it."""
SHORTEST = 2


def addition(text: str, options: Sequence[ComboOption]) -> list[ComboOption]:
    """The entry that adds a text to the list; [] if the text is too short or an entry has that
    label."""
    typed = " ".join(text.split())
    if len(typed) < SHORTEST or any(fold(option.label) == fold(typed) for option in options):
        return []
    words = _("Add “{label}” to the list").format(label=typed)
    return [ComboOption(f"{ADDITION}{typed}", words)]


def is_addition(option: ComboOption) -> bool:
    """Whether choosing an entry adds the typed text to the list."""
    return option.code.startswith(ADDITION)


def added_label(code: str) -> str:
    """The label that the entry with this code adds."""
    return code.removeprefix(ADDITION)
