"""What the fields that are chosen from a list offer."""

import datetime
from collections.abc import Sequence

from borderdesk.base.i18n import _
from borderdesk.desk import Desk
from borderdesk.schema import fields
from borderdesk.schema.fields import Kind
from ui.widgets.editor import EditorContext
from ui.widgets.search_combo import ComboOption


def in_front(options: list[ComboOption], codes: Sequence[str]) -> list[ComboOption]:
    """The options with those of `codes` first, in that order."""
    by_code = {option.code: option for option in options}
    first = [by_code[code] for code in codes if code in by_code]
    return [*first, *(option for option in options if option not in first)]


def options_of(field: Kind, ground: EditorContext) -> list[ComboOption]:
    """What a field offers: (code, label), in the order of the list."""
    book = ground.desk.book
    if isinstance(field, fields.YesNo):
        return [ComboOption("true", _("Yes")), ComboOption("false", _("No"))]
    if isinstance(field, fields.Choice):
        return [ComboOption(code, _(label)) for code, label in field.options.items()]
    if isinstance(field, fields.Pick):
        codes = book.picks.get(field.pick_list, {})
        return [ComboOption(code, book.pick_label(field.pick_list, code)) for code in codes]
    if isinstance(field, fields.Post):
        return [ComboOption(post.code, post.name) for post in book.posts.values()]
    return commune_options(ground.desk, ground.day())


def commune_options(desk: Desk, day: datetime.date) -> list[ComboOption]:
    """The communes valid on `day`, those of the desk's own post first."""
    book = desk.book
    own = book.area_on(desk.identity.unit, day) if desk.identity.role == "post" else frozenset()
    units = sorted(book.communes_on(day), key=lambda unit: unit.id not in own)
    return [ComboOption(unit.id, book.unit_name(unit.id)) for unit in units]
