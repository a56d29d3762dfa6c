"""The unsaved content of a form."""

from typing import Any, NamedTuple

Raw = Any

DRAFT_PAUSE = 400
"""Milliseconds from the first change to the saving of the draft: with the write itself well under a
second, at any typing speed."""


class FormDraft(NamedTuple):
    """Unsaved state of a form: record id, revision it began from, and the text of every editor, now
    and as loaded.

    multiplied: the number of people that was multiplied by the days and the resulting text, both ""
    if that was not done; doubts: (field path, doubt) of each doubt confirmed with F8.
    """

    record: str
    revision: str
    raws: dict[str, Raw]
    loaded: dict[str, Raw]
    multiplied: tuple[str, str] = ("", "")
    doubts: tuple[tuple[str, str], ...] = ()
