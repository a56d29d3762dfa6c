"""Values of revisions as cells of a package's tables, and back exactly as they were.

The cell of a field is its canonical value: what the revision's hash is made of. Whether a cell
is accepted depends on the package alone, never on what this desk happens to know.
"""

import datetime
import decimal
from collections.abc import Callable, Container, Mapping
from functools import cache
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.entry.outgoing import guarded, unguarded
from borderdesk.schema.fields import (
    PUBLIC,
    Bad,
    Children,
    Choice,
    Commune,
    Count,
    Day,
    Household,
    Kind,
    Pick,
    Post,
    Several,
    Soft,
    Tenths,
    Text,
    YesNo,
    is_uuid,
)
from borderdesk.schema.record import Revisioned, Values, active, joined

MOST_REMEMBERED = 2_000


class Places(NamedTuple):
    """The codes a package's rows may use: unit ids, posts, and (list, code) of picks."""

    units: Container[str]
    posts: Container[str]
    picks: Container[tuple[str, str]]
    fine: dict[int, set[Any]]
    """Values of a field (by its identity) found sound before: most come many times."""


def to_cell(field: Kind, kept: Any) -> str:
    """The cell of a canonical value; "" for an absent one."""
    if kept is None:
        return ""
    if isinstance(field, YesNo):
        return "true" if kept else "false"
    if isinstance(field, Several):
        return ";".join(kept)
    return guarded(kept) if isinstance(field, Text) else str(kept)


Reads = Callable[[str], Any] | None
"""Makes the canonical value of a cell that is not blank, raising Bad; None: it is the cell."""


def reading(field: Kind) -> Reads:
    """How the cells of a field are read."""
    if isinstance(field, YesNo):
        return lambda cell: _yes_no(field, cell)
    if isinstance(field, Count):
        return lambda cell: _count(field, cell)
    if isinstance(field, Several):
        return lambda cell: cell.split(";")
    return unguarded if isinstance(field, Text) else None


def _yes_no(field: YesNo, cell: str) -> bool:
    if cell not in ("true", "false"):
        raise field.wrong()
    return cell == "true"


