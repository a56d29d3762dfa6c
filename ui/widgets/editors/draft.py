"""The unsaved content of a form."""

from typing import Any, NamedTuple

Raw = Any

DRAFT_PAUSE = 400
"""Milliseconds from the first key not kept yet to its keeping; well under a second with the
writing itself, however fast somebody types."""


class FormDraft(NamedTuple):
    """What stands in a form and is not saved: of which record, and every editor's text.

    multiplied: the people that were multiplied by the days and the text that this made; both ""
    where nobody did; doubts: (path of the field, the doubt) each, that were kept with F8.
    """

    record: str
    revision: str
    raws: dict[str, Raw]
    loaded: dict[str, Raw]
    multiplied: tuple[str, str] = ("", "")
    doubts: tuple[tuple[str, str], ...] = ()
