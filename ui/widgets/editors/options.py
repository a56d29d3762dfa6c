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
    preferred = [by_code[code] for code in codes if code in by_code]
    return [*preferred, *(option for option in options if option not in preferred)]


def options_of(field: Field, ground: EditorContext) -> list[ComboOption]:
    """The options that a field offers on the context's day, in list order."""
    desk = ground.desk
    offered = field.offered(desk.book, ground.day(), desk.identity.post)
    return [ComboOption(code, label) for code, label in offered]


def commune_options(desk: Desk, day: datetime.date) -> list[ComboOption]:
    """The communes valid on `day`, those of the desk's own post first."""
    offered = commune_choices(desk.book, day, desk.identity.post)
    return [ComboOption(code, label) for code, label in offered]


def unit_then(desk: Desk, unit: str, day: datetime.date, offered: Container[str]) -> str:
    """The successor or only predecessor of a unit (id) among the offered ones.

    Returns the unit itself if offered; "" if none is, or several predecessors are.
    """
    if not unit or unit in offered:
        return unit
    became = desk.book.unit_became(unit, day)
    if became in offered:
        return became
    before = [old for old in desk.book.lineage(unit) if old in offered]
    return before[0] if len(before) == 1 else ""


def only_commune(desk: Desk, day: datetime.date) -> str:
    """The unit id of the commune of a post with a single commune on `day`; "" with several, and
    above post level."""
    post = desk.identity.post
    own_area = desk.book.area_on(post, day) if post else frozenset()
    return next(iter(own_area)) if len(own_area) == 1 else ""


def choose_only_commune(chooser: SearchCombo, desk: Desk) -> None:
    """Select the commune of a post that has only one."""
    own_commune = only_commune(desk, desk.today())
    if own_commune:
        chooser.put(own_commune, chooser.label_of(own_commune))
