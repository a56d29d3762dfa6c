"""What a form works out from other fields and proposes: communes of a stretch, turns of people."""

import re
from typing import NamedTuple

from borderdesk.base.errors import UserError
from borderdesk.schema.kinds import is_marker
from ui.records.form.form_contents import FormContents
from ui.widgets.editors.editor import Raw
from ui.widgets.editors.household_editor import PLACE_KEYS

_PRODUCT = re.compile(r"[x×*]", re.IGNORECASE)
"""What stands in turns that were typed as a product: 18x3."""


class CommunesProposal:
    """Names the communes that the markers' stretch runs through, where none are named yet."""

    def __init__(self, contents: FormContents) -> None:
        self._contents = contents
        self._proposed: Raw = ""

    def forget(self) -> None:
        """Another record stands in the form."""
        self._proposed = ""

    def follow(self, key: str) -> None:
        """Propose again if the field that was left is an end of the stretch."""
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
    """What people times days would make; None where that is no use: turns are multiplied once,
    and again only from the people that were typed, when the days have changed."""
    event = contents.model.event()
    ends = [key for key, cell in contents.cells.items() if cell.field.ends_work]
    per_day = [key for key, cell in contents.cells.items() if cell.field.per_day]
    if event is None or not ends or not per_day:
        return None
    values = contents.check().values
    first, last = values.get(event.name), values.get(ends[0])
    if first is None or last is None:
        return None
    key, days = per_day[0], (last - first).days + 1
    raw, (people, made) = contents.raw(key), contents.multiplied
    if _is_settled(contents, key):
        return None
    count = int(people) if raw == made else values.get(key, 0) or 0
    turns = TurnsProposal(key, count, days)
    done = raw == made and values.get(key) == turns.total
    return turns if days > 1 and count and not done else None


def _is_settled(contents: FormContents, key: str) -> bool:
    """Whether a field holds turns that are not multiplied again: of the record that was copied, of
    this one as it was saved, or typed as a product."""
    raw, (people, made) = contents.raw(key), contents.multiplied
    saved = bool(contents.record) and raw == contents.loaded.get(key)
    return (raw == made and not people) or saved or bool(_PRODUCT.search(raw))


def has_turns(contents: FormContents) -> bool:
    """Whether the people of a form are multiplied by its days already."""
    keys = [key for key, cell in contents.cells.items() if cell.field.per_day]
    raws = {key: contents.raw(key) for key in keys}
    return any(
        raw and (raw == contents.multiplied[1] or _is_settled(contents, key))
        for key, raw in raws.items()
    )


class PlaceProposal:
    """Fills in where a household lives, beside it, where nobody has named another place."""

    def __init__(self, contents: FormContents) -> None:
        self._contents = contents
        self._proposed: dict[str, Raw] = {}

    def forget(self) -> None:
        """Another record stands in the form."""
        self._proposed = {}

    def follow(self, key: str) -> None:
        """Propose the place of the household just chosen in the field `key`."""
        contents = self._contents
        editor = contents.cells[key].editor
        if not editor.chosen():
            return
        try:
            place = contents.desk.households.place(editor.chosen())
        except UserError:
            return
        for part, raw in zip(PLACE_KEYS, place, strict=True):
            cell = contents.cells.get(part)
            if cell is None or part not in contents.shown:
                continue
            if cell.editor.raw() in ("", self._proposed.get(part), contents.loaded.get(part)):
                self._proposed[part] = raw
                cell.editor.put(raw)
