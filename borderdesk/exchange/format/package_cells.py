"""Values of revisions as cells of a package's tables, and back exactly as they were.

The cell of a field is its canonical value: what the revision's hash is made of. Whether a cell
is accepted depends on the package alone, never on what this desk happens to know.
"""

from collections.abc import Container, Mapping
from functools import cache
from typing import Any, NamedTuple

from borderdesk.base.i18n import _
from borderdesk.schema.content import joined
from borderdesk.schema.kinds import (
    PUBLIC,
    ChildrenField,
    ColumnField,
    Doubt,
    FieldError,
)
from borderdesk.schema.record import RevisionedModel, Values, active

MOST_REMEMBERED = 2_000
KnownValues = dict[str, tuple[type, set[Any]]]
"""{key of a field: the type of its values, those of them that were found sound}."""
_UNKNOWN: tuple[None, set[Any]] = (None, set())


class ReferenceCodes(NamedTuple):
    """The codes a package's rows may use: unit ids, posts, and (list, code) of picks."""

    units: Container[str]
    posts: Container[str]
    picks: Container[tuple[str, str]]
    sound: dict[type[RevisionedModel], KnownValues]
    """Cache, by type, of the values that need no other check: most recur many times."""


class _Checks(NamedTuple):
    """The compiled checks of the public fields of a type: its columns, those that may be personal,
    the conditional ones, and the required ones."""

    columns: Mapping[str, ColumnField]
    varying: frozenset[str]
    conditional: tuple[tuple[str, ColumnField], ...]
    required: tuple[tuple[str, ColumnField], ...]


@cache
def _checks(model: type[RevisionedModel]) -> _Checks:
    public = {k: f for k, f in model.columns().items() if f.part == PUBLIC}
    return _Checks(
        public,
        frozenset(k for k, f in public.items() if f.personal_when is not None),
        tuple((k, f) for k, f in public.items() if f.when is not None),
        tuple((k, f) for k, f in public.items() if f.required),
    )


def check_values(
    model: type[RevisionedModel], fields: Values, private: Values | None, places: ReferenceCodes
) -> Values:
    """The values of a revision with these public fields, and these of the separate part where
    that is known. Raises FieldError unless they are values its type can have."""
    checks, children, sound_values = _checks(model), model.children(), _known_sound(model, places)
    for key, value in fields.items():
        kind, sound = sound_values.get(key, _UNKNOWN)
        if type(value) is kind and value in sound:
            continue
        field = checks.columns.get(key)
        if field is not None:
            _require(field, value, places)
            if key in checks.varying and model.part_of(key, fields) != PUBLIC:
                raise FieldError(_("There is no such field."))
            if kind is not None:
                _remember(sound, value)
        elif key in children:
            _check_rows(children[key], value, places)
        else:
            raise FieldError(_("There is no such field."))
    values = _check_presence(model, checks, fields)
    if private is None:
        return values
    _check_private(model, fields, private, places)
    try:
        return joined(model, fields, private)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FieldError(_("Its fields do not fit together.")) from None


def _known_sound(model: type[RevisionedModel], places: ReferenceCodes) -> KnownValues:
    """The cache of a type's values: not of those that are lists or may be personal."""
    sound_values = places.sound.get(model)
    if sound_values is None:
        checks = _checks(model)
        sound_values = places.sound[model] = {
            key: (field.canonical_type, set())
            for key, field in checks.columns.items()
            if field.canonical_type is not list and key not in checks.varying
        }
    return sound_values


def _remember(sound: set[Any], value: Any) -> None:
    """Cache a short value that was found sound."""
    if len(sound) < MOST_REMEMBERED and (type(value) is not str or len(value) <= 40):
        sound.add(value)


def _check_private(
    model: type[RevisionedModel], fields: Values, private: Values, places: ReferenceCodes
) -> None:
    """Check a separate part. Raises FieldError for a field that does not belong into it and for
    an unsound value."""
    columns, children = model.columns(), model.children()
    for key, value in private.items():
        if key in columns and model.part_of(key, fields) != PUBLIC:
            _require(columns[key], value, places)
        elif key in children:
            of = children[key].child.fields()
            beside = len(fields.get(key, ()))
            if type(value) is not list or len(value) != beside:
                raise FieldError(_("Must be a list."))
            for row in value:
                if type(row) is not dict:
                    raise FieldError(_("Must be an object."))
                for inner, cell in row.items():
                    if inner not in of or of[inner].part == PUBLIC:
                        raise FieldError(_("There is no such field."))
                    _require(of[inner], cell, places)
        else:
            raise FieldError(_("There is no such field."))


def _check_rows(children: ChildrenField, rows: Any, places: ReferenceCodes) -> None:
    of = children.child.fields()
    if type(rows) is not list or not all(type(row) is dict for row in rows):
        raise FieldError(_("Must be a list."))
    for row in rows:
        for key, value in row.items():
            if key not in of or of[key].part != PUBLIC:
                raise FieldError(_("There is no such field."))
            _require(of[key], value, places)
        for key, field in of.items():
            if field.required and field.part == PUBLIC and key not in row:
                raise FieldError(_("“{field}” is missing.").format(field=_(field.label)))


def _require(field: ColumnField, value: Any, places: ReferenceCodes) -> None:
    if type(value) is not field.canonical_type or not field.is_sound(value, places):
        raise _cannot_be(field, value)


def _cannot_be(field: ColumnField, value: Any) -> FieldError:
    """The reason is stored with the batch, which no erasure searches: it names no person."""
    message = _("“{field}” cannot be {value}.")
    shown = str(value)[:60] if field.part == PUBLIC else "…"
    return FieldError(message.format(field=_(field.label), value=shown))


def _check_presence(model: type[RevisionedModel], checks: _Checks, fields: Values) -> Values:
    """The values of the public fields. Raises FieldError for a missing required field, and for one
    that is inapplicable with these values."""
    for key, field in checks.conditional:
        is_copied = model.home_place is not None and model.home_place.keeps(key, fields)
        if key in fields and not is_copied and not active(field, fields):
            raise FieldError(_("“{field}” does not belong here.").format(field=_(field.label)))
    for key, field in checks.required:
        if key in fields or not active(field, fields):
            continue
        if key not in checks.varying or model.part_of(key, fields) == PUBLIC:
            raise FieldError(_("“{field}” is missing.").format(field=_(field.label)))
    try:
        values = joined(model, fields, None)
    except (ValueError, KeyError):
        raise FieldError(_("Its fields do not fit together.")) from None
    for problem in model.of(values).check():
        if problem.field in fields and not isinstance(problem, Doubt):
            raise FieldError(problem.message)
    return values
