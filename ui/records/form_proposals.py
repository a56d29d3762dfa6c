"""What a form works out from other fields and proposes: communes of a stretch, turns of people."""

from typing import NamedTuple

from borderdesk.schema.kinds import is_marker
from ui.records.form_contents import FormContents
from ui.widgets.editor import Raw


class CommunesProposal:
    """Names the communes that the markers' stretch runs through, where none are named yet."""

    def __init__(self, contents: FormContents) -> None:
        self._contents = contents
        self._proposed: Raw = ""

    def forget(self) -> None:
        """Another record stands in the form."""
        self._proposed = ""

    def follow(self, key: str) -> None:
        """Propose anew if the field that was left is an end of the stretch."""
        contents = self._contents
        for cell in contents.cells.values():
            along = cell.field.along
            if along is None or key not in along or cell.editor.raw() not in ("", self._proposed):
                continue
            first, last = (contents.raw(end).strip() for end in along)
            if is_marker(first) and is_marker(last):
                book, day = contents.desk.book, contents.day()
                self._proposed = ";".join(book.communes_of_stretch(first, last, day))
                cell.editor.put(self._proposed)


class TurnsProposal(NamedTuple):
    """The field of turns, the people typed into it and the days of the work."""

    key: str
    people: int
    days: int

    @property
    def total(self) -> int:
        """One turn for each person and day."""
        return self.people * self.days


LAST_DAY = "ended_on"
"""The field of the last day, in the types of work that take several."""


def turns_of(contents: FormContents) -> TurnsProposal | None:
    """What people times days would make; None where that is no use."""
    event = contents.model.event()
    if event is None or LAST_DAY not in contents.cells:
        return None
    values = contents.check().values
    first, last = values.get(event.name), values.get(LAST_DAY)
    per_day = [k for k, c in contents.cells.items() if getattr(c.field, "per_day", False)]
    if first is None or last is None or not per_day:
        return None
    turns = TurnsProposal(per_day[0], values.get(per_day[0], 0) or 0, (last - first).days + 1)
    return turns if turns.days > 1 and turns.people else None
