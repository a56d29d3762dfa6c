"""Declaration of one action of the window."""

from typing import NamedTuple

from borderdesk.base.i18n import N_


class ActionEntry(NamedTuple):
    """An action: its group on the key card, its name, its tooltip and its shortcuts ("" for none).

    Shortcuts are written as QKeySequence reads them ("Ctrl+N"), alternatives separated by spaces.
    takes: the permission of the core that the action needs, "" for none; a test compares it with
    the core.
    """

    group: str
    name: str
    hint: str
    keys: str = ""
    takes: str = ""


LIST = N_("List")
"""The group of actions on a list of records."""
