"""Values proposed from other fields: communes of a stretch, person-days, place of a household."""

import re
from typing import NamedTuple

from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit

from borderdesk.base.errors import UserError
from borderdesk.schema.kinds import is_marker
from ui.records.form.form_contents import FormContents
from ui.widgets.editors.editor import Editor, Raw
from ui.widgets.editors.household_editor import PLACE_KEYS

_PRODUCT = re.compile(r"[x×*]", re.IGNORECASE)
"""Product typed into the person-days: 18x3."""


def _propose(editor: Editor, raw: Raw) -> None:
    """Put a proposed value into a field; where the keyboard is in it already, the value is selected
    as on entering by Tab: what is typed replaces it."""
    editor.put(raw)
    focused = QApplication.focusWidget()
    line = focused.lineEdit() if isinstance(focused, QComboBox) else focused
    if isinstance(line, QLineEdit) and editor.holds(focused):
        line.selectAll()


class CommunesProposal:
    """Proposes the communes along the stretch of markers while none are entered."""

    def __init__(self, contents: FormContents) -> None:
        self._contents = contents
        self._proposed: Raw = ""

    def forget(self) -> None:
        """Reset for another record."""
        self._proposed = ""

    def follow(self, key: str) -> None:
        """Propose again if the field just left is an end of the stretch."""
        contents = self._contents
        for cell in contents.cells.values():
            along = cell.field.along
            if along is None or key not in along or cell.editor.raw() not in ("", self._proposed):
                continue
            first, last = (contents.raw(end).strip() for end in along)
            if is_marker(first) and is_marker(last):
                book, day = contents.desk.book, contents.day()
                self._proposed = ";".join(book.communes_of_stretch(first, last, day))
                _propose(cell.editor, self._proposed)


class TurnsProposal(NamedTuple):
    """The field of person-days (turns), the people typed into it, and the days of the work."""

    key: str
    people: int
    days: int

    @property
    def total(self) -> int:
        """People times days."""
        return self.people * self.days


def turns_of(contents: FormContents) -> TurnsProposal | None:
    """The multiplication to offer; None if pointless. Turns are multiplied once, and again only
    from the people typed, after the days changed."""
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
    raw, (people, product) = contents.raw(key), contents.multiplied
    if _is_settled(contents, key):
        return None
    count = int(people) if raw == product else values.get(key, 0) or 0
    turns = TurnsProposal(key, count, days)
    filled_in = raw == product and values.get(key) == turns.total
    return turns if days > 1 and count and not filled_in else None


def _is_settled(contents: FormContents, key: str) -> bool:
    """Whether a field holds final turns: copied, saved, or typed as a product."""
    raw, (people, product) = contents.raw(key), contents.multiplied
    saved = bool(contents.record) and raw == contents.loaded.get(key)
    return (raw == product and not people) or saved or bool(_PRODUCT.search(raw))


def has_turns(contents: FormContents) -> bool:
    """Whether the people in a form are already multiplied by its days."""
    keys = [key for key, cell in contents.cells.items() if cell.field.per_day]
    raws = {key: contents.raw(key) for key in keys}
    return any(
        raw and (raw == contents.multiplied[1] or _is_settled(contents, key))
        for key, raw in raws.items()
    )


class PlaceProposal:
    """Proposes the place of the chosen household while no other place is entered."""

    def __init__(self, contents: FormContents) -> None:
        self._contents = contents
        self._proposed: dict[str, Raw] = {}

    def forget(self) -> None:
        """Reset for another record."""
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
                _propose(cell.editor, raw)
