"""The options of fields that are chosen from a list."""

import datetime
from collections.abc import Container, Sequence

from borderdesk.desk import Desk
from borderdesk.schema.kinds import Field, commune_choices
from ui.widgets.editors.editor import EditorContext
from ui.widgets.editors.offers import ComboOption
from ui.widgets.editors.search_combo import SearchCombo


def in_front(options: list[ComboOption], codes: Sequence[str]) -> list[ComboOption]:
    """The options with those of `codes` first, in that order."""
    by_code = {option.code: option for option in options}
    first = [by_code[code] for code in codes if code in by_code]
    return [*first, *(option for option in options if option not in first)]


def options_of(field: Field, ground: EditorContext) -> list[ComboOption]:
    """What a field offers: (code, label), in the order of the list."""
    desk = ground.desk
    offered = field.offered(desk.book, ground.day(), desk.identity.post)
    return [ComboOption(code, label) for code, label in offered]


def commune_options(desk: Desk, day: datetime.date) -> list[ComboOption]:
    """The communes valid on `day`, those of the desk's own post first."""
    offered = commune_choices(desk.book, day, desk.identity.post)
    return [ComboOption(code, label) for code, label in offered]


def unit_then(desk: Desk, unit: str, day: datetime.date, offered: Container[str]) -> str:
    """What a unit (its id) was or had become by a day, of those offered; "" for none of them, or
    several."""
    if not unit or unit in offered:
        return unit
    became = desk.book.unit_became(unit, day)
    if became in offered:
        return became
    before = [one for one in desk.book.lineage(unit) if one in offered]
    return before[0] if len(before) == 1 else ""


def only_commune(desk: Desk, day: datetime.date) -> str:
    """The unit id of the commune of a post that has no other on `day`; "" where it has several, and
    above a post."""
    post = desk.identity.post
    own = desk.book.area_on(post, day) if post else frozenset()
    return next(iter(own)) if len(own) == 1 else ""


def choose_only_commune(chooser: SearchCombo, desk: Desk) -> None:
    """Choose the commune of a post that has no other."""
    own = only_commune(desk, desk.today())
    if own:
        chooser.put(own, chooser.label_of(own))
