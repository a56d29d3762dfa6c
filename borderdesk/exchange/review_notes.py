"""Review notes: what desks say of each other's records, and the answers."""

from typing import NamedTuple

from borderdesk.base.text import FORBIDDEN

NOTE_LIMIT = 1_000


class ReviewNote(NamedTuple):
    """What somebody says of a record that another desk keeps; `time` UTC; `reply_to`: the id
    of the note it answers."""

    id: str
    type: str
    record: str
    text: str
    author: str
    desk: str
    time: str
    reply_to: str | None = None


_NOTE = ", ".join(ReviewNote._fields)


def is_sound_note(text: str) -> bool:
    """Whether a note may say this."""
    return 0 < len(text) <= NOTE_LIMIT and not FORBIDDEN.search(text.replace("\n", ""))
