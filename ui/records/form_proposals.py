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


def turns_of(contents: FormContents) -> TurnsProposal | None:
    """What people times days would make; None where that is no use."""
    event = contents.model.event()
    ends = [key for key, cell in contents.cells.items() if cell.field.ends_work]
    per_day = [key for key, cell in contents.cells.items() if cell.field.per_day]
    if event is None or not ends or not per_day:
        return None
    values = contents.check().values
    first, last = values.get(event.name), values.get(ends[0])
    if first is None or last is None:
        return None
    turns = TurnsProposal(per_day[0], values.get(per_day[0], 0) or 0, (last - first).days + 1)
    return turns if turns.days > 1 and turns.people else None
