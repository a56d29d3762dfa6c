"""What an action of the window is, declared once."""

from typing import NamedTuple

from borderdesk.base.i18n import N_


class ActionEntry(NamedTuple):
    """An action: where it belongs, its name, what it does in a sentence, its keys ("" for none).

    Keys are those of QKeySequence ("Ctrl+N"); a second way to press it follows after a space.
    takes: the permission of the core that it takes; "" where a clerk may do it, which a test holds
    against the core.
    """

    group: str
    name: str
    hint: str
    keys: str = ""
    takes: str = ""


LIST = N_("List")
"""The group of what is done at a list."""
