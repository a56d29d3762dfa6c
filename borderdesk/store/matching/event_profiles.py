"""The features by which two records of one type are compared, to find one event logged twice.

The types declare them (`EventRule`); places, stretches of markers and days follow from the kinds of
their fields, so that this module names no type or field.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from borderdesk.base.names import like_hamlet, like_head
from borderdesk.base.text import marker_key
from borderdesk.schema.kinds import HAMLET, HOUSEHOLD, MARKER, PERSONAL, UNIT
from borderdesk.schema.record import EventRule, RevisionedModel, Values, active
from borderdesk.store.connection.database import Store
from borderdesk.store.connection.tables import table_name
from borderdesk.store.records.history import from_row, load_children

SHARE_APART, LEAST_APART = Decimal("0.2"), Decimal(2)
"""Figures are near when they differ by a fifth of the larger, or by two."""

Places = frozenset[tuple[str, str]]
"""(commune, the like key of the hamlet; "" for the whole commune) each."""


class EventProfile(NamedTuple):
    """The features of a record for comparison. agreeing: None for an empty field; hidden: whether a
    distinguishing value is withheld by another desk; stretch: the keys of its first and last
    marker; listed: post and listed fields as stored."""

    record: str
    seq: int
    post: str
    agreeing: tuple[Any, ...]
    hidden: bool
    figures: tuple[Decimal | None, ...]
    places: Places
    stretch: tuple[int, int] | None
    listed: tuple[Any, ...]


class _PlacePlan(NamedTuple):
    """Where a type's places stand: (field of communes, whether several, field of the hamlet or
    "") each, for the record and for each kind of child; and its fields of markers."""

    own: tuple[tuple[str, bool, str], ...]
    below: tuple[tuple[str, tuple[tuple[str, bool, str], ...]], ...]
    markers: tuple[str, ...]
    markers_below: tuple[tuple[str, str], ...]


def _communes_in(fields: Any) -> tuple[tuple[str, bool, str], ...]:
    hamlets = {f.within: key for key, f in fields.items() if f.refers_to == HAMLET}
    return tuple(
        (key, field.several, hamlets.get(key, ""))
        for key, field in fields.items()
        if field.refers_to == UNIT
    )


@cache
def _place_plan(model: type[RevisionedModel]) -> _PlacePlan:
    below = {key: field.child.fields() for key, field in model.children().items()}
    return _PlacePlan(
        _communes_in(model.columns()),
        tuple((key, communes) for key, of in below.items() if (communes := _communes_in(of))),
        model.referring(MARKER, several=False),
        tuple(
            (k, key) for k, of in below.items() for key, f in of.items() if f.refers_to == MARKER
        ),
    )


def _places(model: type[RevisionedModel], values: Values) -> Places:
    plan = _place_plan(model)
    places: set[tuple[str, str]] = set()
    owners = [(plan.own, values)]
    owners += [(inside, child) for key, inside in plan.below for child in values.get(key, ())]
    for communes, owner in owners:
        for key, several, hamlet in communes:
            name = like_hamlet(owner.get(hamlet) or "") if hamlet else ""
            units = owner.get(key) or ()
            places.update((unit, name) for unit in (units if several else [units] if units else ()))
    return frozenset(places)


def _stretch(model: type[RevisionedModel], values: Values) -> tuple[int, int] | None:
    plan = _place_plan(model)
    markers = [values[key] for key in plan.markers if values.get(key)]
    if not markers:
        markers = [
            child[marker]
            for key, marker in plan.markers_below
            for child in values.get(key, ())
            if child.get(marker)
        ]
    keys = [marker_key(marker) for marker in markers]
    return (min(keys), max(keys)) if keys else None


def _distinguishing_value(
    model: type[RevisionedModel], values: Values, key: str, leaders: dict[str, str]
) -> Any:
    """The value of a field by which two records are distinguished: names without accents, a
    household as the one it was joined to."""
    field, value = model.columns()[key], values.get(key)
    if value is None:
        # A value that this kind cannot have distinguishes a record; a value that was left out does
        # not.
        return None if active(field, values) else ""
    if field.refers_to == HOUSEHOLD:
        return leaders.get(value, value)
    return like_head(value) if field.free_text else value


def _is_hidden(model: type[RevisionedModel], values: Values, rule: EventRule) -> bool:
    """Whether a person's name that would distinguish the record is withheld by another desk."""
    return any(
        values.get(key) is None and model.part_of(key, values) == PERSONAL for key in rule.agreeing
    )


@cache
def _stored_listed(model: type[RevisionedModel]) -> tuple[str, ...]:
    return (model.own_post(), *model.listed())