def _count(field: Count, cell: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 18:
        raise field.wrong()
    return int(cell)


class _AnyDay:
    """What a value is judged by when neither this desk's day nor its book may matter."""

    book: Any = None
    today = datetime.date.max
    on = None

    def make_pick(self, pick_list: str, label: str) -> str | None:
        """No value makes a pick here."""
        return None


_ANY_DAY = _AnyDay()


def _sound_text(field: Any, kept: Any, _places: Places) -> bool:
    return bool(field.clean(kept, _ANY_DAY) == kept)


def _sound_tenths(field: Any, kept: Any, _places: Places) -> bool:
    try:
        number = decimal.Decimal(kept)
    except (decimal.InvalidOperation, TypeError):
        return False
    return bool(number.is_finite() and str(field.clean(number, _ANY_DAY)) == kept)


def _sound_day(field: Any, kept: Any, _places: Places) -> bool:
    return bool(field.clean(kept, _ANY_DAY).isoformat() == kept)


def _sound_several(field: Any, kept: Any, places: Places) -> bool:
    if not all(type(one) is str and one for one in kept):
        return False
    unlike = len(set(kept)) == len(kept) > 0
    return unlike and all(sound(field.each, one, places) for one in kept)


_SHAPES: Mapping[str, type] = {"integer": int, "boolean": bool, "array": list}
"""What canonical JSON gives for a kind's shape; text for all others, decimals too."""

_SOUND: Mapping[type[Kind], Callable[[Any, Any, Places], bool]] = {
    Several: _sound_several,
    Choice: lambda field, kept, _places: kept in field.options,
    Pick: lambda field, kept, places: (field.pick_list, kept) in places.picks,
    Commune: lambda _field, kept, places: kept in places.units,
    Post: lambda _field, kept, places: kept in places.posts,
    Household: lambda _field, kept, _places: is_uuid(kept),
    Tenths: _sound_tenths,
    Day: _sound_day,
}


@cache
def _judge(kind: Any) -> Callable[[Any, Any, Places], bool]:
    return next((_SOUND[k] for k in kind.__mro__ if k in _SOUND), _sound_text)


def sound(field: Kind, kept: Any, places: Places) -> bool:
    """Whether a canonical value is one the field can have. May raise Bad, which says why not."""
    return judge_of(field)(field, kept, places)


def judge_of(field: Kind) -> Callable[[Any, Any, Places], bool]:
    """What judges the values of a field."""
    kind: Any = type(field)
    return _judge(kind)


class _Checks(NamedTuple):
    """What a type asks of the public fields of a revision, looked up once: each column with the
    type its value must be of and what judges it, columns that may be personal, those that exist
    only with certain values of another, and those that must be there."""

    columns: Mapping[str, tuple[type, Callable[[Any, Any, Places], bool], Kind]]
    varying: frozenset[str]
    conditional: tuple[tuple[str, Kind], ...]
    required: tuple[tuple[str, Kind], ...]


@cache
def _checks(model: type[Revisioned]) -> _Checks:
    public = {k: f for k, f in model.columns().items() if f.part == PUBLIC}
    return _Checks(
        {k: (_SHAPES.get(f.shape, str), judge_of(f), f) for k, f in public.items()},
        frozenset(k for k, f in public.items() if f.personal_when is not None),
        tuple((k, f) for k, f in public.items() if f.when is not None),
        tuple((k, f) for k, f in public.items() if f.required),
    )


def check_values(
    model: type[Revisioned], fields: Values, private: Values | None, places: Places
) -> Values:
    """The values of a revision with these public fields, and these of the separate part where
    that is known. Raises Bad unless they are values its type can have."""
    checks, children = _checks(model), model.children()
    for key, kept in fields.items():
        check = checks.columns.get(key)
        if check is not None:
            shape, judge, field = check
            if type(kept) is not shape or not _fine(judge, field, kept, places):
                raise _cannot_be(field, kept)
            if key in checks.varying and model.part_of(key, fields) != PUBLIC:
                raise Bad(_("There is no such field."))
        elif key in children:
            _check_rows(children[key], kept, places)
        else:
            raise Bad(_("There is no such field."))
    values = _check_presence(model, checks, fields)
    if private is None:
        return values
    _check_private(model, fields, private, places)
    try:
        return joined(model, fields, private)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Bad(_("Its fields do not fit together.")) from None


def _fine(
    judge: Callable[[Any, Any, Places], bool], field: Kind, kept: Any, places: Places
) -> bool:
    """Whether a value is sound, which is asked only once of what is short."""
    if type(kept) is list:
        return judge(field, kept, places)
    known = places.fine.get(id(field))
    if known is None:
        known = places.fine[id(field)] = set()
    if kept in known:
        return True
    if not judge(field, kept, places):
        return False
    if len(known) < MOST_REMEMBERED and (type(kept) is not str or len(kept) <= 40):
        known.add(kept)
    return True


def _check_private(
    model: type[Revisioned], fields: Values, private: Values, places: Places
) -> None:
    """Raise Bad unless a separate part holds what such a part may hold, and that is sound."""
    columns, children = model.columns(), model.children()
    for key, kept in private.items():
        if key in columns and model.part_of(key, fields) != PUBLIC:
            _require(columns[key], kept, places)
        elif key in children:
            of = children[key].child.fields()
            beside = len(fields.get(key, ()))
            if type(kept) is not list or len(kept) != beside:
                raise Bad(_("Must be a list."))
            for row in kept:
                if type(row) is not dict:
                    raise Bad(_("Must be an object."))
                for inner, value in row.items():
                    if inner not in of or of[inner].part == PUBLIC:
                        raise Bad(_("There is no such field."))
                    _require(of[inner], value, places)
        else:
            raise Bad(_("There is no such field."))


def _check_rows(children: Children, rows: Any, places: Places) -> None:
    of = children.child.fields()
    if type(rows) is not list or not all(type(row) is dict for row in rows):
        raise Bad(_("Must be a list."))
    for row in rows:
        for key, kept in row.items():
            if key not in of or of[key].part != PUBLIC:
                raise Bad(_("There is no such field."))
            _require(of[key], kept, places)
        for key, field in of.items():
            if field.required and field.part == PUBLIC and key not in row:
                raise Bad(_("“{field}” is missing.").format(field=_(field.label)))


def _require(field: Kind, kept: Any, places: Places) -> None:
    if type(kept) is not _SHAPES.get(field.shape, str) or not sound(field, kept, places):
        raise _cannot_be(field, kept)


def _cannot_be(field: Kind, kept: Any) -> Bad:
    told = _("“{field}” cannot be {value}.")
    return Bad(told.format(field=_(field.label), value=str(kept)[:60]))


def _check_presence(model: type[Revisioned], checks: _Checks, fields: Values) -> Values:
    """The values of the public fields. Raises Bad when a required one is missing, or one is there
    that these values do not use."""
    for key, field in checks.conditional:
        if key in fields and not active(field, fields):
            raise Bad(_("“{field}” does not belong here.").format(field=_(field.label)))
    for key, field in checks.required:
        if key in fields or not active(field, fields):
            continue
        if key not in checks.varying or model.part_of(key, fields) == PUBLIC:
            raise Bad(_("“{field}” is missing.").format(field=_(field.label)))
    try:
        values = joined(model, fields, None)
    except (ValueError, KeyError):
        raise Bad(_("Its fields do not fit together.")) from None
    for problem in model.of(values).check():
        if problem.field in fields and not isinstance(problem, Soft):
            raise Bad(problem.message)
    return values