def profiles_of_days(
    store: Store, model: type[RevisionedModel], days: Sequence[str], leaders: dict[str, str]
) -> Iterator[list[EventProfile]]:
    """The records of each of these days (ISO), a list a day; leaders: {household: the one it was
    joined to}."""
    event = model.event()
    assert event is not None
    columns = ("row", "id", "revision", *model.columns())
    sql = f"SELECT {', '.join(columns)} FROM {table_name(model)} WHERE {event.name} = ?"
    plan = _place_plan(model)
    with_children = bool(plan.below or plan.markers_below)
    for day in days:
        stored = list(store.rows(sql, (day,)))
        values_by_row = {row[0]: from_row(model, columns, row) for row in stored}
        if with_children:
            load_children(store, model, values_by_row)
        yield [_profile(model, row, values_by_row[row[0]], leaders) for row in stored]


def _profile(
    model: type[RevisionedModel], row: tuple[Any, ...], values: Values, leaders: dict[str, str]
) -> EventProfile:
    rule = model.same_event
    assert rule is not None
    return EventProfile(
        row[1],
        row[2],
        values.get(model.own_post()) or "",
        tuple(_distinguishing_value(model, values, key, leaders) for key in rule.agreeing),
        _is_hidden(model, values, rule),
        tuple(None if (v := values.get(key)) is None else Decimal(v) for key in rule.figures),
        _places(model, values),
        _stretch(model, values),
        tuple(map(_hashable, map(values.get, _stored_listed(model)))),
    )


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# ------------------------------------------------------------------------- comparing


def may_be_one(profile: EventProfile, other_profile: EventProfile) -> bool:
    """Whether two records of one type and day may be the same event."""
    agree = _agree(profile.agreeing, other_profile.agreeing)
    # A kind alone may have been chosen wrongly, where every figure is the very same.
    if not agree and len(profile.agreeing) > 1:
        return False
    if profile.hidden or other_profile.hidden or not _share_a_place(profile, other_profile):
        return False
    common = [
        (a, b) for a, b in zip(profile.figures, other_profile.figures, strict=True) if a and b
    ]
    if agree:
        return all(_is_near(a, b) for a, b in common)
    return bool(common) and all(a == b for a, b in common)


def _agree(values: tuple[Any, ...], other_values: tuple[Any, ...]) -> bool:
    """Whether two records agree in the fields of the rule; a value that one of them left out is
    ignored."""
    return values == other_values or all(
        a == b or a is None or b is None for a, b in zip(values, other_values, strict=True)
    )


def _is_near(number: Decimal, other_number: Decimal) -> bool:
    return abs(number - other_number) <= max(SHARE_APART * max(number, other_number), LEAST_APART)


def _share_a_place(profile: EventProfile, other_profile: EventProfile) -> bool:
    """Whether their stretches meet; without two stretches, whether they have a place in common,
    a commune without a hamlet being all of its hamlets."""
    if profile.stretch and other_profile.stretch:
        return (
            profile.stretch[0] <= other_profile.stretch[1]
            and other_profile.stretch[0] <= profile.stretch[1]
        )
    if not profile.places or not other_profile.places:
        return True
    return any(
        commune == other_commune and (hamlet == other_hamlet or not hamlet or not other_hamlet)
        for commune, hamlet in profile.places
        for other_commune, other_hamlet in other_profile.places
    )


def nearness(profile: EventProfile, other_profile: EventProfile) -> int:
    """The likeness of two records, 0 to 100: the share of equal values among those that both
    have."""
    agreeing = [
        a == b for a, b in zip(profile.listed, other_profile.listed, strict=True) if a and b
    ]
    agreeing += [
        a == b for a, b in zip(profile.figures, other_profile.figures, strict=True) if a and b
    ]
    return 100 * agreeing.count(True) // max(len(agreeing), 1)


def neighbours(
    day: Sequence[EventProfile], changed: Collection[str], most: int
) -> Iterator[tuple[EventProfile, EventProfile]]:
    """The pairs of a day to compare that have at least one id in `changed`, each once.

    A day of more than `most` records is sorted first, and each is compared with that many
    neighbours: similar records are adjacent, and a hostile package causes no quadratic cost.
    """
    ordered = day if len(day) <= most else sorted(day, key=_order)
    for place, profile in enumerate(ordered):
        for other in ordered[place + 1 : place + 1 + most]:
            if profile.record in changed or other.record in changed:
                yield profile, other


def _order(profile: EventProfile) -> tuple[Any, ...]:
    figures = tuple(figure or Decimal(0) for figure in profile.figures)
    return (tuple(str(value) for value in profile.agreeing), figures, profile.record)
